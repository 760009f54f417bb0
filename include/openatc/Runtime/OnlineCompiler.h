//===- OnlineCompiler.h - The compiler, loaded when it is needed ----------===//
#ifndef OPENATC_RUNTIME_ONLINECOMPILER_H
#define OPENATC_RUNTIME_ONLINECOMPILER_H

#include "openatc/OfflineModel/Model.h"

#include <span>

namespace openatc::rt {

/// What to compile: a single operator, or an ONNX model with its external data.
struct CompileRequest {
  std::string singleOp;           ///< JSON of an operator; empty: a model
  std::string modelName;          ///< of the model
  std::span<const uint8_t> model; ///< ONNX bytes
  std::vector<std::pair<std::string, std::span<const uint8_t>>> files; ///< by location
  std::vector<std::string> options;                                    ///< as on atc's command line
};

/// A model, or why there is none.
struct CompileOutcome {
  enum class Failure : uint8_t {
    None,
    NoCompiler, ///< the library is missing or does not fit
    Refused,    ///< the compiler's errors are in `message`
  };
  Failure failure = Failure::None;
  std::string code;    ///< of the first error: "E10501"
  std::string message; ///< one or more sentences
  std::optional<om::Model> model;
};

/// Compiles through libopenatc_compiler.so, which the first call in a process loads: from
/// the path in OPENATC_COMPILER_LIBRARY if it is set, else from the folder of the program or
/// library that this code is in, else as the system's loader finds it. May be called from
/// several threads at once.
CompileOutcome compileOnline(const CompileRequest &request);

} // namespace openatc::rt

#endif // OPENATC_RUNTIME_ONLINECOMPILER_H
