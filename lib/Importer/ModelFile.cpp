//===- ModelFile.cpp - Reading and parsing an ONNX file -------------------===//
#include "ModelFile.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/stubs/logging.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace openatc::importer {

namespace {
constexpr int64_t kFirstIrVersion = 3, kLastIrVersion = 13;

/// Closes a file descriptor at the end of its scope.
struct File {
  int fd;
  ~File() {
    if (fd >= 0)
      ::close(fd);
  }
};
} // namespace

Expected<std::unique_ptr<onnx::ModelProto>> readModelFile(const std::string &path) {
  auto fail = [&](const std::string &why) {
    return Status::error("model file '" + path + "' " + why);
  };
  File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0)
    return fail(std::string("cannot be opened: ") + std::strerror(errno));
  struct stat info;
  if (::fstat(file.fd, &info) != 0 || !S_ISREG(info.st_mode))
    return fail("is not a regular file");
  if (info.st_size == 0)
    return fail("is empty");
  if (info.st_size > INT_MAX)
    return fail("is larger than 2 GiB, the limit of the format; store its weights as external "
                "data");

  // Reading through a small buffer instead of mapping the file keeps only one copy
  // of inline weights in memory.
  auto model = std::make_unique<onnx::ModelProto>();
  google::protobuf::LogSilencer silencer;
  google::protobuf::io::FileInputStream stream(file.fd, 1 << 16);
  bool parsed;
  {
    google::protobuf::io::CodedInputStream coded(&stream);
    coded.SetTotalBytesLimit(INT_MAX);
    parsed = model->ParseFromCodedStream(&coded) && coded.ConsumedEntireMessage();
  }
  if (stream.GetErrno() != 0)
    return fail(std::string("cannot be read: ") + std::strerror(stream.GetErrno()));
  if (!parsed)
    return fail("is not a valid ONNX model: it is truncated or damaged");
  if (!model->has_ir_version() || !model->has_graph())
    return fail("is not an ONNX model: it has no IR version or no graph");
  if (model->ir_version() < kFirstIrVersion || model->ir_version() > kLastIrVersion)
    return fail("has IR version " + std::to_string(model->ir_version()) + "; supported are " +
                std::to_string(kFirstIrVersion) + " to " + std::to_string(kLastIrVersion));
  return model;
}

} // namespace openatc::importer
