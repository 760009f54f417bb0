//===- Transform.h - Scaling and conversion of samples --------------------===//
#ifndef OPENATC_LIB_DVPP_TRANSFORM_H
#define OPENATC_LIB_DVPP_TRANSFORM_H

#include "Picture.h"

namespace openatc::dvpp {

enum class Interpolation : uint8_t { Bilinear, Nearest };

/// Scales all planes to `width` x `height`, chroma in proportion. Sample i of the result lies at
/// (i + 0.5) * from / to - 0.5 of the source, edges repeated; bilinear weights have 11 bits, as in
/// the usual image libraries.
Planes resize(const Planes &planes, uint32_t width, uint32_t height, Interpolation interpolation);

/// Brings planes to the family and chroma sampling of a format: RGB and YUV by BT.601 at full
/// range, as JPEG files have it; shared chroma is the rounded mean, missing chroma is repeated.
Planes convert(const Planes &planes, const FormatInfo &to);

} // namespace openatc::dvpp

#endif // OPENATC_LIB_DVPP_TRANSFORM_H
