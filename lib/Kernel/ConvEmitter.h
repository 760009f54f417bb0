//===- ConvEmitter.h - Writes the kernel of a convolution -----------------===//
#ifndef OPENATC_LIB_KERNEL_CONVEMITTER_H
#define OPENATC_LIB_KERNEL_CONVEMITTER_H

#include "ConvSchedule.h"

namespace openatc::kernel {

/// The part of one input axis that a tile reads.
struct Window {
  Num begin, size;         // first row that exists, and how many
  Num padBefore, padAfter; // what the tile wants beyond
};

class ConvEmitter {
public:
  ConvEmitter(ascend::KernelOp op, KernelBuilder &kb, mlir::ValueRange ins, mlir::ValueRange outs)
      : op(op), kb(kb), ins(ins), outs(outs), g(convGeometry(CubeEpilogue::contraction(op))),
        tile(tileOf(op, g)), pipeline(kb, tile.cube),
        epilogue(kb, op, tile.cube.m1, tile.columns, g.outChannels1, tile.cube.biasN1 > 0) {
    if (g.planes)
      planes.emplace(kb, tile.planes(g));
  }

  mlir::LogicalResult emit();

private:
  void locate(Num item);
  /// Which tile comes in place `index`.
  Num itemAt(Num index) { return tile.reverse ? kb.sub(tile.items(g) - 1, index) : index; }
  Window window(Num out0, Num outs, int64_t stride, int64_t pad, int64_t extent, int64_t size);
  void describePipeline();
  void describeEpilogue();
  Num biasColumn();
  void loadBias(mlir::Value l1);
  mlir::LogicalResult computeItem(Num first, Num columns, mlir::Value wholeA = {},
                                  mlir::Value wholeB = {}, llvm::function_ref<void()> between = {});
  mlir::LogicalResult computeAhead(Num trip, Num first, Num columns);
  mlir::LogicalResult computeGroups();
  void loadInput(mlir::Value l1, Num c1, Num count);
  void loadStuffed(mlir::Value l1, Num c1, Num count);
  mlir::Value loadPlanes();
  void makePixels(mlir::Value in, mlir::Value l1);
  void loadFilter(mlir::Value l1, Num slice, Num count, Num n1);
  void feedWindow(mlir::Value l0a, mlir::Value l1, Num slices, Num k1, Num count);
  Num pixelEnd(Num end, int64_t up, int64_t tail, int64_t size);
  Num inputOffset(Num c1, Num row, Num column);
  Num windowBytes();
  Num outputOffset(Num col, Num block, int64_t bytes, int64_t pool);
  void moveColumns(mlir::Value ub, mlir::Value gm, Num col, Num count, int64_t bytes, bool toGm);
  int64_t bytesOfType(mlir::Type type) {
    return bytesOf(*elemOf(mlir::getElementTypeOrSelf(type)));
  }

  /// Blocks of the accumulator: each image of a tile has its own, but where pixels of all
  /// images are one sequence.
  int64_t blocks() const { return g.isFlat() ? 1 : tile.images; }
  Num blockRows() { return kb.mul(g.isFlat() ? tile.images : 1, kb.mul(hCount, wCount)); }

  ascend::KernelOp op;
  KernelBuilder &kb;
  mlir::ValueRange ins, outs;
  ConvGeometry g;
  ConvTile tile;
  CubePipeline pipeline;
  CubeEpilogue epilogue;
  std::optional<PixelPlanes> planes;

  // Where the current tile is; `image` is its first one.
  Num image = 0, superGroup = 0, groupCount = 1, h0 = 0, hCount = 0, w0 = 0, wCount = 0;
  Num coreBegin = 0; ///< first channel block of the core
  Num n1Begin = 0;   ///< first channel block of the tile inside its super-group
  Window rows{0, 0, 0, 0}, columns{0, 0, 0, 0};
};

} // namespace openatc::kernel

#endif // OPENATC_LIB_KERNEL_CONVEMITTER_H
