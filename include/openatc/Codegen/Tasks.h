//===- Tasks.h - The offline model of a lowered module --------------------===//
#ifndef OPENATC_CODEGEN_TASKS_H
#define OPENATC_CODEGEN_TASKS_H

#include "openatc/Codegen/PassHistory.h"
#include "openatc/OfflineModel/Model.h"

#include "mlir/IR/BuiltinOps.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace openatc::codegen {

/// Where an offline model keeps its weights.
enum class WeightPlace {
  Inside,      ///< in the .om file
  PerConstant, ///< each constant in a file of its own
  Combined,    ///< all of them in one file, ModelOptions::weightFile
};

/// What models say about the compiler that made them.
inline constexpr const char *kCompilerVersion = "OpenATC 0.1.0";

/// What the module itself does not say about the offline model.
struct ModelOptions {
  std::string name, commandLine, inputFormat = "ND";
  std::string soc; ///< a known soc_version
  WeightPlace weights = WeightPlace::Inside;
  std::string weightFile;  ///< "weight/<name>" of Combined
  bool reuseMemory = true; ///< false: every tensor has arena memory of its own
  /// Names of the network's nodes: only these are counted. Empty: all names count.
  std::set<std::string> onnxNodes;
  om::GearKind gearKind = om::GearKind::None;
  /// By the name of an input, its ONNX axes that depend on the gear, ascending.
  std::map<std::string, std::vector<uint32_t>> dynamicAxes;
  /// Which passes worked on which node; null: tasks do not say.
  const PassHistory *history = nullptr;
};

/// A tensor in the arena, by the name of the ONNX tensor or node it comes from.
struct AliveTensor {
  std::string name;
  uint64_t bytes = 0;
};

/// The offline model, and what only its report says.
struct BuiltModel {
  om::Model model;
  std::vector<AliveTensor> aliveAtPeak; ///< what makes up the arena's lower bound, largest first
};

/// Builds the offline model of one lowered module, or of one for each gear. Weights of equal
/// content and equal kernels are stored once for all of them.
class ModelAssembler {
public:
  explicit ModelAssembler(const ModelOptions &options);
  ~ModelAssembler();

  /// Adds what a module does, see buildModel; `gear` is empty for a model without gears, of
  /// which there is one module. The module is not needed afterwards.
  mlir::LogicalResult add(mlir::ModuleOp module, std::vector<int64_t> gear);

  /// The same for the module that is added last: its weights are referred to, not copied, so
  /// it must live until finish().
  mlir::LogicalResult addLast(mlir::ModuleOp module, std::vector<int64_t> gear);

  /// The model; nothing may be added afterwards.
  BuiltModel finish();

private:
  struct Parts;
  std::unique_ptr<Parts> parts;
};

/// Builds the offline model of a module in which every op of `main` is a constant, a
/// launch, an operator of the AI CPU or a view (a reshape of row-major data, or a
/// change of layout that moves no byte), or a loop over the batch of such ops, and every
/// kernel is ready to be encoded.
///
/// Tasks of a loop are repeated for each slice with other addresses of what is cut. Memory of
/// values that live in one run is planned once for all runs.
///
/// Tasks keep the order of the ops. A result that is returned is computed in place, in
/// the output buffer; where that cannot be (an input, a constant or one value returned
/// twice) a copy is added. Emits diagnostics and fails on IR of another form.
mlir::FailureOr<BuiltModel> buildModel(mlir::ModuleOp module, const ModelOptions &options);

/// Names of the ONNX nodes that `loc` goes back to, each once, in order.
std::vector<std::string> nodeNames(mlir::Location loc);

} // namespace openatc::codegen

#endif // OPENATC_CODEGEN_TASKS_H
