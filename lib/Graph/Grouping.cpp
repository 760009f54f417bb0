//===- Grouping.cpp - Deciding which ops share a kernel -------------------===//
#include "Grouping.h"

#include "Constants.h"
#include "OpSets.h"
#include "PackWeights.h"

#include "openatc/Kernel/KernelSupport.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/SetVector.h"

#include <algorithm>
#include <set>

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

// More inputs, outputs or ops leave too little room in UB for a tile.
constexpr size_t maxElementwiseOps = 40, maxElementwiseInputs = 6, maxElementwiseOutputs = 4;
constexpr size_t maxEpilogueOps = 24, maxEpilogueTensors = 3;

bool isScalarConstant(Value v) {
  return constantOf(v) && cast<ShapedType>(v.getType()).getNumElements() == 1;
}

bool sameSpace(Value a, Value b) { return shapeOf(a) == shapeOf(b) && layoutOf(a) == layoutOf(b); }

bool isInside(ArrayRef<Operation *> ops, Operation *op) { return llvm::is_contained(ops, op); }

/// Tensors from outside that `ops` read; scalar constants do not count.
llvm::SmallSetVector<Value, 8> inputsOf(ArrayRef<Operation *> ops) {
  llvm::SmallSetVector<Value, 8> inputs;
  for (Operation *op : ops)
    for (Value operand : op->getOperands())
      if (!isScalarConstant(operand) && !isInside(ops, operand.getDefiningOp()))
        inputs.insert(operand);
  return inputs;
}

/// Results of `ops` that others use.
size_t outputCount(ArrayRef<Operation *> ops) {
  size_t count = 0;
  for (Operation *op : ops)
    for (Value result : op->getResults())
      count += llvm::any_of(result.getUsers(), [&](Operation *u) { return !isInside(ops, u); });
  return count;
}

/// One value for each channel (convolution) or column (product) of `result`.
bool isPerChannel(Operation *anchor, Value v, Value result) {
  ArrayRef<int64_t> shape = shapeOf(v), full = shapeOf(result);
  if (isa<MatmulOp>(anchor)) {
    int64_t count = 1;
    for (int64_t d : shape)
      count *= d;
    return layoutOf(v) == layoutOf(result) && !shape.empty() && shape.back() == full.back() &&
           count == full.back() && shape.size() <= full.size();
  }
  return layoutOf(v) == Layout::NC1HWC0 && shape[0] == 1 && shape[1] == full[1] && shape[2] == 1 &&
         shape[3] == 1;
}

/// A cast to f32 that the reduction behind it takes, so that halves go through memory.
bool widensForReduction(Operation *op) {
  auto castOp = dyn_cast<CastOp>(op);
  if (!castOp || !elementOf(castOp.getInput()).isF16() || !elementOf(castOp.getOutput()).isF32() ||
      !castOp->hasOneUse())
    return false;
  OpOperand &use = *castOp->use_begin();
  return use.getOperandNumber() == 0 && kindOf(use.getOwner()) == KernelKind::Reduce;
}

} // namespace

Grouping::Grouping(Block &block, const FusionSet &fusions) {
  for (Operation &op : block) {
    positions[&op] = int(groups.size());
    groupIds[&op] = int(groups.size());
    bool isKernel = !isStructural(&op) && !isView(&op) && !isOnAiCpu(&op);
    groups.push_back({{&op}, isKernel ? kindOf(&op) : KernelKind::Host, isKernel});
  }
  auto each = [&](auto wanted, auto visit) {
    for (Operation &op : block)
      if (const Group &g = groups[size_t(groupOf(&op))];
          g.isKernel && g.ops.size() == 1 && wanted(g.kind))
        visit(&op);
  };
  // Contractions take what follows them first, then reductions, then the rest joins.
  each([](KernelKind k) { return k == KernelKind::CubeConv || k == KernelKind::CubeMatmul; },
       [&](Operation *op) {
         if (fusions.has(Fusion::Epilogue))
           growEpilogue(op);
         if (fusions.has(Fusion::Pool))
           attachPool(op);
         if (fusions.has(Fusion::Pixels))
           attachPlanes(op);
       });
  if (fusions.has(Fusion::Casts)) {
    each([](KernelKind k) { return k == KernelKind::Reduce; },
         [&](Operation *op) { attachCasts(op); });
    each([](KernelKind k) { return k == KernelKind::Move; },
         [&](Operation *op) { attachCastToPixels(op); });
  }
  if (fusions.has(Fusion::Elementwise))
    each([](KernelKind k) { return k == KernelKind::Elementwise; },
         [&](Operation *op) { joinProducers(op); });
}

