//===- Numerics.cpp - Tensors as numbers, and how alike they are ----------===//

#include "Numerics.h"

#include "openatc/Runtime/TensorNumbers.h"

#include <algorithm>
#include <cmath>

namespace openatc::tool {

std::vector<double> toDoubles(const HostTensor &tensor) {
  return rt::toDoubles(tensor.dtype, tensor.bytes);
}

Similarity compareValues(const std::vector<double> &got, const std::vector<double> &want) {
  Similarity out;
  double dot = 0, gotSquares = 0, wantSquares = 0, top = 0, error = 0;
  size_t equal = 0;
  for (size_t i = 0; i < want.size(); ++i) {
    double a = got[i], b = want[i];
    equal += a == b || (std::isnan(a) && std::isnan(b));
    if (std::isfinite(a) != std::isfinite(b))
      out.sameFinite = false;
    if (!std::isfinite(a) || !std::isfinite(b))
      continue;
    dot += a * b;
    gotSquares += a * a;
    wantSquares += b * b;
    top = std::max(top, std::abs(b));
    error = std::max(error, std::abs(a - b));
  }
  double norms = std::sqrt(gotSquares) * std::sqrt(wantSquares);
  out.cosine = norms > 0 ? dot / norms : gotSquares == wantSquares ? 1 : 0;
  // A reference of zeroes alone has no scale; then the difference itself must be small.
  out.relative = error / std::max(top, 1e-6);
  out.absolute = error;
  out.equal = want.empty() ? 1 : double(equal) / double(want.size());
  return out;
}

} // namespace openatc::tool
