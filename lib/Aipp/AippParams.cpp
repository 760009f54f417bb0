//===- AippParams.cpp - A checked AIPP stage of one network input ---------===//
#include "openatc/Aipp/AippParams.h"

#include <algorithm>
#include <cmath>

using namespace openatc;
using namespace openatc::aipp;

/// Formats that the configuration can spell and no current chip reads.
static constexpr std::string_view refusedFormats[] = {
    "NC1HWC0DI_FP16", "NC1HWC0DI_S8", "ARGB8888_U8", "YUYV_U8", "YUV422SP_U8", "AYUV444_U8",
    "RAW10",          "RAW12",        "RAW16",       "RAW24",   "RGB16",       "RGB20",
    "RGB24",          "RGB8_IR",      "RGB16_IR",    "RGB24_IR"};

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

static std::string numbered(std::string_view stem, size_t index) {
  return std::string(stem) + std::to_string(index);
}

static std::string bySize(int w, int h) { return std::to_string(w) + "x" + std::to_string(h); }

static Status resolveFormat(const AippOp &op, AippParams &params) {
  std::string_view word = op.word("input_format");
  auto it = std::find_if(std::begin(inputFormats), std::end(inputFormats),
                         [&](InputFormat format) { return nameOf(format) == word; });
  if (it == std::end(inputFormats)) {
    bool known = std::find(std::begin(refusedFormats), std::end(refusedFormats), word) !=
                 std::end(refusedFormats);
    return op.error("input_format",
                    "'input_format' " + std::string(word) +
                        (known ? " is reserved: no current chip reads it" : " is not known") +
                        "; supported are YUV420SP_U8, XRGB8888_U8, RGB888_U8 and YUV400_U8");
  }
  params.format = *it;
  params.rbuvSwap = op.flag("rbuv_swap_switch");
  params.axSwap = op.flag("ax_swap_switch");
  if (params.axSwap && params.format != InputFormat::XRGB8888_U8)
    return op.error("ax_swap_switch", "'ax_swap_switch' needs a four-byte format, XRGB8888_U8");
  if (params.rbuvSwap && params.format == InputFormat::YUV400_U8)
    return op.error("rbuv_swap_switch", "'rbuv_swap_switch' has nothing to exchange in YUV400_U8");
  return Status::success();
}

static Status resolveSource(const AippOp &op, int networkW, int networkH, AippParams &p) {
  p.srcW = op.integer("src_image_size_w");
  p.srcH = op.integer("src_image_size_h");
  if ((p.srcW == 0) != (p.srcH == 0))
    return op.error(p.srcW ? "src_image_size_w" : "src_image_size_h",
                    "'src_image_size_w' and 'src_image_size_h' must be given together");
  if (p.srcW == 1)
    return op.error("src_image_size_w", "'src_image_size_w' must be 0 or lie in 2..4096");
  if (p.srcW == 0) {
    if (p.crop || p.padding)
      return op.error(p.crop ? "crop" : "padding",
                      "crop and padding need 'src_image_size_w' and 'src_image_size_h'");
    p.srcW = networkW;
    p.srcH = networkH;
    if (networkW < 2 || networkW > 4096 || networkH > 4096)
      return op.error("", "the network's picture of " + bySize(networkW, networkH) +
                              " is outside 2..4096 by 1..4096");
  }
  if (p.format == InputFormat::YUV420SP_U8 && (p.srcW % 2 || p.srcH % 2))
    return op.error(p.srcW % 2 ? "src_image_size_w" : "src_image_size_h",
                    "a YUV420SP_U8 picture needs even sizes, not " + bySize(p.srcW, p.srcH));
  return Status::success();
}

static Status resolveCrop(const AippOp &op, int networkW, int networkH, AippParams &p) {
  p.cropX = op.integer("load_start_pos_w");
  p.cropY = op.integer("load_start_pos_h");
  p.cropW = op.integer("crop_size_w");
  p.cropH = op.integer("crop_size_h");
  if (p.format == InputFormat::YUV420SP_U8 && (p.cropX % 2 || p.cropY % 2))
    return op.error(p.cropX % 2 ? "load_start_pos_w" : "load_start_pos_h",
                    "a crop of a YUV420SP_U8 picture must start at an even position");
  if ((p.cropW == 0 || p.cropH == 0) && p.padding)
    return op.error("crop", "a crop with padding needs 'crop_size_w' and 'crop_size_h'");
  p.cropW = p.cropW ? p.cropW : networkW;
  p.cropH = p.cropH ? p.cropH : networkH;
  if (p.cropX + p.cropW > p.srcW || p.cropY + p.cropH > p.srcH)
    return op.error("crop", "the crop of " + bySize(p.cropW, p.cropH) + " at " +
                                std::to_string(p.cropX) + "," + std::to_string(p.cropY) +
                                " leaves the source of " + bySize(p.srcW, p.srcH));
  return Status::success();
}

