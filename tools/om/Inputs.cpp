//===- Inputs.cpp - Values for a model's inputs ---------------------------===//

#include "Inputs.h"

#include "Session.h"

#include "openatc/Aipp/DynamicParams.h"
#include "openatc/OfflineModel/DynamicAipp.h"
#include "openatc/Runtime/Npy.h"
#include "openatc/Support/Half.h"

#include <cstring>

namespace openatc::tool {

Expected<std::vector<uint8_t>> loadInput(const om::TensorDesc &desc, size_t index,
                                         const std::string &path) {
  auto mismatch = [&](const std::string &got) {
    return Status::error("input " + std::to_string(index) + " '" + desc.name + "' is " +
                         typeText(desc.dtype, desc.shape) + " (" + std::to_string(desc.bytes) +
                         " bytes), '" + path + "' holds " + got);
  };
  if (!path.ends_with(".npy")) {
    Expected<std::vector<uint8_t>> raw = rt::readBinary(path);
    // Pictures whose size is known at run time only need not fill their buffer.
    if (raw && om::isDynamicAipp(desc) && raw->size() < desc.bytes)
      raw->resize(desc.bytes);
    if (raw && raw->size() != desc.bytes)
      return mismatch(std::to_string(raw->size()) + " bytes");
    return raw;
  }
  Expected<rt::NpyArray> array = rt::readNpy(path);
  if (!array)
    return array.status();
  DType wanted = desc.dtype == DType::BF16 ? DType::U16 : desc.dtype;
  if (array->dtype != wanted || array->shape != desc.shape)
    return mismatch(typeText(array->dtype, array->shape));
  return std::move(array->bytes);
}

namespace {

/// The inputs that take values of the application.
std::span<const om::TensorDesc> valueInputs(const om::Plan &plan) {
  bool gear = !plan.inputs.empty() && plan.inputs.back().role == om::InputRole::Gear;
  return std::span(plan.inputs).first(plan.inputs.size() - gear);
}

} // namespace

Expected<std::vector<std::vector<uint8_t>>> loadInputs(const om::Plan &plan,
                                                       const std::vector<std::string> &files) {
  std::span<const om::TensorDesc> inputs = valueInputs(plan);
  if (files.size() != inputs.size()) {
    std::string list;
    for (const om::TensorDesc &desc : inputs)
      list += (list.empty() ? " ('" : ", '") + desc.name + "' " + typeText(desc.dtype, desc.shape);
    return Status::error("the model has " + counted(inputs.size(), "input") + list +
                         (list.empty() ? "" : ")") + ", " + std::to_string(files.size()) +
                         " given with --input");
  }
  std::vector<std::vector<uint8_t>> out;
  for (size_t i = 0; i < files.size(); ++i) {
    Expected<std::vector<uint8_t>> bytes = loadInput(inputs[i], i, files[i]);
    if (!bytes)
      return bytes.status();
    out.push_back(std::move(*bytes));
  }
  return out;
}

std::vector<std::vector<uint8_t>> seededInputs(const om::Plan &plan) {
  std::mt19937_64 random(7);
  std::vector<std::vector<uint8_t>> all;
  for (const om::TensorDesc &desc : valueInputs(plan)) {
    std::vector<uint8_t> &out = all.emplace_back(desc.bytes);
    if (om::isAippParameters(desc)) {
      aipp::AippParams stage = om::dynamicStage(plan.inputs[desc.aipp->partner]);
      int64_t count = int64_t(om::parameterPictures(desc));
      aipp::InputFormat format =
          aipp::plainFormat(stage, count).value_or(aipp::InputFormat::RGB888_U8);
      out = aipp::encodeBlock(aipp::plainParams(format, stage.outW, stage.outH, count));
      continue;
    }
    size_t size = sizeOf(desc.dtype);
    for (size_t at = 0; at + size <= out.size(); at += size) {
      // The generator's own bits, because distributions differ between libraries.
      double real = double(random() >> 11) * 0x1p-53;
      float single = float(real);
      uint16_t half = desc.dtype == DType::BF16 ? uint16_t(std::bit_cast<uint32_t>(single) >> 16)
                                                : floatToHalf(single);
      switch (desc.dtype) {
      case DType::F32:
        std::memcpy(&out[at], &single, size);
        break;
      case DType::F64:
        std::memcpy(&out[at], &real, size);
        break;
      case DType::F16:
      case DType::BF16:
        std::memcpy(&out[at], &half, size);
        break;
      default:
        out[at] = real < 0.5; // small integers are valid indices everywhere
      }
    }
  }
  return all;
}

} // namespace openatc::tool
