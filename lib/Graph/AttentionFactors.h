//===- AttentionFactors.h - Operands of the products of attention ---------===//
#ifndef OPENATC_GRAPH_ATTENTIONFACTORS_H
#define OPENATC_GRAPH_ATTENTIONFACTORS_H

#include "Ascend/AscendOps.h"

#include "mlir/IR/PatternMatch.h"

namespace openatc::graph {

/// A factor [batch * heads][rows, width] of a product, as [batch, rows, heads * width].
struct Factor {
  mlir::Value source; ///< holds the elements in that order
  int64_t batch = 1, heads = 1, rows = 0, width = 0;
};

/// The dimension order of `op`, written out.
llvm::SmallVector<int64_t> orderOf(ascend::TransposeOp op);

/// A part of `whole` along one dimension.
struct Piece {
  mlir::Value whole;
  int64_t first;
};

/// What `v` is cut out of along `axis`, in one stretch, by a split or slice.
std::optional<Piece> pieceOf(mlir::Value v, int64_t axis);

/// Follows the operands of a product upwards through what exporters put in between, and
/// remembers what it passed.
class FactorMatcher {
public:
  explicit FactorMatcher(mlir::IRRewriter &rewriter) : rewriter(rewriter) {}

protected:
  /// The operand of a cast between floats that has no other use, else `v`.
  mlir::Value peelCast(mlir::Value v);
  /// Takes factors and divisors that are scalars into `scale`.
  mlir::Value peelScale(mlir::Value v);
  /// `v` [batch, heads, rows, width], or with the last two dimensions exchanged, as the
  /// transpose of [batch, rows, heads, width]; the same without a batch.
  std::optional<Factor> splitHeads(mlir::Value v, bool transposed);
  /// `v` as matrices that each are a batch of one head.
  std::optional<Factor> asBatches(mlir::Value v, bool transposed);

  mlir::IRRewriter &rewriter;
  llvm::SmallVector<mlir::Operation *> matched; ///< from the result upwards
  llvm::SmallVector<mlir::Operation *> created; ///< to go again when the match fails
  double scale = 1;

private:
  std::optional<Factor> splitPacked(mlir::Value v);
};

} // namespace openatc::graph

#endif // OPENATC_GRAPH_ATTENTIONFACTORS_H
