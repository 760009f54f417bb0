//===- Constants.h - Reading and making constant tensors ------------------===//
#ifndef OPENATC_GRAPH_CONSTANTS_H
#define OPENATC_GRAPH_CONSTANTS_H

#include "Ascend/HostBridge.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/PatternMatch.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace openatc::graph {

/// The defining constant of `value`, or null.
ascend::ConstantOp constantOf(mlir::Value value);

/// Elements of an f32 or f16 constant in row-major order; nothing for other values.
/// A blob that is not there (elided text) counts as no constant.
std::optional<std::vector<float>> readFloats(mlir::Value value);

/// The value of a float constant whose elements are all equal, if it is cheap to
/// know: one element, or a splat.
std::optional<double> readSplat(mlir::Value value);

/// A float constant of `type` (f32 or f16, with any layout: `data` is then in the
/// order of memory). Large data becomes a resource blob that takes over the vector.
mlir::Value makeFloats(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type,
                       std::vector<float> data);
/// The same for data that is f16 bits already; `type` is f16.
mlir::Value makeHalves(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type,
                       std::vector<uint16_t> data);

/// The same for values that are rounded to f16; finite ones beyond the range of f16 become
/// the largest f16, so that masks such as -1e9 stay finite.
mlir::Value makeSaturatedHalves(mlir::OpBuilder &builder, mlir::Location loc,
                                mlir::RankedTensorType type, llvm::ArrayRef<float> data);

/// A constant of `bytes` bytes in memory, as much as the layout of `type` takes. `fill` gets
/// uninitialised memory and must write all of it.
mlir::Value makeConstant(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type,
                         size_t bytes, llvm::function_ref<void(llvm::MutableArrayRef<char>)> fill);

/// Calls `work(begin, end)` for ranges that cover [0, count), in parallel when that pays;
/// `cost` is the work for one index in bytes moved.
void forRanges(mlir::MLIRContext *context, size_t count, size_t cost,
               llvm::function_ref<void(size_t begin, size_t end)> work);

/// A constant of rank 0 and element type `type` (f32 or f16).
mlir::Value makeScalar(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type, double value);

/// `value` in another shape of as many elements: the value itself, the same blob under
/// another type, or a reshape (of the operand, if the value is a reshape).
mlir::Value reshapeTo(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value,
                      llvm::ArrayRef<int64_t> shape);

/// Erases a constant that nothing uses any more and gives its blob's memory back at
/// once, unless another constant of the function shows the same blob.
void eraseIfDead(mlir::RewriterBase &rewriter, mlir::Value value);

/// Shape of a tensor value of known rank.
inline llvm::ArrayRef<int64_t> shapeOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType()).getShape();
}
/// Element type of a tensor value.
inline mlir::Type elementOf(mlir::Value value) {
  return mlir::cast<mlir::ShapedType>(value.getType()).getElementType();
}
/// True when `value` has a static shape.
inline bool isStatic(mlir::Value value) {
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType());
  return type && type.hasStaticShape();
}

} // namespace openatc::graph

#endif // OPENATC_GRAPH_CONSTANTS_H
