//===- Callbacks.h - Host functions queued on streams ---------------------===//
#ifndef OPENATC_LIB_ASCENDCL_CALLBACKS_H
#define OPENATC_LIB_ASCENDCL_CALLBACKS_H

#include "State.h"

namespace openatc::acl {

/// Ends the subscription of a stream that is about to be destroyed. Callbacks that its
/// thread is working through still run; what no thread takes within a moment is dropped, so
/// that the stream's queue can end.
void closeSubscription(const StreamObject &stream);

/// Ends all subscriptions and wakes all threads that wait for callbacks.
void closeAllSubscriptions();

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_CALLBACKS_H
