//===- PadTest.cpp - Pads that repeat their input -------------------------===//

#include "GroupText.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::test;

namespace {

/// Position `p` of a dimension of `size` elements, found by walking there one step at a time.
int64_t repeated(int64_t p, int64_t size, const std::string &mode) {
  if (mode == "edge")
    return p < 0 ? 0 : p >= size ? size - 1 : p;
  if (mode == "wrap") {
    while (p < 0)
      p += size;
    while (p >= size)
      p -= size;
    return p;
  }
  while (p < 0 || p >= size)
    p = size == 1 ? 0 : p < 0 ? -p : 2 * (size - 1) - p;
  return p;
}

struct Case {
  const char *mode;
  Shape in, begin, end;
};

class RepeatingPad : public testing::TestWithParam<Case> {};

TEST_P(RepeatingPad, MatchesReference) {
  const Case &c = GetParam();
  Shape out;
  std::string amounts;
  for (size_t d = 0; d < c.in.size(); ++d)
    out.push_back(c.in[d] + c.begin[d] + c.end[d]);
  for (const Shape &side : {c.begin, c.end})
    for (int64_t amount : side)
      amounts += (amounts.empty() ? "" : ", ") + std::to_string(amount);
  std::string padsType = "tensor<" + std::to_string(2 * c.in.size()) + "xi64>";
  std::string x = tensor(c.in, "i32"), y = tensor(out, "i32");
  std::vector<int32_t> data(size_t(sizeOf(c.in)));
  for (size_t i = 0; i < data.size(); ++i)
    data[i] = int32_t(i) + 1;
  KernelRun run = runKernel(
      groupModule("move", {x}, {y},
                  "    %p = ascend.constant dense<[" + amounts + "]> : " + padsType +
                      "\n    %0 = ascend.pad %a0, %p {mode = \"" + c.mode + "\"} : (" + x + ", " +
                      padsType + ") -> " + y + "\n    ascend.yield %0 : " + y + "\n"),
      {toBytes(data)}, {size_t(sizeOf(out)) * 4});
  ASSERT_EQ(run.error, "");
  auto got = fromBytes<int32_t>(run.outputs[0]);
  for (size_t i = 0; i < got.size(); ++i) {
    auto rest = int64_t(i);
    int64_t from = 0, stride = 1;
    for (size_t d = out.size(); d-- > 0;) {
      from += repeated(rest % out[d] - c.begin[d], c.in[d], c.mode) * stride;
      rest /= out[d];
      stride *= c.in[d];
    }
    ASSERT_EQ(got[i], data[size_t(from)]) << "element " << i;
  }
}

const Case kCases[] = {{"reflect", {2, 3, 16, 20}, {0, 0, 2, 3}, {0, 0, 4, 1}},
                       {"reflect", {1, 300}, {0, 128}, {0, 128}},
                       {"reflect", {3, 4}, {7, 0}, {0, 9}},
                       {"reflect", {2, 9, 11}, {1, 0, -2}, {0, 3, 4}},
                       {"edge", {2, 3, 5}, {1, 2, 3}, {0, 4, 1}},
                       {"edge", {4, 6}, {0, 2}, {3, -2}},
                       {"edge", {1, 1}, {2, 2}, {2, 2}},
                       {"wrap", {2, 3, 5}, {1, 2, 3}, {0, 1, 5}},
                       {"wrap", {4, 7}, {0, 15}, {9, 0}}};

INSTANTIATE_TEST_SUITE_P(Modes, RepeatingPad, testing::ValuesIn(kCases));

} // namespace
