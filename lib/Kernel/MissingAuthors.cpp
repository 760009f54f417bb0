//===- MissingAuthors.cpp - Kinds without a kernel ------------------------===//

#include "Authors.h"

namespace openatc::kernel {

const KernelAuthor *reduceAuthor() { return nullptr; }
const KernelAuthor *resizeAuthor() { return nullptr; }

} // namespace openatc::kernel
