//===- KernelEncoder.cpp - davinci kernels to instruction bytes -----------===//
//
// Constants become immediates and `x + constant` an operand's addend; what is
// left of the address arithmetic becomes scalar instructions in place. A pool
// with several slots keeps the number of its current slot in a register that
// each `davinci.acquire` advances.
//
//===----------------------------------------------------------------------===//

#include "openatc/Codegen/KernelEncoder.h"

#include "RegisterAllocator.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace openatc::davinci;
using openatc::isa::Opcode;

namespace openatc::codegen {

namespace {

class Selector {
public:
  LogicalResult run(KernelOp kernel);

  std::vector<VInst> code;
  std::vector<LoopRange> loops;
  uint32_t numRegs = 0;

private:
  LogicalResult selectBlock(Block &block);
  LogicalResult select(Operation &op);
  LogicalResult selectFor(scf::ForOp op);
  LogicalResult selectIf(scf::IfOp op);
  LogicalResult selectInst(InstOpInterface op);
  void selectAcquire(AcquireOp op);
  LogicalResult selectArith(Operation &op);

  VOperand newReg() { return {int32_t(numRegs++), 0}; }
  VOperand use(Value v) { return values.lookup(v); }
  VInst &emit(Opcode op, std::vector<VOperand> operands, Location loc, bool defines = false) {
    code.push_back({op, {}, std::move(operands), loc, -1, defines});
    return code.back();
  }
  VOperand emitDef(Opcode op, std::vector<VOperand> operands, Location loc) {
    VOperand rd = newReg();
    operands.insert(operands.begin(), rd);
    emit(op, std::move(operands), loc, /*defines=*/true);
    return rd;
  }
  VOperand emitAdd(VOperand a, VOperand b, Location loc) {
    if (a.reg < 0)
      return {b.reg, a.imm + b.imm};
    if (b.reg < 0)
      return {a.reg, a.imm + b.imm};
    return emitDef(Opcode::SAdd, {a, b}, loc);
  }

