//===- ModelFile.cpp - Reading and parsing an ONNX file -------------------===//
#include "ModelFile.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/wire_format_lite.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace openatc::importer {

namespace {
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;
using google::protobuf::io::FileInputStream;
using google::protobuf::io::StringOutputStream;
using Wire = google::protobuf::internal::WireFormatLite;

constexpr int64_t kFirstIrVersion = 3, kLastIrVersion = 13;

constexpr const char *kTooLarge =
    "is larger than 2 GiB, the limit of the format; store its weights as external data";
constexpr const char *kDamaged = "is not a valid ONNX model: it is truncated or damaged";

/// Raw data from this size on stays in the file.
constexpr uint32_t kMinBytesInFile = 4096;

/// Tags of length-delimited fields, by their numbers in openatc_onnx.proto.
constexpr uint32_t tagOf(int field) {
  return uint32_t(field) << 3 | uint32_t(Wire::WIRETYPE_LENGTH_DELIMITED);
}
constexpr uint32_t kModelGraph = tagOf(onnx::ModelProto::kGraphFieldNumber);
constexpr uint32_t kGraphInitializer = tagOf(onnx::GraphProto::kInitializerFieldNumber);
constexpr uint32_t kTensorRawData = tagOf(onnx::TensorProto::kRawDataFieldNumber);

/// Fields of one message that are parsed later, as their bytes.
class Rest {
public:
  Rest() : stream(&bytes), coded(std::make_unique<CodedOutputStream>(&stream)) {}
  bool add(CodedInputStream &in, uint32_t tag) { return Wire::SkipField(&in, tag, coded.get()); }
  bool mergeInto(google::protobuf::MessageLite &message) {
    coded.reset(); // flushes
    CodedInputStream in(reinterpret_cast<const uint8_t *>(bytes.data()), int(bytes.size()));
    return message.MergePartialFromCodedStream(&in) && in.ConsumedEntireMessage();
  }

private:
  std::string bytes;
  StringOutputStream stream;
  std::unique_ptr<CodedOutputStream> coded;
};
} // namespace

/// Walks through the messages down to the raw data of initializers; protobuf parses what is
/// between.
class ModelFile::Scanner {
public:
  Scanner(ModelFile &out, int64_t fileBytes, CodedInputStream &in)
      : out(out), fileBytes(fileBytes), in(in) {}

  bool model() {
    Rest rest;
    while (uint32_t tag = in.ReadTag())
      if (tag == kModelGraph ? !nested([&] { return graph(*out.proto->mutable_graph()); })
                             : !rest.add(in, tag))
        return false;
    return in.ConsumedEntireMessage() && rest.mergeInto(*out.proto);
  }

private:
  template <typename Body> bool nested(Body body) {
    uint32_t bytes;
    if (!in.ReadVarint32(&bytes) || !fits(bytes))
      return false;
    auto limit = in.PushLimit(int(bytes));
    bool good = body();
    in.PopLimit(limit);
    return good;
  }

  bool fits(uint32_t bytes) const {
    return int64_t(bytes) <= fileBytes - int64_t(in.CurrentPosition());
  }

  bool graph(onnx::GraphProto &graph) {
    Rest rest;
    while (uint32_t tag = in.ReadTag())
      if (tag == kGraphInitializer ? !nested([&] { return tensor(*graph.add_initializer()); })
                                   : !rest.add(in, tag))
        return false;
    return in.ConsumedEntireMessage() && rest.mergeInto(graph);
  }

  bool tensor(onnx::TensorProto &tensor) {
    Rest rest;
    Range range;
    std::string raw; // small raw data; of several fields the last one counts
    bool inMemory = false;
    while (uint32_t tag = in.ReadTag()) {
      uint32_t bytes;
      if (tag != kTensorRawData) {
        if (!rest.add(in, tag))
          return false;
      } else if (!in.ReadVarint32(&bytes) || !fits(bytes)) {
        return false;
      } else if (bytes >= kMinBytesInFile) {
        range = {in.CurrentPosition(), bytes};
        if (!in.Skip(int(bytes)))
          return false;
      } else {
        range = {};
        inMemory = true;
        if (!in.ReadString(&raw, int(bytes)))
          return false;
      }
    }
    if (!in.ConsumedEntireMessage() || !rest.mergeInto(tensor))
      return false;
    if (range.bytes)
      out.ranges[&tensor] = range;
    else if (inMemory)
      tensor.set_raw_data(std::move(raw));
    return true;
  }

