//===- Options.h - What to compile and how --------------------------------===//
#ifndef OPENATC_COMPILER_OPTIONS_H
#define OPENATC_COMPILER_OPTIONS_H

#include "openatc/OfflineModel/Model.h"
#include "openatc/Support/DType.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace openatc::compiler {

/// The named phases of a compilation, in order.
enum class Phase { Import, Graph, Kernel, Core, Binary };

/// "import", "graph", "kernel", "core", "binary".
const char *nameOf(Phase phase);

/// Which element type f32 operators compute in; graph::PrecisionMode tells more.
enum class Precision {
  ForceFp16,       ///< f16 data, f32 accumulation, f32 inside numerically risky operators
  KeepOriginal,    ///< f32 vector arithmetic; contractions as sums of products of halves
  CubeFp32Out,     ///< f32 vector arithmetic; contractions take f16 operands and give f32
  AllowFp32ToFp16, ///< contractions in f16; f32 vector arithmetic where kernels have it
  MixedFp16,       ///< contractions in f16, risky operators in f32, others as their operands
};

/// Exceptions from the precision mode and the choice between forms of operators; paths of
/// files are empty when not given.
struct PrecisionOptions {
  std::string modifyMixlist, keepDtype, customizeDtypes, opPrecisionMode;
  bool highPrecision = false;         ///< of --op_select_implmode
  std::vector<std::string> implTypes; ///< operator types that it is for; empty: all
  bool clipWeights = true;            ///< weights too large for f16 become its largest values
};

/// How much atc tells about its work.
enum class LogLevel { Null, Error, Warning, Info, Debug };

/// Dimensions that the user gives for a model input.
struct InputShape {
  std::string name;                      ///< empty: the input at this place in the list
  std::vector<int64_t> dims;             ///< -1 where the size is not one number
  std::vector<om::DimRange> ranges = {}; ///< of all dimensions when one is -1 and no gear decides
  bool isStatic() const { return ranges.empty(); }
  bool operator==(const InputShape &) const = default;
};

/// The sets of shapes that one model is compiled for; without a kind there is only one.
struct Gears {
  om::GearKind kind = om::GearKind::None;
  std::vector<std::vector<int64_t>> values; ///< as the user lists them
};

/// The element type of one output, by the `node:index` that makes it.
struct NodeOutputType {
  std::string output;
  DType type = DType::Undefined;
  bool operator==(const NodeOutputType &) const = default;
};

/// Which fusions are switched off; graph::Fusion lists them.
struct FusionOptions {
  std::string switchFile; ///< of --fusion_switch_file; empty: none
  std::string switches;   ///< of --optimization_switch, "name:off;name:on"
  bool batchLoop = true;  ///< false by --buffer_optimize
};

struct CompileOptions {
  std::string model; ///< path of the .onnx file
  /// The model when it is in memory (`model` is only its name then), and its external data.
  std::span<const uint8_t> modelBytes;
  std::map<std::string, std::span<const uint8_t>> files;
  std::string output;                      ///< path of the .om file to write
  std::string soc = "Ascend310P3";         ///< name of a built-in description
  std::vector<InputShape> inputShapes;     ///< of --input_shape, in order
  Gears gears;                             ///< of --dynamic_batch_size, _image_size or _dims
  std::string inputFormat = "NCHW";        ///< "NCHW", "ND" or "NCDHW"
  std::string insertOpConf;                ///< path of an AIPP configuration; empty: none
  std::vector<std::string> outNodes;       ///< of --out_nodes, `node:index` or tensors; empty: all
  std::optional<DType> outputType;         ///< of all outputs; none: the model's types
  std::vector<NodeOutputType> outputTypes; ///< of single outputs
  std::vector<std::string> inputFp16Nodes; ///< inputs that are passed as fp16
  Precision precision = Precision::ForceFp16;
  PrecisionOptions precisionOptions;
  FusionOptions fusionOptions;
  std::optional<Phase> compileTo; ///< stop after this phase and give its IR
  std::string dumpIrDir;          ///< folder for the IR after every phase
  std::string reportFile;         ///< JSON report; empty: none
  std::string commandLine;        ///< stored in the model: what decides its bytes
  /// Options that a compilation of the same model for other shapes needs, one word each, and
  /// the names of those that read a file.
  std::vector<std::string> runtimeOptions, fileOptions;
  unsigned threads = 0;    ///< of the compiler; 0: all hardware threads
  int externalWeight = 0;  ///< 0: in the .om; 1: a file for each constant; 2: one file
  bool reuseMemory = true; ///< false: every tensor has its own memory
  LogLevel log = LogLevel::Null;
  std::function<void(Phase)> onPhase; ///< called when a phase begins; may be empty
};

} // namespace openatc::compiler

#endif // OPENATC_COMPILER_OPTIONS_H
