//===- RowNormSingles.cpp - Row normalisation in f32 ----------------------===//
//
// Statistics are spread to one plane that all planes meet; scale and bias to 4 rows of
// each plane, the 256 bytes of a repeat. Everything is computed in place.
//
//===----------------------------------------------------------------------===//

#include "RowMath.h"
#include "RowNormKernel.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
namespace {

constexpr int64_t kRepeatRows = 4; ///< rows of 16 singles in a repeat

class SinglesNorm : public NormKernel {
public:
  SinglesNorm(KernelBuilder &kb, const NormPlan &plan, ValueRange ins, ValueRange outs)
      : NormKernel(kb, plan, ins, outs), math(kb, Elem::F32, plan.planes) {}

private:
  void prepare() override;
  void compute(const Item &item) override;
  void prepareParameter(size_t i);
  /// plane[r][0..16) = sums[r].
  void spread();
  /// x = x op parameter, column by column.
  template <typename Op> void perColumn(Value x, Value parameter);

  RowMath math;
  Value scratchPool, workPool, sums, plane;
  std::array<Value, 2> parameters;
};

void SinglesNorm::prepare() {
  int64_t n = plan.elements();
  scratchPool = kb.pool("halves", MemSpace::UB, n * 2 + plan.pitch() * 2, 1);
  if (plan.in == Elem::F16)
    workPool = kb.pool("work", MemSpace::UB, n * 4, 1);
  sums = sumsPool("sums");
  plane = kb.acquire(kb.pool("plane", MemSpace::UB, plan.pitch() * 4, 1));
  for (size_t i = 0; i < 2; ++i)
    prepareParameter(i);
}

void SinglesNorm::prepareParameter(size_t i) {
  Value raw = loadParameter(i, Elem::F32);
  if (!raw)
    return;
  int64_t n = plan.columns();
  parameters[i] = kb.acquire(kb.pool(i ? "bias" : "scale", MemSpace::UB, n * 4 * kRepeatRows, 1));
  // Both blocks of 16 singles, once for each row of a repeat, 8 planes at a time.
  VecShape eachPlane{1, n, int64_t(isa::packStrides(8, 2, 2, 64, 16, 16)), true};
  for (int64_t row = 0; row < kRepeatRows; ++row)
    for (int64_t half = 0; half < 2; ++half) {
      Value from = kb.at(raw, 32 * half);
      kb.binary<VOrOp>(Elem::U16, kb.at(parameters[i], 64 * row + 32 * half), from, from,
                       eachPlane);
    }
}

void SinglesNorm::spread() {
  for (int64_t half = 0; half < 2; ++half)
    kb.brcb(Elem::F32, kb.at(plane, 32 * half), sums, plan.tileRows / 8, 2, 16);
}

template <typename Op> void SinglesNorm::perColumn(Value x, Value parameter) {
  if (!parameter)
    return;
  int64_t lanes = 16 * kRepeatRows;
  for (int64_t at = 0; at < plan.pitch(); at += lanes) {
    Rows part = math.at({x, plan.pitch()}, at);
    math.binary<Op>(part, part, {parameter, lanes}, lanes);
  }
}

void SinglesNorm::compute(const Item &item) {
  int64_t n = plan.elements(), pitch = plan.pitch();
  Value x = item.in, scratch = kb.acquire(scratchPool);
  if (plan.in == Elem::F16) {
    x = kb.acquire(workPool);
    kb.conv(Elem::F16, Elem::F32, x, item.in, VecShape::flat(n));
  }
  addLanes(sums, x, 0, plan.planes);
  addPlanes(sums);
  onSums<VMulsOp>(sums, 1.0 / double(plan.columns()));
  spread();
  math.binary<VSubOp>({x, pitch}, {x, pitch}, {plane, 0}, pitch);
  // Half of the squares fit what will hold the halves.
  int64_t part = llvm::divideCeil(plan.planes, 2);
  for (int64_t first = 0; first < plan.planes; first += part) {
    int64_t count = std::min(part, plan.planes - first);
    Value from = kb.at(x, first * pitch * 4);
    kb.binary<VMulOp>(Elem::F32, scratch, from, from, VecShape::flat(count * pitch));
    addLanes(sums, scratch, first, count);
  }
  addPlanes(sums);
  onSums<VMulsOp>(sums, 1.0 / double(plan.columns()));
  inverseDeviation(sums);
  spread();
  math.binary<VMulOp>({x, pitch}, {x, pitch}, {plane, 0}, pitch);
  perColumn<VMulOp>(x, parameters[0]);
  perColumn<VAddOp>(x, parameters[1]);
  if (plan.givesHalves())
    kb.conv(Elem::F32, Elem::F16, scratch, x, VecShape::flat(n));
  store(item, scratch, x);
}

} // namespace

void emitNormInSingles(KernelBuilder &kb, const NormPlan &plan, ValueRange ins, ValueRange outs,
                       int64_t blockDim) {
  SinglesNorm(kb, plan, ins, outs).emit(blockDim);
}

} // namespace openatc::kernel
