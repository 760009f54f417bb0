//===- DynamicAipp.cpp - The dynamic AIPP stages of a model ---------------===//

#include "openatc/OfflineModel/DynamicAipp.h"

#include <algorithm>

namespace openatc::om {

bool isDynamicAipp(const TensorDesc &desc) { return desc.aipp && desc.aipp->mode == "dynamic"; }

bool isAippParameters(const TensorDesc &desc) {
  return desc.aipp && desc.aipp->mode == "parameters";
}

aipp::AippParams dynamicStage(const TensorDesc &pictures) {
  const AippInfo &info = *pictures.aipp;
  aipp::AippParams stage;
  stage.nhwc = info.originFormat == "NHWC";
  stage.bytes = info.originDType == DType::U8 || info.originDType == DType::I8;
  stage.maxSourceBytes = uint32_t(std::min<uint64_t>(pictures.bytes, UINT32_MAX));
  auto dim = [&](size_t axis) { return int(std::min<int64_t>(info.originShape[axis], INT32_MAX)); };
  stage.batch = info.originShape[0];
  stage.channels = dim(stage.nhwc ? 3 : 1);
  stage.outH = dim(stage.nhwc ? 1 : 2);
  stage.outW = dim(stage.nhwc ? 2 : 3);
  return stage;
}

uint64_t parameterPictures(const TensorDesc &parameters) { return (parameters.bytes - 64) / 96; }

} // namespace openatc::om
