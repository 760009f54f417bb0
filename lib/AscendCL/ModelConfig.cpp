//===- ModelConfig.cpp - Loading as a handle describes it -----------------===//

#include "ConfigValue.h"
#include "ModelOrigin.h"
#include "State.h"

#include <optional>

using namespace openatc;
using namespace openatc::acl;

namespace {

struct ModelConfig {
  int32_t priority = 0;
  std::optional<size_t> loadType;
  std::optional<std::string> path;
  std::string weightPath;
  const void *model = nullptr;
  size_t modelSize = 0;
  void *weight = nullptr, *work = nullptr;
  size_t weightSize = 0, workSize = 0;
  int32_t memoryOptimize = ACL_WORKSPACE_MEM_OPTIMIZE_DEFAULT;
};

Registry<ModelConfig> &modelConfigs() {
  static auto *instance = new Registry<ModelConfig>;
  return *instance;
}

constexpr int32_t kLowestPriority = 7;
constexpr const char *kMissing = "the configuration handle does not exist; it was destroyed or "
                                 "never created";

/// A string that is given by the address of a pointer to it.
aclError readText(const char *function, const void *attrValue, size_t valueSize, std::string &out) {
  const char *text = nullptr;
  aclError code = readValue(function, attrValue, valueSize, text);
  if (code == ACL_SUCCESS && !text)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the path is NULL");
  if (code == ACL_SUCCESS)
    out = text;
  return code;
}

aclError setOption(const char *function, ModelConfig &config, aclmdlConfigAttr attr,
                   const void *value, size_t size) {
  aclError code = ACL_SUCCESS;
  switch (attr) {
  case ACL_MDL_PRIORITY_INT32:
    code = readValue(function, value, size, config.priority);
    if (code == ACL_SUCCESS && (config.priority < 0 || config.priority > kLowestPriority))
      return fail(ACL_ERROR_INVALID_PARAM, function,
                  "the priority is " + std::to_string(config.priority) + "; priorities are 0 to 7");
    return code;
  case ACL_MDL_LOAD_TYPE_SIZET:
    config.loadType = 0;
    code = readValue(function, value, size, *config.loadType);
    if (code == ACL_SUCCESS && (*config.loadType < ACL_MDL_LOAD_FROM_FILE ||
                                *config.loadType > ACL_MDL_LOAD_FROM_MEM_WITH_Q))
      return fail(ACL_ERROR_INVALID_PARAM, function,
                  "the load type is " + std::to_string(*config.loadType) +
                      "; it is ACL_MDL_LOAD_FROM_FILE (1) to ACL_MDL_LOAD_FROM_MEM_WITH_Q (6)");
    return code;
  case ACL_MDL_PATH_PTR:
    return readText(function, value, size, config.path.emplace());
  case ACL_MDL_WEIGHT_PATH_PTR:
    return readText(function, value, size, config.weightPath);
  case ACL_MDL_MEM_ADDR_PTR:
    return readValue(function, value, size, config.model);
  case ACL_MDL_MEM_SIZET:
    return readValue(function, value, size, config.modelSize);
  case ACL_MDL_WEIGHT_ADDR_PTR:
    return readValue(function, value, size, config.weight);
  case ACL_MDL_WEIGHT_SIZET:
    return readValue(function, value, size, config.weightSize);
  case ACL_MDL_WORKSPACE_ADDR_PTR:
    return readValue(function, value, size, config.work);
  case ACL_MDL_WORKSPACE_SIZET:
    return readValue(function, value, size, config.workSize);
  case ACL_MDL_WORKSPACE_MEM_OPTIMIZE:
    code = readValue(function, value, size, config.memoryOptimize);
    if (code == ACL_SUCCESS && config.memoryOptimize != ACL_WORKSPACE_MEM_OPTIMIZE_DEFAULT &&
        config.memoryOptimize != ACL_WORKSPACE_MEM_OPTIMIZE_INPUTOUTPUT)
      return fail(ACL_ERROR_INVALID_PARAM, function, "the optimization of work memory is 0 or 1");
    return code;
  case ACL_MDL_INPUTQ_NUM_SIZET:
  case ACL_MDL_INPUTQ_ADDR_PTR:
  case ACL_MDL_OUTPUTQ_NUM_SIZET:
  case ACL_MDL_OUTPUTQ_ADDR_PTR:
    return fail(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, function,
                "models with queues do not exist on a simulated device");
  default:
    break;
  }
  if (attr >= ACL_MDL_MODEL_DESC_PTR && attr <= ACL_MDL_FIFO_SIZET)
    return fail(ACL_ERROR_RT_FEATURE_NOT_SUPPORT, function,
                "attribute " + std::to_string(int(attr)) +
                    " is for the parts of an executable offline model (exeom), which small chips "
                    "run that are not simulated");
  return fail(ACL_ERROR_INVALID_PARAM, function,
              "the argument 'attr' is " + std::to_string(int(attr)) +
                  ", which is no aclmdlConfigAttr");
}

aclError requireFile(const char *function, const ModelConfig &config) {
  return config.path ? ACL_SUCCESS
                     : fail(ACL_ERROR_INVALID_PARAM, function,
                            "the load type needs the attribute ACL_MDL_PATH_PTR");
}

aclError requireMemory(const char *function, const ModelConfig &config) {
  return config.model && config.modelSize
             ? ACL_SUCCESS
             : fail(ACL_ERROR_INVALID_PARAM, function,
                    "the load type needs the attributes ACL_MDL_MEM_ADDR_PTR and "
                    "ACL_MDL_MEM_SIZET");
}

} // namespace

