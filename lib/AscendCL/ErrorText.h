//===- ErrorText.h - The layout of error texts ----------------------------===//
#ifndef OPENATC_LIB_ASCENDCL_ERRORTEXT_H
#define OPENATC_LIB_ASCENDCL_ERRORTEXT_H

#include <string>

namespace openatc::acl {

/// The block of an error: "[PID: n] YYYY-MM-DD-HH:MM:SS.mmm.uuu Title(EE1001): <line>", then
/// indented "Possible Cause:" and "Solution:" lines where the code has them. `isNull` says
/// that an argument was NULL, which has a title of its own.
std::string errorBlock(int code, const std::string &line, bool isNull);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_ERRORTEXT_H
