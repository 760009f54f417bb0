//===- TensorDesc.cpp - Descriptions of tensors: making and reading -------===//

#include "TensorDesc.h"
#include "Error.h"

using namespace openatc;
using namespace openatc::acl;

namespace openatc::acl {

std::shared_ptr<TensorDescription> findTensorDesc(const aclTensorDesc *desc, const char *function) {
  if (!desc) {
    failNull(function, "desc");
    return nullptr;
  }
  std::shared_ptr<TensorDescription> found = state().tensorDescs.find(desc);
  if (!found)
    fail(ACL_ERROR_INVALID_PARAM, function,
         "the tensor description does not exist; it was destroyed or never created");
  return found;
}

bool isUnknownRank(const std::vector<int64_t> &dims) { return dims.size() == 1 && dims[0] == -2; }

} // namespace openatc::acl

namespace {

/// Elements; 0 when a dimension is unknown or the product is no size.
size_t countOf(const TensorDescription &desc) {
  uint64_t count = 1;
  for (int64_t dim : desc.dims)
    if (dim < 0 || __builtin_mul_overflow(count, uint64_t(dim), &count))
      return 0;
  return count;
}

} // namespace

aclTensorDesc *aclCreateTensorDesc(aclDataType dataType, int numDims, const int64_t *dims,
                                   aclFormat format) try {
  if (numDims < 0 || numDims > ACL_MAX_DIM_CNT) {
    fail(ACL_ERROR_INVALID_PARAM, __func__,
         "the argument 'numDims' is " + std::to_string(numDims) + "; it is 0 to 128");
    return nullptr;
  }
  if (numDims > 0 && !dims) {
    failNull(__func__, "dims");
    return nullptr;
  }
  auto desc = std::make_shared<TensorDescription>();
  desc->dataType = dataType;
  desc->format = format;
  desc->dims.assign(dims, dims + numDims);
  return state().tensorDescs.add<aclTensorDesc>(std::move(desc));
}
ACL_CATCH_AS(nullptr)

void aclDestroyTensorDesc(const aclTensorDesc *desc) try {
  std::shared_ptr<TensorDescription> found = findTensorDesc(desc, __func__);
  if (!found || !state().tensorDescs.remove(desc))
    return;
  for (aclTensorDesc *other : found->others)
    state().tensorDescs.remove(other);
} catch (...) {
  failException(__func__);
}

aclDataType aclGetTensorDescType(const aclTensorDesc *desc) try {
  auto found = findTensorDesc(desc, __func__);
  return found ? found->dataType : ACL_DT_UNDEFINED;
}
ACL_CATCH_AS(ACL_DT_UNDEFINED)

aclFormat aclGetTensorDescFormat(const aclTensorDesc *desc) try {
  auto found = findTensorDesc(desc, __func__);
  return found ? found->format : ACL_FORMAT_UNDEFINED;
}
ACL_CATCH_AS(ACL_FORMAT_UNDEFINED)

size_t aclGetTensorDescElementCount(const aclTensorDesc *desc) try {
  auto found = findTensorDesc(desc, __func__);
  return found ? countOf(*found) : 0;
}
ACL_CATCH_AS(0)

size_t aclGetTensorDescSize(const aclTensorDesc *desc) try {
  auto found = findTensorDesc(desc, __func__);
  if (!found)
    return 0;
  size_t bytes = 0;
  bool overflow = __builtin_mul_overflow(countOf(*found), aclDataTypeSize(found->dataType), &bytes);
  return overflow ? 0 : bytes;
}
ACL_CATCH_AS(0)

size_t aclGetTensorDescNumDims(const aclTensorDesc *desc) try {
  auto found = findTensorDesc(desc, __func__);
  if (!found)
    return 0;
  return isUnknownRank(found->dims) ? ACL_UNKNOWN_RANK : found->dims.size();
}
ACL_CATCH_AS(0)

aclError aclGetTensorDescDimV2(const aclTensorDesc *desc, size_t index, int64_t *dimSize) try {
  ACL_REQUIRE_POINTER(dimSize);
  auto found = findTensorDesc(desc, __func__);
  if (!found)
    return ACL_ERROR_INVALID_PARAM;
  ACL_REQUIRE(index < found->dims.size(), ACL_ERROR_INVALID_PARAM,
              "the argument 'index' is " + std::to_string(index) + ", the tensor has " +
                  std::to_string(found->dims.size()) + " dimensions");
  *dimSize = found->dims[index];
  return ACL_SUCCESS;
}
ACL_CATCH

int64_t aclGetTensorDescDim(const aclTensorDesc *desc, size_t index) try {
  int64_t dim = -1;
  return aclGetTensorDescDimV2(desc, index, &dim) == ACL_SUCCESS ? dim : -1;
}
ACL_CATCH_AS(-1)

aclError aclGetTensorDescDimRange(const aclTensorDesc *desc, size_t index, size_t dimRangeNum,
                                  int64_t *dimRange) try {
  ACL_REQUIRE_POINTER(dimRange);
  ACL_REQUIRE(dimRangeNum >= ACL_TENSOR_SHAPE_RANGE_NUM, ACL_ERROR_INVALID_PARAM,
              "the argument 'dimRangeNum' is " + std::to_string(dimRangeNum) +
                  "; a range takes 2 numbers");
  auto found = findTensorDesc(desc, __func__);
  if (!found)
    return ACL_ERROR_INVALID_PARAM;
  if (index < found->shapeRange.size()) {
    std::copy_n(found->shapeRange[index].begin(), ACL_TENSOR_SHAPE_RANGE_NUM, dimRange);
    return ACL_SUCCESS;
  }
  ACL_REQUIRE(index < found->dims.size(), ACL_ERROR_INVALID_PARAM,
              "the argument 'index' is " + std::to_string(index) + ", the tensor has " +
                  std::to_string(found->dims.size()) + " dimensions");
  ACL_REQUIRE(found->dims[index] >= 0, ACL_ERROR_INVALID_PARAM,
              "dimension " + std::to_string(index) +
                  " is unknown and has no range; call aclSetTensorShapeRange");
  dimRange[0] = dimRange[1] = found->dims[index];
  return ACL_SUCCESS;
}
ACL_CATCH

const char *aclGetTensorDescName(aclTensorDesc *desc) try {
  auto found = findTensorDesc(desc, __func__);
  return found && found->name ? found->name->c_str() : "";
}
ACL_CATCH_AS("")

aclTensorDesc *aclGetTensorDescByIndex(aclTensorDesc *desc, size_t index) try {
  auto found = findTensorDesc(desc, __func__);
  if (!found || index == 0)
    return found ? desc : nullptr;
  if (index <= found->others.size())
    return found->others[index - 1];
  fail(ACL_ERROR_INVALID_PARAM, __func__,
       "the argument 'index' is " + std::to_string(index) + ", the array has " +
           std::to_string(found->others.size() + 1) + " elements");
  return nullptr;
}
ACL_CATCH_AS(nullptr)

void *aclGetTensorDescAddress(const aclTensorDesc *desc) try {
  auto found = findTensorDesc(desc, __func__);
  return found ? found->address : nullptr;
}
ACL_CATCH_AS(nullptr)
