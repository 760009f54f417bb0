//===- AippParams.cpp - A checked AIPP stage of one network input ---------===//
#include "openatc/Aipp/AippParams.h"

#include "openatc/Support/Half.h"

#include <algorithm>

using namespace openatc;
using namespace openatc::aipp;

static constexpr InputFormat formats[] = {InputFormat::YUV420SP_U8, InputFormat::XRGB8888_U8,
                                          InputFormat::RGB888_U8, InputFormat::YUV400_U8};

std::string_view openatc::aipp::nameOf(InputFormat format) {
  switch (format) {
  case InputFormat::YUV420SP_U8:
    return "YUV420SP_U8";
  case InputFormat::XRGB8888_U8:
    return "XRGB8888_U8";
  case InputFormat::RGB888_U8:
    return "RGB888_U8";
  case InputFormat::YUV400_U8:
    return "YUV400_U8";
  }
  return "";
}

static uint16_t halfBits(double value) {
  // The configuration's fields are single precision; the hardware keeps them as half.
  return floatToHalf(static_cast<float>(value));
}

static std::string numbered(std::string_view stem, int index) {
  return std::string(stem) + std::to_string(index);
}

static std::string bySize(int w, int h) { return std::to_string(w) + "x" + std::to_string(h); }

static Status resolveFormat(const AippOp &op, AippParams &params) {
  auto it = std::find_if(std::begin(formats), std::end(formats), [&](InputFormat format) {
    return nameOf(format) == op.word("input_format");
  });
  if (it == std::end(formats))
    return op.error("input_format", "'input_format' " + std::string(op.word("input_format")) +
                                        " is not supported; supported are YUV420SP_U8, "
                                        "XRGB8888_U8, RGB888_U8 and YUV400_U8");
  params.format = *it;
  params.rbuvSwap = op.flag("rbuv_swap_switch");
  params.axSwap = op.flag("ax_swap_switch");
  if (params.axSwap && params.format != InputFormat::XRGB8888_U8)
    return op.error("ax_swap_switch", "'ax_swap_switch' needs a four-byte format, XRGB8888_U8");
  if (params.rbuvSwap && params.format == InputFormat::YUV400_U8)
    return op.error("rbuv_swap_switch", "'rbuv_swap_switch' has nothing to exchange in YUV400_U8");
  return Status::success();
}

