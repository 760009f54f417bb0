//===- StreamTest.cpp - Order of streams and events -----------------------===//

#include "openatc/Runtime/Event.h"

#include <gtest/gtest.h>

#include <atomic>

using namespace openatc;
using namespace openatc::rt;

namespace {

std::shared_ptr<Device> makeDevice() {
  Expected<std::shared_ptr<Device>> device =
      Device::create(*findSoc("Ascend310P3"), 1, uint64_t(1) << 20);
  return device ? *device : nullptr;
}

Stream::Work takes(double us) {
  return [us](double &timeUs) -> Outcome {
    timeUs += us;
    return {};
  };
}

TEST(Stream, WorkRunsInOrder) {
  Stream stream(makeDevice());
  std::vector<int> order;
  for (int i = 0; i < 200; ++i)
    stream.enqueue([&order, i](double &) -> Outcome {
      order.push_back(i);
      return {};
    });
  ASSERT_TRUE(stream.synchronize().ok());
  ASSERT_EQ(order.size(), 200u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_TRUE(stream.idle());
}

TEST(Stream, FirstFailureIsReportedOnce) {
  Stream stream(makeDevice());
  std::atomic<int> ran = 0;
  for (const char *text : {"one", "two"})
    stream.enqueue([&ran, text](double &) -> Outcome {
      ++ran;
      return {Failure::AiCore, text};
    });
  EXPECT_EQ(stream.synchronize().message, "one");
  EXPECT_EQ(ran, 2); // later work still runs
  EXPECT_TRUE(stream.synchronize().ok());
}

TEST(Stream, DestructionFinishesTheWork) {
  std::atomic<int> ran = 0;
  {
    Stream stream(makeDevice());
    for (int i = 0; i < 50; ++i)
      stream.enqueue([&ran](double &) -> Outcome {
        ++ran;
        return {};
      });
  }
  EXPECT_EQ(ran, 50);
}

TEST(Stream, SynchronizeWithLimit) {
  Stream stream(makeDevice());
  std::mutex gate;
  gate.lock();
  stream.enqueue([&gate](double &) -> Outcome {
    std::lock_guard wait(gate);
    return {};
  });
  Outcome outcome;
  EXPECT_FALSE(stream.synchronizeFor(std::chrono::milliseconds(5), outcome));
  EXPECT_FALSE(stream.idle());
  gate.unlock();
  EXPECT_TRUE(stream.synchronize().ok());
}

TEST(Event, MeasuresSimulatedTime) {
  Stream stream(makeDevice());
  auto start = std::make_shared<Event>(), stop = std::make_shared<Event>();
  EXPECT_EQ(start->state(), Event::State::Fresh);
  Event::record(start, stream);
  stream.enqueue(takes(12.5));
  stream.enqueue(takes(2.5));
  Event::record(stop, stream);
  stop->synchronize();
  EXPECT_EQ(stop->state(), Event::State::Complete);
  EXPECT_DOUBLE_EQ(stop->timeUs() - start->timeUs(), 15.0);
  Event::reset(stop, stream);
  EXPECT_TRUE(stream.synchronize().ok());
  EXPECT_EQ(stop->state(), Event::State::Fresh);
}

TEST(Event, OtherStreamWaits) {
  std::shared_ptr<Device> device = makeDevice();
  Stream producer(device), consumer(device);
  auto event = std::make_shared<Event>();
  std::mutex gate;
  std::atomic<bool> produced = false, seen = false;
  gate.lock();
  producer.enqueue([&](double &timeUs) -> Outcome {
    std::lock_guard wait(gate);
    produced = true;
    timeUs += 100;
    return {};
  });
  Event::record(event, producer);
  Event::makeWait(event, consumer);
  double consumerStart = 0;
  consumer.enqueue([&](double &timeUs) -> Outcome {
    seen = produced.load();
    consumerStart = timeUs;
    return {};
  });
  EXPECT_EQ(event->state(), Event::State::Pending);
  gate.unlock();
  ASSERT_TRUE(consumer.synchronize().ok());
  EXPECT_TRUE(seen);
  EXPECT_DOUBLE_EQ(consumerStart, 100);
}

TEST(Event, WaitForAFreshEventDoesNotBlock) {
  Stream stream(makeDevice());
  auto event = std::make_shared<Event>();
  Event::makeWait(event, stream);
  EXPECT_TRUE(stream.synchronize().ok());
  event->synchronize();
}

TEST(Event, RecordAgainMeansTheLastRecord) {
  Stream stream(makeDevice());
  auto event = std::make_shared<Event>();
  for (int i = 0; i < 3; ++i) {
    stream.enqueue(takes(10));
    Event::record(event, stream);
  }
  ASSERT_TRUE(stream.synchronize().ok());
  EXPECT_DOUBLE_EQ(event->timeUs(), 30);
}

TEST(Clock, WorkQueuedAfterTheHostSawAnEndStartsLater) {
  std::shared_ptr<Device> device = makeDevice();
  Stream first(device), second(device);
  first.enqueue(takes(40));
  ASSERT_TRUE(first.synchronize().ok());
  auto event = std::make_shared<Event>();
  Event::record(event, second);
  event->synchronize();
  EXPECT_DOUBLE_EQ(event->timeUs(), 40);
}

} // namespace
