//===- TrapTest.cpp - What stops a kernel ---------------------------------===//

#include "KernelBuilder.h"

using namespace openatc;
using namespace openatc::test;

namespace {

constexpr int64_t kContig = int64_t(isa::kContiguous);

void expectIn(const std::string &text, std::initializer_list<const char *> parts) {
  for (const char *part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' in: " << text;
}

TEST(Trap, NamesKernelBlockOffsetAndInstruction) {
  Machine machine;
  Kernel kernel;
  kernel.add(Opcode::SBlk, {reg(1)});
  kernel.count(Opcode::VAbs, Type::F16, {0, 64, 0, 16, kContig});
  expectIn(machine.trap(kernel, {}, 3),
           {"kernel 'test'", "block 0", "offset 16", "v.abs.f16.cnt dst=0, src=64", "UB [64, +32)",
            "read before it is written"});
}

TEST(Trap, RangeAndAlignment) {
  Machine machine;
  const int64_t ub = machine.device->soc().ubSize;
  auto message = [&](auto build) {
    Kernel kernel;
    kernel.loadArg(0, 0);
    build(kernel);
    return machine.trap(kernel, {machine.put(std::vector<uint16_t>(64))});
  };
  expectIn(
      message([&](Kernel &k) { k.count(Opcode::VDup, Type::F16, {ub - 32, 0, 0, 17, kContig}); }),
      {"outside the memory"});
  expectIn(message([&](Kernel &k) { k.count(Opcode::VDup, Type::F16, {-32, 0, 0, 16, kContig}); }),
           {"outside the memory"});
  expectIn(message([&](Kernel &k) { k.count(Opcode::VDup, Type::F16, {16, 0, 0, 16, kContig}); }),
           {"not a multiple of 32"});
  expectIn(message([&](Kernel &k) { k.add(Opcode::DmaGmToUb, {0, reg(0), 1, 129, 0, 0}); }),
           {"not inside one allocation", "GM ["});
  expectIn(message([&](Kernel &k) { k.add(Opcode::DmaGmToUb, {0, reg(0), 70000, 1, 0, 0}); }),
           {"n = 70000 is not in 0..65535"});
  expectIn(message([&](Kernel &k) {
             k.add(Opcode::DmaGmToUb, {0, reg(0), 2, 32, INT64_MAX / 32 * 32, 0});
           }),
           {"outside the memory"});
  expectIn(message([&](Kernel &k) { k.add(Opcode::Mmad, {0, 0, 0, 16, 4096, 16, 1}); }),
           {"k = 4096"});
  expectIn(message([&](Kernel &k) { k.add(Opcode::Mmad, {512, 0, 0, 16, 16, 16, 1}); }),
           {"multiple of 1024"});
  expectIn(message([&](Kernel &k) { k.add(Opcode::Load3dA, {0, 0, 0, 0, 0, 16, 0, 16}); }),
           {"fmatrix"});
  expectIn(message([&](Kernel &k) { k.add(Opcode::SDiv, {reg(1), 1, 0}); }), {"division by zero"});
  expectIn(message([&](Kernel &k) { k.add(Opcode::SArg, {reg(1), 1}); }), {"argument 1"});
  expectIn(message([&](Kernel &k) { k.add(Opcode::SSt, {256, 1}); }), {"slot = 256"});
  expectIn(message([&](Kernel &k) {
             k.count(Opcode::VExp, Type::S32, {0, 0, 0, 0, kContig});
             k.count(Opcode::VDup, Type::S32, {0, 0, 0, 8, kContig});
             k.count(Opcode::VExp, Type::S32, {0, 0, 0, 8, kContig});
           }),
           {"does not exist for this element type"});
}

TEST(Trap, PartialOverlapOfOperands) {
  Machine machine;
  Kernel kernel;
  kernel.count(Opcode::VDup, Type::F16, {0, 0, 0, 256, kContig});
  kernel.count(Opcode::VAbs, Type::F16, {32, 0, 0, 128, kContig});
  expectIn(machine.trap(kernel), {"partly overlaps"});
}

TEST(Trap, TailRowsOfFractalsAreNotRead) {
  Machine machine;
  // 10 rows of A only, then 17 rows wanted.
  auto run = [&](int64_t m) {
    Kernel kernel;
    kernel.loadArg(0, 0);
    kernel.add(Opcode::FillL1, {0, 1024, 0});
    kernel.sync(Pipe::MTE2, Pipe::MTE1);
    kernel.add(Opcode::Load2dA, {0, 0, 1, 1, 1});
    kernel.add(Opcode::Load2dB, {0, 0, 1, 1, 1});
    kernel.sync(Pipe::MTE1, Pipe::M);
    kernel.add(Opcode::Mmad, {0, 0, 0, m, 16, 16, 1});
    return kernel;
  };
  Kernel fine = run(16), bad = run(17);
  machine.run(fine, {0});
  expectIn(machine.trap(bad, {0}), {"a: L0A fractal at 512", "before it is written"});
}

TEST(Trap, Flags) {
  Machine machine;
  {
    Kernel kernel;
    kernel.wait(Pipe::MTE2, Pipe::V);
    expectIn(machine.trap(kernel), {"deadlock", "wait_flag MTE2, V, 0"});
  }
  {
    Kernel kernel;
    kernel.set(Pipe::MTE2, Pipe::V, 1);
    kernel.set(Pipe::MTE2, Pipe::V, 1);
    expectIn(machine.trap(kernel), {"already set"});
  }
  {
    Kernel kernel;
    kernel.set(Pipe::M, Pipe::MTE3, 5);
    expectIn(machine.trap(kernel), {"flag M -> MTE3 id 5 is left set"});
  }
  {
    Kernel kernel;
    kernel.sync(Pipe::MTE2, Pipe::V, 8);
    expectIn(machine.trap(kernel), {"id = 8 is not in 0..7"});
  }
}

TEST(Trap, EveryBlockStartsWithFreshMemories) {
  // Block 0 writes UB, block 1 (same core and host thread or not) may not read it.
  Machine machine;
  Kernel kernel;
  kernel.add(Opcode::SBlk, {reg(0)});
  // The branch takes 32 bytes, v.dup with its 5 operands 48.
  kernel.add(Opcode::SBr, {reg(0), 0, kernel.here() + 32 + 48}).mods.cond = Cond::NE;
  kernel.count(Opcode::VDup, Type::F16, {0, 0, 0, 16, kContig});
  kernel.count(Opcode::VAbs, Type::F16, {32, 0, 0, 16, kContig});
  expectIn(machine.trap(kernel, {}, 2), {"block 1", "read before it is written"});
}

TEST(Trap, EndlessLoopEnds) {
  Machine machine;
  Kernel kernel;
  kernel.add(Opcode::SJmp, {0});
  expectIn(machine.trap(kernel), {"no end after"});
}

TEST(Trap, BadCodeIsRefused) {
  std::vector<uint8_t> junk(64, 0xee);
  auto program = sim::Program::create("junk", junk);
  ASSERT_FALSE(program);
  expectIn(program.message(), {"kernel 'junk'", "unknown opcode"});
}

} // namespace