/// Source, crop and padding; the result must be the network's height and width.
static Status resolveSizes(const AippOp &op, int networkW, int networkH, int maxPaddedWidth,
                           AippParams &p) {
  bool crop = op.flag("crop"), padding = op.flag("padding");
  bool yuv420 = p.format == InputFormat::YUV420SP_U8;
  p.srcW = op.integer("src_image_size_w");
  p.srcH = op.integer("src_image_size_h");
  if ((p.srcW == 0) != (p.srcH == 0))
    return op.error(p.srcW ? "src_image_size_w" : "src_image_size_h",
                    "'src_image_size_w' and 'src_image_size_h' must be given together");
  if (p.srcW == 1)
    return op.error("src_image_size_w", "'src_image_size_w' must be 0 or lie in 2..4096");
  if (p.srcW == 0) {
    if (crop || padding)
      return op.error(crop ? "crop" : "padding",
                      "crop and padding need 'src_image_size_w' and 'src_image_size_h'");
    p.srcW = networkW;
    p.srcH = networkH;
    if (networkW < 2 || networkW > 4096 || networkH > 4096)
      return op.error("", "the network's picture of " + bySize(networkW, networkH) +
                              " is outside 2..4096 by 1..4096");
  }
  if (yuv420 && (p.srcW % 2 || p.srcH % 2))
    return op.error(p.srcW % 2 ? "src_image_size_w" : "src_image_size_h",
                    "a YUV420SP_U8 picture needs even sizes, not " + bySize(p.srcW, p.srcH));

  p.cropW = p.srcW;
  p.cropH = p.srcH;
  if (crop) {
    p.cropX = op.integer("load_start_pos_w");
    p.cropY = op.integer("load_start_pos_h");
    p.cropW = op.integer("crop_size_w");
    p.cropH = op.integer("crop_size_h");
    if (yuv420 && (p.cropX % 2 || p.cropY % 2))
      return op.error(p.cropX % 2 ? "load_start_pos_w" : "load_start_pos_h",
                      "a crop of a YUV420SP_U8 picture must start at an even position");
    if ((p.cropW == 0 || p.cropH == 0) && padding)
      return op.error("crop", "a crop with padding needs 'crop_size_w' and 'crop_size_h'");
    p.cropW = p.cropW ? p.cropW : networkW;
    p.cropH = p.cropH ? p.cropH : networkH;
    if (p.cropX + p.cropW > p.srcW || p.cropY + p.cropH > p.srcH)
      return op.error("crop", "the crop of " + bySize(p.cropW, p.cropH) + " at " +
                                  std::to_string(p.cropX) + "," + std::to_string(p.cropY) +
                                  " leaves the source of " + bySize(p.srcW, p.srcH));
  }

  p.outW = p.cropW;
  p.outH = p.cropH;
  if (padding) {
    p.padLeft = op.integer("left_padding_size");
    p.padRight = op.integer("right_padding_size");
    p.padTop = op.integer("top_padding_size");
    p.padBottom = op.integer("bottom_padding_size");
    p.paddingValue = halfBits(op.number("padding_value"));
    p.outW += p.padLeft + p.padRight;
    p.outH += p.padTop + p.padBottom;
    if (p.outW > maxPaddedWidth)
      return op.error("padding", "the padded width " + std::to_string(p.outW) + " is above " +
                                     std::to_string(maxPaddedWidth));
  }
  if (p.outW != networkW || p.outH != networkH)
    return op.error("", "AIPP gives pictures of " + bySize(p.outW, p.outH) +
                            " but the network input takes " + bySize(networkW, networkH) +
                            " (width x height)");
  return Status::success();
}

/// The conversion with defaults for every entry not given; BT.601 narrow range.
static Status resolveConversion(const AippOp &op, AippParams &p) {
  static constexpr int16_t yuvToBgr[9] = {298, 516, 0, 298, -100, -208, 298, 0, 409};
  static constexpr int16_t rgbToYuv[9] = {66, 129, 25, -38, -74, 112, 112, -94, -18};
  static constexpr uint8_t bias[3] = {16, 128, 128};
  bool yuv = p.format == InputFormat::YUV420SP_U8;
  p.channels = p.format == InputFormat::YUV400_U8 ? 1 : 3;
  p.csc = op.flag("csc_switch");
  if (!p.csc)
    return Status::success();
  if (p.format == InputFormat::YUV400_U8)
    return op.error("csc_switch", "YUV400_U8 has no colour to convert; 'csc_switch' must be false");
  for (int i = 0; i < 9; ++i) {
    std::string name = "matrix_r" + std::to_string(i / 3) + "c" + std::to_string(i % 3);
    p.matrix[i] = static_cast<int16_t>(op.integer(name, yuv ? yuvToBgr[i] : rgbToYuv[i]));
  }
  // A YUV source uses the input bias only, an RGB source the output bias only.
  for (int i = 0; i < 3; ++i) {
    auto &used = yuv ? p.inputBias : p.outputBias;
    used[i] = static_cast<uint8_t>(
        op.integer(numbered(yuv ? "input_bias_" : "output_bias_", i), bias[i]));
  }
  // A matrix with nothing below its first row, and no bias, makes a grey picture.
  auto zero = [](auto value) { return value == 0; };
  if (std::all_of(p.matrix.begin() + 3, p.matrix.end(), zero) &&
      std::all_of(p.inputBias.begin(), p.inputBias.end(), zero) &&
      std::all_of(p.outputBias.begin(), p.outputBias.end(), zero))
    p.channels = 1;
  return Status::success();
}

