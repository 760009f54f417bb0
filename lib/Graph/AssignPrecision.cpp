//===- AssignPrecision.cpp - f16 or f32 for each op -----------------------===//
//
// Every float value may exist twice, as f16 and as f32. An op takes its operands in
// the type it computes in; the missing form is made by one cast behind the
// definition, or at compile time for constants.
//
//===----------------------------------------------------------------------===//
#include "Constants.h"
#include "Decompose.h"
#include "Engine.h"
#include "OpSets.h"
#include "PrecisionRules.h"

#include "openatc/Graph/Passes.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace openatc::graph {
#define GEN_PASS_DEF_ASSIGNPRECISIONPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

using namespace mlir;
using namespace openatc::ascend;

namespace openatc::graph {
namespace {

bool isHalfOrSingle(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && (type.getElementType().isF16() || type.getElementType().isF32());
}

/// Kernels that work on images of halves, in every mode.
bool isImageOp(Operation *op) {
  return isa<MaxPoolOp, AveragePoolOp, GlobalAveragePoolOp, GlobalMaxPoolOp, ResizeOp>(op);
}

/// Whether `value` is a product with a constant matrix, be it with a bias or in another shape.
bool isProduct(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (auto product = dyn_cast<MatmulOp>(op))
      return bool(constantOf(product.getRhs()));
    auto add = dyn_cast<AddOp>(op);
    bool bias = add && (constantOf(add.getLhs()) || constantOf(add.getRhs()));
    if (!bias && !isa<ReshapeOp>(op))
      return false;
    value = op->getOperand(bias && constantOf(op->getOperand(0)) ? 1 : 0);
  }
  return false;
}

/// The sum of a product and a tensor of its shape that passes by it. Networks add to such
/// a tensor all along: in f32 it would be the larger part of what goes through memory.
bool isResidualSum(Operation *op) {
  auto add = dyn_cast<AddOp>(op);
  if (!add || op->hasAttr(kPrecisionAttr) || constantOf(add.getLhs()) || constantOf(add.getRhs()))
    return false;
  return shapeOf(add.getLhs()) == shapeOf(add.getRhs()) &&
         (isProduct(add.getLhs()) || isProduct(add.getRhs()));
}

/// Operands that are not data: regions and factors of resize.
bool keepsType(Operation *op, unsigned operand) { return isa<ResizeOp>(op) && operand > 0; }

/// Ops on f32 whose kernels are not exact enough where types must be kept: weighted sums
/// over images round what they add up.
bool losesSingle(Operation *op) {
  if (auto resize = dyn_cast<ResizeOp>(op); resize && resize.getMode() == "nearest")
    return false;
  return isa<AveragePoolOp, GlobalAveragePoolOp, ResizeOp>(op) &&
         elementOf(op->getOperand(0)).isF32();
}

class Precision {
public:
  Precision(func::FuncOp func, PrecisionMode mode, bool clipWeights)
      : func(func), rewriter(func.getContext()), rules(func, mode), clipWeights(clipWeights) {}

  void run() {
    Block &block = func.getBody().front();
    for (Operation &op : block)
      if (losesSingle(&op) && !isOnAiCpu(&op) && rules.ruleOf(&op) == PrecisionRule::KeepSingle) {
        op.setAttr("ascend.engine", rewriter.getStringAttr("aicpu"));
        op.setAttr("ascend.engine_reason",
                   rewriter.getStringAttr(op.getName().stripDialect() +
                                          " has no AI core kernel that keeps f32"));
      }
    for (Operation &op : llvm::reverse(block))
      for (OpOperand &operand : op.getOpOperands())
        if (isHalfOrSingle(operand.get()) && demandsHalf(operand))
          wantedAsHalf.insert(operand.get());
    for (Operation &op : llvm::make_early_inc_range(block)) {
      if (isa<ConstantOp>(op))
        continue;
      llvm::SmallSetVector<Value, 4> before;
      before.insert_range(op.getOperands());
      if (isa<func::ReturnOp>(op) || isOnAiCpu(&op))
        keepTypes(&op);
      else if (auto cast = dyn_cast<CastOp>(op))
        visitCast(cast);
      else
        convert(&op);
      // Weights that exist as halves now are given back at once.
      for (Value operand : before)
        if (constantOf(operand) && operand.use_empty()) {
          forms.erase(operand);
          remainders.erase(operand);
          eraseIfDead(rewriter, operand);
        }
    }
    for (CastOp cast : llvm::reverse(aliases))
      if (cast->use_empty())
        rewriter.eraseOp(cast);
  }

private:
  struct Forms {
    Value half, single;
  };

