//===- HostBridge.cpp - Between ascend IR and HostOps ---------------------===//
#include "Ascend/HostBridge.h"

#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace openatc::ascend {

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

DType toDType(Type type) {
  if (type.isF32())
    return DType::F32;
  if (type.isF16())
    return DType::F16;
  if (type.isBF16())
    return DType::BF16;
  if (type.isF64())
    return DType::F64;
  auto integer = dyn_cast<IntegerType>(type);
  if (!integer || integer.isSigned())
    return DType::Undefined;
  bool isUnsigned = integer.isUnsigned();
  switch (integer.getWidth()) {
  case 1:
    return isUnsigned ? DType::Undefined : DType::Bool;
  case 8:
    return isUnsigned ? DType::U8 : DType::I8;
  case 16:
    return isUnsigned ? DType::U16 : DType::I16;
  case 32:
    return isUnsigned ? DType::U32 : DType::I32;
  case 64:
    return isUnsigned ? DType::U64 : DType::I64;
  default:
    return DType::Undefined;
  }
}

Type fromDType(MLIRContext *context, DType dtype) {
  switch (dtype) {
  case DType::F32:
    return Float32Type::get(context);
  case DType::F16:
    return Float16Type::get(context);
  case DType::BF16:
    return BFloat16Type::get(context);
  case DType::F64:
    return Float64Type::get(context);
  case DType::Bool:
    return IntegerType::get(context, 1);
  case DType::I8:
  case DType::I16:
  case DType::I32:
  case DType::I64:
    return IntegerType::get(context, 8 * sizeOf(dtype));
  case DType::U8:
  case DType::U16:
  case DType::U32:
  case DType::U64:
    return IntegerType::get(context, 8 * sizeOf(dtype), IntegerType::Unsigned);
  case DType::Undefined:
    break;
  }
  return {};
}

host::TensorType toHostType(Type type) {
  host::TensorType result;
  auto tensor = dyn_cast<TensorType>(type);
  if (!tensor)
    return result;
  result.dtype = toDType(tensor.getElementType());
  if (tensor.hasRank() && tensor.hasStaticShape())
    result.shape = host::Shape(tensor.getShape().begin(), tensor.getShape().end());
  return result;
}

TensorType fromHostType(MLIRContext *context, const host::TensorType &type) {
  Type element = fromDType(context, type.dtype);
  if (!element)
    element = NoneType::get(context);
  if (!type.shape)
    return UnrankedTensorType::get(element);
  return RankedTensorType::get(*type.shape, element);
}

//===----------------------------------------------------------------------===//
// Attributes and operands
//===----------------------------------------------------------------------===//

host::Attributes toHostAttributes(DictionaryAttr attributes) {
  host::Attributes result;
  if (!attributes)
    return result;
  for (NamedAttribute named : attributes) {
    std::string name = named.getName().str();
    Attribute value = named.getValue();
    if (auto b = dyn_cast<BoolAttr>(value))
      result[name] = int64_t(b.getValue());
    else if (auto i = dyn_cast<IntegerAttr>(value))
      result[name] = i.getInt();
    else if (auto f = dyn_cast<FloatAttr>(value))
      result[name] = f.getValueAsDouble();
    else if (auto s = dyn_cast<StringAttr>(value))
      result[name] = s.str();
    else if (auto is = dyn_cast<DenseI64ArrayAttr>(value))
      result[name] = std::vector<int64_t>(is.asArrayRef());
    else if (auto fs = dyn_cast<DenseF64ArrayAttr>(value))
      result[name] = std::vector<double>(fs.asArrayRef());
  }
  return result;
}

host::Attributes toHostAttributes(Operation *op) {
  return toHostAttributes(dyn_cast_if_present<DictionaryAttr>(op->getPropertiesAsAttribute()));
}

SmallVector<Value> hostOperands(Operation *op) {
  std::optional<Attribute> inherent = op->getInherentAttr("operandSegmentSizes");
  auto segments = dyn_cast_if_present<DenseI32ArrayAttr>(inherent.value_or(Attribute()));
  if (!segments)
    return SmallVector<Value>(op->getOperands());
  SmallVector<Value> result;
  unsigned next = 0;
  for (int32_t size : segments.asArrayRef()) {
    if (size == 0)
      result.push_back(Value());
    for (int32_t i = 0; i < size; ++i)
      result.push_back(op->getOperand(next++));
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

std::optional<ConstantData> getConstantData(ElementsAttr attr) {
  auto type = dyn_cast<RankedTensorType>(attr.getType());
  if (!type || !type.hasStaticShape())
    return std::nullopt;
  auto layout = dyn_cast_if_present<LayoutAttr>(type.getEncoding());
  if (layout && layout.getValue() != Layout::ND)
    return std::nullopt;
  ConstantData result;
  host::TensorType hostType = toHostType(type);
  size_t elementSize = sizeOf(hostType.dtype);
  if (elementSize == 0)
    return std::nullopt;
  result.view.dtype = hostType.dtype;
  result.view.shape = *hostType.shape;
  size_t bytes = elementSize * type.getNumElements();

  // An empty tensor is a value like any other: its view must not be null.
  if (bytes == 0) {
    result.storage.resize(1);
    result.view.data = result.storage.data();
    return result;
  }
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob || blob->getData().size() != bytes)
      return std::nullopt;
    result.view.data = blob->getData().data();
    return result;
  }
  auto dense = dyn_cast<DenseElementsAttr>(attr);
  if (!dense)
    return std::nullopt;
  if (hostType.dtype == DType::Bool) {
    // The in-memory form of i1 attributes is MLIR's own matter.
    result.storage.reserve(bytes);
    for (bool b : dense.getValues<bool>())
      result.storage.push_back(b);
  } else if (dense.isSplat()) {
    ArrayRef<char> one = dense.getRawData();
    result.storage.resize(bytes);
    for (size_t at = 0; at < bytes; at += elementSize)
      std::memcpy(result.storage.data() + at, one.data(), elementSize);
  } else {
    result.view.data = dense.getRawData().data();
    return result;
  }
  result.view.data = result.storage.data();
  return result;
}

