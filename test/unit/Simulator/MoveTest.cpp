//===- MoveTest.cpp - Burst moves and the scalar unit ---------------------===//

#include "KernelBuilder.h"

#include <cstdio>
#include <numeric>

#include <unistd.h>

using namespace openatc;
using namespace openatc::test;

namespace {

std::vector<uint8_t> bytesFrom(size_t n, int first) {
  std::vector<uint8_t> v(n);
  for (size_t i = 0; i < n; ++i)
    v[i] = uint8_t(first + int(i) * 7);
  return v;
}

TEST(Move, StridedBurstsAreByteExactInGlobalMemory) {
  std::vector<uint8_t> in = bytesFrom(500, 1);
  Machine machine;
  uint64_t gi = machine.put(in), go = machine.put(std::vector<uint8_t>(600, 0xcc));
  Kernel kernel;
  kernel.loadArg(0, 0);
  kernel.loadArg(1, 1);
  // 5 bursts of 45 bytes, 101 apart, from an odd address; 64 bytes apart on chip.
  kernel.add(Opcode::DmaGmToUb, {0, reg(0, 3), 5, 45, 64, 101});
  kernel.sync(Pipe::MTE2, Pipe::MTE3);
  kernel.add(Opcode::DmaUbToGm, {reg(1, 7), 0, 5, 45, 111, 64});
  machine.run(kernel, {gi, go});
  std::vector<uint8_t> out = machine.get<uint8_t>(go, 600);
  for (size_t i = 0; i < out.size(); ++i) {
    uint8_t expected = 0xcc;
    if (i >= 7 && (i - 7) / 111 < 5 && (i - 7) % 111 < 45)
      expected = in[3 + (i - 7) / 111 * 101 + (i - 7) % 111];
    ASSERT_EQ(out[i], expected) << i;
  }
}

TEST(Move, ShortTailsAreFilledWithZeros) {
  Machine machine;
  uint64_t gi = machine.put(bytesFrom(45, 1)), go = machine.put(std::vector<uint8_t>(64, 0xcc));
  Kernel kernel;
  kernel.loadArg(0, 0);
  kernel.loadArg(1, 1);
  kernel.add(Opcode::DmaGmToUb, {0, reg(0), 1, 45, 0, 0});
  kernel.sync(Pipe::MTE2, Pipe::MTE3);
  kernel.add(Opcode::DmaUbToGm, {reg(1), 0, 1, 64, 0, 0});
  machine.run(kernel, {gi, go});
  std::vector<uint8_t> expected = bytesFrom(45, 1);
  expected.resize(64, 0);
  EXPECT_EQ(machine.get<uint8_t>(go, 64), expected);
}

TEST(Move, OnChipPathsAndFill) {
  std::vector<uint8_t> in = bytesFrom(256, 9);
  Machine machine;
  uint64_t gi = machine.put(in), go = machine.put(std::vector<uint8_t>(256));
  Kernel kernel;
  kernel.loadArg(0, 0);
  kernel.loadArg(1, 1);
  kernel.add(Opcode::DmaGmToUb, {0, reg(0), 1, 256, 0, 0});
  kernel.add(Opcode::FillL1, {0, 512, 0x01020304});
  kernel.sync(Pipe::MTE2, Pipe::V);
  kernel.add(Opcode::DmaUbToUb, {1024, 0, 4, 32, 32, 64});
  kernel.sync(Pipe::V, Pipe::MTE3);
  kernel.sync(Pipe::MTE2, Pipe::MTE3);
  kernel.add(Opcode::DmaUbToL1, {32, 1024, 2, 64, 128, 64});
  kernel.sync(Pipe::MTE3, Pipe::MTE1);
  kernel.add(Opcode::DmaL1ToUb, {2048, 0, 1, 256, 0, 0});
  kernel.sync(Pipe::MTE1, Pipe::MTE3);
  kernel.add(Opcode::DmaUbToGm, {reg(1), 2048, 1, 256, 0, 0});
  sim::LaunchOptions hazards;
  hazards.hazards = true;
  machine.run(kernel, {gi, go}, 1, hazards);
  std::vector<uint8_t> out = machine.get<uint8_t>(go, 256);
  for (size_t i = 0; i < 256; ++i) {
    uint8_t expected = uint8_t(4 - i % 4);
    auto moved = [&](size_t begin, size_t chunk) {
      if (i >= begin && i < begin + 64)
        expected = in[(chunk + (i - begin) / 32) * 64 + (i - begin) % 32];
    };
    moved(32, 0);
    moved(160, 2);
    ASSERT_EQ(out[i], expected) << i;
  }
}

TEST(Scalar, ArithmeticBranchesAndSpills) {
  // Sum of squares 1..10 by a loop, spilled and stored through a vector dup.
  Machine machine;
  uint64_t go = machine.put(std::vector<int32_t>(8));
  uint64_t gi = machine.put(std::vector<int16_t>{-5, 3});
  Kernel kernel;
  kernel.loadArg(0, 0);
  kernel.loadArg(4, 1);
  kernel.add(Opcode::SMov, {reg(1), 0});
  kernel.add(Opcode::SMov, {reg(2), 1});
  const int64_t loop = kernel.here();
  kernel.add(Opcode::SMul, {reg(3), reg(2), reg(2)});
  kernel.add(Opcode::SAdd, {reg(1), reg(1), reg(3)});
  kernel.add(Opcode::SAdd, {reg(2), reg(2), 1});
  kernel.add(Opcode::SBr, {reg(2), 10, loop}).mods.cond = Cond::LE;
  kernel.add(Opcode::SSt, {5, reg(1)});
  kernel.add(Opcode::SLdGm, Type::S16, {reg(6), reg(4)}); // -5
  kernel.add(Opcode::SDiv, {reg(6), reg(6), 2});          // -2
  kernel.add(Opcode::SLd, {reg(7), 5});
  kernel.add(Opcode::SAdd, {reg(7), reg(7), reg(6)});
  kernel.add(Opcode::SCmp, {reg(8), reg(7), 383}).mods.cond = Cond::EQ;
  kernel.add(Opcode::SSel, {reg(7), reg(8), reg(7), -1});
  kernel.count(Opcode::VDup, Type::S32, {0, reg(7), 0, 8, int64_t(isa::kContiguous)});
  kernel.sync(Pipe::V, Pipe::MTE3);
  kernel.add(Opcode::DmaUbToGm, {reg(0), 0, 1, 32, 0, 0});
  machine.run(kernel, {go, gi});
  EXPECT_EQ(machine.get<int32_t>(go, 1)[0], 383);
}

TEST(DeviceMemory, AllocationsAndErrors) {
  Machine machine;
  sim::Device &d = *machine.device;
  const uint64_t before = d.bytesFree();
  uint64_t a = *d.allocate(100), b = *d.allocate(1000);
  EXPECT_NE(a, 0u);
  EXPECT_EQ(a % 512, 0u);
  EXPECT_EQ(d.bytesFrom(a + 10), 90u);
  EXPECT_EQ(d.bytesFrom(a + 100), 0u);
  EXPECT_NE(d.data(a, 128), nullptr) << "padded up to 32 bytes";
  EXPECT_EQ(d.data(a, 129), nullptr);
  EXPECT_EQ(d.data(a + 50, uint64_t(-1)), nullptr);
  char buffer[256] = {};
  EXPECT_FALSE(d.write(b + 900, buffer, 200).ok());
  EXPECT_FALSE(d.read(0, buffer, 1).ok());
  EXPECT_FALSE(d.free(a + 1).ok());
  EXPECT_TRUE(d.free(a).ok());
  EXPECT_FALSE(d.free(a).ok());
  EXPECT_TRUE(d.free(b).ok());
  EXPECT_EQ(d.bytesFree(), before);
  EXPECT_FALSE(d.allocate(0));
  EXPECT_FALSE(d.allocate(uint64_t(1) << 40));
  EXPECT_TRUE(d.allocate(before)) << "freed ranges merge again";
}

TEST(DeviceMemory, ShowsAFileWithoutWritingToIt) {
  FILE *file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  std::vector<uint8_t> bytes(3 * 4096);
  for (size_t i = 0; i < bytes.size(); ++i)
    bytes[i] = uint8_t(i * 7 + i / 4096);
  ASSERT_EQ(std::fwrite(bytes.data(), 1, bytes.size(), file), bytes.size());
  std::fflush(file);
  Machine machine;
  sim::Device &d = *machine.device;
  const uint64_t before = d.bytesFree();
  uint64_t other = *d.allocate(100);
  EXPECT_FALSE(d.allocateFile(fileno(file), 100, 10, 10)) << "not at a page";
  uint64_t shown = *d.allocateFile(fileno(file), 4096, 5000, 20000), next = *d.allocate(100);
  std::vector<uint8_t> got(5000), behind(20000 - 8192);
  ASSERT_TRUE(d.read(shown + 8192, behind.data(), behind.size()).ok());
  EXPECT_EQ(std::count(behind.begin(), behind.end(), 0), int64_t(behind.size()));
  ASSERT_TRUE(d.read(shown, got.data(), got.size()).ok());
  EXPECT_TRUE(std::equal(got.begin(), got.end(), bytes.begin() + 4096));
  uint8_t one = 1;
  EXPECT_TRUE(d.write(shown, &one, 1).ok());
  EXPECT_TRUE(d.write(next, &one, 1).ok());
  uint8_t inFile = 0;
  ASSERT_EQ(pread(fileno(file), &inFile, 1, 4096), 1);
  EXPECT_EQ(inFile, bytes[4096]);
  for (uint64_t address : {shown, other, next})
    EXPECT_TRUE(d.free(address).ok());
  EXPECT_EQ(d.bytesFree(), before);
  uint64_t again = *d.allocate(before);
  ASSERT_TRUE(d.read(shown, got.data(), got.size()).ok());
  EXPECT_EQ(std::count(got.begin(), got.end(), 0), 5000) << "the file is gone";
  EXPECT_TRUE(d.free(again).ok());
  std::fclose(file);
}

} // namespace
