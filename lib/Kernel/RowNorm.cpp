//===- RowNorm.cpp - Normalisation of rows in FRACTAL_NZ ------------------===//
//
// (x - mean) / sqrt(variance + epsilon) * scale + bias, in f32. A tile is all blocks of
// columns ("planes") of some rows, in UB as [planes][rows][16]; 8 lanes of a row are
// added up at once, which leaves two sums for each row and plane. Statistics are spread
// to one plane that all planes meet; scale and bias to 4 rows of each plane, the 256
// bytes of a repeat. Everything is computed in place.
//
//===----------------------------------------------------------------------===//

#include "RowNorm.h"

#include "RowMath.h"
#include "VectorSupport.h"
#include "WorkItems.h"
#include "openatc/Target/CostModel.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
namespace {

constexpr int64_t kRepeatRows = 4; ///< rows of 16 singles in a repeat
constexpr int64_t kRowUnit = 8;    ///< sums of so many rows fill a block

Elem elemOfValue(Value value) {
  return elemOf(mlir::cast<ShapedType>(value.getType()).getElementType()).value_or(Elem::S64);
}

/// What a group computes, and on how many rows at a time.
struct NormPlan {
  ascend::LayerNormOp op;
  unsigned argument = 0; ///< number of the operand that is normalised
  Elem in = Elem::F32;   ///< of that operand
  SmallVector<Elem, 2> outs;
  int64_t rows = 0, planes = 0; ///< of the tensor
  int64_t tileRows = kRowUnit;

  int64_t columns() const { return planes * 16; }
  int64_t pitch() const { return tileRows * 16; } ///< elements of a plane
  int64_t elements() const { return planes * pitch(); }
  int64_t items() const { return llvm::divideCeil(rows, tileRows); }
  bool givesHalves() const { return llvm::is_contained(outs, Elem::F16); }
  Value parameter(size_t i) { return i == 0 ? op.getScale() : op.getBias(); }

  int64_t ubBytes() {
    // Input twice, what is computed in if that is another type, squares or halves.
    int64_t total =
        2 * elements() * bytesOf(in) + (in == Elem::F16 ? elements() * 4 : 0) + elements() * 2;
    for (size_t i = 0; i < 2; ++i)
      if (parameter(i))
        total += columns() * 4 * kRepeatRows + columns() * 8;
    return total + 2 * planes * tileRows * 4 + 2 * pitch() * 4 + 2048;
  }

