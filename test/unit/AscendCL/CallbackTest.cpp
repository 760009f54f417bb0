//===- CallbackTest.cpp - Callbacks of streams and of failed tasks --------===//

#include "AclTest.h"

#include <atomic>
#include <cstring>
#include <thread>

#include <pthread.h>

using namespace openatc;

namespace {

/// A thread that serves callbacks until the end of the test.
class Server {
public:
  Server()
      : thread([this] {
          while (!stop)
            if (aclrtProcessReport(2) != ACL_SUCCESS)
              std::this_thread::yield();
        }) {}
  ~Server() {
    stop = true;
    thread.join();
  }
  uint64_t id() { return uint64_t(thread.native_handle()); }

private:
  std::atomic<bool> stop = false;
  std::thread thread;
};

class Callbacks : public test::ModelTest {
protected:
  void SetUp() override {
    ModelTest::SetUp();
    ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  }
  aclrtStream stream = nullptr;
};

void setFlag(void *flag) { *static_cast<std::atomic<bool> *>(flag) = true; }

TEST_F(Callbacks, RunInTheSubscribedThreadInOrder) {
  struct Log {
    std::atomic<int> count = 0;
    std::atomic<uint64_t> thread = 0;
    std::array<float, 3> seen{};
    void *device = nullptr;
    aclrtContext context = nullptr;
  } log;
  log.device = deviceOut;
  ASSERT_EQ(aclrtGetCurrentContext(&log.context), ACL_SUCCESS);
  Server server;
  ASSERT_EQ(aclrtSubscribeReport(server.id(), stream), ACL_SUCCESS);
  // Each blocks the stream, so that it sees what the stream did before it and nothing after.
  auto look = [](void *data) {
    Log &log = *static_cast<Log *>(data);
    log.thread = uint64_t(::pthread_self());
    aclrtSetCurrentContext(log.context);
    aclrtMemcpy(&log.seen[size_t(log.count++)], 4, log.device, 4, ACL_MEMCPY_DEVICE_TO_HOST);
  };
  for (int byte : {1, 2, 3}) {
    ASSERT_EQ(aclrtMemsetAsync(deviceOut, 4, byte, 4, stream), ACL_SUCCESS);
    ASSERT_EQ(aclrtLaunchCallback(look, &log, ACL_CALLBACK_BLOCK, stream), ACL_SUCCESS);
  }
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(log.count, 3);
  EXPECT_EQ(log.thread, server.id());
  for (int i = 0; i < 3; ++i) {
    uint32_t bits = uint32_t(i + 1) * 0x01010101u;
    EXPECT_EQ(std::memcmp(&log.seen[size_t(i)], &bits, 4), 0) << i;
  }
  EXPECT_EQ(aclrtUnSubscribeReport(server.id(), stream), ACL_SUCCESS);
}

TEST_F(Callbacks, OnesThatDoNotBlockLetTheStreamGoOn) {
  std::atomic<bool> called = false;
  // Nobody serves this thread while it waits for the stream.
  ASSERT_EQ(aclrtSubscribeReport(uint64_t(::pthread_self()), stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtLaunchCallback(setFlag, &called, ACL_CALLBACK_NO_BLOCK, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(deviceOut, 4, 1, 4, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_FALSE(called);
  EXPECT_EQ(aclrtProcessReport(1000), ACL_SUCCESS);
  EXPECT_TRUE(called);
  expectFailure(aclrtProcessReport(1), ACL_ERROR_RT_REPORT_TIMEOUT);
}

TEST_F(Callbacks, BlockingOnesHoldTheStream) {
  std::atomic<bool> called = false;
  ASSERT_EQ(aclrtSubscribeReport(uint64_t(::pthread_self()), stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtLaunchCallback(setFlag, &called, ACL_CALLBACK_BLOCK, stream), ACL_SUCCESS);
  expectFailure(aclrtSynchronizeStreamWithTimeout(stream, 5), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  expectFailure(aclrtSynchronizeDeviceWithTimeout(5), ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
  EXPECT_EQ(aclrtProcessReport(1000), ACL_SUCCESS);
  EXPECT_TRUE(called);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(Callbacks, DestroyingTheStreamDropsWhatNobodyTakes) {
  std::atomic<bool> called = false;
  ASSERT_EQ(aclrtSubscribeReport(12345, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtLaunchCallback(setFlag, &called, ACL_CALLBACK_BLOCK, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS); // and does not hang
  EXPECT_FALSE(called);
}

TEST_F(Callbacks, Misuse) {
  std::atomic<bool> called = false;
  expectFailure(aclrtLaunchCallback(setFlag, &called, ACL_CALLBACK_BLOCK, stream),
                ACL_ERROR_RT_STREAM_NO_CB_REG);
  expectFailure(aclrtProcessReport(10), ACL_ERROR_RT_THREAD_SUBSCRIBE);
  expectFailure(aclrtUnSubscribeReport(1, stream), ACL_ERROR_RT_THREAD_SUBSCRIBE);
  ASSERT_EQ(aclrtSubscribeReport(1, stream), ACL_SUCCESS);
  expectFailure(aclrtSubscribeReport(2, stream), ACL_ERROR_RT_STREAM_SUBSCRIBE);
  expectFailure(aclrtProcessReport(0), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclrtProcessReport(-2), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclrtLaunchCallback(nullptr, nullptr, ACL_CALLBACK_BLOCK, stream),
                ACL_ERROR_INVALID_PARAM);
  expectFailure(
      aclrtLaunchCallback(setFlag, nullptr, static_cast<aclrtCallbackBlockType>(2), stream),
      ACL_ERROR_INVALID_PARAM);
}

/// What the exception callback found out.
struct Report {
  int calls = 0;
  uint32_t device = 0, stream = 0, task = 0, thread = 0, code = 0;
  std::string op;
  std::vector<int64_t> inputDims, outputDims;
  aclDataType inputType = ACL_DT_UNDEFINED;
  void *inputAddress = nullptr;
  size_t numInputs = 0, numOutputs = 0;
} report;

void onException(aclrtExceptionInfo *info) {
  ++report.calls;
  report.device = aclrtGetDeviceIdFromExceptionInfo(info);
  report.stream = aclrtGetStreamIdFromExceptionInfo(info);
  report.task = aclrtGetTaskIdFromExceptionInfo(info);
  report.thread = aclrtGetThreadIdFromExceptionInfo(info);
  report.code = aclrtGetErrorCodeFromExceptionInfo(info);
  char name[128];
  aclTensorDesc *inputs = nullptr, *outputs = nullptr;
  ASSERT_EQ(aclmdlCreateAndGetOpDesc(report.device, report.stream, report.task, name, sizeof name,
                                     &inputs, &report.numInputs, &outputs, &report.numOutputs),
            ACL_SUCCESS);
  report.op = name;
  if (report.numInputs) {
    aclTensorDesc *first = aclGetTensorDescByIndex(inputs, 0);
    report.inputType = aclGetTensorDescType(first);
    report.inputAddress = aclGetTensorDescAddress(first);
    for (size_t i = 0; i < aclGetTensorDescNumDims(first); ++i)
      report.inputDims.push_back(aclGetTensorDescDim(first, i));
    aclDestroyTensorDesc(inputs);
  }
  ASSERT_EQ(report.numOutputs, 1u);
  aclTensorDesc *first = aclGetTensorDescByIndex(outputs, 0);
  for (size_t i = 0; i < aclGetTensorDescNumDims(first); ++i)
    report.outputDims.push_back(aclGetTensorDescDim(first, i));
  EXPECT_EQ(aclGetTensorDescByIndex(outputs, 1), nullptr);
  aclDestroyTensorDesc(outputs);
}

class Exceptions : public Callbacks {
protected:
  void SetUp() override {
    Callbacks::SetUp();
    report = {};
    ASSERT_EQ(aclrtSetExceptionInfoCallback(onException), ACL_SUCCESS);
    // A kernel that is launched with an argument too few traps.
    om::Model bad = test::sampleModel();
    std::get<om::KernelTask>(bad.tasks[0]).args.pop_back();
    std::vector<uint8_t> file = test::sampleFile(bad);
    ASSERT_EQ(aclmdlLoadFromMem(file.data(), file.size(), &trapping), ACL_SUCCESS);
  }
  uint32_t trapping = 0;
};

TEST_F(Exceptions, CallbackLearnsWhatFailedOnAStream) {
  int32_t streamId = -1;
  uint32_t lastTask = 0;
  ASSERT_EQ(aclrtStreamGetId(stream, &streamId), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecuteAsync(trapping, inputs, outputs, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtGetThreadLastTaskId(&lastTask), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_AICORE_EXCEPTION);
  EXPECT_EQ(report.calls, 1);
  EXPECT_EQ(report.device, 0u);
  EXPECT_EQ(report.stream, uint32_t(streamId));
  EXPECT_EQ(report.task, lastTask - 1); // the first of the model's two tasks
  EXPECT_EQ(report.code, uint32_t(ACL_ERROR_RT_AICORE_EXCEPTION));
  EXPECT_EQ(report.op, "Add_0");
  EXPECT_EQ(report.numInputs, 1u); // x; the type of the weights is not known
  EXPECT_EQ(report.inputType, ACL_FLOAT);
  EXPECT_EQ(report.inputDims, (std::vector<int64_t>{test::kRows, test::kColumns}));
  EXPECT_EQ(report.outputDims, (std::vector<int64_t>{test::kRows, test::kColumns}));
  EXPECT_EQ(report.inputAddress, deviceIn);
}

TEST_F(Exceptions, CallbackOfARunAtOnce) {
  EXPECT_EQ(aclmdlExecute(trapping, inputs, outputs), ACL_ERROR_RT_AICORE_EXCEPTION);
  EXPECT_EQ(report.calls, 1);
  ASSERT_EQ(aclrtSetExceptionInfoCallback(nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclmdlExecute(trapping, inputs, outputs), ACL_ERROR_RT_AICORE_EXCEPTION);
  EXPECT_EQ(report.calls, 1);
}

TEST_F(Exceptions, AccessorsOfNothing) {
  EXPECT_EQ(aclrtGetTaskIdFromExceptionInfo(nullptr), 0xFFFFFFFFu);
  EXPECT_EQ(aclrtGetStreamIdFromExceptionInfo(nullptr), 0xFFFFFFFFu);
  EXPECT_EQ(aclrtGetThreadIdFromExceptionInfo(nullptr), 0xFFFFFFFFu);
  EXPECT_EQ(aclrtGetDeviceIdFromExceptionInfo(nullptr), 0xFFFFFFFFu);
  EXPECT_EQ(aclrtGetErrorCodeFromExceptionInfo(nullptr), 0xFFFFFFFFu);
  char name[8];
  aclTensorDesc *in = nullptr, *out = nullptr;
  size_t numIn = 0, numOut = 0;
  expectFailure(aclmdlCreateAndGetOpDesc(0, 99, 1, name, sizeof name, &in, &numIn, &out, &numOut),
                ACL_ERROR_INVALID_PARAM);
}

TEST_F(Exceptions, AStreamThatStopsDropsLaterTasks) {
  aclrtEvent event = nullptr;
  ASSERT_EQ(aclrtCreateEvent(&event), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetStreamFailureMode(stream, ACL_STOP_ON_FAILURE), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemset(deviceOut, 4, 1, 4), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecuteAsync(trapping, inputs, outputs, stream), ACL_SUCCESS);
  // Queued before the failure is known, or refused after it.
  aclError queued = aclrtMemsetAsync(deviceOut, 4, 9, 4, stream);
  EXPECT_TRUE(queued == ACL_SUCCESS || queued == ACL_ERROR_RT_AICORE_EXCEPTION) << queued;
  ASSERT_EQ(aclrtRecordEvent(event, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeEvent(event), ACL_SUCCESS); // others do not wait for ever
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_AICORE_EXCEPTION);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_AICORE_EXCEPTION);
  expectFailure(aclmdlExecuteAsync(model, inputs, outputs, stream), ACL_ERROR_RT_AICORE_EXCEPTION);
  uint8_t byte = 0;
  ASSERT_EQ(aclrtMemcpy(&byte, 1, deviceOut, 1, ACL_MEMCPY_DEVICE_TO_HOST), ACL_SUCCESS);
  EXPECT_EQ(byte, 1);
  expectFailure(aclrtSetStreamFailureMode(stream, 2), ACL_ERROR_INVALID_PARAM);
}

} // namespace
