//===- RowNormKernel.cpp - Tiles, moves and sums of row normalisation -----===//

#include "RowNormKernel.h"

#include "WorkItems.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

static Elem elemOfValue(Value value) {
  return elemOf(mlir::cast<ShapedType>(value.getType()).getElementType()).value_or(Elem::S64);
}

FailureOr<NormPlan> NormPlan::of(ascend::KernelOp group) {
  NormPlan plan;
  Block &body = group.getBody().front();
  for (auto norm : body.getOps<ascend::LayerNormOp>())
    plan.op = norm;
  plan.epsilon = plan.op.getEpsilon().convertToDouble();
  auto type = mlir::cast<RankedTensorType>(plan.op.getInput().getType());
  plan.rows = type.getNumElements() / type.getShape().back();
  plan.planes = type.getShape().back() / 16;
  if (type.getShape().back() % 16 || plan.rows < kRowUnit)
    return group.emitError("no kernel normalises rows of this shape in blocks"), failure();
  auto sourceOf = [](Value v) {
    auto cast = v.getDefiningOp<ascend::CastOp>();
    return cast ? cast.getInput() : v;
  };
  Value source = sourceOf(plan.op.getInput());
  auto argument = mlir::dyn_cast<BlockArgument>(source);
  if (!argument)
    return group.emitError("a normalising kernel reads an operand"), failure();
  plan.argument = argument.getArgNumber();
  plan.in = elemOfValue(source);
  for (Value value : body.getTerminator()->getOperands()) {
    if (value != plan.op.getOutput() && sourceOf(value) != plan.op.getOutput())
      return group.emitError("a normalising kernel gives its result, also cast"), failure();
    plan.outs.push_back(elemOfValue(value));
  }
  for (Elem e : plan.outs)
    if (e != Elem::F16 && e != Elem::F32)
      return group.emitError("a normalising kernel gives f16 or f32"), failure();
  return plan;
}

int64_t NormPlan::ubBytes() const {
  int64_t n = elements(), sums = 2 * planes * tileRows * 4, parameters = 0;
  for (size_t i = 0; i < 2; ++i)
    parameters += parameter(i) ? columns() : 0;
  // Input and result twice; products of rows, sums and planes of 16 lanes.
  if (inHalves())
    return 4 * n * 2 + parameters * 2 + columns() * 4 + 2 * pitch() * 4 + 2 * pitch() * 2 + 4096;
  // Input twice, what is computed in if that is another type, squares or halves.
  return 2 * n * bytesOf(in) + (in == Elem::F16 ? n * 4 : 0) + n * 2 + parameters * 4 * 4 +
         columns() * 8 + sums + 3 * pitch() * 4 + 2048;
}

bool NormPlan::chooseTile(const SocDescription &soc) {
  int64_t share = llvm::divideCeil(rows, 2 * soc.aiCores), unit = rowUnit();
  tileRows = std::clamp<int64_t>(llvm::alignDown(share, unit), unit, 128);
  while (tileRows > unit && ubBytes() > soc.ubSize)
    tileRows -= unit;
  // As many tiles for every core.
  int64_t perCore = llvm::divideCeil(rows, tileRows * soc.aiCores);
  int64_t even = llvm::alignTo(llvm::divideCeil(rows, perCore * soc.aiCores), unit);
  tileRows = std::min({tileRows, even, int64_t(llvm::alignDown(rows, unit))});
  // A repeat count holds all sums of a row but one, and steps from plane to plane.
  return ubBytes() <= soc.ubSize && planes <= 128;
}

NormKernel::Item NormKernel::locate(Num number, Num valid) {
  Item item;
  Num first = kb.mul(number, plan.tileRows);
  // The last tile reaches back into the one before it.
  item.start = plan.rows % plan.tileRows == 0 ? first : kb.min(first, plan.rows - plan.tileRows);
  item.skip = kb.sub(first, item.start);
  if (plan.rows % plan.tileRows == 0)
    item.skip = 0;
  item.rows = kb.mul(kb.sub(plan.tileRows, item.skip), valid);
  return item;
}

