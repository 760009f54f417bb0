//===- Gears.cpp - Choosing and listing the gears of a model --------------===//

#include "Error.h"
#include "State.h"

#include "openatc/OfflineModel/Gears.h"

#include <algorithm>
#include <cstring>

using namespace openatc;
using namespace openatc::acl;

using om::GearKind;

/// The index of these queries is reserved: documented is -1, published programs also pass the index
/// of the input that holds the gear.
#define ACL_REQUIRE_RESERVED(index, desc)                                                          \
  ACL_REQUIRE((index) == size_t(-1) || (index) < (desc).inputs.size(), ACL_ERROR_INVALID_PARAM,    \
              "the index must be -1")

namespace {

constexpr auto kNoGear = aclError(ACL_ERROR_GE_DYNAMIC_BATCH_SIZE_INVALID);

const char *setterOf(GearKind kind) {
  switch (kind) {
  case GearKind::Batch:
    return "aclmdlSetDynamicBatchSize";
  case GearKind::Image:
    return "aclmdlSetDynamicHWSize";
  case GearKind::Dims:
    return "aclmdlSetInputDynamicDims";
  case GearKind::None:
    break;
  }
  return "";
}

/// Writes the gear into the buffer of the input for it.
aclError writeGear(const char *function, rt::LoadedModel &model, const DataBuffer &buffer,
                   const std::vector<int64_t> &values) {
  std::vector<int32_t> words(values.begin(), values.end());
  size_t bytes = words.size() * sizeof(int32_t);
  std::string input = std::string("the buffer of input '") + om::kGearInputName + "' ";
  if (!buffer.data)
    return fail(aclError(ACL_ERROR_GE_DYNAMIC_INPUT_ADDR_INVALID), function, input + "is NULL");
  if (buffer.size < bytes)
    return fail(aclError(ACL_ERROR_GE_DYNAMIC_INPUT_LENGTH_INVALID), function,
                input + "has " + std::to_string(buffer.size) +
                    " bytes, a gear of the model takes " + std::to_string(bytes));
  uint64_t address = toAddress(buffer.data);
  if (!address || state().existingDevice(toDevice(buffer.data)).get() != &model.device() ||
      model.device().bytesFrom(address) < bytes)
    return fail(aclError(ACL_ERROR_GE_DYNAMIC_INPUT_ADDR_INVALID), function,
                input + (address ? "lies in memory of another device, freed or shorter than it says"
                                 : "is host memory; models need device memory"));
  Status status = model.device().write(address, words.data(), bytes);
  return status.ok() ? ACL_SUCCESS
                     : fail(aclError(ACL_ERROR_GE_DYNAMIC_INPUT_ADDR_INVALID), function,
                            input + "cannot be written: " + status.message());
}

/// The model, if the function suits the kind of its gears; null with a recorded error.
std::shared_ptr<rt::LoadedModel> findModel(const char *function, uint32_t modelId, GearKind kind,
                                           aclError &code) {
  std::shared_ptr<rt::LoadedModel> model;
  if (!state().initialized())
    code = fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  else if (!(model = state().findModel(modelId)))
    code = fail(aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID), function,
                "there is no model " + std::to_string(modelId));
  else if (model->open())
    code = fail(kNoGear, function,
                "model " + std::to_string(modelId) +
                    " has no gears: its shapes are open, give them with "
                    "aclmdlSetDatasetTensorDesc");
  else if (model->model().gears.empty())
    code = fail(kNoGear, function,
                "model " + std::to_string(modelId) +
                    " has no gears: it was compiled for fixed shapes, without --" +
                    om::optionOf(kind));
  else if (model->model().gearKind != kind)
    code = fail(kNoGear, function,
                "model " + std::to_string(modelId) + " has gears of --" +
                    om::optionOf(model->model().gearKind) + " (" + om::gearList(model->model()) +
                    "), which " + setterOf(model->model().gearKind) + " chooses");
  else
    return model;
  return nullptr;
}

