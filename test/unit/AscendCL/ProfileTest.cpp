//===- ProfileTest.cpp - Profiles into files, pipes and time lines --------===//

#include "AclTest.h"

#include "acl/acl_prof.h"

#include <filesystem>
#include <sstream>

#include <unistd.h>

using namespace openatc;

namespace {

namespace fs = std::filesystem;

class Profile : public test::ModelTest {
protected:
  void SetUp() override {
    ModelTest::SetUp();
    folder = testing::TempDir() + "/acl_prof_" + std::to_string(::getpid());
    fs::remove_all(folder);
  }
  void TearDown() override {
    ModelTest::TearDown();
    fs::remove_all(folder);
  }

  aclprofConfig *config(uint64_t data = ACL_PROF_TASK_TIME,
                        aclprofAicoreMetrics metrics = ACL_AICORE_NONE) {
    uint32_t devices[] = {0};
    return aclprofCreateConfig(devices, 1, metrics, nullptr, data);
  }
  aclError start() { return aclprofInit(folder.c_str(), folder.size()); }

  /// Text of the one file whose name begins like this.
  std::string read(const std::string &prefix) {
    for (const auto &entry : fs::recursive_directory_iterator(folder))
      if (entry.path().filename().string().starts_with(prefix)) {
        std::ifstream file(entry.path());
        return std::string((std::istreambuf_iterator<char>(file)), {});
      }
    return "";
  }

  std::string folder;
};

std::vector<std::vector<std::string>> rowsOf(const std::string &table) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> &row = rows.emplace_back();
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, ',');)
      row.push_back(field);
  }
  return rows;
}

TEST_F(Profile, TableAndTimeLineBetweenStartAndStop) {
  ASSERT_EQ(start(), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS); // before: not in it
  aclprofConfig *profile = config();
  ASSERT_NE(profile, nullptr);
  aclrtEvent begin = nullptr, end = nullptr;
  ASSERT_EQ(aclrtCreateEvent(&begin), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateEvent(&end), ACL_SUCCESS);
  ASSERT_EQ(aclprofStart(profile), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(begin, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(end, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS);
  ASSERT_EQ(aclprofStop(profile), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS); // after: not in it
  ASSERT_EQ(aclprofDestroyConfig(profile), ACL_SUCCESS);
  ASSERT_EQ(aclprofFinalize(), ACL_SUCCESS);

  float ms = 0;
  ASSERT_EQ(aclrtEventElapsedTime(&ms, begin, end), ACL_SUCCESS);
  auto rows = rowsOf(read("op_summary_"));
  ASSERT_EQ(rows.size(), 1u + 2 * 2);
  ASSERT_EQ(rows[0][8], "Task Start Time(us)");
  EXPECT_EQ(rows[1][4], "Add_0");
  EXPECT_EQ(rows[1][7], "AI_CORE");
  EXPECT_EQ(rows[2][5], "relu");
  EXPECT_EQ(rows[2][7], "AI_CPU");
  double sum = 0;
  for (size_t i = 1; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i].size(), rows[0].size()) << i;
    sum += std::stod(rows[i][9]);
    if (i > 1)
      EXPECT_NEAR(std::stod(rows[i][8]), std::stod(rows[i - 1][8]) + std::stod(rows[i - 1][9]),
                  0.002);
  }
  // What the events of the same stream say about the same two runs.
  EXPECT_NEAR(sum, ms * 1000, 0.01);
  std::string line = read("msprof_0_");
  EXPECT_NE(line.find("\"name\":\"add_0\""), std::string::npos);
  EXPECT_EQ(line.find("\"name\":\"core 0\""), std::string::npos);
  EXPECT_EQ(line.substr(line.size() - 4), "\n]}\n");
}

