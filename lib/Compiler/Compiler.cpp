//===- Compiler.cpp - The phases of a compilation -------------------------===//
#include "openatc/Compiler/Compiler.h"

#include "AippConfiguration.h"
#include "DiagnosticCollector.h"
#include "FusionSwitches.h"
#include "ImportMessages.h"
#include "InputType.h"
#include "OpenShapes.h"
#include "OutputType.h"
#include "PassRecorder.h"
#include "PrecisionLists.h"
#include "openatc/Codegen/Report.h"
#include "openatc/Codegen/Tasks.h"
#include "openatc/Compiler/Gears.h"
#include "openatc/Graph/InsertAipp.h"
#include "openatc/Graph/Passes.h"
#include "openatc/Graph/Pipeline.h"
#include "openatc/Kernel/Pipeline.h"
#include "openatc/OfflineModel/Gears.h"
#include "Json/GraphJson.h"

#include "Ascend/AscendOps.h"
#include "DaVinci/DaVinci.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/ThreadPool.h"

#include <chrono>
#include <filesystem>
#include <set>

using namespace mlir;

namespace openatc::compiler {
namespace {

DialectRegistry allDialects() {
  DialectRegistry registry;
  registry.insert<ascend::AscendDialect, davinci::DaVinciDialect, arith::ArithDialect,
                  func::FuncDialect, scf::SCFDialect>();
  return registry;
}

graph::PrecisionMode precisionMode(Precision precision) {
  switch (precision) {
  case Precision::ForceFp16:
    return graph::PrecisionMode::ForceFp16;
  case Precision::KeepOriginal:
    return graph::PrecisionMode::KeepOrigin;
  case Precision::CubeFp32Out:
    return graph::PrecisionMode::CubeFp32Out;
  case Precision::AllowFp32ToFp16:
    return graph::PrecisionMode::AllowFp32ToFp16;
  case Precision::MixedFp16:
    return graph::PrecisionMode::MixedFp16;
  }
  return graph::PrecisionMode::ForceFp16;
}

/// One compilation for fixed shapes: the module and what happens to it.
class Compilation {
public:
  /// `gear` is one of the options' gears, empty without gears.
  Compilation(const CompileOptions &options, std::vector<int64_t> gear, Messages &messages,
              CompileResult &result)
      : options(options), gear(std::move(gear)), messages(messages), result(result),
        pool(llvm::hardware_concurrency(options.threads)),
        context(allDialects(), MLIRContext::Threading::DISABLED), collector(&context, messages) {
    if (options.threads != 1)
      context.setThreadPool(pool);
    context.loadAllAvailableDialects();
  }

  /// Phase `import`; the report lists what is not supported.
  bool import(importer::ImportReport &report) {
    return run(Phase::Import, [&] {
      if (options.modelBytes.empty() && !checkReadable(options.model, "model", messages))
        return failure();
      importer::ImportOptions importOptions;
      importOptions.bytes = options.modelBytes;
      importOptions.files = options.files;
      for (const InputShape &shape : shapesOfGear(options, gear))
        importOptions.inputShapes[shape.name] = shape.dims;
      importOptions.outputs = options.outNodes;
      module = importer::importOnnx(context, options.model, importOptions, report);
      reportImport(report, options.model, messages);
      result.externalFiles = report.externalFiles;
      if (!module || messages.failed() ||
          !readAipp(options, module->lookupSymbol<func::FuncOp>("main"), messages, result.notes) ||
          !setInputTypes(*module, options, messages) || !setOutputTypes(*module, options, messages))
        return failure();
      graph::setPrecisionPolicy(
          module->lookupSymbol<func::FuncOp>("main"),
          readPrecisionPolicy(options.precisionOptions,
                              {report.operators.begin(), report.operators.end()}, messages));
      fusions = readFusionSwitches(options.fusionOptions, messages);
      module->walk([&](Operation *op) {
        if (!llvm::isa<ascend::ConstantOp, func::FuncOp, func::ReturnOp, ModuleOp>(op))
          for (std::string &node : codegen::nodeNames(op->getLoc()))
            onnxNodes.insert(std::move(node));
      });
      for (auto [i, node] : llvm::enumerate(report.operators))
        history.nodes.emplace(node.first,
                              codegen::PassHistory::Node{node.second, int64_t(i), {}, -1});
      recorder.begin(*module);
      return success();
    });
  }

