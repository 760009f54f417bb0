//===- Messages.cpp - The layout of error blocks --------------------------===//
#include "openatc/Compiler/Messages.h"

#include "openatc/Compiler/Options.h"
#include "openatc/Support/Stamp.h"

namespace openatc::compiler {
namespace {

constexpr const char *step = "        ";

/// Lines below a headline, each behind `indent`.
void addBody(std::string &out, const Message &message, const std::string &indent) {
  for (const std::string &line : message.details)
    out += indent + line + "\n";
  if (!message.cause.empty())
    out += indent + "Possible Cause: " + message.cause + "\n";
  if (!message.solution.empty())
    out += indent + "Solution: " + message.solution + "\n";
}

} // namespace

std::string format(std::span<const Message> errors) {
  if (errors.empty())
    return "";
  const Message &first = errors.front();
  std::string out = errorHeadline(titleOf(first.code), first.code, first.text) + "\n";
  addBody(out, first, step);
  if (errors.size() > 1)
    out += std::string(step) + "TraceBack (most recent call last):\n";
  for (const Message &later : errors.subspan(1)) {
    std::string title(titleOf(later.code));
    out += step + (title.empty() ? later.code : title + "(" + later.code + ")") + ": ";
    out += later.text + "\n";
    addBody(out, later, std::string(step) + step);
  }
  return out;
}

Message invalidValue(const std::string &parameter, const std::string &value,
                     const std::string &reason, const std::string &solution) {
  std::string text = value.empty() ? "The value" : "Value " + value;
  text += " for parameter --" + parameter + " is invalid. Reason: " + reason;
  return {"E10001", std::move(text), {}, "", solution};
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
