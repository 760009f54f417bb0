//===- Numerics.h - Tensors as numbers, and how alike they are ------------===//
#ifndef OPENATC_TOOLS_OM_NUMERICS_H
#define OPENATC_TOOLS_OM_NUMERICS_H

#include "Reference.h"

namespace openatc::tool {

/// The elements as doubles; 64-bit integers beyond 2^53 lose their low bits.
std::vector<double> toDoubles(const HostTensor &tensor);

struct Similarity {
  double cosine = 1;      ///< over elements that are finite in the reference
  double relative = 0;    ///< max |a - b| / max |b|
  double absolute = 0;    ///< max |a - b|
  double equal = 1;       ///< share of equal elements
  bool sameFinite = true; ///< finite in the same places
};

/// How alike `got` is to `want`; both have the same number of elements.
Similarity compareValues(const std::vector<double> &got, const std::vector<double> &want);

} // namespace openatc::tool

#endif // OPENATC_TOOLS_OM_NUMERICS_H
