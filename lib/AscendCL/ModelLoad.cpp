//===- ModelLoad.cpp - Loading and unloading offline models ---------------===//

#include "Error.h"
#include "ModelOrigin.h"
#include "ObservedRun.h"
#include "State.h"

#include "openatc/OfflineModel/Reader.h"

#include <algorithm>

#include <sys/stat.h>
#include <unistd.h>

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Smallest size that aclmdlQuerySize reports: applications allocate what it says, and
/// allocating nothing is an error.
constexpr size_t kLeastMemory = 512;

/// Reads a file, telling apart a path that cannot be read and content that is wrong.
aclError readModel(const char *function, const char *path, om::Model &out,
                   const std::string &weightFolder = "") {
  if (!path)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the path is NULL");
  struct stat info;
  if (::stat(path, &info) != 0 || !S_ISREG(info.st_mode) || ::access(path, R_OK) != 0)
    return fail(aclError(ACL_ERROR_GE_EXEC_MODEL_PATH_INVALID), function,
                std::string("the file '") + path + "' does not exist or cannot be read");
  Expected<om::Model> model = om::readFile(path, nullptr, om::WeightCheck::Deferred, weightFolder);
  if (!model)
    return fail(aclError(ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID), function, model.message());
  out = std::move(*model);
  return ACL_SUCCESS;
}

aclError readModel(const char *function, const void *data, size_t size, om::Model &out,
                   const std::string &weightFolder = "") {
  if (!data || size == 0)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the model is NULL or has no bytes");
  Expected<om::Model> model =
      om::readBytes({static_cast<const uint8_t *>(data), size}, nullptr, weightFolder);
  if (!model)
    return fail(aclError(ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID), function, model.message());
  out = std::move(*model);
  return ACL_SUCCESS;
}

/// Makes the device one of the model's SoC, which works while nothing is on it.
aclError adoptSoc(const char *function, rt::Device &device, const om::Model &model) {
  Expected<SocDescription> soc = parseSoc(model.socText);
  Status status = soc ? device.become(*soc) : soc.status();
  if (status.ok())
    return ACL_SUCCESS;
  return fail(ACL_ERROR_RT_SOC_VERSION, function,
              "the model is compiled for " + model.socVersion + ": " + status.message() +
                  "; set OPENATC_SOC_VERSION=" + model.socVersion + " or load it first");
}

aclError load(const char *function, om::Model model, const rt::LoadedModel::Memory &memory,
              uint32_t *modelId) {
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function,
                "the thread has no current context; call aclrtSetDevice first");
  if (aclError code = adoptSoc(function, *context->device, model); code != ACL_SUCCESS)
    return code;
  std::shared_ptr<rt::LoadedModel> loaded;
  rt::Outcome outcome = rt::LoadedModel::load(context->device, std::move(model), memory, loaded);
  if (!outcome.ok())
    return fail(outcome, function);
  *modelId = state().addModel(std::move(loaded), context->deviceId);
  observeLoad(*modelId);
  return ACL_SUCCESS;
}

/// The caller's work and weight memory as device addresses.
aclError memoryOf(const char *function, void *work, size_t workSize, void *weight,
                  size_t weightSize, rt::LoadedModel::Memory &memory) {
  memory = {toAddress(weight), weightSize, toAddress(work), workSize};
  if ((work && !memory.arena) || (weight && !memory.weights))
    return fail(aclError(ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID), function,
                "work or weight memory is no device memory");
  std::shared_ptr<Context> context = state().currentContext();
  for (const void *given : {work, weight})
    if (context && given && toDevice(given) != context->deviceId)
      return fail(aclError(ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID), function,
                  "work or weight memory is on device " + std::to_string(toDevice(given)) +
                      ", the thread's context on device " + std::to_string(context->deviceId));
  return ACL_SUCCESS;
}

aclError querySize(const om::Model &model, size_t *workSize, size_t *weightSize) {
  // Applications allocate right after this, so it is the last moment to choose the SoC.
  // When it is too late the load says so; the sizes are right in any case.
  if (std::shared_ptr<Context> context = state().currentContext())
    if (Expected<SocDescription> soc = parseSoc(model.socText))
      (void)context->device->become(*soc);
  *workSize = std::max<size_t>(model.arenaBytes, kLeastMemory);
  *weightSize = std::max<size_t>(model.weightMemoryBytes(), kLeastMemory);
  return ACL_SUCCESS;
}

} // namespace

namespace openatc::acl {

aclError loadModel(const char *function, const ModelOrigin &origin, uint32_t *modelId) {
  om::Model model;
  rt::LoadedModel::Memory memory;
  aclError code =
      memoryOf(function, origin.work, origin.workSize, origin.weight, origin.weightSize, memory);
  if (code == ACL_SUCCESS)
    code = origin.inMemory
               ? readModel(function, origin.bytes, origin.size, model, origin.weightFolder)
               : readModel(function, origin.path, model, origin.weightFolder);
  return code == ACL_SUCCESS ? load(function, std::move(model), memory, modelId) : code;
}

} // namespace openatc::acl

aclError aclmdlLoadFromFileWithMem(const char *modelPath, uint32_t *modelId, void *workPtr,
                                   size_t workSize, void *weightPtr, size_t weightSize) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(modelId);
  ModelOrigin origin{false, modelPath};
  origin.setMemory(workPtr, workSize, weightPtr, weightSize);
  return loadModel(__func__, origin, modelId);
}
ACL_CATCH

aclError aclmdlLoadFromFile(const char *modelPath, uint32_t *modelId) try {
  return aclmdlLoadFromFileWithMem(modelPath, modelId, nullptr, 0, nullptr, 0);
}
ACL_CATCH

aclError aclmdlLoadFromMemWithMem(const void *model, size_t modelSize, uint32_t *modelId,
                                  void *workPtr, size_t workSize, void *weightPtr,
                                  size_t weightSize) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(modelId);
  ModelOrigin origin{true, nullptr, model, modelSize};
  origin.setMemory(workPtr, workSize, weightPtr, weightSize);
  return loadModel(__func__, origin, modelId);
}
ACL_CATCH

aclError aclmdlLoadFromMem(const void *model, size_t modelSize, uint32_t *modelId) try {
  return aclmdlLoadFromMemWithMem(model, modelSize, modelId, nullptr, 0, nullptr, 0);
}
ACL_CATCH

aclError aclmdlUnload(uint32_t modelId) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE(state().removeModel(modelId), ACL_ERROR_GE_EXEC_MODEL_ID_INVALID,
              "there is no model " + std::to_string(modelId));
  observeUnload(modelId);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlQuerySize(const char *fileName, size_t *workSize, size_t *weightSize) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(workSize);
  ACL_REQUIRE_POINTER(weightSize);
  om::Model model;
  aclError code = readModel(__func__, fileName, model);
  return code == ACL_SUCCESS ? querySize(model, workSize, weightSize) : code;
}
ACL_CATCH

aclError aclmdlQuerySizeFromMem(const void *model, size_t modelSize, size_t *workSize,
                                size_t *weightSize) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(workSize);
  ACL_REQUIRE_POINTER(weightSize);
  om::Model content;
  aclError code = readModel(__func__, model, modelSize, content);
  return code == ACL_SUCCESS ? querySize(content, workSize, weightSize) : code;
}
ACL_CATCH
