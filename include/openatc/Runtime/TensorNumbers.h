//===- TensorNumbers.h - Elements of a tensor as numbers ------------------===//
#ifndef OPENATC_RUNTIME_TENSORNUMBERS_H
#define OPENATC_RUNTIME_TENSORNUMBERS_H

#include "openatc/Support/DType.h"

#include <cstdint>
#include <span>
#include <vector>

namespace openatc::rt {

/// The elements of dense bytes as doubles; 64-bit integers beyond 2^53 lose their low bits.
std::vector<double> toDoubles(DType dtype, std::span<const uint8_t> bytes);

/// What dumps of statistics say about a tensor.
struct TensorStatistics {
  double max = 0, min = 0, average = 0, l2 = 0; ///< of the finite elements; 0 when there is none
  uint64_t count = 0, nans = 0, negativeInfinities = 0, positiveInfinities = 0;
};
TensorStatistics statisticsOf(std::span<const double> values);

} // namespace openatc::rt

#endif // OPENATC_RUNTIME_TENSORNUMBERS_H
