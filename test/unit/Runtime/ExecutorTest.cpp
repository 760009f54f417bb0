//===- ExecutorTest.cpp - Loading and running a model ---------------------===//

#include "SampleModel.h"

#include "openatc/OfflineModel/Reader.h"
#include "openatc/OfflineModel/Writer.h"
#include "openatc/Runtime/Executor.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <fstream>
#include <sstream>

using namespace openatc;
using namespace openatc::rt;

namespace {

std::shared_ptr<Device> makeDevice(const char *soc = "Ascend310P3", unsigned threads = 1) {
  Expected<std::shared_ptr<Device>> device =
      Device::create(*findSoc(soc), threads, uint64_t(64) << 20);
  return device ? *device : nullptr;
}

/// The sample on a device with its two buffers; x[i] = i / 2.
struct Fixture {
  explicit Fixture(om::Model model = test::sampleModel(), unsigned threads = 1)
      : device(makeDevice("Ascend310P3", threads)) {
    outcome = LoadedModel::load(device, std::move(model), {}, loaded);
    bindings.inputs = {*device->allocate(test::kBytes)};
    bindings.outputs = {*device->allocate(test::kBytes)};
    std::vector<float> x;
    for (int64_t i = 0; i < test::kElements; ++i)
      x.push_back(float(i) / 2);
    EXPECT_TRUE(device->write(bindings.inputs[0], x.data(), test::kBytes).ok());
  }

  Outcome run(const ExecuteOptions &options = {}) {
    return Execution(*loaded, bindings).run(options, stats);
  }

  std::vector<float> result() {
    std::vector<float> y(test::kElements);
    EXPECT_TRUE(device->read(bindings.outputs[0], y.data(), test::kBytes).ok());
    return y;
  }

