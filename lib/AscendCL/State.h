//===- State.h - Everything the library knows about the process -----------===//
#ifndef OPENATC_LIB_ASCENDCL_STATE_H
#define OPENATC_LIB_ASCENDCL_STATE_H

#include "DevicePointer.h"
#include "Registry.h"

#include "acl/acl_mdl.h"

#include "openatc/Aipp/DynamicParams.h"
#include "openatc/Runtime/Event.h"

#include <array>
#include <atomic>
#include <string>

namespace openatc::acl {

inline constexpr int32_t kMaxDevices = 64;

/// Number of simulated devices: 2, or what OPENATC_DEVICE_COUNT says. An error when that
/// is no number from 1 to kMaxDevices.
Expected<int32_t> deviceCount();

/// A stream and what the runtime does not know of it. The default stream of a context is
/// one without a handle.
struct StreamObject {
  std::shared_ptr<rt::Stream> stream;
  int32_t deviceId = 0;
  const void *context = nullptr; ///< handle of its context
  uint32_t priority = 0, flags = 0;
  std::atomic<uint32_t> overflowSwitch = 0;
};

/// A context: a device and the default stream on it.
struct Context {
  int32_t deviceId = 0;
  std::shared_ptr<rt::Device> device;
  std::shared_ptr<StreamObject> defaultStream;
  std::mutex mutex;
  std::map<int, int64_t> options; ///< aclrtCtxSetSysParamOpt
};

struct DataBuffer {
  std::mutex mutex;
  void *data = nullptr;
  size_t size = 0;
};

/// Content of an aclTensorDesc. It is not changed once others can see it: setters replace it.
struct TensorDescription {
  aclDataType dataType = ACL_DT_UNDEFINED;
  aclFormat format = ACL_FORMAT_UNDEFINED;
  std::vector<int64_t> dims;
  std::shared_ptr<const std::string> name; ///< null for none; copies share it
  std::vector<std::array<int64_t, 2>> shapeRange, valueRange;
  /// How the tensor lies in device memory, and how it was before a framework changed it.
  std::optional<aclFormat> storageFormat, originFormat;
  std::optional<std::vector<int64_t>> storageDims, originDims;
  std::string dynamicInput;                              ///< group of a dynamic input
  std::shared_ptr<const std::vector<uint8_t>> constData; ///< aclSetTensorConst
  aclMemType placement = ACL_MEMTYPE_DEVICE;
  void *address = nullptr;             ///< of aclmdlCreateAndGetOpDesc
  std::vector<aclTensorDesc *> others; ///< further elements of an array that this one begins
};

/// The gear that an application chose for a dataset.
struct GearChoice {
  om::GearKind kind = om::GearKind::None; ///< None: no choice was made
  std::vector<int64_t> values;
};

struct Dataset {
  std::mutex mutex;
  bool destroyed = false; ///< takes no more descriptions
  GearChoice gear;
  std::vector<aclDataBuffer *> buffers;          ///< handles
  std::map<size_t, aclTensorDesc *> tensorDescs; ///< handles it owns, by element
};

/// Content of an aclmdlAIPP.
struct AippParameters {
  std::mutex mutex;
  aipp::DynamicParams params;
};

/// Content of an aclmdlDesc; strings are what name queries return. Not changed once others
/// can see it: filling again replaces it.
struct ModelDescription {
  bool filled = false;
  bool open = false;    ///< a model of open shapes
  uint32_t modelId = 0; ///< of a loaded model, else 0
  std::vector<om::TensorDesc> inputs, outputs;
  om::GearKind gearKind = om::GearKind::None;
  std::vector<om::Gear> gears; ///< without their tasks
  size_t largestGear = 0;
  std::vector<std::string> outputNames;               ///< "<op>:<n>:<name>"
  std::vector<std::string> inputLabels, outputLabels; ///< names short enough for aclmdlIODims
  std::map<std::string, std::string> originalNames;   ///< of aclmdlGetOpAttr, by op
};

/// Host memory of aclrtMallocHost. Queued copies share it, so that freeing is safe meanwhile.
struct HostBlock {
  HostBlock(void *at, size_t size) : at(at), size(size) {}
  ~HostBlock();
  HostBlock(const HostBlock &) = delete;
  void *const at;
  const size_t size;
};

/// A model and the device it is on.
struct ModelObject {
  std::shared_ptr<rt::LoadedModel> model;
  int32_t deviceId = 0;
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