/// Chooses gear `gear` for later runs with the dataset, if it is one.
aclError choose(const char *function, rt::LoadedModel &model, aclmdlDataset *handle, size_t index,
                const Expected<size_t> &gear) {
  std::shared_ptr<Dataset> dataset = state().datasets.find(handle);
  if (!dataset)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the dataset is NULL or does not exist");
  std::lock_guard guard(dataset->mutex);
  size_t last = model.model().inputs.size() - 1;
  if (index != last)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "input " + std::to_string(index) + " is not '" + om::kGearInputName +
                    "', which is input " + std::to_string(last));
  std::shared_ptr<DataBuffer> buffer =
      index < dataset->buffers.size() ? state().buffers.find(dataset->buffers[index]) : nullptr;
  if (!buffer)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the dataset has no data buffer " + std::to_string(index) + " for '" +
                    om::kGearInputName + "'");
  if (!gear)
    return fail(kNoGear, function, gear.message());
  const std::vector<int64_t> &values = model.model().gears[*gear].values;
  std::lock_guard bufferGuard(buffer->mutex);
  if (aclError code = writeGear(function, model, *buffer, values); code != ACL_SUCCESS)
    return code;
  dataset->gear = {model.model().gearKind, values};
  model.noteGear(*gear);
  return ACL_SUCCESS;
}

/// Sizes beyond what a gear can have are no gear, but must not wrap around.
int64_t toValue(uint64_t size) { return int64_t(std::min<uint64_t>(size, INT64_MAX)); }

std::string dimsText(const aclmdlIODims &dims) {
  return om::gearText(std::vector<int64_t>(
      dims.dims, dims.dims + std::min<size_t>(dims.dimCount, ACL_MAX_DIM_CNT)));
}

/// The gear whose inputs have these dimensions, all behind each other.
Expected<size_t> findDims(const om::Model &model, const aclmdlIODims &dims) {
  std::string list;
  for (size_t i = 0; i < model.gears.size(); ++i) {
    std::vector<int64_t> all = om::concatenatedDims(model.gears[i]);
    if (all.size() == dims.dimCount && std::equal(all.begin(), all.end(), dims.dims))
      return i;
    list += (list.empty() ? "" : "; ") + om::gearText(all);
  }
  return Status::error("the dimensions " + dimsText(dims) +
                       " are no gear of the model; its gears, as the dimensions of all inputs one "
                       "behind the other, are " +
                       list);
}

/// The description of a handle, filled; null with a recorded error.
std::shared_ptr<ModelDescription> lookUp(const char *function, const aclmdlDesc *desc) {
  std::shared_ptr<ModelDescription> found = state().descriptions.find(desc);
  if (found && found->filled)
    return found;
  fail(ACL_ERROR_INVALID_PARAM, function,
       found ? "the model description is empty; call aclmdlGetDesc"
             : "the model description does not exist");
  return nullptr;
}

} // namespace

aclError aclmdlSetDynamicBatchSize(uint32_t modelId, aclmdlDataset *dataset, size_t index,
                                   uint64_t batchSize) try {
  ACL_REQUIRE(batchSize != 0, ACL_ERROR_INVALID_PARAM, "the batch size is 0");
  aclError code = ACL_SUCCESS;
  std::shared_ptr<rt::LoadedModel> model = findModel(__func__, modelId, GearKind::Batch, code);
  return model ? choose(__func__, *model, dataset, index,
                        om::findGear(model->model(), std::vector{toValue(batchSize)}))
               : code;
}
ACL_CATCH

aclError aclmdlSetDynamicHWSize(uint32_t modelId, aclmdlDataset *dataset, size_t index,
                                uint64_t height, uint64_t width) try {
  ACL_REQUIRE(height != 0 && width != 0, ACL_ERROR_INVALID_PARAM,
              std::string("the ") + (height ? "width" : "height") + " is 0");
  aclError code = ACL_SUCCESS;
  std::shared_ptr<rt::LoadedModel> model = findModel(__func__, modelId, GearKind::Image, code);
  return model ? choose(__func__, *model, dataset, index,
                        om::findGear(model->model(), std::vector{toValue(height), toValue(width)}))
               : code;
}
ACL_CATCH

