//===- Authors.h - The authors of all kernel kinds ------------------------===//
#ifndef OPENATC_LIB_KERNEL_AUTHORS_H
#define OPENATC_LIB_KERNEL_AUTHORS_H

namespace openatc::kernel {

class KernelAuthor;

const KernelAuthor *convAuthor();
const KernelAuthor *matmulAuthor();
const KernelAuthor *elementwiseAuthor();
const KernelAuthor *reduceAuthor();
const KernelAuthor *poolAuthor();
const KernelAuthor *resizeAuthor();
const KernelAuthor *moveAuthor();
const KernelAuthor *gatherAuthor();
const KernelAuthor *attentionAuthor();

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_AUTHORS_H
