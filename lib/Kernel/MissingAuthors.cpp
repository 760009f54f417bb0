//===- MissingAuthors.cpp - Kinds without a kernel ------------------------===//

#include "Authors.h"

namespace openatc::kernel {

const KernelAuthor *resizeAuthor() { return nullptr; }

} // namespace openatc::kernel
