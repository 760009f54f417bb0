//===- OpBuilder.cpp - Builds the ONNX graph of an operator ---------------===//
#include "OpBuilder.h"

#include "OpValues.h"
#include "openatc/SingleOp/Codes.h"
#include "openatc/Support/Half.h"

#include <bit>
#include <cstring>

namespace openatc::singleop {
namespace {

constexpr int64_t kOpset = 20, kIrVersion = 9;

void describe(onnx::ValueInfoProto &info, const std::string &name, const om::OpTensor &tensor) {
  info.set_name(name);
  auto &type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(int32_t(tensor.dtype));
  auto &shape = *type.mutable_shape();
  for (int64_t dim : tensor.shape)
    if (dim < 0)
      shape.add_dim();
    else
      shape.add_dim()->set_dim_value(dim);
}

std::string inputName(size_t i) { return "input" + std::to_string(i); }
std::string outputName(size_t i) { return "output" + std::to_string(i); }

} // namespace

OpBuilder::OpBuilder(const om::OpDescription &op)
    : op(op), graph(*model.mutable_graph()), outputsSet(op.outputs.size()) {
  model.set_ir_version(kIrVersion);
  model.add_opset_import()->set_version(kOpset);
  graph.set_name(op.type);
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const om::OpTensor &tensor = op.inputs[i];
    if (!tensor.present())
      continue;
    types[inputName(i)] = tensor.dtype;
    if (tensor.value)
      initializer(inputName(i), tensor.dtype, tensor.shape)
          .set_raw_data(tensor.value->data(), tensor.value->size());
    else
      describe(*graph.add_input(), inputName(i), tensor);
  }
  for (size_t i = 0; i < op.outputs.size(); ++i) {
    // The shape is left to inference and compared afterwards.
    onnx::ValueInfoProto &info = *graph.add_output();
    info.set_name(outputName(i));
    info.mutable_type()->mutable_tensor_type()->set_elem_type(int32_t(op.outputs[i].dtype));
  }
}

void OpBuilder::fail(const std::string &why) {
  if (reason.empty())
    reason = why;
}

//===----------------------------------------------------------------------===//
// The operator
//===----------------------------------------------------------------------===//

std::string OpBuilder::input(size_t i) { return has(i) ? inputName(i) : ""; }

std::string OpBuilder::required(size_t i) {
  if (!has(i))
    fail("input " + std::to_string(i) + " is missing");
  return input(i);
}

int64_t OpBuilder::rank(size_t i) const { return has(i) ? int64_t(op.inputs[i].shape.size()) : 0; }

std::vector<int64_t> OpBuilder::constant(size_t i, const char *what) {
  std::vector<int64_t> out;
  if (!has(i) || !op.inputs[i].value) {
    fail("input " + std::to_string(i) + " (" + what + ") must be a constant");
    return out;
  }
  const std::vector<uint8_t> &bytes = *op.inputs[i].value;
  DType dtype = op.inputs[i].dtype;
  if (dtype != DType::I32 && dtype != DType::I64) {
    fail("input " + std::to_string(i) + " (" + what + ") must be of type int32 or int64");
    return out;
  }
  for (size_t at = 0; at + sizeOf(dtype) <= bytes.size(); at += sizeOf(dtype)) {
    int32_t narrow;
    int64_t wide;
    std::memcpy(&narrow, &bytes[at], 4);
    wide = narrow;
    if (dtype == DType::I64)
      std::memcpy(&wide, &bytes[at], 8);
    out.push_back(wide);
  }
  return out;
}

const om::OpAttribute *OpBuilder::find(const char *name) const {
  for (const om::OpAttribute &attribute : op.attributes)
    if (attribute.name == name)
      return &attribute;
  return nullptr;
}

bool OpBuilder::hasAttr(const char *name) const { return find(name) != nullptr; }

namespace {

/// The value of an attribute as T, or `otherwise` with a failure.
template <typename T>
T valueOf(OpBuilder &builder, const om::OpAttribute *attribute, const T &otherwise,
          bool (Json::*is)() const noexcept, const char *what) {
  if (!attribute)
    return otherwise;
  Json json = Json::parse(attribute->value, nullptr, false);
  if ((json.*is)()) {
    try {
      return json.get<T>();
    } catch (const Json::exception &) { // elements of another type
    }
  }
  builder.fail("attribute " + attribute->name + " must be " + what);
  return otherwise;
}

} // namespace

int64_t OpBuilder::integer(const char *name, int64_t otherwise) {
  return valueOf(*this, find(name), otherwise, &Json::is_number_integer, "an integer");
}

bool OpBuilder::boolean(const char *name, bool otherwise) {
  return valueOf(*this, find(name), otherwise, &Json::is_boolean, "true or false");
}

float OpBuilder::real(const char *name, float otherwise) {
  return valueOf(*this, find(name), otherwise, &Json::is_number, "a number");
}

std::string OpBuilder::text(const char *name, const std::string &otherwise) {
  return valueOf(*this, find(name), otherwise, &Json::is_string, "a string");
}

std::vector<int64_t> OpBuilder::integers(const char *name) {
  return valueOf(*this, find(name), std::vector<int64_t>(), &Json::is_array, "a list of integers");
}

