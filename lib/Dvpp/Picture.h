//===- Picture.h - Pictures in memory, checked ----------------------------===//
#ifndef OPENATC_LIB_DVPP_PICTURE_H
#define OPENATC_LIB_DVPP_PICTURE_H

#include "Objects.h"

#include <array>
#include <optional>
#include <vector>

namespace openatc::dvpp {

/// How the samples of a pixel format lie in memory.
struct FormatInfo {
  enum class Kind : uint8_t {
    Grey,       ///< one plane of Y
    SemiPlanar, ///< a plane of Y, then one of interleaved pairs of U and V
    Packed,     ///< one plane of whole pixels
    Yuyv,       ///< one plane; two pixels share four bytes
  };
  acldvppPixelFormat format;
  const char *name;
  Kind kind;
  uint8_t shiftX, shiftY; ///< chroma has 1 >> shift of the columns and rows
  uint8_t pixelBytes;     ///< bytes of a pixel in the first plane
  bool rgb;
  /// Packed: byte of a pixel that holds each channel. SemiPlanar: places of U and V in a pair, in
  /// [1] and [2]. Yuyv: bytes of the first Y, U and V in a group of four.
  std::array<uint8_t, 3> order;
};

/// The description of a format; null when this library does not know it.
const FormatInfo *findFormat(acldvppPixelFormat format);

/// "PIXEL_FORMAT_..., PIXEL_FORMAT_...": the formats of findFormat, for errors.
std::string knownFormats();

/// A picture whose fields fit each other and its memory.
struct Picture {
  const FormatInfo *info = nullptr;
  PicFields fields;
  /// Bytes that strides and format ask for.
  uint64_t bytes() const;
  /// First byte of the row of chroma pairs 0, counted from the picture's.
  uint64_t chromaOffset() const { return uint64_t(fields.widthStride) * fields.heightStride; }
  /// Bytes from one row of chroma pairs to the next.
  uint64_t chromaStride() const {
    return info->shiftX ? fields.widthStride : uint64_t(fields.widthStride) * 2;
  }
};

/// Checks a description against the rules of the picture units: even sizes where chroma is
/// shared, 6 to 8192 pixels, strides in multiples of 16 (above 4096 pixels: 2) bytes and 2 rows,
/// memory large enough. `what` begins the error, which names the rule.
std::optional<std::string> checkPicture(const char *what, const PicFields &fields,
                                        Picture &picture);

/// Checks an area: inside the picture, left and top even, right and bottom odd.
std::optional<std::string> checkArea(const char *what, const RoiFields &area,
                                     const Picture &picture);

/// Samples of a picture or a part of it: three planes of bytes, Y U V or R G B.
struct Planes {
  bool rgb = false;
  uint32_t width = 0, height = 0;             ///< of plane 0
  uint32_t chromaWidth = 0, chromaHeight = 0; ///< of planes 1 and 2
  std::array<std::vector<uint8_t>, 3> samples;
};

/// Reads an area; grey pictures get chroma of 128.
Planes load(const Picture &picture, const uint8_t *memory, const RoiFields &area);

/// Writes planes of the area's size and the picture's chroma sampling.
void store(const Planes &planes, const Picture &picture, uint8_t *memory, const RoiFields &area);

} // namespace openatc::dvpp

#endif // OPENATC_LIB_DVPP_PICTURE_H
