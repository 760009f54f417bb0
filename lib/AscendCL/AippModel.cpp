//===- AippModel.cpp - AIPP of loaded models ------------------------------===//

#include "Error.h"
#include "State.h"
#include "Translate.h"

#include "openatc/OfflineModel/DynamicAipp.h"

#include <algorithm>
#include <cstring>

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Input `index` of a loaded model, or null with a recorded error.
const om::TensorDesc *findInput(const char *function, uint32_t modelId, size_t index,
                                std::shared_ptr<rt::LoadedModel> &model, aclError &code) {
  code = ACL_SUCCESS;
  if (!state().initialized())
    code =
        fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called, or aclFinalize has");
  else if (!(model = state().findModel(modelId)))
    code = fail(aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID), function,
                "there is no model " + std::to_string(modelId));
  else if (index >= model->model().inputs.size())
    code = fail(ACL_ERROR_INVALID_PARAM, function,
                "index " + std::to_string(index) + " is out of range; the model has " +
                    std::to_string(model->model().inputs.size()) + " inputs");
  return code == ACL_SUCCESS ? &model->model().inputs[index] : nullptr;
}

/// Refuses an input that is not what the function works on.
aclError refuse(const char *function, size_t index, const om::TensorDesc &desc,
                const char *wanted) {
  std::string input = "input " + std::to_string(index) + " '" + desc.name + "' ";
  if (!desc.aipp)
    return fail(aclError(ACL_ERROR_GE_AIPP_NOT_EXIST), function, input + "has no AIPP; " + wanted);
  if (desc.aipp->mode == "static")
    return fail(aclError(ACL_ERROR_GE_AIPP_MODE_INVALID), function,
                input + "has static AIPP, which takes no parameters");
  return fail(ACL_ERROR_INVALID_PARAM, function,
              input +
                  (om::isDynamicAipp(desc) ? "takes the pictures; its parameters are input "
                                           : "takes the parameters of the pictures in input ") +
                  std::to_string(desc.aipp->partner) + "; " + wanted);
}

/// The settings that have a name, as numbers; missing ones are zero.
class Settings {
public:
  explicit Settings(const host::Attributes &attributes) : attributes(attributes) {}

  bool has(std::string_view name) const { return number(name, 0).has_value(); }
  int32_t integer(std::string_view name, size_t index = 0) const {
    return int32_t(std::clamp(number(name, index).value_or(0), -2147483648.0, 2147483647.0));
  }
  float real(std::string_view name, size_t index) const {
    return float(number(name, index).value_or(0));
  }

private:
  std::optional<double> number(std::string_view name, size_t index) const {
    auto found = attributes.find(name);
    if (found == attributes.end())
      return std::nullopt;
    const host::AttrValue &value = found->second;
    if (auto *i = std::get_if<int64_t>(&value))
      return double(*i);
    if (auto *is = std::get_if<std::vector<int64_t>>(&value); is && index < is->size())
      return double((*is)[index]);
    if (auto *fs = std::get_if<std::vector<double>>(&value); fs && index < fs->size())
      return (*fs)[index];
    return std::nullopt;
  }

  const host::Attributes &attributes;
};

void fillStages(const om::AippInfo &aipp, aclAippInfo &info) {
  for (aipp::InputFormat format : aipp::inputFormats)
    if (nameOf(format) == aipp.sourceFormat)
      info.inputFormat = aclAippInputFormat(format);
  info.srcImageSizeW = int32_t(aipp.sourceWidth);
  info.srcImageSizeH = int32_t(aipp.sourceHeight);
  Settings from(aipp.settings);
  info.cropSwitch = from.has("crop");
  info.loadStartPosW = from.integer("crop", 0);
  info.loadStartPosH = from.integer("crop", 1);
  info.cropSizeW = from.integer("crop", 2);
  info.cropSizeH = from.integer("crop", 3);
  info.paddingSwitch = from.has("padding");
  info.leftPaddingSize = from.integer("padding", 0);
  info.rightPaddingSize = from.integer("padding", 1);
  info.topPaddingSize = from.integer("padding", 2);
  info.bottomPaddingSize = from.integer("padding", 3);
  info.rbuvSwapSwitch = int8_t(from.integer("rbuv_swap_switch") != 0);
  info.axSwapSwitch = int8_t(from.integer("ax_swap_switch") != 0);
  info.cscSwitch = from.has("matrix");
  int32_t *matrix[] = {&info.matrixR0C0, &info.matrixR0C1, &info.matrixR0C2,
                       &info.matrixR1C0, &info.matrixR1C1, &info.matrixR1C2,
                       &info.matrixR2C0, &info.matrixR2C1, &info.matrixR2C2};
  for (size_t i = 0; i < std::size(matrix); ++i)
    *matrix[i] = from.integer("matrix", i);
  int32_t *outputBias[] = {&info.outputBias0, &info.outputBias1, &info.outputBias2};
  int32_t *inputBias[] = {&info.inputBias0, &info.inputBias1, &info.inputBias2};
  for (size_t i = 0; i < std::size(inputBias); ++i) {
    *outputBias[i] = from.integer("output_bias", i);
    *inputBias[i] = from.integer("input_bias", i);
  }
  int32_t *mean[] = {&info.meanChn0, &info.meanChn1, &info.meanChn2, &info.meanChn3};
  float *min[] = {&info.minChn0, &info.minChn1, &info.minChn2, &info.minChn3};
  float *scale[] = {&info.varReciChn0, &info.varReciChn1, &info.varReciChn2, &info.varReciChn3};
  for (size_t i = 0; i < std::size(mean); ++i) {
    *mean[i] = from.integer("mean_chn", i);
    *min[i] = from.real("min_chn", i);
    *scale[i] = from.real("var_reci_chn", i);
  }
}

