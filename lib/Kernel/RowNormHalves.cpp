//===- RowNormHalves.cpp - Row normalisation of halves to halves ----------===//
//
// Sums and squares are added in f32, which the products of halves fit; the variance is
// the mean of the squares less the square of the mean. What cancels there is not more
// than what halves have lost before. The differences to the mean, rounded to a half, are scaled in
// halves.
//
//===----------------------------------------------------------------------===//

#include "RowMath.h"
#include "RowNormKernel.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
namespace {

class HalvesNorm : public NormKernel {
public:
  HalvesNorm(KernelBuilder &kb, const NormPlan &plan, ValueRange ins, ValueRange outs)
      : NormKernel(kb, plan, ins, outs), math(kb, Elem::F16, plan.planes) {}

private:
  void prepare() override;
  void compute(const Item &item) override;
  void addUp(Value x);
  /// A plane of 16 times the half nearest to each of the sums.
  Rows spread(Value sums, Value plane);
  template <typename Op> void perColumn(Value x, Value parameter);
  int64_t partPlanes() const { return llvm::divideCeil(plan.planes, 4); }

  RowMath math;
  Value outPool, wide, sums, squares, packed, means, factors;
  std::array<Value, 2> parameters;
};

void HalvesNorm::prepare() {
  int64_t slots = plan.items() > kb.soc.aiCores ? 2 : 1;
  outPool = kb.pool("out", MemSpace::UB, plan.elements() * 2, slots);
  wide = kb.acquire(kb.pool("wide", MemSpace::UB, partPlanes() * plan.pitch() * 4, 1));
  sums = sumsPool("sums");
  squares = sumsPool("squares");
  packed = kb.acquire(kb.pool("packed", MemSpace::UB, plan.tileRows * 4, 1));
  means = kb.acquire(kb.pool("means", MemSpace::UB, plan.pitch() * 2, 1));
  factors = kb.acquire(kb.pool("factors", MemSpace::UB, plan.pitch() * 2, 1));
  for (size_t i = 0; i < 2; ++i)
    parameters[i] = loadParameter(i, Elem::F16);
}

/// Sums and squares of the rows; a part of the planes at a time is converted.
void HalvesNorm::addUp(Value x) {
  for (int64_t first = 0; first < plan.planes; first += partPlanes()) {
    int64_t count = std::min(partPlanes(), plan.planes - first);
    VecShape part = VecShape::flat(count * plan.pitch());
    kb.conv(Elem::F16, Elem::F32, wide, kb.at(x, first * plan.pitch() * 2), part);
    addLanes(sums, wide, first, count);
    kb.binary<VMulOp>(Elem::F32, wide, wide, wide, part);
    addLanes(squares, wide, first, count);
  }
  addPlanes(sums);
  addPlanes(squares);
}

Rows HalvesNorm::spread(Value values, Value plane) {
  kb.conv(Elem::F32, Elem::F16, packed, values, VecShape::flat(plan.tileRows));
  kb.brcb(Elem::F16, plane, packed, plan.tileRows / 8, 1, 8);
  return {plane, 0};
}

/// 8 rows of a plane meet one block; a repeat for each plane.
template <typename Op> void HalvesNorm::perColumn(Value x, Value parameter) {
  if (!parameter)
    return;
  uint64_t strides = isa::packStrides(1, 1, 0, unsigned(plan.tileRows), unsigned(plan.tileRows), 1);
  for (int64_t at = 0; at < plan.pitch(); at += 128)
    kb.binary<Op>(Elem::F16, kb.at(x, at * 2), kb.at(x, at * 2), parameter,
                  VecShape::rows(plan.planes, 128, strides));
}

void HalvesNorm::compute(const Item &item) {
  int64_t pitch = plan.pitch();
  VecShape rows = VecShape::flat(plan.tileRows);
  addUp(item.in);
  double share = 1.0 / double(plan.columns());
  onSums<VMulsOp>(sums, share);
  onSums<VMulsOp>(squares, share);
  Rows mean = spread(sums, means);
  kb.binary<VMulOp>(Elem::F32, sums, sums, sums, rows);
  kb.binary<VSubOp>(Elem::F32, squares, squares, sums, rows);
  onSums<VMaxsOp>(squares, 0);
  inverseDeviation(squares);
  Value out = kb.acquire(outPool);
  math.binary<VSubOp>({out, pitch}, {item.in, pitch}, mean, pitch);
  math.binary<VMulOp>({out, pitch}, {out, pitch}, spread(squares, factors), pitch);
  perColumn<VMulOp>(out, parameters[0]);
  perColumn<VAddOp>(out, parameters[1]);
  store(item, out, {});
}

} // namespace

void emitNormInHalves(KernelBuilder &kb, const NormPlan &plan, ValueRange ins, ValueRange outs,
                      int64_t blockDim) {
  HalvesNorm(kb, plan, ins, outs).emit(blockDim);
}

} // namespace openatc::kernel
