//===- Copy.cpp - Copies and fills, at once and queued --------------------===//

#include "Error.h"
#include "MemoryRange.h"
#include "Tasks.h"

#include <future>

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Sides of source and destination by copy kind; false for an unknown kind.
bool sidesOf(aclrtMemcpyKind kind, const void *dst, const void *src, Side &to, Side &from) {
  switch (kind) {
  case ACL_MEMCPY_HOST_TO_HOST:
    to = from = Side::Host;
    return true;
  case ACL_MEMCPY_HOST_TO_DEVICE:
  case ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE:
    to = Side::Device;
    from = Side::Host;
    return true;
  case ACL_MEMCPY_DEVICE_TO_HOST:
    to = Side::Host;
    from = Side::Device;
    return true;
  case ACL_MEMCPY_DEVICE_TO_DEVICE:
  case ACL_MEMCPY_INNER_DEVICE_TO_DEVICE:
  case ACL_MEMCPY_INTER_DEVICE_TO_DEVICE:
    to = from = Side::Device;
    return true;
  case ACL_MEMCPY_DEFAULT:
    to = sideOf(dst);
    from = sideOf(src);
    return true;
  }
  return false;
}

/// A copy of `rows` rows whose arguments were checked.
struct Copy {
  MemoryRange to, from;
  size_t bytes = 0; ///< of a row
  size_t toPitch = 0, fromPitch = 0, rows = 1;

  Status run() const {
    for (size_t row = 0; row < rows; ++row)
      OPENATC_TRY(copy(to, row * toPitch, from, row * fromPitch, bytes));
    return Status::success();
  }
};

/// Finds both ends of a copy; `extents` are bytes from first to last of each.
aclError prepare(const char *function, void *dst, size_t toExtent, const void *src,
                 size_t fromExtent, aclrtMemcpyKind kind, Copy &out) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  if (!dst || !src)
    return failNull(function, dst ? "src" : "dst");
  Side to, from;
  if (!sidesOf(kind, dst, src, to, from))
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the argument 'kind' is " + std::to_string(int(kind)) +
                    ", which is no aclrtMemcpyKind");
  if (!state().currentContext())
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  std::string why;
  aclError code = checkRange("destination", dst, toExtent, to, out.to, why);
  if (code == ACL_SUCCESS)
    code = checkRange("source", src, fromExtent, from, out.from, why);
  return code == ACL_SUCCESS ? code : fail(code, function, why);
}

aclError prepareFlat(const char *function, void *dst, size_t destMax, const void *src, size_t count,
                     aclrtMemcpyKind kind, Copy &out) {
  if (dst && src && count > destMax)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the argument 'count' is " + std::to_string(count) +
                    ", the destination has 'destMax' = " + std::to_string(destMax) + " bytes");
  out.bytes = count;
  return prepare(function, dst, count, src, count, kind, out);
}

aclError prepare2d(const char *function, void *dst, size_t dpitch, const void *src, size_t spitch,
                   size_t width, size_t height, aclrtMemcpyKind kind, Copy &out) {
  if (width > dpitch || width > spitch)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "rows of 'width' = " + std::to_string(width) + " bytes do not fit the pitch of " +
                    std::to_string(std::min(dpitch, spitch)) + " bytes");
  size_t extents[2] = {};
  size_t pitches[2] = {dpitch, spitch};
  for (int side = 0; side < 2 && height; ++side)
    if (__builtin_mul_overflow(pitches[side], height - 1, &extents[side]) ||
        __builtin_add_overflow(extents[side], width, &extents[side]))
      return fail(ACL_ERROR_INVALID_PARAM, function, "pitch times 'height' is more than memory");
  out.bytes = width;
  out.toPitch = dpitch;
  out.fromPitch = spitch;
  out.rows = width ? height : 0;
  aclError code = prepare(function, dst, extents[0], src, extents[1], kind, out);
  if (code == ACL_SUCCESS && !out.to.device && !out.from.device)
    return fail(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, function,
                "two-dimensional copies from host to host do not exist");
  return code;
}

aclError finish(const char *function, const Status &status) {
  return status.ok() ? ACL_SUCCESS : fail(ACL_ERROR_RT_PARAM_INVALID, function, status.message());
}

rt::Outcome outcomeOf(const char *what, const Status &status) {
  return status.ok() ? rt::Outcome{}
                     : rt::Outcome{rt::Failure::Other,
                                   std::string("queued ") + what + ": " + status.message(),
                                   ACL_ERROR_RT_SYS_DMA};
}

