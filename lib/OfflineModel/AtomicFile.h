//===- AtomicFile.h - A file that appears whole or not at all -------------===//
#ifndef OPENATC_LIB_OFFLINEMODEL_ATOMICFILE_H
#define OPENATC_LIB_OFFLINEMODEL_ATOMICFILE_H

#include "openatc/Support/Status.h"

#include <cstdint>
#include <span>

namespace openatc::om {

/// Collects writes in a temporary file beside the target. Destroyed without a
/// successful commit(), it removes the temporary file and leaves the target alone.
class AtomicFile {
public:
  explicit AtomicFile(std::string path) : target(std::move(path)) {}
  AtomicFile(const AtomicFile &) = delete;
  AtomicFile &operator=(const AtomicFile &) = delete;
  ~AtomicFile();

  Status open();
  Status write(std::span<const uint8_t> bytes);
  /// Flushes to the disk and renames over the target.
  Status commit();

private:
  Status failure(const char *what) const;

  std::string target, temporary;
  int fd = -1;
};

} // namespace openatc::om

#endif // OPENATC_LIB_OFFLINEMODEL_ATOMICFILE_H
