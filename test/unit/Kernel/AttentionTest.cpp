//===- AttentionTest.cpp - Attention kernels on the simulator -------------===//

#include "GroupText.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

using namespace openatc;
using namespace openatc::test;

namespace {

struct AttentionCase {
  const char *name;
  int64_t batch, heads, rows, keys, width, valueWidth;
  Shape mask = {};           ///< none when empty
  bool blocked = true;       ///< operands in FRACTAL_NZ
  const char *schedule = ""; ///< instead of the chosen one
  bool packed = false;       ///< query, key and value are columns of one tensor
};

std::ostream &operator<<(std::ostream &os, const AttentionCase &c) { return os << c.name; }

/// Values in about [-limit, limit] that halves hold, without a visible pattern.
Floats noise(int64_t n, uint32_t seed, float limit) {
  Floats values(static_cast<size_t>(n));
  uint32_t state = seed * 2654435761u + 12345;
  for (float &v : values) {
    state = state * 1664525 + 1013904223;
    v = (float(state >> 16) / 32768 - 1) * limit;
  }
  return fromHalfBytes(toHalfBytes(values));
}

/// [rows, columns] as [ceil(columns / 16), rows, 16]; lanes without a column hold 3.
Floats toPlanes(const Floats &x, int64_t columns) {
  int64_t rows = int64_t(x.size()) / columns, planes = (columns + 15) / 16;
  Floats y(size_t(planes * rows * 16), 3.0f);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      y[size_t((c / 16 * rows + r) * 16 + c % 16)] = x[size_t(r * columns + c)];
  return y;
}

Floats fromPlanes(const Floats &x, int64_t columns) {
  int64_t rows = int64_t(x.size()) / columns;
  Floats y(x.size());
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t c = 0; c < columns; ++c)
      y[size_t(r * columns + c)] = x[size_t((c / 16 * rows + r) * 16 + c % 16)];
  return y;
}

/// The columns of all parts, each of `rows` rows.
Floats sideBySide(const std::vector<const Floats *> &parts, int64_t rows) {
  Floats y;
  for (int64_t r = 0; r < rows; ++r)
    for (const Floats *part : parts) {
      auto columns = std::ptrdiff_t(part->size()) / rows;
      y.insert(y.end(), part->begin() + r * columns, part->begin() + (r + 1) * columns);
    }
  return y;
}

std::vector<double> reference(const AttentionCase &t, const Floats &q, const Floats &k,
                              const Floats &v, const Floats &mask, double scale) {
  std::vector<double> y(size_t(t.batch * t.rows * t.heads * t.valueWidth));
  auto maskAt = [&](int64_t b, int64_t h, int64_t r, int64_t c) {
    if (t.mask.empty())
      return 0.0f;
    int64_t at = b % t.mask[0];
    at = at * t.mask[1] + h % t.mask[1];
    at = at * t.mask[2] + r % t.mask[2];
    return mask[size_t(at * t.keys + c)];
  };
  for (int64_t b = 0; b < t.batch; ++b)
    for (int64_t h = 0; h < t.heads; ++h)
      for (int64_t r = 0; r < t.rows; ++r) {
        std::vector<double> p(static_cast<size_t>(t.keys));
        for (int64_t c = 0; c < t.keys; ++c) {
          double dot = 0;
          for (int64_t d = 0; d < t.width; ++d)
            dot += double(q[size_t(((b * t.rows + r) * t.heads + h) * t.width + d)]) *
                   k[size_t(((b * t.keys + c) * t.heads + h) * t.width + d)];
          p[size_t(c)] = dot * scale + maskAt(b, h, r, c);
        }
        double top = *std::max_element(p.begin(), p.end()), sum = 0;
        for (double &x : p)
          sum += x = std::exp(x - top);
        for (int64_t e = 0; e < t.valueWidth; ++e) {
          double total = 0;
          for (int64_t c = 0; c < t.keys; ++c)
            total +=
                p[size_t(c)] / sum * v[size_t(((b * t.keys + c) * t.heads + h) * t.valueWidth + e)];
          y[size_t(((b * t.rows + r) * t.heads + h) * t.valueWidth + e)] = total;
        }
      }
  return y;
}

class Attention : public testing::TestWithParam<AttentionCase> {
protected:
  KernelRun run(const AttentionCase &t, const Floats &q, const Floats &k, const Floats &v,
                const Floats &mask, const char *soc) {
    std::string layout = t.blocked ? "nz" : "";
    std::string tq = tensor({t.batch, t.rows, t.heads * t.width}, "f16", layout),
                tk = tensor({t.batch, t.keys, t.heads * t.width}, "f16", layout),
                tv = tensor({t.batch, t.keys, t.heads * t.valueWidth}, "f16", layout),
                ty = tensor({t.batch, t.rows, t.heads * t.valueWidth}, "f16", layout);
    auto encode = [&](const Floats &x, int64_t columns) {
      return toHalfBytes(t.blocked ? toPlanes(x, columns) : x);
    };
    std::vector<std::string> types = {tq, tk, tv};
    std::vector<Bytes> inputs = {encode(q, t.heads * t.width), encode(k, t.heads * t.width),
                                 encode(v, t.heads * t.valueWidth)};
    std::string operands = "%a0, %a1, %a2 ", columns;
    if (t.packed) {
      int64_t width = t.heads * t.width, all = 2 * width + t.heads * t.valueWidth;
      tq = tensor({t.batch, t.rows, all}, "f16", layout);
      types = {tq};
      inputs = {encode(sideBySide({&v, &q, &k}, t.batch * t.rows), all)};
      operands = "%a0, %a0, %a0 ";
      columns = ", columns = " + array({all - 2 * width, all - width, 0}) +
                ", width = " + std::to_string(t.width) +
                " : i64, value_width = " + std::to_string(t.valueWidth) + " : i64";
      tk = tv = tq;
    }
    if (!t.mask.empty()) {
      types.push_back(tensor(t.mask, "f16", layout));
      inputs.push_back(encode(mask, t.keys));
    }
    std::string list = tq + ", " + tk + ", " + tv + (t.mask.empty() ? "" : ", " + types.back());
    std::string body = "    %y = ascend.attention " + operands +
                       (t.mask.empty() ? "" : "mask %a3 ") + "{heads = " + std::to_string(t.heads) +
                       " : i64, scale = 0.25 : f64" + columns + "} : (" + list + ") -> " + ty +
                       "\n    ascend.yield %y : " + ty + "\n";
    std::string text = groupModule("attention", types, {ty}, body);
    if (*t.schedule) {
      size_t at = text.find(" : ", text.find("ascend.kernel"));
      text.insert(at, std::string(" schedule {") + t.schedule + "}");
    }
    return runKernel(text, inputs, {size_t(sizeOf({t.batch, t.rows, t.heads * t.valueWidth}) * 2)},
                     soc);
  }