  func::FuncOp func;
  IRRewriter rewriter;
  PrecisionRules rules;
  bool clipWeights;
  /// Looked up only, never iterated. Keyed by the original value.
  DenseMap<Value, Forms> forms;
  /// Values that flow, through ops that compute in any type, to one that takes halves.
  DenseSet<Value> wantedAsHalf;
  /// Second halves of f32 operands of contractions, by the f32 value.
  DenseMap<Value, Value> remainders;
  /// The original element type of results whose type has changed.
  DenseMap<Value, Type> originals;

  Forms &formsOf(Value value) {
    Forms &f = forms[value];
    if (!f.half && !f.single)
      (elementOf(value).isF16() ? f.half : f.single) = value;
    return f;
  }

  Type originalOf(Value value) {
    auto it = originals.find(value);
    return it == originals.end() ? elementOf(value) : it->second;
  }

  /// `value` as `element`, for a user at `loc`.
  Value formOf(Value value, Type element, Location loc) {
    Forms &f = formsOf(value);
    Value &wanted = element.isF16() ? f.half : f.single;
    if (wanted)
      return wanted;
    Value other = element.isF16() ? f.single : f.half;
    auto type = RankedTensorType::get(shapeOf(other), element);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointAfterValue(other);
    if (ConstantOp constant = constantOf(other)) {
      // Masks of "minus infinity" such as -1e9 must not become infinite: times zero
      // they would be not-a-number.
      std::optional<ConstantData> bytes = getConstantData(other);
      if (clipWeights && bytes && element.isF16() && bytes->view.dtype == DType::F32)
        return wanted =
                   makeSaturatedHalves(rewriter, constant.getLoc(), type, bytes->values<float>());
      if (std::optional<std::vector<float>> data = readFloats(other))
        return wanted = makeFloats(rewriter, constant.getLoc(), type, std::move(*data));
    }
    auto cast = CastOp::create(rewriter, loc, type, other, element.isF16() ? 10 : 1);
    assignEngine(cast);
    return wanted = cast;
  }

  void setOperand(OpOperand &operand, Type element) {
    if (!isHalfOrSingle(operand.get()))
      return;
    bool isResult = isa<func::ReturnOp>(operand.getOwner());
    Location loc = isResult ? operand.get().getLoc() : operand.getOwner()->getLoc();
    operand.set(formOf(operand.get(), element, loc));
  }

  /// The network's results and AI CPU ops see the types of the model.
  void keepTypes(Operation *op) {
    for (OpOperand &operand : op->getOpOperands())
      if (isHalfOrSingle(operand.get()))
        setOperand(operand, originalOf(operand.get()));
  }

  /// The type that `value` is computed in, whatever other forms were made of it.
  Type nativeType(Value value) {
    while (auto cast = value.getDefiningOp<CastOp>()) {
      if (!isAlias(cast))
        break;
      value = cast.getInput();
    }
    return elementOf(value);
  }

  /// Whether all, and any, of the float operands that are no constants are in f32.
  std::pair<bool, bool> singleOperands(Operation *op) {
    bool all = true, any = false;
    for (OpOperand &operand : op->getOpOperands()) {
      Value value = operand.get();
      if (!isHalfOrSingle(value) || constantOf(value) || keepsType(op, operand.getOperandNumber()))
        continue;
      bool single = nativeType(value).isF32();
      all &= single;
      any |= single;
    }
    return {all && any, any};
  }

