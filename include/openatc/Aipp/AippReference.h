//===- AippReference.h - AIPP computed pixel by pixel on the host ---------===//
#ifndef OPENATC_AIPP_AIPPREFERENCE_H
#define OPENATC_AIPP_AIPPREFERENCE_H

#include "openatc/Aipp/AippParams.h"

namespace openatc::aipp {

/// Applies a static stage to `batch` pictures that follow each other in `src`
/// (bytesPerImage(params) each) and writes [batch, channels, outH, outW] to `dst`:
/// half-precision bits, or the bytes of a network that takes bytes (params.bytes).
/// The numeric reference of the AIPP kernel, and what dynamic AIPP computes.
void applyAipp(const AippParams &params, const uint8_t *src, int64_t batch, uint16_t *dst);
void applyAipp(const AippParams &params, const uint8_t *src, int64_t batch, uint8_t *dst);

} // namespace openatc::aipp

#endif // OPENATC_AIPP_AIPPREFERENCE_H
