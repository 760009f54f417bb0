//===- ModelDesc.cpp - Queries about a model's inputs and outputs ---------===//

#include "ModelDesc.h"
#include "Error.h"
#include "Translate.h"

#include "openatc/OfflineModel/Gears.h"
#include "openatc/OfflineModel/Reader.h"

#include <algorithm>

using namespace openatc;
using namespace openatc::acl;

namespace openatc::acl {

std::shared_ptr<ModelDescription> findModelDesc(const aclmdlDesc *desc, const char *function) {
  std::shared_ptr<ModelDescription> found = state().descriptions.find(desc);
  if (!found)
    fail(ACL_ERROR_INVALID_PARAM, function, "the model description does not exist");
  else if (!found->filled)
    fail(ACL_ERROR_INVALID_PARAM, function, "the model description is empty; call aclmdlGetDesc");
  return found && found->filled ? found : nullptr;
}

} // namespace openatc::acl

namespace {

/// Names of the nodes that each op became part of: "[<bytes>]<name>" for each, as GE writes
/// lists of names.
std::map<std::string, std::string> originalNames(const om::Model &model) {
  std::map<std::string, std::string> out;
  for (const om::Task &task : model.plan(std::nullopt).tasks) {
    const auto &nodes =
        std::visit([](const auto &t) -> const std::vector<std::string> & { return t.nodes; }, task);
    std::string text;
    for (const std::string &node : nodes)
      text += "[" + std::to_string(node.size()) + "]" + node;
    for (const std::string &node : nodes)
      out.emplace(node, text);
  }
  return out;
}

/// A name as aclmdlIODims can hold it; longer ones get CANN's substitute.
std::string labelOf(const std::string &name, uint32_t modelId, const char *side, size_t index) {
  if (name.size() < ACL_MAX_TENSOR_NAME_LEN)
    return name;
  return "acl_modelId_" + std::to_string(modelId) + "_" + side + "_" + std::to_string(index);
}

/// Whether a name has the form `node:index`.
bool isNodeWithIndex(const std::string &name) {
  size_t colon = name.rfind(':');
  return colon != std::string::npos && colon > 0 && colon + 1 < name.size() &&
         name.find_first_not_of("0123456789", colon + 1) == std::string::npos;
}

void fill(ModelDescription &out, const om::Model &model, uint32_t modelId) {
  out = {};
  out.modelId = modelId;
  out.open = model.source.has_value();
  out.inputs = model.inputs;
  out.outputs = model.outputs;
  out.originalNames = originalNames(model);
  out.gearKind = model.gearKind;
  out.largestGear = model.largestGear();
  for (const om::Gear &gear : model.gears) {
    om::Gear &copy = out.gears.emplace_back();
    copy.values = gear.values;
    copy.inputs = gear.inputs;
    copy.outputs = gear.outputs;
  }
  for (size_t i = 0; i < model.inputs.size(); ++i)
    out.inputLabels.push_back(labelOf(model.inputs[i].name, modelId, "input", i));
  for (size_t i = 0; i < model.outputs.size(); ++i) {
    // CANN's form is <op>:<output of the op>:<ONNX name>; applications match the last part. An
    // output chosen by its node has only the first two.
    const om::TensorDesc &desc = model.outputs[i];
    if (desc.producer.empty() && isNodeWithIndex(desc.name)) {
      out.outputNames.push_back(desc.name);
      out.outputLabels.push_back(labelOf(desc.name, modelId, "output", i));
      continue;
    }
    std::string producer = desc.producer.empty() ? desc.name : desc.producer;
    size_t sibling = 0;
    for (size_t j = 0; j < i && !desc.producer.empty(); ++j)
      sibling += model.outputs[j].producer == desc.producer;
    out.outputNames.push_back(producer + ":" + std::to_string(sibling) + ":" + desc.name);
    out.outputLabels.push_back(labelOf(out.outputNames.back(), modelId, "output", i));
  }
  out.filled = true;
}

/// Tensor `index` of one side, or null with a recorded error.
const om::TensorDesc *tensor(const std::shared_ptr<ModelDescription> &desc, bool input,
                             size_t index, const char *function) {
  if (!desc)
    return nullptr;
  const std::vector<om::TensorDesc> &side = input ? desc->inputs : desc->outputs;
  if (index < side.size())
    return &side[index];
  fail(ACL_ERROR_INVALID_PARAM, function,
       "index " + std::to_string(index) + " is out of range; the model has " +
           std::to_string(side.size()) + (input ? " inputs" : " outputs"));
  return nullptr;
}

aclError getDims(const char *function, const aclmdlDesc *modelDesc, bool input, size_t index,
                 bool buffer, aclmdlIODims *dims) {
  if (!dims)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the argument 'dims' is NULL");
  auto desc = findModelDesc(modelDesc, function);
  const om::TensorDesc *found = tensor(desc, input, index, function);
  if (!found)
    return ACL_ERROR_INVALID_PARAM;
  // With static AIPP the plain query shows [N, src_h, src_w, C], the V2 query the buffer.
  host::Shape shape = found->aipp && !buffer ? found->aipp->reportedShape : found->shape;
  if (input) // outputs are those of the largest gear
    shape = om::declaredShape(*found, std::move(shape));
  setDims(*dims, (input ? desc->inputLabels : desc->outputLabels)[index], shape);
  return ACL_SUCCESS;
}

aclError findName(const char *function, const std::vector<std::string> &names, const char *name,
                  size_t *index) {
  auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end())
    return fail(ACL_ERROR_INVALID_PARAM, function,
                std::string("the model has no tensor '") + name + "' there");
  *index = size_t(at - names.begin());
  return ACL_SUCCESS;
}