  std::shared_ptr<Device> device;
  std::shared_ptr<LoadedModel> loaded;
  Outcome outcome;
  Bindings bindings;
  RunStats stats;
};

TEST(Executor, ComputesBothEngines) {
  Fixture sample;
  ASSERT_TRUE(sample.outcome.ok()) << sample.outcome.message;
  Outcome outcome = sample.run();
  ASSERT_TRUE(outcome.ok()) << outcome.message;
  std::vector<float> y = sample.result();
  for (int64_t i = 0; i < test::kElements; ++i)
    EXPECT_EQ(y[i], std::max(0.0f, float(i) / 2 + float(i - 32))) << i;
}

TEST(Executor, StatisticsCoverEveryTask) {
  Fixture sample;
  ASSERT_TRUE(sample.run().ok());
  const RunStats &stats = sample.stats;
  ASSERT_EQ(stats.tasks.size(), 2u);
  EXPECT_EQ(stats.tasks[0].name, "add_0");
  EXPECT_TRUE(stats.tasks[0].aiCore);
  EXPECT_EQ(stats.tasks[0].bytes, 3 * test::kBytes); // two loads, one store
  EXPECT_EQ(stats.tasks[1].name, "relu");
  EXPECT_EQ(stats.tasks[1].nodes, std::vector<std::string>{"Relu_1"});
  EXPECT_DOUBLE_EQ(stats.simulatedUs, stats.tasks[0].us + stats.tasks[1].us);
  EXPECT_EQ(stats.cycles, stats.tasks[0].kernel.cycles);
  EXPECT_GT(stats.cycles, 0u);
}

TEST(Executor, CyclesDoNotDependOnHostThreads) {
  Fixture one(test::sampleModel(), 1), four(test::sampleModel(), 4);
  ASSERT_TRUE(one.run().ok() && four.run().ok());
  EXPECT_EQ(one.stats.cycles, four.stats.cycles);
  EXPECT_EQ(one.stats.dramBytes, four.stats.dramBytes);
  EXPECT_EQ(one.result(), four.result());
}

TEST(Executor, HazardIsAnErrorThatNamesTheNode) {
  om::Model model = test::sampleModel();
  model.kernels[0].code = om::Blob(test::addKernel(/*ordered=*/false));
  Fixture sample(std::move(model));
  ASSERT_TRUE(sample.outcome.ok()) << sample.outcome.message;
  ExecuteOptions options;
  options.hazards = true;
  Outcome outcome = sample.run(options);
  EXPECT_EQ(outcome.failure, Failure::AiCore);
  EXPECT_NE(outcome.message.find("'Add_0'"), std::string::npos) << outcome.message;
  EXPECT_NE(outcome.message.find("task 0"), std::string::npos) << outcome.message;
  Fixture ordered;
  EXPECT_TRUE(ordered.run(options).ok());
}

TEST(Executor, ShortOrMissingBuffers) {
  Fixture sample;
  Bindings good = sample.bindings;
  sample.bindings.inputs = {};
  EXPECT_EQ(sample.run().failure, Failure::Invalid);
  sample.bindings.inputs = {0};
  EXPECT_EQ(sample.run().failure, Failure::Invalid);
  sample.bindings = good;
  sample.bindings.outputs = {good.outputs[0] + 4}; // four bytes too few
  Outcome outcome = sample.run();
  EXPECT_EQ(outcome.failure, Failure::Invalid);
  EXPECT_NE(outcome.message.find("output 0 'y'"), std::string::npos) << outcome.message;
}

TEST(Executor, HostOperandAtOddAddress) {
  // A task list of the host operator alone, on buffers that are not aligned.
  om::Model model = test::sampleModel();
  auto relu = std::get<om::HostTask>(model.tasks[1]);
  relu.operands[0].buffer = {om::BufferKind::Input, 0, 0};
  model.tasks = {relu};
  Fixture sample(std::move(model));
  ASSERT_TRUE(sample.outcome.ok()) << sample.outcome.message;
  uint64_t wide = *sample.device->allocate(2 * test::kBytes);
  float negative[test::kElements];
  for (int64_t i = 0; i < test::kElements; ++i)
    negative[i] = float(10 - i);
  ASSERT_TRUE(sample.device->write(wide + 1, negative, test::kBytes).ok());
  sample.bindings.inputs = {wide + 1};
  sample.bindings.outputs = {*sample.device->allocate(test::kBytes + 1) + 1};
  ASSERT_TRUE(sample.run().ok());
  EXPECT_EQ(sample.result()[3], 7.0f);
  EXPECT_EQ(sample.result()[40], 0.0f);
}

TEST(Executor, LoadRejectsWhatOperatorsDeny) {
  om::Model model = test::sampleModel();
  std::get<om::HostTask>(model.tasks[1]).results[0].dtype = DType::I32;
  Fixture sample(std::move(model));
  EXPECT_EQ(sample.outcome.failure, Failure::Invalid);
  EXPECT_NE(sample.outcome.message.find("relu"), std::string::npos) << sample.outcome.message;
}

TEST(Executor, LoadNeedsTheModelsSoc) {
  std::shared_ptr<LoadedModel> loaded;
  Outcome outcome = LoadedModel::load(makeDevice("Ascend910A"), test::sampleModel(), {}, loaded);
  EXPECT_EQ(outcome.failure, Failure::Invalid);
  EXPECT_EQ(loaded, nullptr);
}

TEST(Executor, MemoryComesBack) {
  std::shared_ptr<Device> device = makeDevice();
  uint64_t before = device->bytesFree();
  {
    std::shared_ptr<LoadedModel> loaded;
    ASSERT_TRUE(LoadedModel::load(device, test::sampleModel(), {}, loaded).ok());
    EXPECT_LT(device->bytesFree(), before);
    EXPECT_FALSE(device->become(*findSoc("Ascend910A")).ok());
  }
  EXPECT_EQ(device->bytesFree(), before);
  EXPECT_TRUE(device->become(*findSoc("Ascend910A")).ok());
  EXPECT_EQ(device->soc().name, "Ascend910A");
}

/// The sample read from a file of its own, of which byte `flipped` is wrong (none if 0).
Expected<om::Model> sampleFromFile(size_t flipped, const om::Model &sample = test::sampleModel()) {
  std::string path = testing::TempDir() + "openatc-executor-test.om";
  Expected<std::vector<uint8_t>> bytes = om::writeBytes(sample);
  if (!bytes)
    return bytes.status();
  if (flipped)
    (*bytes)[flipped] ^= 1;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char *>(bytes->data()), std::streamsize(bytes->size()));
  Expected<om::Model> model = om::readFile(path, nullptr, om::WeightCheck::Deferred);
  std::remove(path.c_str());
  return model;
}

TEST(Executor, RunsWithWeightsMappedFromTheFile) {
  Expected<om::Model> model = sampleFromFile(0);
  ASSERT_TRUE(model) << model.message();
  size_t firstWeight = model->weights.file()->offset;
  Fixture copied, mapped(std::move(*model));
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(copied.run().ok());
    Outcome outcome = mapped.run();
    ASSERT_TRUE(outcome.ok()) << outcome.message;
    EXPECT_EQ(mapped.result(), copied.result());
    EXPECT_EQ(mapped.stats.cycles, copied.stats.cycles);
  }

  Expected<om::Model> corrupt = sampleFromFile(firstWeight);
  ASSERT_TRUE(corrupt) << corrupt.message();
  Fixture sample(std::move(*corrupt));
  ASSERT_TRUE(sample.outcome.ok());
  for (int round = 0; round < 2; ++round) {
    Outcome outcome = sample.run();
    EXPECT_EQ(outcome.failure, Failure::Other);
    EXPECT_NE(outcome.message.find("weight segment is corrupt"), std::string::npos);
  }
  Expected<om::Model> damaged = sampleFromFile(firstWeight - 1);
  EXPECT_FALSE(damaged) << "padding is checked at once";
}

