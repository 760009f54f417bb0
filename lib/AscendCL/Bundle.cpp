//===- Bundle.cpp - Packages of models ------------------------------------===//
//
// A package is a plain offline model here: the compiler makes no others.
//
//===----------------------------------------------------------------------===//

#include "Error.h"
#include "State.h"

using namespace openatc;
using namespace openatc::acl;

namespace {

struct Bundles {
  std::mutex mutex;
  std::map<uint32_t, uint32_t> models; ///< the model of each package
  uint32_t next = 1;
};

Bundles &bundles() {
  static auto *instance = new Bundles;
  return *instance;
}

uint32_t addBundle(uint32_t model) {
  std::lock_guard guard(bundles().mutex);
  bundles().models[bundles().next] = model;
  return bundles().next++;
}

/// The model of a package; 0, with a recorded error, when there is none.
uint32_t findBundle(const char *function, uint32_t bundleId) {
  std::lock_guard guard(bundles().mutex);
  auto at = bundles().models.find(bundleId);
  if (at != bundles().models.end())
    return at->second;
  fail(ACL_ERROR_INVALID_BUNDLE_MODEL_ID, function,
       "there is no package of models " + std::to_string(bundleId));
  return 0;
}

} // namespace

aclError aclmdlBundleLoadFromFile(const char *modelPath, uint32_t *bundleId) try {
  ACL_REQUIRE_POINTER(bundleId);
  uint32_t model = 0;
  aclError code = aclmdlLoadFromFile(modelPath, &model);
  if (code == ACL_SUCCESS)
    *bundleId = addBundle(model);
  return code;
}
ACL_CATCH

aclError aclmdlBundleLoadFromMem(const void *model, size_t modelSize, uint32_t *bundleId) try {
  ACL_REQUIRE_POINTER(bundleId);
  uint32_t loaded = 0;
  aclError code = aclmdlLoadFromMem(model, modelSize, &loaded);
  if (code == ACL_SUCCESS)
    *bundleId = addBundle(loaded);
  return code;
}
ACL_CATCH

aclError aclmdlBundleUnload(uint32_t bundleId) try {
  ACL_REQUIRE_INIT();
  uint32_t model = findBundle(__func__, bundleId);
  if (!model)
    return ACL_ERROR_INVALID_BUNDLE_MODEL_ID;
  {
    std::lock_guard guard(bundles().mutex);
    bundles().models.erase(bundleId);
  }
  return aclmdlUnload(model);
}
ACL_CATCH

aclError aclmdlBundleGetModelNum(uint32_t bundleId, size_t *modelNum) try {
  ACL_REQUIRE_POINTER(modelNum);
  if (!findBundle(__func__, bundleId))
    return ACL_ERROR_INVALID_BUNDLE_MODEL_ID;
  *modelNum = 1;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclmdlBundleGetModelId(uint32_t bundleId, size_t index, uint32_t *modelId) try {
  ACL_REQUIRE_POINTER(modelId);
  uint32_t model = findBundle(__func__, bundleId);
  if (!model)
    return ACL_ERROR_INVALID_BUNDLE_MODEL_ID;
  ACL_REQUIRE(index == 0, ACL_ERROR_INVALID_PARAM,
              "the argument 'index' is " + std::to_string(index) + "; the package has one model");
  *modelId = model;
  return ACL_SUCCESS;
}
ACL_CATCH
