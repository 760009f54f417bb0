//===- Gears.cpp - Choosing among the gears of a model --------------------===//

#include "openatc/OfflineModel/Gears.h"

#include <charconv>

namespace openatc::om {

size_t Model::largestGear() const {
  size_t largest = 0;
  double most = 0; // products may exceed any integer
  for (size_t i = 0; i < gears.size(); ++i) {
    double product = 1;
    for (int64_t value : gears[i].values)
      product *= double(value);
    if (product > most) {
      most = product;
      largest = i;
    }
  }
  return largest;
}

const char *optionOf(GearKind kind) {
  switch (kind) {
  case GearKind::Batch:
    return "dynamic_batch_size";
  case GearKind::Image:
    return "dynamic_image_size";
  case GearKind::Dims:
    return "dynamic_dims";
  case GearKind::None:
    break;
  }
  return "";
}

std::string gearText(const std::vector<int64_t> &values) {
  std::string text;
  for (int64_t value : values)
    text += (text.empty() ? "" : ",") + std::to_string(value);
  return text;
}

std::string gearList(const Model &model) {
  const char *separator = model.gearKind == GearKind::Batch ? "," : ";";
  std::string text;
  for (const Gear &gear : model.gears)
    text += (text.empty() ? "" : separator) + gearText(gear.values);
  return text;
}

namespace {

Status noSuchGear(const Model &model, const std::string &wanted) {
  if (model.gears.empty())
    return Status::error("the model has no gears: it was compiled for fixed shapes");
  return Status::error("'" + wanted + "' is no gear of the model; its gears (--" +
                       optionOf(model.gearKind) + ") are " + gearList(model));
}

} // namespace

Expected<size_t> findGear(const Model &model, const std::vector<int64_t> &values) {
  for (size_t i = 0; i < model.gears.size(); ++i)
    if (model.gears[i].values == values)
      return i;
  return noSuchGear(model, gearText(values));
}

Expected<size_t> parseGear(const Model &model, const std::string &text) {
  std::vector<int64_t> values;
  for (const char *at = text.data(), *end = at + text.size();; ++at) {
    while (at != end && *at == ' ')
      ++at;
    auto [next, failure] = std::from_chars(at, end, values.emplace_back());
    if (failure != std::errc() || (next != end && *next != ','))
      return noSuchGear(model, text);
    if (next == end)
      return findGear(model, values);
    at = next;
  }
}

host::Shape declaredShape(const TensorDesc &desc, host::Shape shape) {
  for (uint32_t axis : desc.dynamicAxes)
    if (axis < shape.size())
      shape[axis] = -1;
  return shape;
}

host::Shape declaredShape(const TensorDesc &desc) { return declaredShape(desc, desc.shape); }

std::vector<int64_t> concatenatedDims(const Plan &plan) {
  std::vector<int64_t> dims;
  for (const TensorDesc &input : plan.inputs)
    if (input.role == InputRole::Data)
      dims.insert(dims.end(), input.shape.begin(), input.shape.end());
  return dims;
}

} // namespace openatc::om
