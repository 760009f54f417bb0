//===- GearModel.h - A small model with gears for tests -------------------===//
#ifndef OPENATC_TEST_UNIT_OFFLINEMODEL_GEARMODEL_H
#define OPENATC_TEST_UNIT_OFFLINEMODEL_GEARMODEL_H

#include "SampleModel.h"

#include "openatc/OfflineModel/Gears.h"

namespace openatc::test {

/// The input that takes `values` numbers of a gear.
inline om::TensorDesc gearInput(int64_t values) {
  om::TensorDesc desc;
  desc.name = "ascend_mbatch_shape_data";
  desc.dtype = DType::I32;
  desc.shape = {values};
  desc.bytes = uint64_t(values) * 4;
  desc.role = om::InputRole::Gear;
  return desc;
}

/// The sample model for `rows` of x, on the AI CPU; the arena begins with the sum.
inline om::Gear smallGear(int64_t rows) {
  host::Shape shape = {rows, kColumns};
  uint64_t bytes = uint64_t(rows * kColumns) * 4;
  om::Gear gear;
  gear.inputs = {{"x", DType::F32, shape, bytes, "ND", "", std::nullopt}};
  gear.outputs = {{"y", DType::F32, shape, bytes, "ND", "Relu_1", std::nullopt}};
  gear.arenaBytes = gear.arenaBoundBytes = bytes;
  om::HostOperand x{false, {om::BufferKind::Input, 0, 0}, DType::F32, shape},
      w{false, {om::BufferKind::Weight, 0, 0}, DType::F32, shape},
      sum{false, {om::BufferKind::Arena, 0, 0}, DType::F32, shape},
      y{false, {om::BufferKind::Output, 0, 0}, DType::F32, shape};
  om::HostTask add, relu;
  add.op = "add";
  add.operands = {x, w};
  add.results = {sum};
  add.nodes = {"Add_0"};
  relu.op = "relu";
  relu.operands = {sum};
  relu.results = {y};
  relu.nodes = {"Relu_1"};
  gear.tasks = {add, relu};
  gear.aiCpuNodes = 2;
  return gear;
}

/// y = relu(x + w) for gears of 1 and 2 rows of x; that of 2 rows is the sample model and the
/// larger one.
inline om::Model gearModel(om::GearKind kind = om::GearKind::Batch) {
  om::Model model = sampleModel();
  om::Gear large;
  static_cast<om::Plan &>(large) = model;
  model.gearKind = kind;
  model.gears = {smallGear(1), std::move(large)};
  model.tasks.clear();
  switch (kind) {
  case om::GearKind::Image: // rows count as the height, columns as the width
    model.gears[0].values = {1, kColumns};
    model.gears[1].values = {kRows, kColumns};
    break;
  default:
    model.gears[0].values = {1};
    model.gears[1].values = {kRows};
  }
  auto finish = [&](om::Plan &plan) {
    plan.inputs[0].dynamicAxes = plan.outputs[0].dynamicAxes = {0};
    plan.inputs.push_back(gearInput(int64_t(model.gears[0].values.size())));
  };
  finish(model);
  for (om::Gear &gear : model.gears)
    finish(gear);
  return model;
}

} // namespace openatc::test

#endif // OPENATC_TEST_UNIT_OFFLINEMODEL_GEARMODEL_H
