//===- StridedCopy.cpp - N-dimensional copies by DMA ----------------------===//

#include "StridedCopy.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

void simplify(CopyPiece &piece) {
  llvm::erase_if(piece.dims, [](const CopyDim &d) { return d.size == 1; });
  for (size_t i = piece.dims.size(); i-- > 1;) {
    CopyDim &outer = piece.dims[i - 1], &inner = piece.dims[i];
    if (outer.src == inner.src * inner.size && outer.dst == inner.dst * inner.size) {
      outer = {outer.size * inner.size, inner.src, inner.dst};
      piece.dims.erase(piece.dims.begin() + i);
    }
  }
}

namespace {

/// How a simplified piece is cut.
struct CopyPlan {
  int64_t run = 1;            // elements of a burst
  CopyDim bursts{1, 0, 0};    // the dimension that bursts walk
  SmallVector<CopyDim> loops; // the rest
  int64_t runTile = 1, burstTile = 1;
  int64_t runTiles() const { return (run + runTile - 1) / runTile; }
  int64_t burstTiles() const { return (bursts.size + burstTile - 1) / burstTile; }
  int64_t items() const {
    int64_t n = runTiles() * burstTiles();
    for (const CopyDim &d : loops)
      n *= d.size;
    return n;
  }
};

int64_t alignUp(int64_t v, int64_t a) { return (v + a - 1) / a * a; }

CopyPlan plan(const CopyPiece &piece, int64_t bytes, const SocDescription &soc) {
  CopyPlan p;
  p.loops.assign(piece.dims.begin(), piece.dims.end());
  bool contiguous =
      !p.loops.empty() && p.loops.back().dst == 1 && (p.loops.back().src == 1 || piece.fill);
  if (contiguous)
    p.run = p.loops.pop_back_val().size;
  // DMA strides are not negative; a loop walks anything.
  int64_t best = -1;
  for (size_t i = 0; i < p.loops.size(); ++i)
    if (p.loops[i].src >= 0 && p.loops[i].dst >= 0 &&
        (best < 0 || p.loops[i].size > p.loops[best].size))
      best = int64_t(i);
  if (best >= 0) {
    p.bursts = p.loops[best];
    p.loops.erase(p.loops.begin() + best);
  }
  int64_t tileBytes = soc.ubSize / 8;
  int64_t outer = 1;
  for (const CopyDim &d : p.loops)
    outer *= d.size;
  // Two items a core at least, but none smaller than a few kilobytes.
  int64_t wanted = std::max<int64_t>(1, (2 * soc.aiCores + outer - 1) / outer);
  p.runTile = std::min(p.run, tileBytes / bytes);
  if (p.bursts.size == 1) {
    int64_t part = alignUp((p.run + wanted - 1) / wanted, 2048);
    p.runTile = std::min(p.runTile, part);
  }
  int64_t perBurst = alignUp(p.runTile * bytes, 32);
  int64_t fit = std::max<int64_t>(1, tileBytes / perBurst);
  int64_t share =
      std::max<int64_t>((p.bursts.size + wanted - 1) / wanted, (2048 + perBurst - 1) / perBurst);
  p.burstTile = std::min({p.bursts.size, fit, share});
  return p;
}

} // namespace

int64_t copyItems(const CopyPiece &piece, int64_t bytes, const SocDescription &soc) {
  return plan(piece, bytes, soc).items();
}

void emitCopies(KernelBuilder &kb, ArrayRef<CopyPiece> pieces, int64_t bytes, ValueRange ins,
                ValueRange outs, int64_t blockDim) {
  int64_t copyBytes = 0, fillBytes = 0;
  for (const CopyPiece &piece : pieces) {
    CopyPlan p = plan(piece, bytes, kb.soc);
    int64_t tile = p.burstTile * alignUp(p.runTile * bytes, 32);
    int64_t &most = piece.fill ? fillBytes : copyBytes;
    most = std::max(most, tile);
  }
  Value copyPool = copyBytes ? kb.pool("tile", MemSpace::UB, copyBytes, 2) : Value();
  Value fillPool = fillBytes ? kb.pool("fill", MemSpace::UB, fillBytes, 2) : Value();

  for (const CopyPiece &piece : pieces) {
    CopyPlan p = plan(piece, bytes, kb.soc);
    kb.forEachTile(p.items(), blockDim, [&](Num item) {
      Num run0 = kb.mul(kb.rem(item, p.runTiles()), p.runTile);
      item = kb.div(item, p.runTiles());
      Num burst0 = kb.mul(kb.rem(item, p.burstTiles()), p.burstTile);
      item = kb.div(item, p.burstTiles());
      Num src = kb.add(piece.srcOffset, kb.add(run0, kb.mul(burst0, p.bursts.src)));
      Num dst = kb.add(piece.dstOffset, kb.add(run0, kb.mul(burst0, p.bursts.dst)));
      for (size_t i = p.loops.size(); i-- > 0;) {
        Num index = i == 0 ? item : kb.rem(item, p.loops[i].size);
        item = i == 0 ? item : kb.div(item, p.loops[i].size);
        src = kb.add(src, kb.mul(index, p.loops[i].src));
        dst = kb.add(dst, kb.mul(index, p.loops[i].dst));
      }
      Num n = kb.min(p.burstTile, kb.sub(p.bursts.size, burst0));
      Num len = kb.mul(kb.min(p.runTile, kb.sub(p.run, run0)), bytes);
      int64_t pitch = alignUp(p.runTile * bytes, 32);
      Value place = kb.at(outs[piece.result], kb.mul(dst, bytes));
      Value ub;
      if (piece.fill) {
        ub = kb.acquire(fillPool);
        VDupOp::create(kb.b, kb.loc, ub, kb.val(int64_t(*piece.fill)), kb.val(1),
                       kb.val(p.burstTile * pitch / 4), kb.val(int64_t(isa::kContiguous)),
                       Elem::S32, /*counter=*/true);
      } else {
        ub = kb.acquire(copyPool);
        kb.gmToUb(ub, kb.at(ins[piece.input], kb.mul(src, bytes)), n, len, pitch,
                  p.bursts.src * bytes);
      }
      kb.ubToGm(place, ub, n, len, p.bursts.dst * bytes, pitch);
    });
  }
}

} // namespace openatc::kernel
