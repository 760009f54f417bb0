//===- LayerNorm.cpp - Normalisation along the last dimensions ------------===//
//
// (x - mean) / sqrt(variance + epsilon) * scale + bias, in f32; the variance is the
// mean of the squared differences, in a pass of its own.
//
//===----------------------------------------------------------------------===//

#include "ReduceKernel.h"
#include "VectorSupport.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

static Elem elemOfParameter(Value value) {
  return *elemOf(mlir::cast<ShapedType>(value.getType()).getElementType());
}

/// Operand `i` of a normalisation: 0 scale, 1 bias; null when absent.
static Value parameterOf(Operation *op, size_t i) {
  auto norm = mlir::cast<ascend::LayerNormOp>(op);
  return i == 0 ? norm.getScale() : norm.getBias();
}

void ReduceKernel::layerNorm() { plan.resident() ? layerNormResident() : layerNormStreamed(); }

void ReduceKernel::prepareParameters() {
  for (size_t i = 0; i < 2; ++i) {
    Value parameter = parameterOf(plan.op, i);
    if (!parameter || splatOf(parameter))
      continue;
    int64_t wide = bytesOf(plan.work);
    Elem elem = elemOfParameter(parameter);
    parameterPools[i] = kb.pool(i ? "bias" : "scale", MemSpace::UB,
                                plan.groupPitch() * bytesOf(elem), plan.resident() ? 1 : 2);
    if (elem != plan.work)
      parameterTiles[i] =
          kb.acquire(kb.pool("parameter", MemSpace::UB, plan.groupPitch() * wide, 1));
  }
  if (plan.resident())
    loadParameters(0, plan.reduced);
}

void ReduceKernel::loadParameters(Num start, int64_t length) {
  for (size_t i = 0; i < 2; ++i) {
    if (!parameterPools[i])
      continue;
    auto argument = mlir::cast<BlockArgument>(parameterOf(plan.op, i));
    Elem elem = elemOfParameter(argument);
    int64_t size = bytesOf(elem);
    parameters[i] = kb.acquire(parameterPools[i]);
    kb.gmToUb(parameters[i], kb.at(ins[argument.getArgNumber()], kb.mul(start, size)), 1,
              length * size, 32, 32);
    if (elem == plan.work)
      continue;
    kb.conv(elem, plan.work, parameterTiles[i], parameters[i], VecShape::flat(length));
    parameters[i] = parameterTiles[i];
  }
}

void ReduceKernel::applyParameters(Value x, int64_t length) {
  RowMath math(kb, plan.work, plan.groups);
  int64_t pitch = plan.groupPitch();
  for (size_t i = 0; i < 2; ++i) {
    Value parameter = parameterOf(plan.op, i);
    if (!parameter)
      continue;
    if (std::optional<double> all = splatOf(parameter)) {
      if (i == 0 && *all != 1)
        scalar<VMulsOp>(x, *all, plan.extent(length));
      if (i == 1 && *all != 0)
        scalar<VAddsOp>(x, *all, plan.extent(length));
    } else if (i == 0) {
      math.binary<VMulOp>({x, pitch}, {x, pitch}, {parameters[i], 0}, length);
    } else {
      math.binary<VAddOp>({x, pitch}, {x, pitch}, {parameters[i], 0}, length);
    }
  }
}

void ReduceKernel::inverseDeviation(Value sum) {
  auto norm = mlir::cast<ascend::LayerNormOp>(plan.op);
  scalar<VMulsOp>(sum, 1.0 / double(plan.shape.reduced), statistics());
  scalar<VAddsOp>(sum, norm.getEpsilon().convertToDouble(), statistics());
  unary<VSqrtOp>(sum, sum, statistics());
  invert(sum, statistics());
}

void ReduceKernel::layerNormResident() {
  int64_t length = plan.reduced, n = plan.extent(length);
  Value x = widen(item.in, length), scratch = temp("squares", plan.groups * plan.groupPitch());
  Value sum = fold<VAddOp, VCaddOp>(x, scratch);
  scalar<VMulsOp>(sum, 1.0 / double(length), statistics());
  apply<VSubOp>(x, x, expand(sum), length);
  kb.binary<VMulOp>(plan.work, scratch, x, x, VecShape::flat(n));
  Value squares = fold<VAddOp, VCaddOp>(scratch, scratch);
  inverseDeviation(squares);
  apply<VMulOp>(x, x, expand(squares), length);
  applyParameters(x, length);
  storeTile(0, length, x, [&](Value dst) {
    if (dst != x)
      kb.binary<VOrOp>(plan.work, dst, x, x, VecShape::flat(n));
  });
}

void ReduceKernel::layerNormStreamed() {
  Value total = accumulator(0);
  forEachChunk(
      [&](Num start, int64_t length) { accumulate<VAddOp>(total, load(start, length), length); });
  Value sum = finish<VCaddOp>(total);
  scalar<VMulsOp>(sum, 1.0 / double(plan.shape.reduced), statistics());
  Rows mean = expand(sum);
  Value squares = accumulator(0);
  forEachChunk([&](Num start, int64_t length) {
    Value x = load(start, length);
    apply<VSubOp>(x, x, mean, length);
    kb.binary<VMulOp>(plan.work, x, x, x, VecShape::flat(plan.extent(length)));
    accumulate<VAddOp>(squares, x, length);
  });
  Value variance = finish<VCaddOp>(squares);
  inverseDeviation(variance);
  Rows factor = expand(variance);
  forEachChunk([&](Num start, int64_t length) {
    Value x = load(start, length);
    apply<VSubOp>(x, x, mean, length);
    apply<VMulOp>(x, x, factor, length);
    loadParameters(start, length);
    applyParameters(x, length);
    storeTile(start, length, x, [&](Value dst) {
      if (dst != x)
        kb.binary<VOrOp>(plan.work, dst, x, x, VecShape::flat(plan.extent(length)));
    });
  });
}

} // namespace openatc::kernel
