//===- AippInput.cpp - What the application passes to an AIPP stage -------===//
#include "openatc/Aipp/AippParams.h"
#include "openatc/Aipp/DynamicParams.h"

using namespace openatc;
using namespace openatc::aipp;

static int64_t sourceChannels(InputFormat format) {
  return format == InputFormat::YUV400_U8 ? 1 : format == InputFormat::XRGB8888_U8 ? 4 : 3;
}

int64_t openatc::aipp::bytesPerImage(InputFormat format, int64_t width, int64_t height) {
  if (format == InputFormat::YUV420SP_U8)
    return width * height * 3 / 2;
  return width * height * sourceChannels(format);
}

int64_t openatc::aipp::bytesPerImage(const AippParams &params) {
  return bytesPerImage(params.format, params.srcW, params.srcH);
}

std::vector<int64_t> openatc::aipp::inputDims(const AippParams &params) {
  if (params.isDynamic())
    return {1, params.maxSourceBytes};
  return {params.batch, params.srcH, params.srcW, sourceChannels(params.format)};
}

std::vector<int64_t> openatc::aipp::bufferDims(const AippParams &params) {
  if (!params.isDynamic() && params.format == InputFormat::YUV420SP_U8)
    return {params.batch, params.srcH * 3 / 2, params.srcW, 1};
  return inputDims(params);
}

/// "2 RGB888_U8 pictures of 30x20, 3600 bytes"
static std::string pictures(int64_t count, InputFormat format, int64_t width, int64_t height) {
  return std::to_string(count) + " " + std::string(nameOf(format)) + " picture" +
         (count == 1 ? "" : "s") + " of " + std::to_string(width) + "x" + std::to_string(height) +
         ", " + std::to_string(count * bytesPerImage(format, width, height)) + " bytes";
}

std::string openatc::aipp::describeInput(const AippParams &params, std::string_view inputName) {
  std::string input = "input '" + std::string(inputName) + "' takes ";
  if (!params.isDynamic())
    return input + pictures(params.batch, params.format, params.srcW, params.srcH);
  std::string text = input + std::to_string(params.batch) +
                     (params.batch == 1 ? " picture" : " pictures") +
                     " whose format and size are set at run time (aclmdlSetInputAIPP), in a buffer "
                     "of " +
                     std::to_string(params.maxSourceBytes) + " bytes; ";
  if (std::optional<InputFormat> plain = plainFormat(params, params.batch))
    text += "for example " + pictures(params.batch, *plain, params.outW, params.outH);
  else
    text += "too small for pictures of " + std::to_string(params.outW) + "x" +
            std::to_string(params.outH) + ", the network's size";
  return text + ". The parameters are " +
         std::to_string(dynamicBlockBytes(static_cast<uint64_t>(params.batch))) +
         " bytes in an input of their own";
}
