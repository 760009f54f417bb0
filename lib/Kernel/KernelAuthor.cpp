//===- KernelAuthor.cpp - One author per kind of kernel -------------------===//

#include "openatc/Kernel/KernelAuthor.h"

#include "Authors.h"

using namespace mlir;
using openatc::davinci::Elem;

namespace openatc::kernel {

const KernelAuthor *authorOf(ascend::KernelKind kind) {
  switch (kind) {
  case ascend::KernelKind::CubeConv:
    return convAuthor();
  case ascend::KernelKind::CubeMatmul:
    return matmulAuthor();
  case ascend::KernelKind::Elementwise:
    return elementwiseAuthor();
  case ascend::KernelKind::Reduce:
    return reduceAuthor();
  case ascend::KernelKind::Pool:
    return poolAuthor();
  case ascend::KernelKind::Resize:
    return resizeAuthor();
  case ascend::KernelKind::Move:
    return moveAuthor();
  case ascend::KernelKind::Gather:
    return gatherAuthor();
  case ascend::KernelKind::Attention:
    return attentionAuthor();
  case ascend::KernelKind::Host:
    return nullptr;
  }
  return nullptr;
}

int64_t scheduleValue(ascend::KernelOp op, StringRef name, int64_t fallback) {
  if (auto schedule = op.getSchedule())
    if (auto value = schedule->getAs<IntegerAttr>(name))
      return value.getInt();
  return fallback;
}

ascend::Layout layoutOf(Type type) {
  if (auto ranked = mlir::dyn_cast<RankedTensorType>(type))
    if (auto layout = mlir::dyn_cast_if_present<ascend::LayoutAttr>(ranked.getEncoding()))
      return layout.getValue();
  return ascend::Layout::ND;
}

llvm::SmallVector<int64_t> physicalShape(RankedTensorType type) {
  llvm::SmallVector<int64_t> shape(type.getShape());
  if (layoutOf(type) == ascend::Layout::NC1HWC0)
    return {shape[0], (shape[1] + 15) / 16, shape[2], shape[3], 16};
  if (layoutOf(type) == ascend::Layout::NC1HWC0_C04)
    return {shape[0], shape[2], shape[3], 4};
  if (layoutOf(type) == ascend::Layout::FRACTAL_NZ) {
    shape.insert(shape.begin(), (shape.back() + 15) / 16);
    shape.back() = 16;
  }
  return shape;
}

std::optional<Elem> elemOf(Type type) {
  if (type.isF16())
    return Elem::F16;
  if (type.isF32())
    return Elem::F32;
  if (type.isInteger(1) || type.isUnsignedInteger(8))
    return Elem::U8;
  if (type.isSignlessInteger(8))
    return Elem::S8;
  if (type.isSignlessInteger(16))
    return Elem::S16;
  if (type.isUnsignedInteger(16))
    return Elem::U16;
  if (type.isSignlessInteger(32))
    return Elem::S32;
  if (type.isUnsignedInteger(32))
    return Elem::U32;
  if (type.isSignlessInteger(64))
    return Elem::S64;
  return std::nullopt;
}

} // namespace openatc::kernel
