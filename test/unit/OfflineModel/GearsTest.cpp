//===- GearsTest.cpp - Models with gears, choosing and validating ---------===//

#include "GearModel.h"

#include "openatc/OfflineModel/Reader.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::om;

namespace {

/// Applies `edit` to the gear model and expects an error that contains `text`.
void expectError(void (*edit)(Model &), const std::string &text) {
  Model model = test::gearModel();
  edit(model);
  Status status = checkModel(model);
  ASSERT_FALSE(status.ok()) << "accepted: " << text;
  EXPECT_NE(status.message().find(text), std::string::npos) << status.message();
}

TEST(Gears, SampleIsValid) {
  for (GearKind kind : {GearKind::Batch, GearKind::Image, GearKind::Dims}) {
    Status status = checkModel(test::gearModel(kind));
    EXPECT_TRUE(status.ok()) << status.message();
  }
}

TEST(Gears, LargestIsTheFirstOfTheLargestProduct) {
  Model model = test::gearModel();
  EXPECT_EQ(model.largestGear(), 1u);
  model.gears[0].values = {4, 3, 2};
  model.gears[1].values = {2, 2, 6};
  EXPECT_EQ(model.largestGear(), 0u);
  int64_t huge = INT64_MAX; // the product exceeds 64 bits
  model.gears[1].values = {huge, huge, huge};
  EXPECT_EQ(model.largestGear(), 1u);
}

TEST(Gears, PlanIsTheGearOrTheModel) {
  Model model = test::gearModel();
  EXPECT_EQ(&model.plan(), &model.gears[1]);
  EXPECT_EQ(&model.plan(0), &model.gears[0]);
  Model fixed = test::sampleModel();
  EXPECT_EQ(&fixed.plan(), &fixed);
}

TEST(Gears, AreFoundByValuesAndText) {
  Model model = test::gearModel(GearKind::Image);
  EXPECT_EQ(*findGear(model, {2, 32}), 1u);
  EXPECT_EQ(*parseGear(model, "1,32"), 0u);
  EXPECT_EQ(*parseGear(model, "1, 32"), 0u);
  for (const char *text :
       {"", "1", "32,1", "1,32,", "1,32,1", "one", "1;32", ",", " ", "99999999999999999999,32"})
    EXPECT_EQ(parseGear(model, text).message(),
              "'" + std::string(text) +
                  "' is no gear of the model; its gears (--dynamic_image_size) are 1,32;2,32");
  EXPECT_EQ(parseGear(test::gearModel(), "3").message(),
            "'3' is no gear of the model; its gears (--dynamic_batch_size) are 1,2");
  EXPECT_EQ(parseGear(test::sampleModel(), "1").message(),
            "the model has no gears: it was compiled for fixed shapes");
}

TEST(Gears, ShapesOfInputs) {
  Model model = test::gearModel();
  EXPECT_EQ(declaredShape(model.inputs[0]), (host::Shape{-1, 32}));
  EXPECT_EQ(declaredShape(model.inputs[1]), (host::Shape{1}));
  EXPECT_EQ(concatenatedDims(model.gears[0]), (std::vector<int64_t>{1, 32}));
}

TEST(Gears, RelationsToTheModel) {
  expectError([](Model &m) { m.gearKind = GearKind::None; }, "contradict");
  expectError([](Model &m) { m.gearKind = GearKind(9); }, "contradict");
  expectError([](Model &m) { m.gears.clear(); }, "contradict");
  expectError([](Model &m) { m.inputs.pop_back(); }, "contradict");
  expectError([](Model &m) { m.tasks = m.gears[1].tasks; }, "beside those of its gears");
  expectError([](Model &m) { m.gears.resize(129, m.gears[0]); }, "129 gears");
  expectError([](Model &m) { m.gearKind = GearKind::Image; }, "1 values");
  expectError([](Model &m) { m.gears[0].values.clear(); }, "0 values");
  expectError([](Model &m) { m.gears[1].values = {2, 2}; }, "gear 2,2: it has 2 values");
  expectError([](Model &m) { m.gears[1].values = {0}; }, "not positive");
  expectError([](Model &m) { m.gears[1].values = {int64_t(1) << 31}; }, "too large");
  expectError([](Model &m) { m.gears[1].values = {1}; }, "gear 1: it is there twice");
  expectError([](Model &m) { m.gears[1].arenaBytes = 513; }, "arena is larger");
}

TEST(Gears, Tensors) {
  expectError([](Model &m) { std::swap(m.inputs[0], m.inputs[1]); }, "last input");
  expectError([](Model &m) { m.inputs[1].name = "shape"; }, "last input");
  expectError([](Model &m) { m.inputs.push_back(m.inputs[1]); }, "last input");
  expectError(
      [](Model &m) {
        m.inputs[1].shape = {2};
        m.inputs[1].bytes = 8;
      },
      "last input");
  expectError([](Model &m) { m.gears[0].inputs.pop_back(); }, "gear 1: it has 1 inputs");
  expectError([](Model &m) { m.gears[0].inputs[0].name = "z"; }, "gear 1: input 0");
  expectError([](Model &m) { m.gears[0].outputs[0].dtype = DType::I32; }, "gear 1: output 0");
  expectError(
      [](Model &m) {
        m.gears[0].outputs[0].shape = {3, 32};
        m.gears[0].outputs[0].bytes = 384;
      },
      "output 0 is not the model's or is larger");
  expectError([](Model &m) { m.inputs[0].dynamicAxes = {2}; }, "dynamic axes");
  expectError([](Model &m) { m.inputs[0].dynamicAxes = {1, 1}; }, "dynamic axes");
  expectError([](Model &m) { m.gears[0].inputs[0].role = InputRole(7); }, "gear 1: input 0");
  expectError([](Model &m) { m.inputs[0].role = InputRole(7); }, "unknown role");
}

TEST(Gears, TasksStayInsideTheirGear) {
  // 256 bytes suit the model's input and arena, not those of the gear of one row.
  auto operand = [](Model &m, size_t task) -> HostOperand & {
    return std::get<HostTask>(m.gears[0].tasks[task]).operands[0];
  };
  for (size_t task : {0, 1}) {
    Model model = test::gearModel();
    operand(model, task).shape = {2, 32};
    Status status = checkModel(model);
    ASSERT_FALSE(status.ok());
    EXPECT_NE(status.message().find("gear 1: task " + std::to_string(task)), std::string::npos)
        << status.message();
  }
}

TEST(Gears, FormatVersionTellsOlderReaders) {
  EXPECT_EQ(formatVersionOf(test::sampleModel()), 1u);
  EXPECT_EQ(formatVersionOf(test::gearModel()), 2u);
}

} // namespace
