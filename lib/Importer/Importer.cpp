//===- Importer.cpp - From an ONNX file to ascend IR ----------------------===//
#include "openatc/Importer/Importer.h"
#include "GraphImport.h"
#include "ModelFile.h"

#include "Ascend/AscendDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace openatc::importer {

OwningOpRef<ModuleOp> importOnnx(MLIRContext &context, const std::string &path,
                                 const ImportOptions &options, ImportReport &report) {
  report = ImportReport();
  ImportError::Kind kind;
  Expected<ModelFile> file = options.bytes.empty() ? ModelFile::read(path, kind)
                                                   : ModelFile::read(options.bytes, path, kind);
  if (!file) {
    report.errors.push_back({kind, path, file.message()});
    return nullptr;
  }
  context.loadDialect<ascend::AscendDialect, func::FuncDialect>();
  return GraphImport(context, *file, path, options, report).run();
}

} // namespace openatc::importer
