//===- MappedFile.cpp - The bytes of a file, mapped -------------------------===//

#include "MappedFile.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace openatc::om {

MappedFile::~MappedFile() {
  if (!bytes.empty())
    ::munmap(const_cast<uint8_t *>(bytes.data()), bytes.size());
  if (fd >= 0)
    ::close(fd);
}

Expected<std::shared_ptr<MappedFile>> MappedFile::map(const std::string &path) {
  auto file = std::make_shared<MappedFile>();
  file->fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file->fd < 0)
    return Status::error(std::strerror(errno));
  struct stat status;
  if (::fstat(file->fd, &status) != 0 || !S_ISREG(status.st_mode))
    return Status::error("not a regular file");
  size_t size = size_t(status.st_size);
  if (size == 0)
    return Status::error("the file is empty");
  void *mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file->fd, 0);
  if (mapped == MAP_FAILED)
    return Status::error(std::strerror(errno));
  file->bytes = {static_cast<const uint8_t *>(mapped), size};
  return file;
}

} // namespace openatc::om
