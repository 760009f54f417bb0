//===- ImportConstant.cpp - Constant, ConstantOfShape, Range --------------===//
#include "OpTable.h"

#include "Ascend/HostBridge.h"

using namespace mlir;

namespace openatc::importer {

namespace {

void importConstant(NodeImport &n) {
  if (onnx::AttributeProto *value = n.attribute("value")) {
    if (!value->has_t())
      return n.fail("attribute 'value' must be a tensor");
    if (dtypeOfOnnx(value->t().data_type()) == DType::Undefined)
      return n.unsupported("element type " + onnxTypeName(value->t().data_type()));
    Expected<ElementsAttr> tensor = n.tensors.read(*value->mutable_t(), n.node.output(0));
    if (!tensor)
      return n.fail("value " + tensor.message());
    return n.output(0, n.constant(*tensor));
  }
  if (n.has("value_float"))
    return n.output(0, n.scalar(n.real("value_float", 0), n.builder.getF32Type()));
  if (n.has("value_floats"))
    return n.output(0, n.realList(n.reals("value_floats")));
  if (n.has("value_int"))
    return n.output(0, ascend::createIntegers(n.builder, n.loc, n.integer("value_int", 0),
                                              /*scalar=*/true));
  if (n.has("value_ints"))
    return n.output(0, n.list(n.integers("value_ints")));
  if (n.has("sparse_value"))
    return n.unsupported("attribute 'sparse_value'");
  if (n.has("value_string") || n.has("value_strings"))
    return n.unsupported("element type STRING");
  n.fail("has no value");
}

template <typename T> T first(const host::TensorView &view) {
  T value;
  std::memcpy(&value, view.data, sizeof(T));
  return value;
}

void importConstantOfShape(NodeImport &n) {
  AttrList attrs = n.attrs();
  onnx::AttributeProto *value = n.attribute("value");
  if (value && value->has_t()) {
    if (dtypeOfOnnx(value->t().data_type()) == DType::Undefined)
      return n.unsupported("element type " + onnxTypeName(value->t().data_type()));
    Expected<ElementsAttr> tensor = n.tensors.read(*value->mutable_t(), "value");
    if (!tensor)
      return n.fail("value " + tensor.message());
    std::optional<ascend::ConstantData> data = ascend::getConstantData(*tensor);
    if (!data || (*tensor).getNumElements() != 1)
      return n.fail("attribute 'value' must have one element");
    const host::TensorView &view = data->view;
    attrs.i("value_dtype", int64_t(view.dtype));
    switch (view.dtype) {
    case DType::F32:
      attrs.f("value_float", first<float>(view));
      break;
    case DType::F64:
      attrs.f("value_float", first<double>(view));
      break;
    case DType::F16:
    case DType::BF16: {
      auto type = cast<FloatType>((*tensor).getElementType());
      APFloat number(type.getFloatSemantics(), APInt(16, first<uint16_t>(view)));
      bool inexact;
      number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &inexact);
      attrs.f("value_float", number.convertToDouble());
      break;
    }
    case DType::I64:
    case DType::U64:
      attrs.i("value_int", first<int64_t>(view));
      break;
    case DType::I32:
      attrs.i("value_int", first<int32_t>(view));
      break;
    case DType::U32:
      attrs.i("value_int", first<uint32_t>(view));
      break;
    case DType::I16:
      attrs.i("value_int", first<int16_t>(view));
      break;
    case DType::U16:
      attrs.i("value_int", first<uint16_t>(view));
      break;
    case DType::I8:
      attrs.i("value_int", first<int8_t>(view));
      break;
    case DType::U8:
    case DType::Bool:
      attrs.i("value_int", first<uint8_t>(view));
      break;
    case DType::Undefined:
      break;
    }
  }
  n.output(0, n.make("constant_of_shape", {n.required(0)}, attrs));
}

void importRange(NodeImport &n) {
  n.output(0, n.make("range", {n.required(0), n.required(1), n.required(2)}));
}

} // namespace

void addConstantImporters(OpTable &table) {
  table.add("Constant", 1, importConstant);
  table.add("ConstantOfShape", 9, importConstantOfShape);
  table.add("Range", 11, importRange);
}

} // namespace openatc::importer
