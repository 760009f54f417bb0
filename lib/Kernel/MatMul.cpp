//===- MatMul.cpp - Matrix products on the cube ---------------------------===//
//
// The left operand is row-major in GM. In L1 it lies as (rows, K), where load3d reads
// it as the img2col matrix of a convolution with windows of whole rows; or, where there
// are many rows, as (K1, rows, 16), the matrix of a 1x1 convolution over one row of pixels.
// The right operand is either packed at compile time (FRACTAL_Z) or row-major,
// loaded as (N1, K, 16) and transposed fractal by fractal on its way to L0B.
//
//===----------------------------------------------------------------------===//

#include "Authors.h"
#include "CubeEpilogue.h"
#include "CubePipeline.h"
#include "MatMulShape.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using openatc::davinci::PipeKind;

namespace openatc::kernel {

namespace {

class MatMulEmitter {
public:
  MatMulEmitter(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins, ValueRange outs)
      : op(op), kb(kb), ins(ins), outs(outs), s(matMulShape(CubeEpilogue::contraction(op))) {
    tile.m1 = scheduleValue(op, "tile_m1");
    tile.n1 = scheduleValue(op, "tile_n1");
    tile.chunkSlices = scheduleValue(op, "chunk_k1");
    tile.stepK1 = scheduleValue(op, "step_k1");
    tile.aSliceBytes = tile.m1 * 16 * 32;
    wholeRows = scheduleValue(op, "whole_rows") != 0;
  }

  LogicalResult emit();

private:
  void locate(Num item);
  Num batchOffset(ArrayRef<int64_t> strides);
  void loadA(Value l1, Num slice, Num count);
  void loadB(Value l1, Num slice, Num count, Num columns);
  void feedB(Value l0b, Value l1, Num slices, Num k1, Num count, Num columns);
  void loadRows(Value ub, Value gm, Num offset, Num col, Num count, Num srcStride, int64_t bytes);
  Num columnBytes(Num col, int64_t bytes) {
    return kb.mul(kb.min(16, kb.sub(s.n, kb.mul(kb.add(n1Begin, col), 16))), bytes);
  }
  Num resultOffset(Num col) {
    Num row = kb.add(kb.mul(batch, s.m), m0);
    return kb.add(kb.mul(row, s.n), kb.mul(kb.add(n1Begin, col), 16));
  }

  ascend::KernelOp op;
  KernelBuilder &kb;
  ValueRange ins, outs;
  MatMulShape s;
  CubeTile tile;
  bool wholeRows = false;

