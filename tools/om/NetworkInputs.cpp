//===- NetworkInputs.cpp - What the ONNX model takes for the same picture -===//

#include "NetworkInputs.h"

#include "openatc/Aipp/AippReference.h"
#include "openatc/Runtime/Npy.h"
#include "openatc/Support/Half.h"

#include <algorithm>
#include <cstring>

namespace openatc::tool {

namespace {

/// Halves [N, C, H, W] as the network's own type and order of dimensions.
Expected<HostTensor> asNetworkInput(const om::AippInfo &info, const std::vector<uint16_t> &halves) {
  if (info.originDType != DType::F32 && info.originDType != DType::F16)
    return Status::error("AIPP feeds an input of type " + std::string(nameOf(info.originDType)) +
                         ", which cannot be compared");
  const host::Shape &shape = info.originShape;
  bool nhwc = info.originFormat == "NHWC";
  HostTensor out{info.originDType, shape, {}};
  size_t size = sizeOf(info.originDType);
  out.bytes.resize(halves.size() * size);
  size_t channels = size_t(shape[nhwc ? 3 : 1]),
         pixels = size_t(shape[nhwc ? 1 : 2]) * size_t(shape[nhwc ? 2 : 3]);
  for (size_t i = 0; i < halves.size(); ++i) {
    size_t pixel = i % pixels, channel = i / pixels % channels, image = i / pixels / channels;
    size_t to = nhwc ? (image * pixels + pixel) * channels + channel : i;
    float value = halfToFloat(halves[i]);
    if (size == 4)
      std::memcpy(&out.bytes[to * 4], &value, 4);
    else
      std::memcpy(&out.bytes[to * 2], &halves[i], 2);
  }
  return out;
}

Expected<std::vector<aipp::AippParams>> readStages(const om::Plan &plan, const std::string &path) {
  Expected<std::vector<uint8_t>> text = rt::readBinary(path);
  if (!text)
    return text.status();
  auto ops =
      aipp::parseAippConfig({reinterpret_cast<const char *>(text->data()), text->size()}, path);
  if (!ops)
    return ops.status();
  std::vector<aipp::NetworkInput> inputs;
  for (const om::TensorDesc &desc : plan.inputs)
    inputs.push_back(desc.aipp ? aipp::NetworkInput{desc.name, desc.aipp->originDType,
                                                    desc.aipp->originShape,
                                                    desc.aipp->originFormat == "NHWC"}
                               : aipp::NetworkInput{desc.name, desc.dtype, desc.shape, false});
  return aipp::resolveAippConfig(*ops, inputs);
}

} // namespace

Expected<std::map<std::string, HostTensor>>
networkInputs(const om::Plan &plan, const std::vector<std::vector<uint8_t>> &inputs,
              const std::string &aippConfig) {
  std::vector<aipp::AippParams> stages;
  if (!aippConfig.empty()) {
    Expected<std::vector<aipp::AippParams>> read = readStages(plan, aippConfig);
    if (!read)
      return read.status();
    stages = std::move(*read);
  }
  std::map<std::string, HostTensor> out;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const om::TensorDesc &desc = plan.inputs[i];
    if (!desc.aipp) {
      out[desc.name] = {desc.dtype, desc.shape, inputs[i]};
      continue;
    }
    auto stage = std::find_if(stages.begin(), stages.end(),
                              [&](const aipp::AippParams &s) { return s.inputRank == int64_t(i); });
    if (stage == stages.end())
      return Status::error("input '" + desc.name +
                           "' goes through AIPP, which the ONNX model does not have; give the "
                           "configuration with --insert_op_conf");
    Expected<int64_t> count = host::numElements(desc.aipp->originShape);
    int64_t images = desc.shape.empty() ? 0 : desc.shape[0];
    if (!count || desc.aipp->originShape.size() != 4 ||
        aipp::bytesPerImage(*stage) * images != int64_t(inputs[i].size()))
      return Status::error("the configuration '" + aippConfig + "' does not suit input '" +
                           desc.name + "' of the offline model");
    std::vector<uint16_t> halves(size_t(std::max<int64_t>(*count, 0)));
    aipp::applyAipp(*stage, inputs[i].data(), images, halves.data());
    Expected<HostTensor> tensor = asNetworkInput(*desc.aipp, halves);
    if (!tensor)
      return tensor.status();
    out[desc.name] = std::move(*tensor);
  }
  return out;
}

} // namespace openatc::tool
