//===- JpegFunctions.cpp - The JPEG functions of the interface ------------===//

#include "Channel.h"
#include "Jpeg.h"
#include "Transform.h"

#include "acl/acl_rt.h"

#include <algorithm>
#include <cstring>

using namespace openatc::dvpp;

namespace {

/// Decoded rows are aligned to what the decoder of a chip writes at once. Chips whose name begins
/// with the first entry that fits; the numbers are those of the vendor's interface reference.
struct DecoderUnit {
  const char *chips;
  uint32_t widthUnit, heightUnit;
};
constexpr DecoderUnit kDecoders[] = {{"Ascend310P", 64, 16}, {"", 128, 16}};

const DecoderUnit &decoderOfDevice() {
  const char *name = aclrtGetSocName();
  for (const DecoderUnit &unit : kDecoders)
    if (std::strncmp(name ? name : "", unit.chips, std::strlen(unit.chips)) == 0)
      return unit;
  return kDecoders[std::size(kDecoders) - 1];
}

uint32_t roundUp(uint32_t value, uint32_t unit) { return (value + unit - 1) / unit * unit; }

/// Formats that decoding gives: those of YUV whose chroma is a plane of pairs.
const FormatInfo *outputFormat(acldvppPixelFormat format) {
  const FormatInfo *info = findFormat(format);
  return info && info->kind == FormatInfo::Kind::SemiPlanar ? info : nullptr;
}

/// The picture that decoding a file of `width` x `height` writes.
Picture decodedPicture(const DecoderUnit &unit, const FormatInfo &info, uint32_t width,
                       uint32_t height) {
  Picture picture;
  picture.info = &info;
  picture.fields.format = info.format;
  picture.fields.width = roundUp(width, 2);
  picture.fields.height = roundUp(height, 2);
  picture.fields.widthStride = roundUp(width, unit.widthUnit);
  picture.fields.heightStride = roundUp(height, unit.heightUnit);
  return picture;
}

aclError imageInfo(const char *function, const void *data, uint32_t size, JpegHeader &header) {
  if (!data || size == 0)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the file is NULL or has no bytes");
  if (openatcDeviceBytes(data))
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the file lies in device memory; this function reads host memory");
  if (auto wrong = readHeader({static_cast<const uint8_t *>(data), size}, header))
    return fail(ACL_ERROR_UNSUPPORTED_JPEG, function, *wrong);
  return ACL_SUCCESS;
}

/// What decoding does when its turn comes. The device is locked then, so that what depends on its
/// chip is asked before.
aclError decodeNow(const char *function, const DecoderUnit &unit, const void *data, uint32_t size,
                   PicDesc &output, std::string &text) {
  PicFields wanted = output.get();
  auto *file = static_cast<const uint8_t *>(openatcDeviceView(function, data, size));
  Planes planes;
  if (!file) {
    text = "the file is not in device memory any more";
    return ACL_ERROR_INVALID_PARAM;
  }
  if (aclError code = decode({file, size}, planes, text); code != ACL_SUCCESS)
    return code;
  Picture picture = decodedPicture(unit, *outputFormat(wanted.format), planes.width, planes.height);
  auto differs = [&](const char *name, uint32_t given, uint32_t right) {
    if (given == 0 || given == right)
      return false;
    text = std::string("the output's ") + name + " is " + std::to_string(given) +
           ", a picture of this size has " + std::to_string(right) + "; 0 leaves it to the decoder";
    return true;
  };
  if (differs("width stride", wanted.widthStride, picture.fields.widthStride) ||
      differs("height stride", wanted.heightStride, picture.fields.heightStride))
    return ACL_ERROR_INVALID_PARAM;
  if (wanted.size < picture.bytes()) {
    text = "the output has " + std::to_string(wanted.size) + " bytes, the picture needs " +
           std::to_string(picture.bytes()) + "; acldvppJpegPredictDecSize tells the size";
    return ACL_ERROR_INVALID_PARAM;
  }
  auto *to = static_cast<uint8_t *>(openatcDeviceView(function, wanted.data, picture.bytes()));
  if (!to) {
    text = "the output is not in device memory any more";
    return ACL_ERROR_INVALID_PARAM;
  }
  store(convert(planes, *picture.info), picture, to, {0, planes.width - 1, 0, planes.height - 1});
  output.update([&](PicFields &fields) {
    fields.width = picture.fields.width;
    fields.height = picture.fields.height;
    fields.widthStride = picture.fields.widthStride;
    fields.heightStride = picture.fields.heightStride;
    fields.retCode = 0;
  });
  return ACL_SUCCESS;
}

} // namespace

aclError acldvppJpegGetImageInfoV2(const void *data, uint32_t size, uint32_t *width,
                                   uint32_t *height, int32_t *components,
                                   acldvppJpegFormat *format) {
  JpegHeader header;
  if (aclError code = imageInfo(__func__, data, size, header); code != ACL_SUCCESS)
    return code;
  // Every result is optional.
  if (width)
    *width = header.width;
  if (height)
    *height = header.height;
  if (components)
    *components = header.components;
  if (format)
    *format = header.sampling;
  return ACL_SUCCESS;
}

aclError acldvppJpegGetImageInfo(const void *data, uint32_t size, uint32_t *width, uint32_t *height,
                                 int32_t *components) {
  return acldvppJpegGetImageInfoV2(data, size, width, height, components, nullptr);
}

