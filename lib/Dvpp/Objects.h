//===- Objects.h - Descriptions and configurations behind handles ---------===//
#ifndef OPENATC_LIB_DVPP_OBJECTS_H
#define OPENATC_LIB_DVPP_OBJECTS_H

#ifndef ENABLE_DVPP_INTERFACE
#define ENABLE_DVPP_INTERFACE
#endif
#include "acl/ops/acl_dvpp.h"

#include "AscendCL/Private.h"
#include "AscendCL/Registry.h"

#include <atomic>
#include <string>

namespace openatc::dvpp {

/// A picture as the application describes it; the numbers are checked when it is used.
struct PicFields {
  void *data = nullptr; ///< device memory
  uint32_t size = 0;    ///< bytes of it
  acldvppPixelFormat format = PIXEL_FORMAT_YUV_400;
  uint32_t width = 0, height = 0;             ///< pixels
  uint32_t widthStride = 0, heightStride = 0; ///< bytes, rows
  uint32_t retCode = 0;
};

/// An acldvppPicDesc. Decoding writes its fields from the thread of a stream.
class PicDesc {
public:
  PicFields get() const {
    std::lock_guard guard(mutex);
    return fields;
  }
  template <typename Change> void update(Change change) {
    std::lock_guard guard(mutex);
    change(fields);
  }

private:
  mutable std::mutex mutex;
  PicFields fields;
};

struct BatchPicDesc {
  std::vector<acldvppPicDesc *> pictures; ///< handles that it owns
};

/// A rectangle of pixels with its last column and row inside.
struct RoiFields {
  uint32_t left = 0, right = 0, top = 0, bottom = 0;
  uint32_t width() const { return right - left + 1; }
  uint32_t height() const { return bottom - top + 1; }
};

/// An acldvppRoiConfig.
struct RoiConfig {
  std::mutex mutex;
  RoiFields fields;
};

struct ResizeConfig {
  std::atomic<uint32_t> interpolation = 0;
};

struct JpegeConfig {
  std::atomic<uint32_t> level = 0;
};

struct ChannelDesc {
  std::atomic<bool> open = false;
  std::atomic<uint32_t> mode = 0;
  uint64_t id = 0;
};

/// All objects of one kind.
template <typename T> acl::Registry<T> &registry() {
  // Never destroyed: applications may call from destructors of their own static objects.
  static auto *instance = new acl::Registry<T>();
  return *instance;
}

/// Records an error text of `function` and returns the code.
inline aclError fail(aclError code, const char *function, const std::string &message) {
  return openatcFail(code, function, message.c_str());
}

/// Takes `handle` out of the objects of its kind; for one that is not there, a recorded error.
template <typename T, typename Handle> aclError destroy(const char *function, Handle *handle) {
  if (handle && registry<T>().remove(handle))
    return ACL_SUCCESS;
  return fail(ACL_ERROR_INVALID_PARAM, function,
              handle ? "the object does not exist; it was destroyed or never created"
                     : "the object is NULL");
}

} // namespace openatc::dvpp

#define DVPP_REQUIRE(condition, code, message)                                                     \
  do {                                                                                             \
    if (!(condition))                                                                              \
      return ::openatc::dvpp::fail(code, __func__, message);                                       \
  } while (false)

#define DVPP_REQUIRE_POINTER(pointer)                                                              \
  DVPP_REQUIRE((pointer) != nullptr, ACL_ERROR_INVALID_PARAM, "the argument '" #pointer "' is NULL")

/// Declares `name`, the object of type `T` behind `handle`, or returns a recorded error.
#define DVPP_FIND(T, name, handle)                                                                 \
  DVPP_REQUIRE_POINTER(handle);                                                                    \
  std::shared_ptr<::openatc::dvpp::T> name =                                                       \
      ::openatc::dvpp::registry<::openatc::dvpp::T>().find(handle);                                \
  DVPP_REQUIRE(name, ACL_ERROR_INVALID_PARAM,                                                      \
               "the object '" #handle "' does not exist; it was destroyed or never created")

#endif // OPENATC_LIB_DVPP_OBJECTS_H
