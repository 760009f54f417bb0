//===- ProfileSubscription.cpp - Records of operators for a pipe ----------===//

#include "ProfileSubscription.h"

#include "Error.h"
#include "Profiler.h"
#include "State.h"

#include <cmath>
#include <cstring>
#include <functional>

#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

using namespace openatc;
using namespace openatc::acl;

namespace openatc::acl {

namespace {

/// How long the end of a subscription waits for a reader that takes nothing.
constexpr int kPatienceMs = 500;

void copyText(char *to, size_t size, const std::string &from) { to[from.copy(to, size - 1)] = 0; }

std::string joined(const std::vector<std::string> &nodes) {
  std::string out;
  for (const std::string &node : nodes)
    out += (out.empty() ? "" : "+") + node;
  return out;
}

} // namespace

// The pipe is duplicated, so that its number cannot come to mean another file meanwhile.
ProfileSubscription::ProfileSubscription(int fd)
    : pipe(::fcntl(fd, F_DUPFD_CLOEXEC, 0)), worker([this] { loop(); }) {}

ProfileSubscription::~ProfileSubscription() {
  {
    std::lock_guard guard(mutex);
    stopping = true;
  }
  changed.notify_all();
  worker.join();
  if (pipe >= 0)
    ::close(pipe);
}

void ProfileSubscription::add(const RunPlace &place, const rt::RunStats &stats, double startUs) {
  std::vector<OpRecord> records;
  for (const rt::TaskStats &task : stats.tasks) {
    OpRecord record;
    record.model = place.model;
    record.thread = uint32_t(::gettid());
    record.startNs = uint64_t(std::llround(startUs * 1000));
    startUs += task.us;
    record.endNs = uint64_t(std::llround(startUs * 1000));
    copyText(record.type, sizeof record.type, operatorType(task.types, task.name));
    copyText(record.name, sizeof record.name, task.nodes.empty() ? task.name : joined(task.nodes));
    records.push_back(record);
  }
  const auto *bytes = reinterpret_cast<const uint8_t *>(records.data());
  {
    std::lock_guard guard(mutex);
    queued.insert(queued.end(), bytes, bytes + records.size() * sizeof(OpRecord));
  }
  changed.notify_all();
}

void ProfileSubscription::loop() {
  // A reader that goes away must not end the process.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::unique_lock lock(mutex);
  while (true) {
    changed.wait(lock, [&] { return stopping || !queued.empty(); });
    if (queued.empty())
      return;
    std::vector<uint8_t> bytes = std::exchange(queued, {});
    bool atEnd = stopping;
    lock.unlock();
    for (size_t at = 0; at < bytes.size();) {
      pollfd ready{pipe, POLLOUT, 0};
      int events = ::poll(&ready, 1, atEnd ? kPatienceMs : kPatienceMs / 5);
      if (events < 0 || (events > 0 && (ready.revents & (POLLERR | POLLNVAL | POLLHUP))))
        break;
      if (events == 0) {
        std::lock_guard guard(mutex);
        if (std::exchange(atEnd, stopping))
          break;
        continue;
      }
      // Up to PIPE_BUF bytes are written at once, so a record is never torn.
      ssize_t written =
          ::write(pipe, bytes.data() + at, std::min(bytes.size() - at, sizeof(OpRecord)));
      if (written < 0)
        break;
      at += size_t(written);
    }
    lock.lock();
  }
}

namespace {

/// Content of an aclprofSubscribeConfig.
struct SubscribeConfig {
  int pipe = -1;
};
Registry<SubscribeConfig> &subscribeConfigs() {
  static auto *instance = new Registry<SubscribeConfig>;
  return *instance;
}

/// Record `index` of what an application read from its pipe; false when there is none.
bool readRecord(const void *info, size_t bytes, uint32_t index, OpRecord &out) {
  if (!info || index >= bytes / sizeof(OpRecord))
    return false;
  std::memcpy(&out, static_cast<const uint8_t *>(info) + index * sizeof(OpRecord), sizeof out);
  out.type[sizeof out.type - 1] = out.name[sizeof out.name - 1] = 0;
  return out.signature == OpRecord::kSignature;
}

aclError recordError(const char *function, size_t bytes, uint32_t index) {
  return fail(ACL_ERROR_INVALID_PARAM, function,
              "the memory holds no record " + std::to_string(index) + " of an operator (it has " +
                  std::to_string(bytes) + " bytes, a record has " +
                  std::to_string(sizeof(OpRecord)) + ")");
}

aclError giveText(const char *text, char *to, size_t size) {
  size_t length = std::min(std::strlen(text), size - 1);
  std::memcpy(to, text, length);
  to[length] = 0;
  return ACL_SUCCESS;
}

} // namespace
} // namespace openatc::acl

aclprofSubscribeConfig *aclprofCreateSubscribeConfig(int8_t timeInfoSwitch,
                                                     aclprofAicoreMetrics aicoreMetrics,
                                                     void *fd) try {
  auto refuse = [](const char *why) -> aclprofSubscribeConfig * {
    fail(ACL_ERROR_INVALID_PARAM, "aclprofCreateSubscribeConfig", why);
    return nullptr;
  };
  if (timeInfoSwitch != 0 && timeInfoSwitch != 1)
    return refuse("the argument 'timeInfoSwitch' must be 0 or 1");
  if (timeInfoSwitch == 0 && aicoreMetrics == ACL_AICORE_NONE)
    return refuse("neither times nor metrics are asked for");
  if (!fd)
    return refuse("the argument 'fd' is NULL");
  auto config = std::make_shared<SubscribeConfig>();
  std::memcpy(&config->pipe, fd, sizeof config->pipe);
  if (::fcntl(config->pipe, F_GETFL) < 0)
    return refuse("the argument 'fd' does not point to an open file");
  return subscribeConfigs().add<aclprofSubscribeConfig>(std::move(config));
}
ACL_CATCH_AS(nullptr)

