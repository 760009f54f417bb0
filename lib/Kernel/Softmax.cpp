//===- Softmax.cpp - Softmax and its logarithm ----------------------------===//
//
// exp(x - max) / sum(exp(x - max)), and x - max - log(sum(exp(x - max))), in f32.
//
//===----------------------------------------------------------------------===//

#include "ReduceKernel.h"

#include <limits>

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

void ReduceKernel::softmax() {
  bool log = plan.shape.kind == ReduceKind::LogSoftmax;
  plan.resident() ? softmaxResident(log) : softmaxStreamed(log);
}

void ReduceKernel::softmaxResident(bool log) {
  int64_t length = plan.reduced, n = plan.extent(length);
  Value x = widen(item.in, length), scratch = temp("fold", plan.foldElements());
  apply<VSubOp>(x, x, expand(fold<VMaxOp, VCmaxOp>(x, scratch)), length);
  if (log) {
    Value powers = temp("powers", n);
    unary<VExpOp>(powers, x, n);
    Value sum = fold<VAddOp, VCaddOp>(powers, powers);
    unary<VLnOp>(sum, sum, statistics());
    Rows logs = expand(sum);
    return storeTile(0, length, x, [&](Value dst) { apply<VSubOp>(dst, x, logs, length); });
  }
  unary<VExpOp>(x, x, n);
  Value sum = fold<VAddOp, VCaddOp>(x, scratch);
  invert(sum, statistics());
  Rows factors = expand(sum);
  storeTile(0, length, x, [&](Value dst) { apply<VMulOp>(dst, x, factors, length); });
}

void ReduceKernel::softmaxStreamed(bool log) {
  Value highest = accumulator(-std::numeric_limits<double>::infinity());
  forEachChunk(
      [&](Num start, int64_t length) { accumulate<VMaxOp>(highest, load(start, length), length); });
  Rows top = expand(finish<VCmaxOp>(highest));
  Value total = accumulator(0);
  forEachChunk([&](Num start, int64_t length) {
    Value x = load(start, length);
    apply<VSubOp>(x, x, top, length);
    unary<VExpOp>(x, x, plan.extent(length));
    accumulate<VAddOp>(total, x, length);
  });
  Value sum = finish<VCaddOp>(total);
  if (log)
    unary<VLnOp>(sum, sum, statistics());
  else
    invert(sum, statistics());
  Rows last = expand(sum);
  forEachChunk([&](Num start, int64_t length) {
    Value x = load(start, length);
    apply<VSubOp>(x, x, top, length);
    if (log)
      return storeTile(start, length, x, [&](Value dst) { apply<VSubOp>(dst, x, last, length); });
    unary<VExpOp>(x, x, plan.extent(length));
    storeTile(start, length, x, [&](Value dst) { apply<VMulOp>(dst, x, last, length); });
  });
}

} // namespace openatc::kernel
