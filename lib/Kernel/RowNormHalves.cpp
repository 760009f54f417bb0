//===- RowNormHalves.cpp - Row normalisation of halves to halves ----------===//
//
// The cube adds up: 16 rows times a matrix of ones gives their sums, and times themselves
// the sums of their squares on the diagonal, both in f32, which the products of halves
// fit. The variance is the mean of the squares less the square of the mean; what cancels there is
// not more than what halves have lost before. The differences to the mean, rounded to a
// half, are scaled in halves.
//
//===----------------------------------------------------------------------===//

#include "RowMath.h"
#include "RowNormKernel.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
namespace {

constexpr int64_t kOnes = 16; ///< fractals of ones: as many planes in one step

class HalvesNorm : public NormKernel {
public:
  HalvesNorm(KernelBuilder &kb, const NormPlan &plan, ValueRange ins, ValueRange outs)
      : NormKernel(kb, plan, ins, outs), math(kb, Elem::F16, plan.planes) {}

private:
  void prepare() override;
  void prepareMask();
  void read(Item &item) override;
  void compute(const Item &item) override;
  /// Sums and sums of squares of the rows, packed.
  void takeSums(Value acc);
  /// A plane of 16 times the half nearest to each of the sums.
  Rows spread(Value sums, Value plane);
  template <typename Op> void perColumn(Value x, Value parameter);
  int64_t groups() const { return plan.tileRows / kFractal; }

  RowMath math;
  Value l1Pool, l0aPool, l0bPool, accPool, ones;
  Value outPool, products, mask, sums, squares, packed, means, factors;
  std::array<Value, 2> parameters;
};

void HalvesNorm::prepare() {
  int64_t slots = plan.items() > kb.soc.aiCores ? 2 : 1, rowSums = 2 * plan.tileRows * 4;
  outPool = kb.pool("out", MemSpace::UB, plan.elements() * 2, slots);
  products = kb.acquire(kb.pool("products", MemSpace::UB, 2 * plan.pitch() * 4, 1));
  sums = kb.acquire(kb.pool("sums", MemSpace::UB, rowSums, 1));
  squares = kb.acquire(kb.pool("squares", MemSpace::UB, rowSums, 1));
  packed = kb.acquire(kb.pool("packed", MemSpace::UB, plan.tileRows * 2, 1));
  means = kb.acquire(kb.pool("means", MemSpace::UB, plan.pitch() * 2, 1));
  factors = kb.acquire(kb.pool("factors", MemSpace::UB, plan.pitch() * 2, 1));
  for (size_t i = 0; i < 2; ++i)
    parameters[i] = loadParameter(i, Elem::F16);
  prepareMask();
  l1Pool = kb.pool("rows", MemSpace::L1, plan.elements() * 2, slots);
  l0aPool = kb.pool("a", MemSpace::L0A, plan.planes * 512, 1);
  l0bPool = kb.pool("b", MemSpace::L0B, plan.planes * 512, 1);
  accPool = kb.pool("acc", MemSpace::L0C, 2 * groups() * 1024, 2);
  Value fill = kb.acquire(kb.pool("ones", MemSpace::L1, kOnes * 512, 1));
  kb.fillL1(fill, kOnes * 512, 0x3c003c00);
  ones = kb.acquire(kb.pool("ones", MemSpace::L0B, kOnes * 512, 1));
  kb.load2dB(ones, fill, kOnes, 1, 1, false);
}

/// The identity: a one more in each row, all but the last taken back.
void HalvesNorm::prepareMask() {
  mask = kb.acquire(kb.pool("mask", MemSpace::UB, kFractal * kFractal * 4, 1));
  auto fillRows = [&](int64_t extra, double value) {
    for (int64_t row = 1 - extra; row < kFractal; ++row)
      kb.dup(Elem::F32, kb.at(mask, row * 64), value, VecShape::flat(row + extra));
  };
  kb.dup(Elem::F32, mask, 0, VecShape::flat(kFractal * kFractal));
  fillRows(1, 1);
  fillRows(0, 0);
}

/// The tile goes to L1 too, and from there through the cube.
void HalvesNorm::read(Item &item) {
  NormKernel::read(item);
  Value rows = kb.acquire(l1Pool);
  kb.gmToL1(rows, kb.at(ins[plan.argument], kb.mul(item.start, 32)), plan.planes,
            plan.tileRows * 32, plan.tileRows * 32, plan.rows * 32);
  item.acc = kb.acquire(accPool);
  for (int64_t g = 0; g < groups(); ++g) {
    Value a = kb.acquire(l0aPool), b = kb.acquire(l0bPool), from = kb.at(rows, g * 512);
    kb.load2dA(a, from, plan.planes, 1, groups(), false);
    kb.load2dB(b, from, plan.planes, 1, groups(), false);
    for (int64_t k = 0; k < plan.planes; k += kOnes)
      kb.mmad(kb.at(item.acc, g * 1024), kb.at(a, k * 512), ones, kFractal,
              std::min(kOnes, plan.planes - k) * 16, kFractal, k == 0 ? 1 : 0);
    kb.mmad(kb.at(item.acc, (groups() + g) * 1024), a, b, kFractal, plan.columns(), kFractal, 1);
  }
}

void HalvesNorm::takeSums(Value acc) {
  kb.l0cToUb(products, acc, 1, 2 * groups(), 0, 0, Elem::F32);
  // All 16 lanes of a row hold its sum; of the products only one is that of the row with itself.
  VecShape halfRows{1, plan.tileRows * 8, int64_t(isa::packStrides(1, 2, 2, 8, 16, 16)), true};
  Value grams = kb.at(products, plan.pitch() * 4);
  uint64_t strides = isa::packStrides(1, 1, 1, 32, 32, 0);
  for (int64_t at = 0; at < kFractal * kFractal * 4; at += 256)
    kb.binary<VMulOp>(Elem::F32, kb.at(grams, at), kb.at(grams, at), kb.at(mask, at),
                      VecShape::rows(groups(), 64, strides));
  kb.reduce<VCgaddOp>(Elem::F32, sums, products, halfRows);
  for (int64_t half = 0; half < 2; ++half)
    kb.reduce<VCgaddOp>(Elem::F32, kb.at(squares, half * plan.tileRows * 4),
                        kb.at(grams, half * 32), halfRows);
  kb.binary<VAddOp>(Elem::F32, squares, squares, kb.at(squares, plan.tileRows * 4),
                    VecShape::flat(plan.tileRows));
  double share = 1.0 / double(plan.columns());
  onSums<VMulsOp>(sums, share / 8);
  onSums<VMulsOp>(squares, share);
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
  takeSums(item.acc);
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