aclError aclprofDestroySubscribeConfig(const aclprofSubscribeConfig *profSubscribeConfig) try {
  ACL_REQUIRE(subscribeConfigs().remove(profSubscribeConfig), ACL_ERROR_INVALID_PARAM,
              "the configuration is NULL or does not exist");
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofModelSubscribe(uint32_t modelId,
                               const aclprofSubscribeConfig *profSubscribeConfig) try {
  ACL_REQUIRE_INIT();
  std::shared_ptr<SubscribeConfig> config = subscribeConfigs().find(profSubscribeConfig);
  ACL_REQUIRE(config, ACL_ERROR_INVALID_PARAM, "the configuration is NULL or does not exist");
  std::string why;
  aclError code = profiler().subscribe(modelId, config->pipe, why);
  ACL_REQUIRE(code == ACL_SUCCESS, code, why);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofModelUnSubscribe(uint32_t modelId) try {
  ACL_REQUIRE_INIT();
  std::string why;
  aclError code = profiler().unsubscribe(modelId, why);
  ACL_REQUIRE(code == ACL_SUCCESS, code, why);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofGetOpDescSize(size_t *opDescSize) try {
  ACL_REQUIRE_POINTER(opDescSize);
  *opDescSize = sizeof(OpRecord);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofGetOpNum(const void *opInfo, size_t opInfoLen, uint32_t *opNumber) try {
  ACL_REQUIRE_POINTER(opInfo);
  ACL_REQUIRE_POINTER(opNumber);
  ACL_REQUIRE(opInfoLen && opInfoLen % sizeof(OpRecord) == 0, ACL_ERROR_INVALID_PARAM,
              std::to_string(opInfoLen) + " bytes are no whole number of records of " +
                  std::to_string(sizeof(OpRecord)) + " bytes");
  *opNumber = uint32_t(opInfoLen / sizeof(OpRecord));
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofGetOpTypeLen(const void *opInfo, size_t opInfoLen, uint32_t index,
                             size_t *opTypeLen) try {
  ACL_REQUIRE_POINTER(opTypeLen);
  OpRecord record;
  if (!readRecord(opInfo, opInfoLen, index, record))
    return recordError(__func__, opInfoLen, index);
  *opTypeLen = std::strlen(record.type) + 1;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofGetOpType(const void *opInfo, size_t opInfoLen, uint32_t index, char *opType,
                          size_t opTypeLen) try {
  ACL_REQUIRE_POINTER(opType);
  ACL_REQUIRE(opTypeLen, ACL_ERROR_INVALID_PARAM, "the argument 'opTypeLen' is 0");
  OpRecord record;
  if (!readRecord(opInfo, opInfoLen, index, record))
    return recordError(__func__, opInfoLen, index);
  return giveText(record.type, opType, opTypeLen);
}
ACL_CATCH

aclError aclprofGetOpNameLen(const void *opInfo, size_t opInfoLen, uint32_t index,
                             size_t *opNameLen) try {
  ACL_REQUIRE_POINTER(opNameLen);
  OpRecord record;
  if (!readRecord(opInfo, opInfoLen, index, record))
    return recordError(__func__, opInfoLen, index);
  *opNameLen = std::strlen(record.name) + 1;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclprofGetOpName(const void *opInfo, size_t opInfoLen, uint32_t index, char *opName,
                          size_t opNameLen) try {
  ACL_REQUIRE_POINTER(opName);
  ACL_REQUIRE(opNameLen, ACL_ERROR_INVALID_PARAM, "the argument 'opNameLen' is 0");
  OpRecord record;
  if (!readRecord(opInfo, opInfoLen, index, record))
    return recordError(__func__, opInfoLen, index);
  return giveText(record.name, opName, opNameLen);
}
ACL_CATCH

uint64_t aclprofGetOpStart(const void *opInfo, size_t opInfoLen, uint32_t index) try {
  OpRecord record;
  return readRecord(opInfo, opInfoLen, index, record) ? record.startNs : 0;
}
ACL_CATCH_AS(0)

uint64_t aclprofGetOpEnd(const void *opInfo, size_t opInfoLen, uint32_t index) try {
  OpRecord record;
  return readRecord(opInfo, opInfoLen, index, record) ? record.endNs : 0;
}
ACL_CATCH_AS(0)

uint64_t aclprofGetOpDuration(const void *opInfo, size_t opInfoLen, uint32_t index) try {
  OpRecord record;
  return readRecord(opInfo, opInfoLen, index, record) ? record.endNs - record.startNs : 0;
}
ACL_CATCH_AS(0)

size_t aclprofGetModelId(const void *opInfo, size_t opInfoLen, uint32_t index) try {
  OpRecord record;
  return readRecord(opInfo, opInfoLen, index, record) ? record.model : 0;
}
ACL_CATCH_AS(0)

aclprofSubscribeOpFlag aclprofGetOpFlag(const void *opInfo, size_t opInfoLen, uint32_t index) try {
  OpRecord record;
  return readRecord(opInfo, opInfoLen, index, record) ? ACL_SUBSCRIBE_OP : ACL_SUBSCRIBE_NONE;
}
ACL_CATCH_AS(ACL_SUBSCRIBE_NONE)

const char *aclprofGetOpAttriValue(const void *, size_t, uint32_t, aclprofSubscribeOpAttri) try {
  return nullptr;
}
ACL_CATCH_AS(nullptr)
