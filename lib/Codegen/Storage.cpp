//===- Storage.cpp - Which memory holds each value of main ----------------===//
#include "Storage.h"

#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;

namespace openatc::codegen {

bool isView(Operation *op) {
  if (op->hasAttr("ascend.engine") || op->getNumOperands() == 0 || op->getNumResults() != 1)
    return false;
  auto from = dyn_cast<RankedTensorType>(op->getOperand(0).getType());
  auto to = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!from || !to || !from.hasStaticShape() || !to.hasStaticShape())
    return false;
  std::optional<om::Layout> before = layoutOf(from), after = layoutOf(to);
  if (!before || !after)
    return false;
  if (llvm::isa<ascend::TransDataOp>(op)) {
    // [N, C, 1, 1] with whole blocks of channels lies the same way in both layouts, and so
    // does a single row of whole blocks, or rows of one block.
    auto moves = [](RankedTensorType type) {
      return type.getRank() != 4 || type.getDimSize(1) % 16 != 0 || type.getDimSize(2) != 1 ||
             type.getDimSize(3) != 1;
    };
    if (before == after)
      return true;
    if (*before != om::Layout::FractalNZ && *after != om::Layout::FractalNZ)
      return !moves(to);
    return *before != om::Layout::NC1HWC0 && *after != om::Layout::NC1HWC0 &&
           ascend::isSameInNz(to.getShape());
  }
  // Blocks of 16 columns do not care how the rows are counted.
  bool sameRows =
      *before == om::Layout::FractalNZ && from.getShape().back() == to.getShape().back();
  return before == after && (*before == om::Layout::ND || sameRows) &&
         llvm::isa<ascend::ReshapeOp, ascend::FlattenOp, ascend::SqueezeOp, ascend::UnsqueezeOp,
                   ascend::IdentityOp, ascend::DropoutOp>(op);
}

std::optional<om::Layout> layoutOf(RankedTensorType type) {
  auto layout = dyn_cast_if_present<ascend::LayoutAttr>(type.getEncoding());
  switch (layout ? layout.getValue() : ascend::Layout::ND) {
  case ascend::Layout::ND:
    return om::Layout::ND;
  case ascend::Layout::NC1HWC0:
    return om::Layout::NC1HWC0;
  case ascend::Layout::FRACTAL_NZ:
    return om::Layout::FractalNZ;
  case ascend::Layout::NC1HWC0_C04:
    return om::Layout::NC1HWC0_C04;
  case ascend::Layout::FRACTAL_Z:
  case ascend::Layout::FRACTAL_Z_C04:
    return std::nullopt;
  }
  return std::nullopt;
}

FailureOr<uint64_t> storageBytes(Location loc, Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return emitError(loc) << "a tensor of type " << type << " has no static shape";
  std::optional<om::Layout> layout = layoutOf(tensor);
  if (!layout)
    return emitError(loc) << "only constants can have the layout of " << type;
  Expected<uint64_t> bytes = om::storageBytes(ascend::toDType(tensor.getElementType()), *layout,
                                              host::Shape(tensor.getShape()));
  if (!bytes)
    return emitError(loc) << bytes.message();
  return *bytes;
}

void StorageMap::addInput(Value value, uint32_t index) {
  ids[value] = storages.size();
  storages.push_back({{om::BufferKind::Input, index, 0}, {}, {}, {}, {}});
}

LogicalResult StorageMap::addResult(Value value, uint32_t task) {
  FailureOr<uint64_t> bytes = storageBytes(value.getLoc(), value.getType());
  if (failed(bytes))
    return failure();
  ids[value] = storages.size();
  storages.push_back({{om::BufferKind::Arena, 0, 0}, {*bytes, task, task}, {}, {}, value});
  return success();
}

void StorageMap::addView(Value value, Value base) {
  if (auto it = ids.find(base); it != ids.end())
    ids[value] = it->second;
}

void StorageMap::addSlice(Value value, Id base, uint64_t bytes) {
  ids[value] = storages.size();
  storages.push_back({{}, {bytes, 0, 0}, base, {}, {}});
}

void StorageMap::extend(Id id, uint32_t task, size_t count) {
  id = storages[id].base.value_or(id);
  if (id < count)
    storages[id].life.last = std::max(storages[id].life.last, task);
}

FailureOr<StorageMap::Id> StorageMap::use(Value value, uint32_t task) {
  auto it = ids.find(value);
  if (it != ids.end()) {
    extend(it->second, task, storages.size());
    return it->second;
  }
  // Constants enter the weights when a task first reads them, also through views.
  Value root = value;
  while (Operation *op = root.getDefiningOp()) {
    if (!isView(op))
      break;
    root = op->getOperand(0);
  }
  auto constant = root.getDefiningOp<ascend::ConstantOp>();
  if (!constant)
    return emitError(value.getLoc(), "a value is used that no task computes");
  FailureOr<Id> id = addConstant(constant);
  if (succeeded(id))
    ids[value] = *id;
  return id;
}

