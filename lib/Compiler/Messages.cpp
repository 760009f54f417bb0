//===- Messages.cpp - The layout of error blocks --------------------------===//
#include "openatc/Compiler/Messages.h"

#include "openatc/Compiler/Options.h"

namespace openatc::compiler {

std::string format(const Message &message) {
  constexpr const char *indent = "        ";
  std::string out = message.code + ": " + message.text + "\n";
  for (const std::string &line : message.details)
    out += indent + line + "\n";
  if (!message.cause.empty())
    out += indent + ("Possible Cause: " + message.cause) + "\n";
  if (!message.solution.empty())
    out += indent + ("Solution: " + message.solution) + "\n";
  return out;
}

Message invalidValue(const std::string &parameter, const std::string &value,
                     const std::string &reason, const std::string &solution) {
  return {"E10001",
          "Value [" + value + "] for parameter [--" + parameter + "] is invalid. Reason: " + reason,
          {},
          "",
          solution};
}

const char *nameOf(Phase phase) {
  switch (phase) {
  case Phase::Import:
    return "import";
  case Phase::Graph:
    return "graph";
  case Phase::Kernel:
    return "kernel";
  case Phase::Core:
    return "core";
  case Phase::Binary:
    return "binary";
  }
  return "";
}

} // namespace openatc::compiler
