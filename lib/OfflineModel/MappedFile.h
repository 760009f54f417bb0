//===- MappedFile.h - The bytes of a file, mapped ---------------------------===//
#ifndef OPENATC_LIB_OFFLINEMODEL_MAPPEDFILE_H
#define OPENATC_LIB_OFFLINEMODEL_MAPPEDFILE_H

#include "openatc/Support/Status.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace openatc::om {

/// A file that is mapped and open until the last reference to it goes.
struct MappedFile {
  int fd = -1;
  std::span<const uint8_t> bytes;

  MappedFile() = default;
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;
  ~MappedFile();

  /// Maps a regular file that is not empty; an error says why not, without the name.
  static Expected<std::shared_ptr<MappedFile>> map(const std::string &path);
};

} // namespace openatc::om

#endif // OPENATC_LIB_OFFLINEMODEL_MAPPEDFILE_H
