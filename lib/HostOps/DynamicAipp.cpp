//===- DynamicAipp.cpp - Pictures to a network's input, by run-time parameters ---===//
//
// The arithmetic and every check of the parameters are those of lib/Aipp, so that
// static and dynamic pre-processing cannot differ.
//
//===----------------------------------------------------------------------===//

#include "Operators.h"

#include "openatc/Aipp/AippReference.h"
#include "openatc/Aipp/DynamicParams.h"

#include <algorithm>

namespace openatc::host {

namespace {

constexpr int64_t kMaxSide = 8192;

/// The stage without what its parameters will say.
Expected<aipp::AippParams> stageOf(const OpArgs &args) {
  std::vector<int64_t> shape = args.intsAttr("output_shape");
  if (shape.size() != 4 ||
      std::any_of(shape.begin(), shape.end(), [](int64_t d) { return d < 1 || d > kMaxSide; }))
    return fail("output_shape must be [N, C, H, W], each from 1 to ", kMaxSide);
  DType to = static_cast<DType>(args.intAttr("to", static_cast<int64_t>(DType::F16)));
  if (to != DType::F16 && to != DType::U8)
    return fail("dynamic_aipp gives f16 or u8");
  aipp::AippParams stage;
  stage.batch = shape[0];
  stage.channels = static_cast<int>(shape[1]);
  stage.outH = static_cast<int>(shape[2]);
  stage.outW = static_cast<int>(shape[3]);
  stage.bytes = to == DType::U8;
  if (args.hasShape(0)) {
    if (args.count(0) > UINT32_MAX)
      return fail("the pictures have more than 2^32 bytes");
    stage.maxSourceBytes = static_cast<uint32_t>(args.count(0));
  }
  return stage;
}

Status inferDynamicAipp(const OpArgs &args, std::vector<TensorType> &results) {
  Expected<aipp::AippParams> stage = stageOf(args);
  if (!stage)
    return stage.status();
  if (args.intAttr("max_padded_width", aipp::AippLimits().maxPaddedWidth) < 1)
    return fail("max_padded_width must be positive");
  results.push_back({stage->bytes ? DType::U8 : DType::F16, args.intsAttr("output_shape")});
  return Status::success();
}

template <typename Element>
void computeAll(const std::vector<aipp::AippParams> &pictures, const uint8_t *source,
                Element *result) {
  for (const aipp::AippParams &picture : pictures) {
    aipp::applyAipp(picture, source, 1, result);
    source += aipp::bytesPerImage(picture);
    result += int64_t(picture.channels) * picture.outH * picture.outW;
  }
}

Status computeDynamicAipp(const OpArgs &args, std::span<const MutableTensorView> results) {
  Expected<aipp::AippParams> stage = stageOf(args);
  if (!stage)
    return stage.status();
  Expected<aipp::DynamicParams> params =
      aipp::decodeBlock({static_cast<const uint8_t *>(args.data(1)), size_t(args.count(1))});
  if (!params)
    return params.status();
  aipp::AippLimits limits;
  limits.maxPaddedWidth =
      static_cast<int>(std::min(args.intAttr("max_padded_width", limits.maxPaddedWidth), kMaxSide));
  Expected<std::vector<aipp::AippParams>> pictures = aipp::resolveDynamic(*params, *stage, limits);
  if (!pictures)
    return pictures.status();
  auto *source = static_cast<const uint8_t *>(args.data(0));
  if (stage->bytes)
    computeAll(*pictures, source, static_cast<uint8_t *>(results[0].data));
  else
    computeAll(*pictures, source, static_cast<uint16_t *>(results[0].data));
  return Status::success();
}

constexpr OpDef kOps[] = {
    {"dynamic_aipp", 2, 2, setOf(DType::U8), 0b11, inferDynamicAipp, computeDynamicAipp},
};

} // namespace

std::span<const OpDef> dynamicAippOps() { return kOps; }

} // namespace openatc::host