std::optional<ConstantData> getConstantData(Value value) {
  auto constant = value ? value.getDefiningOp<ConstantOp>() : nullptr;
  if (!constant)
    return std::nullopt;
  return getConstantData(constant.getValue());
}

std::optional<SmallVector<int64_t>> getConstantIntegers(Value value) {
  std::optional<ConstantData> data = getConstantData(value);
  if (!data)
    return std::nullopt;
  if (data->view.dtype == DType::I64)
    return SmallVector<int64_t>(data->values<int64_t>());
  if (data->view.dtype == DType::I32)
    return SmallVector<int64_t>(data->values<int32_t>());
  return std::nullopt;
}

ElementsAttr makeElements(RankedTensorType type, StringRef name, ArrayRef<char> bytes) {
  if (bytes.size() > kMaxDenseBytes)
    return makeElements(type, name, HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, 64));
  if (type.getElementType().isInteger(1)) {
    SmallVector<bool> values(bytes.size());
    llvm::transform(bytes, values.begin(), [](char c) { return c != 0; });
    return DenseElementsAttr::get(type, ArrayRef<bool>(values));
  }
  return DenseElementsAttr::getFromRawBuffer(type, bytes);
}

ElementsAttr makeElements(RankedTensorType type, StringRef name, AsmResourceBlob blob) {
  if (blob.getData().size() <= kMaxDenseBytes)
    return makeElements(type, name, blob.getData());
  return DenseResourceElementsAttr::get(type, name.empty() ? "constant" : name, std::move(blob));
}

ConstantOp createConstantFromBytes(OpBuilder &builder, Location loc, RankedTensorType type,
                                   StringRef name, ArrayRef<char> bytes) {
  return ConstantOp::create(builder, loc, makeElements(type, name, bytes));
}

ConstantOp createIntegers(OpBuilder &builder, Location loc, ArrayRef<int64_t> values, bool scalar) {
  SmallVector<int64_t, 1> shape;
  if (!scalar)
    shape.push_back(values.size());
  auto type = RankedTensorType::get(shape, builder.getI64Type());
  return ConstantOp::create(builder, loc, DenseIntElementsAttr::get(type, values));
}

void releaseResource(ElementsAttr attr) {
  auto resource = dyn_cast<DenseResourceElementsAttr>(attr);
  if (!resource)
    return;
  auto *builtin = attr.getContext()->getLoadedDialect<BuiltinDialect>();
  auto *interface = builtin->getRegisteredInterface<ResourceBlobManagerDialectInterface>();
  interface->getBlobManager().update(resource.getRawHandle().getKey(), AsmResourceBlob());
}

Expected<std::vector<ElementsAttr>> evaluate(Operation *op, ArrayRef<Type> resultTypes) {
  std::vector<ConstantData> constants;
  std::vector<host::TensorView> operands;
  for (Value operand : hostOperands(op)) {
    std::optional<ConstantData> data;
    if (operand && !(data = getConstantData(operand)))
      return Status::error("an operand is not constant");
    operands.push_back(data ? data->view : host::TensorView());
    if (data)
      constants.push_back(std::move(*data));
  }
  // Results are computed in place in the memory that becomes the resource.
  std::vector<AsmResourceBlob> blobs;
  std::vector<host::MutableTensorView> results;
  for (Type type : resultTypes) {
    host::TensorType hostType = toHostType(type);
    if (!hostType.shape)
      return Status::error("a result has no static shape");
    Expected<int64_t> count = host::numElements(*hostType.shape);
    if (!count)
      return count.status();
    size_t bytes = *count * sizeOf(hostType.dtype);
    blobs.push_back(HeapAsmResourceBlob::allocate(std::max<size_t>(bytes, 1), 64));
    results.push_back({hostType.dtype, *hostType.shape, blobs.back().getMutableData().data()});
  }
  OPENATC_TRY(
      host::compute(std::string_view(hostOpName(op)), toHostAttributes(op), operands, results));
  std::vector<ElementsAttr> attributes;
  for (auto [type, blob, result] : llvm::zip_equal(resultTypes, blobs, results)) {
    size_t bytes = *host::numElements(result.shape) * sizeOf(result.dtype);
    auto ranked = cast<RankedTensorType>(type);
    if (bytes <= kMaxDenseBytes)
      attributes.push_back(makeElements(ranked, "folded", blob.getData().take_front(bytes)));
    else
      attributes.push_back(makeElements(ranked, "folded", std::move(blob)));
  }
  return attributes;
}

} // namespace openatc::ascend
