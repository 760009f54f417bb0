//===- CheckGears.cpp - What must hold between a model and its gears ------===//

#include "CheckGears.h"

#include "openatc/OfflineModel/Gears.h"

#include <algorithm>

namespace openatc::om {

namespace {

/// As many as the structures of AscendCL's queries hold.
constexpr size_t kMaxGears = 128;

bool isGearInput(const TensorDesc &desc) { return desc.role == InputRole::Gear; }

/// Values of a gear of the model's kind, 0 when that is not fixed.
size_t valuesOf(GearKind kind) {
  return kind == GearKind::Batch ? 1 : kind == GearKind::Image ? 2 : 0;
}

/// A tensor of a gear is the model's one with other sizes.
Status checkTensors(const std::vector<TensorDesc> &all, const std::vector<TensorDesc> &ofGear,
                    const char *what) {
  if (ofGear.size() != all.size())
    return Status::error("it has " + std::to_string(ofGear.size()) + " " + what +
                         "s, the model has " + std::to_string(all.size()));
  for (size_t i = 0; i < all.size(); ++i)
    if (ofGear[i].name != all[i].name || ofGear[i].dtype != all[i].dtype ||
        ofGear[i].role != all[i].role || ofGear[i].format != all[i].format ||
        ofGear[i].dynamicAxes != all[i].dynamicAxes || ofGear[i].bytes > all[i].bytes ||
        ofGear[i].aipp.has_value() != all[i].aipp.has_value())
      return Status::error(std::string(what) + " " + std::to_string(i) +
                           " is not the model's or is larger");
  return Status::success();
}

Status checkGear(const Model &model, const Gear &gear) {
  size_t wanted = model.gears.front().values.size();
  if (gear.values.size() != wanted)
    return Status::error("it has " + std::to_string(gear.values.size()) +
                         " values, the first gear has " + std::to_string(wanted));
  // The application sees them as INT32.
  for (int64_t value : gear.values)
    if (value <= 0 || value > INT32_MAX)
      return Status::error("its value " + std::to_string(value) + " is not positive or too large");
  if (gear.arenaBytes > model.arenaBytes)
    return Status::error("its arena is larger than the model's");
  OPENATC_TRY(checkTensors(model.inputs, gear.inputs, "input"));
  return checkTensors(model.outputs, gear.outputs, "output");
}

} // namespace

Status checkGears(const Model &model) {
  auto inputs = std::count_if(model.inputs.begin(), model.inputs.end(), isGearInput);
  bool none = model.gearKind == GearKind::None;
  if (model.gearKind > GearKind::Dims || none != model.gears.empty() || none != (inputs == 0))
    return Status::error("kind, number and input of its gears contradict each other");
  if (none)
    return Status::success();
  if (!model.tasks.empty())
    return Status::error("a model with gears has tasks beside those of its gears");
  if (model.gears.size() > kMaxGears)
    return Status::error("it has " + std::to_string(model.gears.size()) + " gears, more than " +
                         std::to_string(kMaxGears));
  size_t values = model.gears.front().values.size(), fixed = valuesOf(model.gearKind);
  if (values == 0 || (fixed && values != fixed))
    return Status::error("its gears have " + std::to_string(values) +
                         " values, which does not "
                         "suit their kind");
  const TensorDesc &last = model.inputs.back();
  if (inputs != 1 || !isGearInput(last) || last.name != kGearInputName ||
      last.dtype != DType::I32 || last.shape != host::Shape{int64_t(values)})
    return Status::error("the last input must be '" + std::string(kGearInputName) +
                         "', one 32-bit integer for each value of a gear");
  for (size_t i = 0; i < model.gears.size(); ++i) {
    const Gear &gear = model.gears[i];
    Status status = checkGear(model, gear);
    for (size_t j = 0; j < i && status.ok(); ++j)
      if (model.gears[j].values == gear.values)
        status = Status::error("it is there twice");
    if (!status.ok())
      return Status::error("gear " + gearText(gear.values) + ": " + status.message());
  }
  return Status::success();
}

} // namespace openatc::om