/// Follows the uses of the contraction through elementwise ops in program order and
/// keeps the longest sequence of which a single value is used outside. As nothing else
/// leaves, no operand of the sequence can depend on it through other groups.
void Grouping::growEpilogue(Operation *anchor) {
  Value result = anchor->getResult(0);
  SmallVector<Operation *> ops{anchor};
  size_t best = 1;
  auto fits = [&](Operation *op) {
    const Group &g = groups[size_t(groupOf(op))];
    if (!g.isKernel || g.kind != KernelKind::Elementwise || g.ops.size() != 1 ||
        !sameSpace(op->getResult(0), result) || !kernel::fusesIntoEpilogue(anchor, op))
      return false;
    return llvm::all_of(op->getOperands(), [&](Value v) {
      return isInside(ops, v.getDefiningOp()) || isScalarConstant(v) || sameSpace(v, result) ||
             isPerChannel(anchor, v, result);
    });
  };
  while (ops.size() < maxEpilogueOps) {
    Operation *next = nullptr;
    for (Operation *op : ops)
      for (Operation *user : op->getUsers())
        if (!isInside(ops, user) && fits(user) &&
            (!next || positions.lookup(user) < positions.lookup(next)))
          next = user;
    if (!next)
      break;
    ops.push_back(next);
    size_t tensors =
        llvm::count_if(inputsOf(ops), [&](Value v) { return v.getType() && sameSpace(v, result); });
    if (tensors > maxEpilogueTensors)
      break;
    if (outputCount(ops) == 1 && !widensForReduction(next))
      best = ops.size();
  }
  for (size_t i = 1; i < best; ++i)
    absorb(groupOf(anchor), groupOf(ops[i]));
}

/// Takes the maximum over windows of 2 x 2 that do not overlap, when nothing else reads what a
/// convolution gives: the tile that is drained holds whole windows.
void Grouping::attachPool(Operation *conv) {
  constexpr int64_t kMostWidth = 256; // two rows and their operands fit UB
  const Group &group = groups[size_t(groupOf(conv))];
  Value result = group.ops.back()->getResult(0);
  if (!isa<ConvOp>(conv) || !result.hasOneUse() || !elementOf(result).isF16() ||
      layoutOf(result) != Layout::NC1HWC0)
    return;
  auto pool = dyn_cast<MaxPoolOp>(*result.user_begin());
  auto all = [](ArrayRef<int64_t> list, int64_t value) {
    return llvm::all_of(list, [&](int64_t v) { return v == value; });
  };
  if (!pool || pool->getNumResults() != 1 || isOnAiCpu(pool) ||
      groups[size_t(groupOf(pool))].ops.size() != 1 || !all(pool.getKernelShape(), 2) ||
      pool.getStrides().size() != 2 || !all(pool.getStrides(), 2) || !all(pool.getPads(), 0) ||
      !all(pool.getDilations(), 1))
    return;
  ArrayRef<int64_t> from = shapeOf(result), to = shapeOf(pool->getResult(0));
  size_t tensors =
      llvm::count_if(inputsOf(group.ops), [&](Value v) { return sameSpace(v, result); });
  if (from[2] == 2 * to[2] && from[3] == 2 * to[3] && from[3] <= kMostWidth && tensors <= 1)
    absorb(groupOf(conv), groupOf(pool));
}

