//===- LoadedModel.cpp - Offline model into device memory -----------------===//

#include "openatc/Runtime/OpenModel.h"

#include "openatc/OfflineModel/Gears.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace openatc::rt {

namespace {

/// Finds or allocates one region; `address` stays 0 when it is empty.
Outcome place(Device &device, const char *what, uint64_t bytes, uint64_t given, uint64_t givenBytes,
              uint64_t &address, bool &owned) {
  if (bytes == 0)
    return {};
  if (given) {
    if (givenBytes < bytes || device.bytesFrom(given) < bytes)
      return {Failure::Invalid, std::string("the memory given for the ") + what + " has " +
                                    std::to_string(givenBytes) + " bytes, the model needs " +
                                    std::to_string(bytes)};
    address = given;
    return {};
  }
  Expected<uint64_t> allocated = device.allocate(bytes);
  if (!allocated)
    return {Failure::Memory, std::string("no device memory for the ") + what + " of " +
                                 std::to_string(bytes) + " bytes: " + allocated.message()};
  address = *allocated;
  owned = true;
  return {};
}

/// Compares the results that the file declares with what the operator says, as far as
/// constants decide it; the rest is checked when the values are there.
Status checkTypes(const om::HostTask &task, std::span<const uint8_t> weights) {
  std::vector<host::InferOperand> operands;
  for (const om::HostOperand &operand : task.operands) {
    host::InferOperand &out = operands.emplace_back();
    if (operand.absent)
      continue;
    out.type = {operand.dtype, operand.shape};
    if (operand.buffer.kind == om::BufferKind::Weight)
      out.data = weights.data() + operand.buffer.offset;
  }
  std::vector<host::TensorType> results;
  OPENATC_TRY(host::inferTypes(task.op, task.attributes, operands, results));
  if (results.size() != task.results.size())
    return Status::error("it has " + std::to_string(results.size()) + " results, the model says " +
                         std::to_string(task.results.size()));
  for (size_t i = 0; i < results.size(); ++i)
    if (results[i].dtype != task.results[i].dtype ||
        (results[i].shape && *results[i].shape != task.results[i].shape))
      return Status::error("result " + std::to_string(i) + " has another type than the model says");
  return Status::success();
}

Outcome checkHostTasks(const om::Plan &plan, std::span<const uint8_t> weightBytes) {
  for (size_t i = 0; i < plan.tasks.size(); ++i) {
    const auto *task = std::get_if<om::HostTask>(&plan.tasks[i]);
    if (!task)
      continue;
    if (Status status = checkTypes(*task, weightBytes); !status.ok())
      return {Failure::Invalid, "task " + std::to_string(i) + ", host operator '" + task->op +
                                    "': " + status.message()};
  }
  return {};
}

} // namespace

/// Whether the weights in device memory are those of `model`, byte by byte.
bool LoadedModel::hasWeightsOf(const om::Model &model) const {
  if (weightBytes != model.weights.size() || contents.diagonals != model.diagonals)
    return false;
  constexpr size_t kChunk = size_t(1) << 20;
  std::vector<uint8_t> chunk(std::min<size_t>(kChunk, weightBytes));
  for (uint64_t at = 0; at < weightBytes; at += chunk.size()) {
    size_t bytes = std::min<uint64_t>(chunk.size(), weightBytes - at);
    if (!owner->read(weights + at, chunk.data(), bytes).ok() ||
        std::memcmp(chunk.data(), model.weights.data() + at, bytes) != 0)
      return false;
  }
  return true;
}