std::vector<std::vector<int64_t>> OpBuilder::integerLists(const char *name) {
  return valueOf(*this, find(name), std::vector<std::vector<int64_t>>(), &Json::is_array,
                 "a list of lists of integers");
}

//===----------------------------------------------------------------------===//
// Nodes and constants
//===----------------------------------------------------------------------===//

std::string OpBuilder::fresh() { return "value" + std::to_string(values++); }

onnx::NodeProto &OpBuilder::add(const char *type, const std::vector<std::string> &inputs,
                                const std::vector<NodeAttr> &attributes) {
  onnx::NodeProto &node = *graph.add_node();
  node.set_op_type(type);
  node.set_name(graph.node_size() == 1
                    ? op.type
                    : op.type + "/" + type + "_" + std::to_string(graph.node_size() - 1));
  for (const std::string &name : inputs)
    node.add_input(name);
  for (const NodeAttr &attr : attributes) {
    onnx::AttributeProto &to = *node.add_attribute();
    to.set_name(attr.name);
    if (auto *i = std::get_if<int64_t>(&attr.value)) {
      to.set_type(onnx::AttributeProto::INT);
      to.set_i(*i);
    } else if (auto *f = std::get_if<float>(&attr.value)) {
      to.set_type(onnx::AttributeProto::FLOAT);
      to.set_f(*f);
    } else if (auto *s = std::get_if<std::string>(&attr.value)) {
      to.set_type(onnx::AttributeProto::STRING);
      to.set_s(*s);
    } else {
      to.set_type(onnx::AttributeProto::INTS);
      for (int64_t value : std::get<std::vector<int64_t>>(attr.value))
        to.add_ints(value);
    }
  }
  return node;
}

std::vector<std::string> OpBuilder::nodes(const char *type, std::vector<std::string> inputs,
                                          size_t results, std::vector<NodeAttr> attributes) {
  onnx::NodeProto &node = add(type, inputs, attributes);
  std::vector<std::string> out;
  for (size_t i = 0; i < results; ++i) {
    out.push_back(fresh());
    node.add_output(out.back());
    types[out.back()] = inputs.empty() ? DType::Undefined : typeOf(inputs[0]);
  }
  return out;
}

std::string OpBuilder::node(DType result, const char *type, std::vector<std::string> inputs,
                            std::vector<NodeAttr> attributes) {
  std::string out = nodes(type, std::move(inputs), 1, std::move(attributes))[0];
  types[out] = result;
  return out;
}

std::string OpBuilder::node(const char *type, std::vector<std::string> inputs,
                            std::vector<NodeAttr> attributes) {
  return nodes(type, std::move(inputs), 1, std::move(attributes))[0];
}

onnx::TensorProto &OpBuilder::initializer(const std::string &name, DType dtype,
                                          const host::Shape &shape) {
  onnx::TensorProto &tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(int32_t(dtype));
  for (int64_t dim : shape)
    tensor.add_dims(dim);
  types[name] = dtype;
  return tensor;
}

std::string OpBuilder::list(const std::vector<int64_t> &list) {
  std::string name = fresh();
  initializer(name, DType::I64, {int64_t(list.size())})
      .set_raw_data(list.data(), list.size() * sizeof(int64_t));
  return name;
}

std::string OpBuilder::scalar(double value, DType dtype) {
  std::vector<uint8_t> bytes;
  if (isFloat(dtype) ? !readElements(Json::array({value}), dtype, bytes)
                     : !readElements(Json::array({int64_t(value)}), dtype, bytes))
    fail("the value " + std::to_string(value) + " does not fit the type " + dtypeName(dtype));
  std::string name = fresh();
  initializer(name, dtype, {}).set_raw_data(bytes.data(), bytes.size());
  return name;
}

std::string OpBuilder::cast(const std::string &value, DType dtype) {
  return typeOf(value) == dtype ? value : node(dtype, "Cast", {value}, {{"to", int64_t(dtype)}});
}

DType OpBuilder::typeOf(const std::string &value) const {
  auto at = types.find(value);
  return at == types.end() ? DType::Undefined : at->second;
}

std::string OpBuilder::toChannelsFirst(const std::string &value, const om::OpTensor &tensor) {
  return channelsLast(tensor)
             ? node("Transpose", {value}, {{"perm", std::vector<int64_t>{0, 3, 1, 2}}})
             : value;
}

std::string OpBuilder::toChannelsLast(const std::string &value, const om::OpTensor &tensor) {
  return channelsLast(tensor)
             ? node("Transpose", {value}, {{"perm", std::vector<int64_t>{0, 2, 3, 1}}})
             : value;
}

void OpBuilder::output(size_t i, const std::string &value) {
  if (i >= op.outputs.size())
    return;
  std::string typed = cast(value, op.outputs[i].dtype);
  add("Identity", {typed}, {}).add_output(outputName(i));
  outputsSet[i] = true;
}

std::string OpBuilder::serialize() {
  for (size_t i = 0; i < outputsSet.size(); ++i)
    if (!outputsSet[i])
      fail("the operator has no output " + std::to_string(i));
  return model.SerializeAsString();
}

} // namespace openatc::singleop
