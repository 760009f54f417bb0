//===- World.h - What random AscendCL programs share ----------------------===//
#ifndef OPENATC_TEST_STRESS_WORLD_H
#define OPENATC_TEST_STRESS_WORLD_H

#include "acl/acl.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace openatc::stress {

/// Handles of one kind that any thread may use. Destroyed ones stay in the pool, so that
/// calls see stale handles, too.
class Pool {
public:
  void add(void *handle) {
    std::lock_guard guard(mutex);
    handles.push_back(handle);
  }
  /// Any of them; null when there is none.
  void *pick(std::mt19937 &random) {
    std::lock_guard guard(mutex);
    return handles.empty() ? nullptr : handles[random() % handles.size()];
  }
  void clear() {
    std::lock_guard guard(mutex);
    handles.clear();
  }

private:
  std::mutex mutex;
  std::vector<void *> handles;
};

enum Kind : uint8_t {
  Contexts,
  Streams,
  Events,
  Memory, ///< device pointers
  Buffers,
  Datasets,
  ModelDescs,
  TensorDescs,
  ModelConfigs,
  ExecConfigs,
  StreamConfigs,
  Groups,
  KindCount
};

/// One sequence: the process between aclInit and aclFinalize.
struct World {
  std::array<Pool, KindCount> pools;
  std::mutex modelMutex;
  std::vector<uint32_t> models;
  /// Streams may be subscribed to threads that run no callbacks, so nothing may wait
  /// without a limit.
  bool foreignSubscriptions = false;
  uint64_t callbackThread = 0;
  std::atomic<uint64_t> calls = 0, errors = 0;
};

/// A thread that makes random calls.
struct Caller {
  Caller(World &world, uint64_t seed) : world(world), random(uint32_t(seed ^ seed >> 32)) {}

  World &world;
  std::mt19937 random;
  std::vector<uint8_t> scratch = std::vector<uint8_t>(4096); ///< destination of this thread

  uint32_t below(uint32_t limit) { return random() % limit; }
  bool chance(uint32_t percent) { return below(100) < percent; }
  /// A handle that is mostly right: from its pool, else null, of another kind or invented.
  template <typename T = void> T *handle(Kind kind) {
    void *out = nullptr;
    uint32_t choice = below(20);
    if (choice < 16)
      out = world.pools[kind].pick(random);
    else if (choice < 18)
      out = world.pools[below(KindCount)].pick(random);
    else if (choice < 19)
      out = reinterpret_cast<void *>(uintptr_t(below(65536)));
    return static_cast<T *>(out);
  }
  template <typename T> void keep(Kind kind, T *made) {
    if (made)
      world.pools[kind].add(const_cast<std::remove_const_t<T> *>(made));
  }
  uint32_t model();
  size_t size();
  int32_t device() { return chance(90) ? int32_t(below(2)) : int32_t(below(5)) - 1; }
  int32_t timeout() { return int32_t(below(4)); }
};

/// Counts the call and checks that an error has its code and its text recorded. Ends the
/// program with a message when it has not.
void check(Caller &caller, const char *function, aclError code);

using Call = void (*)(Caller &);

/// The calls that sequences are made of.
const std::vector<Call> &runtimeCalls();
const std::vector<Call> &memoryCalls();
const std::vector<Call> &modelCalls();
const std::vector<Call> &descriptionCalls();

/// Bytes of a good model and of one whose kernel traps.
const std::vector<uint8_t> &goodModel();
const std::vector<uint8_t> &trappingModel();

/// Bytes that nobody writes to.
inline const std::array<uint8_t, 8192> kSource{};

/// Runs one random program on `threads` threads; `seed` decides everything but timing.
void runSequence(uint64_t seed, unsigned threads, unsigned length, uint64_t &calls,
                 uint64_t &errors);

} // namespace openatc::stress

/// A call whose result is checked.
#define STRESS_CHECK(caller, function, ...) check(caller, #function, function(__VA_ARGS__))

#endif // OPENATC_TEST_STRESS_WORLD_H