  /// Whether a use needs f16. The results of the user are known already.
  bool demandsHalf(OpOperand &operand) {
    Operation *op = operand.getOwner();
    if (keepsType(op, operand.getOperandNumber()))
      return false;
    if (isa<func::ReturnOp>(op) || isOnAiCpu(op))
      return elementOf(operand.get()).isF16();
    PrecisionRule rule = rules.ruleOf(op);
    if (takesHalves(op) || isImageOp(op) || isHalfSum(op, rule))
      return true;
    if (auto mark = op->getAttrOfType<StringAttr>(kPrecisionAttr))
      return mark.getValue() == "f16";
    if (rule == PrecisionRule::Half)
      return !needsSingle(op);
    if (rule == PrecisionRule::Follow || (isSingle(rule) && elementOf(operand.get()).isF32()))
      return false;
    return !needsSingle(op) && llvm::any_of(op->getResults(), [&](Value result) {
      return wantedAsHalf.contains(result);
    });
  }

  static bool isSingle(PrecisionRule rule) { return rule >= PrecisionRule::PreferSingle; }

  static bool isHalfSum(Operation *op, PrecisionRule rule) {
    return (rule == PrecisionRule::PreferHalf || rule == PrecisionRule::Half) && isResidualSum(op);
  }

  Type computeType(Operation *op, PrecisionRule rule) {
    Type half = rewriter.getF16Type(), single = rewriter.getF32Type();
    if (takesHalves(op) || isImageOp(op) || isHalfSum(op, rule))
      return half;
    if (auto mark = op->getAttrOfType<StringAttr>(kPrecisionAttr))
      return mark.getValue() == "f16" ? half : single;
    if (needsSingle(op))
      return single;
    if (rule == PrecisionRule::Half)
      return half;
    if (isSingle(rule) && llvm::any_of(op->getOperands(), [&](Value v) {
          return isHalfOrSingle(v) && originalOf(v).isF32();
        }))
      return single;
    // What is in f32 stays there until a half is asked for. Comparisons ask for none;
    // rounding before one could change its outcome.
    auto [all, any] = singleOperands(op);
    if (rule == PrecisionRule::Follow)
      return any ? single : half;
    bool wanted =
        llvm::any_of(op->getResults(), [&](Value result) { return wantedAsHalf.contains(result); });
    return all || (any && !wanted) ? single : half;
  }

  /// Whether a contraction gives what its accumulator holds, f32, which costs only the wider
  /// result. In f16 networks images stay halves, because only those change their layout
  /// without loss.
  bool givesSum(Operation *op, PrecisionRule rule) {
    Value result = op->getResult(0);
    switch (rule) {
    case PrecisionRule::PreferHalf:
      return isa<MatmulOp>(op) && !wantedAsHalf.contains(result);
    case PrecisionRule::Half:
      return false;
    case PrecisionRule::Follow:
      return singleOperands(op).second;
    default:
      return elementOf(result).isF32();
    }
  }

  void convert(Operation *op) {
    bool anyFloat = llvm::any_of(op->getOperands(), isHalfOrSingle) ||
                    llvm::any_of(op->getResults(), isHalfOrSingle);
    if (!anyFloat)
      return;
    PrecisionRule rule = rules.ruleOf(op);
    Type type = computeType(op, rule);
    bool keepsSum = isContraction(op) && givesSum(op, rule);
    Value bias = isContraction(op) && op->getNumOperands() > 2 ? op->getOperand(2) : Value();
    if (bias)
      op->setOperands(op->getOperands().take_front(2));
    std::array<Value, 2> remainders;
    if (isContraction(op) &&
        (rule == PrecisionRule::Follow || rule == PrecisionRule::PreferSingle ||
         rule == PrecisionRule::KeepSingle))
      for (unsigned i : {0u, 1u})
        remainders[i] = remainderOf(op->getOperand(i), op->getLoc());
    for (OpOperand &operand : op->getOpOperands())
      if (!keepsType(op, operand.getOperandNumber()))
        setOperand(operand, type);
    for (Value result : op->getResults()) {
      if (!isHalfOrSingle(result))
        continue;
      Type original = elementOf(result);
      Type computed = keepsSum ? Type(rewriter.getF32Type()) : type;
      if (computed == original)
        continue;
      originals[result] = original;
      result.setType(RankedTensorType::get(shapeOf(result), computed));
    }
    Value sum = addProducts(op, remainders);
    if (bias)
      addBias(sum, bias);
  }

