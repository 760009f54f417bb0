//===- Cast.cpp - Conversion between element types -------------------------===//

#include "Convert.h"
#include "Operators.h"

#include <algorithm>

namespace openatc::host {

namespace {

Status inferCast(const OpArgs &args, std::vector<TensorType> &results) {
  int64_t to = args.intAttr("to", 0);
  if (to <= 0 || to > 31 || !(TypeSet(1) << to & kAnyType))
    return fail("cast to ONNX data type ", to, " is not supported");
  results.push_back({static_cast<DType>(to), args.operand(0).type.shape});
  return Status::success();
}

Status computeCast(const OpArgs &args, std::span<const MutableTensorView> results) {
  DType from = args.dtype(0), to = results[0].dtype;
  if (from == to)
    return computeCopy(args, results);
  // The wide type of the source holds each of its values exactly.
  return dispatchNumeric(from, [&]<typename W>(W) {
    W scratch[kChunk];
    int64_t count = args.count(0);
    for (int64_t i = 0; i < count; i += kChunk) {
      int64_t n = std::min(kChunk, count - i);
      const W *x = viewWide<W>(from, args.data(0), i, n, scratch);
      storeWide<W>(to, elementAt(to, results[0].data, i), n, x);
    }
    return Status::success();
  });
}

constexpr OpDef kOps[] = {
    {"cast", 1, 1, kAnyType, 0, inferCast, computeCast},
};

} // namespace

std::span<const OpDef> castOps() { return kOps; }

} // namespace openatc::host
