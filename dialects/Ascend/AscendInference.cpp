//===- AscendInference.cpp - Result types of all operators from HostOps ---===//
#include "Ascend/AscendInference.h"
#include "Ascend/HostBridge.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace openatc::ascend {

namespace {
// Operands that decide shapes (axes, pads, sizes) have at most a few entries per
// dimension; the values of larger constants are not needed and may be weights.
constexpr int64_t kMaxShapeOperand = 1024;

bool mayDecideShape(Type type) {
  auto ranked = dyn_cast<RankedTensorType>(type);
  return ranked && ranked.hasStaticShape() && ranked.getNumElements() <= kMaxShapeOperand;
}
} // namespace

Status inferResultTypes(StringRef name, MLIRContext *context, ValueRange operands,
                        DictionaryAttr attributes, SmallVectorImpl<Type> &results) {
  std::vector<host::InferOperand> types;
  std::vector<ConstantData> keepAlive;
  auto add = [&](Value operand) {
    host::InferOperand o;
    o.type = toHostType(operand.getType());
    if (mayDecideShape(operand.getType()))
      if (std::optional<ConstantData> data = getConstantData(operand)) {
        keepAlive.push_back(std::move(*data));
        o.data = keepAlive.back().view.data;
      }
    types.push_back(std::move(o));
  };
  DenseI32ArrayAttr segments;
  if (attributes)
    segments = attributes.getAs<DenseI32ArrayAttr>("operandSegmentSizes");
  if (segments) {
    size_t next = 0;
    for (int32_t size : segments.asArrayRef()) {
      if (size < 0 || next + size > operands.size())
        return Status::error("operand segment sizes do not match the operands");
      if (size == 0)
        types.emplace_back();
      for (int32_t i = 0; i < size; ++i)
        add(operands[next++]);
    }
  } else {
    for (Value operand : operands)
      add(operand);
  }
  for (auto [i, type] : llvm::enumerate(types))
    if (type.type.shape && type.type.dtype == DType::Undefined)
      return Status::error("input " + std::to_string(i) + " has an unsupported element type");

  std::vector<host::TensorType> inferred;
  OPENATC_TRY(host::inferTypes(std::string_view(name.drop_front(sizeof("ascend.") - 1)),
                               toHostAttributes(attributes), types, inferred));
  for (const host::TensorType &type : inferred)
    results.push_back(fromHostType(context, type));
  return Status::success();
}

LogicalResult inferHostOpTypes(StringRef name, MLIRContext *context,
                               std::optional<Location> location, ValueRange operands,
                               DictionaryAttr attributes, SmallVectorImpl<Type> &results) {
  Status status = inferResultTypes(name, context, operands, attributes, results);
  if (status.ok())
    return success();
  return emitOptionalError(location, "'", name, "' op ", status.message());
}

bool areCompatibleTypes(TypeRange inferred, TypeRange actual) {
  if (inferred.size() != actual.size())
    return false;
  for (auto [a, b] : llvm::zip_equal(inferred, actual)) {
    Type want = getElementTypeOrSelf(a), have = getElementTypeOrSelf(b);
    bool wider = want.isF16() && have.isF32();
    if ((want != have && !wider) || failed(verifyCompatibleShape(a, b)))
      return false;
  }
  return true;
}

} // namespace openatc::ascend
