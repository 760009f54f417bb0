//===- ProfilingMarks.cpp - Marks of the application on the time line -----===//

#include "Error.h"
#include "Profiler.h"
#include "State.h"

#include <algorithm>
#include <cstring>
#include <optional>

using namespace openatc;
using namespace openatc::acl;

namespace {

struct Stamp {
  std::mutex mutex;
  std::string message;
  std::string text() {
    std::lock_guard guard(mutex);
    return message.empty() ? "stamp" : message;
  }
};

/// A range that has begun.
struct Range {
  std::string name;
  double startUs = 0;
  uint32_t device = 0;
};

struct StepInfo {
  std::mutex mutex;
  std::optional<Range> begun;
};

struct Marks {
  Registry<Stamp> stamps;
  Registry<StepInfo> steps;
  std::mutex mutex;
  std::map<uint32_t, Range> ranges;
  uint32_t nextRange = 1, nextStep = 0;
};

Marks &marks() {
  static auto *instance = new Marks;
  return *instance;
}

/// Ranges that this thread has pushed.
std::vector<Range> &pushed() {
  thread_local std::vector<Range> ranges;
  return ranges;
}

/// A range that begins now, on the device of the thread's context.
bool beginRange(std::string name, Range &range) {
  std::shared_ptr<Context> context = state().currentContext();
  if (!context || !profiler().collects())
    return false;
  range = {std::move(name), context->device->hostTimeUs(), uint32_t(context->deviceId)};
  return true;
}

bool endRange(const Range &range) {
  std::shared_ptr<Context> context = state().currentContext();
  double now = context ? context->device->hostTimeUs() : range.startUs;
  return profiler().mark(range.name, range.startUs, std::max(now, range.startUs), range.device);
}

constexpr const char *kNotRunning =
    "no profile runs in a context of this thread; call aclprofStart first";
constexpr const char *kNoStamp = "the stamp is NULL or does not exist";

} // namespace

void *aclprofCreateStamp(void) try {
  if (!profiler().collects()) {
    fail(ACL_ERROR_PROF_NOT_RUN, __func__, kNotRunning);
    return nullptr;
  }
  return marks().stamps.add(std::make_shared<Stamp>());
}
ACL_CATCH_AS(nullptr)

void aclprofDestroyStamp(void *stamp) try { marks().stamps.remove(stamp); }
ACL_CATCH_AS()

aclError aclprofSetStampTraceMessage(void *stamp, const char *msg, uint32_t msgLen) try {
  std::shared_ptr<Stamp> object = marks().stamps.find(stamp);
  ACL_REQUIRE(object, ACL_ERROR_INVALID_PARAM, kNoStamp);
  ACL_REQUIRE_POINTER(msg);
  std::lock_guard guard(object->mutex);
  object->message.assign(msg, strnlen(msg, msgLen));
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofMark(void *stamp) try {
  std::shared_ptr<Stamp> object = marks().stamps.find(stamp);
  ACL_REQUIRE(object, ACL_ERROR_INVALID_PARAM, kNoStamp);
  Range range;
  ACL_REQUIRE(beginRange(object->text(), range) && endRange(range), ACL_ERROR_PROF_NOT_RUN,
              kNotRunning);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofMarkEx(const char *msg, size_t msgLen, aclrtStream stream) try {
  ACL_REQUIRE_POINTER(msg);
  ACL_REQUIRE(msgLen && msgLen <= 127, ACL_ERROR_INVALID_PARAM,
              "the message has " + std::to_string(msgLen) + " bytes, allowed are 1 to 127");
  Range range;
  ACL_REQUIRE(beginRange(std::string(msg, strnlen(msg, msgLen)), range), ACL_ERROR_PROF_NOT_RUN,
              kNotRunning);
  std::string why;
  aclError code = ACL_SUCCESS;
  std::shared_ptr<rt::Stream> queue = state().stream(stream, code, why);
  ACL_REQUIRE(queue, code, why);
  queue->enqueue([range](double &timeUs) -> rt::Outcome {
    profiler().mark(range.name, timeUs, timeUs, range.device);
    return {};
  });
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofPush(void *stamp) try {
  std::shared_ptr<Stamp> object = marks().stamps.find(stamp);
  ACL_REQUIRE(object, ACL_ERROR_INVALID_PARAM, kNoStamp);
  Range range;
  ACL_REQUIRE(beginRange(object->text(), range), ACL_ERROR_PROF_NOT_RUN, kNotRunning);
  pushed().push_back(std::move(range));
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofPop(void) try {
  ACL_REQUIRE(!pushed().empty(), ACL_ERROR_INVALID_PARAM,
              "this thread has pushed no range; call aclprofPush first");
  Range range = std::move(pushed().back());
  pushed().pop_back();
  ACL_REQUIRE(endRange(range), ACL_ERROR_PROF_NOT_RUN, kNotRunning);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofRangeStart(void *stamp, uint32_t *rangeId) try {
  ACL_REQUIRE_POINTER(rangeId);
  std::shared_ptr<Stamp> object = marks().stamps.find(stamp);
  ACL_REQUIRE(object, ACL_ERROR_INVALID_PARAM, kNoStamp);
  Range range;
  ACL_REQUIRE(beginRange(object->text(), range), ACL_ERROR_PROF_NOT_RUN, kNotRunning);
  std::lock_guard guard(marks().mutex);
  *rangeId = marks().nextRange++;
  marks().ranges.emplace(*rangeId, std::move(range));
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofRangeStop(uint32_t rangeId) try {
  std::optional<Range> range;
  {
    std::lock_guard guard(marks().mutex);
    if (auto at = marks().ranges.find(rangeId); at != marks().ranges.end()) {
      range = std::move(at->second);
      marks().ranges.erase(at);
    }
  }
  ACL_REQUIRE(range, ACL_ERROR_INVALID_PARAM,
              "there is no range " + std::to_string(rangeId) + "; it was stopped or never begun");
  ACL_REQUIRE(endRange(*range), ACL_ERROR_PROF_NOT_RUN, kNotRunning);
  return ACL_SUCCESS;
}
ACL_CATCH

aclprofStepInfo *aclprofCreateStepInfo(void) try {
  return marks().steps.add<aclprofStepInfo>(std::make_shared<StepInfo>());
}
ACL_CATCH_AS(nullptr)

void aclprofDestroyStepInfo(aclprofStepInfo *stepinfo) try { marks().steps.remove(stepinfo); }
ACL_CATCH_AS()

aclError aclprofGetStepTimestamp(aclprofStepInfo *stepInfo, aclprofStepTag tag, aclrtStream) try {
  std::shared_ptr<StepInfo> step = marks().steps.find(stepInfo);
  ACL_REQUIRE(step, ACL_ERROR_INVALID_PARAM, "the step is NULL or does not exist");
  ACL_REQUIRE(tag == ACL_STEP_START || tag == ACL_STEP_END, ACL_ERROR_INVALID_PARAM,
              "there is no tag " + std::to_string(int(tag)));
  std::lock_guard guard(step->mutex);
  if (tag == ACL_STEP_START) {
    std::string name = "step ";
    {
      std::lock_guard marksGuard(marks().mutex);
      name += std::to_string(marks().nextStep++);
    }
    Range range;
    // Without a profile there is nothing to time, which is no error of a training loop.
    step->begun = beginRange(std::move(name), range) ? std::optional(range) : std::nullopt;
    return ACL_SUCCESS;
  }
  if (step->begun)
    endRange(*step->begun);
  step->begun.reset();
  return ACL_SUCCESS;
}
ACL_CATCH