TEST(Executor, DiagonalsAreExpandedBehindTheWeights) {
  // The addend is a fractal: zero beside 16 halves on its diagonal, read as 64 singles.
  om::Model model = test::sampleModel();
  std::vector<uint8_t> stored(32);
  for (size_t i = 0; i < stored.size(); ++i)
    stored[i] = uint8_t(i % 2 ? 0x40 : i);
  model.weights = om::Blob(stored);
  model.diagonals = {{0, 4096, 1}};
  std::get<om::KernelTask>(model.tasks[0]).args[1].offset = 4096;
  std::vector<uint8_t> fractal(512);
  for (size_t lane = 0; lane < 16; ++lane)
    std::memcpy(&fractal[lane * 34], &stored[lane * 2], 2);
  std::vector<float> addend(test::kElements);
  std::memcpy(addend.data(), fractal.data(), test::kBytes);

  Expected<std::vector<uint8_t>> bytes = om::writeBytes(model);
  ASSERT_TRUE(bytes) << bytes.message();
  Expected<om::Model> copied = om::readBytes(*bytes), mapped = sampleFromFile(0, model);
  ASSERT_TRUE(copied && mapped);
  for (om::Model *read : {&*copied, &*mapped}) {
    Fixture sample(std::move(*read));
    ASSERT_TRUE(sample.outcome.ok()) << sample.outcome.message;
    Outcome outcome = sample.run();
    ASSERT_TRUE(outcome.ok()) << outcome.message;
    std::vector<float> y = sample.result();
    for (int64_t i = 0; i < test::kElements; ++i)
      EXPECT_EQ(y[i], std::max(0.0f, float(i) / 2 + addend[i])) << i;
  }
}

TEST(Executor, CallerMemoryIsUsedAndChecked) {
  std::shared_ptr<Device> device = makeDevice();
  LoadedModel::Memory memory;
  memory.weights = *device->allocate(test::kBytes);
  memory.weightBytes = test::kBytes;
  memory.arena = *device->allocate(512);
  memory.arenaBytes = 511;
  std::shared_ptr<LoadedModel> loaded;
  EXPECT_EQ(LoadedModel::load(device, test::sampleModel(), memory, loaded).failure,
            Failure::Invalid);
  memory.arenaBytes = 512;
  uint64_t before = device->bytesFree();
  ASSERT_TRUE(LoadedModel::load(device, test::sampleModel(), memory, loaded).ok());
  EXPECT_EQ(device->bytesFree(), before);
}

TEST(Executor, TensorsCanBeReadAfterTheirTask) {
  Fixture sample;
  ExecuteOptions options;
  std::vector<float> sum(test::kElements);
  options.afterTask = [&](size_t index, const Execution &execution) {
    if (index != 0)
      return Status::error("stop here");
    std::vector<uint8_t> bytes;
    const auto &task = std::get<om::KernelTask>(execution.model().tasks[0]);
    Status status = execution.read(task.outputs[0], bytes);
    std::memcpy(sum.data(), bytes.data(), bytes.size());
    return status;
  };
  Outcome outcome = sample.run(options);
  EXPECT_EQ(outcome.message, "stop here");
  EXPECT_EQ(sum[0], -32.0f);
  EXPECT_EQ(sum[63], 63.0f / 2 + 31);
}

TEST(Executor, TraceIsJsonWithEveryPipe) {
  om::Model model = test::sampleModel();
  std::get<om::KernelTask>(model.tasks[0]).nodes = {"a \"quoted\"\n\xff name"};
  Fixture sample(std::move(model));
  std::ostringstream out;
  TraceWriter trace(out);
  ExecuteOptions options;
  options.trace = &trace;
  ASSERT_TRUE(sample.run(options).ok());
  trace.finish();
  auto document = nlohmann::json::parse(out.str(), nullptr, false);
  ASSERT_TRUE(document.is_object()) << out.str();
  size_t tasks = 0, instructions = 0;
  for (const auto &event : document["traceEvents"]) {
    if (event["ph"] != "X")
      continue;
    EXPECT_GE(event["dur"].get<double>(), 0);
    (event["pid"] == 0 ? tasks : instructions) += 1;
    if (event["name"] == "add_0")
      EXPECT_FALSE(event["args"]["bound"].get<std::string>().empty());
    if (event["pid"] != 0)
      EXPECT_TRUE(event["args"].contains("node"));
  }
  EXPECT_EQ(tasks, 2u);
  EXPECT_GE(instructions, 4u); // two loads, the addition, the store
}

} // namespace
