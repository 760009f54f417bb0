//===- Selections.cpp - Operators that pick elements ----------------------===//
#include "OpBuilder.h"

#include <cstdint>

namespace openatc::singleop {
namespace {

void gather(OpBuilder &b, int64_t axis) {
  b.output(0, b.node("Gather", {b.required(0), b.required(1)}, {{"axis", axis}}));
}

void gatherFirst(OpBuilder &b) { gather(b, 0); }
void gatherD(OpBuilder &b) { gather(b, b.integer("axis", 0)); }
void gatherV2(OpBuilder &b) {
  std::vector<int64_t> axis = b.constant(2, "axis");
  if (axis.size() != 1)
    return b.fail("input 2 (axis) must be one number");
  if (b.integer("batch_dims", 0) != 0)
    return b.fail("attribute batch_dims must be 0");
  gather(b, axis[0]);
}

void gatherNd(OpBuilder &b) {
  b.output(0, b.node("GatherND", {b.required(0), b.cast(b.required(1), DType::I64)}));
}

void slice(OpBuilder &b, const std::vector<int64_t> &offsets, const std::vector<int64_t> &sizes) {
  if (offsets.size() != sizes.size() || int64_t(sizes.size()) != b.rank(0))
    return b.fail("offsets and sizes must have an entry for each dimension");
  std::vector<int64_t> ends, axes;
  for (size_t i = 0; i < sizes.size(); ++i) {
    bool rest = sizes[i] == -1; // everything from the offset on
    int64_t end = 0;
    if (!rest && __builtin_add_overflow(offsets[i], sizes[i], &end))
      return b.fail("an offset and size are too large");
    ends.push_back(rest ? INT64_MAX : end);
    axes.push_back(int64_t(i));
  }
  b.output(0, b.node("Slice", {b.required(0), b.list(offsets), b.list(ends), b.list(axes)}));
}

void sliceByInput(OpBuilder &b) {
  std::vector<int64_t> offsets = b.constant(1, "offsets");
  slice(b, offsets, b.constant(2, "size"));
}
void sliceD(OpBuilder &b) {
  std::vector<int64_t> offsets = b.integers("offsets");
  slice(b, offsets, b.integers("size"));
}

void stridedSlice(OpBuilder &b, std::vector<int64_t> begin, std::vector<int64_t> end,
                  std::vector<int64_t> strides) {
  if (strides.empty())
    strides.assign(begin.size(), 1);
  if (begin.size() != end.size() || begin.size() != strides.size() || begin.size() > 63 ||
      int64_t(begin.size()) > b.rank(0))
    return b.fail("begin, end and strides must have the same length, at most the rank");
  if (b.integer("ellipsis_mask", 0) || b.integer("new_axis_mask", 0))
    return b.fail("ellipsis_mask and new_axis_mask must be 0");
  int64_t beginMask = b.integer("begin_mask", 0), endMask = b.integer("end_mask", 0);
  int64_t shrinkMask = b.integer("shrink_axis_mask", 0);
  std::vector<int64_t> axes, dropped;
  for (size_t i = 0; i < begin.size(); ++i) {
    bool forward = strides[i] > 0;
    axes.push_back(int64_t(i));
    if (beginMask >> i & 1)
      begin[i] = forward ? 0 : INT64_MAX;
    if (endMask >> i & 1)
      end[i] = forward ? INT64_MAX : INT64_MIN;
    if (shrinkMask >> i & 1) {
      end[i] = begin[i] == -1 || begin[i] == INT64_MAX ? INT64_MAX : begin[i] + 1;
      strides[i] = 1;
      dropped.push_back(int64_t(i));
    }
  }
  std::string y =
      b.node("Slice", {b.required(0), b.list(begin), b.list(end), b.list(axes), b.list(strides)});
  b.output(0, dropped.empty() ? y : b.node("Squeeze", {y, b.list(dropped)}));
}

void stridedSliceByInput(OpBuilder &b) {
  std::vector<int64_t> begin = b.constant(1, "begin"), end = b.constant(2, "end");
  stridedSlice(b, begin, end, b.has(3) ? b.constant(3, "strides") : std::vector<int64_t>());
}
void stridedSliceD(OpBuilder &b) {
  std::vector<int64_t> begin = b.integers("begin"), end = b.integers("end");
  stridedSlice(b, begin, end, b.integers("strides"));
}

} // namespace

void addSelections(TranslationTable &table) {
  table["Gather"] = gatherFirst;
  table["GatherV2"] = gatherV2;
  table["GatherV2D"] = gatherD;
  table["GatherNd"] = gatherNd;
  table["Slice"] = sliceByInput;
  table["SliceD"] = sliceD;
  table["StridedSlice"] = stridedSliceByInput;
  table["StridedSliceD"] = stridedSliceD;
}

} // namespace openatc::singleop
