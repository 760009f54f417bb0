//===- MergeProjections.cpp - Operands of attention side by side ----------===//
#include "AttentionFactors.h"
#include "Constants.h"

#include "openatc/Graph/Passes.h"
#include "openatc/Kernel/KernelSupport.h"

namespace openatc::graph {
#define GEN_PASS_DEF_MERGEPROJECTIONSPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

constexpr unsigned kOperands = 3; // query, key, value

/// x * weights + bias, used by nothing but one attention.
struct Projection {
  Value x, weights, bias; ///< no bias: null
  SmallVector<Operation *, 3> ops;
};

/// What a reshape that keeps the last dimension is made of.
Value withoutReshape(Value v) {
  auto reshape = v.getDefiningOp<ReshapeOp>();
  if (!reshape || !isStatic(reshape.getInput()) || shapeOf(reshape.getInput()).empty() ||
      shapeOf(reshape.getInput()).back() != shapeOf(v).back())
    return v;
  return reshape.getInput();
}

/// The tensor that a split or slice cuts `v` out of by columns.
Piece partOf(Value v) {
  Value piece = withoutReshape(v);
  return pieceOf(piece, int64_t(shapeOf(piece).size()) - 1).value_or(Piece{v, 0});
}

std::optional<Projection> projectionOf(Value v) {
  Projection p;
  // The attention may read one value twice; nothing else may read it.
  auto onlyUser = [](Value x) {
    return llvm::all_of(x.getUsers(), [&](Operation *op) { return op == *x.getUsers().begin(); });
  };
  if (!onlyUser(v))
    return std::nullopt;
  if (Value inner = withoutReshape(v); inner != v) {
    p.ops.push_back(v.getDefiningOp());
    v = inner;
    if (!v.hasOneUse())
      return std::nullopt;
  }
  int64_t columns = shapeOf(v).back();
  if (auto add = v.getDefiningOp<AddOp>()) {
    for (unsigned i : {1u, 0u}) {
      Value bias = add->getOperand(i), rest = add->getOperand(1 - i);
      if (!constantOf(bias) || cast<ShapedType>(bias.getType()).getNumElements() != columns ||
          shapeOf(bias).back() != columns || rest.getType() != v.getType() || !rest.hasOneUse())
        continue;
      p.bias = bias;
      p.ops.push_back(add);
      v = rest;
      break;
    }
  }
  auto matmul = v.getDefiningOp<MatmulOp>();
  if (!matmul || !constantOf(matmul.getRhs()) || shapeOf(matmul.getRhs()).size() != 2 ||
      !isStatic(matmul.getLhs()) || shapeOf(matmul.getLhs()).size() < 2)
    return std::nullopt;
  p.ops.push_back(matmul);
  p.x = matmul.getLhs();
  p.weights = matmul.getRhs();
  return p;
}

class Merger {
public:
  Merger(IRRewriter &rewriter, AttentionOp op) : rewriter(rewriter), op(op) {}

  void run() {
    readParts();
    // All three, or two that share their input.
    for (unsigned first : {0u, 1u})
      if (mergeWith(first))
        return;
  }

private:
  void readParts();
  bool mergeWith(unsigned first);
  void setOperands(ArrayRef<Piece> parts);

