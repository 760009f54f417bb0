//===- Files.cpp - Writing results ----------------------------------------===//
#include "openatc/Compiler/Compiler.h"

#include "openatc/OfflineModel/Writer.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace openatc::compiler {
namespace {

Message cannotWrite(const std::string &path, const std::string &reason) {
  return {"E13004",
          "Failed to write file " + path + ". Reason: " + reason + ".",
          {},
          "The folder does not exist and cannot be made, is not writable, or the disk is full.",
          "Choose another path or free some space; an older file there is unchanged."};
}

/// Makes the folder of the file `path`; the reason when that fails.
std::string makeFolder(const std::string &path) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code failure;
  if (!folder.empty())
    std::filesystem::create_directories(folder, failure);
  return failure ? failure.message() : "";
}

} // namespace

void writeModel(const om::Model &model, const std::string &path, Messages &messages) {
  if (std::string reason = makeFolder(path); !reason.empty())
    return messages.error(cannotWrite(path, reason));
  if (Status status = om::writeFile(model, path); !status.ok())
    messages.error(cannotWrite(path, status.message()));
}

bool writeText(const std::string &text, const std::string &path, Messages &messages) {
  if (std::string reason = makeFolder(path); !reason.empty()) {
    messages.error(cannotWrite(path, reason));
    return false;
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file)
    return true;
  messages.error(cannotWrite(path, errno ? std::strerror(errno) : "unknown"));
  return false;
}

} // namespace openatc::compiler