void NormKernel::read(Item &item) {
  item.in = kb.acquire(inPool);
  int64_t row = 16 * bytesOf(plan.in);
  kb.gmToUb(item.in, kb.at(ins[plan.argument], kb.mul(item.start, row)), plan.planes,
            plan.tileRows * row, plan.tileRows * row, plan.rows * row);
}

Value NormKernel::loadParameter(size_t i, Elem elem) {
  Value parameter = plan.parameter(i);
  if (!parameter)
    return {};
  auto argument = mlir::cast<BlockArgument>(parameter);
  Elem from = elemOfValue(argument);
  int64_t n = plan.columns();
  Value raw = kb.acquire(kb.pool("raw", MemSpace::UB, n * bytesOf(from), 1));
  kb.gmToUb(raw, ins[argument.getArgNumber()], 1, n * bytesOf(from), 32, 32);
  if (from == elem)
    return raw;
  Value converted = kb.acquire(kb.pool("parameter", MemSpace::UB, n * bytesOf(elem), 1));
  kb.conv(from, elem, converted, raw, VecShape::flat(n));
  return converted;
}

void NormKernel::addLanes(Value sums, Value x, int64_t firstPlane, int64_t planeCount) {
  VecShape blocks{1, planeCount * plan.tileRows * 8, int64_t(isa::packStrides(1, 2, 2, 8, 16, 16)),
                  true};
  for (int64_t half = 0; half < 2; ++half)
    kb.reduce<VCgaddOp>(Elem::F32,
                        kb.at(sums, (half * plan.planes + firstPlane) * plan.tileRows * 4),
                        kb.at(x, 32 * half), blocks);
}

void NormKernel::addPlanes(Value sums) {
  // The first set of sums takes up the others, one repeat each.
  int64_t sets = 2 * plan.planes - 1, blocks = plan.tileRows / 8;
  for (int64_t row = 0; row < plan.tileRows; row += 64) {
    Value total = kb.at(sums, row * 4);
    kb.binary<VAddOp>(Elem::F32, total, kb.at(total, plan.tileRows * 4), total,
                      VecShape::rows(sets, std::min<int64_t>(64, plan.tileRows - row),
                                     isa::packStrides(1, 1, 1, 0, unsigned(blocks), 0)));
  }
}

void NormKernel::inverseDeviation(Value variance) {
  onSums<VAddsOp>(variance, plan.epsilon);
  kb.unary<VSqrtOp>(Elem::F32, variance, variance, VecShape::flat(plan.tileRows));
  kb.binary<VDivOp>(Elem::F32, variance, one, variance,
                    {1, plan.tileRows, int64_t(isa::packStrides(1, 0, 1, 8, 0, 8)), true});
}

void NormKernel::store(const Item &item, Value halves, Value singles) {
  for (auto [gm, elem] : llvm::zip(gmOuts, plan.outs)) {
    int64_t row = 16 * bytesOf(elem);
    Value from = elem == Elem::F16 ? halves : singles;
    kb.ubToGm(kb.at(gm, kb.mul(kb.add(item.start, item.skip), row)),
              kb.at(from, kb.mul(item.skip, row)), plan.planes, kb.mul(item.rows, row),
              plan.rows * row, plan.tileRows * row);
  }
}

void NormKernel::emit(int64_t blockDim) {
  int64_t items = plan.items(), slots = items > blockDim ? 2 : 1;
  inPool = kb.pool("in", MemSpace::UB, plan.elements() * bytesOf(plan.in), slots);
  one = kb.acquire(kb.pool("one", MemSpace::UB, 32, 1));
  kb.dup(Elem::F32, one, 1, VecShape::flat(8));
  prepare();
  int64_t perTurn = itemsPerTurn(llvm::divideCeil(items, blockDim));
  kb.loop(kb.blockId(), items, blockDim * perTurn, [&](Num first) {
    SmallVector<Item> turn;
    for (int64_t k = 0; k < perTurn; ++k) {
      Num valid = 1, number = itemOfTurn(kb, first, k, perTurn, items, blockDim, valid);
      turn.push_back(locate(number, valid));
    }
    read(turn[0]);
    for (int64_t k = 0; k < perTurn; ++k) {
      if (k + 1 < perTurn)
        read(turn[k + 1]);
      compute(turn[k]);
    }
  });
}

} // namespace openatc::kernel
