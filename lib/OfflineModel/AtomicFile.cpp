//===- AtomicFile.cpp - A file that appears whole or not at all -----------===//

#include "AtomicFile.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace openatc::om {

AtomicFile::~AtomicFile() {
  if (fd >= 0)
    ::close(fd);
  if (!temporary.empty())
    ::unlink(temporary.c_str());
}

Status AtomicFile::failure(const char *what) const {
  return Status::error(std::string("cannot ") + what + " '" + target +
                       "': " + std::strerror(errno));
}

Status AtomicFile::open() {
  // Renaming over a directory or a device would fail late or replace it.
  struct stat info;
  if (::stat(target.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    errno = S_ISDIR(info.st_mode) ? EISDIR : EINVAL;
    return failure("write");
  }
  // The process id keeps two compilers that write the same target apart.
  std::string name = target + ".tmp" + std::to_string(::getpid());
  fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0)
    return failure("create");
  temporary = std::move(name);
  return Status::success();
}

Status AtomicFile::write(std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    // One write(2) moves at most 2 GiB; smaller steps also keep signals responsive.
    size_t step = std::min(bytes.size(), size_t(64) << 20);
    ssize_t done = ::write(fd, bytes.data(), step);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return failure("write");
    bytes = bytes.subspan(size_t(done));
  }
  return Status::success();
}

Status AtomicFile::commit() {
  // Network file systems report a full disk as late as close. The file is not forced to the
  // disk, which would take longer than a compilation; its digests show what a crash lost.
  int closing = std::exchange(fd, -1);
  if (::close(closing) != 0)
    return failure("write");
  if (std::rename(temporary.c_str(), target.c_str()) != 0)
    return failure("write");
  temporary.clear();
  return Status::success();
}

} // namespace openatc::om
