//===- VerifySync.cpp - Prove the order of the pipes ----------------------===//
//
// An abstract run of the kernel with vector clocks (as in race detectors; see
// Lamport 1978): every pipe counts its instructions and knows how far it has
// seen the others complete; a flag carries that knowledge. Loops run often
// enough for every slot to be met again by the next generation. Knows nothing
// of how davinci-insert-sync works.
//
//===----------------------------------------------------------------------===//

#include "VectorAccess.h"
#include "openatc/Kernel/Passes.h"

#include "mlir/IR/Matchers.h"

#include <array>
#include <map>

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
#define GEN_PASS_DEF_VERIFYSYNCPASS
#include "openatc/Kernel/Passes.h.inc"

namespace {

constexpr unsigned kPipes = 6;
/// More than the slots of any pool plus one.
constexpr int64_t kTrips = 3;

using Clock = std::array<uint64_t, kPipes>;

/// Last accesses of one slot, by pipe: the instruction's number there.
struct SlotState {
  Clock written{}, read{};
  /// Of vector instructions since the last barrier: ranges, and the instruction.
  SmallVector<std::pair<VectorAccess, uint64_t>> vector;
};

struct VerifySync : impl::VerifySyncPassBase<VerifySync> {
  using VerifySyncPassBase::VerifySyncPassBase;

  LogicalResult runBlock(Block &block);
  LogicalResult runOp(Operation &op);
  LogicalResult access(InstOpInterface inst);
  std::optional<int64_t> evaluate(Value v);

  std::array<Clock, kPipes> seen; // seen[p][q]: q's instructions complete for p
  Clock issued;                   // instructions each pipe has been given
  Clock drained;                  // of them, complete for the pipe itself (barrier)
  std::map<std::tuple<unsigned, unsigned, int64_t>, Clock> flags;
  llvm::DenseMap<Operation *, int64_t> nextSlot, slotOf; // by pool, by acquire
  std::map<std::pair<void *, int64_t>, SlotState> slots;

  void runOnOperation() override {
    seen = {};
    issued = drained = {};
    flags.clear();
    nextSlot.clear();
    slotOf.clear();
    slots.clear();
    if (failed(runBlock(getOperation().getBody().front())))
      return signalPassFailure();
    for (auto &[key, clock] : flags) {
      getOperation().emitError("flag ")
          << std::get<2>(key) << " from " << stringifyPipeKind(PipeKind(std::get<0>(key))) << " to "
          << stringifyPipeKind(PipeKind(std::get<1>(key))) << " is left raised";
      return signalPassFailure();
    }
  }
};

std::optional<int64_t> VerifySync::evaluate(Value v) {
  APInt constant;
  if (matchPattern(v, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  if (auto slot = v.getDefiningOp<SlotOp>())
    return slotOf.lookup(slot.getPtr().getDefiningOp());
  if (auto add = v.getDefiningOp<arith::AddIOp>()) {
    auto a = evaluate(add.getLhs()), b = evaluate(add.getRhs());
    if (a && b)
      return *a + *b;
  }
  return std::nullopt;
}

LogicalResult VerifySync::access(InstOpInterface inst) {
  unsigned pipe = unsigned(inst.getIsaPipe());
  uint64_t number = ++issued[pipe];
  auto ranges = vectorAccesses(inst);
  auto check = [&](Value ptr, bool isWrite) -> LogicalResult {
    auto acquire = getRoot(ptr).getDefiningOp<AcquireOp>();
    if (!acquire)
      return success();
    SlotState &state = slots[{acquire.getPool().getAsOpaquePointer(), slotOf.lookup(acquire)}];
    if (pipe == unsigned(isa::Pipe::V)) {
      llvm::erase_if(state.vector, [&](auto &past) { return past.second <= drained[pipe]; });
      for (const VectorAccess &mine : ranges) {
        if (mine.pool != acquire.getPool() || mine.isWrite != isWrite)
          continue;
        for (auto &[past, instruction] : state.vector)
          if (instruction != number && mine.conflictsWith(past))
            return inst->emitError("touches \"")
                   << acquire.getPool().getDefiningOp<PoolOp>().getBufferName()
                   << "\" before an earlier vector instruction is done with it";
        state.vector.push_back({mine, number});
      }
    }
    for (unsigned other = 0; other < kPipes; ++other) {
      if (other == pipe) // in order, and vector instructions by range
        continue;
      uint64_t latest =
          isWrite ? std::max(state.written[other], state.read[other]) : state.written[other];
      bool ordered = seen[pipe][other] >= latest;
      if (!ordered)
        return inst->emitError("touches \"")
               << acquire.getPool().getDefiningOp<PoolOp>().getBufferName() << "\" before "
               << stringifyPipeKind(PipeKind(other)) << " is done with it";
    }
    (isWrite ? state.written : state.read)[pipe] = number;
    return success();
  };
  for (unsigned i : inst.getReadOperands())
    if (failed(check(inst->getOperand(i), false)))
      return failure();
  for (unsigned i : inst.getWrittenOperands())
    if (failed(check(inst->getOperand(i), true)))
      return failure();
  return success();
}

LogicalResult VerifySync::runOp(Operation &op) {
  if (auto inst = mlir::dyn_cast<InstOpInterface>(op))
    return access(inst);
  if (auto acquire = mlir::dyn_cast<AcquireOp>(op)) {
    auto pool = acquire.getPool().getDefiningOp<PoolOp>();
    int64_t &next = nextSlot[pool];
    slotOf[acquire] = next;
    next = (next + 1) % int64_t(pool.getSlots());
    return success();
  }
  if (auto set = mlir::dyn_cast<SetFlagOp>(op)) {
    auto id = evaluate(set.getId());
    if (!id)
      return set.emitError("flag id cannot be determined");
    unsigned src = unsigned(set.getSrc());
    Clock clock = seen[src];
    clock[src] = issued[src];
    if (!flags.insert({{src, unsigned(set.getDst()), *id}, clock}).second)
      return set.emitError("flag ") << *id << " is already raised";
    return success();
  }
  if (auto wait = mlir::dyn_cast<WaitFlagOp>(op)) {
    auto id = evaluate(wait.getId());
    if (!id)
      return wait.emitError("flag id cannot be determined");
    unsigned dst = unsigned(wait.getDst());
    auto it = flags.find({unsigned(wait.getSrc()), dst, *id});
    if (it == flags.end())
      return wait.emitError("flag ") << *id << " is never raised before this";
    for (unsigned p = 0; p < kPipes; ++p)
      seen[dst][p] = std::max(seen[dst][p], it->second[p]);
    flags.erase(it);
    return success();
  }
  if (auto barrier = mlir::dyn_cast<BarrierOp>(op)) {
    for (unsigned p = 0; p < kPipes; ++p)
      if (barrier.getPipe() == PipeKind::All || unsigned(barrier.getPipe()) == p)
        drained[p] = issued[p];
    return success();
  }
  int64_t trips = mlir::isa<scf::ForOp>(op) ? kTrips : 1;
  for (int64_t t = 0; t < trips; ++t)
    for (Region &region : op.getRegions())
      if (!region.empty() && failed(runBlock(region.front())))
        return failure();
  return success();
}

LogicalResult VerifySync::runBlock(Block &block) {
  for (Operation &op : block)
    if (failed(runOp(op)))
      return failure();
  return success();
}

} // namespace
} // namespace openatc::kernel
