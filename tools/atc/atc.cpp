//===- atc.cpp - The compiler's command -----------------------------------===//
//
// Console protocol and exit status are those of CANN's atc, which scripts look for:
// everything but option syntax errors goes to stdout.
//
//===----------------------------------------------------------------------===//
#include "openatc/Compiler/CommandLine.h"
#include "openatc/Compiler/Compiler.h"
#include "openatc/Compiler/Log.h"
#include "openatc/Compiler/OptionTable.h"
#include "openatc/Compiler/SingleOps.h"

#include <cstdio>
#include <cstdlib>
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

/// Ends a run: the line that scripts look for, then errors or warnings.
int finish(const Messages &messages, Log &log) {
  for (const std::string &warning : messages.warnings)
    log.write(LogLevel::Warning, warning);
  for (const Message &error : messages.errors)
    log.write(LogLevel::Error, error.code + ": " + error.text);
  if (messages.failed()) {
    print("ATC run failed, Please check the detail log, Try 'atc --help' for more information\n");
    print(format(messages.errors));
    return exitFailure;
  }
  print("ATC run success, welcome to the next use.\n");
  for (const std::string &warning : messages.warnings)
    print(warning + "\n");
  return 0;
}

/// Reads an offline model from disk and prints its description.
void describe(const std::string &path, Messages &messages) {
  om::FileInfo info;
  if (std::optional<om::Model> model = readModel(path, info, messages))
    print(modelInfoText(*model, info));
}

/// Where the report of a check goes: its default place follows ASCEND_WORK_PATH.
std::string checkReportPath(const CommandLine &line) {
  if (!line.checkReport.empty())
    return line.checkReport;
  const char *folder = std::getenv("ASCEND_WORK_PATH");
  return (std::filesystem::path(folder ? folder : "") / "check_result.json").string();
}

/// Compiles and writes the model; problems go to `line.messages`.
void runCompile(CommandLine &line, Log &log) {
  Messages &messages = line.messages;
  CompileOptions &options = line.options;
  // On a terminal one line shows where a long compilation is; scripts do not see it.
  bool terminal = isatty(STDOUT_FILENO);
  if (terminal)
    options.onPhase = [](Phase phase) {
      std::printf("\r\033[K%s ...", nameOf(phase));
      std::fflush(stdout);
    };
  log.write(LogLevel::Debug, "command line: " + options.commandLine);
  CompileResult result = compile(options, messages);
  if (terminal)
    print("\r\033[K");
  for (const PhaseTime &phase : result.phases)
    log.write(LogLevel::Info,
              "phase " + phase.name + " took " + std::to_string(phase.milliseconds) + " ms");
  if (!result.checkReport.empty())
    writeText(result.checkReport, checkReportPath(line), messages);
  if (messages.failed())
    return;
  if (options.compileTo)
    return print(result.ir);
  writeModel(*result.model, options.output, messages);
  if (messages.failed() ||
      (!options.reportFile.empty() &&
       !writeText(reportWithTimes(*result.model, result.phases), options.reportFile, messages)))
    return;
  std::error_code failure;
  uint64_t bytes = std::filesystem::file_size(options.output, failure);
  print(summaryText(*result.model, result, failure ? 0 : bytes));
  if (line.displayModelInfo)
    describe(options.output, messages);
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
  if (line.action == CommandLine::Action::OptionPage) {
    print(optionPage());
    return 0;
  }
  print("ATC start working now, please wait for a moment.\n");
  if (line.action == CommandLine::Action::Help || words.empty()) {
    print(helpText());
    return 0;
  }
  std::fflush(stdout);
  Log log(line.options.log);
  if (line.messages.failed())
    return finish(line.messages, log);
  switch (line.action) {
  case CommandLine::Action::ShowModel:
    describe(line.om, line.messages);
    break;
  case CommandLine::Action::Check:
    check(line.options, checkReportPath(line), line.messages);
    break;
  case CommandLine::Action::ConvertModel:
    convertOffline(line.om, line.json, line.messages);
    break;
  case CommandLine::Action::ConvertOnnx:
    convertOnnx(line.options, line.inferShapes, line.json, line.messages);
    break;
  case CommandLine::Action::SingleOps:
    for (const std::string &file : compileOps(line.singleOps, line.options, line.messages))
      print(file + "\n");
    break;
  case CommandLine::Action::Compile:
    runCompile(line, log);
    break;
  case CommandLine::Action::Help:
  case CommandLine::Action::OptionPage:
    break;
  }
  return finish(line.messages, log);
}
