//===- Execute.cpp - Running loaded models --------------------------------===//

#include "Error.h"
#include "ExecConfig.h"
#include "ObservedRun.h"
#include "OpenShapes.h"
#include "RunStatistics.h"
#include "State.h"
#include "Tasks.h"

#include "openatc/OfflineModel/Gears.h"

using namespace openatc;
using namespace openatc::acl;

namespace {

/// What to tell an application whose dataset lacks buffers: inputs that the compiler added.
std::string addedInputs(const std::vector<om::TensorDesc> &wanted) {
  std::string names;
  for (const om::TensorDesc &desc : wanted)
    if (desc.role != om::InputRole::Data)
      names += (names.empty() ? "'" : ", '") + desc.name + "'";
  return names.empty() ? "" : "; " + names + " must have a buffer of its own, too";
}

/// The buffers of a dataset, checked against one side of the model. With `allocate`, a
/// buffer of NULL and 0 bytes gets device memory that the application frees later. `gear` is
/// for messages about sizes.
aclError bindBuffers(const char *function, const char *what, const aclmdlDataset *handle,
                     const std::vector<om::TensorDesc> &wanted, const std::string &gear,
                     rt::Device &device, int32_t deviceId, bool allocate,
                     std::vector<uint64_t> &addresses) {
  std::shared_ptr<Dataset> dataset = state().datasets.find(handle);
  if (!dataset)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                std::string("the ") + what + " dataset is NULL or does not exist");
  std::lock_guard guard(dataset->mutex);
  if (dataset->buffers.size() != wanted.size())
    return fail(ACL_ERROR_INVALID_PARAM, function,
                std::string("the model has ") + std::to_string(wanted.size()) + " " + what +
                    "s, the dataset has " + std::to_string(dataset->buffers.size()) + " buffers" +
                    addedInputs(wanted));
  for (size_t i = 0; i < wanted.size(); ++i) {
    auto named = [&](const std::string &text) {
      return std::string(what) + " " + std::to_string(i) + " '" + wanted[i].name + "' " + text;
    };
    std::shared_ptr<DataBuffer> buffer = state().buffers.find(dataset->buffers[i]);
    if (!buffer)
      return fail(ACL_ERROR_INVALID_PARAM, function, named("has a destroyed data buffer"));
    std::lock_guard bufferGuard(buffer->mutex);
    if (!buffer->data && buffer->size == 0 && allocate && wanted[i].bytes) {
      Expected<uint64_t> address = device.allocate(wanted[i].bytes);
      if (!address)
        return fail(ACL_ERROR_RT_MEMORY_ALLOCATION, function, named(address.message()));
      buffer->data = toPointer(*address, deviceId);
      buffer->size = wanted[i].bytes;
    }
    if (!buffer->data && wanted[i].bytes)
      return fail(ACL_ERROR_INVALID_PARAM, function, named("has a NULL address"));
    if (buffer->size < wanted[i].bytes)
      return fail(aclError(ACL_ERROR_GE_PARAM_INVALID), function,
                  named("needs " + std::to_string(wanted[i].bytes) + " bytes" + gear +
                        ", its buffer has " + std::to_string(buffer->size)));
    uint64_t address = toAddress(buffer->data);
    if (wanted[i].bytes && !address)
      return fail(aclError(ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID), function,
                  named("is host memory; models need device memory"));
    if (wanted[i].bytes && toDevice(buffer->data) != deviceId)
      return fail(aclError(ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID), function,
                  named("is memory of device " + std::to_string(toDevice(buffer->data)) +
                        ", the model is on device " + std::to_string(deviceId)));
    if (wanted[i].bytes && device.bytesFrom(address) < wanted[i].bytes)
      return fail(aclError(ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID), function,
                  named("lies in memory that is freed or shorter than its buffer says"));
    addresses.push_back(address);
  }
  return ACL_SUCCESS;
}

/// " for gear 8", and why it is this one when none was chosen; nothing without gears.
std::string gearNote(const om::Model &model, std::optional<size_t> gear) {
  if (model.gears.empty())
    return "";
  std::string text = om::gearText(model.gears[gear.value_or(model.largestGear())].values);
  return " for gear " + text + (gear ? "" : " (the largest; none was chosen)");
}

/// The gear that the input dataset chose, if `model` has gears and one was chosen.
aclError gearOf(const char *function, const aclmdlDataset *input, const om::Model &model,
                std::optional<size_t> &gear) {
  std::shared_ptr<Dataset> dataset = state().datasets.find(input);
  if (!dataset || model.gears.empty())
    return ACL_SUCCESS;
  std::lock_guard guard(dataset->mutex);
  if (dataset->gear.kind == om::GearKind::None)
    return ACL_SUCCESS;
  // It may have been chosen for another model.
  Expected<size_t> found = om::findGear(model, dataset->gear.values);
  if (!found)
    return fail(aclError(ACL_ERROR_GE_DYNAMIC_BATCH_SIZE_INVALID), function, found.message());
  gear = *found;
  return ACL_SUCCESS;
}

/// A run whose arguments were checked.
struct Run {
  std::shared_ptr<rt::LoadedModel> model;
  rt::Bindings bindings;
  std::shared_ptr<StreamObject> stream;
  uint32_t modelId = 0;
  int32_t deviceId = 0;

