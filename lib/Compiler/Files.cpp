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

} // namespace

void writeModel(const om::Model &model, const std::string &path, Messages &messages) {
  std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code failure;
  if (!folder.empty())
    std::filesystem::create_directories(folder, failure);
  if (failure)
    return messages.error(cannotWrite(path, failure.message()));
  if (Status status = om::writeFile(model, path); !status.ok())
    messages.error(cannotWrite(path, status.message()));
}

bool writeText(const std::string &text, const std::string &path, Messages &messages) {
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
