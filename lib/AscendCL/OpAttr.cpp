//===- OpAttr.cpp - Attributes of single operators ------------------------===//

#include "Error.h"
#include "SingleOp.h"

#include "openatc/SingleOp/OpFile.h"

#include <cmath>

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Sets what `make` gives for the name.
template <typename Make>
aclError set(const char *function, const aclopAttr *attr, const char *name, Make make) {
  std::shared_ptr<OpAttributes> found = opStore().attributes.find(attr);
  if (!found)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                attr ? "the attribute set does not exist; it was destroyed or never created"
                     : "the argument 'attr' is NULL");
  if (!name || !*name)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the name of the attribute is NULL or empty");
  om::OpAttribute attribute = make(std::string(name));
  std::lock_guard guard(found->mutex);
  found->byName[name] = std::move(attribute);
  return ACL_SUCCESS;
}

/// An error for a list of negative length or without values.
template <typename T> aclError checkList(const char *function, int count, const T *values) {
  if (count < 0)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the number of values is negative");
  if (count > 0 && !values)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the argument 'values' is NULL");
  return ACL_SUCCESS;
}

#define ACL_CHECK_LIST(count, values)                                                              \
  if (aclError code = checkList(__func__, count, values); code != ACL_SUCCESS)                     \
  return code

} // namespace

aclopAttr *aclopCreateAttr() try {
  return opStore().attributes.add<aclopAttr>(std::make_shared<OpAttributes>());
}
ACL_CATCH_AS(nullptr)

void aclopDestroyAttr(const aclopAttr *attr) try {
  if (!opStore().attributes.remove(attr))
    fail(ACL_ERROR_INVALID_PARAM, __func__, "the attribute set does not exist");
} catch (...) {
  ::openatc::acl::failException(__func__);
}

aclError aclopSetAttrBool(aclopAttr *attr, const char *attrName, uint8_t attrValue) try {
  return set(__func__, attr, attrName,
             [&](const std::string &name) { return singleop::boolAttribute(name, attrValue); });
}
ACL_CATCH

aclError aclopSetAttrInt(aclopAttr *attr, const char *attrName, int64_t attrValue) try {
  return set(__func__, attr, attrName,
             [&](const std::string &name) { return singleop::intAttribute(name, attrValue); });
}
ACL_CATCH

aclError aclopSetAttrFloat(aclopAttr *attr, const char *attrName, float attrValue) try {
  ACL_REQUIRE(std::isfinite(attrValue), ACL_ERROR_INVALID_PARAM, "the value is not finite");
  return set(__func__, attr, attrName,
             [&](const std::string &name) { return singleop::floatAttribute(name, attrValue); });
}
ACL_CATCH

aclError aclopSetAttrString(aclopAttr *attr, const char *attrName, const char *attrValue) try {
  ACL_REQUIRE_POINTER(attrValue);
  return set(__func__, attr, attrName,
             [&](const std::string &name) { return singleop::stringAttribute(name, attrValue); });
}
ACL_CATCH

aclError aclopSetAttrDataType(aclopAttr *attr, const char *attrName, aclDataType attrValue) try {
  return set(__func__, attr, attrName, [&](const std::string &name) {
    return singleop::dataTypeAttribute(name, int64_t(attrValue));
  });
}
ACL_CATCH

aclError aclopSetAttrListDataType(aclopAttr *attr, const char *attrName, int numValues,
                                  const aclDataType values[]) try {
  ACL_CHECK_LIST(numValues, values);
  std::vector<int64_t> list;
  for (int i = 0; i < numValues; ++i)
    list.push_back(int64_t(values[i]));
  return set(__func__, attr, attrName,
             [&](const std::string &name) { return singleop::intsAttribute(name, list); });
}
ACL_CATCH

aclError aclopSetAttrListBool(aclopAttr *attr, const char *attrName, int numValues,
                              const uint8_t *values) try {
  ACL_CHECK_LIST(numValues, values);
  std::vector<bool> list(values, values + numValues);
  return set(__func__, attr, attrName,
             [&](const std::string &name) { return singleop::boolsAttribute(name, list); });
}
ACL_CATCH

aclError aclopSetAttrListInt(aclopAttr *attr, const char *attrName, int numValues,
                             const int64_t *values) try {
  ACL_CHECK_LIST(numValues, values);
  std::vector<int64_t> list(values, values + numValues);
  return set(__func__, attr, attrName,
             [&](const std::string &name) { return singleop::intsAttribute(name, list); });
}
ACL_CATCH

aclError aclopSetAttrListFloat(aclopAttr *attr, const char *attrName, int numValues,
                               const float *values) try {
  ACL_CHECK_LIST(numValues, values);
  std::vector<float> list(values, values + numValues);
  for (float value : list)
    ACL_REQUIRE(std::isfinite(value), ACL_ERROR_INVALID_PARAM, "a value is not finite");
  return set(__func__, attr, attrName,
             [&](const std::string &name) { return singleop::floatsAttribute(name, list); });
}
ACL_CATCH

aclError aclopSetAttrListString(aclopAttr *attr, const char *attrName, int numValues,
                                const char **values) try {
  ACL_CHECK_LIST(numValues, values);
  std::vector<std::string> list;
  for (int i = 0; i < numValues; ++i) {
    ACL_REQUIRE(values[i], ACL_ERROR_INVALID_PARAM, "a string is NULL");
    list.push_back(values[i]);
  }
  return set(__func__, attr, attrName,
             [&](const std::string &name) { return singleop::stringsAttribute(name, list); });
}
ACL_CATCH

aclError aclopSetAttrListListInt(aclopAttr *attr, const char *attrName, int numLists,
                                 const int *numValues, const int64_t *const values[]) try {
  ACL_CHECK_LIST(numLists, values);
  ACL_REQUIRE(numLists == 0 || numValues, ACL_ERROR_INVALID_PARAM,
              "the argument 'numValues' is NULL");
  std::vector<std::vector<int64_t>> lists;
  for (int i = 0; i < numLists; ++i) {
    ACL_CHECK_LIST(numValues[i], values[i]);
    lists.emplace_back(values[i], values[i] + numValues[i]);
  }
  return set(__func__, attr, attrName,
             [&](const std::string &name) { return singleop::intListsAttribute(name, lists); });
}
ACL_CATCH
