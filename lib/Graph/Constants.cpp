//===- Constants.cpp - Reading and making constant tensors ----------------===//
#include "Constants.h"

#include "openatc/Support/Half.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Threading.h"

#include <cmath>
#include <memory>

using namespace mlir;

namespace openatc::graph {
namespace {

// Smaller blobs are not worth a search for other users before they are freed.
constexpr size_t minReleasedBytes = 64 * 1024;

Value makeConstant(OpBuilder &builder, Location loc, RankedTensorType type, AsmResourceBlob blob) {
  // Packed data has another size than the type says, so it is never an inline attribute.
  ElementsAttr attr;
  if (type.getEncoding())
    attr = DenseResourceElementsAttr::get(type, "packed", std::move(blob));
  else
    attr = ascend::makeElements(type, "graph", std::move(blob));
  return ascend::ConstantOp::create(builder, loc, attr);
}

template <typename T>
Value makeBlob(OpBuilder &builder, Location loc, RankedTensorType type, std::vector<T> data) {
  // The blob owns the vector; its bytes are never copied.
  auto owner = std::make_shared<std::vector<T>>(std::move(data));
  ArrayRef<char> bytes(reinterpret_cast<const char *>(owner->data()), owner->size() * sizeof(T));
  auto free = [owner](void *, size_t, size_t) mutable { owner.reset(); };
  AsmResourceBlob blob(bytes, alignof(T), std::move(free), /*dataIsMutable=*/false);
  return makeConstant(builder, loc, type, std::move(blob));
}

} // namespace

ascend::ConstantOp constantOf(Value value) {
  return value ? value.getDefiningOp<ascend::ConstantOp>() : nullptr;
}

std::optional<std::vector<float>> readFloats(Value value) {
  std::optional<ascend::ConstantData> data = ascend::getConstantData(value);
  if (!data)
    return std::nullopt;
  if (data->view.dtype == DType::F32) {
    ArrayRef<float> values = data->values<float>();
    return std::vector<float>(values.begin(), values.end());
  }
  if (data->view.dtype != DType::F16)
    return std::nullopt;
  ArrayRef<uint16_t> bits = data->values<uint16_t>();
  std::vector<float> out(bits.size());
  halfToFloat(bits.data(), out.data(), bits.size());
  return out;
}

std::optional<double> readSplat(Value value) {
  ascend::ConstantOp constant = constantOf(value);
  if (!constant || !isa<FloatType>(constant.getValue().getElementType()))
    return std::nullopt;
  if (auto dense = dyn_cast<DenseElementsAttr>(constant.getValue())) {
    if (!dense.isSplat())
      return std::nullopt;
    APFloat f = dense.getSplatValue<APFloat>();
    bool lossy;
    f.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lossy);
    return f.convertToDouble();
  }
  if (constant.getValue().getNumElements() != 1)
    return std::nullopt;
  if (auto data = readFloats(value))
    return data->front();
  return std::nullopt;
}

Value makeFloats(OpBuilder &builder, Location loc, RankedTensorType type, std::vector<float> data) {
  if (!type.getElementType().isF16())
    return makeBlob(builder, loc, type, std::move(data));
  std::vector<uint16_t> bits(data.size());
  floatToHalf(data.data(), bits.data(), data.size());
  return makeHalves(builder, loc, type, std::move(bits));
}

Value makeHalves(OpBuilder &builder, Location loc, RankedTensorType type,
                 std::vector<uint16_t> data) {
  return makeBlob(builder, loc, type, std::move(data));
}

Value makeConstant(OpBuilder &builder, Location loc, RankedTensorType type, size_t bytes,
                   llvm::function_ref<void(MutableArrayRef<char>)> fill) {
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(bytes, 64, /*dataIsMutable=*/true);
  fill(blob.getMutableData());
  return makeConstant(builder, loc, type, std::move(blob));
}

void forRanges(MLIRContext *context, size_t count, size_t cost,
               llvm::function_ref<void(size_t, size_t)> work) {
  constexpr size_t rangeBytes = size_t(1) << 20; // far above the price of handing out a range
  size_t step = std::max<size_t>(rangeBytes / std::max<size_t>(cost, 1), 1);
  parallelFor(context, 0, (count + step - 1) / step,
              [&](size_t i) { work(i * step, std::min(count, (i + 1) * step)); });
}

Value makeSaturatedHalves(OpBuilder &builder, Location loc, RankedTensorType type,
                          ArrayRef<float> data) {
  auto convert = [&](uint16_t *to, size_t begin, size_t end) {
    constexpr float largest = 65504;
    std::array<float, 1024> part;
    for (size_t i = begin; i < end; i += part.size()) {
      size_t count = std::min(part.size(), end - i);
      for (size_t j = 0; j < count; ++j) {
        float v = data[i + j];
        part[j] = std::isfinite(v) ? std::clamp(v, -largest, largest) : v;
      }
      floatToHalf(part.data(), to + i, count);
    }
  };
  return makeConstant(builder, loc, type, data.size() * 2, [&](MutableArrayRef<char> bytes) {
    auto *to = reinterpret_cast<uint16_t *>(bytes.data());
    forRanges(builder.getContext(), data.size(), 6,
              [&](size_t begin, size_t end) { convert(to, begin, end); });
  });
}

Value makeScalar(OpBuilder &builder, Location loc, Type type, double value) {
  return makeFloats(builder, loc, RankedTensorType::get({}, type), {float(value)});
}

Value reshapeTo(OpBuilder &builder, Location loc, Value value, ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getShape() == shape)
    return value;
  auto target = RankedTensorType::get(shape, type.getElementType());
  if (ascend::ConstantOp constant = constantOf(value)) {
    ElementsAttr attr = constant.getValue();
    if (auto dense = dyn_cast<DenseElementsAttr>(attr))
      return ascend::ConstantOp::create(builder, constant.getLoc(), target, dense.reshape(target));
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr))
      return ascend::ConstantOp::create(
          builder, constant.getLoc(), target,
          DenseResourceElementsAttr::get(target, resource.getRawHandle()));
  }
  if (auto inner = value.getDefiningOp<ascend::ReshapeOp>())
    if (isStatic(inner.getInput()))
      return reshapeTo(builder, loc, inner.getInput(), shape);
  // A zero in the shape would mean "as in the input".
  bool hasZero = llvm::is_contained(shape, 0);
  return ascend::ReshapeOp::create(builder, loc, target, value,
                                   ascend::createIntegers(builder, loc, shape), hasZero);
}

void eraseIfDead(RewriterBase &rewriter, Value value) {
  ascend::ConstantOp constant = constantOf(value);
  if (!constant || !constant->use_empty())
    return;
  auto resource = dyn_cast<DenseResourceElementsAttr>(constant.getValue());
  Block *block = constant->getBlock();
  rewriter.eraseOp(constant);
  if (!resource)
    return;
  auto handle = resource.getRawHandle();
  const AsmResourceBlob *blob = handle.getBlob();
  if (!blob || blob->getData().size() < minReleasedBytes)
    return;
  for (auto other : block->getOps<ascend::ConstantOp>())
    if (auto attr = dyn_cast<DenseResourceElementsAttr>(other.getValue()))
      if (attr.getRawHandle() == handle)
        return;
  ascend::releaseResource(resource);
}

} // namespace openatc::graph
