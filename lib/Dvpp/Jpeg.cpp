//===- Jpeg.cpp - JPEG files through libjpeg-turbo ------------------------===//

#include "Jpeg.h"

#include <turbojpeg.h>

#include <algorithm>
#include <climits>

namespace openatc::dvpp {

namespace {

/// Sizes that the decoder unit takes.
constexpr uint32_t kMinSize = 32, kMaxSize = 8192;

struct Handle {
  explicit Handle(tjhandle made) : handle(made) {}
  Handle(const Handle &) = delete;
  Handle &operator=(const Handle &) = delete;
  ~Handle() {
    if (handle)
      tjDestroy(handle);
  }
  tjhandle handle;
};

acldvppJpegFormat samplingOf(int subsampling) {
  switch (subsampling) {
  case TJSAMP_444:
    return ACL_JPEG_CSS_444;
  case TJSAMP_422:
    return ACL_JPEG_CSS_422;
  case TJSAMP_420:
    return ACL_JPEG_CSS_420;
  case TJSAMP_GRAY:
    return ACL_JPEG_CSS_GRAY;
  case TJSAMP_440:
    return ACL_JPEG_CSS_440;
  case TJSAMP_411:
    return ACL_JPEG_CSS_411;
  default:
    return ACL_JPEG_CSS_UNKNOWN;
  }
}

/// The first start-of-frame marker, which tells the coding; 0 if there is none. The library
/// decodes more codings than the unit and does not say which one it met.
uint8_t frameMarker(std::span<const uint8_t> file) {
  size_t at = 2;
  while (at + 4 <= file.size()) {
    if (file[at] != 0xff)
      return 0;
    uint8_t marker = file[at + 1];
    if (marker == 0xff) { // fill bytes
      ++at;
      continue;
    }
    bool isTable = marker == 0xc4 || marker == 0xc8 || marker == 0xcc;
    if (marker >= 0xc0 && marker <= 0xcf && !isTable)
      return marker;
    if (marker == 0xda || marker == 0xd9)
      return 0;
    at += 2 + (size_t(file[at + 2]) << 8 | file[at + 3]);
  }
  return 0;
}

/// Repeats the last column and row up to an even size.
void makeEven(std::vector<uint8_t> &samples, uint32_t width, uint32_t height, uint32_t toWidth,
              uint32_t toHeight) {
  if (width == toWidth && height == toHeight)
    return;
  std::vector<uint8_t> out(size_t(toWidth) * toHeight);
  for (uint32_t y = 0; y < toHeight; ++y)
    for (uint32_t x = 0; x < toWidth; ++x)
      out[size_t(y) * toWidth + x] =
          samples[size_t(std::min(y, height - 1)) * width + std::min(x, width - 1)];
  samples = std::move(out);
}

} // namespace

std::optional<std::string> readHeader(std::span<const uint8_t> file, JpegHeader &header) {
  Handle jpeg(tjInitDecompress());
  int width = 0, height = 0, subsampling = 0, colours = 0;
  if (!jpeg.handle)
    return "the JPEG library cannot start";
  if (tjDecompressHeader3(jpeg.handle, file.data(), static_cast<unsigned long>(file.size()), &width,
                          &height, &subsampling, &colours) != 0)
    return std::string("this is no JPEG file: ") + tjGetErrorStr2(jpeg.handle);
  header.width = uint32_t(width);
  header.height = uint32_t(height);
  header.sampling = samplingOf(subsampling);
  header.components = header.sampling == ACL_JPEG_CSS_GRAY           ? 1
                      : colours == TJCS_CMYK || colours == TJCS_YCCK ? 4
                                                                     : 3;
  return std::nullopt;
}

aclError decode(std::span<const uint8_t> file, Planes &planes, std::string &text) {
  JpegHeader header;
  if (auto wrong = readHeader(file, header)) {
    text = *wrong;
    return ACL_ERROR_UNSUPPORTED_JPEG;
  }
  auto refuse = [&](const std::string &why) {
    text = why;
    return ACL_ERROR_UNSUPPORTED_JPEG;
  };
  constexpr uint8_t kBaseline = 0xc0, kExtended = 0xc1;
  uint8_t marker = frameMarker(file);
  if (marker != kBaseline && marker != kExtended)
    return refuse("the file is not a baseline JPEG (progressive, lossless or arithmetic coding); "
                  "save it again as baseline");
  if (header.components == 4 || header.sampling == ACL_JPEG_CSS_411 ||
      header.sampling == ACL_JPEG_CSS_UNKNOWN)
    return refuse("the decoder takes JPEG files in grey, 4:4:4, 4:2:2, 4:2:0 and 4:4:0 only");
  if (header.width < kMinSize || header.height < kMinSize || header.width > kMaxSize ||
      header.height > kMaxSize)
    return refuse("the picture has " + std::to_string(header.width) + " x " +
                  std::to_string(header.height) + " pixels; the decoder takes " +
                  std::to_string(kMinSize) + " to " + std::to_string(kMaxSize) +
                  " in both directions");

  Handle jpeg(tjInitDecompress());
  int width = int(header.width), height = int(header.height);
  int subsampling = header.sampling == ACL_JPEG_CSS_444   ? TJSAMP_444
                    : header.sampling == ACL_JPEG_CSS_422 ? TJSAMP_422
                    : header.sampling == ACL_JPEG_CSS_420 ? TJSAMP_420
                    : header.sampling == ACL_JPEG_CSS_440 ? TJSAMP_440
                                                          : TJSAMP_GRAY;
  bool grey = subsampling == TJSAMP_GRAY;
  unsigned char *pointers[3] = {};
  int strides[3] = {};
  uint32_t widths[3] = {}, heights[3] = {};
  for (int c = 0; c < (grey ? 1 : 3); ++c) {
    widths[c] = uint32_t(tjPlaneWidth(c, width, subsampling));
    heights[c] = uint32_t(tjPlaneHeight(c, height, subsampling));
    planes.samples[size_t(c)].resize(size_t(widths[c]) * heights[c]);
    pointers[c] = planes.samples[size_t(c)].data();
    strides[c] = int(widths[c]);
  }
  if (!jpeg.handle ||
      tjDecompressToYUVPlanes(jpeg.handle, file.data(), static_cast<unsigned long>(file.size()),
                              pointers, width, strides, height, TJFLAG_ACCURATEDCT) != 0)
    return refuse(std::string("the JPEG data is damaged: ") + tjGetErrorStr2(jpeg.handle));

  // From here on even sizes: pairs of pixels share chroma in the output.
  planes.rgb = false;
  planes.width = (header.width + 1) & ~1u;
  planes.height = (header.height + 1) & ~1u;
  bool halfX = subsampling == TJSAMP_422 || subsampling == TJSAMP_420 || grey;
  bool halfY = subsampling == TJSAMP_440 || subsampling == TJSAMP_420 || grey;
  planes.chromaWidth = halfX ? planes.width / 2 : planes.width;
  planes.chromaHeight = halfY ? planes.height / 2 : planes.height;
  makeEven(planes.samples[0], widths[0], heights[0], planes.width, planes.height);
  for (size_t c = 1; c < 3; ++c) {
    if (grey)
      planes.samples[c].assign(size_t(planes.chromaWidth) * planes.chromaHeight, 128);
    else
      makeEven(planes.samples[c], widths[c], heights[c], planes.chromaWidth, planes.chromaHeight);
  }
  return ACL_SUCCESS;
}

std::optional<std::string> encode(const Planes &planes, int quality, std::vector<uint8_t> &file) {
  bool halfX = planes.chromaWidth != planes.width, halfY = planes.chromaHeight != planes.height;
  int subsampling = halfX ? (halfY ? TJSAMP_420 : TJSAMP_422) : TJSAMP_444;
  const unsigned char *pointers[3] = {planes.samples[0].data(), planes.samples[1].data(),
                                      planes.samples[2].data()};
  int strides[3] = {int(planes.width), int(planes.chromaWidth), int(planes.chromaWidth)};
  Handle jpeg(tjInitCompress());
  unsigned char *buffer = nullptr;
  unsigned long bytes = 0;
  bool ok = jpeg.handle && tjCompressFromYUVPlanes(jpeg.handle, pointers, int(planes.width),
                                                   strides, int(planes.height), subsampling,
                                                   &buffer, &bytes, quality, 0) == 0;
  if (ok)
    file.assign(buffer, buffer + bytes);
  tjFree(buffer);
  return ok ? std::nullopt
            : std::optional<std::string>(std::string("the picture cannot be encoded: ") +
                                         tjGetErrorStr2(jpeg.handle));
}

uint32_t largestFile(uint32_t width, uint32_t height) {
  // 4:4:4 is the largest sampling.
  unsigned long bytes = tjBufSize(int(width), int(height), TJSAMP_444);
  return uint32_t(std::min<unsigned long>(bytes, UINT_MAX));
}

} // namespace openatc::dvpp
