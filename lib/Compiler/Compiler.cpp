//===- Compiler.cpp - The phases of a compilation -------------------------===//
#include "openatc/Compiler/Compiler.h"

#include "DiagnosticCollector.h"
#include "ImportMessages.h"
#include "OutputType.h"
#include "openatc/Codegen/Report.h"
#include "openatc/Codegen/Tasks.h"
#include "openatc/Graph/InsertAipp.h"
#include "openatc/Graph/Pipeline.h"
#include "openatc/Kernel/Pipeline.h"

#include "Ascend/AscendOps.h"
#include "DaVinci/DaVinci.h"

#include "mlir/IR/Verifier.h"
#include "llvm/Support/MemoryBuffer.h"
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

/// One compilation: the module and what happens to it.
class Compilation {
public:
  Compilation(const CompileOptions &options, Messages &messages, CompileResult &result)
      : options(options), messages(messages), result(result),
        pool(llvm::hardware_concurrency(options.threads)),
        context(allDialects(), MLIRContext::Threading::DISABLED), collector(&context, messages) {
    if (options.threads != 1)
      context.setThreadPool(pool);
    context.loadAllAvailableDialects();
  }

  /// Phase `import`; the report lists what is not supported.
  bool import(importer::ImportReport &report) {
    return run(Phase::Import, [&] {
      if (!checkReadable(options.model, "model", messages))
        return failure();
      importer::ImportOptions importOptions;
      for (const InputShape &shape : options.inputShapes)
        importOptions.inputShapes[shape.name] = shape.dims;
      module = importer::importOnnx(context, options.model, importOptions, report);
      reportImport(report, options.model, messages);
      if (!module || messages.failed() || !readAipp())
        return failure();
      module->walk([&](Operation *op) {
        if (!llvm::isa<ascend::ConstantOp, func::FuncOp, func::ReturnOp, ModuleOp>(op))
          for (std::string &node : codegen::nodeNames(op->getLoc()))
            onnxNodes.insert(std::move(node));
      });
      return success();
    });
  }

  void compile() {
    importer::ImportReport report;
    if (!import(report) || !runPasses(Phase::Graph, [&](OpPassManager &pm) { buildGraph(pm); }) ||
        !runPasses(Phase::Kernel,
                   [&](OpPassManager &pm) { kernel::buildKernelPipeline(pm, options.soc); }) ||
        !runPasses(Phase::Core, [&](OpPassManager &pm) {
          kernel::buildCorePipeline(pm, options.soc, options.precision != Precision::KeepOriginal);
        }))
      return;
    run(Phase::Binary, [&] { return success(buildModel()); });
  }

  ModuleOp getModule() { return *module; }

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
    result.phases.push_back({nameOf(phase), time.count()});
    if (failed(status) && !messages.failed())
      messages.error({"E19999",
                      std::string("Phase ") + nameOf(phase) + " failed without a reason.",
                      {},
                      "",
                      "Look at the phase before it with --compile-to."});
    if (messages.failed())
      return false;
    if (!options.dumpIrDir.empty() && phase != Phase::Binary && !dump(phase))
      return false;
    if (options.compileTo != phase)
      return true;
    result.ir = printed();
    return false;
  }

  bool runPasses(Phase phase, llvm::function_ref<void(OpPassManager &)> build) {
    return run(phase, [&]() -> LogicalResult {
      PassManager pm(&context, ModuleOp::getOperationName());
      pm.enableVerifier(false); // once, at the end of the phase
      build(pm);
      return pm.run(*module);
    });
  }

  /// Reads --insert_op_conf and checks it against the network's inputs, so that its
  /// errors name the file and the line.
  bool readAipp() {
    if (options.insertOpConf.empty())
      return true;
    if (!checkReadable(options.insertOpConf, "insert_op_conf", messages))
      return false;
    auto fail = [&](const std::string &reason) {
      messages.error({"E10052",
                      "AIPP configuration is invalid. Reason: " + reason + ".",
                      {},
                      "",
                      "Correct the file; the sizes must suit the inputs of the model."});
      return false;
    };
    auto file = llvm::MemoryBuffer::getFile(options.insertOpConf);
    if (!file)
      return fail(file.getError().message());
    auto ops = aipp::parseAippConfig((*file)->getBuffer(), options.insertOpConf);
    if (!ops)
      return fail(ops.message());
    std::vector<aipp::NetworkInput> inputs =
        graph::networkInputs(module->lookupSymbol<func::FuncOp>("main"));
    auto params = aipp::resolveAippConfig(*ops, inputs);
    if (!params)
      return fail(params.message());
    for (const aipp::AippParams &stage : *params)
      result.notes.push_back(aipp::describeInput(stage, inputs[stage.inputRank].name));
    return true;
  }

  void buildGraph(OpPassManager &pm) {
    setOutputTypes(*module, options.outputType);
    graph::GraphPipelineOptions graphOptions;
    graphOptions.soc = options.soc;
    graphOptions.keepFloat32 = options.precision == Precision::KeepOriginal;
    graphOptions.insertOpConf = options.insertOpConf;
    graph::buildGraphPipeline(pm, graphOptions);
  }

  bool buildModel() {
    codegen::ModelOptions modelOptions;
    modelOptions.name = std::filesystem::path(options.model).stem().string();
    modelOptions.soc = options.soc;
    modelOptions.commandLine = options.commandLine;
    modelOptions.inputFormat = options.inputFormat;
    modelOptions.reuseMemory = options.reuseMemory;
    modelOptions.onnxNodes = std::move(onnxNodes);
    FailureOr<codegen::BuiltModel> built = codegen::buildModel(*module, modelOptions);
    if (failed(built))
      return false;
    built->model.reportJson = codegen::reportJson(*built);
    result.model = std::move(built->model);
    return true;
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
    return writeText(printed(), options.dumpIrDir + "/" + name, messages);
  }

  const CompileOptions &options;
  Messages &messages;
  CompileResult &result;
  llvm::DefaultThreadPool pool;
  MLIRContext context;
  DiagnosticCollector collector;
  OwningOpRef<ModuleOp> module;
  std::set<std::string> onnxNodes;
};

} // namespace

CompileResult compile(const CompileOptions &options, Messages &messages) {
  CompileResult result;
  Compilation(options, messages, result).compile();
  return result;
}

void check(const CompileOptions &options, const std::string &reportPath, Messages &messages) {
  CompileResult result;
  importer::ImportReport report;
  Compilation(options, messages, result).import(report);
  writeText(checkReportJson(report, options.model, messages), reportPath, messages);
}

} // namespace openatc::compiler
