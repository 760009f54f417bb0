//===- RegisterAllocator.cpp - Scalar registers of a kernel ---------------===//

#include "RegisterAllocator.h"

#include <algorithm>
#include <map>

namespace openatc::codegen {

namespace {

/// Registers kept for reloading spilled operands of one instruction.
constexpr unsigned kScratch = 5;
constexpr unsigned kAllocatable = isa::kNumRegisters - kScratch;

struct Interval {
  uint32_t reg = 0;
  uint32_t begin = UINT32_MAX, end = 0;
  double weight = 0; // uses, each counted ten times per loop depth
  int assigned = -1; // physical register
  int slot = -1;     // or slot of the scalar buffer
};

std::vector<Interval> liveIntervals(const std::vector<VInst> &code,
                                    const std::vector<LoopRange> &loops, uint32_t numRegs) {
  std::vector<uint32_t> depth(code.size() + 1, 0);
  for (const LoopRange &l : loops)
    for (uint32_t i = l.begin; i < l.end; ++i)
      ++depth[i];
  std::vector<Interval> live(numRegs);
  for (uint32_t r = 0; r < numRegs; ++r)
    live[r].reg = r;
  for (uint32_t i = 0; i < code.size(); ++i)
    for (const VOperand &o : code[i].operands)
      if (o.reg >= 0) {
        Interval &v = live[o.reg];
        v.begin = std::min(v.begin, i);
        v.end = std::max(v.end, i);
        double w = 1;
        for (uint32_t d = 0; d < depth[i]; ++d)
          w *= 10;
        v.weight += w;
      }
  // A value from before a loop that is touched inside must survive the whole
  // loop. Loops nest, so inner ones first reaches the fixed point in one pass.
  std::vector<LoopRange> ordered = loops;
  std::stable_sort(ordered.begin(), ordered.end(), [](const LoopRange &a, const LoopRange &b) {
    return a.end - a.begin < b.end - b.begin;
  });
  for (const LoopRange &l : ordered)
    for (Interval &v : live)
      if (v.begin < l.begin && v.end >= l.begin && v.end < l.end)
        v.end = l.end - 1;
  return live;
}

/// Linear scan: gives each interval a register or a spill slot.
bool assign(std::vector<Interval> &live) {
  std::vector<Interval *> order;
  for (Interval &v : live)
    if (v.begin != UINT32_MAX)
      order.push_back(&v);
  std::stable_sort(order.begin(), order.end(),
                   [](Interval *a, Interval *b) { return a->begin < b->begin; });
  std::vector<Interval *> active;
  std::vector<bool> taken(kAllocatable, false);
  int slots = 0;
  for (Interval *v : order) {
    for (size_t i = 0; i < active.size();) {
      if (active[i]->end < v->begin) {
        taken[active[i]->assigned] = false;
        active.erase(active.begin() + i);
      } else {
        ++i;
      }
    }
    auto free = std::find(taken.begin(), taken.end(), false);
    if (free == taken.end()) {
      // Evict the interval that is used least per instruction of its length.
      auto cost = [](const Interval *x) { return x->weight / (x->end - x->begin + 1); };
      auto victim = std::min_element(active.begin(), active.end(),
                                     [&](Interval *a, Interval *b) { return cost(a) < cost(b); });
      if (cost(*victim) < cost(v)) {
        v->assigned = (*victim)->assigned;
        (*victim)->assigned = -1;
        (*victim)->slot = slots++;
        *victim = v;
      } else {
        v->slot = slots++;
      }
      continue;
    }
    *free = true;
    v->assigned = int(free - taken.begin());
    active.push_back(v);
  }
  return slots <= int(isa::kNumSpillSlots);
}

isa::Instruction scalarMove(isa::Opcode op, isa::Operand a, isa::Operand b) {
  isa::Instruction inst;
  inst.opcode = op;
  inst.numOperands = 2;
  inst.operands[0] = a;
  inst.operands[1] = b;
  return inst;
}

} // namespace

bool allocateRegisters(const std::vector<VInst> &code, const std::vector<LoopRange> &loops,
                       uint32_t numRegs, std::vector<isa::Instruction> &out,
                       std::vector<int32_t> &targets, std::vector<uint32_t> &origin) {
  std::vector<Interval> live = liveIntervals(code, loops, numRegs);
  if (!assign(live))
    return false;

  std::vector<uint32_t> newIndex(code.size() + 1);
  for (uint32_t i = 0; i < code.size(); ++i) {
    newIndex[i] = uint32_t(out.size());
    const VInst &v = code[i];
    isa::Instruction inst;
    inst.opcode = v.opcode;
    inst.mods = v.mods;
    inst.numOperands = uint8_t(v.operands.size());
    std::map<int32_t, uint8_t> reloaded;
    int storeSlot = -1;
    unsigned nextScratch = kAllocatable;
    for (size_t k = 0; k < v.operands.size(); ++k) {
      const VOperand &o = v.operands[k];
      if (o.reg < 0) {
        inst.operands[k] = isa::Operand::immediate(o.imm);
        continue;
      }
      const Interval &interval = live[o.reg];
      bool isDef = v.defines && k == 0;
      uint8_t reg;
      if (interval.assigned >= 0) {
        reg = uint8_t(interval.assigned);
      } else if (isDef) {
        reg = uint8_t(kAllocatable + kScratch - 1);
        storeSlot = interval.slot;
      } else if (auto it = reloaded.find(o.reg); it != reloaded.end()) {
        reg = it->second;
      } else {
        if (nextScratch == isa::kNumRegisters)
          return false;
        reg = uint8_t(nextScratch++);
        reloaded[o.reg] = reg;
        out.push_back(scalarMove(isa::Opcode::SLd, isa::Operand::regPlus(reg),
                                 isa::Operand::immediate(interval.slot)));
        targets.push_back(-1);
        origin.push_back(i);
      }
      inst.operands[k] = isa::Operand::regPlus(reg, isDef ? 0 : o.imm);
    }
    out.push_back(inst);
    targets.push_back(v.target);
    origin.push_back(i);
    if (storeSlot >= 0) {
      out.push_back(scalarMove(isa::Opcode::SSt, isa::Operand::immediate(storeSlot),
                               isa::Operand::regPlus(kAllocatable + kScratch - 1)));
      targets.push_back(-1);
      origin.push_back(i);
    }
  }
  newIndex[code.size()] = uint32_t(out.size());
  for (int32_t &t : targets)
    if (t >= 0)
      t = int32_t(newIndex[t]);
  return true;
}

} // namespace openatc::codegen
