//===- FuseAttention.cpp - Attention out of what exporters write ----------===//
#include "AttentionFactors.h"
#include "Constants.h"
#include "PrecisionRules.h"

#include "openatc/Graph/Passes.h"
#include "openatc/Kernel/KernelSupport.h"

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

#include <cmath>

namespace openatc::graph {
#define GEN_PASS_DEF_FUSEATTENTIONPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

/// What a key must lose at least to be hidden, not weighed: then it does not matter that
/// the mask is added where the network replaces the score.
constexpr double kHidden = -1000;

class Matcher : FactorMatcher {
public:
  Matcher(IRRewriter &rewriter, SoftmaxOp softmax, const PrecisionRules &rules)
      : FactorMatcher(rewriter), softmax(softmax), rules(rules) {}

  bool run() {
    if (fuse())
      return true;
    for (Operation *op : llvm::reverse(created))
      if (op->use_empty())
        rewriter.eraseOp(op);
    return false;
  }

private:
  bool fuse();
  bool matchMask(Value &scores);
  bool takeMask(Value addend, ArrayRef<int64_t> shape);
  bool factors(Value q, Value k, Value v);
  bool shapeMask(ArrayRef<int64_t> scores);
  void replaceResult(Value attention, MatmulOp product);

  SoftmaxOp softmax;
  const PrecisionRules &rules;
  Value mask, condition;
  double hidden = 0;      // what `condition` adds
  bool hidesWhere = true; // value of `condition` that hides
  Factor q, k, v;
};

bool Matcher::takeMask(Value addend, ArrayRef<int64_t> shape) {
  if (!isStatic(addend))
    return false;
  ArrayRef<int64_t> own = shapeOf(addend);
  if (own.empty() || own.size() > shape.size() || own.back() != shape.back())
    return false;
  for (size_t i = 0; i < own.size(); ++i)
    if (int64_t d = own[own.size() - 1 - i]; d != 1 && d != shape[shape.size() - 1 - i])
      return false;
  return true;
}

/// The sum of scores and a mask, or a choice between scores and a very low number.
bool Matcher::matchMask(Value &scores) {
  if (auto add = scores.getDefiningOp<AddOp>(); add && scores.hasOneUse()) {
    ArrayRef<int64_t> shape = shapeOf(scores);
    for (unsigned i : {0u, 1u}) {
      Value rest = add->getOperand(i), addend = add->getOperand(1 - i);
      if (!isStatic(rest) || shapeOf(rest) != shape || !takeMask(addend, shape))
        continue;
      // Of two tensors of one shape the scores are the one that a product makes.
      size_t before = matched.size();
      double oldScale = scale;
      matched.push_back(add);
      Value below = peelScale(rest);
      bool isProduct = below.getDefiningOp<MatmulOp>() && below.hasOneUse();
      matched.resize(before);
      scale = oldScale;
      if (!isProduct)
        continue;
      mask = addend;
      matched.push_back(add);
      scores = rest;
      return true;
    }
    return false;
  }
  if (auto where = scores.getDefiningOp<WhereOp>(); where && scores.hasOneUse()) {
    ArrayRef<int64_t> shape = shapeOf(scores);
    for (unsigned i : {1u, 2u}) {
      Value rest = where->getOperand(i);
      std::optional<double> low = readSplat(where->getOperand(3 - i));
      if (!low || !(*low <= kHidden) || !isStatic(rest) || shapeOf(rest) != shape ||
          !takeMask(where.getCondition(), shape))
        continue;
      condition = where.getCondition();
      hidden = *low;
      hidesWhere = i == 2;
      matched.push_back(where);
      scores = rest;
      return true;
    }
    return false;
  }
  return true;
}

bool Matcher::factors(Value left, Value right, Value values) {
  auto matches = [&] {
    return q.batch == k.batch && q.batch == v.batch && q.heads == k.heads && q.heads == v.heads &&
           q.width == k.width && k.rows == v.rows && q.width % 16 == 0 && v.width % 16 == 0;
  };
  size_t before = matched.size();
  double oldScale = scale;
  auto a = splitHeads(left, false), b = splitHeads(right, true);
  double product = scale;
  auto c = splitHeads(values, false);
  // A factor of the values is none of the scores.
  if (a && b && c && scale == product) {
    q = *a;
    k = *b;
    v = *c;
    return matches();
  }
  matched.resize(before);
  scale = oldScale;
  a = asBatches(left, false);
  b = asBatches(right, true);
  if (!a || !b || shapeOf(values).size() < 3)
    return false;
  q = *a;
  k = *b;
  v = {values, 1, 1, shapeOf(values)[shapeOf(values).size() - 2], shapeOf(values).back()};
  for (int64_t d : shapeOf(values).drop_back(2))
    v.batch *= d;
  return matches();
}

/// The mask as [batch or 1, heads or 1, rows or 1, keys].
bool Matcher::shapeMask(ArrayRef<int64_t> scores) {
  Value source = mask ? mask : condition;
  if (!source)
    return true;
  SmallVector<int64_t> shape(shapeOf(source));
  shape.insert(shape.begin(), scores.size() - shape.size(), 1);
  ArrayRef<int64_t> outer = ArrayRef(shape).drop_back(2), all = scores.drop_back(2);
  SmallVector<int64_t> target(ArrayRef(shape).take_back(2));
  if (q.heads == 1 && all.size() >= 1) {
    // Either one for all matrices or one for each.
    bool same = llvm::all_of(outer, [](int64_t d) { return d == 1; });
    if (!same && outer != all)
      return false;
    target.insert(target.begin(), {same ? 1 : q.batch, 1});
  } else if (all.size() <= 2) {
    target.insert(target.begin(), outer.begin(), outer.end());
    target.insert(target.begin(), 4 - target.size(), 1);
  } else {
    return false;
  }
  Location loc = softmax.getLoc();
  rewriter.setInsertionPoint(softmax);
  source = reshapeTo(rewriter, loc, source, target);
  Type element = elementOf(q.source);
  if (condition) {
    Value low = makeScalar(rewriter, loc, element, hidden),
          none = makeScalar(rewriter, loc, element, 0);
    auto where = WhereOp::create(rewriter, loc, RankedTensorType::get(target, element), source,
                                 hidesWhere ? low : none, hidesWhere ? none : low);
    created.push_back(where);
    source = where;
  }
  mask = source;
  return elementOf(mask) == element;
}

/// Puts [batch, rows, heads * width] where the product was, without the transpose and
/// reshape that usually follow.
void Matcher::replaceResult(Value attention, MatmulOp product) {
  ArrayRef<int64_t> shape = shapeOf(product.getOutput());
  Location loc = product.getLoc();
  if (q.heads == 1) {
    rewriter.replaceOp(product, reshapeTo(rewriter, loc, attention, shape));
    return;
  }
  SmallVector<int64_t> order =
      shape.size() == 4 ? SmallVector<int64_t>{0, 2, 1, 3} : SmallVector<int64_t>{1, 0, 2};
  SmallVector<int64_t> apart;
  for (int64_t d : order)
    apart.push_back(shape[size_t(d)]);
  Value split;
  for (Operation *user : llvm::make_early_inc_range(product->getUsers())) {
    auto transpose = dyn_cast<TransposeOp>(user);
    if (!transpose || orderOf(transpose) != order)
      continue;
    for (Operation *next : llvm::make_early_inc_range(transpose->getUsers()))
      if (auto reshape = dyn_cast<ReshapeOp>(next); reshape && isStatic(reshape.getOutput()))
        rewriter.replaceOp(reshape, reshapeTo(rewriter, reshape.getLoc(), attention,
                                              shapeOf(reshape.getOutput())));
    if (!split && !transpose->use_empty())
      split = reshapeTo(rewriter, loc, attention, apart);
    if (transpose->use_empty())
      rewriter.eraseOp(transpose);
    else
      rewriter.replaceOp(transpose, split);
  }
  if (!product->use_empty()) {
    if (!split)
      split = reshapeTo(rewriter, loc, attention, apart);
    Value whole = TransposeOp::create(rewriter, loc, product.getOutput().getType(), split, order);
    rewriter.replaceAllUsesWith(product.getOutput(), whole);
  }
  rewriter.eraseOp(product);
}

bool Matcher::fuse() {
  Value probabilities = softmax.getOutput();
  if (!isStatic(probabilities) || softmax.getFlatten() || !probabilities.hasOneUse())
    return false;
  SmallVector<int64_t> shape(shapeOf(probabilities));
  int64_t rank = int64_t(shape.size()), axis = int64_t(softmax.getAxis());
  if (rank < 3 || rank > 4 || (axis != -1 && axis != rank - 1))
    return false;
  Operation *user = *probabilities.getUsers().begin();
  if (auto cast = dyn_cast<CastOp>(user);
      cast && cast->hasOneUse() && isa<FloatType>(elementOf(cast.getOutput()))) {
    matched.push_back(cast);
    probabilities = cast.getOutput();
    user = *cast->getUsers().begin();
  }
  auto product = dyn_cast<MatmulOp>(user);
  if (!product || product.getLhs() != probabilities || !isStatic(product.getRhs()) ||
      !isStatic(product.getOutput()) || int64_t(shapeOf(product.getRhs()).size()) != rank)
    return false;
  matched.push_back(softmax);
  Value scores = peelCast(softmax.getInput());
  if (!matchMask(scores))
    return false;
  scores = peelScale(scores);
  auto dots = scores.getDefiningOp<MatmulOp>();
  if (!dots || !scores.hasOneUse() || !isStatic(dots.getLhs()) || !isStatic(dots.getRhs()) ||
      int64_t(shapeOf(dots.getLhs()).size()) != rank ||
      int64_t(shapeOf(dots.getRhs()).size()) != rank)
    return false;
  matched.push_back(dots);
  Type element = elementOf(product.getOutput());
  if (!factors(dots.getLhs(), dots.getRhs(), product.getRhs()) || !shapeMask(shape) ||
      elementOf(q.source) != element || elementOf(k.source) != element ||
      elementOf(v.source) != element)
    return false;
  // The fused op keeps nothing but sums in f32.
  if (!rules.allowsHalves(product) ||
      !llvm::all_of(matched, [&](Operation *op) { return rules.allowsHalves(op); }))
    return false;
  SmallVector<Location> locations;
  for (Operation *op : llvm::reverse(matched))
    locations.push_back(op->getLoc());
  locations.push_back(product.getLoc());
  Location loc = rewriter.getFusedLoc(locations);
  rewriter.setInsertionPoint(product);
  auto flat = [&](const Factor &f) {
    return reshapeTo(rewriter, loc, f.source, {f.batch, f.rows, f.heads * f.width});
  };
  Value left = flat(q), right = flat(k), values = flat(v);
  auto type = RankedTensorType::get({q.batch, q.rows, v.heads * v.width}, element);
  auto attention =
      AttentionOp::create(rewriter, loc, type, left, right, values, mask,
                          rewriter.getI64IntegerAttr(q.heads), rewriter.getF64FloatAttr(scale));
  if (kernel::whyNotOnAiCore(attention)) {
    rewriter.eraseOp(attention);
    return false;
  }
  replaceResult(attention.getOutput(), product);
  // One op may have been met several times.
  llvm::SmallSetVector<Operation *, 16> rest(matched.begin(), matched.end());
  while (true) {
    auto dead = llvm::find_if(rest, [](Operation *op) { return op->use_empty(); });
    if (dead == rest.end())
      return true;
    Operation *op = *dead;
    rest.remove(op);
    rewriter.eraseOp(op);
  }
}

struct FuseAttentionPass : impl::FuseAttentionPassBase<FuseAttentionPass> {
  using FuseAttentionPassBase::FuseAttentionPassBase;

  void runOnOperation() override {
    if (getOperation().isExternal())
      return;
    IRRewriter rewriter(&getContext());
    PrecisionRules rules(getOperation(), PrecisionMode::ForceFp16);
    SmallVector<SoftmaxOp> all(getOperation().getOps<SoftmaxOp>());
    bool any = false;
    for (SoftmaxOp softmax : all)
      any |= Matcher(rewriter, softmax, rules).run();
    // Nothing but attention may seem to use its operands.
    if (any)
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(getOperation().front())))
        if (!isa<ConstantOp>(op) && isOpTriviallyDead(&op))
          rewriter.eraseOp(&op);
  }
};

} // namespace
} // namespace openatc::graph