aclmdlConfigHandle *aclmdlCreateConfigHandle(void) try {
  return modelConfigs().add<aclmdlConfigHandle>(std::make_shared<ModelConfig>());
}
ACL_CATCH_AS(nullptr)

aclError aclmdlDestroyConfigHandle(aclmdlConfigHandle *handle) try {
  ACL_REQUIRE_POINTER(handle);
  ACL_REQUIRE(modelConfigs().remove(handle), ACL_ERROR_INVALID_PARAM, kMissing);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlSetConfigOpt(aclmdlConfigHandle *handle, aclmdlConfigAttr attr,
                            const void *attrValue, size_t valueSize) try {
  ACL_REQUIRE_POINTER(handle);
  std::shared_ptr<ModelConfig> found = modelConfigs().find(handle);
  ACL_REQUIRE(found, ACL_ERROR_INVALID_PARAM, kMissing);
  auto changed = std::make_shared<ModelConfig>(*found);
  aclError code = setOption(__func__, *changed, attr, attrValue, valueSize);
  if (code == ACL_SUCCESS)
    modelConfigs().replace(handle, std::move(changed));
  return code;
}
ACL_CATCH

aclError aclmdlLoadWithConfig(const aclmdlConfigHandle *handle, uint32_t *modelId) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(handle);
  ACL_REQUIRE_POINTER(modelId);
  std::shared_ptr<ModelConfig> config = modelConfigs().find(handle);
  ACL_REQUIRE(config, ACL_ERROR_INVALID_PARAM, kMissing);
  ACL_REQUIRE(config->loadType, ACL_ERROR_INVALID_PARAM,
              "the attribute ACL_MDL_LOAD_TYPE_SIZET is not set");
  bool fromFile = *config->loadType == ACL_MDL_LOAD_FROM_FILE ||
                  *config->loadType == ACL_MDL_LOAD_FROM_FILE_WITH_MEM;
  bool withMemory = *config->loadType == ACL_MDL_LOAD_FROM_FILE_WITH_MEM ||
                    *config->loadType == ACL_MDL_LOAD_FROM_MEM_WITH_MEM;
  ACL_REQUIRE(*config->loadType <= ACL_MDL_LOAD_FROM_MEM_WITH_MEM, ACL_ERROR_RT_FEATURE_NOT_SUPPORT,
              "models with queues do not exist on a simulated device");
  aclError code = fromFile ? requireFile(__func__, *config) : requireMemory(__func__, *config);
  if (code != ACL_SUCCESS)
    return code;
  void *work = withMemory ? config->work : nullptr, *weight = withMemory ? config->weight : nullptr;
  ModelOrigin origin{!fromFile, fromFile ? config->path->c_str() : nullptr, config->model,
                     config->modelSize, config->weightPath};
  origin.setMemory(work, config->workSize, weight, config->weightSize);
  return loadModel(__func__, origin, modelId);
}
ACL_CATCH
