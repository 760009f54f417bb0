//===- GearsTest.cpp - Executions choose a gear ---------------------------===//

#include "GearModel.h"

#include "openatc/Runtime/Executor.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::rt;

namespace {

/// The gear model on a device; x = 8.
struct Fixture {
  explicit Fixture(om::Model model = test::gearModel()) {
    device = *Device::create(*findSoc("Ascend310P3"), 1, uint64_t(64) << 20);
    outcome = LoadedModel::load(device, std::move(model), {}, loaded);
    bindings.inputs = {*device->allocate(test::kBytes), *device->allocate(4)};
    bindings.outputs = {*device->allocate(test::kBytes)};
    std::vector<float> x(test::kElements, 8.0f);
    EXPECT_TRUE(device->write(bindings.inputs[0], x.data(), test::kBytes).ok());
  }

  Outcome run() { return Execution(*loaded, bindings).run({}, stats); }

  std::vector<float> result(int64_t elements) {
    std::vector<float> y(elements);
    EXPECT_TRUE(device->read(bindings.outputs[0], y.data(), elements * 4).ok());
    return y;
  }

  std::shared_ptr<Device> device;
  std::shared_ptr<LoadedModel> loaded;
  Outcome outcome;
  Bindings bindings;
  RunStats stats;
};

TEST(GearExecution, RunsTheTasksOfTheGear) {
  Fixture sample;
  ASSERT_TRUE(sample.outcome.ok()) << sample.outcome.message;
  ASSERT_TRUE(sample.run().ok());
  EXPECT_EQ(sample.stats.gear, std::optional<size_t>(1));
  EXPECT_TRUE(sample.stats.tasks[0].aiCore);
  std::vector<float> both = sample.result(test::kElements);
  sample.bindings.gear = 0;
  ASSERT_TRUE(sample.run().ok());
  EXPECT_EQ(sample.stats.gear, std::optional<size_t>(0));
  EXPECT_FALSE(sample.stats.tasks[0].aiCore);
  both.resize(test::kColumns);
  EXPECT_EQ(sample.result(test::kColumns), both);
}

TEST(GearExecution, BuffersMustHoldTheGear) {
  Fixture sample;
  sample.bindings.outputs = {*sample.device->allocate(128)};
  sample.bindings.gear = 1;
  // Allocations are larger than asked for, so the last bytes of one are bound.
  uint64_t has = sample.device->bytesFrom(sample.bindings.outputs[0]);
  sample.bindings.outputs[0] += has - 128;
  Outcome outcome = sample.run();
  EXPECT_EQ(outcome.failure, Failure::Invalid);
  EXPECT_NE(outcome.message.find("output 0 'y' needs 256 bytes"), std::string::npos)
      << outcome.message;
  sample.bindings.gear = 0;
  EXPECT_TRUE(sample.run().ok());
}

TEST(GearExecution, UnknownGear) {
  Fixture sample;
  sample.bindings.gear = 2;
  EXPECT_EQ(sample.run().message, "the model has no gear number 2");
  Fixture fixed(test::sampleModel());
  fixed.bindings.gear = 0;
  EXPECT_EQ(fixed.run().message, "the model has no gear number 0");
}

TEST(GearExecution, FailuresNameTheGear) {
  om::Model model = test::gearModel();
  std::get<om::HostTask>(model.gears[0].tasks[1]).op = "softmax"; // needs an attribute
  std::get<om::HostTask>(model.gears[0].tasks[1]).attributes = {{"axis", int64_t(7)}};
  Fixture sample(model);
  EXPECT_FALSE(sample.outcome.ok());
  EXPECT_NE(sample.outcome.message.find("gear 1: task 1, host operator 'softmax'"),
            std::string::npos)
      << sample.outcome.message;
}

TEST(GearExecution, NotesTheGearThatWasChosenLast) {
  Fixture sample;
  EXPECT_EQ(sample.loaded->notedGear(), std::nullopt);
  sample.loaded->noteGear(0);
  EXPECT_EQ(sample.loaded->notedGear(), std::optional<size_t>(0));
}

} // namespace
