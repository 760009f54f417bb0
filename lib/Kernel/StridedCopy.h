//===- StridedCopy.h - N-dimensional copies by DMA ------------------------===//
//
// Every operator that only rearranges elements is a list of pieces: boxes of
// elements that lie with one set of strides in an input and with another in a
// result. A piece moves through UB in bursts; its longest common run is a burst's
// length, its largest other dimension their number, the rest are work items.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_LIB_KERNEL_STRIDEDCOPY_H
#define OPENATC_LIB_KERNEL_STRIDEDCOPY_H

#include "openatc/Kernel/KernelBuilder.h"

#include "llvm/ADT/ArrayRef.h"

namespace openatc::kernel {

/// One dimension of a piece; strides in elements, source stride 0 repeats.
struct CopyDim {
  int64_t size, src, dst;
};

struct CopyPiece {
  unsigned input = 0, result = 0;
  llvm::SmallVector<CopyDim> dims;      // outermost first
  int64_t srcOffset = 0, dstOffset = 0; // elements
  /// Writes this 32-bit pattern instead of reading an input.
  std::optional<uint32_t> fill;
};

/// Drops dimensions of size 1 and joins those that are contiguous on both sides.
void simplify(CopyPiece &piece);

/// Number of work items a piece can be cut into at most, for the choice of block_dim.
int64_t copyItems(const CopyPiece &piece, int64_t elementBytes, const SocDescription &soc);

/// Emits the copies of all pieces, elements of `elementBytes` bytes.
void emitCopies(KernelBuilder &kb, llvm::ArrayRef<CopyPiece> pieces, int64_t elementBytes,
                mlir::ValueRange ins, mlir::ValueRange outs, int64_t blockDim);

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_STRIDEDCOPY_H
