//===- TensorReader.cpp - ONNX tensors as constant attributes -------------===//
#include "TensorReader.h"

#include "Ascend/HostBridge.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;

namespace openatc::importer {

DType dtypeOfOnnx(int32_t dataType) {
  auto dtype = static_cast<DType>(dataType);
  return dataType > 0 && dataType <= 16 && sizeOf(dtype) ? dtype : DType::Undefined;
}

std::string onnxTypeName(int32_t dataType) {
  static const char *const names[] = {
      "UNDEFINED",      "FLOAT",      "UINT8",          "INT8",       "UINT16",   "INT16",
      "INT32",          "INT64",      "STRING",         "BOOL",       "FLOAT16",  "DOUBLE",
      "UINT32",         "UINT64",     "COMPLEX64",      "COMPLEX128", "BFLOAT16", "FLOAT8E4M3FN",
      "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ", "UINT4",      "INT4",     "FLOAT4E2M1"};
  if (dataType >= 0 && dataType < int32_t(std::size(names)))
    return names[dataType];
  return "number " + std::to_string(dataType);
}

namespace {

/// The typed field that holds elements of `dtype` when there is no raw data.
template <typename To, typename Field> std::string narrow(const Field &field) {
  std::string bytes(field.size() * sizeof(To), '\0');
  for (int i = 0; i < field.size(); ++i) {
    To value = static_cast<To>(field[i]);
    std::memcpy(bytes.data() + i * sizeof(To), &value, sizeof(To));
  }
  return bytes;
}

/// The data of the typed fields as bytes. int32_data also holds the narrow integers,
/// bool, and the bits of the 16-bit floats.
std::string typedBytes(const onnx::TensorProto &tensor, DType dtype) {
  switch (dtype) {
  case DType::F32:
    return narrow<float>(tensor.float_data());
  case DType::F64:
    return narrow<double>(tensor.double_data());
  case DType::I64:
    return narrow<int64_t>(tensor.int64_data());
  case DType::U64:
    return narrow<uint64_t>(tensor.uint64_data());
  case DType::U32:
    return narrow<uint32_t>(tensor.uint64_data());
  case DType::I32:
    return narrow<int32_t>(tensor.int32_data());
  case DType::I16:
  case DType::U16:
  case DType::F16:
  case DType::BF16:
    return narrow<uint16_t>(tensor.int32_data());
  case DType::I8:
  case DType::U8:
  case DType::Bool:
    return narrow<uint8_t>(tensor.int32_data());
  case DType::Undefined:
    break;
  }
  return {};
}

Status wrongSize(size_t have, size_t need) {
  return Status::error("has " + std::to_string(have) + " bytes of data, but its shape needs " +
                       std::to_string(need));
}

/// Any byte that is not 0 is true.
void makeBools(MutableArrayRef<char> bytes) {
  for (char &c : bytes)
    c = c != 0;
}

/// A blob that owns the string's memory.
AsmResourceBlob blobOf(std::unique_ptr<std::string> bytes) {
  // Longer strings live on the heap, which aligns to 16.
  ArrayRef<char> data(bytes->data(), bytes->size());
  return AsmResourceBlob(
      data, 8, [owner = std::shared_ptr<std::string>(std::move(bytes))](void *, size_t, size_t) {},
      /*dataIsMutable=*/false);
}

} // namespace

TensorReader::TensorReader(MLIRContext *context, const ModelFile &file,
                           const std::string &modelPath,
                           const std::map<std::string, std::span<const uint8_t>> &memory)
    : context(context), file(file), memory(memory) {
  std::error_code ignored;
  folder = std::filesystem::weakly_canonical(modelPath, ignored).parent_path();
}

std::vector<std::string> TensorReader::externalFiles() const {
  std::vector<std::string> out;
  for (const auto &[location, buffer] : files)
    out.push_back(location);
  return out;
}

Expected<ElementsAttr> TensorReader::read(onnx::TensorProto &tensor, StringRef name) {
  DType dtype = dtypeOfOnnx(tensor.data_type());
  if (dtype == DType::Undefined)
    return Status::error("has the unsupported element type " + onnxTypeName(tensor.data_type()));
  host::Shape shape(tensor.dims().begin(), tensor.dims().end());
  Expected<int64_t> count = host::numElements(shape);
  if (!count)
    return Status::error("has a wrong shape: " + count.message());
  size_t bytes = *count * sizeOf(dtype);
  auto type = RankedTensorType::get(shape, ascend::fromDType(context, dtype));

  if (tensor.data_location() == onnx::TensorProto::EXTERNAL)
    return readExternal(tensor, type, sizeOf(dtype), bytes, name);
  if (file.bytesInFile(tensor))
    return readFromFile(tensor, type, bytes, name);
  std::unique_ptr<std::string> data;
  if (tensor.has_raw_data())
    data.reset(tensor.release_raw_data());
  else
    data = std::make_unique<std::string>(typedBytes(tensor, dtype));
  if (data->size() != bytes)
    return wrongSize(data->size(), bytes);
  if (dtype == DType::Bool)
    makeBools(*data);
  return ascend::makeElements(type, name, blobOf(std::move(data)));
}

Expected<ElementsAttr> TensorReader::readFromFile(const onnx::TensorProto &tensor,
                                                  RankedTensorType type, size_t bytes,
                                                  StringRef name) {
  if (size_t have = *file.bytesInFile(tensor); have != bytes)
    return wrongSize(have, bytes);
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(bytes, 64, /*dataIsMutable=*/true);
  OPENATC_TRY(file.readBytes(tensor, blob.getMutableData().data()));
  if (type.getElementType().isInteger(1))
    makeBools(blob.getMutableData());
  return ascend::makeElements(type, name, std::move(blob));
}

Expected<std::shared_ptr<llvm::MemoryBuffer>>
TensorReader::openExternal(const std::string &location) {
  if (auto known = files.find(location); known != files.end())
    return known->second;
  if (file.inMemory()) {
    auto given = memory.find(location);
    if (given == memory.end())
      return Status::error("refers to external data '" + location +
                           "', which is not given with the model");
    return files[location] = std::shared_ptr<llvm::MemoryBuffer>(llvm::MemoryBuffer::getMemBuffer(
               StringRef(reinterpret_cast<const char *>(given->second.data()),
                         given->second.size()),
               location, /*RequiresNullTerminator=*/false));
  }
  // Only files in the model's folder: a model must not make us read others.
  std::filesystem::path relative(location);
  std::error_code error;
  std::filesystem::path path = std::filesystem::weakly_canonical(folder / relative, error);
  auto inside = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first;
  if (error || location.empty() || relative.is_absolute() || inside != folder.end())
    return Status::error("refers to external data outside of the model's folder: '" + location +
                         "'");
  if (!std::filesystem::is_regular_file(path, error))
    return Status::error("refers to external data '" + location + "', which is not a file");
  llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> buffer = llvm::MemoryBuffer::getFile(
      path.string(), /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return Status::error("refers to external data '" + location +
                         "', which cannot be read: " + buffer.getError().message());
  return files[location] = std::shared_ptr<llvm::MemoryBuffer>(std::move(*buffer));
}

Expected<ElementsAttr> TensorReader::readExternal(const onnx::TensorProto &tensor,
                                                  RankedTensorType type, size_t elementSize,
                                                  size_t bytes, StringRef name) {
  std::string location;
  uint64_t offset = 0, length = bytes;
  for (const onnx::StringStringEntryProto &entry : tensor.external_data()) {
    uint64_t *number = entry.key() == "offset"   ? &offset
                       : entry.key() == "length" ? &length
                                                 : nullptr;
    if (entry.key() == "location")
      location = entry.value();
    else if (number && !llvm::to_integer(entry.value(), *number, 10))
      return Status::error("has external data with the wrong " + entry.key() + " '" +
                           entry.value() + "'");
  }
  Expected<std::shared_ptr<llvm::MemoryBuffer>> file = openExternal(location);
  if (!file)
    return file.status();
  uint64_t size = (*file)->getBufferSize();
  if (length != bytes)
    return Status::error("has external data of " + std::to_string(length) +
                         " bytes, but its shape needs " + std::to_string(bytes));
  if (offset > size || length > size - offset)
    return Status::error("has external data past the end of '" + location + "' (" +
                         std::to_string(size) + " bytes)");

  ArrayRef<char> data((*file)->getBufferStart() + offset, bytes);
  bool aligned = reinterpret_cast<uintptr_t>(data.data()) % elementSize == 0;
  // Odd offsets are copied, so that elements can be read as such; bools are made 0 or 1.
  if (!aligned || type.getElementType().isInteger(1)) {
    AsmResourceBlob copy = HeapAsmResourceBlob::allocateAndCopyWithAlign(data, 64);
    if (type.getElementType().isInteger(1))
      makeBools(copy.getMutableData());
    return ascend::makeElements(type, name, std::move(copy));
  }
  return ascend::makeElements(type, name,
                              AsmResourceBlob(
                                  data, elementSize, [owner = *file](void *, size_t, size_t) {},
                                  /*dataIsMutable=*/false));
}

} // namespace openatc::importer
