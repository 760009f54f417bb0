//===- DynamicParams.cpp - AIPP parameters checked at run time ------------===//
#include "openatc/Aipp/DynamicParams.h"

#include "openatc/Support/Half.h"

#include <algorithm>

using namespace openatc;
using namespace openatc::aipp;

namespace {

/// Turns a block into stages, one check after the other.
class Resolver {
public:
  Resolver(const DynamicParams &params, const AippParams &stage, const AippLimits &limits)
      : in(params), stage(stage), limits(limits), common(stage) {}

  Expected<std::vector<AippParams>> run() {
    if (stage.batch > static_cast<int64_t>(in.pictures.size()))
      return Status::error("the AIPP parameters are for " + std::to_string(in.pictures.size()) +
                           " pictures but the network takes " + std::to_string(stage.batch) +
                           "; give aclmdlCreateAIPP the largest batch");
    OPENATC_TRY(resolveCommon());
    std::vector<AippParams> all;
    for (size_t i = 0; i < static_cast<size_t>(stage.batch); ++i) {
      AippParams p = common;
      if (Status status = resolvePicture(in.pictures[i], p); !status.ok())
        return Status::error("picture " + std::to_string(i) + ": " + status.message());
      all.push_back(std::move(p));
    }
    return all;
  }

private:
  const DynamicParams &in;
  const AippParams &stage;
  const AippLimits &limits;
  AippParams common;

  static Status bad(const std::string &what, const char *remedy) {
    return Status::error("AIPP: " + what + " (" + remedy + ")");
  }
  static std::string bySize(int64_t w, int64_t h) {
    return std::to_string(w) + "x" + std::to_string(h);
  }
  static Status needSwitch(int8_t value, const char *name, const char *function) {
    if (value == 0 || value == 1)
      return Status::success();
    return bad(std::string(name) + " must be 0 or 1, not " + std::to_string(value), function);
  }

  Status resolveCommon() {
    AippParams &p = common;
    p.maxSourceBytes = 0;
    p.batch = 1;
    auto known =
        std::find_if(std::begin(inputFormats), std::end(inputFormats),
                     [&](InputFormat format) { return blockNumberOf(format) == in.inputFormat; });
    if (known == std::end(inputFormats))
      return bad("input format " + std::to_string(in.inputFormat) +
                     " is not supported; supported are YUV420SP_U8, XRGB8888_U8, RGB888_U8 and "
                     "YUV400_U8",
                 "aclmdlSetAIPPInputFormat");
    p.format = *known;
    OPENATC_TRY(resolveSource(p));
    OPENATC_TRY(needSwitch(in.csc, "cscSwitch", "aclmdlSetAIPPCscParams"));
    OPENATC_TRY(needSwitch(in.rbuvSwap, "rbuvSwapSwitch", "aclmdlSetAIPPRbuvSwapSwitch"));
    OPENATC_TRY(needSwitch(in.axSwap, "axSwapSwitch", "aclmdlSetAIPPAxSwapSwitch"));
    p.rbuvSwap = in.rbuvSwap && p.format != InputFormat::YUV400_U8;
    p.axSwap = in.axSwap;
    if (p.axSwap && p.format != InputFormat::XRGB8888_U8)
      return bad("axSwapSwitch needs the format XRGB8888_U8", "aclmdlSetAIPPAxSwapSwitch");
    return resolveConversion(p);
  }

  Status resolveSource(AippParams &p) {
    if (in.srcW < 2 || in.srcW > 4096 || in.srcH < 1 || in.srcH > 4096)
      return bad("the source picture of " + bySize(in.srcW, in.srcH) +
                     " is outside 2..4096 by 1..4096",
                 "aclmdlSetAIPPSrcImageSize");
    if (p.format == InputFormat::YUV420SP_U8 && (in.srcW % 2 || in.srcH % 2))
      return bad("a YUV420SP_U8 picture needs even sizes, not " + bySize(in.srcW, in.srcH),
                 "aclmdlSetAIPPSrcImageSize");
    p.srcW = in.srcW;
    p.srcH = in.srcH;
    int64_t bytes = stage.batch * bytesPerImage(p);
    if (bytes > stage.maxSourceBytes)
      return bad(std::to_string(stage.batch) + " " + std::string(nameOf(p.format)) +
                     " pictures of " + bySize(p.srcW, p.srcH) + " take " + std::to_string(bytes) +
                     " bytes, more than max_src_image_size, " +
                     std::to_string(stage.maxSourceBytes),
                 "pass smaller pictures, or compile with a larger max_src_image_size");
    return Status::success();
  }

