//===- Picture.cpp - Formats, rules, reading and writing of samples -------===//

#include "Picture.h"

#include <algorithm>

namespace openatc::dvpp {

namespace {

using Kind = FormatInfo::Kind;

constexpr uint32_t kMinSize = 6, kMaxSize = 8192, kMinStride = 32;
constexpr uint32_t kStrideUnit = 16;
/// Wider pictures are scaled by another unit, whose rows need no such alignment.
constexpr uint32_t kAlignedWidth = 4096, kWideStrideUnit = 2;

constexpr FormatInfo semiPlanar(acldvppPixelFormat format, const char *name, uint8_t shiftX,
                                uint8_t shiftY, bool vFirst) {
  uint8_t u = vFirst ? 1 : 0;
  return {format, name, Kind::SemiPlanar, shiftX, shiftY, 1, false, {0, u, uint8_t(1 - u)}};
}

constexpr FormatInfo packed(acldvppPixelFormat format, const char *name, uint8_t pixelBytes,
                            bool rgb, std::array<uint8_t, 3> order) {
  return {format, name, Kind::Packed, 0, 0, pixelBytes, rgb, order};
}

constexpr FormatInfo yuyv(acldvppPixelFormat format, const char *name,
                          std::array<uint8_t, 3> order) {
  return {format, name, Kind::Yuyv, 1, 0, 2, false, order};
}

constexpr FormatInfo kFormats[] = {
    {PIXEL_FORMAT_YUV_400, "YUV_400", Kind::Grey, 0, 0, 1, false, {}},
    semiPlanar(PIXEL_FORMAT_YUV_SEMIPLANAR_420, "YUV_SEMIPLANAR_420", 1, 1, false),
    semiPlanar(PIXEL_FORMAT_YVU_SEMIPLANAR_420, "YVU_SEMIPLANAR_420", 1, 1, true),
    semiPlanar(PIXEL_FORMAT_YUV_SEMIPLANAR_422, "YUV_SEMIPLANAR_422", 1, 0, false),
    semiPlanar(PIXEL_FORMAT_YVU_SEMIPLANAR_422, "YVU_SEMIPLANAR_422", 1, 0, true),
    semiPlanar(PIXEL_FORMAT_YUV_SEMIPLANAR_444, "YUV_SEMIPLANAR_444", 0, 0, false),
    semiPlanar(PIXEL_FORMAT_YVU_SEMIPLANAR_444, "YVU_SEMIPLANAR_444", 0, 0, true),
    yuyv(PIXEL_FORMAT_YUYV_PACKED_422, "YUYV_PACKED_422", {0, 1, 3}),
    yuyv(PIXEL_FORMAT_UYVY_PACKED_422, "UYVY_PACKED_422", {1, 0, 2}),
    yuyv(PIXEL_FORMAT_YVYU_PACKED_422, "YVYU_PACKED_422", {0, 3, 1}),
    yuyv(PIXEL_FORMAT_VYUY_PACKED_422, "VYUY_PACKED_422", {1, 2, 0}),
    packed(PIXEL_FORMAT_YUV_PACKED_444, "YUV_PACKED_444", 3, false, {0, 1, 2}),
    packed(PIXEL_FORMAT_RGB_888, "RGB_888", 3, true, {0, 1, 2}),
    packed(PIXEL_FORMAT_BGR_888, "BGR_888", 3, true, {2, 1, 0}),
    packed(PIXEL_FORMAT_ARGB_8888, "ARGB_8888", 4, true, {1, 2, 3}),
    packed(PIXEL_FORMAT_ABGR_8888, "ABGR_8888", 4, true, {3, 2, 1}),
    packed(PIXEL_FORMAT_RGBA_8888, "RGBA_8888", 4, true, {0, 1, 2}),
    packed(PIXEL_FORMAT_BGRA_8888, "BGRA_8888", 4, true, {2, 1, 0}),
};

std::string number(uint64_t value) { return std::to_string(value); }

} // namespace

const FormatInfo *findFormat(acldvppPixelFormat format) {
  for (const FormatInfo &info : kFormats)
    if (info.format == format)
      return &info;
  return nullptr;
}

std::string knownFormats() {
  std::string text;
  for (const FormatInfo &info : kFormats)
    text += (text.empty() ? "" : ", ") + number(info.format) + " " + info.name;
  return text;
}

uint64_t Picture::bytes() const {
  uint64_t first = chromaOffset();
  if (info->kind != Kind::SemiPlanar)
    return first;
  return first + chromaStride() * (fields.heightStride >> info->shiftY);
}

std::optional<std::string> checkPicture(const char *what, const PicFields &fields,
                                        Picture &picture) {
  auto wrong = [&](const std::string &text) { return std::string(what) + ": " + text; };
  const FormatInfo *info = findFormat(fields.format);
  if (!info)
    return wrong("format " + number(uint32_t(fields.format)) +
                 " is not supported; there are: " + knownFormats());
  picture = {info, fields};
  auto size = [&](const char *name, uint32_t value, bool even) -> std::optional<std::string> {
    if (value < kMinSize || value > kMaxSize)
      return wrong(std::string("the ") + name + " is " + number(value) + "; it must be " +
                   number(kMinSize) + " to " + number(kMaxSize));
    if (even && value % 2)
      return wrong(std::string("the ") + name + " is " + number(value) +
                   "; pixels of this format share chroma, so it must be even");
    return std::nullopt;
  };
  if (auto text = size("width", fields.width, info->shiftX))
    return text;
  if (auto text = size("height", fields.height, info->shiftY))
    return text;
  uint64_t row = uint64_t(fields.width) * info->pixelBytes;
  uint32_t unit = fields.width > kAlignedWidth ? kWideStrideUnit : kStrideUnit;
  if (fields.widthStride % unit || fields.widthStride < row || fields.widthStride < kMinStride ||
      fields.widthStride > uint64_t(kMaxSize) * 4)
    return wrong("the width stride is " + number(fields.widthStride) + "; rows have " +
                 number(row) + " bytes, so it must be a multiple of " + number(unit) +
                 " from there on, and at least " + number(kMinStride));
  if (fields.heightStride % 2 || fields.heightStride < fields.height ||
      fields.heightStride > 2 * kMaxSize)
    return wrong("the height stride is " + number(fields.heightStride) +
                 "; it must be an even number of at least the height, " + number(fields.height));
  if (fields.size < picture.bytes())
    return wrong("the size is " + number(fields.size) + "; strides and format need " +
                 number(picture.bytes()) + " bytes");
  if (!fields.data)
    return wrong("the data is NULL");
  if (openatcDeviceBytes(fields.data) < picture.bytes())
    return wrong("the data is no device memory of " + number(picture.bytes()) +
                 " bytes; allocate it with acldvppMalloc");
  return std::nullopt;
}

std::optional<std::string> checkArea(const char *what, const RoiFields &area,
                                     const Picture &picture) {
  std::string named = std::string(what) + " [left " + number(area.left) + ", right " +
                      number(area.right) + ", top " + number(area.top) + ", bottom " +
                      number(area.bottom) + "]";
  if (area.left % 2 || area.top % 2 || area.right % 2 == 0 || area.bottom % 2 == 0)
    return named + ": left and top must be even, right and bottom odd";
  if (area.right < area.left || area.bottom < area.top || area.right >= picture.fields.width ||
      area.bottom >= picture.fields.height)
    return named + " does not lie in the picture of " + number(picture.fields.width) + " x " +
           number(picture.fields.height);
  if (area.width() < kMinSize || area.height() < kMinSize)
    return named + ": an area has at least " + number(kMinSize) + " x " + number(kMinSize) +
           " pixels";
  return std::nullopt;
}

namespace {

/// Calls visit(channel, x, y, offset of the sample) for all samples of an area, x and y counted
/// from its corner. Grey pictures have only channel 0.
template <typename Visit>
void forEachSample(const Picture &picture, const RoiFields &area, Visit visit) {
  const FormatInfo &info = *picture.info;
  uint64_t stride = picture.fields.widthStride;
  uint32_t width = area.width(), height = area.height();
  for (uint32_t y = 0; y < height; ++y) {
    uint64_t row = stride * (area.top + y);
    for (uint32_t x = 0; x < width; ++x) {
      uint64_t column = area.left + x;
      switch (info.kind) {
      case Kind::Grey:
      case Kind::SemiPlanar:
        visit(0, x, y, row + column);
        break;
      case Kind::Packed:
        for (int c = 0; c < 3; ++c)
          visit(c, x, y, row + column * info.pixelBytes + info.order[size_t(c)]);
        break;
      case Kind::Yuyv:
        visit(0, x, y, row + column * 2 + info.order[0]);
        if (x % 2 == 0)
          for (int c = 1; c < 3; ++c)
            visit(c, x / 2, y, row + column * 2 + info.order[size_t(c)]);
        break;
      }
    }
  }
  if (info.kind != Kind::SemiPlanar)
    return;
  for (uint32_t y = 0; y < height >> info.shiftY; ++y) {
    uint64_t row =
        picture.chromaOffset() + picture.chromaStride() * ((area.top >> info.shiftY) + uint64_t(y));
    for (uint32_t x = 0; x < width >> info.shiftX; ++x)
      for (int c = 1; c < 3; ++c)
        visit(c, x, y,
              row + 2 * ((area.left >> info.shiftX) + uint64_t(x)) + info.order[size_t(c)]);
  }
}

} // namespace

Planes load(const Picture &picture, const uint8_t *memory, const RoiFields &area) {
  Planes planes;
  planes.rgb = picture.info->rgb;
  planes.width = area.width();
  planes.height = area.height();
  planes.chromaWidth = planes.width >> picture.info->shiftX;
  planes.chromaHeight = planes.height >> picture.info->shiftY;
  planes.samples[0].resize(size_t(planes.width) * planes.height);
  for (int c = 1; c < 3; ++c)
    planes.samples[size_t(c)].assign(size_t(planes.chromaWidth) * planes.chromaHeight, 128);
  forEachSample(picture, area, [&](int c, uint32_t x, uint32_t y, uint64_t offset) {
    uint32_t width = c ? planes.chromaWidth : planes.width;
    planes.samples[size_t(c)][size_t(y) * width + x] = memory[offset];
  });
  return planes;
}

void store(const Planes &planes, const Picture &picture, uint8_t *memory, const RoiFields &area) {
  forEachSample(picture, area, [&](int c, uint32_t x, uint32_t y, uint64_t offset) {
    uint32_t width = c ? planes.chromaWidth : planes.width;
    memory[offset] = planes.samples[size_t(c)][size_t(y) * width + x];
  });
}

} // namespace openatc::dvpp