  IRRewriter &rewriter;
  AttentionOp op;
};

/// Reads what `parts` say; undone where the kernel cannot.
void Merger::setOperands(ArrayRef<Piece> parts) {
  int64_t heads = int64_t(op.getHeads());
  if (op.getColumns().empty()) {
    op.setWidth(uint64_t(shapeOf(op.getQuery()).back() / heads));
    op.setValueWidth(uint64_t(shapeOf(op.getValue()).back() / heads));
  }
  SmallVector<int64_t> columns;
  for (unsigned i = 0; i < kOperands; ++i) {
    columns.push_back(parts[i].first);
    unsigned same = 0;
    while (parts[same].whole != parts[i].whole)
      ++same;
    if (same < i) {
      op->setOperand(i, op->getOperand(same));
      continue;
    }
    ArrayRef<int64_t> old = shapeOf(op->getOperand(i));
    rewriter.setInsertionPoint(op);
    op->setOperand(i, reshapeTo(rewriter, op.getLoc(), parts[i].whole,
                                {old[0], old[1], shapeOf(parts[i].whole).back()}));
  }
  op.setColumns(columns);
}

void Merger::readParts() {
  SmallVector<Piece> parts;
  bool any = false;
  for (unsigned i = 0; i < kOperands; ++i) {
    parts.push_back(partOf(op->getOperand(i)));
    any |= parts.back().whole != op->getOperand(i);
    if (parts.back().first % 16 != 0)
      return;
  }
  if (any)
    setOperands(parts);
}

bool Merger::mergeWith(unsigned first) {
  SmallVector<Piece> parts;
  SmallVector<std::pair<unsigned, Projection>> members;
  for (unsigned i = 0; i < kOperands; ++i) {
    parts.push_back({op->getOperand(i), op.getColumns().empty() ? 0 : op.getColumns()[i]});
    std::optional<Projection> p = projectionOf(op->getOperand(i));
    if (!p || i < first || (!members.empty() && p->x != members.front().second.x))
      continue;
    // One tensor may be two operands already.
    if (llvm::any_of(members, [&](auto &m) { return m.second.ops == p->ops; }))
      return false;
    members.push_back({i, std::move(*p)});
  }
  if (members.size() < 2 || members.front().first != first)
    return false;
  // The columns of all weights, and all biases, one behind the other.
  int64_t rows = shapeOf(members.front().second.weights)[0], total = 0;
  std::vector<std::vector<float>> weights, biases;
  bool anyBias = false;
  for (auto &[i, p] : members) {
    int64_t columns = shapeOf(p.weights)[1];
    std::optional<std::vector<float>> w = readFloats(p.weights),
                                      b = p.bias ? readFloats(p.bias) : std::vector<float>();
    if (!w || !b)
      return false;
    b->resize(size_t(columns));
    weights.push_back(std::move(*w));
    biases.push_back(std::move(*b));
    anyBias |= bool(p.bias);
    parts[i].first += total;
    total += columns;
  }
  std::vector<float> matrix, bias;
  matrix.reserve(size_t(rows * total));
  for (int64_t r = 0; r < rows; ++r)
    for (const std::vector<float> &w : weights) {
      auto columns = std::ptrdiff_t(w.size()) / rows;
      matrix.insert(matrix.end(), w.begin() + r * columns, w.begin() + (r + 1) * columns);
    }
  for (const std::vector<float> &b : biases)
    bias.insert(bias.end(), b.begin(), b.end());

  SmallVector<Location> locations, biasLocations;
  for (auto &[i, p] : members) {
    locations.push_back(p.ops.back()->getLoc());
    if (p.bias)
      biasLocations.push_back(p.bias.getUsers().begin()->getLoc());
  }
  Location loc = rewriter.getFusedLoc(locations);
  rewriter.setInsertionPoint(op);
  Value x = members.front().second.x;
  Type element = elementOf(x);
  SmallVector<int64_t> shape(shapeOf(x));
  shape.back() = total;
  auto type = RankedTensorType::get(shape, element);
  Value base = MatmulOp::create(
      rewriter, loc, type, x,
      makeFloats(rewriter, loc, RankedTensorType::get({rows, total}, element), std::move(matrix)));
  if (anyBias)
    base = AddOp::create(
        rewriter, rewriter.getFusedLoc(biasLocations), type, base,
        makeFloats(rewriter, loc, RankedTensorType::get({total}, element), std::move(bias)));
  for (auto &[i, p] : members)
    parts[i].whole = base;
  setOperands(parts);
  for (auto &[i, p] : members) {
    for (Operation *dead : p.ops)
      if (dead->use_empty())
        rewriter.eraseOp(dead);
    eraseIfDead(rewriter, p.weights);
    if (p.bias)
      eraseIfDead(rewriter, p.bias);
  }
  return true;
}

struct MergeProjectionsPass : impl::MergeProjectionsPassBase<MergeProjectionsPass> {
  using MergeProjectionsPassBase::MergeProjectionsPassBase;

  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    IRRewriter rewriter(&getContext());
    SmallVector<AttentionOp> all(getOperation().getOps<AttentionOp>());
    for (AttentionOp op : all)
      Merger(rewriter, op).run();
  }
};

} // namespace
} // namespace openatc::graph
