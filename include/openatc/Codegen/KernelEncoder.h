//===- KernelEncoder.h - davinci kernels to instruction bytes -------------===//
#ifndef OPENATC_CODEGEN_KERNELENCODER_H
#define OPENATC_CODEGEN_KERNELENCODER_H

#include "DaVinci/DaVinci.h"

#include "mlir/IR/Location.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace openatc::codegen {

/// A kernel as the offline model stores it.
struct EncodedKernel {
  std::string name;
  std::vector<uint8_t> code;
  /// Byte offset of an instruction and where it comes from, ascending; an entry
  /// holds until the next one.
  std::vector<std::pair<uint32_t, mlir::Location>> debug;
};

/// Selects scalar instructions for loops and address arithmetic, allocates
/// registers and encodes. Pools must have addresses. Emits a diagnostic and
/// fails on IR that no instruction can express.
mlir::FailureOr<EncodedKernel> encodeKernel(davinci::KernelOp kernel);

} // namespace openatc::codegen

#endif // OPENATC_CODEGEN_KERNELENCODER_H
