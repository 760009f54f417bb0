//===- ExternalWeights.cpp - Weights in files of their own ------------------===//

#include "ExternalWeights.h"

#include "AtomicFile.h"
#include "MappedFile.h"

#include <algorithm>
#include <filesystem>

#include <sys/mman.h>

namespace openatc::om {

namespace {

constexpr std::string_view kFolder = "weight/";
constexpr uint64_t kMaxBytes = uint64_t(1) << 46;

Expected<std::shared_ptr<MappedFile>> mapWeights(const std::string &path, uint64_t size) {
  Expected<std::shared_ptr<MappedFile>> file = MappedFile::map(path);
  std::string name = "weight file '" + path + "'";
  if (!file)
    return Status::error("cannot read " + name + ": " + file.message() +
                         "; weight files belong into the folder 'weight' beside the model");
  if ((*file)->bytes.size() != size)
    return Status::error(name + " has " + std::to_string((*file)->bytes.size()) +
                         " bytes instead of " + std::to_string(size) +
                         "; it belongs to another model or is incomplete");
  return file;
}

/// Memory that is given back with the last reference to it.
std::shared_ptr<uint8_t> allocate(uint64_t size) {
  void *memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return nullptr;
  return {static_cast<uint8_t *>(memory), [size](uint8_t *bytes) { ::munmap(bytes, size); }};
}

} // namespace

Status checkWeightFiles(const std::vector<WeightFile> &files, uint64_t bytes) {
  if (files.empty())
    return Status::success();
  uint64_t total = 0;
  for (const WeightFile &file : files) {
    std::string_view name = file.name;
    bool inFolder = name.starts_with(kFolder);
    name.remove_prefix(inFolder ? kFolder.size() : 0);
    if (!inFolder || name.empty() || name.starts_with('.') ||
        name.find_first_of(std::string_view("/\0", 2)) != std::string_view::npos)
      return Status::error("'" + file.name + "' is no name of a weight file");
    if (file.size == 0 || file.size > kMaxBytes - total)
      return Status::error("weight file '" + file.name + "' has an impossible size");
    total += file.size;
  }
  if (total != bytes)
    return Status::error("the weight files hold " + std::to_string(total) + " bytes, the model " +
                         std::to_string(bytes));
  return Status::success();
}

Expected<Blob> readWeightFiles(const std::vector<WeightFileEntry> &files, const std::string &folder,
                               bool given, WeightCheck check) {
  uint64_t total = 0;
  std::vector<WeightFile> plain;
  for (const WeightFileEntry &entry : files) {
    total = std::min(total + std::min(entry.file.size, kMaxBytes), kMaxBytes);
    plain.push_back(entry.file);
  }
  OPENATC_TRY(checkWeightFiles(plain, total));
  std::shared_ptr<uint8_t> memory;
  Blob weights;
  uint64_t offset = 0;
  for (const WeightFileEntry &entry : files) {
    std::string name = given ? entry.file.name.substr(kFolder.size()) : entry.file.name;
    std::string path = folder.empty() ? name : folder + "/" + name;
    Expected<std::shared_ptr<MappedFile>> file = mapWeights(path, entry.file.size);
    if (!file)
      return file.status();
    if (files.size() == 1) {
      weights = Blob::view((*file)->bytes, *file, {(*file)->fd, 0});
      break;
    }
    // Only now is it certain that there are that many bytes.
    if (!memory && !(memory = allocate(total)))
      return Status::error("there is no memory for " + std::to_string(total) + " bytes of weights");
    std::copy((*file)->bytes.begin(), (*file)->bytes.end(), memory.get() + offset);
    offset += entry.file.size;
  }
  if (memory)
    weights = Blob::view({memory.get(), total}, memory);
  if (check == WeightCheck::Now)
    OPENATC_TRY(checkWeightDigests(files, weights));
  return weights;
}

Status checkWeightDigests(const std::vector<WeightFileEntry> &files, const Blob &weights) {
  uint64_t offset = 0;
  for (const WeightFileEntry &entry : files) {
    if (sha256(weights.bytes().subspan(offset, entry.file.size)) != entry.digest)
      return Status::error("weight file '" + entry.file.name +
                           "' is corrupt or belongs to another model: its SHA-256 does not match");
    offset += entry.file.size;
  }
  return Status::success();
}

Status writeWeightFiles(const Model &model, const std::string &path) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  uint64_t offset = 0;
  for (const WeightFile &file : model.weightFiles) {
    std::filesystem::path target = folder / file.name;
    std::error_code failure;
    std::filesystem::create_directories(target.parent_path(), failure);
    if (failure)
      return Status::error("cannot make the folder '" + target.parent_path().string() +
                           "': " + failure.message());
    std::span<const uint8_t> bytes = model.weights.bytes().subspan(offset, file.size);
    offset += file.size;
    if (Expected<std::shared_ptr<MappedFile>> old = MappedFile::map(target.string());
        old && std::equal((*old)->bytes.begin(), (*old)->bytes.end(), bytes.begin(), bytes.end()))
      continue;
    AtomicFile out(target.string());
    OPENATC_TRY(out.open());
    OPENATC_TRY(out.write(bytes));
    OPENATC_TRY(out.commit());
  }
  return Status::success();
}

} // namespace openatc::om
