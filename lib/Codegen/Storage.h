//===- Storage.h - Which memory holds each value of main ------------------===//
#ifndef OPENATC_LIB_CODEGEN_STORAGE_H
#define OPENATC_LIB_CODEGEN_STORAGE_H

#include "openatc/Codegen/ArenaPlanner.h"
#include "openatc/Codegen/Weights.h"

#include "Ascend/HostBridge.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace openatc::codegen {

/// True when the result of `op` is the same bytes as its first operand, so that no
/// task is needed: reshapes of row-major data, reshapes in FRACTAL_NZ that
/// keep the last dimension, and layout changes that move nothing.
bool isView(mlir::Operation *op);

/// The layout of a tensor type in the offline model's terms; nothing for layouts that
/// only constants have.
std::optional<om::Layout> layoutOf(mlir::RankedTensorType type);

/// Bytes of a value in device memory; emits an error at `loc` and fails when its type
/// has no size.
mlir::FailureOr<uint64_t> storageBytes(mlir::Location loc, mlir::Type type);

/// Memory of every value of `main`, found in two steps: values are numbered and their
/// uses noted in task order, then `plan` gives them places.
class StorageMap {
public:
  /// Constants go into `weights`, which several maps may share.
  explicit StorageMap(WeightSegment &weights) : weights(weights) {}

  /// Index of a storage; several values share one through views.
  using Id = size_t;

  /// An input of the model.
  void addInput(mlir::Value value, uint32_t index);
  /// A result of the task `task`.
  mlir::LogicalResult addResult(mlir::Value value, uint32_t task);
  /// A value that is the same bytes as `base`.
  void addView(mlir::Value value, mlir::Value base);
  /// A value of a loop's body that is slice i of storage `base` in run i, of equal slices of
  /// `bytes` each.
  void addSlice(mlir::Value value, Id base, uint64_t bytes);
  /// Notes that task `task` reads `value`. A constant goes into the weights now.
  mlir::FailureOr<Id> use(mlir::Value value, uint32_t task);
  /// Lets the result of task `task` take the memory of an operand whose last use the task is.
  void allowOver(Id result, Id operand, uint32_t task) { overs.push_back({result, operand, task}); }
  /// Keeps a storage, of which `id` may be a slice, through task `task` when it is one of
  /// the first `count`.
  void extend(Id id, uint32_t task, size_t count);
  size_t size() const { return storages.size(); }

  Id lookup(mlir::Value value) const { return ids.at(value); }
  /// Puts a result into output `index`; false when it cannot live there.
  bool placeInOutput(Id id, uint32_t index);

  /// Plans the arena; `ref` and `aliveAtPeak` work afterwards.
  ArenaPlan plan(bool reuse);
  /// Values whose memory makes up the arena's lower bound, and the bytes of each.
  llvm::ArrayRef<std::pair<mlir::Value, uint64_t>> aliveAtPeak() const { return alive; }
  om::BufferRef ref(Id id, uint64_t run = 0) const {
    const Storage &s = storages[id];
    if (!s.base)
      return s.ref;
    om::BufferRef whole = ref(*s.base);
    whole.offset += run * s.life.bytes;
    return whole;
  }
  /// Bytes of weights that a storage holds; 0 when it is none.
  uint64_t weightBytes(Id id) const {
    return ref(id).kind == om::BufferKind::Weight ? storages[id].life.bytes : 0;
  }

private:
  struct Storage {
    om::BufferRef ref;
    Lifetime life;
    std::optional<Id> base; ///< set for slices: the storage they lie in
    std::optional<Id> over; ///< set where it takes the memory of a dead storage
    mlir::Value owner = {}; ///< the result that a task leaves here, if one does
  };
  struct Over {
    Id result, operand;
    uint32_t task;
  };
  void placeOver(const Over &candidate);
  mlir::FailureOr<Id> addConstant(ascend::ConstantOp op);

  std::vector<Storage> storages;
  std::vector<Over> overs; ///< in task order
  llvm::SmallVector<std::pair<mlir::Value, uint64_t>> alive;
  llvm::DenseMap<mlir::Value, Id> ids;
  WeightSegment &weights;
};

} // namespace openatc::codegen

#endif // OPENATC_LIB_CODEGEN_STORAGE_H
