//===- VectorTest.cpp - Lanes against host arithmetic ---------------------===//

#include "KernelBuilder.h"

#include <cmath>
#include <cstring>
#include <random>

using namespace openatc;
using namespace openatc::test;

namespace {

constexpr int64_t kContig = int64_t(isa::kContiguous);

/// Loads up to three inputs to UB at 0, 64 KiB and 128 KiB, runs `body`, stores `bytes` from
/// `result` to the output.
struct VectorRun {
  Machine machine;
  Kernel kernel;
  std::vector<uint64_t> args;
  int64_t at(int i) const { return int64_t(i) << 16; }

  template <typename T> void input(const std::vector<T> &values) {
    const uint8_t r = uint8_t(args.size());
    const int64_t bytes = int64_t(values.size() * sizeof(T));
    args.push_back(machine.put(values));
    kernel.loadArg(r, r);
    kernel.add(Opcode::DmaGmToUb, {at(r), reg(r), 1, bytes, 0, 0});
    kernel.sync(Pipe::MTE2, Pipe::V, r);
  }
  template <typename T> std::vector<T> output(int64_t from, size_t count) {
    const uint8_t r = uint8_t(args.size());
    args.push_back(machine.put(std::vector<T>(count)));
    kernel.loadArg(r, r);
    kernel.sync(Pipe::V, Pipe::MTE3);
    kernel.add(Opcode::DmaUbToGm, {reg(r), from, 1, int64_t(count * sizeof(T)), 0, 0});
    sim::LaunchOptions hazards;
    hazards.hazards = true;
    machine.run(kernel, args, 1, hazards);
    return machine.get<T>(args.back(), count);
  }
};

std::vector<float> randomFloats(size_t n, float low, float high, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> d(low, high);
  std::vector<float> v(n);
  for (float &x : v)
    x = d(random);
  return v;
}

TEST(Vector, HalfArithmeticRoundsOncePerOperation) {
  std::vector<uint16_t> a = toHalves(randomFloats(1000, -300, 300, 1));
  std::vector<uint16_t> b = toHalves(randomFloats(1000, -300, 300, 2));
  auto check = [&](Opcode op, auto fn) {
    VectorRun run;
    run.input(a);
    run.input(b);
    run.kernel.count(op, Type::F16, {run.at(2), run.at(0), run.at(1), 0, 1000, kContig});
    std::vector<uint16_t> c = run.output<uint16_t>(run.at(2), 1000);
    for (size_t i = 0; i < 1000; ++i)
      ASSERT_EQ(c[i], floatToHalf(fn(halfToFloat(a[i]), halfToFloat(b[i])))) << int(op) << " " << i;
  };
  check(Opcode::VAdd, [](float x, float y) { return x + y; });
  check(Opcode::VSub, [](float x, float y) { return x - y; });
  check(Opcode::VMul, [](float x, float y) { return x * y; });
  check(Opcode::VDiv, [](float x, float y) { return x / y; });
  check(Opcode::VMax, [](float x, float y) { return std::max(x, y); });
  check(Opcode::VMin, [](float x, float y) { return std::min(x, y); });
}

/// Distance in representable f32 values.
int64_t ulps(float a, double exact) {
  const float b = float(exact);
  if (std::isnan(a) || std::isnan(b))
    return std::isnan(a) && std::isnan(b) ? 0 : INT32_MAX;
  auto order = [](float f) {
    int32_t bits;
    std::memcpy(&bits, &f, 4);
    return int64_t(bits < 0 ? INT32_MIN - int64_t(bits) : bits);
  };
  return std::abs(order(a) - order(b));
}

TEST(Vector, FunctionsAreWithinOneUlp) {
  std::vector<float> x = randomFloats(4000, -104, 89, 3);
  std::vector<float> small = randomFloats(4000, 0, 4, 4);
  const float inf = std::numeric_limits<float>::infinity();
  for (float special : {0.0f, -0.0f, inf, -inf, std::nanf(""), 1e-45f, 1.17e-38f, 3.4e38f, 1.0f,
                        -1.0f, 88.722839f, 88.72284f, -103.97f, 0x1p-126f})
    for (auto *v : {&x, &small})
      v->push_back(special);
  auto check = [&](Opcode op, const std::vector<float> &in, auto fn) {
    VectorRun run;
    run.input(in);
    const int64_t n = int64_t(in.size());
    run.kernel.count(op, Type::F32, {run.at(2), run.at(0), 0, n, kContig});
    std::vector<float> out = run.output<float>(run.at(2), in.size());
    for (size_t i = 0; i < in.size(); ++i)
      ASSERT_LE(ulps(out[i], fn(double(in[i]))), 1)
          << int(op) << " of " << in[i] << " gave " << out[i];
  };
  check(Opcode::VExp, x, [](double v) { return std::exp(v); });
  check(Opcode::VLn, small, [](double v) { return std::log(v); });
  check(Opcode::VSqrt, small, [](double v) { return std::sqrt(v); });
  check(Opcode::VRsqrt, small, [](double v) { return 1 / std::sqrt(v); });
  check(Opcode::VRec, x, [](double v) { return 1 / v; });
  check(Opcode::VAbs, x, [](double v) { return std::fabs(v); });
  check(Opcode::VRelu, x, [](double v) { return v < 0 ? 0 : v; });
}

TEST(Vector, ScalarForms) {
  std::vector<uint16_t> a = toHalves(randomFloats(300, -10, 10, 5));
  const uint16_t s = floatToHalf(0.3f);
  const float fs = halfToFloat(s);
  auto check = [&](Opcode op, auto fn) {
    VectorRun run;
    run.input(a);
    run.kernel.count(op, Type::F16, {run.at(2), run.at(0), int64_t(s), 0, 300, kContig});
    std::vector<uint16_t> c = run.output<uint16_t>(run.at(2), 300);
    for (size_t i = 0; i < 300; ++i)
      ASSERT_EQ(c[i], floatToHalf(fn(halfToFloat(a[i])))) << int(op);
  };
  check(Opcode::VAdds, [=](float x) { return x + fs; });
  check(Opcode::VMuls, [=](float x) { return x * fs; });
  check(Opcode::VMaxs, [=](float x) { return std::max(x, fs); });
  check(Opcode::VMins, [=](float x) { return std::min(x, fs); });
  check(Opcode::VLrelu, [=](float x) { return x < 0 ? x * fs : x; });
}

TEST(Vector, AccumulatingAndWideningForms) {
  std::vector<float> a = randomFloats(200, -2, 2, 6), b = randomFloats(200, -2, 2, 7);
  std::vector<float> c = randomFloats(200, -2, 2, 8);
  {
    VectorRun run;
    run.input(a), run.input(b), run.input(c);
    run.kernel.count(Opcode::VMla, Type::F32, {run.at(2), run.at(0), run.at(1), 0, 200, kContig});
    std::vector<float> out = run.output<float>(run.at(2), 200);
    for (size_t i = 0; i < 200; ++i) {
      volatile float product = a[i] * b[i];
      ASSERT_EQ(out[i], product + c[i]);
    }
  }
  std::vector<uint16_t> ha = toHalves(a), hb = toHalves(b);
  VectorRun run;
  run.input(ha), run.input(hb), run.input(c);
  run.kernel.count(Opcode::VMla, Type::F16, {run.at(2), run.at(0), run.at(1), 0, 200, kContig})
      .mods.widen = true;
  std::vector<float> out = run.output<float>(run.at(2), 200);
  for (size_t i = 0; i < 200; ++i)
    ASSERT_EQ(out[i], std::fmaf(halfToFloat(ha[i]), halfToFloat(hb[i]), c[i]));
}

TEST(Vector, IntegersWrap) {
  std::vector<int32_t> a = {INT32_MAX, INT32_MIN, 7, -7, 1 << 20}, b = {1, -1, 3, 3, 1 << 20};
  VectorRun run;
  run.input(a), run.input(b);
  run.kernel.count(Opcode::VAdd, Type::S32, {run.at(2), run.at(0), run.at(1), 0, 5, kContig});
  run.kernel.count(Opcode::VMul, Type::S32, {run.at(2) + 32, run.at(0), run.at(1), 0, 5, kContig});
  run.kernel.count(Opcode::VShr, Type::S32, {run.at(2) + 64, run.at(0), 1, 0, 5, kContig});
  std::vector<int32_t> c = run.output<int32_t>(run.at(2), 21);
  EXPECT_EQ(c[0], INT32_MIN);
  EXPECT_EQ(c[1], INT32_MAX);
  EXPECT_EQ(c[8 + 2], 21);
  EXPECT_EQ(c[8 + 4], 0);
  EXPECT_EQ(c[16 + 3], -4);
}

TEST(Vector, NormalModeAndStrides) {
  // 3 repeats of 20 lanes; src1 is one block read by every block (strides 0).
  std::vector<uint16_t> a = toHalves(randomFloats(3 * 128, -5, 5, 9));
  std::vector<uint16_t> b = toHalves(randomFloats(16, -5, 5, 10));
  std::vector<uint16_t> old = toHalves(std::vector<float>(3 * 128, 77));
  VectorRun run;
  run.input(a), run.input(b), run.input(old);
  run.kernel.add(Opcode::VAdd, Type::F16,
                 {run.at(2), run.at(0), run.at(1), 3, 20, isa::packStrides(1, 1, 0, 8, 8, 0)});
  std::vector<uint16_t> c = run.output<uint16_t>(run.at(2), 3 * 128);
  for (size_t i = 0; i < c.size(); ++i) {
    const float expected = i % 128 < 20 ? halfToFloat(a[i]) + halfToFloat(b[i % 16]) : 77;
    ASSERT_EQ(c[i], floatToHalf(expected)) << i;
  }
}

TEST(Vector, AccumulateIdiomAddsRepeats) {
  // dst == src1 with repeat stride 0: the sum of all repeats, in order.
  std::vector<float> a = randomFloats(5 * 64, -5, 5, 11), zero(64, 0.0f);
  VectorRun run;
  run.input(a), run.input(zero);
  run.kernel.add(Opcode::VAdd, Type::F32,
                 {run.at(1), run.at(0), run.at(1), 5, 64, isa::packStrides(1, 1, 1, 0, 8, 0)});
  std::vector<float> c = run.output<float>(run.at(1), 64);
  for (size_t i = 0; i < 64; ++i) {
    float sum = 0;
    for (size_t r = 0; r < 5; ++r)
      sum = a[r * 64 + i] + sum;
    ASSERT_EQ(c[i], sum);
  }
}

TEST(Vector, CompareAndSelect) {
  std::vector<float> a = randomFloats(150, -1, 1, 12), b = randomFloats(150, -1, 1, 13);
  a[3] = std::nanf("");
  VectorRun run;
  run.input(a), run.input(b);
  isa::Instruction &cmp = run.kernel.count(Opcode::VCmpv, Type::F32,
                                           {run.at(3), run.at(0), run.at(1), 0, 150, kContig});
  cmp.mods.cond = Cond::GT;
  run.kernel.barrier(Pipe::V);
  run.kernel.count(Opcode::VSel, Type::F32,
                   {run.at(2), run.at(0), run.at(1), run.at(3), 0, 150, kContig});
  std::vector<float> c = run.output<float>(run.at(2), 150);
  for (size_t i = 0; i < 150; ++i)
    ASSERT_EQ(c[i], a[i] > b[i] ? a[i] : b[i]) << i;
}

TEST(Vector, Reductions) {
  std::vector<float> a = randomFloats(3 * 64, -1, 1, 14);
  VectorRun run;
  run.input(a);
  run.kernel.add(Opcode::VCadd, Type::F32, {run.at(2), run.at(0), 3, 64, kContig});
  run.kernel.add(Opcode::VCmax, Type::F32, {run.at(2) + 32, run.at(0), 3, 64, kContig}).mods.index =
      true;
  run.kernel.add(Opcode::VCgmin, Type::F32, {run.at(2) + 64, run.at(0), 3, 64, kContig});
  std::vector<float> c = run.output<float>(run.at(2), 16 + 24);
  for (size_t r = 0; r < 3; ++r) {
    std::vector<float> tree(a.begin() + long(r * 64), a.begin() + long(r * 64 + 64));
    for (size_t width = 32; width >= 1; width /= 2)
      for (size_t i = 0; i < width; ++i)
        tree[i] = tree[2 * i] + tree[2 * i + 1];
    EXPECT_EQ(c[r], tree[0]);
    auto row = a.begin() + long(r * 64);
    auto best = std::max_element(row, row + 64);
    EXPECT_EQ(c[8 + 2 * r], *best);
    uint32_t index;
    std::memcpy(&index, &c[8 + 2 * r + 1], 4);
    EXPECT_EQ(index, uint32_t(best - row));
    for (size_t g = 0; g < 8; ++g)
      EXPECT_EQ(c[16 + r * 8 + g], *std::min_element(row + long(g * 8), row + long(g * 8 + 8)));
  }
}

TEST(Vector, ConversionsRoundAndSaturate) {
  std::vector<float> x = {0.5f,    1.5f,          2.5f,  -0.5f,  -1.5f, 300.7f,
                          -300.7f, std::nanf(""), 1e20f, -1e20f, 2.49f, -2.51f};
  auto convert = [&](isa::Round round) {
    VectorRun run;
    run.input(x);
    isa::Instruction &inst =
        run.kernel.count(Opcode::VConv, Type::F32, {run.at(2), run.at(0), 0, 12, kContig});
    inst.mods.type2 = Type::S8;
    inst.mods.round = round;
    return run.output<int8_t>(run.at(2), 12);
  };
  using R = std::vector<int8_t>;
  EXPECT_EQ(convert(isa::Round::Rint), (R{0, 2, 2, 0, -2, 127, -128, 0, 127, -128, 2, -3}));
  EXPECT_EQ(convert(isa::Round::Away), (R{1, 2, 3, -1, -2, 127, -128, 0, 127, -128, 2, -3}));
  EXPECT_EQ(convert(isa::Round::Floor), (R{0, 1, 2, -1, -2, 127, -128, 0, 127, -128, 2, -3}));
  EXPECT_EQ(convert(isa::Round::Ceil), (R{1, 2, 3, 0, -1, 127, -128, 0, 127, -128, 3, -2}));
  EXPECT_EQ(convert(isa::Round::Trunc), (R{0, 1, 2, 0, -1, 127, -128, 0, 127, -128, 2, -2}));
}

TEST(Vector, ConversionStridesCountInTheWiderType) {
  // Two repeats of 64 lanes, contiguous on both sides with the same strides word.
  std::vector<uint16_t> a = toHalves(randomFloats(128, -5, 5, 15));
  VectorRun run;
  run.input(a);
  isa::Instruction &inst =
      run.kernel.add(Opcode::VConv, Type::F16, {run.at(2), run.at(0), 2, 64, kContig});
  inst.mods.type2 = Type::F32;
  EXPECT_EQ(run.output<float>(run.at(2), 128), toFloats(a));
}

TEST(Vector, BroadcastTransposeGather) {
  std::vector<uint16_t> a(256);
  for (size_t i = 0; i < 256; ++i)
    a[i] = uint16_t(i * 37);
  std::vector<uint32_t> offsets = {6, 0, 510, 128, 2};
  VectorRun run;
  run.input(a), run.input(offsets);
  run.kernel.add(Opcode::VBrcb, Type::F16, {run.at(2), run.at(0), 2, 1, 8});
  run.kernel.add(Opcode::VTrans, Type::S16, {run.at(2) + 512, run.at(0), 1, 32, 32, 512, 512});
  run.kernel.add(Opcode::VGather, Type::U16, {run.at(2) + 1024, run.at(0), run.at(1), 5});
  std::vector<uint16_t> c = run.output<uint16_t>(run.at(2), 517);
  for (size_t i = 0; i < 256; ++i) {
    EXPECT_EQ(c[i], a[i / 16]);
    EXPECT_EQ(c[256 + i], a[(i % 16) * 16 + i / 16]);
  }
  for (size_t i = 0; i < 5; ++i)
    EXPECT_EQ(c[512 + i], a[offsets[i] / 2]);
}

} // namespace
