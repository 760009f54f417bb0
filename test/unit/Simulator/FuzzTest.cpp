//===- FuzzTest.cpp - Hostile kernels trap, they do not crash -------------===//

#include "KernelBuilder.h"

#include <random>

using namespace openatc;
using namespace openatc::test;

namespace {

/// Numbers that find missing checks: extremes, sizes of memories, small values.
int64_t awkward(std::mt19937_64 &random) {
  static const int64_t values[] = {0,       1,         2,         16,
                                   31,      32,        64,        128,
                                   255,     256,       512,       1024,
                                   4095,    4096,      65535,     65536,
                                   262144,  1048576,   -1,        -32,
                                   -512,    INT64_MAX, INT64_MIN, INT64_MAX - 31,
                                   1 << 24, 1 << 30,   1LL << 40, int64_t(isa::kContiguous)};
  switch (random() % 4) {
  case 0:
    return values[random() % std::size(values)];
  case 1:
    return int64_t(random() % 64) * 512;
  case 2:
    return int64_t(random() % 300);
  default:
    return int64_t(random() >> (random() % 64));
  }
}

TEST(Fuzz, RandomInstructionsTrapOrRun) {
  std::mt19937_64 random(7);
  std::vector<const isa::OpcodeInfo *> infos;
  for (unsigned op = 0; op < 256; ++op)
    if (const isa::OpcodeInfo *info = isa::infoOf(uint8_t(op)))
      if (info->opcode != Opcode::End && info->opcode != Opcode::SBr &&
          info->opcode != Opcode::SJmp)
        infos.push_back(info);
  Machine machine;
  uint64_t buffer = machine.put(std::vector<uint8_t>(1 << 16));
  size_t finished = 0;
  for (int round = 0; round < 6000; ++round) {
    Kernel kernel;
    kernel.loadArg(0, 0);
    // Something to read everywhere, so that more than the first check is reached.
    kernel.add(Opcode::FillL1, {0, 1 << 17, int64_t(random())});
    kernel.add(Opcode::Load2dA, {0, 0, 128, 1, 1});
    kernel.add(Opcode::Load2dB, {0, 0, 128, 1, 1});
    kernel.count(Opcode::VDup, Type::U32,
                 {0, int64_t(random()), 0, 1 << 15, int64_t(isa::kContiguous)});
    kernel.add(Opcode::Mmad, {0, 0, 0, 256, 16, 64, 1});
    const isa::OpcodeInfo *info = infos[random() % infos.size()];
    isa::Instruction &inst = kernel.add(info->opcode, {});
    inst.numOperands = uint8_t(info->operands.size());
    for (unsigned i = 0; i < inst.numOperands; ++i)
      inst.operands[i] = random() % 8 ? Operand::immediate(awkward(random))
                                      : reg(0, int64_t(random() % 70000) - 1000);
    if (info->hasDestReg)
      inst.operands[0] = reg(1);
    inst.mods.type = Type(random() % 9);
    inst.mods.type2 = Type(random() % 9);
    inst.mods.cond = Cond(random() % 6);
    inst.mods.round = isa::Round(random() % 5);
    inst.mods.counter = random() % 2;
    inst.mods.widen = random() % 4 == 0;
    inst.mods.index = random() % 4 == 0;
    inst.mods.relu = random() % 2;
    inst.mods.trans = random() % 2;
    inst.mods.pipeA = Pipe(random() % 7);
    inst.mods.pipeB = Pipe(random() % 7);
    kernel.add(Opcode::End, {});
    // Drop the modifiers that the opcode does not have, one by one.
    auto program = sim::Program::create("fuzz", kernel.bytes());
    for (int field = 0; !program && field < 10; ++field) {
      isa::Modifiers &m = kernel.at(6).mods;
      const isa::Modifiers none;
      const std::string text = program.message();
      auto reset = [&](const char *name, auto &value, auto fresh) {
        if (text.find("'" + std::string(name) + "'") != std::string::npos)
          value = fresh;
      };
      reset("type", m.type, none.type);
      reset("type2", m.type2, none.type2);
      reset("cond", m.cond, none.cond);
      reset("round", m.round, none.round);
      reset("counter", m.counter, false);
      reset("widen", m.widen, false);
      reset("index", m.index, false);
      reset("relu", m.relu, false);
      reset("trans", m.trans, false);
      reset("pipeA", m.pipeA, none.pipeA);
      reset("pipeB", m.pipeB, none.pipeB);
      program = sim::Program::create("fuzz", kernel.bytes());
    }
    if (!program)
      continue;
    sim::LaunchOptions options;
    options.hazards = round % 16 == 0;
    uint64_t args[] = {buffer};
    auto result = machine.device->launch(**program, 1, args, options);
    EXPECT_TRUE(result || !result.message().empty());
    finished += bool(result);
  }
  EXPECT_GT(finished, 500u) << "too few instructions get past the checks";
}

} // namespace
