//===- ModelQuery.cpp - Rarer questions about a model ---------------------===//

#include "Error.h"
#include "ModelDesc.h"

#include <cstring>

using namespace openatc;
using namespace openatc::acl;

const char *aclmdlGetOpAttr(aclmdlDesc *modelDesc, const char *opName, const char *attr) try {
  auto desc = findModelDesc(modelDesc, __func__);
  if (!desc)
    return nullptr;
  if (!opName || !attr) {
    failNull(__func__, opName ? "attr" : "opName");
    return nullptr;
  }
  if (std::strcmp(attr, ACL_ATTR_NAME_DATA_DUMP_ORIGIN_OP_NAMES) != 0) {
    fail(ACL_ERROR_INVALID_PARAM, __func__,
         std::string("the argument 'attr' is '") + attr + "'; models keep the attribute '" +
             ACL_ATTR_NAME_DATA_DUMP_ORIGIN_OP_NAMES + "' only");
    return nullptr;
  }
  auto found = desc->originalNames.find(opName);
  if (found != desc->originalNames.end())
    return found->second.c_str();
  fail(ACL_ERROR_INVALID_PARAM, __func__, std::string("the model has no op '") + opName + "'");
  return nullptr;
}
ACL_CATCH_AS(nullptr)

aclError aclmdlGetInputDimsRange(const aclmdlDesc *modelDesc, size_t index,
                                 aclmdlIODimsRange *dimsRange) try {
  ACL_REQUIRE_POINTER(dimsRange);
  auto desc = findModelDesc(modelDesc, __func__);
  if (!desc)
    return ACL_ERROR_INVALID_PARAM;
  ACL_REQUIRE(index < desc->inputs.size(), ACL_ERROR_INVALID_PARAM,
              "the argument 'index' is " + std::to_string(index) + ", the model has " +
                  std::to_string(desc->inputs.size()) + " inputs");
  const host::Shape &shape = desc->inputs[index].shape;
  dimsRange->rangeCount = std::min<size_t>(shape.size(), ACL_MAX_DIM_CNT);
  if (const std::vector<om::DimRange> &ranges = desc->inputs[index].ranges; !ranges.empty()) {
    for (size_t axis = 0; axis < dimsRange->rangeCount; ++axis) {
      dimsRange->range[axis][0] = ranges[axis].least;
      dimsRange->range[axis][1] = ranges[axis].most;
    }
    return ACL_SUCCESS;
  }
  for (size_t axis = 0; axis < dimsRange->rangeCount; ++axis) {
    int64_t least = shape[axis], most = shape[axis];
    for (const om::Gear &gear : desc->gears)
      if (index < gear.inputs.size() && axis < gear.inputs[index].shape.size()) {
        least = std::min(least, gear.inputs[index].shape[axis]);
        most = std::max(most, gear.inputs[index].shape[axis]);
      }
    dimsRange->range[axis][0] = least;
    dimsRange->range[axis][1] = most;
  }
  return ACL_SUCCESS;
}
ACL_CATCH