  /// Device `id`, made on first use; see aclrtSetDevice for codes.
  aclError device(int32_t id, std::shared_ptr<rt::Device> &result, std::string &why);
  /// The device if it exists, else null.
  std::shared_ptr<rt::Device> existingDevice(int32_t id);

  /// The calling thread's context: the one it chose, else that of the default device of
  /// aclInit's configuration; null when it has none or it was destroyed.
  std::shared_ptr<Context> currentContext();
  const void *currentHandle();
  void setCurrent(const void *context);
  /// Makes a context of a device and returns its handle, or null with code and reason.
  void *addContext(int32_t deviceId, aclError &code, std::string &why);
  /// Destroys a context and the streams in it; the default contexts cannot be destroyed.
  aclError destroyContext(const void *handle, std::string &why);

  /// The stream of a handle, or the current context's default stream for null.
  /// Otherwise null, with the code and reason.
  std::shared_ptr<StreamObject> streamObject(const void *handle, aclError &code, std::string &why);
  std::shared_ptr<rt::Stream> stream(const void *handle, aclError &code, std::string &why);
  /// A new stream of `context`; null, with the reason, when the device has too many.
  std::shared_ptr<StreamObject> makeStream(const Context &context, const void *handle,
                                           std::string &why);
  /// All streams of a device, default ones included.
  std::vector<std::shared_ptr<StreamObject>> streamsOf(int32_t deviceId);

  /// aclrtSetDevice / aclrtResetDevice; see there.
  aclError useDevice(int32_t id, std::string &why);
  aclError releaseDevice(int32_t id, bool force, std::string &why);

  uint32_t addModel(std::shared_ptr<rt::LoadedModel> model, int32_t deviceId);
  std::shared_ptr<rt::LoadedModel> findModel(uint32_t id);
  /// The model with its device; `model` is null when there is none.
  ModelObject findModelObject(uint32_t id);
  /// Forgets the model; false when unknown. It lives on while a stream still runs it.
  bool removeModel(uint32_t id);

  /// Device that threads use which chose none; -1 for none.
  std::atomic<int32_t> defaultDevice = -1;

  Registry<Context> contexts;
  Registry<StreamObject> streams;
  Registry<rt::Event> events;
  Registry<DataBuffer> buffers;
  Registry<Dataset> datasets;
  Registry<ModelDescription> descriptions;
  Registry<TensorDescription> tensorDescs;
  Registry<AippParameters> aipps;

  std::mutex hostMutex;
  std::map<uintptr_t, std::shared_ptr<HostBlock>> hostMemory; ///< by address
  /// Freed blocks that queued copies still use: mapped, but no longer the application's.
  std::map<uintptr_t, std::weak_ptr<HostBlock>> freedHostMemory;

private:
  struct Slot {
    std::mutex making; ///< held while the device is made
    std::shared_ptr<rt::Device> device;
    uint32_t users = 0;
    const void *defaultContext = nullptr;
    std::atomic<uint32_t> streams = 0; ///< that live now
  };
  /// Removes the context and its streams; they end without any lock.
  void dropContext(const void *handle);
  /// Forgets the device, its memory and its models when nothing uses it any more.
  void releaseUnused(int32_t id);

  std::atomic<bool> active = false;
  std::mutex mutex; ///< of slots and models
  std::array<Slot, kMaxDevices> slots;
  std::map<uint32_t, ModelObject> models;
  uint32_t nextModel = 1;
  std::atomic<uint32_t> nextStream = 1;
};

/// The one instance. It is never destroyed: applications may call from destructors of
/// their own static objects.
State &state();

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_STATE_H
