//===- Dataset.cpp - Ordered lists of data buffers ------------------------===//

#include "Error.h"
#include "State.h"

using namespace openatc;
using namespace openatc::acl;

aclmdlDataset *aclmdlCreateDataset(void) try {
  return state().datasets.add<aclmdlDataset>(std::make_shared<Dataset>());
}
ACL_CATCH_AS(nullptr)

aclError aclmdlDestroyDataset(const aclmdlDataset *dataset) try {
  ACL_REQUIRE_POINTER(dataset);
  std::shared_ptr<Dataset> removed = state().datasets.remove(dataset);
  ACL_REQUIRE(removed, ACL_ERROR_INVALID_PARAM,
              "the dataset does not exist; it was destroyed or never created");
  std::lock_guard guard(removed->mutex);
  removed->destroyed = true;
  for (auto &[index, desc] : removed->tensorDescs)
    state().tensorDescs.remove(desc);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlAddDatasetBuffer(aclmdlDataset *dataset, aclDataBuffer *dataBuffer) try {
  ACL_REQUIRE_POINTER(dataset);
  ACL_REQUIRE_POINTER(dataBuffer);
  std::shared_ptr<Dataset> found = state().datasets.find(dataset);
  ACL_REQUIRE(found, ACL_ERROR_INVALID_PARAM, "the dataset does not exist");
  ACL_REQUIRE(state().buffers.find(dataBuffer), ACL_ERROR_INVALID_PARAM,
              "the data buffer does not exist");
  std::lock_guard guard(found->mutex);
  found->buffers.push_back(dataBuffer);
  return ACL_SUCCESS;
}
ACL_CATCH

size_t aclmdlGetDatasetNumBuffers(const aclmdlDataset *dataset) try {
  std::shared_ptr<Dataset> found = state().datasets.find(dataset);
  if (!found) {
    fail(ACL_ERROR_INVALID_PARAM, __func__, "the dataset does not exist");
    return 0;
  }
  std::lock_guard guard(found->mutex);
  return found->buffers.size();
}
ACL_CATCH_AS(0)

aclDataBuffer *aclmdlGetDatasetBuffer(const aclmdlDataset *dataset, size_t index) try {
  std::shared_ptr<Dataset> found = state().datasets.find(dataset);
  if (found) {
    std::lock_guard guard(found->mutex);
    if (index < found->buffers.size())
      return found->buffers[index];
  }
  fail(ACL_ERROR_INVALID_PARAM, __func__,
       found ? "the index is out of range" : "the dataset does not exist");
  return nullptr;
}
ACL_CATCH_AS(nullptr)

aclError aclmdlSetDatasetTensorDesc(aclmdlDataset *dataset, aclTensorDesc *tensorDesc,
                                    size_t index) try {
  ACL_REQUIRE_POINTER(dataset);
  std::shared_ptr<Dataset> found = state().datasets.find(dataset);
  ACL_REQUIRE(found, ACL_ERROR_INVALID_PARAM, "the dataset does not exist");
  std::shared_ptr<TensorDescription> desc;
  if (tensorDesc) {
    desc = state().tensorDescs.find(tensorDesc);
    ACL_REQUIRE(desc, ACL_ERROR_INVALID_PARAM, "the tensor description does not exist");
  }
  std::lock_guard guard(found->mutex);
  ACL_REQUIRE(!found->destroyed, ACL_ERROR_INVALID_PARAM, "the dataset was destroyed");
  ACL_REQUIRE(index < found->buffers.size(), ACL_ERROR_INVALID_PARAM, "the index is out of range");
  if (auto old = found->tensorDescs.find(index); old != found->tensorDescs.end()) {
    state().tensorDescs.remove(old->second);
    found->tensorDescs.erase(old);
  }
  if (desc)
    found->tensorDescs[index] =
        state().tensorDescs.add<aclTensorDesc>(std::make_shared<TensorDescription>(*desc));
  return ACL_SUCCESS;
}
ACL_CATCH

aclTensorDesc *aclmdlGetDatasetTensorDesc(const aclmdlDataset *dataset, size_t index) try {
  std::shared_ptr<Dataset> found = state().datasets.find(dataset);
  if (!found) {
    fail(ACL_ERROR_INVALID_PARAM, __func__, "the dataset does not exist");
    return nullptr;
  }
  std::lock_guard guard(found->mutex);
  auto at = found->tensorDescs.find(index);
  return at == found->tensorDescs.end() ? nullptr : at->second;
}
ACL_CATCH_AS(nullptr)