/// The diagonals of fractals of 16 x 16 halves; nothing when there is more in them. Small
/// constants are not worth it.
static std::optional<std::vector<uint8_t>> diagonalsOf(ArrayRef<uint8_t> bytes) {
  constexpr size_t lanes = om::Diagonals::lanes, least = 8 * om::Diagonals::bytes;
  if (bytes.size() < least || bytes.size() % om::Diagonals::bytes != 0)
    return std::nullopt;
  std::vector<uint8_t> diagonals;
  for (size_t i = 0; i < bytes.size() / 2; ++i) {
    bool onDiagonal = i / lanes % lanes == i % lanes;
    if (onDiagonal)
      diagonals.insert(diagonals.end(), {bytes[2 * i], bytes[2 * i + 1]});
    else if (bytes[2 * i] | bytes[2 * i + 1])
      return std::nullopt;
  }
  return diagonals;
}

FailureOr<StorageMap::Id> StorageMap::addConstant(ascend::ConstantOp op) {
  auto bytesOf = [](const void *data, size_t size) {
    return ArrayRef(static_cast<const uint8_t *>(data), size);
  };
  uint64_t offset = 0, total = 0;
  ElementsAttr value = op.getValue();
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return op.emitError("the bytes of a constant were left out of the IR");
    total = blob->getData().size();
    ArrayRef<uint8_t> bytes = bytesOf(blob->getData().data(), total);
    if (layoutOf(cast<RankedTensorType>(op.getType())) == std::nullopt)
      if (std::optional<std::vector<uint8_t>> diagonals = diagonalsOf(bytes)) {
        offset = weights.addDiagonals(std::move(*diagonals));
        storages.push_back({{om::BufferKind::Weight, 0, offset}, {total, 0, 0}, {}, {}, {}});
        return storages.size() - 1;
      }
    offset = weights.add(bytes);
  } else {
    std::optional<ascend::ConstantData> data = ascend::getConstantData(value);
    if (!data)
      return op.emitError("a constant has no bytes in its layout");
    total = cast<ShapedType>(value.getType()).getNumElements() * sizeOf(data->view.dtype);
    ArrayRef<uint8_t> bytes = bytesOf(data->view.data, total);
    offset =
        data->storage.empty() ? weights.add(bytes) : weights.addOwned(std::vector<uint8_t>(bytes));
  }
  storages.push_back({{om::BufferKind::Weight, 0, offset}, {total, 0, 0}, {}, {}, {}});
  return storages.size() - 1;
}

bool StorageMap::placeInOutput(Id id, uint32_t index) {
  om::BufferRef &ref = storages[id].ref;
  if (ref.kind != om::BufferKind::Arena)
    return false;
  ref = {om::BufferKind::Output, index, 0};
  return true;
}

/// Both then share one place in the arena, alive from the first to the last use of either.
void StorageMap::placeOver(const Over &candidate) {
  Storage &result = storages[candidate.result];
  Id id = candidate.operand;
  if (storages[id].base || result.base)
    return;
  id = storages[id].over.value_or(id);
  Storage &operand = storages[id];
  if (operand.ref.kind != om::BufferKind::Arena || result.ref.kind != om::BufferKind::Arena ||
      operand.life.bytes != result.life.bytes || operand.life.last != candidate.task)
    return;
  result.over = id;
  operand.life.last = result.life.last;
}

ArenaPlan StorageMap::plan(bool reuse) {
  for (const Over &candidate : overs)
    if (reuse)
      placeOver(candidate);
  std::vector<Lifetime> lives;
  std::vector<Id> owners;
  for (Id id = 0; id < storages.size(); ++id)
    if (!storages[id].base && !storages[id].over &&
        storages[id].ref.kind == om::BufferKind::Arena) {
      lives.push_back(storages[id].life);
      owners.push_back(id);
    }
  ArenaPlan plan = planArena(lives, WeightSegment::alignment, reuse);
  for (size_t i = 0; i < owners.size(); ++i)
    storages[owners[i]].ref.offset = plan.offsets[i];
  for (Storage &storage : storages)
    if (storage.over)
      storage.ref.offset = storages[*storage.over].ref.offset;
  for (uint32_t i : plan.aliveAtPeak)
    alive.push_back({storages[owners[i]].owner, storages[owners[i]].life.bytes});
  return plan;
}

} // namespace openatc::codegen
