//===- MissingAuthors.cpp - Kinds without a kernel ------------------------===//

#include "Authors.h"

namespace openatc::kernel {

const KernelAuthor *elementwiseAuthor() { return nullptr; }
const KernelAuthor *reduceAuthor() { return nullptr; }
const KernelAuthor *resizeAuthor() { return nullptr; }
const KernelAuthor *gatherAuthor() { return nullptr; }

} // namespace openatc::kernel
