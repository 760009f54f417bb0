//===- Attributes.cpp - Attribute values as text --------------------------===//
#include "openatc/SingleOp/OpFile.h"

#include <nlohmann/json.hpp>

namespace openatc::singleop {
namespace {

using Json = nlohmann::json;

/// Strings that are no UTF-8 become so; the text is only compared and read back.
om::OpAttribute make(const std::string &name, const char *type, const Json &value) {
  return {name, type, value.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

} // namespace

om::OpAttribute boolAttribute(const std::string &name, bool value) {
  return make(name, "bool", value);
}
om::OpAttribute intAttribute(const std::string &name, int64_t value) {
  return make(name, "int", value);
}
om::OpAttribute floatAttribute(const std::string &name, float value) {
  return make(name, "float", value);
}
om::OpAttribute stringAttribute(const std::string &name, const std::string &value) {
  return make(name, "string", value);
}
om::OpAttribute dataTypeAttribute(const std::string &name, int64_t code) {
  return make(name, "data_type", code);
}
om::OpAttribute boolsAttribute(const std::string &name, const std::vector<bool> &values) {
  return make(name, "list_bool", values);
}
om::OpAttribute intsAttribute(const std::string &name, const std::vector<int64_t> &values) {
  return make(name, "list_int", values);
}
om::OpAttribute floatsAttribute(const std::string &name, const std::vector<float> &values) {
  return make(name, "list_float", values);
}
om::OpAttribute stringsAttribute(const std::string &name, const std::vector<std::string> &values) {
  return make(name, "list_string", values);
}
om::OpAttribute intListsAttribute(const std::string &name,
                                  const std::vector<std::vector<int64_t>> &values) {
  return make(name, "list_list_int", values);
}

} // namespace openatc::singleop
