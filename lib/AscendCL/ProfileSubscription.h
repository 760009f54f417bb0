//===- ProfileSubscription.h - Records of operators for a pipe ------------===//
#ifndef OPENATC_LIB_ASCENDCL_PROFILESUBSCRIPTION_H
#define OPENATC_LIB_ASCENDCL_PROFILESUBSCRIPTION_H

#include "Dump.h"

#include <condition_variable>
#include <thread>

namespace openatc::acl {

/// What an application reads from the pipe: one of these for each operator, as plain memory.
struct OpRecord {
  uint64_t signature = kSignature;
  uint32_t model = 0, thread = 0;
  uint64_t startNs = 0, endNs = 0;
  char type[64] = {}, name[416] = {};

  static constexpr uint64_t kSignature = 0x4F70656E41544321; // tells other memory apart
};
static_assert(sizeof(OpRecord) == 512);

/// Writes records to a pipe from a thread of its own, so that a run never waits for its reader.
class ProfileSubscription {
public:
  /// `pipe` stays the application's.
  explicit ProfileSubscription(int pipe);
  /// Delivers what is queued, as long as the reader takes it.
  ~ProfileSubscription();

  /// Queues the tasks of a run that began at `startUs`.
  void add(const RunPlace &place, const rt::RunStats &stats, double startUs);

private:
  void loop();

  int pipe;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<uint8_t> queued;
  bool stopping = false;
  std::thread worker;
};

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_PROFILESUBSCRIPTION_H
