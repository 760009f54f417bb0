//===- State.h - Everything the library knows about the process -----------===//
#ifndef OPENATC_LIB_ASCENDCL_STATE_H
#define OPENATC_LIB_ASCENDCL_STATE_H

#include "Registry.h"

#include "acl/acl_mdl.h"

#include "openatc/Runtime/Stream.h"

#include <atomic>

namespace openatc::acl {

inline constexpr int32_t kDeviceCount = 1;

/// Device memory as applications see it: the simulator's address plus this. No host
/// memory has such an address, so the two sides of a copy cannot be confused.
inline constexpr uintptr_t kDeviceBase = uintptr_t(0x0D) << 56;

inline void *toPointer(uint64_t address) { return reinterpret_cast<void *>(kDeviceBase + address); }
/// Simulator address of a device pointer; 0 for anything else.
inline uint64_t toAddress(const void *pointer) {
  auto value = reinterpret_cast<uintptr_t>(pointer);
  return value >> 56 == kDeviceBase >> 56 ? value - kDeviceBase : 0;
}

/// A context: a device and the default stream on it.
struct Context {
  int32_t deviceId = 0;
  std::shared_ptr<rt::Device> device;
  std::shared_ptr<rt::Stream> defaultStream;
};

/// A stream that the application made.
struct StreamObject {
  std::shared_ptr<rt::Stream> stream;
  const void *context = nullptr; ///< handle of its context
};

struct DataBuffer {
  std::mutex mutex;
  void *data = nullptr;
  size_t size = 0;
};

struct TensorDescription {
  aclDataType dataType = ACL_DT_UNDEFINED;
  aclFormat format = ACL_FORMAT_UNDEFINED;
  std::vector<int64_t> dims;
  std::string name;
};

/// The gear that an application chose for a dataset.
struct GearChoice {
  om::GearKind kind = om::GearKind::None; ///< None: no choice was made
  std::vector<int64_t> values;
};

struct Dataset {
  std::mutex mutex;
  GearChoice gear;
  std::vector<aclDataBuffer *> buffers;          ///< handles
  std::map<size_t, aclTensorDesc *> tensorDescs; ///< handles it owns, by element
};

/// Content of an aclmdlDesc; strings are what name queries return.
struct ModelDescription {
  bool filled = false;
  uint32_t modelId = 0; ///< of a loaded model, else 0
  std::vector<om::TensorDesc> inputs, outputs;
  om::GearKind gearKind = om::GearKind::None;
  std::vector<om::Gear> gears; ///< without their tasks
  size_t largestGear = 0;
  std::vector<std::string> outputNames;               ///< "<op>:<n>:<name>"
  std::vector<std::string> inputLabels, outputLabels; ///< names short enough for aclmdlIODims
};

/// The process. Descriptions, data buffers and datasets are plain objects that outlive
/// aclFinalize, because applications destroy them in any order.
class State {
public:
  bool initialized() const { return active; }
  /// Starts; false when already started.
  bool start();
  /// Ends and releases all device objects; false when not started.
  bool finish();

  /// The device, made on first use. Null with the reason in `why`.
  std::shared_ptr<rt::Device> device(std::string &why);
  /// The device if it exists.
  std::shared_ptr<rt::Device> existingDevice();

  /// The calling thread's context; null when it has none or it was destroyed.
  std::shared_ptr<Context> currentContext();
  const void *currentHandle();
  void setCurrent(const void *context);

  /// The stream of a handle, or the current context's default stream for null.
  /// Otherwise null, with the code and reason.
  std::shared_ptr<rt::Stream> stream(const void *handle, aclError &code, std::string &why);

  /// aclrtSetDevice / aclrtResetDevice; see there.
  aclError useDevice(int32_t id, std::string &why);
  aclError releaseDevice(int32_t id, bool force, std::string &why);
  /// Destroys a context and the streams in it; false when it is unknown.
  bool destroyContext(const void *handle);

  uint32_t addModel(std::shared_ptr<rt::LoadedModel> model);
  std::shared_ptr<rt::LoadedModel> findModel(uint32_t id);
  /// Forgets the model; false when unknown. It lives on while a stream still runs it.
  bool removeModel(uint32_t id);

  Registry<Context> contexts;
  Registry<StreamObject> streams;
  Registry<rt::Event> events;
  Registry<DataBuffer> buffers;
  Registry<Dataset> datasets;
  Registry<ModelDescription> descriptions;
  Registry<TensorDescription> tensorDescs;

  std::mutex hostMutex;
  std::map<uintptr_t, size_t> hostMemory; ///< aclrtMallocHost: address -> bytes

private:
  std::atomic<bool> active = false;
  std::mutex mutex;
  std::shared_ptr<rt::Device> theDevice;
  uint32_t deviceUsers = 0;
  const void *defaultContext = nullptr;
  std::map<uint32_t, std::shared_ptr<rt::LoadedModel>> models;
  uint32_t nextModel = 1;
};

/// The one instance. It is never destroyed: applications may call from destructors of
/// their own static objects.
State &state();

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_STATE_H
