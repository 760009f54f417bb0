//===- ModelOrigin.h - Where a model comes from ----------------------------===//
#ifndef OPENATC_LIB_ASCENDCL_MODELORIGIN_H
#define OPENATC_LIB_ASCENDCL_MODELORIGIN_H

#include "acl/acl.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace openatc::acl {

/// A model's file or bytes, and the memory that the caller has for it.
struct ModelOrigin {
  bool inMemory = false;
  const char *path = nullptr;  ///< of a file
  const void *bytes = nullptr; ///< in memory
  size_t size = 0;
  std::string weightFolder = ""; ///< of weight files; empty: beside the model's file
  void *work = nullptr, *weight = nullptr;
  size_t workSize = 0, weightSize = 0;

  void setMemory(void *workPtr, size_t workBytes, void *weightPtr, size_t weightBytes) {
    work = workPtr;
    workSize = workBytes;
    weight = weightPtr;
    weightSize = weightBytes;
  }
};

/// What the functions that load a model have in common; errors name `function`.
aclError loadModel(const char *function, const ModelOrigin &origin, uint32_t *modelId);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_MODELORIGIN_H
