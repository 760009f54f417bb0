//===- OpFile.cpp - Single operators as JSON ------------------------------===//
#include "openatc/SingleOp/OpFile.h"

#include "OpValues.h"
#include "openatc/SingleOp/Codes.h"

#include <algorithm>
#include <cctype>

namespace openatc::singleop {
namespace {

constexpr size_t kMaxRank = 128, kMaxTensors = 1024, kMaxFileName = 128;

/// Thrown while one operator is read and caught by parseOps; the rest of the file goes on.
struct Failure {
  OpError error;
};

[[noreturn]] void fail(const char *code, const std::string &text, const std::string &solution) {
  throw Failure{{code, text, "", solution}};
}

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return char(std::toupper(c)); });
  return text;
}

/// Reads one operator.
class Reader {
public:
  explicit Reader(const Json &json) : json(json) {}

  OpEntry read() {
    if (!json.is_object() || !json.contains("op") || !json["op"].is_string() ||
        json["op"].get_ref<const std::string &>().empty())
      fail("E10026", "The Op name is empty in the file specified by --singleop.",
           "Check that the Op name is not empty in the file.");
    OpEntry entry;
    entry.op.type = json["op"].get<std::string>();
    if (auto name = json.find("name"); name != json.end() && name->is_string())
      entry.name = name->get<std::string>();
    type = entry.op.type;
    entry.op.inputs = tensors("input_desc", "input");
    entry.op.outputs = tensors("output_desc", "output");
    if (entry.op.outputs.empty())
      fail("E10027", "Op " + type + " has no output_desc in the file specified by --singleop.",
           "Describe the outputs of the operator.");
    if (auto list = json.find("attr"); list != json.end() && !list->is_null())
      attributes(*list, entry.op.attributes);
    return entry;
  }

private:
  [[noreturn]] void failTensor(const char *side, size_t index, const std::string &what,
                               const std::string &why) {
    fail("E10027",
         "Attribute " + what + " of " + side + " tensor " + std::to_string(index) + " for Op " +
             type + " is invalid when --singleop is specified. Reason: " + why + ".",
         "Try again with a valid tensor dtype and format.");
  }

  std::vector<om::OpTensor> tensors(const char *key, const char *side) {
    std::vector<om::OpTensor> out;
    auto list = json.find(key);
    if (list == json.end() || list->is_null())
      return out;
    if (!list->is_array() || list->size() > kMaxTensors)
      fail("E10027", std::string("Value of ") + key + " for Op " + type + " is no list of tensors.",
           "Give one object for each tensor.");
    for (size_t i = 0; i < list->size(); ++i)
      out.push_back(tensor((*list)[i], side, i));
    return out;
  }

  om::OpTensor tensor(const Json &from, const char *side, size_t index) {
    om::OpTensor out;
    std::string typeName, format;
    if (!from.is_object() || !text(from, "type", typeName))
      failTensor(side, index, "datatype", "the key 'type' is missing or no string");
    if (!text(from, "format", format))
      failTensor(side, index, "format", "the key 'format' is missing or no string");
    format = upper(format);
    bool absent = upper(typeName) == "UNDEFINED" || upper(typeName) == "DT_UNDEFINED";
    if (absent && format == "RESERVED" && std::string(side) == "input") {
      out.format = format;
      return out;
    }
    out.dtype = dtypeOfName(typeName);
    if (out.dtype == DType::Undefined)
      failTensor(side, index, "datatype", "'" + typeName + "' is no supported element type");
    if (format != "ND" && format != "NCHW" && format != "NHWC" && format != "HWCN" &&
        format != "NCDHW" && format != "NDHWC" && format != "NC" && format != "NCL")
      failTensor(side, index, "format",
                 formatCode(format) < 0 ? "'" + format + "' is no format"
                                        : "operators take dense tensors, not " + format);
    out.format = format;
    out.shape = shape(from, side, index);
    constant(from, side, index, out);
    return out;
  }

  bool text(const Json &from, const char *key, std::string &out) {
    auto at = from.find(key);
    if (at == from.end() || !at->is_string())
      return false;
    out = at->get<std::string>();
    return true;
  }

  host::Shape shape(const Json &from, const char *side, size_t index) {
    auto at = from.find("shape");
    std::vector<int64_t> dims;
    if (at == from.end() || !readInts(*at, dims) || dims.size() > kMaxRank)
      failTensor(side, index, "shape", "the key 'shape' is missing or no list of integers");
    if (dims == om::kUnknownRank && std::string(side) == "output")
      return dims; // the compiler says
    if (dims == om::kUnknownRank)
      failTensor(side, index, "shape", "a tensor of unknown rank cannot be compiled");
    host::Shape known = dims;
    for (int64_t &dim : known)
      dim = dim == -1 ? 1 : dim;
    if (Expected<int64_t> count = host::numElements(known); !count)
      failTensor(side, index, "shape", count.message());
    return dims;
  }