  /// All phases but the last. False when one failed or is the last one wanted.
  bool lower() {
    importer::ImportReport report;
    if (!import(report)) {
      bool nodesFail = !report.unsupported.empty();
      for (const importer::ImportError &error : report.errors)
        nodesFail |= error.kind == importer::ImportError::Kind::Node;
      if (nodesFail)
        result.checkReport = checkReportJson(report, options.model, messages);
      return false;
    }
    return runPasses(Phase::Graph, [&](OpPassManager &pm) { buildGraph(pm); }) &&
           runPasses(Phase::Kernel,
                     [&](OpPassManager &pm) {
                       kernel::buildKernelPipeline(pm, options.soc,
                                                   fusions.has(graph::Fusion::BatchLoop));
                     }) &&
           runPasses(Phase::Core, [&](OpPassManager &pm) {
             // Elsewhere conversions to f16 saturate.
             kernel::buildCorePipeline(pm, options.soc,
                                       options.precision != Precision::KeepOriginal);
           });
  }

  /// Shapes of the results after shape inference; empty when it fails.
  std::vector<host::Shape> outputShapes() {
    importer::ImportReport report;
    bool done = import(report) && runPasses(Phase::Graph, [](OpPassManager &pm) {
                  pm.addPass(graph::createVerifyImportPass());
                  pm.nest<func::FuncOp>().addPass(graph::createInferShapesPass());
                });
    std::vector<host::Shape> shapes;
    if (!done)
      return shapes;
    for (Type type : module->lookupSymbol<func::FuncOp>("main").getResultTypes()) {
      auto ranked = dyn_cast<RankedTensorType>(type);
      shapes.push_back(ranked ? host::Shape(ranked.getShape().begin(), ranked.getShape().end())
                              : host::Shape());
    }
    return shapes;
  }

  /// Phase `binary`: `steps` makes the model from the module.
  bool binary(llvm::function_ref<LogicalResult(ModuleOp)> steps) {
    return run(Phase::Binary, [&] { return steps(*module); });
  }

  /// Names of the network's nodes, known after the import.
  const std::set<std::string> &nodes() const { return onnxNodes; }
  /// What the passes did to them.
  const codegen::PassHistory &passes() const { return history; }

  /// The graph of the model with the shapes of all tensors, as JSON; empty when that fails.
  std::string shapedGraph() {
    importer::ImportReport report;
    bool done = import(report) && runPasses(Phase::Graph, [](OpPassManager &pm) {
                  pm.addPass(graph::createVerifyImportPass());
                  pm.nest<func::FuncOp>().addPass(graph::createInferShapesPass());
                });
    if (!done)
      return "";
    JsonModel model;
    model.name = std::filesystem::path(options.model).stem().string();
    model.graphs.push_back({model.name, graphOf(*module)});
    return print(std::move(model));
  }

private:
  /// Runs the steps of a phase and proves that they left valid IR. False when the phase
  /// failed or is the last one wanted.
  bool run(Phase phase, llvm::function_ref<LogicalResult()> steps) {
    collector.setPhase(phase);
    if (options.onPhase)
      options.onPhase(phase);
    auto start = std::chrono::steady_clock::now();
    LogicalResult status = steps();
    if (succeeded(status) && phase != Phase::Binary)
      status = verify(*module);
    std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    addTime(phase, time.count());
    if (failed(status) && !messages.failed())
      messages.error({"E19999",
                      std::string("Phase ") + nameOf(phase) + " failed without a reason.",
                      {},
                      "",
                      "Look at the phase before it with --compile-to."});
    if (messages.failed()) {
      // What the first import finds is about the model, not about its shapes.
      if (!gear.empty() && (phase != Phase::Import || gear != options.gears.values.front()))
        for (Message &message : messages.errors)
          message.details.push_back("This is about gear " + om::gearText(gear) + " of --" +
                                    om::optionOf(options.gears.kind) + ".");
      return false;
    }
    if (!options.dumpIrDir.empty() && phase != Phase::Binary && !dump(phase))
      return false;
    if (options.compileTo != phase)
      return true;
    if (!gear.empty())
      result.ir += "// gear " + om::gearText(gear) + "\n";
    result.ir += printed();
    return false;
  }

  /// Gears go through the phases one after the other; their times are added up.
  void addTime(Phase phase, double milliseconds) {
    for (PhaseTime &time : result.phases)
      if (time.name == nameOf(phase)) {
        time.milliseconds += milliseconds;
        return;
      }
    result.phases.push_back({nameOf(phase), milliseconds});
  }

  bool runPasses(Phase phase, llvm::function_ref<void(OpPassManager &)> build) {
    return run(phase, [&]() -> LogicalResult {
      PassManager pm(&context, ModuleOp::getOperationName());
      pm.enableVerifier(false); // once, at the end of the phase
      pm.addInstrumentation(recorder.instrumentation());
      build(pm);
      return pm.run(*module);
    });
  }

