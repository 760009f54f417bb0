//===- Channel.cpp - Work of the picture units on a stream ----------------===//

#include "Channel.h"

#include <cstdio>
#include <new>

namespace openatc::dvpp {

namespace {

aclError runWork(void *argument, double *, char *text, size_t textBytes) {
  std::string reason;
  aclError code;
  // Pictures may be large; this is called through a C interface.
  try {
    code = (*static_cast<PictureWork *>(argument))(reason);
  } catch (const std::bad_alloc &) {
    code = ACL_ERROR_BAD_ALLOC;
    reason = "there is no host memory for the picture";
  }
  std::snprintf(text, textBytes, "%s", reason.c_str());
  return code;
}

void releaseWork(void *argument) { delete static_cast<PictureWork *>(argument); }

} // namespace

aclError enqueueWork(const char *function, aclrtStream stream, PictureWork work) {
  return openatcEnqueue(function, stream, runWork, new PictureWork(std::move(work)), releaseWork);
}

aclError requireChannel(const char *function, acldvppChannelDesc *channel) {
  std::shared_ptr<ChannelDesc> found = channel ? registry<ChannelDesc>().find(channel) : nullptr;
  if (!found)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the channel is NULL or does not exist");
  if (!found->open)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the channel is not created; call acldvppCreateChannel first");
  return ACL_SUCCESS;
}

} // namespace openatc::dvpp
