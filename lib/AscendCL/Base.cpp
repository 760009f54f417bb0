//===- Base.cpp - Element types and data buffers --------------------------===//

#include "Error.h"
#include "State.h"

#include "openatc/Support/Half.h"

using namespace openatc;
using namespace openatc::acl;

float aclFloat16ToFloat(aclFloat16 value) { return halfToFloat(value); }
aclFloat16 aclFloatToFloat16(float value) { return floatToHalf(value); }

size_t aclDataTypeSize(aclDataType dataType) {
  switch (dataType) {
  case ACL_INT8:
  case ACL_UINT8:
  case ACL_BOOL:
    return 1;
  case ACL_FLOAT16:
  case ACL_INT16:
  case ACL_UINT16:
  case ACL_BF16:
    return 2;
  case ACL_FLOAT:
  case ACL_INT32:
  case ACL_UINT32:
  case ACL_COMPLEX32:
    return 4;
  case ACL_INT64:
  case ACL_UINT64:
  case ACL_DOUBLE:
  case ACL_COMPLEX64:
    return 8;
  case ACL_COMPLEX128:
    return 16;
  default:
    return 0;
  }
}

aclDataBuffer *aclCreateDataBuffer(void *data, size_t size) try {
  auto buffer = std::make_shared<DataBuffer>();
  buffer->data = data;
  buffer->size = size;
  return state().buffers.add<aclDataBuffer>(std::move(buffer));
}
ACL_CATCH_AS(nullptr)

aclError aclDestroyDataBuffer(const aclDataBuffer *dataBuffer) try {
  ACL_REQUIRE_POINTER(dataBuffer);
  ACL_REQUIRE(state().buffers.remove(dataBuffer), ACL_ERROR_INVALID_PARAM,
              "the data buffer does not exist; it was destroyed or never created");
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclUpdateDataBuffer(aclDataBuffer *dataBuffer, void *data, size_t size) try {
  ACL_REQUIRE_POINTER(dataBuffer);
  std::shared_ptr<DataBuffer> buffer = state().buffers.find(dataBuffer);
  ACL_REQUIRE(buffer, ACL_ERROR_INVALID_PARAM,
              "the data buffer does not exist; it was destroyed or never created");
  std::lock_guard guard(buffer->mutex);
  buffer->data = data;
  buffer->size = size;
  return ACL_SUCCESS;
}
ACL_CATCH

void *aclGetDataBufferAddr(const aclDataBuffer *dataBuffer) try {
  std::shared_ptr<DataBuffer> buffer = state().buffers.find(dataBuffer);
  if (!buffer) {
    fail(ACL_ERROR_INVALID_PARAM, __func__, "the data buffer does not exist");
    return nullptr;
  }
  std::lock_guard guard(buffer->mutex);
  return buffer->data;
}
ACL_CATCH_AS(nullptr)

size_t aclGetDataBufferSizeV2(const aclDataBuffer *dataBuffer) try {
  std::shared_ptr<DataBuffer> buffer = state().buffers.find(dataBuffer);
  if (!buffer) {
    fail(ACL_ERROR_INVALID_PARAM, __func__, "the data buffer does not exist");
    return 0;
  }
  std::lock_guard guard(buffer->mutex);
  return buffer->size;
}
ACL_CATCH_AS(0)

uint32_t aclGetDataBufferSize(const aclDataBuffer *dataBuffer) try {
  return uint32_t(aclGetDataBufferSizeV2(dataBuffer));
}
ACL_CATCH_AS(0)
