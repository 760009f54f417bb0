//===- ModelCalls.cpp - Models, datasets and execution --------------------===//

#include "World.h"

namespace openatc::stress {

namespace {

constexpr size_t kBytes = 256; ///< of the models' input and output

void load(Caller &c) {
  const std::vector<uint8_t> &bytes = c.chance(75) ? goodModel() : trappingModel();
  size_t size = c.chance(90) ? bytes.size() : c.below(uint32_t(bytes.size()));
  uint32_t id = 0, bundle = 0;
  size_t work = 0, weight = 0;
  if (c.chance(70)) {
    STRESS_CHECK(c, aclmdlLoadFromMem, bytes.data(), size, c.chance(95) ? &id : nullptr);
  } else if (c.chance(50)) {
    STRESS_CHECK(c, aclmdlQuerySizeFromMem, bytes.data(), size, &work, &weight);
    STRESS_CHECK(c, aclmdlLoadFromMemWithMem, bytes.data(), size, &id, c.handle(Memory), c.size(),
                 c.handle(Memory), c.size());
  } else {
    STRESS_CHECK(c, aclmdlBundleLoadFromMem, bytes.data(), size, &bundle);
    STRESS_CHECK(c, aclmdlBundleGetModelId, bundle, c.below(2), &id);
    STRESS_CHECK(c, aclmdlBundleUnload, c.chance(50) ? bundle : 12345);
  }
  if (id) {
    std::lock_guard guard(c.world.modelMutex);
    c.world.models.push_back(id);
  }
}

void loadWithConfig(Caller &c) {
  auto *handle = aclmdlCreateConfigHandle();
  c.keep(ModelConfigs, handle);
  size_t type = c.below(8), size = goodModel().size();
  const void *address = goodModel().data();
  uint32_t id = 0;
  STRESS_CHECK(c, aclmdlSetConfigOpt, c.handle<aclmdlConfigHandle>(ModelConfigs),
               ACL_MDL_LOAD_TYPE_SIZET, &type, c.chance(95) ? sizeof type : 3);
  STRESS_CHECK(c, aclmdlSetConfigOpt, handle, ACL_MDL_MEM_ADDR_PTR, &address, sizeof address);
  STRESS_CHECK(c, aclmdlSetConfigOpt, handle, ACL_MDL_MEM_SIZET, &size, sizeof size);
  STRESS_CHECK(c, aclmdlSetConfigOpt, handle, static_cast<aclmdlConfigAttr>(15 + c.below(17)),
               &type, sizeof type);
  STRESS_CHECK(c, aclmdlLoadWithConfig, c.handle<aclmdlConfigHandle>(ModelConfigs), &id);
  if (c.chance(70))
    STRESS_CHECK(c, aclmdlDestroyConfigHandle, c.handle<aclmdlConfigHandle>(ModelConfigs));
}

/// Buffers of the size that the models take, in device memory or not.
void makeBuffer(Caller &c) {
  void *at = nullptr;
  if (c.chance(70)) {
    STRESS_CHECK(c, aclrtMalloc, &at, kBytes, ACL_MEM_MALLOC_HUGE_FIRST);
    c.keep(Memory, at);
  } else {
    at = c.handle(Memory);
  }
  c.keep(Buffers, aclCreateDataBuffer(at, at && c.chance(90) ? kBytes : c.size()));
}

void makeDataset(Caller &c) {
  auto *dataset = aclmdlCreateDataset();
  c.keep(Datasets, dataset);
  for (uint32_t i = 0; i < 1 + c.below(12) / 10; ++i)
    STRESS_CHECK(c, aclmdlAddDatasetBuffer, dataset, c.handle<aclDataBuffer>(Buffers));
}

void changeDataset(Caller &c) {
  auto *dataset = c.handle<aclmdlDataset>(Datasets);
  (void)aclmdlGetDatasetNumBuffers(dataset);
  (void)aclGetDataBufferAddr(aclmdlGetDatasetBuffer(dataset, c.below(2)));
  STRESS_CHECK(c, aclmdlSetDatasetTensorDesc, dataset, c.handle<aclTensorDesc>(TensorDescs),
               c.below(3));
  c.keep(TensorDescs, aclmdlGetDatasetTensorDesc(dataset, c.below(2)));
  STRESS_CHECK(c, aclmdlSetDynamicBatchSize, c.model(), dataset, c.below(3), c.below(4));
  if (c.chance(20))
    STRESS_CHECK(c, aclUpdateDataBuffer, c.handle<aclDataBuffer>(Buffers), c.handle(Memory),
                 c.size());
}

void execute(Caller &c) {
  STRESS_CHECK(c, aclmdlExecute, c.model(), c.handle<aclmdlDataset>(Datasets),
               c.handle<aclmdlDataset>(Datasets));
}

void enqueue(Caller &c) {
  STRESS_CHECK(c, aclmdlExecuteAsync, c.model(), c.handle<aclmdlDataset>(Datasets),
               c.handle<aclmdlDataset>(Datasets), c.handle(Streams));
}

void executeV2(Caller &c) {
  int32_t timeout = 1 + c.timeout();
  auto *config = aclmdlCreateExecConfigHandle();
  c.keep(ExecConfigs, config);
  STRESS_CHECK(c, aclmdlSetExecConfigOpt, config, ACL_MDL_STREAM_SYNC_TIMEOUT, &timeout,
               sizeof timeout);
  STRESS_CHECK(c, aclmdlSetExecConfigOpt, c.handle<aclmdlExecConfigHandle>(ExecConfigs),
               static_cast<aclmdlExecConfigAttr>(1 + c.below(8)), &timeout, sizeof timeout);
  STRESS_CHECK(c, aclmdlExecuteV2, c.model(), c.handle<aclmdlDataset>(Datasets),
               c.handle<aclmdlDataset>(Datasets), c.handle(Streams), config);
  STRESS_CHECK(c, aclmdlExecuteAsyncV2, c.model(), c.handle<aclmdlDataset>(Datasets),
               c.handle<aclmdlDataset>(Datasets), c.handle(Streams),
               c.handle<aclmdlExecConfigHandle>(ExecConfigs));
  if (c.chance(70))
    STRESS_CHECK(c, aclmdlDestroyExecConfigHandle, config);
}

} // namespace

const std::vector<Call> &modelCalls() {
  static const std::vector<Call> calls = {
      load,
      loadWithConfig,
      makeBuffer,
      makeBuffer,
      makeDataset,
      makeDataset,
      changeDataset,
      execute,
      execute,
      enqueue,
      enqueue,
      enqueue,
      executeV2,
      [](Caller &c) {
        if (c.chance(30))
          STRESS_CHECK(c, aclmdlUnload, c.model());
      },
      [](Caller &c) {
        if (c.chance(50))
          STRESS_CHECK(c, aclmdlDestroyDataset, c.handle<aclmdlDataset>(Datasets));
      },
      [](Caller &c) {
        if (c.chance(50))
          STRESS_CHECK(c, aclDestroyDataBuffer, c.handle<aclDataBuffer>(Buffers));
      },
  };
  return calls;
}

} // namespace openatc::stress
