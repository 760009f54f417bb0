//===- DumpTest.cpp - Dumped tensors of running models --------------------===//

#include "AclTest.h"

#include "acl/acl_dump.h"
#include "openatc/Runtime/Npy.h"

#include <filesystem>
#include <map>

#include <unistd.h>

using namespace openatc;

namespace {

namespace fs = std::filesystem;

/// A folder of its own, and a library that is not started.
class Dump : public testing::Test {
protected:
  void SetUp() override {
    folder = testing::TempDir() + "/acl_dump_" + std::to_string(::getpid());
    fs::remove_all(folder);
    fs::create_directories(folder + "/out");
  }
  void TearDown() override {
    aclFinalize();
    fs::remove_all(folder);
  }

  std::string write(const std::string &text) {
    std::string path = folder + "/acl.json";
    std::ofstream(path) << text;
    return path;
  }
  /// A configuration whose section "dump" has the path and `rest`.
  std::string section(const std::string &rest) {
    return write("{\"dump\": {\"dump_path\": \"" + folder + "/out\"" + rest + "}}");
  }

  /// Loads the sample from a file and runs it `times` times.
  void run(int times = 1, uint32_t *id = nullptr) {
    ASSERT_EQ(aclrtSetDevice(0), ACL_SUCCESS);
    ASSERT_TRUE(om::writeFile(test::sampleModel(), folder + "/net.om").ok());
    uint32_t model = 0;
    ASSERT_EQ(aclmdlLoadFromFile((folder + "/net.om").c_str(), &model), ACL_SUCCESS);
    execute(model, times);
    if (id)
      *id = model;
  }
  void execute(uint32_t model, int times = 1) {
    void *in = nullptr, *out = nullptr;
    ASSERT_EQ(aclrtMalloc(&in, test::kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
    ASSERT_EQ(aclrtMalloc(&out, test::kBytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
    std::vector<float> x(test::kElements, 8.0f);
    ASSERT_EQ(aclrtMemcpy(in, test::kBytes, x.data(), test::kBytes, ACL_MEMCPY_HOST_TO_DEVICE),
              ACL_SUCCESS);
    aclmdlDataset *inputs = aclmdlCreateDataset(), *outputs = aclmdlCreateDataset();
    aclmdlAddDatasetBuffer(inputs, aclCreateDataBuffer(in, test::kBytes));
    aclmdlAddDatasetBuffer(outputs, aclCreateDataBuffer(out, test::kBytes));
    for (int i = 0; i < times; ++i)
      ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  }

  /// Files below the dump path: "<type>.<name>.<task>" and what follows the time, to the path.
  std::map<std::string, fs::path> files() {
    std::map<std::string, fs::path> out;
    for (const auto &entry : fs::recursive_directory_iterator(folder + "/out")) {
      if (!entry.is_regular_file())
        continue;
      std::string name = entry.path().filename().string();
      size_t task = 0, end = 0;
      for (int dots = 0; dots < 3; ++dots)
        task = name.find('.', task) + 1;
      for (int dots = 0; dots < 5; ++dots)
        end = name.find('.', end) + 1;
      std::string iteration = entry.path().parent_path().filename().string();
      out[iteration + "/" + name.substr(0, task) + name.substr(end)] = entry.path();
    }
    return out;
  }

  static void expectText(const std::string &part) {
    const char *text = aclGetRecentErrMsg();
    ASSERT_NE(text, nullptr);
    EXPECT_NE(std::string(text).find(part), std::string::npos) << text;
  }

  std::string folder;
};

/// w + 8 for w[i] = i - 32, what the first task leaves.
void expectSum(const fs::path &path) {
  auto array = rt::readNpy(path.string());
  ASSERT_TRUE(array) << array.message();
  EXPECT_EQ(array->dtype, DType::F32);
  ASSERT_EQ(array->shape, (host::Shape{test::kRows, test::kColumns}));
  for (int64_t i = 0; i < test::kElements; ++i) {
    float value;
    std::memcpy(&value, &array->bytes[size_t(i) * 4], 4);
    ASSERT_EQ(value, 8.0f + float(i - 32)) << i;
  }
}

TEST_F(Dump, OutputsOfEveryLayerOfANamedModel) {
  ASSERT_EQ(aclInit(section(", \"dump_list\": [{\"model_name\": \"net\"}]").c_str()), ACL_SUCCESS);
  run(2);
  auto all = files();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_TRUE(all.count("1/relu.Relu_1.1.output.0.npy"));
  ASSERT_TRUE(all.count("0/add_0.Add_0.0.output.0.npy")) << all.begin()->first;
  fs::path path = all["0/add_0.Add_0.0.output.0.npy"];
  expectSum(path);
  // <time>/<device>/<model>/<model id>/<iteration>
  fs::path relative = fs::relative(path.parent_path(), folder + "/out");
  std::vector<std::string> parts;
  for (const fs::path &part : relative)
    parts.push_back(part.string());
  ASSERT_EQ(parts.size(), 5u);
  EXPECT_EQ(parts[0].size(), 14u);
  EXPECT_EQ(parts[1], "0");
  EXPECT_EQ(parts[2], "net");
  EXPECT_EQ(parts[4], "0");
}

TEST_F(Dump, InputsOfOneLayerInTheIterationsAskedFor) {
  ASSERT_EQ(aclInit(section(", \"dump_mode\": \"all\", \"dump_step\": \"1|3-4\", "
                            "\"dump_list\": [{\"layer\": [\"Relu_1\"]}]")
                        .c_str()),
            ACL_SUCCESS);
  run(4);
  auto all = files();
  ASSERT_EQ(all.size(), 4u);
  EXPECT_TRUE(all.count("1/relu.Relu_1.1.output.0.npy"));
  EXPECT_TRUE(all.count("3/relu.Relu_1.1.output.0.npy"));
  ASSERT_TRUE(all.count("3/relu.Relu_1.1.input.0.npy"));
  expectSum(all["3/relu.Relu_1.1.input.0.npy"]);
}

TEST_F(Dump, LayersThatAModelDoesNotHaveAreNamed) {
  ASSERT_EQ(aclInit(section(", \"dump_list\": [{\"model_name\": \"net\", \"layer\": "
                            "[\"Add_0\", \"Conv_9\"]}]")
                        .c_str()),
            ACL_SUCCESS);
  testing::internal::CaptureStderr();
  run(2);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "[WARNING] dump: the model 'net' has no layer 'Conv_9'\n");
  EXPECT_EQ(files().size(), 2u);
}

TEST_F(Dump, OtherModelsAreLeftAlone) {
  ASSERT_EQ(aclInit(section(", \"dump_list\": [{\"model_name\": \"other\"}]").c_str()),
            ACL_SUCCESS);
  run();
  EXPECT_TRUE(files().empty());
}

TEST_F(Dump, Statistics) {
  ASSERT_EQ(aclInit(section(", \"dump_data\": \"stats\", \"dump_list\": [{}]").c_str()),
            ACL_SUCCESS);
  run();
  auto all = files();
  ASSERT_TRUE(all.count("0/add_0.Add_0.0.csv"));
  std::ifstream file(all["0/add_0.Add_0.0.csv"]);
  std::string head, row;
  std::getline(file, head);
  std::getline(file, row);
  EXPECT_NE(head.find("Max Value,Min Value,Avg Value"), std::string::npos);
  // 64 values from -24 to 39.
  EXPECT_NE(row.find("Output,0,256,f32,ND,2x32,64,39,-24,7.5,"), std::string::npos) << row;
}

TEST_F(Dump, InvalidConfigurations) {
  auto expect = [&](const std::string &path, const std::string &text) {
    EXPECT_EQ(aclInit(path.c_str()), ACL_ERROR_INVALID_DUMP_CONFIG);
    expectText(text);
  };
  expect(section(""), "'dump_list' is missing");
  expect(section(", \"dump_list\": []"), "nothing would be dumped");
  expect(section(", \"dump_list\": [{}], \"dump_mode\": \"both\""),
         "'dump_mode' is 'both'; it must be one of output, input, all");
  expect(section(", \"dump_list\": [{}], \"dump_level\": \"layer\""), "op, kernel, all");
  expect(section(", \"dump_list\": [{}], \"dump_data\": \"text\""), "tensor, stats");
  expect(section(", \"dump_list\": [{}], \"dump_debug\": \"on\""), "'dump_debug' excludes");
  expect(section(", \"dump_list\": [{}], \"dump_step\": \"5-3\""), "'dump_step' is '5-3'");
  expect(section(", \"dump_list\": [{}], \"dump_step\": \"5|\""), "'dump_step' is '5|'");
  expect(section(", \"dump_list\": [{\"layer\": \"a\"}]"), "it must be a list");
  expect(section(", \"dump_list\": [{\"model_name\": \"a\"}, {\"model_name\": \"a\"}]"), "twice");
  expect(section(", \"dump_scene\": \"watcher\", \"dump_list\": [{}]"), "watcher");
  expect(section(", \"dump_scenes\": \"on\""), "'dump_scenes' of 'dump' is unknown");
  expect(write("{\"dump\": {\"dump_list\": [{}]}}"), "'dump_path' is missing");
  expect(write("{\"dump\": {\"dump_list\": [{}], \"dump_path\": \"/nonexistent/x\"}}"),
         "'/nonexistent/x', which is no directory");
  expect(write("{\"dump\": 7}"), "not an object");
  // Nothing of a refused configuration stays.
  EXPECT_EQ(aclInit(nullptr), ACL_SUCCESS);
}

TEST_F(Dump, ConfiguredBetweenInitAndFinalize) {
  EXPECT_EQ(aclmdlInitDump(), ACL_ERROR_UNINITIALIZE);
  ASSERT_EQ(aclInit(nullptr), ACL_SUCCESS);
  std::string path = section(", \"dump_list\": [{}]");
  EXPECT_EQ(aclmdlSetDump(path.c_str()), ACL_ERROR_DUMP_NOT_RUN);
  EXPECT_EQ(aclmdlFinalizeDump(), ACL_ERROR_DUMP_NOT_RUN);
  uint32_t before = 0, after = 0;
  run(1, &before);
  ASSERT_EQ(aclmdlInitDump(), ACL_SUCCESS);
  EXPECT_EQ(aclmdlInitDump(), ACL_ERROR_REPEAT_INITIALIZE);
  EXPECT_EQ(aclmdlSetDump(nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlSetDump("/nonexistent.json"), ACL_ERROR_INVALID_FILE);
  ASSERT_EQ(aclmdlSetDump(path.c_str()), ACL_SUCCESS);
  execute(before); // loaded before: not dumped
  EXPECT_TRUE(files().empty());
  run(1, &after);
  EXPECT_EQ(files().size(), 2u);
  ASSERT_EQ(aclmdlFinalizeDump(), ACL_SUCCESS);
  execute(after, 3);
  EXPECT_EQ(files().size(), 2u);
}

TEST_F(Dump, OnlyOneWayToConfigure) {
  ASSERT_EQ(aclInit(section(", \"dump_list\": [{}]").c_str()), ACL_SUCCESS);
  EXPECT_EQ(aclmdlInitDump(), ACL_ERROR_DUMP_ALREADY_RUN);
  expectText("the section 'dump'");
  EXPECT_EQ(aclmdlSetDump("x"), ACL_ERROR_DUMP_ALREADY_RUN);
  EXPECT_EQ(aclmdlFinalizeDump(), ACL_ERROR_DUMP_ALREADY_RUN);
}

std::map<std::string, std::vector<uint8_t>> received;

int32_t receive(const acldumpChunk *chunk, int32_t length) {
  EXPECT_EQ(size_t(length), sizeof(acldumpChunk) + chunk->bufLen);
  EXPECT_EQ(chunk->isLastChunk, 1u);
  received[chunk->fileName].assign(chunk->dataBuf, chunk->dataBuf + chunk->bufLen);
  return 0;
}

TEST_F(Dump, CallbackInsteadOfFiles) {
  received.clear();
  EXPECT_EQ(acldumpRegCallback(nullptr, 0), ACL_ERROR_FAILURE);
  EXPECT_EQ(acldumpRegCallback(receive, 1), ACL_ERROR_FAILURE);
  ASSERT_EQ(aclInit(nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclmdlInitDump(), ACL_SUCCESS);
  ASSERT_EQ(acldumpRegCallback(receive, 0), ACL_SUCCESS);
  run();
  ASSERT_EQ(received.size(), 2u);
  auto array = rt::parseNpy(received.begin()->second);
  ASSERT_TRUE(array) << array.message();
  EXPECT_EQ(array->shape, (host::Shape{test::kRows, test::kColumns}));
  acldumpUnregCallback();
  EXPECT_EQ(aclmdlFinalizeDump(), ACL_SUCCESS);
}

TEST_F(Dump, OverflowsAlone) {
  ASSERT_EQ(aclInit(section(", \"dump_debug\": \"on\"").c_str()), ACL_SUCCESS);
  run(); // no infinities
  EXPECT_TRUE(files().empty());
}

} // namespace