  llvm::DenseMap<Value, VOperand> values;
  llvm::DenseMap<Value, VOperand> currentSlot; // of pools with several slots
};

LogicalResult Selector::run(KernelOp kernel) {
  for (BlockArgument arg : kernel.getBody().getArguments())
    values[arg] = emitDef(Opcode::SArg, {{-1, int64_t(arg.getArgNumber())}}, kernel.getLoc());
  if (failed(selectBlock(kernel.getBody().front())))
    return failure();
  emit(Opcode::End, {}, kernel.getLoc());
  return success();
}

LogicalResult Selector::selectBlock(Block &block) {
  for (Operation &op : block)
    if (failed(select(op)))
      return failure();
  return success();
}

void Selector::selectAcquire(AcquireOp op) {
  auto pool = op.getPool().getDefiningOp<PoolOp>();
  int64_t slots = pool.getSlots(), base = *pool.getAddress();
  if (slots == 1) {
    values[op.getPtr()] = {-1, base};
    return;
  }
  VOperand slot = currentSlot.lookup(op.getPool());
  // Advance in place: 1 - s for two slots, (s + 1) % n otherwise.
  if (slots == 2) {
    emit(Opcode::SSub, {slot, {-1, 1}, slot}, op.getLoc(), true);
  } else {
    emit(Opcode::SRem, {slot, {slot.reg, 1}, {-1, slots}}, op.getLoc(), true);
  }
  VOperand address = emitDef(Opcode::SMul, {slot, {-1, int64_t(pool.getBytes())}}, op.getLoc());
  values[op.getPtr()] = {address.reg, base};
  for (Operation *user : op->getUsers())
    if (auto slotOp = mlir::dyn_cast<SlotOp>(user))
      values[slotOp.getSlot()] = emitDef(Opcode::SMov, {slot}, op.getLoc());
}

LogicalResult Selector::select(Operation &op) {
  Location loc = op.getLoc();
  return llvm::TypeSwitch<Operation *, LogicalResult>(&op)
      .Case<arith::ConstantOp>([&](auto c) {
        auto value = mlir::dyn_cast<IntegerAttr>(c.getValue());
        if (!value)
          return c.emitError("only integer constants exist in a kernel"), failure();
        values[c.getResult()] = {-1, value.getType().isInteger(1)
                                         ? int64_t(value.getValue().getZExtValue())
                                         : value.getInt()};
        return success();
      })
      .Case<PoolOp>([&](PoolOp pool) -> LogicalResult {
        if (!pool.getAddress())
          return pool.emitError("has no address; run davinci-place-buffers first");
        if (pool.getSlots() > 1)
          currentSlot[pool.getPool()] =
              emitDef(Opcode::SMov, {{-1, int64_t(pool.getSlots()) - 1}}, loc);
        return success();
      })
      .Case<AcquireOp>([&](AcquireOp acquire) {
        selectAcquire(acquire);
        return success();
      })
      .Case<SlotOp>([&](SlotOp slot) {
        // Slots of a pool with one slot are constant; others were copied at the acquire.
        values.try_emplace(slot.getSlot(), VOperand{-1, 0});
        return success();
      })
      .Case<OffsetOp>([&](OffsetOp offset) {
        values[offset.getPtr()] = emitAdd(use(offset.getBase()), use(offset.getBytes()), loc);
        return success();
      })
      .Case<BlockIdOp>([&](BlockIdOp id) {
        values[id.getId()] = emitDef(Opcode::SBlk, {}, loc);
        return success();
      })
      .Case<LoadScalarOp>([&](LoadScalarOp load) {
        values[load.getValue()] = emitDef(Opcode::SLdGm, {use(load.getSrc())}, loc);
        code.back().mods.type = static_cast<isa::Type>(load.getElem());
        return success();
      })
      .Case<SetFlagOp, WaitFlagOp>([&](auto flag) {
        bool isSet = std::is_same_v<decltype(flag), SetFlagOp>;
        VInst &inst = emit(isSet ? Opcode::SetFlag : Opcode::WaitFlag, {use(flag.getId())}, loc);
        inst.mods.pipeA = static_cast<isa::Pipe>(flag.getSrc());
        inst.mods.pipeB = static_cast<isa::Pipe>(flag.getDst());
        return success();
      })
      .Case<BarrierOp>([&](BarrierOp barrier) {
        emit(Opcode::Barrier, {}, loc).mods.pipeA = static_cast<isa::Pipe>(barrier.getPipe());
        return success();
      })
      .Case<scf::ForOp>([&](scf::ForOp loop) { return selectFor(loop); })
      .Case<scf::IfOp>([&](scf::IfOp branch) { return selectIf(branch); })
      .Case<scf::YieldOp>([](auto) { return success(); })
      .Case<InstOpInterface>([&](InstOpInterface inst) { return selectInst(inst); })
      .Default([&](Operation *other) { return selectArith(*other); });
}

LogicalResult Selector::selectInst(InstOpInterface op) {
  std::vector<VOperand> operands;
  for (Value v : op->getOperands())
    operands.push_back(use(v));
  emit(op.getIsaOpcode(), std::move(operands), op.getLoc()).mods = op.getIsaModifiers();
  return success();
}

LogicalResult Selector::selectArith(Operation &op) {
  Location loc = op.getLoc();
  if (auto add = mlir::dyn_cast<arith::AddIOp>(op)) {
    values[add.getResult()] = emitAdd(use(add.getLhs()), use(add.getRhs()), loc);
    return success();
  }
  if (auto sub = mlir::dyn_cast<arith::SubIOp>(op)) {
    VOperand a = use(sub.getLhs()), b = use(sub.getRhs());
    values[sub.getResult()] =
        b.reg < 0 ? VOperand{a.reg, a.imm - b.imm} : emitDef(Opcode::SSub, {a, b}, loc);
    return success();
  }
  if (auto cmp = mlir::dyn_cast<arith::CmpIOp>(op)) {
    using P = arith::CmpIPredicate;
    isa::Cond cond;
    switch (cmp.getPredicate()) {
    case P::eq:
      cond = isa::Cond::EQ;
      break;
    case P::ne:
      cond = isa::Cond::NE;
      break;
    case P::slt:
      cond = isa::Cond::LT;
      break;
    case P::sle:
      cond = isa::Cond::LE;
      break;
    case P::sgt:
      cond = isa::Cond::GT;
      break;
    case P::sge:
      cond = isa::Cond::GE;
      break;
    default:
      return op.emitError("unsigned comparisons have no instruction");
    }
    values[cmp.getResult()] = emitDef(Opcode::SCmp, {use(cmp.getLhs()), use(cmp.getRhs())}, loc);
    code.back().mods.cond = cond;
    return success();
  }
  if (mlir::isa<arith::IndexCastUIOp, arith::IndexCastOp>(op)) {
    values[op.getResult(0)] = use(op.getOperand(0));
    return success();
  }
  auto opcode = llvm::TypeSwitch<Operation *, std::optional<Opcode>>(&op)
                    .Case<arith::MulIOp>([](auto) { return Opcode::SMul; })
                    .Case<arith::DivSIOp>([](auto) { return Opcode::SDiv; })
                    .Case<arith::RemSIOp>([](auto) { return Opcode::SRem; })
                    .Case<arith::MinSIOp>([](auto) { return Opcode::SMin; })
                    .Case<arith::MaxSIOp>([](auto) { return Opcode::SMax; })
                    .Case<arith::AndIOp>([](auto) { return Opcode::SAnd; })
                    .Case<arith::OrIOp>([](auto) { return Opcode::SOr; })
                    .Case<arith::ShLIOp>([](auto) { return Opcode::SShl; })
                    .Case<arith::ShRSIOp>([](auto) { return Opcode::SShr; })
                    .Case<arith::SelectOp>([](auto) { return Opcode::SSel; })
                    .Default([](auto) { return std::nullopt; });
  if (!opcode)
    return op.emitError("has no instruction on the core");
  std::vector<VOperand> operands;
  for (Value v : op.getOperands())
    operands.push_back(use(v));
  values[op.getResult(0)] = emitDef(*opcode, std::move(operands), loc);
  return success();
}

LogicalResult Selector::selectFor(scf::ForOp op) {
  if (op.getNumResults())
    return op.emitError("loops of a kernel carry no values");
  Location loc = op.getLoc();
  VOperand lo = use(op.getLowerBound()), hi = use(op.getUpperBound()), step = use(op.getStep());
  VOperand iv = emitDef(Opcode::SMov, {lo}, loc);
  values[op.getInductionVar()] = iv;
  // The guard is left out where the first trip is certain.
  int64_t guard = -1;
  if (lo.reg >= 0 || hi.reg >= 0 || lo.imm >= hi.imm) {
    guard = int64_t(code.size());
    emit(Opcode::SBr, {iv, hi, {-1, 0}}, loc).mods.cond = isa::Cond::GE;
  }
  uint32_t begin = uint32_t(code.size());
  if (failed(selectBlock(*op.getBody())))
    return failure();
  emit(Opcode::SAdd, {iv, iv, step}, loc, true);
  VInst &back = emit(Opcode::SBr, {iv, hi, {-1, 0}}, loc);
  back.mods.cond = isa::Cond::LT;
  back.target = int32_t(begin);
  loops.push_back({begin, uint32_t(code.size())});
  if (guard >= 0)
    code[guard].target = int32_t(code.size());
  return success();
}

LogicalResult Selector::selectIf(scf::IfOp op) {
  if (op.getNumResults() || op.elseBlock())
    return op.emitError("branches of a kernel have one side and no results");
  size_t branch = code.size();
  emit(Opcode::SBr, {use(op.getCondition()), {-1, 0}, {-1, 0}}, op.getLoc()).mods.cond =
      isa::Cond::EQ;
  if (failed(selectBlock(*op.thenBlock())))
    return failure();
  code[branch].target = int32_t(code.size());
  return success();
}

} // namespace

FailureOr<EncodedKernel> encodeKernel(KernelOp kernel) {
  Selector selector;
  if (failed(selector.run(kernel)))
    return failure();
  std::vector<isa::Instruction> insts;
  std::vector<int32_t> targets;
  std::vector<uint32_t> origin;
  if (!allocateRegisters(selector.code, selector.loops, selector.numRegs, insts, targets, origin))
    return kernel.emitError("needs more scalar registers than the core and its spill slots have");

  // Sizes do not depend on operand values, so branch targets are known at once.
  std::vector<uint32_t> offset(insts.size() + 1, 0);
  for (size_t i = 0; i < insts.size(); ++i)
    offset[i + 1] = offset[i] + 8 + 8 * insts[i].numOperands;
  EncodedKernel result;
  result.name = kernel.getSymName().str();
  for (size_t i = 0; i < insts.size(); ++i) {
    if (targets[i] >= 0)
      insts[i].operands[insts[i].numOperands - 1] = isa::Operand::immediate(offset[targets[i]]);
    Location loc = selector.code[origin[i]].loc;
    if (result.debug.empty() || result.debug.back().second != loc)
      result.debug.push_back({offset[i], loc});
    isa::encode(insts[i], result.code);
  }
  return result;
}

} // namespace openatc::codegen
