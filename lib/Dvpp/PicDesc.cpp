//===- PicDesc.cpp - Descriptions of pictures -----------------------------===//

#include "Objects.h"

using namespace openatc::dvpp;

namespace {

/// Largest batch: what one call may describe.
constexpr uint32_t kMaxBatch = 256;

template <typename T>
aclError set(const char *function, acldvppPicDesc *picDesc, T PicFields::*field, T value) {
  std::shared_ptr<PicDesc> found = picDesc ? registry<PicDesc>().find(picDesc) : nullptr;
  if (!found)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the picture description is NULL or does not exist");
  found->update([&](PicFields &fields) { fields.*field = value; });
  return ACL_SUCCESS;
}

template <typename T>
T get(const char *function, const acldvppPicDesc *picDesc, T PicFields::*field) {
  std::shared_ptr<PicDesc> found = picDesc ? registry<PicDesc>().find(picDesc) : nullptr;
  if (!found) {
    fail(ACL_ERROR_INVALID_PARAM, function, "the picture description is NULL or does not exist");
    return PicFields().*field;
  }
  return found->get().*field;
}

} // namespace

acldvppPicDesc *acldvppCreatePicDesc(void) {
  return registry<PicDesc>().add<acldvppPicDesc>(std::make_shared<PicDesc>());
}

aclError acldvppDestroyPicDesc(acldvppPicDesc *picDesc) {
  return destroy<PicDesc>(__func__, picDesc);
}

aclError acldvppSetPicDescData(acldvppPicDesc *picDesc, void *dataDev) {
  return set(__func__, picDesc, &PicFields::data, dataDev);
}

aclError acldvppSetPicDescSize(acldvppPicDesc *picDesc, uint32_t size) {
  return set(__func__, picDesc, &PicFields::size, size);
}

aclError acldvppSetPicDescFormat(acldvppPicDesc *picDesc, acldvppPixelFormat format) {
  return set(__func__, picDesc, &PicFields::format, format);
}

aclError acldvppSetPicDescWidth(acldvppPicDesc *picDesc, uint32_t width) {
  return set(__func__, picDesc, &PicFields::width, width);
}

aclError acldvppSetPicDescHeight(acldvppPicDesc *picDesc, uint32_t height) {
  return set(__func__, picDesc, &PicFields::height, height);
}

aclError acldvppSetPicDescWidthStride(acldvppPicDesc *picDesc, uint32_t widthStride) {
  return set(__func__, picDesc, &PicFields::widthStride, widthStride);
}

aclError acldvppSetPicDescHeightStride(acldvppPicDesc *picDesc, uint32_t heightStride) {
  return set(__func__, picDesc, &PicFields::heightStride, heightStride);
}

aclError acldvppSetPicDescRetCode(acldvppPicDesc *picDesc, uint32_t retCode) {
  return set(__func__, picDesc, &PicFields::retCode, retCode);
}

void *acldvppGetPicDescData(const acldvppPicDesc *picDesc) {
  return get(__func__, picDesc, &PicFields::data);
}

uint32_t acldvppGetPicDescSize(const acldvppPicDesc *picDesc) {
  return get(__func__, picDesc, &PicFields::size);
}

acldvppPixelFormat acldvppGetPicDescFormat(const acldvppPicDesc *picDesc) {
  return get(__func__, picDesc, &PicFields::format);
}

uint32_t acldvppGetPicDescWidth(const acldvppPicDesc *picDesc) {
  return get(__func__, picDesc, &PicFields::width);
}

uint32_t acldvppGetPicDescHeight(const acldvppPicDesc *picDesc) {
  return get(__func__, picDesc, &PicFields::height);
}

uint32_t acldvppGetPicDescWidthStride(const acldvppPicDesc *picDesc) {
  return get(__func__, picDesc, &PicFields::widthStride);
}

uint32_t acldvppGetPicDescHeightStride(const acldvppPicDesc *picDesc) {
  return get(__func__, picDesc, &PicFields::heightStride);
}

uint32_t acldvppGetPicDescRetCode(const acldvppPicDesc *picDesc) {
  return get(__func__, picDesc, &PicFields::retCode);
}

acldvppBatchPicDesc *acldvppCreateBatchPicDesc(uint32_t batchSize) {
  if (batchSize == 0 || batchSize > kMaxBatch) {
    fail(ACL_ERROR_INVALID_PARAM, __func__,
         "the batch size is 1 to " + std::to_string(kMaxBatch) + ", not " +
             std::to_string(batchSize));
    return nullptr;
  }
  auto batch = std::make_shared<BatchPicDesc>();
  for (uint32_t i = 0; i < batchSize; ++i)
    batch->pictures.push_back(acldvppCreatePicDesc());
  return registry<BatchPicDesc>().add<acldvppBatchPicDesc>(std::move(batch));
}

acldvppPicDesc *acldvppGetPicDesc(acldvppBatchPicDesc *batchPicDesc, uint32_t index) {
  std::shared_ptr<BatchPicDesc> batch = registry<BatchPicDesc>().find(batchPicDesc);
  if (batch && index < batch->pictures.size())
    return batch->pictures[index];
  fail(ACL_ERROR_INVALID_PARAM, __func__,
       batch ? "the index is out of range" : "the batch is NULL or does not exist");
  return nullptr;
}

aclError acldvppDestroyBatchPicDesc(acldvppBatchPicDesc *batchPicDesc) {
  DVPP_REQUIRE_POINTER(batchPicDesc);
  std::shared_ptr<BatchPicDesc> batch = registry<BatchPicDesc>().remove(batchPicDesc);
  DVPP_REQUIRE(batch, ACL_ERROR_INVALID_PARAM,
               "the batch does not exist; it was destroyed or never created");
  for (acldvppPicDesc *picture : batch->pictures)
    registry<PicDesc>().remove(picture);
  return ACL_SUCCESS;
}