/// Shape and bytes of the network's own input, before AIPP and as the cores lay it out.
void fillDims(const om::TensorDesc &desc, aclAippDims &dims) {
  const om::AippInfo &aipp = *desc.aipp;
  setDims(dims.srcDims, desc.name, aipp.originShape);
  if (Expected<uint64_t> bytes =
          om::storageBytes(aipp.originDType, om::Layout::ND, aipp.originShape))
    dims.srcSize = *bytes;
  if (aipp.originShape.size() != 4)
    return;
  bool nhwc = aipp.originFormat == "NHWC";
  int64_t channels = aipp.originShape[nhwc ? 3 : 1];
  host::Shape tiled = {aipp.originShape[0], (channels + 15) / 16, aipp.originShape[nhwc ? 1 : 2],
                       aipp.originShape[nhwc ? 2 : 3], 16};
  bool bytes = aipp.originDType == DType::U8 || aipp.originDType == DType::I8;
  setDims(dims.aippOutdims, desc.name, tiled);
  if (Expected<uint64_t> size =
          om::storageBytes(bytes ? DType::U8 : DType::F16, om::Layout::ND, tiled))
    dims.aippOutSize = *size;
}

/// Checks parameters against the stage of a model, for all pictures that it can take. With
/// gears of other picture sizes they must suit one of them.
Status checkParameters(const rt::LoadedModel &model, const om::TensorDesc &block,
                       const aipp::DynamicParams &params) {
  uint64_t count = om::parameterPictures(block);
  if (params.pictures.size() != count)
    return Status::error("the AIPP parameters are for " + std::to_string(params.pictures.size()) +
                         " pictures but the model takes " + std::to_string(count) +
                         "; give that number to aclmdlCreateAIPP");
  if (!params.inputFormat)
    return Status::error("the input format is not set; call aclmdlSetAIPPInputFormat");
  if (!params.srcW)
    return Status::error("the size of the pictures is not set; call aclmdlSetAIPPSrcImageSize");
  aipp::AippLimits limits{int(model.device().soc().aippMaxPaddedWidth)};
  auto check = [&](const om::Plan &plan) {
    aipp::AippParams stage = om::dynamicStage(plan.inputs[block.aipp->partner]);
    stage.batch = int64_t(count);
    return aipp::resolveDynamic(params, stage, limits).status();
  };
  Status status = check(model.model());
  for (const om::Gear &gear : model.model().gears)
    if (!status.ok() && check(gear).ok())
      return Status::success();
  return status;
}

/// Writes the parameters into element `index` of the dataset.
aclError setBlock(const char *function, rt::LoadedModel &model, aclmdlDataset *handle, size_t index,
                  const aclmdlAIPP *aipp) {
  std::shared_ptr<AippParameters> parameters = state().aipps.find(aipp);
  if (!parameters)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                aipp ? "the AIPP parameters do not exist; they were destroyed or never created"
                     : "the argument 'aippParmsSet' is NULL");
  std::shared_ptr<Dataset> dataset = state().datasets.find(handle);
  if (!dataset)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the dataset is NULL or does not exist");
  aipp::DynamicParams params;
  {
    std::lock_guard guard(parameters->mutex);
    params = parameters->params;
  }
  if (Status status = checkParameters(model, model.model().inputs[index], params); !status.ok())
    return fail(ACL_ERROR_INVALID_PARAM, function, status.message());

  std::lock_guard guard(dataset->mutex);
  if (index >= dataset->buffers.size())
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the dataset has " + std::to_string(dataset->buffers.size()) +
                    " buffers; add one for every input, that of the parameters too");
  std::shared_ptr<DataBuffer> buffer = state().buffers.find(dataset->buffers[index]);
  if (!buffer)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the data buffer was destroyed");
  std::lock_guard bufferGuard(buffer->mutex);
  std::vector<uint8_t> block = aipp::encodeBlock(params);
  if (buffer->size < block.size())
    return fail(aclError(ACL_ERROR_GE_DYNAMIC_INPUT_LENGTH_INVALID), function,
                "the parameters take " + std::to_string(block.size()) +
                    " bytes, their buffer has " + std::to_string(buffer->size));
  uint64_t address = toAddress(buffer->data);
  if (!address || state().existingDevice(toDevice(buffer->data)).get() != &model.device() ||
      model.device().bytesFrom(address) < block.size())
    return fail(aclError(ACL_ERROR_GE_DYNAMIC_INPUT_ADDR_INVALID), function,
                "the buffer of the parameters is no memory of the model's device, or shorter than "
                "it says");
  if (Status status = model.device().write(address, block.data(), block.size()); !status.ok())
    return fail(aclError(ACL_ERROR_GE_DYNAMIC_INPUT_ADDR_INVALID), function, status.message());
  return ACL_SUCCESS;
}

} // namespace

