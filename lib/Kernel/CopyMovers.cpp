//===- CopyMovers.cpp - Rearranging operators as strided copies -----------===//

#include "Moves.h"
#include "PadRuns.h"
#include "StridedCopy.h"
#include "TransposeCopy.h"

#include "Ascend/HostBridge.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cstring>

using namespace mlir;

namespace openatc::kernel {

namespace {

using Dims = SmallVector<int64_t>;

Dims stridesOf(ArrayRef<int64_t> shape) {
  Dims strides(shape.size(), 1);
  for (size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * shape[i];
  return strides;
}

Dims shapeOf(Value v) { return physicalShape(mlir::cast<RankedTensorType>(v.getType())); }

int64_t wrap(int64_t axis, size_t rank) { return axis < 0 ? axis + int64_t(rank) : axis; }

/// The physical dimension of dimension `axis` of `v`: itself, but in FRACTAL_NZ the blocks
/// of columns come first.
int64_t axisOf(Value v, int64_t axis) {
  auto type = mlir::cast<RankedTensorType>(v.getType());
  axis = wrap(axis, size_t(type.getRank()));
  if (layoutOf(type) != ascend::Layout::FRACTAL_NZ)
    return axis;
  return axis == type.getRank() - 1 ? 0 : axis + 1;
}

/// A box of `sizes` elements with the given strides on both sides.
CopyPiece box(ArrayRef<int64_t> sizes, ArrayRef<int64_t> src, ArrayRef<int64_t> dst) {
  CopyPiece piece;
  for (size_t i = 0; i < sizes.size(); ++i)
    piece.dims.push_back({sizes[i], src[i], dst[i]});
  return piece;
}

using Pieces = SmallVector<CopyPiece>;

Pieces transposePieces(ascend::TransposeOp op) {
  Dims in = shapeOf(op.getInput()), out = shapeOf(op.getOutput());
  Dims inStrides = stridesOf(in), src;
  if (layoutOf(op.getInput().getType()) == ascend::Layout::NC1HWC0) // to [C1, N, H, W, 16]
    return {box(out, {inStrides[1], inStrides[0], inStrides[2], inStrides[3], 1}, stridesOf(out))};
  for (size_t i = 0; i < in.size(); ++i)
    src.push_back(inStrides[op.getPerm().empty() ? in.size() - 1 - i : op.getPerm()[i]]);
  return {box(out, src, stridesOf(out))};
}

Pieces concatPieces(ascend::ConcatOp op) {
  Pieces pieces;
  Dims out = shapeOf(op.getOutput()), dst = stridesOf(out);
  int64_t axis = axisOf(op.getOutput(), op.getAxis()), at = 0;
  for (auto [i, part] : llvm::enumerate(op.getInputs())) {
    Dims in = shapeOf(part);
    CopyPiece piece = box(in, stridesOf(in), dst);
    piece.input = unsigned(i);
    piece.dstOffset = at * dst[axis];
    at += in[axis];
    pieces.push_back(piece);
  }
  return pieces;
}

Pieces splitPieces(ascend::SplitOp op) {
  Pieces pieces;
  Dims in = shapeOf(op.getInput()), src = stridesOf(in);
  int64_t axis = axisOf(op.getInput(), op.getAxis()), at = 0;
  for (auto [i, part] : llvm::enumerate(op.getOutputs())) {
    Dims out = shapeOf(part);
    CopyPiece piece = box(out, src, stridesOf(out));
    piece.result = unsigned(i);
    piece.srcOffset = at * src[axis];
    at += out[axis];
    pieces.push_back(piece);
  }
  return pieces;
}

Pieces slicePieces(ascend::SliceOp op) {
  Dims in = shapeOf(op.getInput()), out = shapeOf(op.getOutput());
  Dims src = stridesOf(in);
  auto starts = ascend::getConstantIntegers(op.getStarts());
  auto axes = op.getAxes() ? ascend::getConstantIntegers(op.getAxes()) : std::nullopt;
  auto steps = op.getSteps() ? ascend::getConstantIntegers(op.getSteps()) : std::nullopt;
  int64_t offset = 0;
  for (size_t i = 0; i < starts->size(); ++i) {
    int64_t axis = axisOf(op.getInput(), axes ? (*axes)[i] : int64_t(i));
    int64_t step = steps ? (*steps)[i] : 1, start = (*starts)[i], dim = in[axis];
    start = start < 0 ? start + dim : start;
    start = std::clamp<int64_t>(start, 0, step > 0 ? dim : dim - 1);
    offset += start * src[axis];
    src[axis] *= step;
  }
  CopyPiece piece = box(out, src, stridesOf(out));
  piece.srcOffset = offset;
  return {piece};
}

Pieces expandPieces(ascend::ExpandOp op) {
  Dims in = shapeOf(op.getInput()), out = shapeOf(op.getOutput()), src(out.size(), 0);
  Dims inStrides = stridesOf(in);
  for (size_t i = 0; i < in.size(); ++i)
    if (in[i] != 1)
      src[out.size() - in.size() + i] = inStrides[i];
  return {box(out, src, stridesOf(out))};
}

Pieces tilePieces(ascend::TileOp op) {
  Dims in = shapeOf(op.getInput()), out = shapeOf(op.getOutput());
  Dims inStrides = stridesOf(in), outStrides = stridesOf(out);
  CopyPiece piece;
  for (size_t i = 0; i < in.size(); ++i) {
    piece.dims.push_back({out[i] / std::max<int64_t>(in[i], 1), 0, in[i] * outStrides[i]});
    piece.dims.push_back({in[i], inStrides[i], outStrides[i]});
  }
  return {piece};
}

Pieces depthToSpacePieces(ascend::DepthToSpaceOp op) {
  Dims in = shapeOf(op.getInput()), out = shapeOf(op.getOutput());
  Dims is = stridesOf(in), os = stridesOf(out);
  int64_t b = op.getBlocksize(), channels = out[1];
  bool crd = op.getMode() == "CRD";
  int64_t block = crd ? is[1] : channels * is[1], channel = crd ? b * b * is[1] : is[1];
  CopyPiece piece;
  piece.dims = {{in[0], is[0], os[0]}, {channels, channel, os[1]}, {in[2], is[2], b * os[2]},
                {b, b * block, os[2]}, {in[3], is[3], b * os[3]},  {b, block, os[3]}};
  return {piece};
}

Pieces spaceToDepthPieces(ascend::SpaceToDepthOp op) {
  Dims in = shapeOf(op.getInput()), out = shapeOf(op.getOutput());
  Dims is = stridesOf(in), os = stridesOf(out);
  int64_t b = op.getBlocksize(), channels = in[1];
  CopyPiece piece;
  piece.dims = {{in[0], is[0], os[0]},        {b, is[2], b * channels * os[1]},
                {b, is[3], channels * os[1]}, {channels, is[1], os[1]},
                {out[2], b * is[2], os[2]},   {out[3], b * is[3], os[3]}};
  return {piece};
}

/// The pattern of 32 bits that repeats a scalar constant's element; nullopt when 8-byte
/// elements differ in their halves.
std::optional<uint32_t> fillPattern(Value value, int64_t bytes) {
  if (!value)
    return 0;
  auto data = ascend::getConstantData(value);
  if (!data)
    return std::nullopt;
  uint64_t bits = 0;
  std::memcpy(&bits, data->view.data, size_t(bytes));
  if (bytes == 8)
    return uint32_t(bits) == uint32_t(bits >> 32) ? std::optional(uint32_t(bits)) : std::nullopt;
  for (int64_t size = bytes; size < 4; size *= 2)
    bits |= bits << (8 * size);
  return uint32_t(bits);
}

Pieces padPieces(ascend::PadOp op, int64_t bytes) {
  Dims in = shapeOf(op.getInput()), out = shapeOf(op.getOutput());
  Dims src = stridesOf(in), dst = stridesOf(out), before(in.size(), 0);
  auto pads = ascend::getConstantIntegers(op.getPads());
  auto axes = op.getAxes() ? ascend::getConstantIntegers(op.getAxes()) : std::nullopt;
  for (size_t i = 0; i < pads->size() / 2; ++i)
    before[wrap(axes ? (*axes)[i] : int64_t(i), in.size())] = (*pads)[i];
  // Negative pads crop: the box of input elements that survive.
  Dims first(in.size()), count(in.size());
  int64_t srcOffset = 0, dstOffset = 0;
  for (size_t i = 0; i < in.size(); ++i) {
    first[i] = std::max<int64_t>(before[i], 0);
    int64_t skip = std::max<int64_t>(-before[i], 0);
    count[i] = std::min(in[i] - skip, out[i] - first[i]);
    srcOffset += skip * src[i];
    dstOffset += first[i] * dst[i];
  }
  Pieces pieces;
  CopyPiece core = box(count, src, dst);
  core.srcOffset = srcOffset;
  core.dstOffset = dstOffset;
  if (llvm::all_of(count, [](int64_t c) { return c > 0; }))
    pieces.push_back(core);
  // Of the rest, dimension i outside the box belongs to the first i where it is outside.
  auto pattern = fillPattern(op.getValue(), bytes);
  int64_t outer = 0;
  for (size_t i = 0; i < in.size(); ++i) {
    Dims sizes(out.begin(), out.end());
    std::copy(count.begin(), count.begin() + i, sizes.begin());
    for (bool behind : {false, true}) {
      int64_t begin = behind ? first[i] + std::max<int64_t>(count[i], 0) : 0;
      sizes[i] = (behind ? out[i] : first[i]) - begin;
      CopyPiece piece = box(sizes, Dims(in.size(), 0), dst);
      piece.fill = pattern;
      piece.dstOffset = outer + begin * dst[i];
      if (llvm::all_of(sizes, [](int64_t s) { return s > 0; }))
        pieces.push_back(piece);
    }
    outer += first[i] * dst[i];
  }
  return pieces;
}

/// Modes reflect, edge and wrap: one piece for each combination of runs.
Pieces repeatingPadPieces(ascend::PadOp op) {
  Dims src = stridesOf(shapeOf(op.getInput())), dst = stridesOf(shapeOf(op.getOutput()));
  Pieces pieces(1);
  for (auto [d, runs] : llvm::enumerate(padRuns(op))) {
    Pieces longer;
    for (const CopyPiece &prefix : pieces)
      for (const PadRun &run : runs) {
        CopyPiece piece = prefix;
        piece.dims.push_back({run.size, run.step * src[d], dst[d]});
        piece.srcOffset += run.src * src[d];
        piece.dstOffset += run.dst * dst[d];
        longer.push_back(piece);
      }
    pieces = std::move(longer);
  }
  return pieces;
}

int64_t elementBytes(ascend::KernelOp op) {
  auto type = mlir::cast<RankedTensorType>(op.getOutputs().front().getType()).getElementType();
  return type.isInteger(1) ? 1 : type.getIntOrFloatBitWidth() / 8;
}

Pieces piecesOf(ascend::KernelOp group) {
  Operation *op = &*llvm::find_if(group.getBody().front(), [](Operation &inner) {
    return !mlir::isa<ascend::ConstantOp>(inner);
  });
  Pieces pieces = llvm::TypeSwitch<Operation *, Pieces>(op)
                      .Case<ascend::TransposeOp>([](auto o) { return transposePieces(o); })
                      .Case<ascend::ConcatOp>([](auto o) { return concatPieces(o); })
                      .Case<ascend::SplitOp>([](auto o) { return splitPieces(o); })
                      .Case<ascend::SliceOp>([](auto o) { return slicePieces(o); })
                      .Case<ascend::ExpandOp>([](auto o) { return expandPieces(o); })
                      .Case<ascend::TileOp>([](auto o) { return tilePieces(o); })
                      .Case<ascend::DepthToSpaceOp>([](auto o) { return depthToSpacePieces(o); })
                      .Case<ascend::SpaceToDepthOp>([](auto o) { return spaceToDepthPieces(o); })
                      .Case<ascend::PadOp>([&](auto o) {
                        return o.getMode() == "constant" ? padPieces(o, elementBytes(group))
                                                         : repeatingPadPieces(o);
                      })
                      .Default([](Operation *) { return Pieces(); });
  // Operands and results count from the op; the group passes them in an order of its
  // own and leaves out results that nobody uses.
  auto yieldedValues = group.getBody().front().getTerminator()->getOperands();
  Pieces used;
  for (CopyPiece &piece : pieces) {
    if (!piece.fill)
      piece.input = mlir::cast<BlockArgument>(op->getOperand(piece.input)).getArgNumber();
    simplify(piece);
    Value result = op->getResult(piece.result);
    for (auto [i, yielded] : llvm::enumerate(yieldedValues))
      if (yielded == result) {
        used.push_back(piece);
        used.back().result = unsigned(i);
      }
  }
  return used;
}

/// The plan of a group that is one copy better made by transposing.
std::optional<TransposePlan> transposeOf(const Pieces &pieces, int64_t bytes,
                                         const SocDescription &soc) {
  return pieces.size() == 1 ? TransposePlan::of(pieces[0], bytes, soc) : std::nullopt;
}

class CopyMover : public Mover {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    Pieces pieces = piecesOf(op);
    if (pieces.empty())
      return op.emitError("no kernel moves data like this");
    int64_t items = 1;
    for (const CopyPiece &piece : pieces)
      items = std::max(items, copyItems(piece, elementBytes(op), soc));
    Builder b(op.getContext());
    auto entry = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    if (auto plan = transposeOf(pieces, elementBytes(op), soc))
      return b.getDictionaryAttr({entry("block_dim", std::min(plan->items(), soc.aiCores)),
                                  entry("estimate_cycles", plan->cycles)});
    return b.getDictionaryAttr(entry("block_dim", std::min(items, soc.aiCores)));
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    Pieces pieces = piecesOf(op);
    int64_t bytes = elementBytes(op), blockDim = scheduleValue(op, "block_dim", 1);
    if (auto plan = transposeOf(pieces, bytes, kb.soc))
      emitTranspose(kb, pieces[0], *plan, bytes, ins[pieces[0].input], outs[pieces[0].result],
                    blockDim);
    else
      emitCopies(kb, pieces, bytes, ins, outs, blockDim);
    return success();
  }
};

} // namespace

const Mover *copyMover() {
  static const CopyMover mover;
  return &mover;
}

} // namespace openatc::kernel
