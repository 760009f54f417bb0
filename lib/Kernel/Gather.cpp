//===- Gather.cpp - Rows of a table by index ------------------------------===//
//
// The scalar unit reads the indices from GM and turns each into the address of one
// burst; a tile of gathered rows leaves UB in one move. Indices out of range are
// clamped, as no error can leave the core.
//
//===----------------------------------------------------------------------===//

#include "Authors.h"
#include "openatc/Kernel/KernelAuthor.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

namespace {

/// data is [outer, dim, inner], indices [count], result [outer, count, inner].
struct GatherShape {
  int64_t outer = 1, dim, inner = 1, count;
  int64_t bytes, indexBytes;
  int64_t rowTile, rows; // bytes of a row moved at a time; rows of a tile

  int64_t rowBytes() const { return inner * bytes; }
};

GatherShape gatherShape(ascend::KernelOp group, const SocDescription &soc) {
  auto op = mlir::cast<ascend::GatherOp>(group.getBody().front().front());
  auto data = mlir::cast<RankedTensorType>(op.getInput().getType());
  auto indices = mlir::cast<RankedTensorType>(op.getIndices().getType());
  auto widthOf = [](Type t) -> int64_t {
    return t.isInteger(1) ? 1 : t.getIntOrFloatBitWidth() / 8;
  };
  int64_t axis = op.getAxis();
  axis = axis < 0 ? axis + data.getRank() : axis;
  GatherShape s;
  for (int64_t i = 0; i < data.getRank(); ++i)
    (i < axis ? s.outer : i == axis ? s.dim : s.inner) *= i == axis ? 1 : data.getDimSize(i);
  s.dim = data.getDimSize(axis);
  s.count = indices.getNumElements();
  s.bytes = widthOf(data.getElementType());
  s.indexBytes = widthOf(indices.getElementType());
  int64_t buffer = soc.ubSize / 4;
  s.rowTile = std::min(s.rowBytes(), buffer);
  int64_t pitch = (s.rowTile + 31) / 32 * 32;
  int64_t share = (s.count * s.outer + 2 * soc.aiCores - 1) / (2 * soc.aiCores);
  s.rows = std::max<int64_t>(1, std::min({s.count, buffer / pitch, share}));
  return s;
}

class GatherAuthor : public KernelAuthor {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    GatherShape s = gatherShape(op, soc);
    int64_t items =
        s.outer * ((s.count + s.rows - 1) / s.rows) * ((s.rowBytes() + s.rowTile - 1) / s.rowTile);
    Builder b(op.getContext());
    auto entry = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr(
        {entry("block_dim", std::min(items, soc.aiCores)), entry("tile_rows", s.rows)});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    GatherShape s = gatherShape(op, kb.soc);
    s.rows = scheduleValue(op, "tile_rows", s.rows);
    int64_t pitch = (s.rowTile + 31) / 32 * 32;
    int64_t parts = (s.rowBytes() + s.rowTile - 1) / s.rowTile;
    int64_t tiles = (s.count + s.rows - 1) / s.rows;
    Elem index = s.indexBytes == 8 ? Elem::S64 : Elem::S32;
    Value pool = kb.pool("rows", MemSpace::UB, s.rows * pitch, 2);
    kb.forEachTile(s.outer * tiles * parts, scheduleValue(op, "block_dim", 1), [&](Num item) {
      Num byte0 = kb.mul(kb.rem(item, parts), s.rowTile);
      Num rest = kb.div(item, parts);
      Num row0 = kb.mul(kb.rem(rest, tiles), s.rows);
      Num outer = kb.div(rest, tiles);
      Num rows = kb.min(s.rows, kb.sub(s.count, row0));
      Num len = kb.min(s.rowTile, kb.sub(s.rowBytes(), byte0));
      Value tile = kb.acquire(pool);
      kb.loop(0, rows, 1, [&](Num r) {
        Value place = kb.at(ins[1], kb.mul(kb.add(row0, r), s.indexBytes));
        Num i = LoadScalarOp::create(kb.b, kb.loc, kb.b.getIndexType(), place, index).getResult();
        Num negative = kb.cmp(arith::CmpIPredicate::slt, i, 0);
        i = kb.add(i, kb.mul(negative, s.dim));
        i = kb.min(kb.max(i, 0), s.dim - 1);
        Num src = kb.add(kb.mul(kb.add(kb.mul(outer, s.dim), i), s.rowBytes()), byte0);
        kb.gmToUb(kb.at(tile, kb.mul(r, pitch)), kb.at(ins[0], src), 1, len, 0, 0);
      });
      Num dst = kb.add(kb.mul(kb.add(kb.mul(outer, s.count), row0), s.rowBytes()), byte0);
      kb.ubToGm(kb.at(outs[0], dst), tile, rows, len, s.rowBytes(), pitch);
    });
    return success();
  }
};

} // namespace

const KernelAuthor *gatherAuthor() {
  static const GatherAuthor author;
  return &author;
}

} // namespace openatc::kernel
