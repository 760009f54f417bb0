//===- Exceptions.cpp - Failed tasks and the exception callback -----------===//

#include "Error.h"
#include "Tasks.h"
#include "Translate.h"

#include <deque>

using namespace openatc;
using namespace openatc::acl;

namespace {

constexpr uint32_t kUnknown = 0xFFFFFFFF;

struct ExceptionInfo {
  TaskPlace place;
  uint32_t code = 0;
};

/// A failed task of a model, kept for aclmdlCreateAndGetOpDesc.
struct Failure {
  TaskPlace place;
  std::shared_ptr<const rt::FailedTask> task;
};

/// Failures that are remembered; the oldest goes first.
constexpr size_t kRemembered = 64;

struct Failures {
  std::atomic<aclrtExceptionInfoCallback> callback = nullptr;
  Registry<ExceptionInfo> infos; ///< of callbacks that run now
  std::mutex mutex;
  std::deque<Failure> recent;
};

Failures &failures() {
  static auto *instance = new Failures;
  return *instance;
}

uint32_t read(const aclrtExceptionInfo *handle, const char *function,
              uint32_t (*get)(const ExceptionInfo &)) {
  std::shared_ptr<ExceptionInfo> info = failures().infos.find(handle);
  if (info)
    return get(*info);
  if (handle)
    fail(ACL_ERROR_INVALID_PARAM, function,
         "the argument 'info' does not exist; it is valid inside of the callback only");
  else
    failNull(function, "info");
  return kUnknown;
}

/// Descriptions of `tensors` as one array; null for none.
aclTensorDesc *describe(const std::vector<rt::FailedTask::Tensor> &tensors, int32_t deviceId) {
  std::vector<aclTensorDesc *> handles;
  std::shared_ptr<TensorDescription> head;
  for (const rt::FailedTask::Tensor &tensor : tensors) {
    auto desc = std::make_shared<TensorDescription>();
    desc->dataType = dataTypeOf(tensor.dtype);
    desc->format = formatOf(tensor.layout);
    desc->dims = tensor.shape;
    desc->name = std::make_shared<const std::string>(tensor.name);
    desc->address = toPointer(tensor.address, deviceId);
    if (!head)
      head = desc; // gets its handle last, when the others are known
    else
      handles.push_back(state().tensorDescs.add<aclTensorDesc>(std::move(desc)));
  }
  if (!head)
    return nullptr;
  head->others = std::move(handles);
  return state().tensorDescs.add<aclTensorDesc>(std::move(head));
}

} // namespace

namespace openatc::acl {

void reportFailure(TaskPlace place, const rt::Outcome &outcome) {
  Failures &all = failures();
  if (outcome.task) {
    place.taskId += uint32_t(outcome.task->index);
    std::lock_guard guard(all.mutex);
    if (all.recent.size() == kRemembered)
      all.recent.pop_front();
    all.recent.push_back({place, outcome.task});
  }
  aclrtExceptionInfoCallback callback = all.callback;
  if (!callback)
    return;
  auto *info = all.infos.add<aclrtExceptionInfo>(
      std::make_shared<ExceptionInfo>(ExceptionInfo{place, uint32_t(codeOf(outcome))}));
  callback(info);
  all.infos.remove(info);
}

void forgetFailures() {
  Failures &all = failures();
  all.callback = nullptr;
  std::lock_guard guard(all.mutex);
  all.recent.clear();
}

} // namespace openatc::acl

aclError aclrtSetExceptionInfoCallback(aclrtExceptionInfoCallback callback) try {
  ACL_REQUIRE_INIT();
  failures().callback = callback;
  return ACL_SUCCESS;
}
ACL_CATCH

uint32_t aclrtGetTaskIdFromExceptionInfo(const aclrtExceptionInfo *info) try {
  return read(info, __func__, [](const ExceptionInfo &i) { return i.place.taskId; });
}
ACL_CATCH_AS(kUnknown)

uint32_t aclrtGetStreamIdFromExceptionInfo(const aclrtExceptionInfo *info) try {
  return read(info, __func__, [](const ExceptionInfo &i) { return i.place.streamId; });
}
ACL_CATCH_AS(kUnknown)

uint32_t aclrtGetThreadIdFromExceptionInfo(const aclrtExceptionInfo *info) try {
  return read(info, __func__, [](const ExceptionInfo &i) { return i.place.threadId; });
}
ACL_CATCH_AS(kUnknown)

uint32_t aclrtGetDeviceIdFromExceptionInfo(const aclrtExceptionInfo *info) try {
  return read(info, __func__, [](const ExceptionInfo &i) { return i.place.deviceId; });
}
ACL_CATCH_AS(kUnknown)

uint32_t aclrtGetErrorCodeFromExceptionInfo(const aclrtExceptionInfo *info) try {
  return read(info, __func__, [](const ExceptionInfo &i) { return i.code; });
}
ACL_CATCH_AS(kUnknown)

aclError aclmdlCreateAndGetOpDesc(uint32_t deviceId, uint32_t streamId, uint32_t taskId,
                                  char *opName, size_t opNameLen, aclTensorDesc **inputDesc,
                                  size_t *numInputs, aclTensorDesc **outputDesc,
                                  size_t *numOutputs) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(opName);
  ACL_REQUIRE_POINTER(inputDesc);
  ACL_REQUIRE_POINTER(numInputs);
  ACL_REQUIRE_POINTER(outputDesc);
  ACL_REQUIRE_POINTER(numOutputs);
  std::shared_ptr<const rt::FailedTask> task;
  {
    std::lock_guard guard(failures().mutex);
    for (const Failure &failure : failures().recent)
      if (failure.place.deviceId == deviceId && failure.place.streamId == streamId &&
          failure.place.taskId == taskId)
        task = failure.task;
  }
  ACL_REQUIRE(task, ACL_ERROR_INVALID_PARAM,
              "no task " + std::to_string(taskId) + " of a model failed on stream " +
                  std::to_string(streamId) + " of device " + std::to_string(deviceId));
  ACL_REQUIRE(opNameLen > task->name.size(), ACL_ERROR_INVALID_PARAM,
              "the name '" + task->name + "' needs " + std::to_string(task->name.size() + 1) +
                  " bytes, 'opNameLen' is " + std::to_string(opNameLen));
  std::copy_n(task->name.c_str(), task->name.size() + 1, opName);
  *inputDesc = describe(task->inputs, int32_t(deviceId));
  *numInputs = task->inputs.size();
  *outputDesc = describe(task->outputs, int32_t(deviceId));
  *numOutputs = task->outputs.size();
  return ACL_SUCCESS;
}
ACL_CATCH