static Status resolvePadding(const AippOp &op, const AippLimits &limits, AippParams &p) {
  p.padLeft = op.integer("left_padding_size");
  p.padRight = op.integer("right_padding_size");
  p.padTop = op.integer("top_padding_size");
  p.padBottom = op.integer("bottom_padding_size");
  p.paddingValue = static_cast<float>(op.number("padding_value"));
  p.outW += p.padLeft + p.padRight;
  p.outH += p.padTop + p.padBottom;
  if (p.outW > limits.maxPaddedWidth)
    return op.error("padding", "the padded width " + std::to_string(p.outW) + " is above " +
                                   std::to_string(limits.maxPaddedWidth) +
                                   ", the limit of this soc_version");
  return Status::success();
}

/// Source, crop and padding; the result must be the network's height and width.
static Status resolveSizes(const AippOp &op, int networkW, int networkH, const AippLimits &limits,
                           AippParams &p) {
  p.crop = op.flag("crop");
  p.padding = op.flag("padding");
  OPENATC_TRY(resolveSource(op, networkW, networkH, p));
  p.cropW = p.srcW;
  p.cropH = p.srcH;
  if (p.crop)
    OPENATC_TRY(resolveCrop(op, networkW, networkH, p));
  p.outW = p.cropW;
  p.outH = p.cropH;
  if (p.padding)
    OPENATC_TRY(resolvePadding(op, limits, p));
  if (p.outW != networkW || p.outH != networkH)
    return op.error("", "AIPP gives pictures of " + bySize(p.outW, p.outH) +
                            " but the network input takes " + bySize(networkW, networkH) +
                            " (width x height)");
  return Status::success();
}

bool openatc::aipp::isGreyConversion(const AippParams &p) {
  auto zero = [](auto value) { return value == 0; };
  return std::all_of(p.matrix.begin() + 3, p.matrix.end(), zero) &&
         std::all_of(p.inputBias.begin(), p.inputBias.end(), zero) &&
         std::all_of(p.outputBias.begin(), p.outputBias.end(), zero);
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
  for (size_t i = 0; i < 9; ++i) {
    std::string name = "matrix_r" + std::to_string(i / 3) + "c" + std::to_string(i % 3);
    p.matrix[i] = static_cast<int16_t>(op.integer(name, yuv ? yuvToBgr[i] : rgbToYuv[i]));
  }
  // A YUV source uses the input bias only, an RGB source the output bias only.
  for (size_t i = 0; i < 3; ++i) {
    auto &used = yuv ? p.inputBias : p.outputBias;
    used[i] = static_cast<uint8_t>(
        op.integer(numbered(yuv ? "input_bias_" : "output_bias_", i), bias[i]));
  }
  if (isGreyConversion(p))
    p.channels = 1;
  return Status::success();
}

/// Bytes go through unchanged, and the border must be one of them.
static Status resolveBytes(const AippOp &op, DType dtype, const AippParams &p) {
  float low = dtype == DType::I8 ? -128 : 0, value = p.paddingValue;
  if (value < low || value > low + 255 || value != std::trunc(value))
    return op.error("padding_value", "'padding_value' must be an integer in " +
                                         std::to_string(static_cast<int>(low)) + ".." +
                                         std::to_string(static_cast<int>(low) + 255) +
                                         ", the network's input is " +
                                         std::string(openatc::nameOf(dtype)));
  return Status::success();
}