aclError aclmdlSetInputAIPP(uint32_t modelId, aclmdlDataset *dataset, size_t index,
                            const aclmdlAIPP *aippParmsSet) try {
  std::shared_ptr<rt::LoadedModel> model;
  aclError code;
  const om::TensorDesc *input = findInput(__func__, modelId, index, model, code);
  if (!input)
    return code;
  if (!om::isAippParameters(*input))
    return refuse(__func__, index, *input, "pass the index of the parameters");
  return setBlock(__func__, *model, dataset, index, aippParmsSet);
}
ACL_CATCH

aclError aclmdlSetAIPPByInputIndex(uint32_t modelId, aclmdlDataset *dataset, size_t index,
                                   const aclmdlAIPP *aippParmsSet) try {
  std::shared_ptr<rt::LoadedModel> model;
  aclError code;
  const om::TensorDesc *input = findInput(__func__, modelId, index, model, code);
  if (!input)
    return code;
  if (!om::isDynamicAipp(*input))
    return refuse(__func__, index, *input, "pass the index of the pictures");
  return setBlock(__func__, *model, dataset, input->aipp->partner, aippParmsSet);
}
ACL_CATCH

aclError aclmdlGetAippType(uint32_t modelId, size_t index, aclmdlInputAippType *type,
                           size_t *dynamicAttachedDataIndex) try {
  ACL_REQUIRE_POINTER(type);
  ACL_REQUIRE_POINTER(dynamicAttachedDataIndex);
  std::shared_ptr<rt::LoadedModel> model;
  aclError code;
  const om::TensorDesc *input = findInput(__func__, modelId, index, model, code);
  if (!input)
    return code;
  bool dynamic = om::isDynamicAipp(*input);
  *type = !input->aipp                   ? ACL_DATA_WITHOUT_AIPP
          : dynamic                      ? ACL_DATA_WITH_DYNAMIC_AIPP
          : om::isAippParameters(*input) ? ACL_DYNAMIC_AIPP_NODE
                                         : ACL_DATA_WITH_STATIC_AIPP;
  *dynamicAttachedDataIndex = dynamic ? input->aipp->partner : ACL_INVALID_NODE_INDEX;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlGetFirstAippInfo(uint32_t modelId, size_t index, aclAippInfo *aippInfo) try {
  ACL_REQUIRE_POINTER(aippInfo);
  std::shared_ptr<rt::LoadedModel> model;
  aclError code;
  const om::TensorDesc *input = findInput(__func__, modelId, index, model, code);
  if (!input)
    return code;
  if (!input->aipp)
    return refuse(__func__, index, *input, "there is nothing to tell");
  ACL_REQUIRE(input->aipp->mode == "static", ACL_ERROR_NOT_STATIC_AIPP,
              "input " + std::to_string(index) + " '" + input->name +
                  "' has dynamic AIPP, whose parameters the application sets");
  std::memset(aippInfo, 0, sizeof *aippInfo);
  fillStages(*input->aipp, *aippInfo);
  aippInfo->srcFormat = formatOf(input->aipp->originFormat);
  aippInfo->srcDatatype = dataTypeOf(input->aipp->originDType);
  aippInfo->srcDimNum = input->aipp->originShape.size();
  const std::vector<om::Gear> &gears = model->model().gears;
  aippInfo->shapeCount = gears.empty() ? 1 : std::min<size_t>(gears.size(), ACL_MAX_SHAPE_COUNT);
  for (size_t i = 0; i < aippInfo->shapeCount; ++i)
    fillDims(gears.empty() ? *input : gears[i].inputs[index], aippInfo->outDims[i]);
  return ACL_SUCCESS;
}
ACL_CATCH
