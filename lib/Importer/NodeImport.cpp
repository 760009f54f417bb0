//===- NodeImport.cpp - What an operator's importer works with ------------===//
#include "NodeImport.h"

#include "Ascend/HostBridge.h"

using namespace mlir;

namespace openatc::importer {

AttrList &AttrList::i(StringRef name, int64_t value) {
  list.append(name, builder.getI64IntegerAttr(value));
  return *this;
}
AttrList &AttrList::b(StringRef name, bool value) {
  list.append(name, builder.getBoolAttr(value));
  return *this;
}
AttrList &AttrList::f(StringRef name, double value) {
  list.append(name, builder.getF64FloatAttr(value));
  return *this;
}
AttrList &AttrList::s(StringRef name, StringRef value) {
  list.append(name, builder.getStringAttr(value));
  return *this;
}
AttrList &AttrList::is(StringRef name, ArrayRef<int64_t> value) {
  list.append(name, builder.getDenseI64ArrayAttr(value));
  return *this;
}

Type elementTypeOf(Value value) { return cast<TensorType>(value.getType()).getElementType(); }

Value NodeImport::required(unsigned i) {
  Value value = input(i);
  if (!value)
    fail("input " + Twine(i) + " is missing");
  return value;
}

void NodeImport::fail(const Twine &why) {
  if (!failed())
    error = why.str();
}

void NodeImport::unsupported(const Twine &what) {
  if (!failed())
    unsupportedReason = what.str();
}

//===----------------------------------------------------------------------===//
// ONNX attributes
//===----------------------------------------------------------------------===//

onnx::AttributeProto *NodeImport::attribute(StringRef name) {
  for (onnx::AttributeProto &attribute : *node.mutable_attribute())
    if (name == StringRef(attribute.name()))
      return &attribute;
  return nullptr;
}

int64_t NodeImport::integer(StringRef name, int64_t fallback) {
  onnx::AttributeProto *attribute = this->attribute(name);
  if (attribute && !attribute->has_i())
    fail("attribute '" + name + "' must be an integer");
  return attribute ? attribute->i() : fallback;
}

double NodeImport::real(StringRef name, double fallback) {
  onnx::AttributeProto *attribute = this->attribute(name);
  if (attribute && !attribute->has_f())
    fail("attribute '" + name + "' must be a float");
  return attribute ? attribute->f() : fallback;
}

std::string NodeImport::string(StringRef name, StringRef fallback) {
  onnx::AttributeProto *attribute = this->attribute(name);
  if (attribute && !attribute->has_s())
    fail("attribute '" + name + "' must be a string");
  return attribute ? attribute->s() : fallback.str();
}

SmallVector<int64_t> NodeImport::integers(StringRef name) {
  onnx::AttributeProto *attribute = this->attribute(name);
  if (!attribute)
    return {};
  return {attribute->ints().begin(), attribute->ints().end()};
}

SmallVector<float> NodeImport::reals(StringRef name) {
  onnx::AttributeProto *attribute = this->attribute(name);
  if (!attribute)
    return {};
  return {attribute->floats().begin(), attribute->floats().end()};
}

//===----------------------------------------------------------------------===//
// Making ops
//===----------------------------------------------------------------------===//

Value NodeImport::make(StringRef op, ArrayRef<Value> operands, const AttrList &attrs) {
  SmallVector<Value> values = makeAll(op, operands, attrs);
  return values.empty() ? Value() : values.front();
}

SmallVector<Value> NodeImport::makeAll(StringRef op, ArrayRef<Value> operands,
                                       const AttrList &attrs) {
  if (failed())
    return {};
  if (!host::isSupported(std::string_view(op))) {
    unsupported("needs '" + op + "', which has no implementation");
    return {};
  }
  OperationState state(loc, ("ascend." + op).str());
  NamedAttrList attributes = attrs.list;
  bool sized = state.name.hasTrait<OpTrait::AttrSizedOperandSegments>();
  SmallVector<int32_t> segments;
  while (!sized && !operands.empty() && !operands.back())
    operands = operands.drop_back();
  for (auto [i, operand] : llvm::enumerate(operands)) {
    if (operand)
      state.operands.push_back(operand);
    else if (!sized)
      fail("input " + Twine(i) + " is missing");
    segments.push_back(operand ? 1 : 0);
  }
  if (failed())
    return {};
  if (sized)
    attributes.append("operandSegmentSizes", builder.getDenseI32ArrayAttr(segments));
  Status status =
      ascend::inferResultTypes(state.name.getStringRef(), builder.getContext(), state.operands,
                               attributes.getDictionary(builder.getContext()), state.types);
  if (!status.ok()) {
    fail(status.message());
    return {};
  }
  state.attributes = std::move(attributes);
  return SmallVector<Value>(builder.create(state)->getResults());
}

Value NodeImport::constant(ElementsAttr value) {
  return ascend::ConstantOp::create(builder, loc, value);
}

Value NodeImport::list(ArrayRef<int64_t> values) {
  return ascend::createIntegers(builder, loc, values);
}

Value NodeImport::realList(ArrayRef<float> values) {
  auto type = RankedTensorType::get({int64_t(values.size())}, builder.getF32Type());
  return constant(DenseElementsAttr::get(type, values));
}

Value NodeImport::scalar(double value, Type elementType) {
  auto type = RankedTensorType::get({}, elementType);
  if (isa<FloatType>(elementType))
    return constant(DenseElementsAttr::get(type, builder.getFloatAttr(elementType, value)));
  return constant(DenseElementsAttr::get(
      type, builder.getIntegerAttr(elementType, static_cast<int64_t>(value))));
}

} // namespace openatc::importer