  ModelFile &out;
  int64_t fileBytes;
  CodedInputStream &in;
};

Status ModelFile::check(ImportError::Kind &kind) const {
  if (!proto->has_ir_version())
    return Status::error("is not an ONNX model: it has no IR version");
  if (!proto->has_graph()) {
    kind = ImportError::Kind::NoGraph;
    return Status::error("is an ONNX model without a graph");
  }
  if (proto->ir_version() < kFirstIrVersion || proto->ir_version() > kLastIrVersion)
    return Status::error("has IR version " + std::to_string(proto->ir_version()) +
                         "; supported are " + std::to_string(kFirstIrVersion) + " to " +
                         std::to_string(kLastIrVersion));
  return Status::success();
}

Expected<ModelFile> ModelFile::read(const std::string &path, ImportError::Kind &kind) {
  kind = ImportError::Kind::File;
  auto fail = [&](const std::string &why) {
    return Status::error("model file '" + path + "' " + why);
  };
  ModelFile out;
  int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return fail(std::string("cannot be opened: ") + std::strerror(errno));
  out.file = std::shared_ptr<int>(new int(fd), [](int *fd) {
    ::close(*fd);
    delete fd;
  });
  struct stat info;
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
    return fail("is not a regular file");
  if (info.st_size == 0 || info.st_size > INT_MAX)
    kind = ImportError::Kind::FileSize;
  if (info.st_size == 0)
    return fail("is empty");
  if (info.st_size > INT_MAX)
    return fail(kTooLarge);

  out.proto = std::make_unique<onnx::ModelProto>();
  google::protobuf::LogSilencer silencer;
  FileInputStream stream(fd, 1 << 16);
  bool parsed;
  {
    CodedInputStream coded(&stream);
    coded.SetTotalBytesLimit(INT_MAX);
    parsed = Scanner(out, info.st_size, coded).model();
  }
  if (stream.GetErrno() != 0)
    return fail(std::string("cannot be read: ") + std::strerror(stream.GetErrno()));
  if (!parsed)
    return fail(kDamaged);
  if (Status status = out.check(kind); !status.ok())
    return fail(status.message());
  return out;
}

Expected<ModelFile> ModelFile::read(std::span<const uint8_t> bytes, const std::string &name,
                                    ImportError::Kind &kind) {
  kind = ImportError::Kind::File;
  auto fail = [&](const std::string &why) { return Status::error("model '" + name + "' " + why); };
  if (bytes.empty() || bytes.size() > INT_MAX)
    kind = ImportError::Kind::FileSize;
  if (bytes.empty())
    return fail("is empty");
  if (bytes.size() > INT_MAX)
    return fail(kTooLarge);
  ModelFile out;
  out.memory = bytes;
  out.proto = std::make_unique<onnx::ModelProto>();
  google::protobuf::LogSilencer silencer;
  CodedInputStream coded(bytes.data(), int(bytes.size()));
  coded.SetTotalBytesLimit(INT_MAX);
  if (!Scanner(out, int64_t(bytes.size()), coded).model())
    return fail(kDamaged);
  if (Status status = out.check(kind); !status.ok())
    return fail(status.message());
  return out;
}

std::optional<size_t> ModelFile::bytesInFile(const onnx::TensorProto &tensor) const {
  auto range = ranges.find(&tensor);
  return range == ranges.end() ? std::nullopt : std::optional(range->second.bytes);
}

Status ModelFile::readBytes(const onnx::TensorProto &tensor, char *to) const {
  auto [offset, bytes] = ranges.at(&tensor);
  if (!memory.empty()) {
    std::memcpy(to, memory.data() + offset, bytes);
    return Status::success();
  }
  while (bytes) {
    ssize_t done = ::pread(*file, to, bytes, offset);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return Status::error(std::string("cannot be read: ") +
                           (done ? std::strerror(errno) : "the file has become shorter"));
    to += done;
    offset += done;
    bytes -= size_t(done);
  }
  return Status::success();
}

} // namespace openatc::importer
