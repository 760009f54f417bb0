//===- DataMovement.cpp - Transpose, Concat, Split, Expand, Tile, blocks ---===//

#include "Broadcast.h"
#include "Operators.h"
#include "Strided.h"

namespace openatc::host {

namespace {

const char *bytesAt(const OpArgs &args, size_t i, int64_t element) {
  return static_cast<const char *>(elementAt(args.dtype(i), args.data(i), element));
}

/// The permutation, reversed order where none is given; checked.
Expected<std::vector<int64_t>> permutation(const OpArgs &args) {
  int64_t rank = args.rank(0);
  std::vector<int64_t> perm = args.intsAttr("perm");
  if (perm.empty())
    for (int64_t i = rank; i-- > 0;)
      perm.push_back(i);
  auto axes = normalizeAxes(perm, rank);
  if (!axes)
    return axes.status();
  if (static_cast<int64_t>(axes->size()) != rank)
    return fail("perm ", perm, " does not permute the dimensions of rank ", rank);
  return axes;
}

Status inferTranspose(const OpArgs &args, std::vector<TensorType> &results) {
  if (!args.hasShape(0))
    return inferUnknownShape(args, results);
  auto perm = permutation(args);
  if (!perm)
    return perm.status();
  Shape shape;
  for (int64_t p : *perm)
    shape.push_back(args.shape(0)[static_cast<size_t>(p)]);
  results.push_back({args.dtype(0), std::move(shape)});
  return Status::success();
}

Status computeTranspose(const OpArgs &args, std::span<const MutableTensorView> results) {
  auto perm = permutation(args);
  std::vector<int64_t> strides = rowMajorStrides(args.shape(0)), src;
  for (int64_t p : *perm)
    src.push_back(strides[static_cast<size_t>(p)]);
  copyStrided(sizeOf(args.dtype(0)), results[0].shape, results[0].data,
              rowMajorStrides(results[0].shape), args.data(0), src);
  return Status::success();
}

Status inferConcat(const OpArgs &args, std::vector<TensorType> &results) {
  for (size_t i = 0; i < args.size(); ++i)
    if (!args.hasShape(i))
      return inferUnknownShape(args, results);
  auto axis = normalizeAxis(args.intAttr("axis", 0), args.rank(0));
  if (!axis)
    return axis.status();
  Shape shape = args.shape(0);
  for (size_t i = 1; i < args.size(); ++i) {
    bool matches = args.rank(i) == args.rank(0);
    for (size_t d = 0; matches && d < shape.size(); ++d)
      matches = static_cast<int64_t>(d) == *axis || args.shape(i)[d] == shape[d];
    if (!matches)
      return fail("input ", i, " ", args.shape(i), " does not join input 0 ", args.shape(0),
                  " along axis ", *axis);
    int64_t &joined = shape[static_cast<size_t>(*axis)];
    if (__builtin_add_overflow(joined, args.shape(i)[static_cast<size_t>(*axis)], &joined))
      return fail("the inputs of concat are too large");
  }
  results.push_back({args.dtype(0), std::move(shape)});
  return Status::success();
}

Status computeConcat(const OpArgs &args, std::span<const MutableTensorView> results) {
  size_t axis = static_cast<size_t>(*normalizeAxis(args.intAttr("axis", 0), args.rank(0)));
  std::vector<int64_t> strides = rowMajorStrides(results[0].shape);
  size_t size = sizeOf(args.dtype(0));
  int64_t at = 0;
  for (size_t i = 0; i < args.size(); ++i) {
    copyStrided(size, args.shape(i),
                static_cast<char *>(results[0].data) + at * strides[axis] * int64_t(size), strides,
                args.data(i), rowMajorStrides(args.shape(i)));
    at += args.shape(i)[axis];
  }
  return Status::success();
}

Status inferSplit(const OpArgs &args, std::vector<TensorType> &results) {
  int64_t outputs = args.intAttr("num_outputs", 0);
  if (outputs < 1 || outputs > 65536)
    return fail("num_outputs ", outputs, " is out of range");
  std::optional<std::vector<int64_t>> sizes;
  if (args.has(1)) {
    OPENATC_TRY(checkIndexOperand(args, 1, "split"));
    sizes = args.ints(1);
  }
  if (!args.hasShape(0) || (args.has(1) && !sizes)) {
    results.assign(static_cast<size_t>(outputs), {args.dtype(0), std::nullopt});
    return Status::success();
  }
  auto axis = normalizeAxis(args.intAttr("axis", 0), args.rank(0));
  if (!axis)
    return axis.status();
  int64_t dim = args.shape(0)[static_cast<size_t>(*axis)];
  if (!sizes) {
    // Equal parts, the last one smaller where they do not divide (opset 18).
    int64_t part = (dim + outputs - 1) / outputs;
    sizes.emplace();
    for (int64_t i = 0, left = dim; i < outputs; ++i, left -= sizes->back())
      sizes->push_back(std::min(part, left));
  }
  int64_t total = 0;
  for (int64_t s : *sizes) {
    if (s < 0 || s > dim)
      return fail("split ", *sizes, " does not divide dimension ", dim);
    total += s;
  }
  if (total != dim || static_cast<int64_t>(sizes->size()) != outputs)
    return fail("split ", *sizes, " does not divide dimension ", dim, " into ", outputs,
                " outputs");
  for (int64_t s : *sizes) {
    Shape shape = args.shape(0);
    shape[static_cast<size_t>(*axis)] = s;
    results.push_back({args.dtype(0), std::move(shape)});
  }
  return Status::success();
}

Status computeSplit(const OpArgs &args, std::span<const MutableTensorView> results) {
  size_t axis = static_cast<size_t>(*normalizeAxis(args.intAttr("axis", 0), args.rank(0)));
  std::vector<int64_t> strides = rowMajorStrides(args.shape(0));
  int64_t at = 0;
  for (const MutableTensorView &part : results) {
    copyStrided(sizeOf(part.dtype), part.shape, part.data, rowMajorStrides(part.shape),
                bytesAt(args, 0, at * strides[axis]), strides);
    at += part.shape[axis];
  }
  return Status::success();
}

Status inferExpand(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkIndexOperand(args, 1, "shape"));
  auto wanted = args.ints(1);
  if (!args.hasShape(0) || !wanted)
    return inferUnknownShape(args, results);
  for (int64_t d : *wanted)
    if (d < 0)
      return fail("shape ", *wanted, " has a negative dimension");
  auto shape = broadcastShapes(args.shape(0), *wanted);
  if (!shape)
    return shape.status();
  results.push_back({args.dtype(0), *shape});
  return Status::success();
}

Status computeExpand(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &in = args.shape(0), &out = results[0].shape;
  std::vector<int64_t> strides = rowMajorStrides(in), src(out.size(), 0);
  for (size_t i = 0; i < in.size(); ++i)
    if (in[i] != 1)
      src[out.size() - in.size() + i] = strides[i];
  copyStrided(sizeOf(args.dtype(0)), out, results[0].data, rowMajorStrides(out), args.data(0), src);
  return Status::success();
}

Status inferTile(const OpArgs &args, std::vector<TensorType> &results) {
  OPENATC_TRY(checkIndexOperand(args, 1, "repeats"));
  auto repeats = args.ints(1);
  if (!args.hasShape(0) || !repeats)
    return inferUnknownShape(args, results);
  if (repeats->size() != args.shape(0).size())
    return fail("repeats ", *repeats, " needs one number for each dimension of ", args.shape(0));
  Shape shape = args.shape(0);
  for (size_t i = 0; i < shape.size(); ++i)
    if ((*repeats)[i] < 0 || __builtin_mul_overflow(shape[i], (*repeats)[i], &shape[i]))
      return fail("repeats ", *repeats, " is out of range");
  results.push_back({args.dtype(0), std::move(shape)});
  return Status::success();
}

Status computeTile(const OpArgs &args, std::span<const MutableTensorView> results) {
  const Shape &in = args.shape(0), &out = results[0].shape;
  std::vector<int64_t> is = rowMajorStrides(in), os = rowMajorStrides(out), src, dst;
  Shape dims;
  for (size_t i = 0; i < in.size(); ++i) {
    dims.insert(dims.end(), {out[i] / in[i], in[i]});
    src.insert(src.end(), {0, is[i]});
    dst.insert(dst.end(), {in[i] * os[i], os[i]});
  }
  copyStrided(sizeOf(args.dtype(0)), dims, results[0].data, dst, args.data(0), src);
  return Status::success();
}

Status checkBlock(const OpArgs &args, int64_t &block) {
  block = args.intAttr("blocksize", 0);
  if (block < 1 || block > 32767)
    return fail("blocksize ", block, " is out of range");
  if (args.hasShape(0) && args.rank(0) != 4)
    return fail("x has rank ", args.rank(0), ", expected 4 (NCHW)");
  return Status::success();
}

Status inferDepthToSpace(const OpArgs &args, std::vector<TensorType> &results) {
  int64_t b;
  OPENATC_TRY(checkBlock(args, b));
  auto mode = args.stringAttr("mode", "DCR");
  if (mode != "DCR" && mode != "CRD")
    return fail("mode ", mode, " is neither DCR nor CRD");
  if (!args.hasShape(0))
    return inferUnknownShape(args, results);
  const Shape &x = args.shape(0);
  if (x[1] % (b * b))
    return fail("channels of ", x, " do not divide by blocksize * blocksize = ", b * b);
  results.push_back({args.dtype(0), Shape{x[0], x[1] / (b * b), x[2] * b, x[3] * b}});
  return Status::success();
}

Status computeDepthToSpace(const OpArgs &args, std::span<const MutableTensorView> results) {
  int64_t b = args.intAttr("blocksize", 1);
  const Shape &in = args.shape(0), &out = results[0].shape;
  std::vector<int64_t> is = rowMajorStrides(in), os = rowMajorStrides(out);
  bool crd = args.stringAttr("mode", "DCR") == "CRD";
  int64_t block = crd ? is[1] : out[1] * is[1], channel = crd ? b * b * is[1] : is[1];
  copyStrided(sizeOf(args.dtype(0)), {in[0], out[1], in[2], b, in[3], b}, results[0].data,
              {os[0], os[1], b * os[2], os[2], b * os[3], os[3]}, args.data(0),
              {is[0], channel, is[2], b * block, is[3], block});
  return Status::success();
}

Status inferSpaceToDepth(const OpArgs &args, std::vector<TensorType> &results) {
  int64_t b;
  OPENATC_TRY(checkBlock(args, b));
  if (!args.hasShape(0))
    return inferUnknownShape(args, results);
  const Shape &x = args.shape(0);
  if (x[2] % b || x[3] % b)
    return fail("height and width of ", x, " do not divide by blocksize ", b);
  results.push_back({args.dtype(0), Shape{x[0], x[1] * b * b, x[2] / b, x[3] / b}});
  return Status::success();
}

Status computeSpaceToDepth(const OpArgs &args, std::span<const MutableTensorView> results) {
  int64_t b = args.intAttr("blocksize", 1);
  const Shape &in = args.shape(0), &out = results[0].shape;
  std::vector<int64_t> is = rowMajorStrides(in), os = rowMajorStrides(out);
  copyStrided(sizeOf(args.dtype(0)), {in[0], b, b, in[1], out[2], out[3]}, results[0].data,
              {os[0], b * in[1] * os[1], in[1] * os[1], os[1], os[2], os[3]}, args.data(0),
              {is[0], is[2], is[3], is[1], b * is[2], b * is[3]});
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"transpose", 1, 1, kAnyType, 0, inferTranspose, computeTranspose},
    {"concat", 1, kVariadic, kAnyType, ~uint32_t(1), inferConcat, computeConcat},
    {"split", 1, 2, kAnyType, 0, inferSplit, computeSplit},
    {"expand", 2, 2, kAnyType, 0, inferExpand, computeExpand},
    {"tile", 2, 2, kAnyType, 0, inferTile, computeTile},
    {"depth_to_space", 1, 1, kAnyType, 0, inferDepthToSpace, computeDepthToSpace},
    {"space_to_depth", 1, 1, kAnyType, 0, inferSpaceToDepth, computeSpaceToDepth},
};

} // namespace

std::span<const OpDef> dataMovementOps() { return kOps; }

} // namespace openatc::host
