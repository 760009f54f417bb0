//===- StreamTest.cpp - Contexts, streams and events ----------------------===//

#include "AclTest.h"

#include <thread>

using namespace openatc;

namespace {

using Streams = test::ModelTest;

TEST_F(Streams, EventsMeasureTheSimulatedRun) {
  aclrtStream stream = nullptr;
  aclrtEvent start = nullptr, stop = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateEvent(&start), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateEvent(&stop), ACL_SUCCESS);
  aclrtEventRecordedStatus status;
  ASSERT_EQ(aclrtQueryEventStatus(start, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_EVENT_RECORDED_STATUS_NOT_READY);
  float ms = -1;
  expectFailure(aclrtEventElapsedTime(&ms, start, stop), ACL_ERROR_RT_EVENT_TIMESTAMP_INVALID);
  ASSERT_EQ(aclrtRecordEvent(start, stream), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecuteAsync(model, inputs, outputs, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(stop, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtEventElapsedTime(&ms, start, stop), ACL_SUCCESS);
  EXPECT_GE(ms, 0.002f); // two tasks of at least one launch overhead each
  EXPECT_LT(ms, 1.0f);
  expectFailure(aclrtEventElapsedTime(&ms, stop, start), ACL_ERROR_RT_EVENT_TIMESTAMP_REVERSAL);
  expectResult(deviceOut);
  EXPECT_EQ(aclrtDestroyEvent(start), ACL_SUCCESS);
  expectFailure(aclrtDestroyEvent(start), ACL_ERROR_RT_INVALID_HANDLE);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  expectFailure(aclrtDestroyStream(stream), ACL_ERROR_RT_INVALID_HANDLE);
}

TEST_F(Streams, SynchronousRunsMoveTheClockToo) {
  aclrtEvent start = nullptr, stop = nullptr;
  ASSERT_EQ(aclrtCreateEvent(&start), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateEvent(&stop), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(start, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(stop, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeEvent(stop), ACL_SUCCESS);
  float ms = 0;
  ASSERT_EQ(aclrtEventElapsedTime(&ms, start, stop), ACL_SUCCESS);
  EXPECT_GE(ms, 0.002f);
}

TEST_F(Streams, OneStreamWaitsForAnother) {
  aclrtStream producer = nullptr, consumer = nullptr;
  aclrtEvent ready = nullptr;
  ASSERT_EQ(aclrtCreateStream(&producer), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateStreamWithConfig(&consumer, 0, ACL_STREAM_FAST_LAUNCH), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateEventWithFlag(&ready, ACL_EVENT_SYNC), ACL_SUCCESS);
  std::vector<float> y(test::kElements, -1);
  ASSERT_EQ(aclmdlExecuteAsync(model, inputs, outputs, producer), ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(ready, producer), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(consumer, ready), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpyAsync(y.data(), test::kBytes, deviceOut, test::kBytes,
                             ACL_MEMCPY_DEVICE_TO_HOST, consumer),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStreamWithTimeout(consumer, 60000), ACL_SUCCESS);
  EXPECT_EQ(y[63], 8.0f + 31);
  aclrtStreamStatus status;
  ASSERT_EQ(aclrtStreamQuery(consumer, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_STREAM_STATUS_COMPLETE);
  EXPECT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS);
}

TEST_F(Streams, FailuresAppearAtSynchronisation) {
  // The kernel reads three arguments; a launch with two makes it trap.
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecuteAsync(model, inputs, outputs, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  om::Model bad = test::sampleModel();
  std::get<om::KernelTask>(bad.tasks[0]).args.pop_back();
  std::vector<uint8_t> file = test::sampleFile(bad);
  uint32_t id = 0;
  ASSERT_EQ(aclmdlLoadFromMem(file.data(), file.size(), &id), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecuteAsync(id, inputs, outputs, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_AICORE_EXCEPTION);
  const char *text = aclGetRecentErrMsg();
  ASSERT_NE(text, nullptr);
  EXPECT_NE(std::string(text).find("add_0"), std::string::npos) << text;
  EXPECT_NE(std::string(text).find("Add_0"), std::string::npos) << text;
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  expectFailure(aclmdlExecute(id, inputs, outputs), ACL_ERROR_RT_AICORE_EXCEPTION);
}

TEST_F(Streams, ThreadsNeedAContext) {
  aclrtContext context = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&context), ACL_SUCCESS);
  std::thread([&] {
    aclrtStream stream = nullptr;
    EXPECT_EQ(aclrtCreateStream(&stream), ACL_ERROR_RT_CONTEXT_NULL);
    EXPECT_EQ(aclmdlExecute(model, inputs, outputs), ACL_ERROR_RT_CONTEXT_NULL);
    EXPECT_EQ(aclrtSetCurrentContext(context), ACL_SUCCESS);
    EXPECT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  }).join();
}

TEST_F(Streams, ManyThreadsShareOneModel) {
  aclrtContext context = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&context), ACL_SUCCESS);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      EXPECT_EQ(aclrtSetCurrentContext(context), ACL_SUCCESS);
      for (int i = 0; i < 5; ++i)
        EXPECT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
    });
  for (std::thread &thread : threads)
    thread.join();
  expectResult(deviceOut);
}

TEST_F(Streams, ContextsOwnTheirStreams) {
  aclrtContext first = nullptr, second = nullptr;
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&first), ACL_SUCCESS);
  ASSERT_EQ(aclrtCreateContext(&second, 0), ACL_SUCCESS); // becomes current
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetCurrentContext(first), ACL_SUCCESS);
  expectFailure(aclrtSynchronizeStream(stream), ACL_ERROR_RT_STREAM_CONTEXT);
  ASSERT_EQ(aclrtSetCurrentContext(second), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyContext(second), ACL_SUCCESS);
  expectFailure(aclrtDestroyContext(second), ACL_ERROR_RT_CONTEXT_NULL);
  expectFailure(aclrtSynchronizeStream(nullptr), ACL_ERROR_RT_CONTEXT_NULL);
  ASSERT_EQ(aclrtSetCurrentContext(first), ACL_SUCCESS);
  expectFailure(aclrtSynchronizeStream(stream), ACL_ERROR_RT_INVALID_HANDLE);
}

} // namespace
