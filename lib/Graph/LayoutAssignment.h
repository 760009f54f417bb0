//===- LayoutAssignment.h - Layouts of values, and their other forms ------===//
//
// A value has the layout of the op that computes it; other forms are made by one
// trans_data in front of the first op that asks for them. Images are in LayoutImages.cpp,
// rows of matrices in LayoutRows.cpp, conversions in LayoutForms.cpp.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_GRAPH_LAYOUTASSIGNMENT_H
#define OPENATC_GRAPH_LAYOUTASSIGNMENT_H

#include "LaneRange.h"
#include "PackWeights.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/PatternMatch.h"

namespace openatc::graph {

class LayoutAssignment {
public:
  explicit LayoutAssignment(mlir::func::FuncOp func) : func(func), rewriter(func.getContext()) {}

  /// One pass in program order.
  void run();

private:
  void visit(mlir::Operation *op);

  // Forms of values.
  mlir::Value transData(mlir::Value v, ascend::Layout layout);
  mlir::Value moved(mlir::Value v, ascend::Layout layout, mlir::Location loc);
  mlir::Value castTo(mlir::Value v, mlir::Type element, mlir::Location loc);
  mlir::Value asRowMajor(mlir::Value v);
  /// `v`, of rank 4 or broadcastable to it, in NC1HWC0.
  mlir::Value asImage(mlir::Value v);
  /// `v`, row-major f16 of at most 4 channels, in NC1HWC0_C04.
  mlir::Value asPixels(mlir::Value v);
  /// `v` in FRACTAL_NZ; vectors become matrices of one row.
  mlir::Value asRows(mlir::Value v);
  void toRowMajor(mlir::Operation *op);
  void setLayout(mlir::Value result, ascend::Layout layout, LaneRange range);
  /// What the padding lanes of `v` hold; of a row-major value, what they will hold.
  LaneRange lanesOf(mlir::Value v, ascend::Layout layout);
  /// The constant of one element, the range of whose value is known, or nothing.
  std::optional<LaneRange> rangeOfScalar(mlir::Value v);

  // Images. The visits return false when the op stays row-major.
  void findImageUses(mlir::Operation *op);
  bool visitImageOp(mlir::Operation *op);
  bool visitConv(mlir::Operation *op);
  bool readsPixels(mlir::Operation *op);
  bool visitElementwiseImage(mlir::Operation *op);
  bool joinsBlocks(ascend::ConcatOp op);

  // Rows of matrices.
  void findRowUses(mlir::Operation *op);
  bool visitRowOp(mlir::Operation *op);
  void visitMatmul(ascend::MatmulOp op);
  bool visitRowReshape(mlir::Operation *op);
  bool visitNormalisation(ascend::LayerNormOp op);
  bool visitAttention(ascend::AttentionOp op);
  bool visitElementwiseRows(mlir::Operation *op);
  bool takesRows(ascend::MatmulOp op);
  bool visitRowMove(mlir::Operation *op);
  bool visitRowConcat(ascend::ConcatOp op);
  bool visitPixelRows(ascend::TransposeOp op);

  mlir::func::FuncOp func;
  mlir::IRRewriter rewriter;
  /// Other forms of values, by the form that was computed; looked up only.
  llvm::DenseMap<mlir::Value, mlir::Value> images, pixels, rows, rowMajor, packed;
  llvm::DenseMap<mlir::Value, LaneRange> lanes;
  /// Values that reach, through ops that keep the layout, one that works on images or on
  /// rows.
  llvm::DenseSet<mlir::Value> wantedAsImage, wantedAsRows;
};

/// True for f16 and f32 tensors of static shape and rank 2 or more.
bool isFloatMatrix(mlir::Value value);

/// The half that `v` is a cast of, or null.
mlir::Value halfOf(mlir::Value v);

} // namespace openatc::graph

#endif // OPENATC_GRAPH_LAYOUTASSIGNMENT_H
