//===- HazardTest.cpp - Missing flags and barriers are found --------------===//

#include "KernelBuilder.h"

using namespace openatc;
using namespace openatc::test;

namespace {

constexpr int64_t kContig = int64_t(isa::kContiguous);

struct Hazard : testing::Test {
  Machine machine;
  uint64_t in = machine.put(std::vector<uint16_t>(4096)),
           out = machine.put(std::vector<uint16_t>(4096));
  Kernel kernel;

  Hazard() {
    kernel.loadArg(0, 0);
    kernel.loadArg(1, 1);
  }
  std::string message(uint32_t blocks = 1) {
    auto program = kernel.program();
    sim::LaunchOptions options;
    uint64_t args[] = {in, out};
    auto plain = machine.device->launch(*program, blocks, args, options);
    EXPECT_TRUE(plain) << plain.message();
    options.hazards = true;
    auto result = machine.device->launch(*program, blocks, args, options);
    return result ? "" : result.message();
  }
  void fill() { kernel.count(Opcode::VDup, Type::F16, {512, 0, 0, 128, kContig}); }
  void load() { kernel.add(Opcode::DmaGmToUb, {0, reg(0), 1, 256, 0, 0}); }
  void compute() { kernel.count(Opcode::VAbs, Type::F16, {512, 0, 0, 128, kContig}); }
  void store(int64_t offset = 0) {
    kernel.add(Opcode::DmaUbToGm, {reg(1, offset), 512, 1, 256, 0, 0});
  }
};

TEST_F(Hazard, OrderedPipelineIsClean) {
  load();
  kernel.sync(Pipe::MTE2, Pipe::V);
  compute();
  kernel.sync(Pipe::V, Pipe::MTE3);
  store();
  EXPECT_EQ(message(), "");
}

TEST_F(Hazard, MissingFlagNamesBothInstructions) {
  load();
  compute();
  std::string text = message();
  for (const char *part :
       {"v.abs.f16.cnt", "read of UB [0, +32)", "not ordered after the write", "dma.gm_ub"})
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(Hazard, WriteAfterReadNeedsTheWayBack) {
  fill();
  kernel.sync(Pipe::V, Pipe::MTE3);
  store();
  kernel.barrier(Pipe::V);
  fill(); // may overtake the store
  const std::string text = message();
  EXPECT_NE(text.find("write of UB [512, +32) is not ordered after the read"), std::string::npos)
      << text;
}

TEST_F(Hazard, TheWayBackOrdersTheNextRound) {
  fill();
  kernel.sync(Pipe::V, Pipe::MTE3);
  store();
  kernel.sync(Pipe::MTE3, Pipe::V);
  fill();
  EXPECT_EQ(message(), "");
}

TEST_F(Hazard, OneTransferEngineMayNotWriteTwice) {
  load();
  load();
  EXPECT_NE(message().find("not ordered after the write"), std::string::npos);
}

TEST_F(Hazard, TransitiveOrderCounts) {
  load();
  kernel.sync(Pipe::MTE2, Pipe::V);
  kernel.sync(Pipe::V, Pipe::MTE3);
  kernel.add(Opcode::DmaUbToGm, {reg(1), 0, 1, 256, 0, 0}); // MTE3 knows MTE2 through V
  EXPECT_EQ(message(), "");
}

TEST_F(Hazard, VectorDependencesNeedABarrier) {
  kernel.count(Opcode::VDup, Type::F16, {0, 0, 0, 128, kContig});
  compute();
  EXPECT_NE(message().find("v.dup"), std::string::npos);
  Kernel fixed;
  fixed.loadArg(0, 0);
  fixed.count(Opcode::VDup, Type::F16, {0, 0, 0, 128, kContig});
  fixed.barrier(Pipe::V);
  fixed.count(Opcode::VAbs, Type::F16, {512, 0, 0, 128, kContig});
  kernel = fixed;
  EXPECT_EQ(message(), "");
}

TEST_F(Hazard, BarrierAllOrdersEverything) {
  load();
  kernel.barrier(Pipe::All);
  compute();
  kernel.barrier(Pipe::All);
  store();
  EXPECT_EQ(message(), "");
}

TEST_F(Hazard, FlagsMayNotOvertakeTheirWaits) {
  for (int i = 0; i < 2; ++i) {
    kernel.add(Opcode::DmaGmToUb, {i * 256, reg(0), 1, 256, 0, 0});
    kernel.sync(Pipe::MTE2, Pipe::V, 0);
  }
  EXPECT_NE(message().find("set again before the wait"), std::string::npos);
}

TEST_F(Hazard, GlobalMemoryInsideABlock) {
  load();
  kernel.sync(Pipe::MTE2, Pipe::V);
  compute();
  kernel.sync(Pipe::V, Pipe::MTE3);
  store();
  kernel.add(Opcode::DmaGmToUb, {2048, reg(1, 255), 1, 32, 0, 0}); // last byte of the store
  EXPECT_NE(message().find("GM ["), std::string::npos);
}

TEST_F(Hazard, BytesBesideEachOtherDoNotConflict) {
  kernel.count(Opcode::VDup, Type::F16, {512, 0, 0, 128, kContig});
  kernel.sync(Pipe::V, Pipe::MTE3);
  kernel.add(Opcode::SBlk, {reg(2)});
  kernel.add(Opcode::SMul, {reg(2), reg(2), 45});
  kernel.add(Opcode::SAdd, {reg(1), reg(1), reg(2)});
  kernel.add(Opcode::DmaUbToGm, {reg(1), 512, 1, 45, 0, 0});
  EXPECT_EQ(message(4), "");
}

TEST_F(Hazard, BlocksOfALaunchAreNotOrdered) {
  kernel.count(Opcode::VDup, Type::F16, {512, 0, 0, 128, kContig});
  kernel.sync(Pipe::V, Pipe::MTE3);
  kernel.add(Opcode::SBlk, {reg(2)});
  kernel.add(Opcode::SMul, {reg(2), reg(2), 44});
  kernel.add(Opcode::SAdd, {reg(1), reg(1), reg(2)});
  kernel.add(Opcode::DmaUbToGm, {reg(1), 512, 1, 45, 0, 0});
  std::string text = message(4);
  for (const char *part : {"write by block 0", "write by block 1", "+1)", "dma.ub_gm"})
    EXPECT_NE(text.find(part), std::string::npos) << text;
}

} // namespace
