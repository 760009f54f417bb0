//===- Compiler.h - The library behind atc --------------------------------===//
#ifndef OPENATC_COMPILER_COMPILER_H
#define OPENATC_COMPILER_COMPILER_H

#include "openatc/Compiler/Messages.h"
#include "openatc/Compiler/Options.h"
#include "openatc/OfflineModel/Reader.h"

#include <optional>
#include <string>
#include <vector>

namespace openatc::compiler {

/// Wall time of one phase.
struct PhaseTime {
  std::string name;
  double milliseconds = 0;
};

struct CompileResult {
  std::optional<om::Model> model;         ///< unless compilation stopped before the binary phase
  std::string ir;                         ///< IR after CompileOptions::compileTo, if given
  std::vector<PhaseTime> phases;          ///< in order; up to the one that failed
  std::vector<std::string> notes;         ///< what the application must know, e.g. about AIPP
  std::vector<std::string> externalFiles; ///< locations of the model's external data
  std::string checkReport;                ///< as of mode 3, when nodes of the model stop the import
};

/// Compiles an ONNX file through the phases import, graph, kernel, core and binary. Each
/// phase ends with a verification of the whole module. Problems go to `messages`; all
/// unsupported nodes of a model are found in one run. Reads the model (and its external
/// data and AIPP file), writes nothing but the IR dumps asked for. Equal input gives an
/// equal model for any number of threads.
CompileResult compile(const CompileOptions &options, Messages &messages);

/// Runs only the import phase and shape inference, to find out whether a model is
/// supported; writes the report of atc's mode 3 to `reportPath`.
void check(const CompileOptions &options, const std::string &reportPath, Messages &messages);

/// Mode 1 on an offline model: writes its JSON image, see docs/om-format.md.
void convertOffline(const std::string &omPath, const std::string &jsonPath, Messages &messages);

/// Mode 1 on the ONNX file `options.model`: writes it as JSON field for field or, when
/// `inferShapes` is set (--dump_mode=1), the imported graph with the shape of every tensor.
void convertOnnx(const CompileOptions &options, bool inferShapes, const std::string &jsonPath,
                 Messages &messages);

/// Reads and verifies an offline model; nothing, with a message, when that fails.
std::optional<om::Model> readModel(const std::string &path, om::FileInfo &info, Messages &messages);

/// Writes the model to `path`, making missing folders. An existing file is replaced
/// only when everything is written.
void writeModel(const om::Model &model, const std::string &path, Messages &messages);

/// Writes `text` to a file, making missing folders; false with a message when that fails.
bool writeText(const std::string &text, const std::string &path, Messages &messages);

/// The page that atc prints after a success: nodes per engine, memory, sizes, times.
/// `fileBytes` is the size of the .om file.
std::string summaryText(const om::Model &model, const CompileResult &result, uint64_t fileBytes);

/// The report file of --report: the report in the model with the times of the phases.
std::string reportWithTimes(const om::Model &model, const std::vector<PhaseTime> &phases);

/// The text of mode 6 and --display_model_info. The tasks lie inside the metadata, so
/// they have no size of their own (-1).
std::string modelInfoText(const om::Model &model, const om::FileInfo &file);

} // namespace openatc::compiler

#endif // OPENATC_COMPILER_COMPILER_H
