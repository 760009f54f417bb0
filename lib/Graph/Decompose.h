//===- Decompose.h - Emitting sequences of primitive ops ------------------===//
#ifndef OPENATC_GRAPH_DECOMPOSE_H
#define OPENATC_GRAPH_DECOMPOSE_H

#include "Constants.h"
#include "OpSets.h"

namespace openatc::graph {

/// Name of the attribute that keeps an op in f32 whatever the precision mode.
constexpr llvm::StringLiteral kPrecisionAttr = "ascend.precision";

/// Builds primitive ops at one location. In f32 form (`inF32`) its ops are marked, and
/// `enter` and `leave` cast halves at the ends of the sequence. `inHalves` marks ops that
/// shall be computed in f16 when the data is; their types are still those of the data.
class Emitter {
public:
  Emitter(mlir::PatternRewriter &rewriter, mlir::Operation *source, bool inF32,
          bool inHalves = false)
      : rewriter(rewriter), loc(source->getLoc()), marked(inF32), halves(inHalves),
        original(elementOf(source->getResult(0))) {}

  mlir::PatternRewriter &rewriter;
  mlir::Location loc;

  /// `value` in the type that the sequence computes in.
  mlir::Value enter(mlir::Value value) {
    return marked && elementOf(value).isF16() ? cast(value, rewriter.getF32Type()) : value;
  }
  /// `value` in the element type of the op that is decomposed.
  mlir::Value leave(mlir::Value value) {
    return elementOf(value) == original ? value : cast(value, original);
  }

  /// A scalar of the type that the sequence computes in.
  mlir::Value scalar(double value) {
    return makeScalar(rewriter, loc, marked ? mlir::Type(rewriter.getF32Type()) : original, value);
  }

  template <typename Op, typename... Args> mlir::Value unary(mlir::Value x, Args &&...args) {
    return mark(Op::create(rewriter, loc, x.getType(), x, std::forward<Args>(args)...));
  }
  template <typename Op> mlir::Value binary(mlir::Value a, mlir::Value b) {
    auto shape = broadcastShapes({shapeOf(a), shapeOf(b)});
    auto type = mlir::RankedTensorType::get(*shape, elementOf(a));
    return mark(Op::create(rewriter, loc, type, a, b));
  }
  template <typename Op> mlir::Value binary(mlir::Value a, double b) {
    return binary<Op>(a, scalar(b));
  }
  mlir::Value clip(mlir::Value x, double lo, double hi) {
    return mark(ascend::ClipOp::create(rewriter, loc, x.getType(), x, scalar(lo), scalar(hi)));
  }
  /// The reduction `Op` of x over `axes` (null: all).
  template <typename Op>
  mlir::Value reduce(mlir::Value x, mlir::Value axes, bool keepDims, mlir::Type result) {
    return mark(Op::create(rewriter, loc, result, x, axes, keepDims, false));
  }

private:
  mlir::Value cast(mlir::Value value, mlir::Type element) {
    auto type = mlir::RankedTensorType::get(shapeOf(value), element);
    auto op = ascend::CastOp::create(rewriter, loc, type, value, element.isF32() ? 1 : 10);
    if (element.isF16())
      op->setAttr(kPrecisionAttr, rewriter.getStringAttr("f16"));
    return op;
  }
  mlir::Value mark(mlir::Operation *op) {
    if (marked || halves)
      op->setAttr(kPrecisionAttr, rewriter.getStringAttr(marked ? "f32" : "f16"));
    return op->getResult(0);
  }

  bool marked, halves;
  mlir::Type original;
};

/// Each computes `op` in primitive ops, or returns null when it is none of theirs.
/// With `halves`, activations whose error in halves stays near that of rounding the
/// result use them, also for data that is f32 as yet.
mlir::Value decomposeActivation(mlir::Operation *op, mlir::PatternRewriter &rewriter, bool halves);
mlir::Value decomposeArithmetic(mlir::Operation *op, mlir::PatternRewriter &rewriter);
mlir::Value decomposeReduction(mlir::Operation *op, mlir::PatternRewriter &rewriter);

} // namespace openatc::graph

#endif // OPENATC_GRAPH_DECOMPOSE_H
