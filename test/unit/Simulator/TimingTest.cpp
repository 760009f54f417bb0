//===- TimingTest.cpp - Cycles against published figures ------------------===//
//
// Sources: docs/timing-model.md. Every figure that comes from a measurement or a
// vendor model must be met within 10 %.
//
//===----------------------------------------------------------------------===//

#include "KernelBuilder.h"

#include "openatc/Target/CostModel.h"

#include <cmath>

using namespace openatc;
using namespace openatc::test;

namespace {

constexpr int64_t kContig = int64_t(isa::kContiguous);

void expectWithin10Percent(double actual, double published) {
  EXPECT_NEAR(actual, published, 0.1 * published);
}

/// Cycles that `body` adds to a kernel that fills all memories first.
template <typename Fn> double cyclesOf(Machine &machine, Fn body, std::vector<uint64_t> args = {}) {
  auto build = [&](bool with) {
    Kernel kernel;
    for (size_t i = 0; i < args.size(); ++i)
      kernel.loadArg(uint8_t(i), int(i));
    kernel.add(Opcode::FillL1, {0, 1 << 18, 0});
    kernel.sync(Pipe::MTE2, Pipe::MTE1);
    kernel.add(Opcode::Load2dA, {0, 0, 128, 1, 1});
    kernel.add(Opcode::Load2dB, {0, 0, 128, 1, 1});
    kernel.count(Opcode::VDup, Type::F16, {0, 0, 0, 1 << 17, kContig});
    kernel.barrier(Pipe::All);
    if (with)
      body(kernel);
    kernel.barrier(Pipe::All);
    return machine.run(kernel, args).stats.cycles;
  };
  build(false); // warms L2
  build(true);
  return double(build(true)) - double(build(false));
}

TEST(Timing, MmadChains) {
  Machine machine;
  auto mmads = [&](int64_t m, int64_t k, int64_t n, int times) {
    return cyclesOf(machine, [&](Kernel &kernel) {
      for (int i = 0; i < times; ++i)
        kernel.add(Opcode::Mmad, {0, 0, 0, m, k, n, i == 0});
    });
  };
  expectWithin10Percent(mmads(16, 16, 16, 1), 25);     // mskpp, isolated
  expectWithin10Percent(mmads(128, 256, 16, 1), 151);  // 128 tiles
  expectWithin10Percent(mmads(128, 64, 256, 8), 4156); // 128x256x512 as 8 mmads
  expectWithin10Percent(mmads(128, 64, 128, 8), 2108); // 128x128x512
}

TEST(Timing, VectorRepeats) {
  Machine machine;
  auto op = [&](Opcode code, Type type, std::initializer_list<Arg> args) {
    return cyclesOf(machine, [&](Kernel &kernel) { kernel.add(code, type, args); });
  };
  // 64-repeat f32 add without and with a read-read conflict.
  expectWithin10Percent(op(Opcode::VAdd, Type::F32, {1 << 17, 0, (1 << 16) + 256, 64, 64, kContig}),
                        88);
  expectWithin10Percent(op(Opcode::VAdd, Type::F32, {1 << 17, 0, 1 << 16, 64, 64, kContig}), 154);
  // Fits of a 910B3: slope * repeats + fixed part.
  expectWithin10Percent(op(Opcode::VRelu, Type::F32, {1 << 17, 0, 128, 64, kContig}), 128 + 23);
  expectWithin10Percent(op(Opcode::VRsqrt, Type::F32, {1 << 17, 0, 128, 64, kContig}),
                        1.07 * 128 + 24);
  expectWithin10Percent(op(Opcode::VExp, Type::F32, {1 << 17, 0, 128, 64, kContig}), 2 * 128 + 31);
  expectWithin10Percent(op(Opcode::VLn, Type::F32, {1 << 17, 0, 128, 64, kContig}), 2 * 128 + 33);
  expectWithin10Percent(op(Opcode::VAdd, Type::F32, {1 << 17, 0, 1 << 16, 128, 64, kContig}),
                        2.11 * 128 + 24);
  expectWithin10Percent(op(Opcode::VMax, Type::F32, {1 << 17, 0, 1 << 16, 128, 64, kContig}),
                        2.01 * 128 + 23);
  expectWithin10Percent(op(Opcode::VDiv, Type::F32, {1 << 17, 0, 1 << 16, 128, 64, kContig}),
                        4.03 * 128 + 31);
  expectWithin10Percent(op(Opcode::VCadd, Type::F32, {1 << 17, 0, 128, 64, kContig}), 7 * 128 + 46);
  // Documented rates: 32 exponentials a cycle.
  expectWithin10Percent(op(Opcode::VExp, Type::F16, {1 << 17, 0, 200, 128, kContig}), 200 * 4 + 24);
}

TEST(Timing, BlockStrideConflicts) {
  Machine machine;
  auto strided = [&](unsigned stride) {
    return cyclesOf(machine, [&](Kernel &kernel) {
      kernel.add(Opcode::VAbs, Type::F32,
                 {1 << 17, 0, 60, 64, isa::packStrides(1, stride, 1, 8, 8, 8)});
    });
  };
  // 8 blocks in 4, 2 and 1 bank groups: 2, 4 and 8 cycles a repeat.
  expectWithin10Percent(strided(1), 24 + 60);
  expectWithin10Percent(strided(4), 24 + 2 * 60);
  expectWithin10Percent(strided(8), 24 + 4 * 60);
  expectWithin10Percent(strided(16), 24 + 8 * 60);
}

TEST(Timing, CubeLoads) {
  Machine machine;
  // TIK, V100 era: 2 cycles per fractal + 10.
  expectWithin10Percent(
      cyclesOf(machine, [](Kernel &k) { k.add(Opcode::Load2dB, {0, 0, 100, 1, 1}); }), 210);
  // load3d of whole rows of 16: 1 cycle per fractal + 15.
  const uint64_t fmatrix = 16 | 16 << 16, filter = 0x010101010101;
  expectWithin10Percent(
      cyclesOf(machine,
               [&](Kernel &k) { k.add(Opcode::Load3dA, {0, 0, fmatrix, filter, 0, 256, 0, 64}); }),
      15 + 16 * 4);
}

TEST(Timing, GlobalMovesFollowTheMeasuredCurves) {
  // A description with the 910B's measured single-core rates and fixed parts:
  // GM -> L1 about 170 cycles + 1/156 a byte, UB -> GM about 130 + 1/78 a byte.
  SocDescription soc = *findSoc("Ascend310P3");
  soc.clockMHz = 1800;
  soc.l2ReadRate = 156;
  soc.ubToL2Rate = soc.l2WriteRate = 78;
  soc.gmReadLatency = 170;
  soc.gmWriteLatency = 130;
  Machine machine(soc);
  uint64_t buffer = machine.put(std::vector<uint8_t>(1 << 20));
  auto gibPerSecond = [&](int64_t kib, double cycles) {
    return double(kib) * 1024 / (cycles / 1.8e9) / double(1 << 30);
  };
  const std::pair<int64_t, double> reads[] = {{1, 9.9},  {16, 93},   {32, 147},
                                              {64, 176}, {128, 232}, {512, 262}};
  for (auto [kib, published] : reads)
    expectWithin10Percent(gibPerSecond(kib, cyclesOf(machine,
                                                     [&, kib = kib](Kernel &k) {
                                                       k.add(Opcode::DmaGmToL1,
                                                             {0, reg(0), 1, kib << 10, 0, 0});
                                                     },
                                                     {buffer})),
                          published);
  const std::pair<int64_t, double> writes[] = {{1, 11.4}, {4, 38}, {10, 67}, {20, 95}, {39, 110}};
  for (auto [kib, published] : writes)
    expectWithin10Percent(gibPerSecond(kib, cyclesOf(machine,
                                                     [&, kib = kib](Kernel &k) {
                                                       k.add(Opcode::DmaUbToGm,
                                                             {reg(0), 0, 1, kib << 10, 0, 0});
                                                     },
                                                     {buffer})),
                          published);
}

/// Every block reads its own `bytes` of GM.
Kernel streamKernel(int64_t bytes) {
  Kernel kernel;
  kernel.loadArg(0, 0);
  kernel.add(Opcode::SBlk, {reg(1)});
  kernel.add(Opcode::SMul, {reg(1), reg(1), bytes});
  kernel.add(Opcode::SAdd, {reg(0), reg(0), reg(1)});
  for (int64_t i = 0; i < bytes; i += 65536)
    kernel.add(Opcode::DmaGmToL1, {0, reg(0, i), 1, 65536, 0, 0});
  return kernel;
}

TEST(Timing, PortLimitsOneCoreAndDramLimitsTheChip) {
  Machine machine;
  const int64_t bytes = 1 << 20;
  uint64_t buffer = machine.put(std::vector<uint8_t>(size_t(8 * bytes)));
  Kernel one = streamKernel(bytes), all = streamKernel(bytes);
  sim::KernelStats single = machine.run(one, {buffer}, 1).stats;
  expectWithin10Percent(double(single.cycles), double(bytes) / 17);
  EXPECT_EQ(single.dramReadBytes, uint64_t(bytes));
  EXPECT_EQ(single.bound, "dram");
  // 8 ports of 17 bytes stay below the chip's 193 bytes a cycle.
  machine.device->resetCaches();
  expectWithin10Percent(double(machine.run(all, {buffer}, 8).stats.cycles), double(bytes) / 17);

  SocDescription narrow = *findSoc("Ascend310P3");
  narrow.dramGBs = 20;
  Machine slow(narrow);
  uint64_t there = slow.put(std::vector<uint8_t>(size_t(8 * bytes)));
  Kernel again = streamKernel(bytes);
  sim::KernelStats stats = slow.run(again, {there}, 8).stats;
  expectWithin10Percent(double(stats.cycles) / 1060e6, double(8 * bytes) / 20e9);
  EXPECT_EQ(stats.bound, "dram");
}

TEST(Timing, L2KeepsDataBetweenLaunches) {
  Machine machine;
  const int64_t bytes = 1 << 20;
  uint64_t buffer = machine.put(std::vector<uint8_t>(size_t(bytes)));
  Kernel kernel = streamKernel(bytes);
  auto program = kernel.program();
  uint64_t args[] = {buffer};
  auto cold = *machine.device->launch(*program, 1, args);
  auto warm = *machine.device->launch(*program, 1, args);
  EXPECT_EQ(cold.stats.dramReadBytes, uint64_t(bytes));
  EXPECT_EQ(warm.stats.dramReadBytes, 0u);
  expectWithin10Percent(double(warm.stats.cycles), double(bytes) / 114 + 16 * 50);
  machine.device->resetCaches();
  EXPECT_EQ((*machine.device->launch(*program, 1, args)).stats.cycles, cold.stats.cycles);
}

TEST(Timing, DirtyEvictionsCostDramWrites) {
  // Write 20 MiB through an L2 of 16 MiB: at least 4 MiB must go to DRAM.
  Machine machine;
  const int64_t chunk = 1 << 17, chunks = 160;
  uint64_t buffer = machine.put(std::vector<uint8_t>(size_t(chunk * chunks)));
  Kernel kernel;
  kernel.loadArg(0, 0);
  kernel.count(Opcode::VDup, Type::F16, {0, 0, 0, chunk / 2, kContig});
  kernel.sync(Pipe::V, Pipe::MTE3);
  for (int64_t i = 0; i < chunks; ++i)
    kernel.add(Opcode::DmaUbToGm, {reg(0, i * chunk), 0, 1, chunk, 0, 0});
  sim::KernelStats stats = machine.run(kernel, {buffer}).stats;
  EXPECT_EQ(stats.gmWriteBytes, uint64_t(chunk * chunks));
  EXPECT_EQ(stats.dramWriteBytes, uint64_t(chunk * chunks) - (uint64_t(16) << 20));
  EXPECT_EQ(stats.dramReadBytes, 0u);
}

TEST(Timing, ShortBurstsOccupyWholeRequests) {
  Machine machine;
  uint64_t buffer = machine.put(std::vector<uint8_t>(1 << 20));
  Kernel kernel;
  kernel.loadArg(0, 0);
  kernel.add(Opcode::DmaGmToUb, {0, reg(0), 1000, 32, 32, 512});
  EXPECT_EQ(machine.run(kernel, {buffer}).stats.gmReadBytes, 128000u);
  Kernel joined;
  joined.loadArg(0, 0);
  joined.add(Opcode::DmaGmToUb, {0, reg(0), 1000, 32, 32, 32});
  EXPECT_EQ(machine.run(joined, {buffer}).stats.gmReadBytes, 32000u);
}

TEST(Timing, QueuesOverlapAndFillUp) {
  Machine machine;
  // Independent work of two pipes overlaps; flags serialise it.
  auto both = [&](bool synced) {
    return cyclesOf(machine, [&](Kernel &k) {
      k.add(Opcode::Load2dB, {0, 0, 100, 1, 1});
      if (synced)
        k.sync(Pipe::MTE1, Pipe::V);
      k.add(Opcode::VAbs, Type::F32, {1 << 17, 0, 200, 64, kContig});
    });
  };
  expectWithin10Percent(both(false), 224);
  expectWithin10Percent(both(true), 224 + 210);
  // A queue of 32 holds up the dispatch of work for other pipes.
  auto queued = [&](int count) {
    return cyclesOf(machine, [&](Kernel &k) {
      for (int i = 0; i < count; ++i)
        k.add(Opcode::VAbs, Type::F32, {1 << 17, 0, 255, 64, kContig});
      k.add(Opcode::Load2dB, {0, 0, 126, 1, 1});
    });
  };
  expectWithin10Percent(queued(20), 20 * 259 + 20);
  expectWithin10Percent(queued(40), 40 * 259 + 20);
}

TEST(Timing, SameBytesAndCyclesForAnyThreadCount) {
  auto once = [](unsigned threads) {
    Machine machine(threads);
    const int64_t bytes = 1 << 16;
    uint64_t buffer = machine.put(std::vector<uint16_t>(size_t(20 * bytes / 2), 0x3c01));
    Kernel kernel = streamKernel(bytes);
    kernel.sync(Pipe::MTE2, Pipe::MTE1);
    kernel.add(Opcode::Load2dA, {0, 0, 64, 1, 1});
    kernel.add(Opcode::Load2dB, {0, 32768, 64, 1, 1});
    kernel.sync(Pipe::MTE1, Pipe::M);
    kernel.add(Opcode::Mmad, {0, 0, 0, 128, 128, 128, 1});
    kernel.sync(Pipe::M, Pipe::V);
    kernel.add(Opcode::L0cToUb, Type::F16, {0, 0, 1, 64, 0, 0});
    kernel.sync(Pipe::V, Pipe::MTE3);
    kernel.add(Opcode::DmaUbToGm, {reg(0), 0, 1, 32768, 0, 0});
    std::vector<uint64_t> numbers;
    for (int i = 0; i < 2; ++i) {
      Kernel copy = kernel;
      sim::LaunchOptions trace;
      trace.trace = true;
      sim::LaunchResult r = machine.run(copy, {buffer}, 20, trace);
      numbers.insert(numbers.end(),
                     {r.stats.cycles, r.stats.dramReadBytes, r.stats.dramWriteBytes});
      for (const sim::TraceEvent &e : r.trace)
        numbers.insert(numbers.end(), {e.core, uint64_t(e.pipe), e.startCycle, e.endCycle, e.pc});
    }
    std::vector<uint16_t> out = machine.get<uint16_t>(buffer, size_t(20 * bytes / 2));
    numbers.insert(numbers.end(), out.begin(), out.end());
    return numbers;
  };
  std::vector<uint64_t> one = once(1);
  EXPECT_EQ(one, once(2));
  EXPECT_EQ(one, once(7));
}

TEST(Timing, LaunchOverheadAndShares) {
  Machine machine;
  Kernel empty;
  sim::KernelStats stats = machine.run(empty).stats;
  EXPECT_EQ(stats.bound, "launch");
  EXPECT_NEAR(stats.us, 2.0, 0.01);
  Kernel busy;
  for (int i = 0; i < 100; ++i)
    busy.add(Opcode::VDup, Type::F16, {0, 0, 255, 128, kContig});
  stats = machine.run(busy).stats;
  EXPECT_EQ(stats.bound, "vector");
  EXPECT_GT(stats.share[unsigned(Pipe::V)], 0.99);
  EXPECT_LE(stats.share[unsigned(Pipe::V)], 1.0);
}

} // namespace