  /// Diagnoses what is not supported.
  static FailureOr<NormPlan> of(ascend::KernelOp group);
  bool chooseTile(const SocDescription &soc);
};

FailureOr<NormPlan> NormPlan::of(ascend::KernelOp group) {
  NormPlan plan;
  Block &body = group.getBody().front();
  for (auto norm : body.getOps<ascend::LayerNormOp>())
    plan.op = norm;
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

bool NormPlan::chooseTile(const SocDescription &soc) {
  int64_t share = llvm::divideCeil(rows, 2 * soc.aiCores);
  tileRows = std::clamp<int64_t>(llvm::alignDown(share, kRowUnit), kRowUnit, 128);
  while (tileRows > kRowUnit && ubBytes() > soc.ubSize)
    tileRows -= kRowUnit;
  // As many tiles for every core.
  int64_t perCore = llvm::divideCeil(rows, tileRows * soc.aiCores);
  int64_t even = llvm::alignTo(llvm::divideCeil(rows, perCore * soc.aiCores), kRowUnit);
  tileRows = std::min({tileRows, even, int64_t(llvm::alignDown(rows, kRowUnit))});
  // A repeat count holds all sums of a row but one, and steps from plane to plane.
  return ubBytes() <= soc.ubSize && planes <= 128;
}

class NormKernel {
public:
  NormKernel(KernelBuilder &kb, NormPlan &plan, ValueRange ins, ValueRange outs)
      : kb(kb), plan(plan), ins(ins), gmOuts(outs), math(kb, Elem::F32, plan.planes) {}

  void emit(int64_t blockDim);

private:
  struct Item {
    Num start = 0; ///< first row that is computed
    Num skip = 0;  ///< rows that another tile gives
    Num rows = 0;  ///< rows that are given
    Value in;
  };
  Item locate(Num number, Num valid);
  void read(Item &item);
  void compute(const Item &item);
  void prepareParameter(size_t i);
  /// Sums of 8 lanes of each row of some planes, then of all of a row in sums[0..rows).
  void addLanes(Value x, int64_t firstPlane, int64_t planeCount);
  void addPlanes();
  template <typename Op> void onSums(double s) {
    kb.scalar<Op>(Elem::F32, sums, sums, s, VecShape::flat(plan.tileRows));
  }
  /// plane[r][0..16) = sums[r].
  void spread();
  /// x = x op parameter, column by column.
  template <typename Op> void perColumn(Value x, Value parameter);
  void store(const Item &item, Value halves, Value singles);

  KernelBuilder &kb;
  NormPlan &plan;
  ValueRange ins, gmOuts;
  RowMath math;
  Value inPool, scratchPool, workPool, sums, plane, one;
  std::array<Value, 2> parameters;
};

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

void NormKernel::prepareParameter(size_t i) {
  Value parameter = plan.parameter(i);
  if (!parameter)
    return;
  auto argument = mlir::cast<BlockArgument>(parameter);
  Elem elem = elemOfValue(argument);
  int64_t n = plan.columns();
  Value raw = kb.acquire(kb.pool("raw", MemSpace::UB, n * bytesOf(elem), 1));
  kb.gmToUb(raw, ins[argument.getArgNumber()], 1, n * bytesOf(elem), 32, 32);
  if (elem != Elem::F32) {
    Value wide = kb.acquire(kb.pool("wide", MemSpace::UB, n * 4, 1));
    kb.conv(elem, Elem::F32, wide, raw, VecShape::flat(n));
    raw = wide;
  }
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

void NormKernel::addLanes(Value x, int64_t firstPlane, int64_t planeCount) {
  VecShape blocks{1, planeCount * plan.tileRows * 8, int64_t(isa::packStrides(1, 2, 2, 8, 16, 16)),
                  true};
  for (int64_t half = 0; half < 2; ++half)
    kb.reduce<VCgaddOp>(Elem::F32,
                        kb.at(sums, (half * plan.planes + firstPlane) * plan.tileRows * 4),
                        kb.at(x, 32 * half), blocks);
}

void NormKernel::addPlanes() {
  // The first set of sums takes up the others, one repeat each.
  int64_t sets = 2 * plan.planes - 1, blocks = plan.tileRows / 8;
  for (int64_t row = 0; row < plan.tileRows; row += 64) {
    Value total = kb.at(sums, row * 4);
    kb.binary<VAddOp>(Elem::F32, total, kb.at(total, plan.tileRows * 4), total,
                      VecShape::rows(sets, std::min<int64_t>(64, plan.tileRows - row),
                                     isa::packStrides(1, 1, 1, 0, unsigned(blocks), 0)));
  }
}

void NormKernel::spread() {
  for (int64_t half = 0; half < 2; ++half)
    kb.brcb(Elem::F32, kb.at(plane, 32 * half), sums, plan.tileRows / 8, 2, 16);
}

template <typename Op> void NormKernel::perColumn(Value x, Value parameter) {
  if (!parameter)
    return;
  int64_t lanes = 16 * kRepeatRows;
  for (int64_t at = 0; at < plan.pitch(); at += lanes) {
    Rows part = math.at({x, plan.pitch()}, at);
    math.binary<Op>(part, part, {parameter, lanes}, lanes);
  }
}

void NormKernel::compute(const Item &item) {
  int64_t n = plan.elements(), pitch = plan.pitch(), rows = plan.tileRows;
  Value x = item.in, scratch = kb.acquire(scratchPool);
  if (plan.in == Elem::F16) {
    x = kb.acquire(workPool);
    kb.conv(Elem::F16, Elem::F32, x, item.in, VecShape::flat(n));
  }
  addLanes(x, 0, plan.planes);
  addPlanes();
  onSums<VMulsOp>(1.0 / double(plan.columns()));
  spread();
  math.binary<VSubOp>({x, pitch}, {x, pitch}, {plane, 0}, pitch);
  // Half of the squares fit what will hold the halves.
  int64_t part = llvm::divideCeil(plan.planes, 2);
  for (int64_t first = 0; first < plan.planes; first += part) {
    int64_t count = std::min(part, plan.planes - first);
    Value from = kb.at(x, first * pitch * 4);
    kb.binary<VMulOp>(Elem::F32, scratch, from, from, VecShape::flat(count * pitch));
    addLanes(scratch, first, count);
  }
  addPlanes();
  onSums<VMulsOp>(1.0 / double(plan.columns()));
  onSums<VAddsOp>(plan.op.getEpsilon().convertToDouble());
  kb.unary<VSqrtOp>(Elem::F32, sums, sums, VecShape::flat(rows));
  kb.binary<VDivOp>(Elem::F32, sums, one, sums,
                    {1, rows, int64_t(isa::packStrides(1, 0, 1, 8, 0, 8)), true});
  spread();
  math.binary<VMulOp>({x, pitch}, {x, pitch}, {plane, 0}, pitch);
  perColumn<VMulOp>(x, parameters[0]);
  perColumn<VAddOp>(x, parameters[1]);
  if (plan.givesHalves())
    kb.conv(Elem::F32, Elem::F16, scratch, x, VecShape::flat(n));
  store(item, scratch, x);
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
  int64_t items = plan.items(), slots = items > blockDim ? 2 : 1, n = plan.elements();
  inPool = kb.pool("in", MemSpace::UB, n * bytesOf(plan.in), slots);
  scratchPool = kb.pool("halves", MemSpace::UB, n * 2 + plan.pitch() * 2, 1);
  if (plan.in == Elem::F16)
    workPool = kb.pool("work", MemSpace::UB, n * 4, 1);
  sums = kb.acquire(kb.pool("sums", MemSpace::UB, 2 * plan.planes * plan.tileRows * 4, 1));
  plane = kb.acquire(kb.pool("plane", MemSpace::UB, plan.pitch() * 4, 1));
  one = kb.acquire(kb.pool("one", MemSpace::UB, 32, 1));
  kb.dup(Elem::F32, one, 1, VecShape::flat(8));
  for (size_t i = 0; i < 2; ++i)
    prepareParameter(i);
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

class RowNormAuthor : public KernelAuthor {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    FailureOr<NormPlan> plan = NormPlan::of(op);
    if (failed(plan))
      return failure();
    if (!plan->chooseTile(soc))
      return op.emitError("no tile fits the unified buffer"), failure();
    int64_t blockDim = std::min(plan->items(), soc.aiCores);
    OpBuilder b(op);
    auto number = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr({number("block_dim", blockDim),
                                number("estimate_cycles", estimate(*plan, blockDim, soc)),
                                number("tile_rows", plan->tileRows)});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    FailureOr<NormPlan> plan = NormPlan::of(op);
    if (failed(plan))
      return failure();
    plan->tileRows = scheduleValue(op, "tile_rows", kRowUnit);
    kb.loc = plan->op->getLoc();
    NormKernel(kb, *plan, ins, outs).emit(scheduleValue(op, "block_dim", 1));
    return success();
  }

private:
  /// The first tile is read, then moves hide behind 8 passes over each tile, or 9 with a
  /// conversion in front, and about 20 dependent instructions in between.
  static int64_t estimate(NormPlan &plan, int64_t blockDim, const SocDescription &soc) {
    int64_t bytes = plan.elements() * bytesOf(plan.in), passes = plan.in == Elem::F16 ? 9 : 8;
    int64_t compute =
        passes * plan.elements() * 4 / 256 + 20 * (soc.vectorHead + soc.vectorLatency);
    return cost::gmRead(soc, bytes, plan.pitch() * bytesOf(plan.in), false) +
           llvm::divideCeil(plan.items(), blockDim) * compute;
  }
};

} // namespace

bool isRowNorm(ascend::KernelOp op) {
  return llvm::any_of(op.getBody().front().getOps<ascend::LayerNormOp>(), [](auto norm) {
    return layoutOf(norm.getInput().getType()) == ascend::Layout::FRACTAL_NZ;
  });
}

const KernelAuthor *rowNormAuthor() {
  static const RowNormAuthor author;
  return &author;
}

} // namespace openatc::kernel
