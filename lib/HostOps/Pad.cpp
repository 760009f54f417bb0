//===- Pad.cpp - Padding by constant, edge, reflection or wrapping ---------===//

#include "Operators.h"
#include "Strided.h"

#include <algorithm>

namespace openatc::host {

namespace {

struct Pads {
  std::vector<int64_t> before, after;
};

Expected<Pads> padsOf(const OpArgs &args) {
  size_t rank = args.shape(0).size();
  Pads p{std::vector<int64_t>(rank, 0), std::vector<int64_t>(rank, 0)};
  auto pads = *args.ints(1);
  std::vector<int64_t> axes;
  if (args.has(3))
    axes = *args.ints(3);
  else
    for (size_t i = 0; i < rank; ++i)
      axes.push_back(static_cast<int64_t>(i));
  auto normal = normalizeAxes(axes, static_cast<int64_t>(rank));
  if (!normal)
    return normal.status();
  if (pads.size() != 2 * axes.size())
    return fail("pads ", pads, " needs two numbers for each of ", axes.size(), " axes");
  for (size_t i = 0; i < axes.size(); ++i) {
    size_t a = static_cast<size_t>((*normal)[i]);
    p.before[a] = pads[i];
    p.after[a] = pads[i + axes.size()];
  }
  return p;
}

Status inferPad(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkIndexOperand(args, 1, "pads"));
  auto mode = args.stringAttr("mode", "constant");
  if (mode != "constant" && mode != "edge" && mode != "reflect" && mode != "wrap")
    return fail("mode ", mode, " is none of constant, edge, reflect, wrap");
  TensorType type{args.dtype(0), std::nullopt};
  if (args.hasShape(0) && args.isConstant(1) && (!args.has(3) || args.isConstant(3))) {
    auto pads = padsOf(args);
    if (!pads)
      return pads.status();
    Shape shape = args.shape(0);
    for (size_t i = 0; i < shape.size(); ++i) {
      constexpr int64_t limit = int64_t(1) << 48;
      if (std::max(pads->before[i], pads->after[i]) > limit ||
          std::min(pads->before[i], pads->after[i]) < -limit)
        return fail("pads of dimension ", i, " are out of range");
      shape[i] += pads->before[i] + pads->after[i];
      if (shape[i] < 0)
        return fail("pads leave dimension ", i, " of ", args.shape(0), " with ", shape[i]);
      if (mode != "constant" && shape[i] > 0 && args.shape(0)[i] == 0)
        return fail("mode ", mode, " has nothing to repeat in dimension ", i);
    }
    type.shape = std::move(shape);
  }
  results.push_back(std::move(type));
  return Status::success();
}

/// The input position that output position `i` copies; -1 for the constant.
int64_t sourceOf(int64_t i, int64_t dim, std::string_view mode) {
  if (i >= 0 && i < dim)
    return i;
  if (mode == "constant")
    return -1;
  if (mode == "edge")
    return i < 0 ? 0 : dim - 1;
  if (mode == "wrap")
    return ((i % dim) + dim) % dim;
  if (dim == 1)
    return 0;
  int64_t period = 2 * (dim - 1), k = ((i % period) + period) % period;
  return k < dim ? k : period - k;
}

Status computePad(const OpArgs &args, std::span<const MutableTensorView> results) {
  auto pads = padsOf(args);
  if (!pads)
    return pads.status();
  const Shape &in = args.shape(0), &out = results[0].shape;
  auto mode = args.stringAttr("mode", "constant");
  size_t size = sizeOf(args.dtype(0)), rank = in.size();
  uint64_t zero = 0;
  fillElements(size, results[0].data, product(out), args.has(2) ? args.data(2) : &zero);
  // A table of sources for each dimension; rows of the last one are copied element-wise.
  std::vector<std::vector<int64_t>> from(rank);
  for (size_t d = 0; d < rank; ++d)
    for (int64_t i = 0; i < out[d]; ++i)
      from[d].push_back(sourceOf(i - pads->before[d], in[d], mode));
  std::vector<int64_t> strides = rowMajorStrides(in), index(rank, 0);
  if (rank == 0) {
    copyStrided(size, out, results[0].data, {}, args.data(0), {});
    return Status::success();
  }
  char *dst = static_cast<char *>(results[0].data);
  const char *src = static_cast<const char *>(args.data(0));
  int64_t row = out.back(), rows = product(out, 0, rank - 1);
  for (int64_t r = 0; r < rows; ++r, dst += row * int64_t(size)) {
    int64_t offset = 0;
    bool inside = true;
    for (size_t d = 0; d + 1 < rank; ++d) {
      int64_t s = from[d][static_cast<size_t>(index[d])];
      inside &= s >= 0;
      offset += s * strides[d];
    }
    if (inside)
      for (int64_t i = 0; i < row; ++i)
        if (int64_t s = from[rank - 1][static_cast<size_t>(i)]; s >= 0)
          std::copy_n(src + (offset + s) * int64_t(size), size, dst + i * int64_t(size));
    for (size_t d = rank - 1; d-- > 0;) {
      if (++index[d] < out[d])
        break;
      index[d] = 0;
    }
  }
  return Status::success();
}

constexpr OpDef kOps[] = {{"pad", 2, 4, kAnyType, 4, inferPad, computePad}};

} // namespace

std::span<const OpDef> padOps() { return kOps; }

} // namespace openatc::host
