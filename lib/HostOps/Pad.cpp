//===- Pad.cpp - Pad -------------------------------------------------------------===//

#include "Convert.h"
#include "Operators.h"
#include "Strided.h"

#include <algorithm>

namespace openatc::host {

namespace {

/// Begin and end padding of every dimension, negative where elements are removed; nothing
/// while an operand is not known.
struct Pads {
  std::vector<int64_t> begin, end;
};

Expected<std::optional<Pads>> readPads(const OpArgs &args) {
  std::optional<Pads> none;
  OPENATC_TRY(checkIndexOperand(args, 1, "pads"));
  if (args.has(3))
    OPENATC_TRY(checkIndexOperand(args, 3, "axes"));
  auto pads = args.ints(1);
  std::optional<std::vector<int64_t>> given;
  if (args.has(3))
    given = args.ints(3);
  if (!args.hasShape(0) || !pads || (args.has(3) && !given))
    return none;
  size_t rank = args.shape(0).size();
  std::vector<int64_t> axes;
  for (size_t i = 0; i < rank && !given; ++i)
    axes.push_back(static_cast<int64_t>(i));
  auto normal = normalizeAxes(given ? *given : axes, args.rank(0));
  if (!normal)
    return normal.status();
  size_t count = normal->size();
  if (pads->size() != 2 * count)
    return fail("pads has ", pads->size(), " values, expected ", 2 * count);
  Pads result{std::vector<int64_t>(rank, 0), std::vector<int64_t>(rank, 0)};
  for (size_t i = 0; i < 2 * count; ++i) {
    int64_t value = (*pads)[i];
    if (value < -(int64_t(1) << 48) || value > int64_t(1) << 48)
      return fail("pads has the value ", value, ", which is out of range");
    (i < count ? result.begin : result.end)[static_cast<size_t>((*normal)[i % count])] = value;
  }
  return std::optional(std::move(result));
}

Status inferPad(const OpArgs &args, std::vector<TensorType> &results) {
  std::string_view mode = args.stringAttr("mode", "constant");
  if (mode != "constant" && mode != "reflect" && mode != "edge" && mode != "wrap")
    return fail("mode '", mode, "' of pad is not supported");
  if (args.hasShape(2) && args.count(2) != 1)
    return fail("value of pad has shape ", args.shape(2), ", expected a scalar");
  auto pads = readPads(args);
  if (!pads)
    return pads.status();
  if (!*pads)
    return inferUnknownShape(args, results);
  Shape shape = args.shape(0);
  for (size_t i = 0; i < shape.size(); ++i) {
    int64_t begin = (*pads)->begin[i], end = (*pads)->end[i], size = shape[i];
    bool grows = begin > 0 || end > 0;
    if (mode != "constant" && grows && size == 0)
      return fail("dimension ", i, " of size 0 cannot be padded with mode ", mode);
    shape[i] = size + begin + end;
    if (shape[i] < 0)
      return fail("pads remove more than dimension ", i, " of size ", size);
  }
  return inferWithShape(args, results, shape);
}

/// Input index of an output index that may lie outside of [0, size).
int64_t mapIndex(int64_t index, int64_t size, std::string_view mode) {
  if (mode == "edge")
    return std::clamp<int64_t>(index, 0, size - 1);
  // Reflection repeats with the period of a way forth and back without the end points.
  int64_t period = mode == "wrap" ? size : std::max<int64_t>(1, 2 * (size - 1));
  int64_t rest = index % period;
  rest += rest < 0 ? period : 0;
  return rest < size ? rest : period - rest;
}

/// Copies the part of x that stays to its place in the result.
void copyInterior(const OpArgs &args, const Pads &pads, const MutableTensorView &result) {
  std::vector<int64_t> src = rowMajorStrides(args.shape(0)), dst = rowMajorStrides(result.shape);
  Shape box = args.shape(0);
  int64_t from = 0, to = 0;
  for (size_t i = 0; i < box.size(); ++i) {
    int64_t begin = pads.begin[i], end = pads.end[i];
    box[i] = std::max<int64_t>(0, box[i] + std::min<int64_t>(begin, 0) + std::min<int64_t>(end, 0));
    from += std::max<int64_t>(-begin, 0) * src[i];
    to += std::max<int64_t>(begin, 0) * dst[i];
  }
  if (product(box) == 0)
    return;
  copyStrided(sizeOf(result.dtype), box, elementAt(result.dtype, result.data, to), dst,
              elementAt(args.dtype(0), args.data(0), from), src);
}

/// Every element of the result is a copy of an input element: the input offset is the sum of one
/// contribution per dimension, tabulated beforehand.
void padByCopies(const OpArgs &args, const Pads &pads, std::string_view mode,
                 const MutableTensorView &result) {
  size_t size = sizeOf(result.dtype);
  std::vector<int64_t> strides = rowMajorStrides(result.shape);
  std::vector<int64_t> source = rowMajorStrides(args.shape(0));
  size_t rank = result.shape.size();
  std::vector<std::vector<int64_t>> offset(rank);
  for (size_t d = 0; d < rank; ++d)
    for (int64_t i = 0; i < result.shape[d]; ++i)
      offset[d].push_back(mapIndex(i - pads.begin[d], args.shape(0)[d], mode) * source[d]);
  int64_t count = product(result.shape), row = rank ? result.shape[rank - 1] : 1;
  for (int64_t at = 0; at < count; at += row) {
    int64_t base = 0;
    for (size_t d = 0; d + 1 < rank; ++d)
      base += offset[d][static_cast<size_t>(at / strides[d] % result.shape[d])];
    for (int64_t i = 0; i < row; ++i) {
      int64_t from = base + (rank ? offset[rank - 1][static_cast<size_t>(i)] : 0);
      std::copy_n(static_cast<const char *>(elementAt(args.dtype(0), args.data(0), from)), size,
                  static_cast<char *>(elementAt(result.dtype, result.data, at + i)));
    }
  }
}

Status computePad(const OpArgs &args, std::span<const MutableTensorView> results) {
  Pads pads = **readPads(args);
  std::string_view mode = args.stringAttr("mode", "constant");
  const MutableTensorView &result = results[0];
  if (mode != "constant") {
    padByCopies(args, pads, mode, result);
    return Status::success();
  }
  static constexpr uint64_t zero = 0;
  fillElements(sizeOf(result.dtype), result.data, product(result.shape),
               args.has(2) ? args.data(2) : &zero);
  copyInterior(args, pads, result);
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"pad", 2, 4, kAnyType, 4, inferPad, computePad},
};

} // namespace

std::span<const OpDef> padOps() { return kOps; }

} // namespace openatc::host