  /// What rounding to f16 takes from an f32 value, as f16 too; null when that is nothing.
  Value remainderOf(Value value, Location loc) {
    if (nativeType(value).isF16())
      return {};
    if (auto it = remainders.find(value); it != remainders.end())
      return it->second;
    Value half = formOf(value, rewriter.getF16Type(), loc);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointAfterValue(half);
    Value &result = remainders[value];
    if (constantOf(value)) {
      std::optional<std::vector<float>> exact = readFloats(value), rounded = readFloats(half);
      if (!exact || !rounded)
        return {};
      bool any = false;
      for (size_t i = 0; i < exact->size(); ++i) {
        (*exact)[i] -= (*rounded)[i];
        any |= (*exact)[i] != 0;
      }
      auto type = cast<RankedTensorType>(half.getType());
      return any ? result = makeFloats(rewriter, value.getLoc(), type, std::move(*exact)) : Value();
    }
    Value back = CastOp::create(rewriter, loc, value.getType(), half, 1);
    Value rest = SubOp::create(rewriter, loc, value.getType(), value, back);
    result = CastOp::create(rewriter, loc, half.getType(), rest, 10);
    for (Value step : {back, rest, result}) {
      step.getDefiningOp()->setAttr(kPrecisionAttr, rewriter.getStringAttr("f32"));
      assignEngine(step.getDefiningOp());
    }
    return result;
  }

  /// Where types are kept, operands of f32 enter the cube as two halves: their product is
  /// hi*hi + lo*hi + hi*lo, which leaves errors of about 2^-21. Returns the whole sum.
  Value addProducts(Operation *op, ArrayRef<Value> remainders) {
    Value sum = op->getResult(0);
    rewriter.setInsertionPointAfter(op);
    Operation *first = nullptr;
    for (unsigned i : {0u, 1u}) {
      if (!isContraction(op) || !remainders[i])
        continue;
      Operation *product = rewriter.clone(*op);
      product->setOperand(i, remainders[i]);
      sum = AddOp::create(rewriter, op->getLoc(), sum.getType(), product->getResult(0), sum);
      first = first ? first : sum.getDefiningOp();
      assignEngine(sum.getDefiningOp());
    }
    if (first) {
      rewriter.replaceAllUsesExcept(op->getResult(0), sum, first);
      originals[sum] = originalOf(op->getResult(0));
    }
    return sum;
  }

  /// The cube has no bias: it is added behind, in the type of the result.
  void addBias(Value result, Value bias) {
    SmallVector<int64_t> channel(shapeOf(result).size() - 1, 1);
    channel[0] = shapeOf(result)[1];
    rewriter.setInsertionPointAfterValue(result);
    Location loc = result.getLoc();
    bias = formOf(bias, elementOf(result), loc);
    Value shaped = reshapeTo(rewriter, loc, bias, channel);
    auto sum = AddOp::create(rewriter, loc, result.getType(), result, shaped);
    assignEngine(sum);
    rewriter.replaceAllUsesExcept(result, sum, sum);
    originals[sum] = originalOf(result);
  }

  static bool isAlias(CastOp op) {
    return isHalfOrSingle(op.getInput()) && isHalfOrSingle(op.getOutput());
  }

  /// Casts between f16 and f32 are only other forms of their operand; those from
  /// and to other types take and give what is there.
  void visitCast(CastOp op) {
    Value input = op.getInput(), output = op.getOutput();
    if (isAlias(op)) {
      Forms shared = formsOf(input); // a copy: the map may grow
      forms[output] = shared;
      originals[output] = elementOf(output);
      aliases.push_back(op);
      return;
    }
    if (isHalfOrSingle(input))
      setOperand(op->getOpOperand(0), nativeType(input));
  }

  SmallVector<CastOp> aliases;
};

struct AssignPrecisionPass : impl::AssignPrecisionPassBase<AssignPrecisionPass> {
  using AssignPrecisionPassBase::AssignPrecisionPassBase;

  void runOnOperation() override {
    std::optional<PrecisionMode> known = precisionModeOf(mode);
    if (!known) {
      getOperation().emitError() << "unknown precision mode '" << mode << "'";
      return signalPassFailure();
    }
    if (getOperation().isExternal())
      return;
    Precision(getOperation(), *known, clip).run();
  }
};

} // namespace
} // namespace openatc::graph