TEST_F(Profile, MetricsShowThePipes) {
  ASSERT_EQ(start(), ACL_SUCCESS);
  aclprofConfig *profile =
      config(ACL_PROF_TASK_TIME | ACL_PROF_AICORE_METRICS, ACL_AICORE_PIPE_UTILIZATION);
  ASSERT_EQ(aclprofStart(profile), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  ASSERT_EQ(aclprofStop(profile), ACL_SUCCESS);
  ASSERT_EQ(aclprofFinalize(), ACL_SUCCESS);
  std::string line = read("msprof_0_");
  EXPECT_NE(line.find("\"name\":\"core 0\""), std::string::npos);
  EXPECT_NE(line.find("\"args\":{\"name\":\"MTE2\"}"), std::string::npos);
  EXPECT_NE(line.find("\"pc\":"), std::string::npos);
}

TEST_F(Profile, OrderOfCalls) {
  aclprofConfig *profile = config();
  EXPECT_EQ(aclprofStart(profile), ACL_ERROR_PROF_NOT_RUN);
  EXPECT_EQ(aclprofFinalize(), ACL_ERROR_PROF_NOT_RUN);
  EXPECT_EQ(aclprofInit(nullptr, 1), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclprofInit("x", 5000), ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(start(), ACL_SUCCESS);
  expectFailure(start(), ACL_ERROR_REPEAT_INITIALIZE);
  EXPECT_EQ(aclprofStart(nullptr), ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(aclprofStart(profile), ACL_SUCCESS);
  expectFailure(aclprofStart(config()), ACL_ERROR_PROF_ALREADY_RUN); // the same device
  EXPECT_EQ(aclprofStop(config()), ACL_ERROR_PROF_NOT_RUN);
  ASSERT_EQ(aclprofStop(profile), ACL_SUCCESS);
  EXPECT_EQ(aclprofDestroyConfig(profile), ACL_SUCCESS);
  EXPECT_EQ(aclprofDestroyConfig(profile), ACL_ERROR_INVALID_PARAM);
  uint32_t missing[] = {99};
  EXPECT_EQ(aclprofCreateConfig(missing, 1, ACL_AICORE_NONE, nullptr, 0), nullptr);
  uint32_t there[] = {0};
  EXPECT_EQ(aclprofCreateConfig(there, 0, ACL_AICORE_NONE, nullptr, 0), nullptr);
  EXPECT_EQ(aclprofCreateConfig(there, 1, aclprofAicoreMetrics(77), nullptr, 0), nullptr);
  EXPECT_EQ(aclprofCreateConfig(there, 1, ACL_AICORE_NONE, nullptr, 1ull << 60), nullptr);
}

TEST_F(Profile, Values) {
  auto set = [](aclprofConfigType type, const std::string &value) {
    return aclprofSetConfig(type, value.c_str(), value.size());
  };
  EXPECT_EQ(set(ACL_PROF_STORAGE_LIMIT, "200MB"), ACL_SUCCESS);
  EXPECT_EQ(set(ACL_PROF_STORAGE_LIMIT, "199MB"), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(set(ACL_PROF_SYS_HARDWARE_MEM_FREQ, "15"), ACL_SUCCESS);
  EXPECT_EQ(set(ACL_PROF_SYS_HARDWARE_MEM_FREQ, "101"), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(set(ACL_PROF_LLC_MODE, "read"), ACL_SUCCESS);
  EXPECT_EQ(set(ACL_PROF_LLC_MODE, "both"), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(set(aclprofConfigType(2), "1"), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclprofSetConfig(ACL_PROF_LLC_MODE, nullptr, 3), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Profile, MarksOfTheApplication) {
  EXPECT_EQ(aclprofCreateStamp(), nullptr);
  ASSERT_EQ(start(), ACL_SUCCESS);
  aclprofConfig *profile = config(ACL_PROF_MSPROFTX | ACL_PROF_TASK_TIME);
  ASSERT_EQ(aclprofStart(profile), ACL_SUCCESS);
  void *stamp = aclprofCreateStamp();
  ASSERT_NE(stamp, nullptr);
  EXPECT_EQ(aclprofSetStampTraceMessage(stamp, "decode", 6), ACL_SUCCESS);
  EXPECT_EQ(aclprofPop(), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclprofPush(stamp), ACL_SUCCESS);
  uint32_t range = 0;
  EXPECT_EQ(aclprofRangeStart(stamp, &range), ACL_SUCCESS);
  aclprofStepInfo *step = aclprofCreateStepInfo();
  EXPECT_EQ(aclprofGetStepTimestamp(step, ACL_STEP_START, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  EXPECT_EQ(aclprofGetStepTimestamp(step, ACL_STEP_END, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclprofGetStepTimestamp(nullptr, ACL_STEP_END, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclprofPop(), ACL_SUCCESS);
  EXPECT_EQ(aclprofRangeStop(range), ACL_SUCCESS);
  EXPECT_EQ(aclprofRangeStop(range), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclprofMark(stamp), ACL_SUCCESS);
  EXPECT_EQ(aclprofMarkEx("queued", 6, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  aclprofDestroyStamp(stamp);
  EXPECT_EQ(aclprofMark(stamp), ACL_ERROR_INVALID_PARAM);
  aclprofDestroyStepInfo(step);
  ASSERT_EQ(aclprofStop(profile), ACL_SUCCESS);
  ASSERT_EQ(aclprofFinalize(), ACL_SUCCESS);
  std::string line = read("msprof_0_");
  EXPECT_NE(line.find("\"name\":\"decode\""), std::string::npos);
  EXPECT_NE(line.find("\"name\":\"queued\""), std::string::npos);
  EXPECT_NE(line.find("\"name\":\"step "), std::string::npos);
}

TEST_F(Profile, OperatorsThroughAPipe) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  EXPECT_EQ(aclprofCreateSubscribeConfig(2, ACL_AICORE_NONE, &ends[1]), nullptr);
  EXPECT_EQ(aclprofCreateSubscribeConfig(1, ACL_AICORE_NONE, nullptr), nullptr);
  aclprofSubscribeConfig *reader = aclprofCreateSubscribeConfig(1, ACL_AICORE_NONE, &ends[1]);
  ASSERT_NE(reader, nullptr);
  expectFailure(aclprofModelSubscribe(model + 100, reader), ACL_ERROR_INVALID_MODEL_ID);
  ASSERT_EQ(aclprofModelSubscribe(model, reader), ACL_SUCCESS);
  expectFailure(aclprofModelSubscribe(model, reader), ACL_ERROR_PROF_REPEAT_SUBSCRIBE);
  expectFailure(start(), ACL_ERROR_PROF_API_CONFLICT);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);

  size_t size = 0;
  ASSERT_EQ(aclprofGetOpDescSize(&size), ACL_SUCCESS);
  std::vector<char> records(2 * size);
  for (size_t at = 0; at < records.size();) {
    ssize_t got = ::read(ends[0], records.data() + at, records.size() - at);
    ASSERT_GT(got, 0);
    at += size_t(got);
  }
  uint32_t count = 0;
  ASSERT_EQ(aclprofGetOpNum(records.data(), records.size(), &count), ACL_SUCCESS);
  ASSERT_EQ(count, 2u);
  size_t length = 0;
  ASSERT_EQ(aclprofGetOpNameLen(records.data(), records.size(), 0, &length), ACL_SUCCESS);
  EXPECT_EQ(length, 6u);
  std::string name(length, 'x'), type(64, 'x');
  ASSERT_EQ(aclprofGetOpName(records.data(), records.size(), 0, name.data(), length), ACL_SUCCESS);
  EXPECT_STREQ(name.c_str(), "Add_0");
  ASSERT_EQ(aclprofGetOpType(records.data(), records.size(), 1, type.data(), 64), ACL_SUCCESS);
  EXPECT_STREQ(type.c_str(), "relu");
  EXPECT_EQ(aclprofGetModelId(records.data(), records.size(), 1), model);
  EXPECT_EQ(aclprofGetOpFlag(records.data(), records.size(), 1), ACL_SUBSCRIBE_OP);
  uint64_t begin = aclprofGetOpStart(records.data(), records.size(), 1);
  uint64_t end = aclprofGetOpEnd(records.data(), records.size(), 1);
  EXPECT_EQ(aclprofGetOpEnd(records.data(), records.size(), 0), begin);
  EXPECT_EQ(aclprofGetOpDuration(records.data(), records.size(), 1), end - begin);
  EXPECT_GT(end, begin);
  EXPECT_EQ(aclprofGetOpName(records.data(), records.size(), 2, name.data(), length),
            ACL_ERROR_INVALID_PARAM);
  records[0] = char(~records[0]); // no record any more
  EXPECT_EQ(aclprofGetOpName(records.data(), records.size(), 0, name.data(), length),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclprofGetOpStart(records.data(), records.size(), 0), 0u);

  ASSERT_EQ(aclprofModelUnSubscribe(model), ACL_SUCCESS);
  EXPECT_EQ(aclprofModelUnSubscribe(model), ACL_ERROR_INVALID_MODEL_ID);
  EXPECT_EQ(aclprofDestroySubscribeConfig(reader), ACL_SUCCESS);
  ASSERT_EQ(start(), ACL_SUCCESS);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST_F(Profile, AReaderThatGoesAwayDoesNoHarm) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  aclprofSubscribeConfig *reader = aclprofCreateSubscribeConfig(1, ACL_AICORE_NONE, &ends[1]);
  ASSERT_EQ(aclprofModelSubscribe(model, reader), ACL_SUCCESS);
  ::close(ends[0]);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  ASSERT_EQ(aclprofModelUnSubscribe(model), ACL_SUCCESS);
  ::close(ends[1]);
}

class ProfileSection : public testing::Test {
protected:
  void SetUp() override {
    folder = testing::TempDir() + "/acl_profsection_" + std::to_string(::getpid());
    std::filesystem::create_directories(folder);
  }
  void TearDown() override {
    aclFinalize();
    std::filesystem::remove_all(folder);
  }
  aclError init(const std::string &section) {
    std::ofstream(folder + "/acl.json") << "{\"profiler\": " << section << "}";
    return aclInit((folder + "/acl.json").c_str());
  }
  std::string folder;
};

TEST_F(ProfileSection, RecordsEveryRunUntilTheEnd) {
  ASSERT_EQ(init("{\"switch\": \"on\", \"aicpu\": \"on\", \"aic_metrics\": \"\", \"output\": \"" +
                 folder + "/p\"}"),
            ACL_SUCCESS);
  EXPECT_EQ(aclprofInit("x", 1), ACL_ERROR_PROF_ALREADY_RUN);
  EXPECT_EQ(aclprofStart(nullptr), ACL_ERROR_PROF_ALREADY_RUN);
  EXPECT_EQ(aclFinalize(), ACL_SUCCESS);
  size_t tables = 0;
  for (const auto &entry : fs::recursive_directory_iterator(folder + "/p"))
    tables += entry.path().filename().string().starts_with("op_summary_");
  EXPECT_EQ(tables, 1u);
}

TEST_F(ProfileSection, InvalidValues) {
  auto expect = [&](const std::string &section, const std::string &text) {
    EXPECT_EQ(init(section), ACL_ERROR_INVALID_PROFILING_CONFIG);
    const char *message = aclGetRecentErrMsg();
    ASSERT_NE(message, nullptr);
    EXPECT_NE(std::string(message).find(text), std::string::npos) << message;
  };
  expect("{\"switch\": \"yes\"}", "'switch' of 'profiler' is 'yes'; it must be on or off");
  expect("{\"switch\": \"on\", \"aic_metrics\": \"Everything\"}", "PipeUtilization");
  expect("{\"switch\": \"on\", \"task_time\": \"l7\"}", "'task_time'");
  expect("{\"switch\": \"on\", \"output\": 3}", "a directory");
  expect("{\"switch\": \"on\", \"output\": \"/proc/nowhere\"}", "cannot make the directory");
  expect("[1]", "not an object");
  EXPECT_EQ(init("{\"switch\": \"off\"}"), ACL_SUCCESS);
}

} // namespace