/// What a dynamic block says; its source, crop and arithmetic come at run time.
static Status resolveDynamicBlock(const AippOp &op, const NetworkInput &input, int64_t networkC,
                                  AippParams &p) {
  p.maxSourceBytes = static_cast<uint32_t>(op.number("max_src_image_size"));
  if (networkC != 1 && networkC != 3)
    return op.error("", "dynamic AIPP gives 1 or 3 channels but input '" + input.name + "' takes " +
                            std::to_string(networkC));
  if (input.dims[0] > 127)
    return op.error("", "dynamic AIPP has parameters for at most 127 pictures but input '" +
                            input.name + "' takes " + std::to_string(input.dims[0]));
  p.channels = static_cast<int>(networkC);
  return Status::success();
}

Expected<AippParams> openatc::aipp::resolveAipp(const AippOp &op, const NetworkInput &input,
                                                const AippLimits &limits) {
  AippParams p;
  p.inputRank = op.integer("related_input_rank");
  if (input.dims.size() != 4)
    return op.error("", "AIPP feeds pictures but input '" + input.name + "' has rank " +
                            std::to_string(input.dims.size()) +
                            " instead of 4; it must be NCHW or NHWC");
  p.bytes = input.dtype == DType::U8 || input.dtype == DType::I8;
  if (!p.bytes && input.dtype != DType::F32 && input.dtype != DType::F16)
    return op.error("", "AIPP gives floating-point pictures or bytes but input '" + input.name +
                            "' is " + std::string(openatc::nameOf(input.dtype)));
  p.nhwc = input.nhwc;
  p.batch = input.dims[0];
  int64_t networkC = input.dims[input.nhwc ? 3 : 1], networkH = input.dims[input.nhwc ? 1 : 2];
  int64_t networkW = input.dims[input.nhwc ? 2 : 3];
  if (p.batch < 1 || std::min({networkC, networkH, networkW}) < 1 ||
      std::max(networkH, networkW) > 8192)
    return op.error("", "input '" + input.name + "' has no static picture size that AIPP can give");
  p.outW = static_cast<int>(networkW);
  p.outH = static_cast<int>(networkH);
  if (op.isDynamic()) {
    OPENATC_TRY(resolveDynamicBlock(op, input, networkC, p));
    return p;
  }
  OPENATC_TRY(resolveFormat(op, p));
  OPENATC_TRY(resolveConversion(op, p));
  if (networkC != p.channels)
    return op.error("input_format", "AIPP gives " + std::to_string(p.channels) +
                                        (p.channels == 1 ? " channel" : " channels") +
                                        " but input '" + input.name + "' takes " +
                                        std::to_string(networkC));
  OPENATC_TRY(resolveSizes(op, static_cast<int>(networkW), static_cast<int>(networkH), limits, p));
  for (size_t i = 0; i < 4; ++i) {
    p.mean[i] = static_cast<int16_t>(op.integer(numbered("mean_chn_", i)));
    p.min[i] = static_cast<float>(op.number(numbered("min_chn_", i)));
    p.varReci[i] = static_cast<float>(op.number(numbered("var_reci_chn_", i), 1));
  }
  if (p.bytes)
    OPENATC_TRY(resolveBytes(op, input.dtype, p));
  return p;
}

Expected<std::vector<AippParams>>
openatc::aipp::resolveAippConfig(const std::vector<AippOp> &ops,
                                 const std::vector<NetworkInput> &inputs,
                                 const AippLimits &limits) {
  std::vector<AippParams> all;
  for (const AippOp &op : ops) {
    double rank = op.number("related_input_rank");
    if (rank >= static_cast<double>(inputs.size()))
      return op.error("related_input_rank",
                      "Cannot find the data node by aipp parameter related_input_rank " +
                          std::to_string(static_cast<int64_t>(rank)) + "; the model has " +
                          std::to_string(inputs.size()) +
                          (inputs.size() == 1 ? " input" : " inputs") + ", counted from 0");
    Expected<AippParams> params = resolveAipp(op, inputs[static_cast<size_t>(rank)], limits);
    if (!params)
      return params.status();
    if (std::any_of(all.begin(), all.end(),
                    [&](const AippParams &other) { return other.inputRank == params->inputRank; }))
      return op.error("related_input_rank",
                      "Cannot insert aipp to the same position: an earlier aipp_op block has "
                      "related_input_rank " +
                          std::to_string(params->inputRank) + " too");
    all.push_back(*params);
  }
  std::sort(all.begin(), all.end(),
            [](const AippParams &a, const AippParams &b) { return a.inputRank < b.inputRank; });
  return all;
}
