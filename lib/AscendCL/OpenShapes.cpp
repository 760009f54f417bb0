//===- OpenShapes.cpp - Runs of models of open shapes ---------------------===//

#include "OpenShapes.h"

#include "Error.h"
#include "Translate.h"

#include "openatc/Runtime/OpenModel.h"

#include <algorithm>

namespace openatc::acl {

namespace {

/// The shape of input `i` from its description; it needs one unless all dimensions are fixed.
aclError shapeOf(const char *function, const Dataset &dataset, const om::TensorDesc &input,
                 size_t i, host::Shape &shape) {
  auto at = dataset.tensorDescs.find(i);
  std::shared_ptr<TensorDescription> desc =
      at == dataset.tensorDescs.end() ? nullptr : state().tensorDescs.find(at->second);
  if (desc) {
    shape = desc->dims;
    return ACL_SUCCESS;
  }
  shape = input.shape;
  if (std::find(shape.begin(), shape.end(), -1) == shape.end())
    return ACL_SUCCESS;
  return fail(ACL_ERROR_INVALID_PARAM, function,
              "the shape of input " + std::to_string(i) + " '" + input.name +
                  "' is open; give it with aclmdlSetDatasetTensorDesc");
}

} // namespace

aclError chooseShapes(const char *function, const aclmdlDataset *input,
                      std::shared_ptr<rt::LoadedModel> &model) {
  if (!model->open())
    return ACL_SUCCESS;
  std::shared_ptr<Dataset> dataset = state().datasets.find(input);
  if (!dataset)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the input dataset is NULL or does not exist");
  std::vector<host::Shape> shapes(model->model().inputs.size());
  {
    std::lock_guard guard(dataset->mutex);
    for (size_t i = 0; i < shapes.size(); ++i)
      if (aclError code = shapeOf(function, *dataset, model->model().inputs[i], i, shapes[i]);
          code != ACL_SUCCESS)
        return code;
  }
  std::shared_ptr<rt::LoadedModel> plan;
  rt::Outcome outcome = model->open()->plan(shapes, plan);
  if (outcome.failure == rt::Failure::Invalid)
    return fail(aclError(ACL_ERROR_GE_SHAPE_INVALID), function, outcome.message);
  if (!outcome.ok())
    return fail(outcome, function);
  model = std::move(plan);
  return ACL_SUCCESS;
}

void describeOutputs(const om::Model &model, const aclmdlDataset *output) {
  std::shared_ptr<Dataset> dataset = state().datasets.find(output);
  if (!dataset)
    return;
  std::lock_guard guard(dataset->mutex);
  for (size_t i = 0; i < model.outputs.size() && i < dataset->buffers.size(); ++i) {
    auto desc = std::make_shared<TensorDescription>();
    desc->dataType = dataTypeOf(model.outputs[i].dtype);
    desc->format = formatOf(model.outputs[i].format);
    desc->dims = model.outputs[i].shape;
    aclTensorDesc *&handle = dataset->tensorDescs[i];
    if (!handle || !state().tensorDescs.replace(handle, desc))
      handle = state().tensorDescs.add<aclTensorDesc>(std::move(desc));
  }
}

} // namespace openatc::acl
