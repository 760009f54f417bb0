//===- DebugOptions.cpp - Logs, reports, dumps ----------------------------===//
#include "Families.h"

#include <charconv>

namespace openatc::compiler {
namespace {

using enum OptionStatus;
constexpr OptionGroup group = OptionGroup::Debug;

constexpr const char *dumps = "use --dump_ir and `om disasm`";
constexpr const char *noCache = "there is no kernel cache";

constexpr OptionInfo rows[] = {
    {"log", group, Used, "<level>",
     "debug, info, warning, error or null (default): log lines up to this level, on the screen "
     "when "
     "ASCEND_SLOG_PRINT_TO_STDOUT=1, in files below the folder of ASCEND_PROCESS_LOG_PATH if set",
     "", "debug|info|warning|error|null"},
    {"display_model_info", group, Used, "<0|1>", "1: describe the new model as mode 6 does", "",
     "0|1"},
    {"report", group, Used, "<file>", "write the compile report as JSON (OpenATC)"},
    {"compile_to", group, Used, "<phase>",
     "stop after import, graph, kernel, core or binary and print the IR (OpenATC)", "",
     "import|graph|kernel|core|binary"},
    {"dump_ir", group, Used, "<folder>", "write the IR after every phase there (OpenATC)"},
    {"threads", group, Used, "<n>", "threads of the compiler; default: all (OpenATC)", "", "int"},
    {"op_debug_level", group, Ignored, "<n>", dumps, "0", "int:0|1|2|3|4"},
    {"op_debug_config", group, Ignored, "<file>", dumps},
    {"debug_dir", group, Ignored, "<path>", dumps},
    {"op_compiler_cache_mode", group, Ignored, "<mode>", noCache, "disable",
     "enable|disable|force"},
    {"op_compiler_cache_dir", group, Ignored, "<path>", noCache},
    {"export_compile_stat", group, Ignored, "<n>", "use --report", "1", "0|1|2"},
    {"status_check", group, Ignored, "<n>", "the simulator checks every access", "0", "0|1"},
};

void read(OptionReader &reader, CommandLine &line) {
  CompileOptions &options = line.options;
  options.log = LogLevel(reader.choice("log", {"null", "error", "warning", "info", "debug"}, 0));
  line.displayModelInfo = reader.flag("display_model_info", false);
  options.reportFile = reader.text("report");
  options.dumpIrDir = reader.text("dump_ir");
  int phase = reader.choice("compile_to", {"import", "graph", "kernel", "core"}, -1);
  if (phase >= 0)
    options.compileTo = Phase(phase);
  if (const std::string *threads = reader.find("threads")) {
    auto [end, failure] =
        std::from_chars(threads->data(), threads->data() + threads->size(), options.threads);
    if (failure != std::errc() || options.threads == 0 || options.threads > 256)
      reader.messages.error(
          invalidValue("threads", *threads, "The value must be an integer from 1 to 256."));
  }
}

} // namespace

OptionFamily debugOptions() { return {rows, read}; }

} // namespace openatc::compiler