  void check(const char *soc) {
    const AttentionCase &t = GetParam();
    Floats q = noise(t.batch * t.rows * t.heads * t.width, 1, 3),
           k = noise(t.batch * t.keys * t.heads * t.width, 2, 1.5f),
           v = noise(t.batch * t.keys * t.heads * t.valueWidth, 3, 1);
    Floats mask = noise(sizeOf(t.mask), 4, 4);
    // Every third key is hidden, as networks do it.
    for (size_t i = 0; i < mask.size(); ++i)
      mask[i] = i % 3 == 1 ? -10000.0f : mask[i];
    mask = fromHalfBytes(toHalfBytes(mask));
    KernelRun result = run(t, q, k, v, mask, soc);
    ASSERT_EQ(result.error, "");
    Floats got = fromHalfBytes(result.outputs[0]);
    if (t.blocked)
      got = fromPlanes(got, t.heads * t.valueWidth);
    std::vector<double> want = reference(t, q, k, v, mask, 0.25);
    ASSERT_EQ(got.size(), want.size());
    for (size_t i = 0; i < got.size(); ++i)
      ASSERT_NEAR(got[i], want[i], 2e-3) << "element " << i;
  }
};

TEST_P(Attention, MatchesTheDefinition) { check("Ascend310P3"); }

// Half as many flags, and smaller memories.
TEST_P(Attention, MatchesTheDefinitionOnOtherCores) {
  check("Ascend310");
  check("Ascend910A");
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, Attention,
    testing::Values(AttentionCase{"one_tile", 1, 1, 16, 16, 16, 16},
                    AttentionCase{"row_major", 1, 2, 40, 40, 16, 32, {}, false},
                    AttentionCase{"heads", 2, 3, 48, 64, 32, 32},
                    AttentionCase{"tails", 1, 2, 37, 21, 16, 48},
                    AttentionCase{"vision", 2, 4, 196, 196, 64, 64},
                    AttentionCase{"sentence", 1, 12, 384, 384, 64, 64},
                    AttentionCase{"key_mask", 2, 2, 50, 70, 32, 16, {2, 1, 1, 70}},
                    AttentionCase{"key_mask_rows", 1, 2, 50, 70, 32, 16, {1, 1, 1, 70}, false},
                    AttentionCase{"head_mask", 2, 2, 20, 33, 16, 16, {1, 2, 1, 33}},
                    AttentionCase{"full_mask", 1, 3, 64, 64, 64, 64, {1, 1, 64, 64}},
                    AttentionCase{"full_mask_tails", 2, 2, 37, 29, 16, 16, {2, 2, 37, 29}},
                    AttentionCase{"full_mask_rows", 1, 2, 37, 29, 16, 16, {1, 1, 37, 29}, false},
                    AttentionCase{"one_row", 3, 2, 1, 90, 64, 64, {3, 1, 1, 90}},
                    AttentionCase{"wide_head", 1, 2, 64, 64, 256, 128},
                    AttentionCase{"packed", 2, 3, 40, 40, 32, 16, {}, true, "", true},
                    AttentionCase{"packed_rows", 1, 2, 20, 20, 16, 16, {}, false, "", true},
                    AttentionCase{"long", 1, 1, 100, 1500, 64, 64},
                    AttentionCase{"long_mask", 1, 2, 40, 1203, 32, 32, {1, 1, 1, 1203}},
                    AttentionCase{"long_full_mask", 1, 1, 40, 1203, 32, 32, {1, 1, 40, 1203}},
                    AttentionCase{"parts",
                                  1,
                                  1,
                                  96,
                                  80,
                                  32,
                                  32,
                                  {},
                                  true,
                                  "block_dim = 2 : i64, tile_m1 = 1 : i64, tile_keys1 = 5 : i64, "
                                  "parts = 3 : i64"},
                    AttentionCase{"blocks",
                                  1,
                                  2,
                                  50,
                                  75,
                                  16,
                                  16,
                                  {},
                                  true,
                                  "block_dim = 2 : i64, tile_m1 = 2 : i64, tile_keys1 = 2 : i64, "
                                  "parts = 2 : i64"}),
    [](const auto &info) { return std::string(info.param.name); });

} // namespace