/// Maps or copies the weights and expands what the file holds compactly.
Outcome LoadedModel::placeWeights(const Memory &memory) {
  weightBytes = contents.weights.size();
  if (memory.like && memory.like->owner == owner && memory.like->hasWeightsOf(contents)) {
    weightsOwner = memory.like->weightsOwner ? memory.like->weightsOwner : memory.like;
    weights = memory.like->weights;
    return {};
  }
  const om::Blob &bytes = contents.weights;
  const uint64_t total = contents.weightMemoryBytes();
  if (const auto &file = bytes.file(); file && !memory.weights) {
    // Where the host cannot map the file, its bytes are copied.
    Expected<uint64_t> mapped = owner->allocateFile(file->fd, file->offset, bytes.size(), total);
    if (mapped) {
      weights = *mapped;
      ownsWeights = true;
    }
  }
  if (!ownsWeights) {
    Outcome placed =
        place(*owner, "weights", total, memory.weights, memory.weightBytes, weights, ownsWeights);
    if (!placed.ok())
      return placed;
    if (bytes.size())
      if (Status status = owner->write(weights, bytes.data(), bytes.size()); !status.ok())
        return {Failure::Other, status.message()};
  }
  std::vector<uint8_t> expanded;
  for (const om::Diagonals &entry : contents.diagonals) {
    expanded.resize(entry.count * om::Diagonals::bytes);
    contents.expand(entry, expanded.data());
    Status status = owner->write(weights + entry.to, expanded.data(), expanded.size());
    if (!status.ok())
      return {Failure::Other, status.message()};
  }
  return {};
}

Outcome LoadedModel::load(std::shared_ptr<Device> device, om::Model model, const Memory &memory,
                          std::shared_ptr<LoadedModel> &result) {
  Expected<SocDescription> soc = parseSoc(model.socText);
  // From here on the device stays what it is.
  std::shared_ptr<LoadedModel> loaded(new LoadedModel(std::move(device), std::move(model)));
  {
    auto guard = loaded->owner->lock();
    const om::Model &made = loaded->contents;
    if (!soc || !(*soc == loaded->owner->soc()))
      return {Failure::Invalid, "the model '" + made.name + "' is compiled for " + made.socVersion +
                                    ", the device is " + loaded->owner->soc().name +
                                    " or has another description of it"};
  }
  if (Outcome placed = loaded->placeWeights(memory); !placed.ok())
    return placed;
  Outcome placed = place(*loaded->owner, "arena", loaded->contents.arenaBytes, memory.arena,
                         memory.arenaBytes, loaded->arena, loaded->ownsArena);
  if (!placed.ok())
    return placed;
  // From here on the weights are in device memory only.
  om::Blob weightBytes = std::exchange(loaded->contents.weights, {});

  for (const om::Kernel &kernel : loaded->contents.kernels) {
    Expected<std::shared_ptr<const sim::Program>> program =
        sim::Program::create(kernel.name, kernel.code.bytes());
    if (!program)
      return {Failure::Invalid, "kernel '" + kernel.name + "': " + program.message()};
    loaded->programs.push_back(std::move(*program));
  }
  if (Outcome types = checkHostTasks(loaded->contents, weightBytes.bytes()); !types.ok())
    return types;
  for (const om::Gear &gear : loaded->contents.gears)
    if (Outcome types = checkHostTasks(gear, weightBytes.bytes()); !types.ok())
      return {types.failure, "gear " + om::gearText(gear.values) + ": " + types.message};
  if (auto check = std::move(loaded->contents.checkWeights)) {
    loaded->contents.checkWeights = nullptr;
    loaded->weightCheck = std::async(std::launch::async | std::launch::deferred, std::move(check));
  }
  result = std::move(loaded);
  return {};
}

LoadedModel::LoadedModel(std::shared_ptr<Device> device, om::Model model)
    : owner(std::move(device)), contents(std::move(model)) {
  if (contents.source)
    openModel = std::make_unique<OpenModel>(owner, contents);
  owner->addUser();
}

LoadedModel::~LoadedModel() {
  // Only addresses that allocate() gave are freed, so these cannot fail.
  if (ownsWeights)
    (void)owner->free(weights);
  if (ownsArena)
    (void)owner->free(arena);
  owner->removeUser();
}

} // namespace openatc::rt