/// Queues a checked copy; with `wait` it returns when the copy is done.
aclError enqueue(const char *function, const Copy &copy, aclrtStream handle, bool wait) {
  if (!copy.to.device && !copy.from.device)
    return fail(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, function, "host to host copies cannot be queued");
  aclError code = ACL_SUCCESS;
  std::string why;
  std::shared_ptr<StreamObject> stream = state().streamObject(handle, code, why);
  if (!stream)
    return fail(code, function, why);
  auto done = std::make_shared<std::promise<void>>();
  std::future<void> finished = done->get_future();
  if (code = queueTask(function, *stream,
                       [copy, done](double &) { return outcomeOf("copy", copy.run()); });
      code != ACL_SUCCESS)
    return code;
  done.reset(); // the promise goes with the queued work, done or dropped
  if (wait)
    finished.wait();
  return ACL_SUCCESS;
}

/// A fill of host or device memory, checked like a copy.
aclError prepareFill(const char *function, void *devPtr, size_t maxCount, size_t count,
                     MemoryRange &range) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  if (!devPtr)
    return failNull(function, "devPtr");
  if (count > maxCount)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the argument 'count' is " + std::to_string(count) +
                    ", the memory has 'maxCount' = " + std::to_string(maxCount) + " bytes");
  if (!state().currentContext())
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  std::string why;
  aclError code = checkRange("memory", devPtr, count, sideOf(devPtr), range, why);
  return code == ACL_SUCCESS ? code : fail(code, function, why);
}

} // namespace

aclError aclrtMemcpy(void *dst, size_t destMax, const void *src, size_t count,
                     aclrtMemcpyKind kind) try {
  Copy copy;
  aclError code = prepareFlat(__func__, dst, destMax, src, count, kind, copy);
  return code == ACL_SUCCESS ? finish(__func__, copy.run()) : code;
}
ACL_CATCH

aclError aclrtMemcpyAsync(void *dst, size_t destMax, const void *src, size_t count,
                          aclrtMemcpyKind kind, aclrtStream stream) try {
  Copy copy;
  aclError code = prepareFlat(__func__, dst, destMax, src, count, kind, copy);
  return code == ACL_SUCCESS ? enqueue(__func__, copy, stream, false) : code;
}
ACL_CATCH

aclError aclrtMemcpyAsyncWithCondition(void *dst, size_t destMax, const void *src, size_t count,
                                       aclrtMemcpyKind kind, aclrtStream stream) try {
  Copy copy;
  aclError code = prepareFlat(__func__, dst, destMax, src, count, kind, copy);
  if (code != ACL_SUCCESS)
    return code;
  bool pinned = (copy.to.device || copy.to.block) && (copy.from.device || copy.from.block);
  return enqueue(__func__, copy, stream, !pinned);
}
ACL_CATCH

aclError aclrtMemcpy2d(void *dst, size_t dpitch, const void *src, size_t spitch, size_t width,
                       size_t height, aclrtMemcpyKind kind) try {
  Copy copy;
  aclError code = prepare2d(__func__, dst, dpitch, src, spitch, width, height, kind, copy);
  return code == ACL_SUCCESS ? finish(__func__, copy.run()) : code;
}
ACL_CATCH

aclError aclrtMemcpy2dAsync(void *dst, size_t dpitch, const void *src, size_t spitch, size_t width,
                            size_t height, aclrtMemcpyKind kind, aclrtStream stream) try {
  Copy copy;
  aclError code = prepare2d(__func__, dst, dpitch, src, spitch, width, height, kind, copy);
  return code == ACL_SUCCESS ? enqueue(__func__, copy, stream, false) : code;
}
ACL_CATCH

aclError aclrtMemset(void *devPtr, size_t maxCount, int32_t value, size_t count) try {
  MemoryRange range;
  aclError code = prepareFill(__func__, devPtr, maxCount, count, range);
  return code == ACL_SUCCESS ? finish(__func__, range.fill(uint8_t(value), count)) : code;
}
ACL_CATCH

aclError aclrtMemsetAsync(void *devPtr, size_t maxCount, int32_t value, size_t count,
                          aclrtStream stream) try {
  MemoryRange range;
  aclError code = prepareFill(__func__, devPtr, maxCount, count, range);
  if (code != ACL_SUCCESS)
    return code;
  ACL_FIND_STREAM(found, stream);
  return queueTask(__func__, *found, [range, value, count](double &) {
    return outcomeOf("fill", range.fill(uint8_t(value), count));
  });
}
ACL_CATCH
