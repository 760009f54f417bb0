//===- Execute.cpp - Running loaded models --------------------------------===//

#include "Error.h"
#include "RunStatistics.h"
#include "State.h"

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
                     rt::Device &device, bool allocate, std::vector<uint64_t> &addresses) {
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
      buffer->data = toPointer(*address);
      buffer->size = wanted[i].bytes;
    }
    if (!buffer->data && wanted[i].bytes)
      return fail(ACL_ERROR_INVALID_PARAM, function, named("has a NULL address"));
    if (buffer->size < wanted[i].bytes)
      return fail(aclError(ACL_ERROR_GE_PARAM_INVALID), function,
                  named("needs " + std::to_string(wanted[i].bytes) + " bytes" + gear +
                        ", its buffer has " + std::to_string(buffer->size)));
    uint64_t address = toAddress(buffer->data);
    if (wanted[i].bytes && (!address || device.bytesFrom(address) < wanted[i].bytes))
      return fail(aclError(ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID), function,
                  named(!address ? "is host memory; models need device memory"
                                 : "lies in memory that is freed or shorter than its buffer says"));
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

aclError prepare(const char *function, uint32_t modelId, const aclmdlDataset *input,
                 const aclmdlDataset *output, bool allocate,
                 std::shared_ptr<rt::LoadedModel> &model, rt::Bindings &bindings) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  if (!state().currentContext())
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  model = state().findModel(modelId);
  if (!model)
    return fail(aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID), function,
                "there is no model " + std::to_string(modelId));
  aclError code = gearOf(function, input, model->model(), bindings.gear);
  if (code != ACL_SUCCESS)
    return code;
  const om::Plan &plan = model->model().plan(bindings.gear);
  std::string gear = gearNote(model->model(), bindings.gear);
  code = bindBuffers(function, "input", input, plan.inputs, gear, model->device(), false,
                     bindings.inputs);
  return code == ACL_SUCCESS ? bindBuffers(function, "output", output, plan.outputs, gear,
                                           model->device(), allocate, bindings.outputs)
                             : code;
}

} // namespace

aclError aclmdlExecute(uint32_t modelId, const aclmdlDataset *input, aclmdlDataset *output) {
  std::shared_ptr<rt::LoadedModel> model;
  rt::Bindings bindings;
  aclError code = prepare(__func__, modelId, input, output, true, model, bindings);
  if (code != ACL_SUCCESS)
    return code;
  rt::RunStats stats;
  double start = model->device().hostTimeUs();
  rt::Outcome outcome = rt::Execution(*model, std::move(bindings)).run({}, stats);
  model->device().advanceHostTime(start + stats.simulatedUs);
  rememberRun(model, std::move(stats));
  return fail(outcome, __func__);
}

aclError aclmdlExecuteAsync(uint32_t modelId, const aclmdlDataset *input, aclmdlDataset *output,
                            aclrtStream stream) {
  std::shared_ptr<rt::LoadedModel> model;
  rt::Bindings bindings;
  aclError code = prepare(__func__, modelId, input, output, false, model, bindings);
  if (code != ACL_SUCCESS)
    return code;
  std::string why;
  std::shared_ptr<rt::Stream> queue = state().stream(stream, code, why);
  ACL_REQUIRE(queue, code, why);
  queue->enqueue([model, bindings](double &timeUs) -> rt::Outcome {
    rt::RunStats stats;
    rt::Outcome outcome = rt::Execution(*model, bindings).run({}, stats);
    timeUs += stats.simulatedUs;
    return outcome;
  });
  return ACL_SUCCESS;
}
