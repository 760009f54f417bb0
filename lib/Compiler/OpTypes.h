//===- OpTypes.h - Names that operators go by -------------------------------===//
#ifndef OPENATC_LIB_COMPILER_OPTYPES_H
#define OPENATC_LIB_COMPILER_OPTYPES_H

#include <string>
#include <string_view>
#include <vector>

namespace openatc::compiler {

/// What an operator type in a list of the user means here.
struct OpType {
  std::vector<std::string> onnx; ///< operators of the model
  std::string fused;             ///< op that normalisation makes of several nodes; may be empty
  bool known = false;            ///< false: in no table, taken for an ONNX operator
};

/// Looks up CANN's name of an operator ("MatMulV2") or ONNX's ("MatMul").
OpType findOpType(std::string_view name);

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_OPTYPES_H
