//===- Jpeg.h - JPEG files through libjpeg-turbo --------------------------===//
#ifndef OPENATC_LIB_DVPP_JPEG_H
#define OPENATC_LIB_DVPP_JPEG_H

#include "Picture.h"

#include <optional>
#include <span>

namespace openatc::dvpp {

/// What the header of a JPEG file says.
struct JpegHeader {
  uint32_t width = 0, height = 0;
  int32_t components = 0;
  acldvppJpegFormat sampling = ACL_JPEG_CSS_UNKNOWN;
};

/// Reads the header; otherwise a sentence.
std::optional<std::string> readHeader(std::span<const uint8_t> file, JpegHeader &header);

/// Decodes to planes of even size (the last column or row repeated where it is odd), chroma as in
/// the file. Otherwise a sentence with the code: ACL_ERROR_UNSUPPORTED_JPEG for what the decoder
/// unit cannot read (progressive and arithmetic coding, 8192 pixels, other samplings).
aclError decode(std::span<const uint8_t> file, Planes &planes, std::string &text);

/// Encodes planes of chroma 4:2:0, 4:2:2 or 4:4:4 with a quality of 1 to 100.
std::optional<std::string> encode(const Planes &planes, int quality, std::vector<uint8_t> &file);

/// Bytes that an encoded picture cannot exceed.
uint32_t largestFile(uint32_t width, uint32_t height);

} // namespace openatc::dvpp

#endif // OPENATC_LIB_DVPP_JPEG_H
