//===- Codes.h - CANN's numbers of element types and formats --------------===//
#ifndef OPENATC_SINGLEOP_CODES_H
#define OPENATC_SINGLEOP_CODES_H

#include "openatc/Support/DType.h"

#include <string>

namespace openatc::singleop {

/// CANN's number of an element type (aclDataType): 0 for f32, 1 for f16, ...; -1 for
/// Undefined.
int codeOf(DType dtype);
/// The element type of such a number; Undefined for types without one (strings, complex).
DType dtypeOfCode(int64_t code);

/// The element type that a --singleop file calls `name`, in any case: "float16", "fp16",
/// "DT_FLOAT16". Undefined when there is none.
DType dtypeOfName(std::string name);
/// The name for such a file: "float16".
const char *dtypeName(DType dtype);

/// Number of a format (aclFormat) by its upper-case name: 0 for "NCHW"; -1 when unknown.
int formatCode(const std::string &name);
/// Name of a format by its number; empty when unknown.
std::string formatName(int64_t code);

} // namespace openatc::singleop

#endif // OPENATC_SINGLEOP_CODES_H
