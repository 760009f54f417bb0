//===- OpValues.cpp - Values in JSON and in memory ------------------------===//
#include "OpValues.h"

#include "openatc/SingleOp/Codes.h"
#include "openatc/SingleOp/OpFile.h"
#include "openatc/Support/Half.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace openatc::singleop {
namespace {

bool readInt(const Json &from, int64_t &out) {
  if (!from.is_number_integer())
    return false;
  if (from.is_number_unsigned() &&
      from.get<uint64_t>() > uint64_t(std::numeric_limits<int64_t>::max()))
    return false;
  out = from.get<int64_t>();
  return true;
}

bool readReal(const Json &from, double &out) {
  if (from.is_number()) {
    out = from.get<double>();
    return true;
  }
  if (from == "nan")
    out = std::numeric_limits<double>::quiet_NaN();
  else if (from == "inf" || from == "-inf")
    out = from == "inf" ? HUGE_VAL : -HUGE_VAL;
  else
    return false;
  return true;
}

template <typename T> void append(std::vector<uint8_t> &out, T value) {
  const auto *bytes = reinterpret_cast<const uint8_t *>(&value);
  out.insert(out.end(), bytes, bytes + sizeof value);
}

template <typename T> bool appendInt(const Json &from, std::vector<uint8_t> &out) {
  if constexpr (sizeof(T) == 8 && std::is_unsigned_v<T>) {
    if (!from.is_number_unsigned() && !(from.is_number_integer() && from.get<int64_t>() >= 0))
      return false;
    append(out, from.get<uint64_t>());
    return true;
  } else {
    int64_t value;
    if (!readInt(from, value) || value < int64_t(std::numeric_limits<T>::min()) ||
        value > int64_t(std::numeric_limits<T>::max()))
      return false;
    append(out, T(value));
    return true;
  }
}

bool readElement(const Json &from, DType dtype, std::vector<uint8_t> &out) {
  double real = 0;
  if (isFloat(dtype) && !readReal(from, real))
    return false;
  switch (dtype) {
  case DType::F32:
    append(out, float(real));
    return true;
  case DType::F64:
    append(out, real);
    return true;
  case DType::F16:
    append(out, floatToHalf(float(real)));
    return true;
  case DType::BF16:
    append(out, uint16_t(std::bit_cast<uint32_t>(float(real)) >> 16));
    return true;
  case DType::Bool: {
    int64_t number = 0;
    if (!from.is_boolean() && !readInt(from, number))
      return false;
    out.push_back(from.is_boolean() ? from.get<bool>() : number != 0);
    return true;
  }
  case DType::I8:
    return appendInt<int8_t>(from, out);
  case DType::U8:
    return appendInt<uint8_t>(from, out);
  case DType::I16:
    return appendInt<int16_t>(from, out);
  case DType::U16:
    return appendInt<uint16_t>(from, out);
  case DType::I32:
    return appendInt<int32_t>(from, out);
  case DType::U32:
    return appendInt<uint32_t>(from, out);
  case DType::I64:
    return appendInt<int64_t>(from, out);
  case DType::U64:
    return appendInt<uint64_t>(from, out);
  case DType::Undefined:
    break;
  }
  return false;
}

Json realJson(double value) {
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value > 0 ? "inf" : "-inf";
  return value;
}

template <typename T> T load(const uint8_t *at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T, typename Read>
bool readList(const Json &from, std::vector<T> &out, Read read) {
  if (!from.is_array())
    return false;
  for (const Json &element : from) {
    T value;
    if (!read(element, value))
      return false;
    out.push_back(std::move(value));
  }
  return true;
}

bool readFloat(const Json &from, float &out) {
  double real;
  if (!from.is_number() || !readReal(from, real))
    return false;
  out = float(real);
  return std::isfinite(out);
}

bool readText(const Json &from, std::string &out) {
  if (!from.is_string())
    return false;
  out = from.get<std::string>();
  return true;
}

} // namespace

bool readInts(const Json &from, std::vector<int64_t> &out) { return readList(from, out, readInt); }

bool readElements(const Json &from, DType dtype, std::vector<uint8_t> &out) {
  if (!from.is_array())
    return false;
  for (const Json &element : from)
    if (!readElement(element, dtype, out))
      return false;
  return true;
}

Json writeElements(const std::vector<uint8_t> &bytes, DType dtype) {
  Json out = Json::array();
  for (size_t i = 0; i + sizeOf(dtype) <= bytes.size() && sizeOf(dtype); i += sizeOf(dtype)) {
    const uint8_t *at = bytes.data() + i;
    switch (dtype) {
    case DType::F32:
      out.push_back(realJson(load<float>(at)));
      break;
    case DType::F64:
      out.push_back(realJson(load<double>(at)));
      break;
    case DType::F16:
      out.push_back(realJson(halfToFloat(load<uint16_t>(at))));
      break;
    case DType::BF16:
      out.push_back(realJson(std::bit_cast<float>(uint32_t(load<uint16_t>(at)) << 16)));
      break;
    case DType::I8:
      out.push_back(load<int8_t>(at));
      break;
    case DType::U8:
    case DType::Bool:
      out.push_back(*at);
      break;
    case DType::I16:
      out.push_back(load<int16_t>(at));
      break;
    case DType::U16:
      out.push_back(load<uint16_t>(at));
      break;
    case DType::I32:
      out.push_back(load<int32_t>(at));
      break;
    case DType::U32:
      out.push_back(load<uint32_t>(at));
      break;
    case DType::I64:
      out.push_back(load<int64_t>(at));
      break;
    case DType::U64:
      out.push_back(load<uint64_t>(at));
      break;
    case DType::Undefined:
      break;
    }
  }
  return out;
}

bool readAttribute(const Json &from, const std::string &type, om::OpAttribute &out) {
  const std::string name = out.name;
  auto take = [&](bool good, const om::OpAttribute &attribute) {
    if (good)
      out = attribute;
    return good;
  };
  if (type == "bool")
    return from.is_boolean() && take(true, boolAttribute(name, from.get<bool>()));
  if (type == "int") {
    int64_t value = 0;
    return take(readInt(from, value), intAttribute(name, value));
  }
  if (type == "float") {
    float value = 0;
    return take(readFloat(from, value), floatAttribute(name, value));
  }
  if (type == "string") {
    std::string value;
    return take(readText(from, value), stringAttribute(name, value));
  }
  if (type == "data_type") {
    int64_t code = from.is_string() ? codeOf(dtypeOfName(from.get<std::string>())) : -1;
    return take(from.is_string() ? code >= 0 : readInt(from, code), dataTypeAttribute(name, code));
  }
  if (type == "list_bool") {
    std::vector<bool> values;
    auto read = [](const Json &element, bool &value) {
      value = element.is_boolean() && element.get<bool>();
      return element.is_boolean();
    };
    return take(readList(from, values, read), boolsAttribute(name, values));
  }
  if (type == "list_int") {
    std::vector<int64_t> values;
    return take(readInts(from, values), intsAttribute(name, values));
  }
  if (type == "list_float") {
    std::vector<float> values;
    return take(readList(from, values, readFloat), floatsAttribute(name, values));
  }
  if (type == "list_string") {
    std::vector<std::string> values;
    return take(readList(from, values, readText), stringsAttribute(name, values));
  }
  if (type == "list_list_int") {
    std::vector<std::vector<int64_t>> values;
    return take(readList(from, values, readInts), intListsAttribute(name, values));
  }
  return false;
}

std::string printOp(const om::OpDescription &op) {
  auto tensors = [](const std::vector<om::OpTensor> &list) {
    Json out = Json::array();
    for (const om::OpTensor &tensor : list) {
      Json &to = out.emplace_back(Json::object());
      to["format"] = tensor.format;
      to["type"] = tensor.present() ? dtypeName(tensor.dtype) : "UNDEFINED";
      to["shape"] = tensor.shape;
      if (tensor.value) {
        to["is_const"] = true;
        to["const_value"] = writeElements(*tensor.value, tensor.dtype);
      }
    }
    return out;
  };
  Json json = {{"op", op.type},
               {"input_desc", tensors(op.inputs)},
               {"output_desc", tensors(op.outputs)},
               {"attr", Json::array()}};
  for (const om::OpAttribute &attribute : op.attributes)
    json["attr"].push_back({{"name", attribute.name},
                            {"type", attribute.type},
                            {"value", Json::parse(attribute.value, nullptr, false)}});
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace openatc::singleop