aclError aclmdlSetInputDynamicDims(uint32_t modelId, aclmdlDataset *dataset, size_t index,
                                   const aclmdlIODims *dims) try {
  ACL_REQUIRE_POINTER(dims);
  ACL_REQUIRE(dims->dimCount != 0 && dims->dimCount <= ACL_MAX_DIM_CNT, ACL_ERROR_INVALID_PARAM,
              "the number of dimensions is " + std::to_string(dims->dimCount) +
                  "; all dimensions of all inputs are needed, at most 128");
  aclError code = ACL_SUCCESS;
  std::shared_ptr<rt::LoadedModel> model = findModel(__func__, modelId, GearKind::Dims, code);
  return model ? choose(__func__, *model, dataset, index, findDims(model->model(), *dims)) : code;
}
ACL_CATCH

aclError aclmdlGetDynamicBatch(const aclmdlDesc *modelDesc, aclmdlBatch *batch) try {
  ACL_REQUIRE_POINTER(batch);
  auto desc = lookUp(__func__, modelDesc);
  if (!desc)
    return ACL_ERROR_INVALID_PARAM;
  std::memset(batch, 0, sizeof *batch);
  if (desc->gearKind == GearKind::Batch)
    for (const om::Gear &gear : desc->gears)
      batch->batch[batch->batchCount++] = uint64_t(gear.values[0]);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlGetDynamicHW(const aclmdlDesc *modelDesc, size_t index, aclmdlHW *hw) try {
  ACL_REQUIRE_POINTER(hw);
  auto desc = lookUp(__func__, modelDesc);
  if (!desc)
    return ACL_ERROR_INVALID_PARAM;
  ACL_REQUIRE_RESERVED(index, *desc);
  std::memset(hw, 0, sizeof *hw);
  if (desc->gearKind == GearKind::Image)
    for (const om::Gear &gear : desc->gears) {
      hw->hw[hw->hwCount][0] = uint64_t(gear.values[0]);
      hw->hw[hw->hwCount++][1] = uint64_t(gear.values[1]);
    }
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlGetInputDynamicGearCount(const aclmdlDesc *modelDesc, size_t index,
                                        size_t *gearCount) try {
  ACL_REQUIRE_POINTER(gearCount);
  auto desc = lookUp(__func__, modelDesc);
  if (!desc)
    return ACL_ERROR_INVALID_PARAM;
  ACL_REQUIRE_RESERVED(index, *desc);
  *gearCount = desc->gearKind == GearKind::Dims ? desc->gears.size() : 0;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlGetInputDynamicDims(const aclmdlDesc *modelDesc, size_t index, aclmdlIODims *dims,
                                   size_t gearCount) try {
  ACL_REQUIRE_POINTER(dims);
  auto desc = lookUp(__func__, modelDesc);
  if (!desc)
    return ACL_ERROR_INVALID_PARAM;
  ACL_REQUIRE_RESERVED(index, *desc);
  size_t count = desc->gearKind == GearKind::Dims ? desc->gears.size() : 0;
  ACL_REQUIRE(gearCount >= count, ACL_ERROR_INVALID_PARAM,
              "the model has " + std::to_string(count) + " gears, there is room for " +
                  std::to_string(gearCount) + "; call aclmdlGetInputDynamicGearCount");
  for (size_t i = 0; i < count; ++i) {
    std::vector<int64_t> all = om::concatenatedDims(desc->gears[i]);
    ACL_REQUIRE(all.size() <= ACL_MAX_DIM_CNT, ACL_ERROR_INVALID_PARAM,
                "the inputs have more than 128 dimensions together");
    std::memset(&dims[i], 0, sizeof dims[i]);
    dims[i].dimCount = all.size();
    std::copy(all.begin(), all.end(), dims[i].dims);
  }
  return ACL_SUCCESS;
}
ACL_CATCH
