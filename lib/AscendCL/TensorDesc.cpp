//===- TensorDesc.cpp - Descriptions of tensors ---------------------------===//

#include "Error.h"
#include "State.h"

using namespace openatc;
using namespace openatc::acl;

namespace {

/// The description of a handle; records an error when there is none.
std::shared_ptr<TensorDescription> lookUp(const aclTensorDesc *desc, const char *function) {
  std::shared_ptr<TensorDescription> found = state().tensorDescs.find(desc);
  if (!found)
    fail(ACL_ERROR_INVALID_PARAM, function, "the tensor description does not exist");
  return found;
}

} // namespace

aclTensorDesc *aclCreateTensorDesc(aclDataType dataType, int numDims, const int64_t *dims,
                                   aclFormat format) {
  if (numDims < 0 || numDims > ACL_MAX_DIM_CNT || (numDims > 0 && !dims)) {
    fail(ACL_ERROR_INVALID_PARAM, __func__, "the dimensions are missing or more than 128");
    return nullptr;
  }
  auto desc = std::make_shared<TensorDescription>();
  desc->dataType = dataType;
  desc->format = format;
  desc->dims.assign(dims, dims + numDims);
  return state().tensorDescs.add<aclTensorDesc>(std::move(desc));
}

void aclDestroyTensorDesc(const aclTensorDesc *desc) {
  if (!state().tensorDescs.remove(desc))
    fail(ACL_ERROR_INVALID_PARAM, __func__, "the tensor description does not exist");
}

aclDataType aclGetTensorDescType(const aclTensorDesc *desc) {
  auto found = lookUp(desc, __func__);
  return found ? found->dataType : ACL_DT_UNDEFINED;
}

aclFormat aclGetTensorDescFormat(const aclTensorDesc *desc) {
  auto found = lookUp(desc, __func__);
  return found ? found->format : ACL_FORMAT_UNDEFINED;
}

size_t aclGetTensorDescElementCount(const aclTensorDesc *desc) {
  auto found = lookUp(desc, __func__);
  if (!found)
    return 0;
  uint64_t count = 1;
  for (int64_t dim : found->dims)
    if (dim < 0 || __builtin_mul_overflow(count, uint64_t(dim), &count))
      return 0;
  return count;
}

size_t aclGetTensorDescSize(const aclTensorDesc *desc) {
  size_t bytes = 0;
  bool overflow = __builtin_mul_overflow(aclGetTensorDescElementCount(desc),
                                         aclDataTypeSize(aclGetTensorDescType(desc)), &bytes);
  return overflow ? 0 : bytes;
}

size_t aclGetTensorDescNumDims(const aclTensorDesc *desc) {
  auto found = lookUp(desc, __func__);
  return found ? found->dims.size() : 0;
}

aclError aclGetTensorDescDimV2(const aclTensorDesc *desc, size_t index, int64_t *dimSize) {
  ACL_REQUIRE_POINTER(dimSize);
  auto found = lookUp(desc, __func__);
  if (!found)
    return ACL_ERROR_INVALID_PARAM;
  ACL_REQUIRE(index < found->dims.size(), ACL_ERROR_INVALID_PARAM, "the index is out of range");
  *dimSize = found->dims[index];
  return ACL_SUCCESS;
}

int64_t aclGetTensorDescDim(const aclTensorDesc *desc, size_t index) {
  int64_t dim = -1;
  return aclGetTensorDescDimV2(desc, index, &dim) == ACL_SUCCESS ? dim : -1;
}

void aclSetTensorDescName(aclTensorDesc *desc, const char *name) {
  if (auto found = lookUp(desc, __func__))
    found->name = name ? name : "";
}

const char *aclGetTensorDescName(aclTensorDesc *desc) {
  auto found = lookUp(desc, __func__);
  return found ? found->name.c_str() : "";
}
