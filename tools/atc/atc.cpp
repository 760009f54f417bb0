//===- atc.cpp - The compiler's command -----------------------------------===//
//
// Console protocol and exit status are those of CANN's atc, which scripts look for:
// everything but option syntax errors goes to stdout.
//
//===----------------------------------------------------------------------===//
#include "openatc/Compiler/CommandLine.h"
#include "openatc/Compiler/Compiler.h"
#include "openatc/Compiler/OptionTable.h"

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <malloc.h>
#include <unistd.h>

using namespace openatc;
using namespace openatc::compiler;

namespace {

constexpr int exitFailure = 255;

void print(const std::string &text) { std::fputs(text.c_str(), stdout); }

int fail(const Messages &messages) {
  print("ATC run failed, Please check the detail log, Try 'atc --help' for more information\n");
  print(format(messages.errors));
  return exitFailure;
}

int succeed(const Messages &messages) {
  print("ATC run success, welcome to the next use.\n");
  for (const std::string &warning : messages.warnings)
    print(warning + "\n");
  return 0;
}

/// Reads an offline model from disk and prints its description.
bool describe(const std::string &path, Messages &messages) {
  om::FileInfo info;
  Expected<om::Model> model = om::readFile(path, &info);
  if (!model) {
    messages.error(
        {"E13026",
         "File " + path + " is not a valid offline model. Reason: " + model.message() + ".",
         {},
         "The file is damaged or was made by another compiler.",
         "Compile the model again."});
    return false;
  }
  print(modelInfoText(*model, info));
  return true;
}

int runCompile(CommandLine &line) {
  Messages &messages = line.messages;
  CompileOptions &options = line.options;
  // On a terminal one line shows where a long compilation is; scripts do not see it.
  bool terminal = isatty(STDOUT_FILENO);
  if (terminal)
    options.onPhase = [](Phase phase) {
      std::printf("\r\033[K%s ...", nameOf(phase));
      std::fflush(stdout);
    };
  CompileResult result = compile(options, messages);
  if (terminal)
    print("\r\033[K");
  if (options.log >= LogLevel::Info)
    for (const PhaseTime &phase : result.phases)
      std::printf("[INFO] ATC: phase %s took %.1f ms\n", phase.name.c_str(), phase.milliseconds);
  if (messages.failed())
    return fail(messages);
  if (options.compileTo) {
    print(result.ir);
    return succeed(messages);
  }
  if (!result.model)
    return fail(messages);
  writeModel(*result.model, options.output, messages);
  if (messages.failed())
    return fail(messages);
  if (!options.reportFile.empty() &&
      !writeText(reportWithTimes(*result.model, result.phases), options.reportFile, messages))
    return fail(messages);
  std::error_code failure;
  uint64_t bytes = std::filesystem::file_size(options.output, failure);
  print(summaryText(*result.model, result, failure ? 0 : bytes));
  if (line.displayModelInfo && !describe(options.output, messages))
    return fail(messages);
  return succeed(messages);
}

} // namespace

int main(int argc, char **argv) {
#ifdef __GLIBC__
  // Weights are converted and packed one after the other: memory of one that is freed is better
  // taken by the next than given back and paid for again, page by page.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
  std::vector<std::string> words(argv + 1, argv + argc);
  CommandLine line = parseCommandLine(words);
  if (!line.syntaxError.empty()) {
    std::fprintf(stderr, "%s\n", line.syntaxError.c_str());
    return exitFailure;
  }
  print("ATC start working now, please wait for a moment.\n");
  if (line.action == CommandLine::Action::Help || words.empty()) {
    print(helpText());
    return 0;
  }
  std::fflush(stdout);
  if (line.messages.failed())
    return fail(line.messages);
  switch (line.action) {
  case CommandLine::Action::ShowModel:
    return describe(line.om, line.messages) ? succeed(line.messages) : fail(line.messages);
  case CommandLine::Action::Check:
    check(line.options, line.checkReport, line.messages);
    return line.messages.failed() ? fail(line.messages) : succeed(line.messages);
  case CommandLine::Action::Compile:
  case CommandLine::Action::Help:
    break;
  }
  return runCompile(line);
}