  void constant(const Json &from, const char *side, size_t index, om::OpTensor &out) {
    auto isConst = from.find("is_const");
    if (isConst == from.end() || isConst->is_null())
      return;
    if (!isConst->is_boolean())
      failTensor(side, index, "is_const", "it is neither true nor false");
    if (!isConst->get<bool>())
      return;
    auto values = from.find("const_value");
    std::vector<uint8_t> bytes;
    if (values == from.end() || !readElements(*values, out.dtype, bytes))
      failTensor(side, index, "const_value",
                 "it is missing or no list of " + std::string(dtypeName(out.dtype)) + " values");
    Expected<int64_t> count = host::numElements(out.shape);
    size_t wanted = count ? size_t(*count) * sizeOf(out.dtype) : SIZE_MAX;
    if (bytes.size() != wanted)
      failTensor(side, index, "const_value",
                 "the number of values does not fit the shape of the constant");
    out.value = std::move(bytes);
  }

  void attributes(const Json &list, std::vector<om::OpAttribute> &out) {
    if (!list.is_array())
      fail("E10030", "Value of attr for Op " + type + " is no list.",
           "Give one object for each attribute.");
    for (const Json &from : list) {
      std::string name, typeName;
      if (!from.is_object() || !text(from, "name", name) || name.empty())
        fail("E10029",
             "Attribute name of Op " + type + " is empty in the file specified by --singleop.",
             "Check that the Op attribute name is not empty in the file.");
      auto value = from.find("value");
      om::OpAttribute attribute{name, "", ""};
      if (!text(from, "type", typeName) || value == from.end() ||
          !readAttribute(*value, typeName, attribute))
        fail("E10030",
             "There is an invalid value for attribute name " + name + " of Op " + type +
                 " in the file specified by --singleop.",
             "Check that the Op attribute value is valid in the file, and that its type is one of "
             "bool, int, float, string, list_bool, list_int, list_float, list_string, "
             "list_list_int and data_type.");
      auto same = [&](const om::OpAttribute &a) { return a.name == name; };
      if (std::any_of(out.begin(), out.end(), same))
        fail("E10030", "Attribute name " + name + " of Op " + type + " is given twice.",
             "Give every attribute once.");
      out.push_back(std::move(attribute));
    }
    std::sort(out.begin(), out.end(), [](const auto &a, const auto &b) { return a.name < b.name; });
  }

  const Json &json;
  std::string type;
};

std::string tensorText(const om::OpTensor &tensor) {
  if (!tensor.present())
    return "none";
  std::string out = std::string(dtypeName(tensor.dtype)) + " " + tensor.format + " [";
  for (size_t i = 0; i < tensor.shape.size(); ++i)
    out += (i ? ", " : "") + std::to_string(tensor.shape[i]);
  return out + (tensor.value ? "] constant" : "]");
}

std::string listText(const std::vector<om::OpTensor> &tensors) {
  std::string out;
  for (size_t i = 0; i < tensors.size(); ++i)
    out += (i ? ", " : "") + tensorText(tensors[i]);
  return out;
}

bool canBeFileName(const std::string &name) {
  return !name.empty() && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) || c == '.' || c == '_' || c == '-';
         });
}

} // namespace

std::vector<OpEntry> parseOps(const std::string &text, const std::string &path,
                              std::vector<OpError> &errors) {
  std::vector<OpEntry> out;
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::exception &error) {
    errors.push_back(
        {"E10025",
         "File " + path +
             " specified by --singleop is not a valid JSON file. Reason: " + error.what() + ".",
         "", "Check that the file is in valid JSON format."});
    return out;
  }
  if (json.is_object())
    json = Json::array({json});
  if (!json.is_array() || json.empty()) {
    errors.push_back({"E10025",
                      "File " + path +
                          " specified by --singleop is not a valid JSON file. Reason: "
                          "it holds no list of operators.",
                      "", "Write a list with an object for each operator."});
    return out;
  }
  for (const Json &element : json) {
    try {
      out.push_back(Reader(element).read());
    } catch (const Failure &failure) {
      errors.push_back(failure.error);
    }
  }
  return out;
}

std::string fileName(const OpEntry &entry, size_t index) {
  std::string name = entry.name.substr(0, kMaxFileName);
  if (canBeFileName(name))
    return name + ".om";
  name = std::to_string(index) + "_" + entry.op.type;
  for (const auto *side : {&entry.op.inputs, &entry.op.outputs})
    for (const om::OpTensor &tensor : *side) {
      name += "_" + std::to_string(tensor.present() ? codeOf(tensor.dtype) : 28) + "_" +
              std::to_string(tensor.present() ? formatCode(tensor.format) : 40);
      for (int64_t dim : tensor.shape)
        name += "_" + std::to_string(dim);
    }
  std::replace(name.begin(), name.end(), '/', '_');
  return name.substr(0, kMaxFileName) + ".om";
}

std::string describe(const om::OpDescription &op) {
  std::string out = op.type + "(" + listText(op.inputs) + ") -> " + listText(op.outputs);
  for (size_t i = 0; i < op.attributes.size(); ++i)
    out += (i ? ", " : " with ") + op.attributes[i].name + " = " + op.attributes[i].value;
  return out;
}

} // namespace openatc::singleop
