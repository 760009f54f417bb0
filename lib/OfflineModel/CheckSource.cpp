//===- CheckSource.cpp - Models of open shapes and of single operators ----===//

#include "CheckSource.h"

#include <algorithm>

namespace openatc::om {

Expected<uint64_t> openBytes(const TensorDesc &desc) {
  if (!desc.ranges.empty() && desc.ranges.size() != desc.shape.size())
    return Status::error("it does not have one range for each dimension");
  host::Shape largest = desc.shape;
  bool bounded = true;
  for (size_t i = 0; i < largest.size(); ++i) {
    DimRange range = desc.ranges.empty() ? DimRange{largest[i], largest[i]} : desc.ranges[i];
    bool open = largest[i] == -1;
    if (!open && (largest[i] < 0 || range != DimRange{largest[i], largest[i]}))
      return Status::error("a fixed dimension is negative or has another range");
    if (open && desc.ranges.empty())
      return Status::error("an open dimension has no range");
    if (open && (range.least < 0 || (range.most != -1 && range.most < range.least)))
      return Status::error("the range of dimension " + std::to_string(i) + " is empty");
    bounded &= range.most != -1;
    largest[i] = range.most;
  }
  if (bounded)
    return storageBytes(desc.dtype, Layout::ND, largest);
  // The type, and what is fixed, must be legal all the same.
  for (int64_t &dim : largest)
    dim = std::max<int64_t>(dim, 1);
  Expected<uint64_t> least = storageBytes(desc.dtype, Layout::ND, largest);
  return least ? Expected<uint64_t>(uint64_t(0)) : least;
}

Status checkSource(const Model &model) {
  if (!model.source)
    return Status::success();
  if (model.source->files.empty())
    return Status::error("a model of open shapes has no source");
  if (!model.tasks.empty() || !model.gears.empty() || !model.kernels.empty() ||
      model.weights.size() || model.arenaBytes)
    return Status::error("a model of open shapes has work of its own");
  return Status::success();
}

Status checkSingleOp(const Model &model) {
  if (!model.singleOp)
    return Status::success();
  const OpDescription &op = *model.singleOp;
  auto given = [](const OpTensor &tensor) { return tensor.present() && !tensor.value; };
  size_t inputs = size_t(std::count_if(op.inputs.begin(), op.inputs.end(), given));
  if (op.type.empty() || inputs != model.inputs.size() || op.outputs.size() != model.outputs.size())
    return Status::error("operator '" + op.type +
                         "' does not have the inputs and outputs of the model");
  size_t next = 0;
  for (const OpTensor &tensor : op.inputs)
    if (given(tensor) && tensor.dtype != model.inputs[next++].dtype)
      return Status::error("operator '" + op.type + "' has inputs of other types than the model");
  for (size_t i = 0; i < op.outputs.size(); ++i)
    if (op.outputs[i].dtype != model.outputs[i].dtype ||
        op.outputs[i].shape != model.outputs[i].shape)
      return Status::error("operator '" + op.type + "' has other outputs than the model");
  auto before = [](const OpAttribute &a, const OpAttribute &b) { return a.name < b.name; };
  if (!std::is_sorted(op.attributes.begin(), op.attributes.end(), before))
    return Status::error("the attributes of operator '" + op.type + "' are out of order");
  return Status::success();
}

} // namespace openatc::om