  void buildGraph(OpPassManager &pm) {
    graph::GraphPipelineOptions graphOptions;
    graphOptions.soc = options.soc;
    graphOptions.precision = precisionMode(options.precision);
    graphOptions.clipWeights = options.precisionOptions.clipWeights;
    graphOptions.fusions = fusions;
    graphOptions.insertOpConf = options.insertOpConf;
    graphOptions.aipp = aippOptions(options);
    graph::buildGraphPipeline(pm, graphOptions);
  }

  /// The module as text; weights are left out.
  std::string printed() {
    std::string text;
    llvm::raw_string_ostream os(text);
    OpPrintingFlags flags;
    flags.elideLargeElementsAttrs(32).elideLargeResourceString(64);
    module->print(os, flags);
    return text;
  }

  bool dump(Phase phase) {
    std::error_code failure;
    std::filesystem::create_directories(options.dumpIrDir, failure);
    std::string name = std::to_string(int(phase)) + "-" + nameOf(phase) + ".mlir";
    if (!gear.empty())
      name = "gear-" + om::gearText(gear) + "-" + name;
    return writeText(printed(), options.dumpIrDir + "/" + name, messages);
  }

  const CompileOptions &options;
  std::vector<int64_t> gear;
  Messages &messages;
  CompileResult &result;
  llvm::DefaultThreadPool pool;
  MLIRContext context;
  DiagnosticCollector collector;
  OwningOpRef<ModuleOp> module;
  std::set<std::string> onnxNodes;
  graph::FusionSet fusions;
  codegen::PassHistory history;
  PassRecorder recorder{history};
};

/// Gears to compile, one after the other; a single empty one without gears.
std::vector<std::vector<int64_t>> gearsOf(const CompileOptions &options) {
  if (options.gears.kind == om::GearKind::None)
    return {{}};
  return options.gears.values;
}

codegen::ModelOptions modelOptions(const CompileOptions &options) {
  codegen::ModelOptions out;
  out.name = std::filesystem::path(options.model).stem().string();
  out.soc = options.soc;
  out.commandLine = options.commandLine;
  out.inputFormat = options.inputFormat;
  out.reuseMemory = options.reuseMemory;
  out.weights = options.externalWeight == 1   ? codegen::WeightPlace::PerConstant
                : options.externalWeight == 2 ? codegen::WeightPlace::Combined
                                              : codegen::WeightPlace::Inside;
  out.weightFile =
      "weight/" + std::filesystem::path(options.output).stem().string() + "_weight_combined";
  out.gearKind = options.gears.kind;
  out.dynamicAxes = dynamicAxes(options);
  return out;
}

} // namespace

CompileResult compile(const CompileOptions &options, Messages &messages) {
  return hasOpenShapes(options) ? compileOpen(options, messages) : compileFixed(options, messages);
}

std::vector<host::Shape> inferOutputs(const CompileOptions &options, Messages &messages) {
  CompileOptions quiet = options;
  quiet.dumpIrDir.clear();
  quiet.compileTo.reset();
  quiet.onPhase = nullptr;
  CompileResult result;
  return Compilation(quiet, {}, messages, result).outputShapes();
}

CompileResult compileFixed(const CompileOptions &options, Messages &messages) {
  CompileResult result;
  codegen::ModelOptions codegenOptions = modelOptions(options);
  codegen::ModelAssembler assembler(codegenOptions);
  std::vector<std::vector<int64_t>> gears = gearsOf(options);
  for (const std::vector<int64_t> &gear : gears) {
    // One module at a time: that of a gear goes before the next one comes.
    Compilation compilation(options, gear, messages, result);
    bool lowered = compilation.lower();
    if (messages.failed())
      return result;
    if (!lowered) // stopped where the user wants it
      continue;
    codegenOptions.onnxNodes = compilation.nodes();
    codegenOptions.history = &compilation.passes();
    bool last = &gear == &gears.back();
    compilation.binary([&](ModuleOp module) {
      if (!last)
        return assembler.add(module, gear);
      if (failed(assembler.addLast(module, gear)))
        return failure();
      codegen::BuiltModel built = assembler.finish();
      built.model.reportJson = codegen::reportJson(built);
      result.model = std::move(built.model);
      return success();
    });
    if (messages.failed())
      return result;
  }
  return result;
}

void check(const CompileOptions &options, const std::string &reportPath, Messages &messages) {
  CompileResult result;
  importer::ImportReport report;
  Compilation(options, gearsOf(options).front(), messages, result).import(report);
  writeText(checkReportJson(report, options.model, messages), reportPath, messages);
}

void convertOnnx(const CompileOptions &options, bool inferShapes, const std::string &jsonPath,
                 Messages &messages) {
  CompileResult result;
  std::string text =
      inferShapes ? Compilation(options, gearsOf(options).front(), messages, result).shapedGraph()
                  : onnxAsJson(options.model, messages);
  if (!messages.failed())
    writeText(text, jsonPath, messages);
}

} // namespace openatc::compiler