aclError acldvppJpegPredictDecSize(const void *data, uint32_t dataSize,
                                   acldvppPixelFormat outputPixelFormat, uint32_t *decSize) {
  DVPP_REQUIRE_POINTER(decSize);
  JpegHeader header;
  if (aclError code = imageInfo(__func__, data, dataSize, header); code != ACL_SUCCESS)
    return code;
  // An unknown format means the one that the file itself has.
  acldvppPixelFormat format = outputPixelFormat;
  if (format == PIXEL_FORMAT_UNKNOWN)
    format = header.sampling == ACL_JPEG_CSS_444   ? PIXEL_FORMAT_YVU_SEMIPLANAR_444
             : header.sampling == ACL_JPEG_CSS_422 ? PIXEL_FORMAT_YVU_SEMIPLANAR_422
                                                   : PIXEL_FORMAT_YVU_SEMIPLANAR_420;
  const FormatInfo *info = outputFormat(format);
  DVPP_REQUIRE(info, ACL_ERROR_INVALID_PARAM,
               "decoding gives the formats 1 to 6 (semi-planar YUV), not " +
                   std::to_string(uint32_t(outputPixelFormat)));
  *decSize =
      uint32_t(decodedPicture(decoderOfDevice(), *info, header.width, header.height).bytes());
  return ACL_SUCCESS;
}

aclError acldvppJpegDecodeAsync(acldvppChannelDesc *channelDesc, const void *data, uint32_t size,
                                acldvppPicDesc *outputDesc, aclrtStream stream) {
  if (aclError code = requireChannel(__func__, channelDesc); code != ACL_SUCCESS)
    return code;
  DVPP_FIND(PicDesc, output, outputDesc);
  PicFields fields = output->get();
  DVPP_REQUIRE(outputFormat(fields.format), ACL_ERROR_INVALID_PARAM,
               "decoding gives the formats 1 to 6 (semi-planar YUV), not " +
                   std::to_string(uint32_t(fields.format)));
  DVPP_REQUIRE(data && size && openatcDeviceBytes(data) >= size, ACL_ERROR_INVALID_PARAM,
               "the file is no device memory of " + std::to_string(size) +
                   " bytes; copy it to memory of acldvppMalloc first");
  DVPP_REQUIRE(fields.data && fields.size && openatcDeviceBytes(fields.data) >= fields.size,
               ACL_ERROR_INVALID_PARAM,
               "the output's data is no device memory of " + std::to_string(fields.size) +
                   " bytes; set data and size of the description");
  const char *function = __func__;
  const DecoderUnit *unit = &decoderOfDevice();
  return enqueueWork(__func__, stream, [=](std::string &text) {
    aclError code = decodeNow(function, *unit, data, size, *output, text);
    if (code != ACL_SUCCESS)
      output->update([&](PicFields &changed) { changed.retCode = uint32_t(code); });
    return code;
  });
}

aclError acldvppJpegPredictEncSize(const acldvppPicDesc *inputDesc,
                                   const acldvppJpegeConfig *config, uint32_t *size) {
  DVPP_REQUIRE_POINTER(size);
  DVPP_FIND(PicDesc, input, inputDesc);
  DVPP_FIND(JpegeConfig, encoding, config);
  Picture picture;
  if (auto wrong = checkPicture("input", input->get(), picture))
    return fail(ACL_ERROR_INVALID_PARAM, __func__, *wrong);
  *size = largestFile(picture.fields.width, picture.fields.height);
  return ACL_SUCCESS;
}

aclError acldvppJpegEncodeAsync(acldvppChannelDesc *channelDesc, acldvppPicDesc *inputDesc,
                                const void *data, uint32_t *size, acldvppJpegeConfig *config,
                                aclrtStream stream) {
  if (aclError code = requireChannel(__func__, channelDesc); code != ACL_SUCCESS)
    return code;
  DVPP_FIND(PicDesc, input, inputDesc);
  DVPP_FIND(JpegeConfig, encoding, config);
  DVPP_REQUIRE_POINTER(size);
  Picture picture;
  if (auto wrong = checkPicture("input", input->get(), picture))
    return fail(ACL_ERROR_INVALID_PARAM, __func__, *wrong);
  DVPP_REQUIRE(!picture.info->rgb, ACL_ERROR_INVALID_PARAM,
               "the encoder takes YUV pictures; convert with acldvppVpcConvertColorAsync first");
  DVPP_REQUIRE(data && *size && openatcDeviceBytes(data) >= *size, ACL_ERROR_INVALID_PARAM,
               "the output is no device memory of " + std::to_string(*size) + " bytes");
  int level = int(encoding->level);
  uint32_t capacity = *size;
  const char *function = __func__;
  return enqueueWork(__func__, stream, [=](std::string &text) {
    auto *from = static_cast<const uint8_t *>(
        openatcDeviceView(function, picture.fields.data, picture.bytes()));
    auto *to = static_cast<uint8_t *>(openatcDeviceView(function, data, capacity));
    if (!from || !to) {
      text = "the memory of a picture was freed before the work ran";
      return ACL_ERROR_INVALID_PARAM;
    }
    RoiFields all{0, picture.fields.width - 1, 0, picture.fields.height - 1};
    std::vector<uint8_t> file;
    if (auto wrong = encode(load(picture, from, all), level ? level : 100, file)) {
      text = *wrong;
      return ACL_ERROR_FAILURE;
    }
    if (file.size() > capacity) {
      text = "the file has " + std::to_string(file.size()) + " bytes, the output " +
             std::to_string(capacity) + "; acldvppJpegPredictEncSize tells a size that is enough";
      return ACL_ERROR_INVALID_PARAM;
    }
    std::memcpy(to, file.data(), file.size());
    *size = uint32_t(file.size());
    return ACL_SUCCESS;
  });
}