  Status resolveConversion(AippParams &p) {
    p.csc = in.csc;
    p.channels = p.format == InputFormat::YUV400_U8 ? 1 : 3;
    if (p.csc) {
      if (p.format == InputFormat::YUV400_U8)
        return bad("YUV400_U8 has no colour to convert", "aclmdlSetAIPPCscParams");
      p.matrix = in.matrix;
      // A YUV source uses the input bias only, an RGB source the output bias only.
      (p.format == InputFormat::YUV420SP_U8 ? p.inputBias : p.outputBias) =
          p.format == InputFormat::YUV420SP_U8 ? in.inputBias : in.outputBias;
      if (isGreyConversion(p))
        p.channels = 1;
    }
    if (p.channels != stage.channels)
      return bad(std::string(nameOf(p.format)) + (p.csc ? " with" : " without") +
                     " conversion gives " + std::to_string(p.channels) +
                     " channels but the network takes " + std::to_string(stage.channels),
                 "aclmdlSetAIPPInputFormat, aclmdlSetAIPPCscParams");
    return Status::success();
  }

  Status resolvePicture(const DynamicPicture &from, AippParams &p) {
    OPENATC_TRY(needSwitch(from.crop, "cropSwitch", "aclmdlSetAIPPCropParams"));
    OPENATC_TRY(needSwitch(from.padding, "paddingSwitch", "aclmdlSetAIPPPaddingParams"));
    if (from.scf)
      return bad("resizing (scf) is reserved and not supported by current chips",
                 "do not switch it on with aclmdlSetAIPPScfParams; resize the pictures before");
    if (from.rotate)
      return bad("rotation is reserved and not supported", "leave the switch 0");
    OPENATC_TRY(resolveCrop(from, p));
    OPENATC_TRY(resolvePadding(from, p));
    if (p.outW != stage.outW || p.outH != stage.outH)
      return bad("the result is a picture of " + bySize(p.outW, p.outH) +
                     " but the network takes " + bySize(stage.outW, stage.outH) +
                     " (width x height)",
                 "aclmdlSetAIPPSrcImageSize, aclmdlSetAIPPCropParams, aclmdlSetAIPPPaddingParams");
    p.mean = from.mean;
    for (size_t i = 0; i < 4; ++i) {
      p.min[i] = halfToFloat(from.min[i]);
      p.varReci[i] = halfToFloat(from.varReci[i]);
    }
    return Status::success();
  }

  static Status resolveCrop(const DynamicPicture &from, AippParams &p) {
    p.crop = from.crop;
    p.cropX = p.cropY = 0;
    p.cropW = p.srcW;
    p.cropH = p.srcH;
    if (!from.crop)
      return Status::success();
    auto inside = [](int64_t start, int64_t size, int64_t source) {
      return start >= 0 && size >= 1 && start + size <= source;
    };
    if (!inside(from.cropX, from.cropW, p.srcW) || !inside(from.cropY, from.cropH, p.srcH))
      return bad("the crop of " + bySize(from.cropW, from.cropH) + " at " +
                     std::to_string(from.cropX) + "," + std::to_string(from.cropY) +
                     " leaves the source of " + bySize(p.srcW, p.srcH),
                 "aclmdlSetAIPPCropParams");
    if (p.format == InputFormat::YUV420SP_U8 && (from.cropX % 2 || from.cropY % 2))
      return bad("a crop of a YUV420SP_U8 picture must start at an even position, not at " +
                     std::to_string(from.cropX) + "," + std::to_string(from.cropY),
                 "aclmdlSetAIPPCropParams");
    p.cropX = from.cropX;
    p.cropY = from.cropY;
    p.cropW = from.cropW;
    p.cropH = from.cropH;
    return Status::success();
  }

  Status resolvePadding(const DynamicPicture &from, AippParams &p) {
    p.padding = from.padding;
    p.outW = p.cropW;
    p.outH = p.cropH;
    if (!from.padding)
      return Status::success();
    for (int32_t size : {from.padTop, from.padBottom, from.padLeft, from.padRight})
      if (size < 0 || size > 32)
        return bad("a padding of " + std::to_string(size) + " is outside 0..32",
                   "aclmdlSetAIPPPaddingParams");
    p.padTop = from.padTop;
    p.padBottom = from.padBottom;
    p.padLeft = from.padLeft;
    p.padRight = from.padRight;
    p.outW += p.padLeft + p.padRight;
    p.outH += p.padTop + p.padBottom;
    if (p.outW > limits.maxPaddedWidth)
      return bad("the padded width " + std::to_string(p.outW) + " is above " +
                     std::to_string(limits.maxPaddedWidth),
                 "aclmdlSetAIPPPaddingParams");
    return Status::success();
  }
};

} // namespace

Expected<std::vector<AippParams>> openatc::aipp::resolveDynamic(const DynamicParams &params,
                                                                const AippParams &stage,
                                                                const AippLimits &limits) {
  return Resolver(params, stage, limits).run();
}
