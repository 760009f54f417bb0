//===- TensorReader.h - ONNX tensors as constant attributes ---------------===//
#ifndef OPENATC_LIB_IMPORTER_TENSORREADER_H
#define OPENATC_LIB_IMPORTER_TENSORREADER_H

#include "ModelFile.h"
#include "openatc/Support/DType.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include <filesystem>
#include <map>

namespace llvm {
class MemoryBuffer;
} // namespace llvm

namespace openatc::importer {

/// The number of an ONNX element type as DType; Undefined for types without one
/// (strings, complex, 4- and 8-bit floats, 4-bit integers).
DType dtypeOfOnnx(int32_t dataType);
/// Name of an ONNX element type for messages, e.g. "STRING".
std::string onnxTypeName(int32_t dataType);

/// Reads the tensors of one model; keeps the external data files it maps open as long
/// as attributes refer to them.
class TensorReader {
public:
  /// `file` must outlive the reader. External data is read from the folder of `modelPath`,
  /// or for a model in memory from `memory`.
  TensorReader(mlir::MLIRContext *context, const ModelFile &file, const std::string &modelPath,
               const std::map<std::string, std::span<const uint8_t>> &memory);

  /// Locations of the external data that was read, sorted.
  std::vector<std::string> externalFiles() const;

  /// The tensor as a constant. Takes inline data out of `tensor` without copying; each
  /// tensor is read once. Checks dimensions, byte counts and external references.
  Expected<mlir::ElementsAttr> read(onnx::TensorProto &tensor, llvm::StringRef name);

private:
  Expected<mlir::ElementsAttr> readFromFile(const onnx::TensorProto &tensor,
                                            mlir::RankedTensorType type, size_t bytes,
                                            llvm::StringRef name);
  Expected<mlir::ElementsAttr> readExternal(const onnx::TensorProto &tensor,
                                            mlir::RankedTensorType type, size_t elementSize,
                                            size_t bytes, llvm::StringRef name);
  Expected<std::shared_ptr<llvm::MemoryBuffer>> openExternal(const std::string &location);

  mlir::MLIRContext *context;
  const ModelFile &file;
  std::filesystem::path folder;
  const std::map<std::string, std::span<const uint8_t>> &memory;
  std::map<std::string, std::shared_ptr<llvm::MemoryBuffer>> files;
};

} // namespace openatc::importer

#endif // OPENATC_LIB_IMPORTER_TENSORREADER_H
