//===- Move.cpp - Author of data movement kernels -------------------------===//

#include "Authors.h"
#include "Moves.h"

using namespace mlir;

namespace openatc::kernel {

namespace {

/// A move group holds one op, or a trans_data with its cast; each op has its mover.
class MoveAuthor : public KernelAuthor {
public:
  FailureOr<DictionaryAttr> schedule(ascend::KernelOp op,
                                     const SocDescription &soc) const override {
    return moverOf(op)->schedule(op, soc);
  }

  LogicalResult emit(ascend::KernelOp op, KernelBuilder &kb, ValueRange ins,
                     ValueRange outs) const override {
    return moverOf(op)->emit(op, kb, ins, outs);
  }

private:
  static const Mover *moverOf(ascend::KernelOp op) {
    if (layoutOf(op.getOutputs()[0].getType()) == ascend::Layout::NC1HWC0_C04)
      return fewChannelsMover();
    if (mlir::isa<ascend::TransDataOp>(op.getBody().front().front())) {
      bool hasRows = layoutOf(op.getInputs()[0].getType()) == ascend::Layout::FRACTAL_NZ ||
                     layoutOf(op.getOutputs()[0].getType()) == ascend::Layout::FRACTAL_NZ;
      return hasRows ? transRowsMover() : transDataMover();
    }
    return copyMover();
  }
};

} // namespace

const KernelAuthor *moveAuthor() {
  static const MoveAuthor author;
  return &author;
}

} // namespace openatc::kernel
