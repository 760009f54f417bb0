//===- AippReference.h - AIPP computed pixel by pixel on the host ---------===//
#ifndef OPENATC_AIPP_AIPPREFERENCE_H
#define OPENATC_AIPP_AIPPREFERENCE_H

#include "openatc/Aipp/AippParams.h"

namespace openatc::aipp {

/// Applies the stage to `batch` pictures that follow each other in `src`
/// (bytesPerImage(params) each) and writes half-precision bits to `dst` as
/// [batch, channels, outH, outW]. The numeric reference of the AIPP kernel.
void applyAipp(const AippParams &params, const uint8_t *src, int64_t batch, uint16_t *dst);

} // namespace openatc::aipp

#endif // OPENATC_AIPP_AIPPREFERENCE_H