Expected<AippParams> openatc::aipp::resolveAipp(const AippOp &op, const NetworkInput &input,
                                                int maxPaddedWidth) {
  AippParams p;
  p.inputRank = op.integer("related_input_rank");
  if (input.dims.size() != 4)
    return op.error("", "AIPP feeds pictures but input '" + input.name + "' has rank " +
                            std::to_string(input.dims.size()) + " instead of 4");
  if (input.dtype != DType::F32 && input.dtype != DType::F16)
    return op.error("", "AIPP gives floating-point pictures but input '" + input.name + "' is " +
                            std::string(openatc::nameOf(input.dtype)));
  int64_t networkC = input.dims[input.nhwc ? 3 : 1], networkH = input.dims[input.nhwc ? 1 : 2];
  int64_t networkW = input.dims[input.nhwc ? 2 : 3];
  if (input.dims[0] < 1 || std::min({networkC, networkH, networkW}) < 1 ||
      std::max(networkH, networkW) > 8192)
    return op.error("", "input '" + input.name + "' has no static picture size that AIPP can give");
  OPENATC_TRY(resolveFormat(op, p));
  OPENATC_TRY(resolveConversion(op, p));
  if (networkC != p.channels)
    return op.error("input_format", "AIPP gives " + std::to_string(p.channels) +
                                        " channels but input '" + input.name + "' takes " +
                                        std::to_string(networkC));
  OPENATC_TRY(
      resolveSizes(op, static_cast<int>(networkW), static_cast<int>(networkH), maxPaddedWidth, p));
  for (int i = 0; i < 4; ++i) {
    p.mean[i] = static_cast<uint8_t>(op.integer(numbered("mean_chn_", i)));
    p.min[i] = halfBits(op.number(numbered("min_chn_", i)));
    p.varReci[i] = halfBits(op.number(numbered("var_reci_chn_", i), 1));
  }
  p.batch = input.dims[0];
  return p;
}

Expected<std::vector<AippParams>>
openatc::aipp::resolveAippConfig(const std::vector<AippOp> &ops,
                                 const std::vector<NetworkInput> &inputs, int maxPaddedWidth) {
  std::vector<AippParams> all;
  for (const AippOp &op : ops) {
    double rank = op.number("related_input_rank");
    if (rank >= static_cast<double>(inputs.size()))
      return op.error("related_input_rank", "Cannot find the data node by aipp parameter "
                                            "related_input_rank " +
                                                std::to_string(static_cast<int64_t>(rank)));
    Expected<AippParams> params =
        resolveAipp(op, inputs[static_cast<size_t>(rank)], maxPaddedWidth);
    if (!params)
      return params.status();
    if (std::any_of(all.begin(), all.end(),
                    [&](const AippParams &other) { return other.inputRank == params->inputRank; }))
      return op.error("related_input_rank", "a second block for the input with rank " +
                                                std::to_string(params->inputRank));
    all.push_back(*params);
  }
  std::sort(all.begin(), all.end(),
            [](const AippParams &a, const AippParams &b) { return a.inputRank < b.inputRank; });
  return all;
}

static int64_t sourceChannels(InputFormat format) {
  return format == InputFormat::YUV400_U8 ? 1 : format == InputFormat::XRGB8888_U8 ? 4 : 3;
}

int64_t openatc::aipp::bytesPerImage(const AippParams &params) {
  int64_t pixels = static_cast<int64_t>(params.srcW) * params.srcH;
  if (params.format == InputFormat::YUV420SP_U8)
    return pixels * 3 / 2;
  return pixels * sourceChannels(params.format);
}

std::vector<int64_t> openatc::aipp::inputDims(const AippParams &params) {
  return {params.batch, params.srcH, params.srcW, sourceChannels(params.format)};
}

std::vector<int64_t> openatc::aipp::bufferDims(const AippParams &params) {
  if (params.format == InputFormat::YUV420SP_U8)
    return {params.batch, params.srcH * 3 / 2, params.srcW, 1};
  return inputDims(params);
}

std::string openatc::aipp::describeInput(const AippParams &params, std::string_view inputName) {
  return "input '" + std::string(inputName) + "' takes " + std::to_string(params.batch) + " " +
         std::string(nameOf(params.format)) + " picture" + (params.batch == 1 ? "" : "s") + " of " +
         bySize(params.srcW, params.srcH) + ", " +
         std::to_string(params.batch * bytesPerImage(params)) + " bytes";
}