aclError getDescOf(const char *function, aclmdlDesc *modelDesc, const Expected<om::Model> &model) {
  std::shared_ptr<ModelDescription> desc = state().descriptions.find(modelDesc);
  if (!desc)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the model description does not exist");
  if (!model)
    return fail(aclError(ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID), function, model.message());
  auto filled = std::make_shared<ModelDescription>();
  fill(*filled, *model, 0);
  state().descriptions.replace(modelDesc, std::move(filled));
  return ACL_SUCCESS;
}

} // namespace

aclmdlDesc *aclmdlCreateDesc(void) try {
  return state().descriptions.add<aclmdlDesc>(std::make_shared<ModelDescription>());
}
ACL_CATCH_AS(nullptr)

aclError aclmdlDestroyDesc(aclmdlDesc *modelDesc) try {
  ACL_REQUIRE_POINTER(modelDesc);
  ACL_REQUIRE(state().descriptions.remove(modelDesc), ACL_ERROR_INVALID_PARAM,
              "the model description does not exist; it was destroyed or never created");
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlGetDesc(aclmdlDesc *modelDesc, uint32_t modelId) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(modelDesc);
  std::shared_ptr<ModelDescription> desc = state().descriptions.find(modelDesc);
  ACL_REQUIRE(desc, ACL_ERROR_INVALID_PARAM, "the model description does not exist");
  std::shared_ptr<rt::LoadedModel> model = state().findModel(modelId);
  ACL_REQUIRE(model, ACL_ERROR_GE_EXEC_MODEL_ID_INVALID,
              "there is no model " + std::to_string(modelId));
  auto filled = std::make_shared<ModelDescription>();
  fill(*filled, model->model(), modelId);
  state().descriptions.replace(modelDesc, std::move(filled));
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlGetDescFromFile(aclmdlDesc *modelDesc, const char *modelPath) try {
  ACL_REQUIRE_POINTER(modelDesc);
  ACL_REQUIRE_POINTER(modelPath);
  return getDescOf(__func__, modelDesc, om::readFile(modelPath));
}
ACL_CATCH

aclError aclmdlGetDescFromMem(aclmdlDesc *modelDesc, const void *model, size_t modelSize) try {
  ACL_REQUIRE_POINTER(modelDesc);
  ACL_REQUIRE_POINTER(model);
  return getDescOf(__func__, modelDesc,
                   om::readBytes({static_cast<const uint8_t *>(model), modelSize}));
}
ACL_CATCH

size_t aclmdlGetNumInputs(aclmdlDesc *modelDesc) try {
  auto desc = findModelDesc(modelDesc, __func__);
  return desc ? desc->inputs.size() : 0;
}
ACL_CATCH_AS(0)

size_t aclmdlGetNumOutputs(aclmdlDesc *modelDesc) try {
  auto desc = findModelDesc(modelDesc, __func__);
  return desc ? desc->outputs.size() : 0;
}
ACL_CATCH_AS(0)

size_t aclmdlGetInputSizeByIndex(aclmdlDesc *modelDesc, size_t index) try {
  auto desc = findModelDesc(modelDesc, __func__);
  const om::TensorDesc *found = tensor(desc, true, index, __func__);
  return found ? found->bytes : 0;
}
ACL_CATCH_AS(0)

size_t aclmdlGetOutputSizeByIndex(aclmdlDesc *modelDesc, size_t index) try {
  auto desc = findModelDesc(modelDesc, __func__);
  const om::TensorDesc *found = tensor(desc, false, index, __func__);
  return found ? found->bytes : 0;
}
ACL_CATCH_AS(0)

aclError aclmdlGetInputDims(const aclmdlDesc *modelDesc, size_t index, aclmdlIODims *dims) try {
  return getDims(__func__, modelDesc, true, index, false, dims);
}
ACL_CATCH

aclError aclmdlGetInputDimsV2(const aclmdlDesc *modelDesc, size_t index, aclmdlIODims *dims) try {
  return getDims(__func__, modelDesc, true, index, true, dims);
}
ACL_CATCH

aclError aclmdlGetOutputDims(const aclmdlDesc *modelDesc, size_t index, aclmdlIODims *dims) try {
  return getDims(__func__, modelDesc, false, index, true, dims);
}
ACL_CATCH

aclError aclmdlGetCurOutputDims(const aclmdlDesc *modelDesc, size_t index, aclmdlIODims *dims) try {
  if (auto desc = findModelDesc(modelDesc, __func__); desc && desc->open)
    return fail(ACL_ERROR_API_NOT_SUPPORT, __func__,
                "the shapes of the model are open; after a run aclmdlGetDatasetTensorDesc gives "
                "those of its outputs");
  if (aclError code = getDims(__func__, modelDesc, false, index, true, dims); code != ACL_SUCCESS)
    return code;
  auto desc = findModelDesc(modelDesc, __func__);
  if (!desc || desc->gears.empty())
    return ACL_SUCCESS;
  std::shared_ptr<rt::LoadedModel> model = state().findModel(desc->modelId);
  size_t gear = desc->largestGear;
  if (model && model->notedGear().value_or(gear) < desc->gears.size())
    gear = model->notedGear().value_or(gear);
  setDims(*dims, desc->outputLabels[index], desc->gears[gear].outputs[index].shape);
  return ACL_SUCCESS;
}
ACL_CATCH

const char *aclmdlGetInputNameByIndex(const aclmdlDesc *modelDesc, size_t index) try {
  auto desc = findModelDesc(modelDesc, __func__);
  const om::TensorDesc *found = tensor(desc, true, index, __func__);
  return found ? found->name.c_str() : "";
}
ACL_CATCH_AS("")

const char *aclmdlGetOutputNameByIndex(const aclmdlDesc *modelDesc, size_t index) try {
  auto desc = findModelDesc(modelDesc, __func__);
  return tensor(desc, false, index, __func__) ? desc->outputNames[index].c_str() : "";
}
ACL_CATCH_AS("")

const char *aclmdlGetTensorRealName(const aclmdlDesc *modelDesc, const char *name) try {
  auto desc = findModelDesc(modelDesc, __func__);
  if (!desc || !name)
    return "";
  for (size_t i = 0; i < desc->inputs.size(); ++i)
    if (desc->inputLabels[i] == name || desc->inputs[i].name == name)
      return desc->inputs[i].name.c_str();
  for (size_t i = 0; i < desc->outputs.size(); ++i)
    if (desc->outputLabels[i] == name || desc->outputNames[i] == name)
      return desc->outputNames[i].c_str();
  fail(ACL_ERROR_INVALID_PARAM, __func__, std::string("the model has no tensor '") + name + "'");
  return "";
}
ACL_CATCH_AS("")

aclFormat aclmdlGetInputFormat(const aclmdlDesc *modelDesc, size_t index) try {
  auto desc = findModelDesc(modelDesc, __func__);
  const om::TensorDesc *found = tensor(desc, true, index, __func__);
  return found ? formatOf(found->format) : ACL_FORMAT_UNDEFINED;
}
ACL_CATCH_AS(ACL_FORMAT_UNDEFINED)

aclFormat aclmdlGetOutputFormat(const aclmdlDesc *modelDesc, size_t index) try {
  auto desc = findModelDesc(modelDesc, __func__);
  const om::TensorDesc *found = tensor(desc, false, index, __func__);
  return found ? formatOf(found->format) : ACL_FORMAT_UNDEFINED;
}
ACL_CATCH_AS(ACL_FORMAT_UNDEFINED)

aclDataType aclmdlGetInputDataType(const aclmdlDesc *modelDesc, size_t index) try {
  auto desc = findModelDesc(modelDesc, __func__);
  const om::TensorDesc *found = tensor(desc, true, index, __func__);
  return found ? dataTypeOf(found->dtype) : ACL_DT_UNDEFINED;
}
ACL_CATCH_AS(ACL_DT_UNDEFINED)

aclDataType aclmdlGetOutputDataType(const aclmdlDesc *modelDesc, size_t index) try {
  auto desc = findModelDesc(modelDesc, __func__);
  const om::TensorDesc *found = tensor(desc, false, index, __func__);
  return found ? dataTypeOf(found->dtype) : ACL_DT_UNDEFINED;
}
ACL_CATCH_AS(ACL_DT_UNDEFINED)

aclError aclmdlGetInputIndexByName(const aclmdlDesc *modelDesc, const char *name,
                                   size_t *index) try {
  ACL_REQUIRE_POINTER(name);
  ACL_REQUIRE_POINTER(index);
  auto desc = findModelDesc(modelDesc, __func__);
  if (!desc)
    return ACL_ERROR_INVALID_PARAM;
  std::vector<std::string> names;
  for (const om::TensorDesc &input : desc->inputs)
    names.push_back(input.name);
  return findName(__func__, names, name, index);
}
ACL_CATCH

aclError aclmdlGetOutputIndexByName(const aclmdlDesc *modelDesc, const char *name,
                                    size_t *index) try {
  ACL_REQUIRE_POINTER(name);
  ACL_REQUIRE_POINTER(index);
  auto desc = findModelDesc(modelDesc, __func__);
  return desc ? findName(__func__, desc->outputNames, name, index) : ACL_ERROR_INVALID_PARAM;
}
ACL_CATCH