  /// For dumps and profiles.
  RunPlace place() const { return {modelId, uint32_t(deviceId), stream->stream->id()}; }
  uint32_t tasks() const { return uint32_t(model->model().plan(bindings.gear).tasks.size()); }
};

aclError prepare(const char *function, uint32_t modelId, const aclmdlDataset *input,
                 const aclmdlDataset *output, aclrtStream stream, bool allocate, Run &run) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  ModelObject found = state().findModelObject(modelId);
  if (!found.model)
    return fail(aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID), function,
                "there is no model " + std::to_string(modelId));
  if (found.deviceId != context->deviceId)
    return fail(ACL_ERROR_RT_MODEL_CONTEXT, function,
                "model " + std::to_string(modelId) + " is on device " +
                    std::to_string(found.deviceId) + ", the thread's context on device " +
                    std::to_string(context->deviceId));
  aclError code = ACL_SUCCESS;
  std::string why;
  run.stream = state().streamObject(stream, code, why);
  if (!run.stream)
    return fail(code, function, why);
  run.model = found.model;
  run.modelId = modelId;
  run.deviceId = found.deviceId;
  code = chooseShapes(function, input, run.model);
  if (code != ACL_SUCCESS)
    return code;
  rt::Device &device = run.model->device();
  const om::Model &model = run.model->model();
  code = gearOf(function, input, model, run.bindings.gear);
  if (code != ACL_SUCCESS)
    return code;
  const om::Plan &plan = model.plan(run.bindings.gear);
  std::string gear = gearNote(model, run.bindings.gear);
  code = bindBuffers(function, "input", input, plan.inputs, gear, device, found.deviceId, false,
                     run.bindings.inputs);
  if (code == ACL_SUCCESS)
    code = bindBuffers(function, "output", output, plan.outputs, gear, device, found.deviceId,
                       allocate, run.bindings.outputs);
  if (code == ACL_SUCCESS && found.model->open())
    describeOutputs(model, output);
  return code;
}

/// Runs in the calling thread, numbered as tasks of the stream.
aclError execute(const char *function, Run run) {
  rt::Device &device = run.model->device();
  TaskPlace place = reserveTasks(*run.stream, run.tasks());
  rt::RunStats stats;
  double start = device.hostTimeUs();
  rt::Outcome outcome = runObserved(run.place(), *run.model, std::move(run.bindings), start, stats);
  device.advanceHostTime(start + stats.simulatedUs);
  rememberRun(run.model, std::move(stats));
  if (!outcome.ok())
    reportFailure(place, outcome);
  return fail(outcome, function);
}

aclError enqueue(const char *function, const Run &run) {
  return queueTask(
      function, *run.stream,
      [model = run.model, bindings = run.bindings, place = run.place()](double &timeUs) {
        rt::RunStats stats;
        rt::Outcome outcome = runObserved(place, *model, bindings, timeUs, stats);
        timeUs += stats.simulatedUs;
        return outcome;
      },
      run.tasks());
}

} // namespace

aclError aclmdlExecute(uint32_t modelId, const aclmdlDataset *input, aclmdlDataset *output) try {
  Run run;
  aclError code = prepare(__func__, modelId, input, output, nullptr, true, run);
  return code == ACL_SUCCESS ? execute(__func__, std::move(run)) : code;
}
ACL_CATCH

aclError aclmdlExecuteAsync(uint32_t modelId, const aclmdlDataset *input, aclmdlDataset *output,
                            aclrtStream stream) try {
  Run run;
  aclError code = prepare(__func__, modelId, input, output, stream, false, run);
  return code == ACL_SUCCESS ? enqueue(__func__, run) : code;
}
ACL_CATCH

aclError aclmdlExecuteV2(uint32_t modelId, const aclmdlDataset *input, aclmdlDataset *output,
                         aclrtStream stream, const aclmdlExecConfigHandle *handle) try {
  Run run;
  ExecConfig config;
  aclError code = prepare(__func__, modelId, input, output, stream, true, run);
  if (code == ACL_SUCCESS)
    code = findExecConfig(__func__, handle, config);
  // In order with what the stream holds, unlike aclmdlExecute.
  if (code == ACL_SUCCESS)
    code = enqueue(__func__, run);
  if (code != ACL_SUCCESS)
    return code;
  rt::Stream &queue = *run.stream->stream;
  if (config.streamTimeout < 0)
    return fail(queue.synchronize(), __func__);
  rt::Outcome outcome;
  ACL_REQUIRE(queue.synchronizeFor(std::chrono::milliseconds(config.streamTimeout), outcome),
              ACL_ERROR_RT_STREAM_SYNC_TIMEOUT,
              "model " + std::to_string(modelId) + " is not done after " +
                  std::to_string(config.streamTimeout) + " ms; it still runs");
  return fail(outcome, __func__);
}
ACL_CATCH

aclError aclmdlExecuteAsyncV2(uint32_t modelId, const aclmdlDataset *input, aclmdlDataset *output,
                              aclrtStream stream, const aclmdlExecConfigHandle *handle) try {
  Run run;
  ExecConfig config;
  aclError code = prepare(__func__, modelId, input, output, stream, false, run);
  if (code == ACL_SUCCESS)
    code = findExecConfig(__func__, handle, config);
  return code == ACL_SUCCESS ? enqueue(__func__, run) : code;
}
ACL_CATCH
