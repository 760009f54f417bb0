//===- SimdTest.cpp - The same bits on every instruction set --------------===//

#include "KernelBuilder.h"

#include <cmath>
#include <hwy/targets.h>
#include <random>

using namespace openatc;
using namespace openatc::test;

namespace {

constexpr int64_t kContig = int64_t(isa::kContiguous);

/// All float instructions and an mmad over awkward values; every result byte.
std::vector<uint8_t> results() {
  Machine machine;
  std::mt19937 random(1);
  std::vector<float> x(512);
  for (float &v : x)
    v = std::bit_cast<float>(uint32_t(random())); // all exponents, infinities, NaN
  for (size_t i = 0; i < 256; ++i)
    x[i] = std::ldexp(float(int(random() % 4001) - 2000), int(i % 40) - 30);
  uint64_t gx = machine.put(x), gh = machine.put(toHalves(x));
  uint64_t out = machine.put(std::vector<uint8_t>(1 << 18));
  Kernel kernel;
  for (uint8_t i = 0; i < 3; ++i)
    kernel.loadArg(i, i);
  kernel.add(Opcode::DmaGmToUb, {0, reg(0), 1, 2048, 0, 0});
  kernel.add(Opcode::DmaGmToUb, {2048, reg(1), 1, 1024, 0, 0});
  kernel.add(Opcode::DmaGmToL1, {0, reg(1), 1, 1024, 0, 0});
  kernel.barrier(Pipe::All);
  int64_t at = 4096;
  auto store = [&](int64_t bytes) {
    kernel.barrier(Pipe::All);
    kernel.add(Opcode::DmaUbToGm, {reg(2, at), 4096, 1, bytes, 0, 0});
    kernel.barrier(Pipe::All);
    at += bytes;
  };
  for (Type type : {Type::F32, Type::F16}) {
    const int64_t from = type == Type::F32 ? 0 : 2048, bytes = type == Type::F32 ? 4 : 2;
    const int64_t half = from + 256 * bytes;
    auto fresh = [&] { kernel.count(Opcode::VDup, type, {4096, 0, 0, 256, kContig}); };
    for (Opcode op : {Opcode::VAdd, Opcode::VSub, Opcode::VMul, Opcode::VDiv, Opcode::VMax,
                      Opcode::VMin, Opcode::VMla, Opcode::VMadd}) {
      fresh();
      kernel.count(op, type, {4096, from, half, 0, 251, kContig});
      store(251 * bytes);
    }
    for (Opcode op : {Opcode::VAbs, Opcode::VRelu, Opcode::VExp, Opcode::VLn, Opcode::VSqrt,
                      Opcode::VRsqrt, Opcode::VRec})
      for (int64_t source : {from, half}) {
        fresh();
        kernel.count(op, type, {4096, source, 0, 251, kContig});
        store(251 * bytes);
      }
    kernel.add(Opcode::VCadd, type, {4096, from, 2, 256 / bytes, kContig});
    store(2 * bytes);
  }
  isa::Instruction &toHalf = kernel.count(Opcode::VConv, Type::F32, {4096, 0, 0, 512, kContig});
  toHalf.mods.type2 = Type::F16;
  store(1024);
  kernel.add(Opcode::Load2dA, {0, 0, 1, 1, 1});
  kernel.add(Opcode::Load2dB, {0, 0, 1, 1, 1});
  kernel.barrier(Pipe::All);
  kernel.add(Opcode::Mmad, {0, 0, 0, 13, 15, 11, 1});
  kernel.barrier(Pipe::All);
  kernel.add(Opcode::L0cToUb, Type::F16, {4096, 0, 1, 1, 0, 0}).mods.relu = true;
  store(512);
  machine.run(kernel, {gx, gh, out});
  return machine.get<uint8_t>(out, 1 << 18);
}

TEST(Simd, SameBitsOnEveryInstructionSet) {
  std::vector<uint8_t> first;
  int64_t firstTarget = 0;
  for (int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    std::vector<uint8_t> bytes = results();
    if (first.empty()) {
      first = bytes;
      firstTarget = target;
      continue;
    }
    size_t different = 0;
    while (different < bytes.size() && bytes[different] == first[different])
      ++different;
    EXPECT_EQ(different, bytes.size())
        << hwy::TargetName(target) << " differs from " << hwy::TargetName(firstTarget);
  }
  hwy::SetSupportedTargetsForTest(0);
}

} // namespace
