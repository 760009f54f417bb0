//===- AscendKernelOps.cpp - Verifiers of launches and loops --------------===//
#include "Ascend/AscendOps.h"

using namespace mlir;
using namespace openatc::ascend;

namespace {

/// Null when `type` is that of one of `count` contiguous slices of `whole`, else what is wrong.
const char *whyNotSlice(Type type, Type whole, int64_t count) {
  auto from = dyn_cast<RankedTensorType>(whole);
  auto to = dyn_cast<RankedTensorType>(type);
  if (!from || !to || !from.hasStaticShape() || from.getRank() == 0)
    return "has no static first dimension";
  auto layout = dyn_cast_if_present<LayoutAttr>(from.getEncoding());
  if (layout && layout.getValue() != Layout::ND && layout.getValue() != Layout::NC1HWC0 &&
      layout.getValue() != Layout::NC1HWC0_C04)
    return "has no contiguous slices";
  if (from.getDimSize(0) % count != 0)
    return "cannot be cut into equal slices";
  SmallVector<int64_t> shape(from.getShape());
  shape[0] /= count;
  if (to != from.clone(shape))
    return "does not have the type of a slice in the body";
  return nullptr;
}

} // namespace

LogicalResult LaunchOp::verify() {
  std::optional<ArrayRef<int64_t>> over = getOver();
  if (!over)
    return success();
  if (over->size() != getOutputs().size())
    return emitOpError() << "names " << over->size() << " operands for " << getOutputs().size()
                         << " results";
  for (auto [result, operand] : llvm::zip_equal(getOutputs(), *over)) {
    if (operand < -1 || operand >= int64_t(getInputs().size()))
      return emitOpError() << "has no operand " << operand;
    if (operand >= 0 && getInputs()[operand].getType() != result.getType())
      return emitOpError() << "cannot put a result of type " << result.getType()
                           << " over an operand of type " << getInputs()[operand].getType();
  }
  return success();
}

LogicalResult BatchLoopOp::verifyRegions() {
  Block &block = getBody().front();
  int64_t count = int64_t(getCount());
  if (count < 1)
    return emitOpError() << "needs a positive count, not " << count;
  if (block.getNumArguments() != getInputs().size())
    return emitOpError() << "has " << getInputs().size() << " operands and "
                         << block.getNumArguments() << " block arguments";
  for (auto [argument, operand] : llvm::zip_equal(block.getArguments(), getInputs()))
    if (const char *why = whyNotSlice(argument.getType(), operand.getType(), count))
      return emitOpError() << "operand " << argument.getArgNumber() << " of type "
                           << operand.getType() << ' ' << why;
  auto yield = dyn_cast_or_null<YieldOp>(block.empty() ? nullptr : &block.back());
  if (!yield)
    return emitOpError() << "body must end with 'ascend.yield'";
  if (yield.getValues().size() != getOutputs().size())
    return emitOpError() << "yields " << yield.getValues().size() << " values but has "
                         << getOutputs().size() << " results";
  SmallPtrSet<Value, 4> seen;
  for (auto [value, result] : llvm::zip_equal(yield.getValues(), getOutputs())) {
    if (const char *why = whyNotSlice(value.getType(), result.getType(), count))
      return emitOpError() << "result " << cast<OpResult>(result).getResultNumber() << " of type "
                           << result.getType() << ' ' << why;
    if (value.getParentBlock() != &block || !value.getDefiningOp() || !seen.insert(value).second)
      return emitOpError() << "must yield results of ops of its body, each once";
  }
  return success();
}