  Num batch = 0, m0 = 0, mCount = 0, n1Begin = 0, n1Count = 0;
};

void MatMulEmitter::locate(Num item) {
  int64_t mTiles = (s.m + tile.m1 * 16 - 1) / (tile.m1 * 16);
  int64_t nTiles = (s.n1() + tile.n1 - 1) / tile.n1;
  n1Begin = nTiles == 1 ? Num(0) : kb.mul(kb.rem(item, nTiles), tile.n1);
  item = kb.div(item, nTiles);
  m0 = mTiles == 1 ? Num(0) : kb.mul(kb.rem(item, mTiles), tile.m1 * 16);
  batch = s.batch() == 1 ? Num(0) : kb.div(item, mTiles);
  mCount = kb.min(tile.m1 * 16, kb.sub(s.m, m0));
  n1Count = kb.min(tile.n1, kb.sub(s.n1(), n1Begin));
}

/// Matrices from the operand's start to the current batch; broadcast dims have stride 0.
Num MatMulEmitter::batchOffset(ArrayRef<int64_t> strides) {
  Num rest = batch, offset = 0;
  for (size_t i = s.batchDims.size(); i-- > 0;) {
    if (s.batchDims[i] == 1)
      continue;
    offset = kb.add(offset, kb.mul(kb.rem(rest, s.batchDims[i]), strides[i]));
    rest = kb.div(rest, s.batchDims[i]);
  }
  return offset;
}

void MatMulEmitter::loadA(Value l1, Num slice, Num count) {
  Num row = kb.add(kb.mul(batchOffset(s.aStrides), s.m), m0);
  Value src = kb.at(ins[0], kb.mul(kb.add(kb.mul(row, s.k), kb.mul(slice, 16)), 2));
  Num left = kb.mul(kb.sub(s.k, kb.mul(slice, 16)), 2);
  if (wholeRows)
    return kb.gmToL1(l1, src, mCount, kb.min(kb.mul(count, 32), left), kb.mul(count, 32), s.k * 2);
  kb.loop(0, count, 1, [&](Num k1) {
    Num bytes = s.k % 16 ? kb.min(32, kb.sub(left, kb.mul(k1, 32))) : Num(32);
    kb.gmToL1(kb.at(l1, kb.mul(k1, kb.mul(mCount, 32))), kb.at(src, kb.mul(k1, 32)), mCount, bytes,
              32, s.k * 2);
  });
}

void MatMulEmitter::loadB(Value l1, Num slice, Num count, Num columns) {
  if (s.packed) {
    Num offset = kb.mul(kb.add(kb.mul(slice, s.n1()), n1Begin), 512);
    return kb.gmToL1(l1, kb.at(ins[1], offset), count, kb.mul(columns, 512), kb.mul(columns, 512),
                     s.n1() * 512);
  }
  // Rows beyond K meet zeros of the left operand and must be finite.
  Num plane = kb.mul(count, 512);
  if (s.k % 16) {
    kb.fillL1(l1, kb.mul(plane, columns), 0);
    kb.barrier(PipeKind::MTE2);
  }
  Num rows = kb.min(kb.mul(count, 16), kb.sub(s.k, kb.mul(slice, 16)));
  Num first = kb.add(kb.mul(batchOffset(s.bStrides), s.k), kb.mul(slice, 16));
  Value src = kb.at(ins[1], kb.mul(kb.add(kb.mul(first, s.n), kb.mul(n1Begin, 16)), 2));
  kb.loop(0, columns, 1, [&](Num col) {
    Num bytes = s.n % 16 ? columnBytes(col, 2) : Num(32);
    kb.gmToL1(kb.at(l1, kb.mul(col, plane)), kb.at(src, kb.mul(col, 32)), rows, bytes, 32, s.n * 2);
  });
}

void MatMulEmitter::feedB(Value l0b, Value l1, Num slices, Num k1, Num count, Num columns) {
  if (s.packed)
    return kb.load2dB(l0b, kb.at(l1, kb.mul(kb.mul(k1, columns), 512)), kb.mul(count, columns), 1,
                      1, false);
  kb.loop(0, count, 1, [&](Num k) {
    kb.load2dB(kb.at(l0b, kb.mul(kb.mul(k, columns), 512)), kb.at(l1, kb.mul(kb.add(k1, k), 512)),
               columns, 1, slices, true);
  });
}

/// Loads `count` rows of the 16 elements of column `col` at element `offset`.
void MatMulEmitter::loadRows(Value ub, Value gm, Num offset, Num col, Num count, Num srcStride,
                             int64_t bytes) {
  int64_t tail = s.n % 16;
  if (bytes == 4 && tail && tail <= 8) {
    // The second block of the last column has no data of its own, but is computed on. It
    // repeats the tile's own first row: others may be results already, in the same memory.
    kb.when(kb.cmp(arith::CmpIPredicate::eq, kb.add(n1Begin, col), s.n1() - 1), [&] {
      kb.gmToUb(kb.at(ub, 32), kb.at(gm, kb.mul(offset, bytes)), count, tail * bytes, 64, 0);
    });
  }
  kb.gmToUb(ub, kb.at(gm, kb.mul(offset, bytes)), count, columnBytes(col, bytes), 16 * bytes,
            srcStride);
}

LogicalResult MatMulEmitter::emit() {
  CubePipeline pipeline(kb, tile);
  CubeEpilogue epilogue(kb, op, tile.m1, 1, s.n1(), /*biasOnCube=*/false);
  auto bytesOfType = [](Type type) {
    return bytesOf(*elemOf(mlir::cast<RankedTensorType>(type).getElementType()));
  };
  pipeline.loadA = [&](Value l1, Num slice, Num count) { loadA(l1, slice, count); };
  pipeline.loadB = [&](Value l1, Num slice, Num count, Num n1) { loadB(l1, slice, count, n1); };
  pipeline.feedA = [&](Value l0a, Value l1, Num slices, Num k1, Num count, Num m) {
    // No padding, stride and dilation 1. `m` rows of `slices` pixels under a kernel as wide,
    // or one row of `m` pixels under a 1x1 kernel.
    Num fmatrix = wholeRows ? kb.orr(slices, kb.shl(m, 16)) : kb.orr(m, int64_t(1) << 16);
    int64_t ones = 1 << 8 | 1 << 16 | 1 << 24 | int64_t(1) << 32 | int64_t(1) << 40;
    Num filter = kb.orr(wholeRows ? slices : Num(1), ones);
    kb.load3dA(l0a, l1, fmatrix, filter, 0, m, kb.mul(k1, 16), kb.mul(count, 16));
  };
  pipeline.feedB = [&](Value l0b, Value l1, Num slices, Num k1, Num count, Num n1) {
    feedB(l0b, l1, slices, k1, count, n1);
  };
  epilogue.loadFull = [&](Value ub, unsigned arg, Num col, Num) {
    int64_t bytes = bytesOfType(op.getInputs()[arg].getType());
    loadRows(ub, ins[arg], resultOffset(col), col, mCount, s.n * bytes, bytes);
  };
  epilogue.spreadChannel = [&](Value ub, unsigned arg, Num col, Num count) {
    int64_t bytes = bytesOfType(op.getInputs()[arg].getType());
    loadRows(ub, ins[arg], kb.mul(kb.add(n1Begin, col), 16), col, count, 0, bytes);
  };
  epilogue.loadChannels = [&](Value ub, unsigned arg) {
    kb.gmToUb(ub, ins[arg], 1, s.n * 2, 0, 0);
  };
  epilogue.channelBlock = [&](Num col) { return kb.add(n1Begin, col); };
  epilogue.store = [&](Value ub, unsigned result, Num col, Num) {
    int64_t bytes = bytesOfType(op.getOutputs()[result].getType());
    kb.ubToGm(kb.at(outs[result], kb.mul(resultOffset(col), bytes)), ub, mCount,
              columnBytes(col, bytes), s.n * bytes, 16 * bytes);
  };

  epilogue.prepare();
  LogicalResult status = success();
  int64_t items =
      s.batch() * ((s.m + tile.m1 * 16 - 1) / (tile.m1 * 16)) * ((s.n1() + tile.n1 - 1) / tile.n1);
  kb.forEachTile(items, scheduleValue(op, "block_dim", 1), [&](Num item) {
    locate(item);
    Value acc = pipeline.begin(mCount, n1Count, 0);
    pipeline.run(acc, mCount, n1Count, s.k1());
    if (failed(epilogue.run(acc, 1, mCount, n1Count, mCount)))
      status = failure();
  });
  return status;
}

class MatMulAuthor : public KernelAuthor {
  /// In FRACTAL_NZ a product is a convolution without a window.
  static bool isFractal(ascend::KernelOp op) {
    Value lhs = CubeEpilogue::contraction(op)->getOperand(0);
    return layoutOf(lhs.getType()) == ascend::Layout::FRACTAL_NZ;
  }

public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    Operation *matmul = CubeEpilogue::contraction(op);
    if (isFractal(op))
      return convAuthor()->schedule(op, soc);
    auto type = mlir::cast<RankedTensorType>(matmul->getResult(0).getType());
    MatMulShape shape = matMulShape(matmul);
    auto tile = chooseMatMulTile(
        shape, soc, [&](int64_t m1) { return CubeEpilogue::ubBytes(op, m1, 1, shape.n1(), false); },
        bytesOf(*elemOf(type.getElementType())));
    if (!tile)
      return op.emitError("no tile of this matrix product fits the core");
    Builder b(op.getContext());
    auto entry = [&](StringRef name, int64_t value) {
      return b.getNamedAttr(name, b.getI64IntegerAttr(value));
    };
    return b.getDictionaryAttr(
        {entry("block_dim", tile->blockDim), entry("tile_m1", tile->cube.m1),
         entry("tile_n1", tile->cube.n1), entry("chunk_k1", tile->cube.chunkSlices),
         entry("step_k1", tile->cube.stepK1), entry("whole_rows", tile->wholeRows),
         entry("estimate_cycles", tile->cycles)});
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    if (isFractal(op))
      return convAuthor()->emit(op, kb, ins, outs);
    return MatMulEmitter(op, kb, ins, outs).emit();
  }
};

} // namespace

const KernelAuthor *matmulAuthor() {
  static const MatMulAuthor author;
  return &author;
}

} // namespace openatc::kernel
