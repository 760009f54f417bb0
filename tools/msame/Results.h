//===- Results.h - Outputs as text ----------------------------------------===//
#ifndef OPENATC_TOOLS_MSAME_RESULTS_H
#define OPENATC_TOOLS_MSAME_RESULTS_H

#include "acl/acl.h"

#include <ostream>
#include <vector>

namespace msame {

/// An output on the host.
struct Result {
  aclDataType type;
  std::vector<int64_t> shape;
  std::vector<char> bytes;
};

/// Bytes that its shape takes.
size_t bytesOf(const Result &result);

/// Writes the values with a space behind each and a line for each row of the last dimension.
void writeText(std::ostream &out, const Result &result);

} // namespace msame

#endif // OPENATC_TOOLS_MSAME_RESULTS_H
