//===- World.cpp - What random AscendCL programs share --------------------===//

#include "World.h"

#include "SampleModel.h"
#include "openatc/OfflineModel/Writer.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace openatc::stress {

uint32_t Caller::model() {
  std::lock_guard guard(world.modelMutex);
  return world.models.empty() || chance(5) ? random() % 1000
                                           : world.models[below(uint32_t(world.models.size()))];
}

size_t Caller::size() {
  switch (below(12)) {
  case 0:
    return 0;
  case 1:
    return SIZE_MAX - below(64);
  case 2:
    return size_t(1) << (20 + below(20));
  default:
    return below(2048);
  }
}

void check(Caller &caller, const char *function, aclError code) {
  ++caller.world.calls;
  if (code == ACL_SUCCESS)
    return;
  ++caller.world.errors;
  aclError last = aclrtGetLastError(ACL_RT_THREAD_LEVEL);
  const char *text = aclGetRecentErrMsg();
  if (last == code && text && std::strstr(text, std::to_string(code).c_str()) &&
      std::strstr(text, "[PID: ") == text)
    return;
  std::fprintf(stderr, "error: %s returned %d, but the thread's error is %d with the text: %s\n",
               function, code, last, text ? text : "(none)");
  std::abort();
}

const std::vector<uint8_t> &goodModel() {
  static const std::vector<uint8_t> bytes = *om::writeBytes(test::sampleModel());
  return bytes;
}

const std::vector<uint8_t> &trappingModel() {
  static const std::vector<uint8_t> bytes = [] {
    om::Model model = test::sampleModel();
    std::get<om::KernelTask>(model.tasks[0]).args.pop_back();
    return *om::writeBytes(model);
  }();
  return bytes;
}

} // namespace openatc::stress
