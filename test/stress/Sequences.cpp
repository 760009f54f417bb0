//===- Sequences.cpp - Random sequences of AscendCL calls -----------------===//
//
// openatc_acl_fuzz [--sequences N] [--seed S] [--threads T] [--length L]
// Runs N programs of random calls on up to T threads, with valid, stale, foreign and
// invented handles. Every error must have its code and text; sanitizers see the rest.
// Sequence i depends on S and i alone, so that one that fails runs again by
// --seed <its seed> --sequences 1.
//
//===----------------------------------------------------------------------===//

#include "World.h"

#include <pthread.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace openatc::stress {

namespace {

/// Serves callbacks until `stop`; its errors are timeouts.
void serveCallbacks(const std::atomic<bool> &stop) {
  while (!stop) {
    if (aclrtProcessReport(2) != ACL_SUCCESS)
      std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

void makeCalls(World &world, uint64_t seed, unsigned length) {
  Caller caller(world, seed);
  if (caller.chance(90))
    STRESS_CHECK(caller, aclrtSetDevice, caller.device());
  const std::vector<Call> *sets[] = {&runtimeCalls(), &memoryCalls(), &modelCalls(),
                                     &descriptionCalls()};
  constexpr uint32_t kWeights[] = {0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 3};
  for (unsigned i = 0; i < length; ++i) {
    const std::vector<Call> &set = *sets[kWeights[caller.below(std::size(kWeights))]];
    set[caller.below(uint32_t(set.size()))](caller);
  }
}

} // namespace

void runSequence(uint64_t seed, unsigned threads, unsigned length, uint64_t &calls,
                 uint64_t &errors) {
  World world;
  std::mt19937_64 random(seed);
  world.foreignSubscriptions = random() % 4 == 0;
  threads = 1 + unsigned(random() % threads);
  if (random() % 20) // sometimes nobody starts the library
    (void)aclInit(nullptr);
  std::atomic<bool> stop = false;
  std::thread server([&] { serveCallbacks(stop); });
  world.callbackThread = uint64_t(server.native_handle());
  std::vector<std::thread> callers;
  for (unsigned t = 0; t < threads; ++t)
    callers.emplace_back(makeCalls, std::ref(world), random(), length);
  for (std::thread &caller : callers)
    caller.join();
  (void)aclFinalize();
  stop = true;
  server.join();
  calls += world.calls;
  errors += world.errors;
}

} // namespace openatc::stress

int main(int argc, char **argv) {
  uint64_t sequences = 300, seed = 1;
  unsigned threads = 3, length = 60;
  for (int i = 1; i + 1 < argc; i += 2) {
    uint64_t value = std::strtoull(argv[i + 1], nullptr, 10);
    if (!std::strcmp(argv[i], "--sequences"))
      sequences = value;
    else if (!std::strcmp(argv[i], "--seed"))
      seed = value;
    else if (!std::strcmp(argv[i], "--threads") && value)
      threads = unsigned(value);
    else if (!std::strcmp(argv[i], "--length"))
      length = unsigned(value);
    else
      return std::fprintf(stderr, "error: unknown option %s\n", argv[i]), 2;
  }
  uint64_t calls = 0, errors = 0;
  for (uint64_t i = 0; i < sequences; ++i) {
    if (std::getenv("OPENATC_STRESS_VERBOSE"))
      std::fprintf(stderr, "seed %llu\n", (unsigned long long)(seed + i));
    openatc::stress::runSequence(seed + i, threads, length, calls, errors);
  }
  std::printf("%llu sequences, %llu calls, %llu of them errors\n", (unsigned long long)sequences,
              (unsigned long long)calls, (unsigned long long)errors);
  return errors && errors < calls ? 0 : 1; // a run without errors tests nothing
}