/// Takes a cast to f32 that only feeds the reduction, and the cast of its only use. Rows
/// normalised in blocks can be given in both types.
void Grouping::attachCasts(Operation *reduction) {
  auto isFree = [&](Operation *op) {
    auto castOp = dyn_cast_if_present<CastOp>(op);
    if (!castOp || !elementOf(castOp.getInput()).isF16() == !elementOf(castOp.getOutput()).isF16())
      return false;
    const Group &g = groups[size_t(groupOf(op))];
    return g.isKernel && g.ops.size() == 1 && elementOf(castOp.getInput()).isFloat() &&
           elementOf(castOp.getOutput()).isFloat();
  };
  Operation *before = reduction->getOperand(0).getDefiningOp();
  if (isFree(before) && elementOf(before->getResult(0)).isF32() && before->hasOneUse())
    absorb(groupOf(reduction), groupOf(before));
  Value result = reduction->getResult(0);
  bool givesBoth = isa<LayerNormOp>(reduction) && layoutOf(result) == Layout::FRACTAL_NZ;
  if (!elementOf(result).isF32() || (!result.hasOneUse() && !givesBoth))
    return;
  auto after = llvm::find_if(result.getUsers(), isFree);
  if (after != result.getUsers().end())
    absorb(groupOf(reduction), groupOf(*after));
}

/// A trans_data to NC1HWC0_C04 takes the cast to f16 that only feeds it, unless that can
/// end a kernel that computes.
void Grouping::attachCastToPixels(Operation *transData) {
  auto castOp = transData->getOperand(0).getDefiningOp<CastOp>();
  if (!isa<TransDataOp>(transData) || layoutOf(transData->getResult(0)) != Layout::NC1HWC0_C04 ||
      !castOp || !castOp->hasOneUse() || !elementOf(castOp.getInput()).isF32())
    return;
  Operation *source = castOp.getInput().getDefiningOp();
  auto isElementwiseGroup = [&](Operation *op) {
    const Group &g = groups[size_t(groupOf(op))];
    return g.isKernel && g.kind == KernelKind::Elementwise && g.ops.size() == 1;
  };
  if (isElementwiseGroup(castOp) && !(source && isElementwiseGroup(source)))
    absorb(groupOf(transData), groupOf(castOp));
}

/// A convolution takes the trans_data to NC1HWC0_C04 that only feeds it, with its cast, and so
/// saves the pixels their way through GM. Not where several tiles of output channels would each
/// make them again, nor where the rows of a tile would leave no room in UB.
void Grouping::attachPlanes(Operation *op) {
  constexpr int64_t mostChannels = 128, mostBytes = 160 << 10;
  auto conv = dyn_cast<ConvOp>(op);
  auto toPixels = conv ? conv->getOperand(0).getDefiningOp<TransDataOp>() : TransDataOp();
  if (!toPixels || layoutOf(toPixels.getOutput()) != Layout::NC1HWC0_C04 ||
      !toPixels->hasOneUse() || shapeOf(conv->getResult(0))[1] > mostChannels)
    return;
  // Four rows of the result, with two buffers.
  auto first = [](ArrayRef<int64_t> list) { return list.empty() ? 1 : list.front(); };
  ArrayRef<int64_t> image = shapeOf(toPixels.getOutput());
  int64_t rows = (shapeOf(conv->getOperand(1))[2] - 1) * first(conv.getDilations()) + 1 +
                 3 * first(conv.getStrides());
  if (2 * rows * image[1] * image[3] * 4 > mostBytes)
    return;
  attachCastToPixels(toPixels);
  absorb(groupOf(conv), groupOf(toPixels));
}

bool Grouping::fitsLimits(const Group &a, const Group &b) const {
  SmallVector<Operation *> ops(a.ops.begin(), a.ops.end());
  ops.append(b.ops.begin(), b.ops.end());
  return ops.size() <= maxElementwiseOps && inputsOf(ops).size() <= maxElementwiseInputs &&
         outputCount(ops) <= maxElementwiseOutputs;
}

/// Unites `op` with the elementwise groups that compute its operands, where they have
/// its shape and no other group stands between.
void Grouping::joinProducers(Operation *op) {
  for (Value operand : op->getOperands()) {
    Operation *producer = operand.getDefiningOp();
    int self = groupOf(op);
    if (!producer || groupOf(producer) == self)
      continue;
    int other = groupOf(producer);
    const Group &g = groups[size_t(other)];
    if (!g.isKernel || g.kind != KernelKind::Elementwise || !sameSpace(operand, op->getResult(0)) ||
        !fitsLimits(g, groups[size_t(self)]) ||
        dependsThroughOthers(groups[size_t(self)], self, other) ||
        dependsThroughOthers(g, other, self))
      continue;
    absorb(other, self);
  }
}

