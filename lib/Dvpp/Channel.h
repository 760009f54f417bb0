//===- Channel.h - Work of the picture units on a stream ------------------===//
#ifndef OPENATC_LIB_DVPP_CHANNEL_H
#define OPENATC_LIB_DVPP_CHANNEL_H

#include "Objects.h"

#include <functional>

namespace openatc::dvpp {

/// What a call does when its turn comes on the stream; returns a code and, on failure, a sentence.
/// It takes no simulated time: nothing is published about the units' speed that could be modelled.
using PictureWork = std::function<aclError(std::string &text)>;

/// Queues work; it keeps what it captured until it is done or dropped.
aclError enqueueWork(const char *function, aclrtStream stream, PictureWork work);

/// Checks that a handle is a channel that acldvppCreateChannel opened.
aclError requireChannel(const char *function, acldvppChannelDesc *channel);

} // namespace openatc::dvpp

#endif // OPENATC_LIB_DVPP_CHANNEL_H
