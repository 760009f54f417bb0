//===- KernelHarness.cpp - Runs one kernel group on the simulator ---------===//

#include "KernelHarness.h"

#include "Ascend/AscendOps.h"
#include "DaVinci/DaVinci.h"
#include "openatc/Codegen/KernelEncoder.h"
#include "openatc/Kernel/Pipeline.h"
#include "openatc/Simulator/Device.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

namespace openatc::test {

KernelRun runKernel(const std::string &text, const std::vector<Bytes> &inputs,
                    const std::vector<size_t> &outputSizes, std::string_view socName) {
  KernelRun run;
  auto fail = [&](const std::string &why) {
    run.error += (run.error.empty() ? "" : "; ") + why;
    return run;
  };
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<ascend::AscendDialect, davinci::DaVinciDialect, mlir::func::FuncDialect,
                      mlir::arith::ArithDialect, mlir::scf::SCFDialect>();
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &d) {
    fail(d.str());
    return mlir::success();
  });
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module)
    return fail("the module does not parse");
  mlir::PassManager passes(&context);
  kernel::buildKernelPipeline(passes, socName);
  kernel::buildCorePipeline(passes, socName);
  if (mlir::failed(passes.run(*module)))
    return fail("the kernel does not compile");
  davinci::KernelOp kernel;
  module->walk([&](davinci::KernelOp op) { kernel = op; });
  auto encoded = codegen::encodeKernel(kernel);
  if (mlir::failed(encoded))
    return fail("the kernel does not encode");

  auto soc = findSoc(socName);
  auto device = sim::Device::create(*soc, 1, uint64_t(1) << 30);
  auto program = sim::Program::create(encoded->name, encoded->code);
  if (!device || !program)
    return fail(!device ? device.message() : program.message());
  std::vector<uint64_t> args;
  for (const Bytes &input : inputs) {
    args.push_back(*(*device)->allocate(input.size()));
    (void)(*device)->write(args.back(), input.data(), input.size());
  }
  for (size_t size : outputSizes)
    args.push_back(*(*device)->allocate(size));
  auto result = (*device)->launch(**program, uint32_t(kernel.getBlockDim()), args,
                                  {/*hazards=*/true, /*trace=*/false});
  if (!result)
    return fail(result.message());
  run.cycles = result->stats.cycles;
  run.blocks = result->stats.blocks;
  for (size_t i = 0; i < outputSizes.size(); ++i) {
    Bytes bytes(outputSizes[i]);
    (void)(*device)->read(args[inputs.size() + i], bytes.data(), bytes.size());
    run.outputs.push_back(std::move(bytes));
  }
  return run;
}

} // namespace openatc::test