bool Grouping::dependsThroughOthers(const Group &group, int self, int target) const {
  auto firstPosition = [&](const Group &g) { return positions.lookup(g.ops.front()); };
  auto lastPosition = [&](const Group &g) { return positions.lookup(g.ops.back()); };
  int begin = firstPosition(groups[size_t(target)]);
  llvm::BitVector seen(unsigned(groups.size()));
  SmallVector<int> work;
  auto addProducers = [&](const Group &g, bool root) {
    for (Operation *op : g.ops)
      for (Value operand : op->getOperands()) {
        Operation *producer = operand.getDefiningOp();
        if (!producer)
          continue;
        int id = groupOf(producer);
        // Direct edges between the two are what the union is for.
        if (id == self || (root && id == target) || seen.test(unsigned(id)) ||
            lastPosition(groups[size_t(id)]) < begin)
          continue;
        seen.set(unsigned(id));
        work.push_back(id);
      }
  };
  addProducers(group, true);
  while (!work.empty()) {
    int id = work.pop_back_val();
    if (id == target)
      return true;
    addProducers(groups[size_t(id)], false);
  }
  return false;
}

void Grouping::absorb(int into, int from) {
  Group &a = groups[size_t(into)], &b = groups[size_t(from)];
  for (Operation *op : b.ops)
    groupIds[op] = into;
  a.ops.insert(a.ops.end(), b.ops.begin(), b.ops.end());
  std::sort(a.ops.begin(), a.ops.end(),
            [&](Operation *x, Operation *y) { return positions.lookup(x) < positions.lookup(y); });
  b.ops.clear();
  b.isKernel = false;
}

std::vector<const Group *> Grouping::ordered() const {
  size_t count = groups.size();
  std::vector<unsigned> waiting(count, 0);
  std::vector<std::vector<int>> users(count);
  for (size_t i = 0; i < count; ++i) {
    llvm::SmallSetVector<int, 8> producers;
    for (Operation *op : groups[i].ops)
      for (Value operand : op->getOperands())
        if (Operation *producer = operand.getDefiningOp(); producer && groupOf(producer) != int(i))
          producers.insert(groupOf(producer));
    waiting[i] = unsigned(producers.size());
    for (int p : producers)
      users[size_t(p)].push_back(int(i));
  }
  // Tensors that each group reads, and how many groups still have to read each.
  std::vector<SmallVector<Value>> reads(count);
  DenseMap<Value, unsigned> readers;
  for (size_t i = 0; i < count; ++i) {
    for (Value input : inputsOf(groups[i].ops))
      if (input && !constantOf(input))
        reads[i].push_back(input);
    for (Value input : reads[i])
      ++readers[input];
  }
  // Of those that can run, the one whose last op came first. But the last reader of a tensor
  // follows the one before it at once: the tensor is still near, and then is dead.
  using Entry = std::pair<int, int>;
  std::set<Entry> ready;
  auto push = [&](size_t i) {
    if (!groups[i].ops.empty())
      ready.insert({positions.lookup(groups[i].ops.back()), int(i)});
  };
  for (size_t i = 0; i < count; ++i)
    if (waiting[i] == 0)
      push(i);
  std::vector<const Group *> order;
  ArrayRef<Value> before;
  while (!ready.empty()) {
    auto next = llvm::find_if(ready, [&](const Entry &entry) {
      return groups[size_t(entry.second)].isKernel &&
             llvm::any_of(reads[size_t(entry.second)], [&](Value v) {
               return readers.lookup(v) == 1 && llvm::is_contained(before, v);
             });
    });
    if (next == ready.end())
      next = ready.begin();
    auto i = size_t(next->second);
    ready.erase(next);
    order.push_back(&groups[i]);
    before = reads[i];
    for (Value input : reads[i])
      --readers[input];
    for (int user : users[i])
      if (--waiting[size_t(user)] == 0)
        push(size_t(user));
  }
  return order;
}

} // namespace openatc::graph
