//===- Npy.cpp - NumPy .npy files -----------------------------------------===//

#include "openatc/Runtime/Npy.h"

#include "openatc/OfflineModel/Model.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

namespace openatc::rt {

namespace {

constexpr char kMagic[] = "\x93NUMPY";
constexpr size_t kMagicBytes = 6, kMaxRank = 32;

struct DescrName {
  DType dtype;
  const char *descr;
};
constexpr DescrName kDescrs[] = {
    {DType::F32, "<f4"},  {DType::U8, "|u1"},  {DType::I8, "|i1"},  {DType::U16, "<u2"},
    {DType::I16, "<i2"},  {DType::I32, "<i4"}, {DType::I64, "<i8"}, {DType::Bool, "|b1"},
    {DType::F16, "<f2"},  {DType::F64, "<f8"}, {DType::U32, "<u4"}, {DType::U64, "<u8"},
    {DType::BF16, "<u2"},
};

/// Parser of the header, a Python dictionary with exactly three known keys.
class HeaderParser {
public:
  explicit HeaderParser(std::string_view text) : rest(text) {}

  Status run(NpyArray &out) {
    bool descr = false, order = false, shape = false;
    if (!take('{'))
      return malformed();
    while (!take('}')) {
      std::string_view key;
      if (!quoted(key) || !take(':'))
        return malformed();
      if (key == "descr" && !std::exchange(descr, true)) {
        OPENATC_TRY(parseDescr(out.dtype));
      } else if (key == "fortran_order" && !std::exchange(order, true)) {
        if (word("True"))
          return Status::error("the array is in Fortran order; save numpy.ascontiguousarray(x)");
        if (!word("False"))
          return malformed();
      } else if (key == "shape" && !std::exchange(shape, true)) {
        OPENATC_TRY(parseShape(out.shape));
      } else {
        return malformed();
      }
      if (!take(',') && rest.substr(0, 1) != "}")
        return malformed();
    }
    skipSpace();
    return descr && order && shape && rest.empty() ? Status::success() : malformed();
  }

private:
  static Status malformed() { return Status::error("the .npy header is malformed"); }

  void skipSpace() {
    while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\n' || rest[0] == '\t'))
      rest.remove_prefix(1);
  }
  bool take(char c) {
    skipSpace();
    if (rest.empty() || rest[0] != c)
      return false;
    rest.remove_prefix(1);
    skipSpace();
    return true;
  }
  bool word(std::string_view w) {
    skipSpace();
    if (!rest.starts_with(w))
      return false;
    rest.remove_prefix(w.size());
    skipSpace();
    return true;
  }
  bool quoted(std::string_view &out) {
    skipSpace();
    if (rest.empty() || (rest[0] != '\'' && rest[0] != '"'))
      return false;
    size_t end = rest.find(rest[0], 1);
    if (end == std::string_view::npos)
      return false;
    out = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    return true;
  }

  Status parseDescr(DType &dtype) {
    std::string_view descr;
    if (!quoted(descr))
      return Status::error("structured arrays are not supported");
    if (descr.starts_with(">"))
      return Status::error("the elements are big-endian ('" + std::string(descr) + "')");
    for (const DescrName &name : kDescrs) {
      // Byte order means nothing for single bytes; NumPy writes '|' but reads all.
      std::string_view known = name.descr;
      if (descr == known ||
          (known[0] == '|' && descr.size() == 3 && descr.substr(1) == known.substr(1))) {
        dtype = name.dtype;
        return Status::success();
      }
    }
    return Status::error("elements of type '" + std::string(descr) + "' are not supported");
  }

  Status parseShape(host::Shape &shape) {
    if (!take('('))
      return malformed();
    while (!take(')')) {
      if (rest.empty() || rest[0] < '0' || rest[0] > '9' || shape.size() == kMaxRank)
        return malformed();
      int64_t dim = 0;
      while (!rest.empty() && rest[0] >= '0' && rest[0] <= '9') {
        if (__builtin_mul_overflow(dim, int64_t(10), &dim) ||
            __builtin_add_overflow(dim, int64_t(rest[0] - '0'), &dim))
          return Status::error("a dimension is too large");
        rest.remove_prefix(1);
      }
      shape.push_back(dim);
      if (!take(',') && rest.substr(0, 1) != ")")
        return malformed();
    }
    return Status::success();
  }

  std::string_view rest;
};

} // namespace

Expected<NpyArray> parseNpy(std::span<const uint8_t> file) {
  if (file.size() < kMagicBytes + 2 || std::memcmp(file.data(), kMagic, kMagicBytes) != 0)
    return Status::error("not a .npy file");
  unsigned major = file[6], minor = file[7];
  if ((major != 1 && major != 2) || minor != 0)
    return Status::error(".npy version " + std::to_string(major) + "." + std::to_string(minor) +
                         " is not supported (1.0 and 2.0 are)");
  size_t lengthBytes = major == 1 ? 2 : 4, begin = kMagicBytes + 2 + lengthBytes;
  if (file.size() < begin)
    return Status::error("the .npy header is truncated");
  uint64_t length = 0;
  for (size_t i = 0; i < lengthBytes; ++i)
    length |= uint64_t(file[8 + i]) << (8 * i);
  if (length > file.size() - begin)
    return Status::error("the .npy header is truncated");

  NpyArray out;
  std::string_view header(reinterpret_cast<const char *>(file.data()) + begin, length);
  OPENATC_TRY(HeaderParser(header).run(out));
  Expected<uint64_t> wanted = om::storageBytes(out.dtype, om::Layout::ND, out.shape);
  if (!wanted)
    return wanted.status();
  std::span<const uint8_t> data = file.subspan(begin + length);
  if (data.size() != *wanted)
    return Status::error("the array has " + std::to_string(data.size()) +
                         " bytes of data, its shape needs " + std::to_string(*wanted));
  out.bytes.assign(data.begin(), data.end());
  return out;
}

Expected<std::vector<uint8_t>> readBinary(const std::string &path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code))
    return Status::error("cannot read '" + path + "': it is a directory");
  std::unique_ptr<FILE, int (*)(FILE *)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file)
    return Status::error("cannot read '" + path + "': " + std::strerror(errno));
  std::vector<uint8_t> out;
  uint64_t size = std::filesystem::file_size(path, code);
  if (!code)
    out.reserve(size);
  std::vector<uint8_t> chunk(1 << 20);
  while (size_t got = std::fread(chunk.data(), 1, chunk.size(), file.get()))
    out.insert(out.end(), chunk.begin(), chunk.begin() + got);
  if (std::ferror(file.get()))
    return Status::error("cannot read '" + path + "': " + std::strerror(errno));
  return out;
}

Expected<NpyArray> readNpy(const std::string &path) {
  Expected<std::vector<uint8_t>> bytes = readBinary(path);
  if (!bytes)
    return bytes.status();
  Expected<NpyArray> array = parseNpy(*bytes);
  if (!array)
    return Status::error("'" + path + "': " + array.message());
  return array;
}

Expected<std::vector<uint8_t>> formatNpy(DType dtype, const host::Shape &shape,
                                         std::span<const uint8_t> data) {
  const char *descr = nullptr;
  for (const DescrName &name : kDescrs)
    if (name.dtype == dtype)
      descr = name.descr;
  Expected<uint64_t> wanted = om::storageBytes(dtype, om::Layout::ND, shape);
  if (!descr || !wanted || *wanted != data.size())
    return Status::error("the data does not fit its type and shape");
  std::string header = std::string("{'descr': '") + descr + "', 'fortran_order': False, 'shape': (";
  for (size_t i = 0; i < shape.size(); ++i)
    header += (i ? ", " : "") + std::to_string(shape[i]);
  header += shape.size() == 1 ? ",), }" : "), }";
  // The data starts on 64 bytes; the header ends with a newline.
  constexpr size_t kPrefix = kMagicBytes + 4, kAlignment = 64;
  header.append(kAlignment - 1 - (kPrefix + header.size()) % kAlignment, ' ');
  header += '\n';
  std::vector<uint8_t> out(kMagic, kMagic + kMagicBytes);
  out.insert(out.end(), {1, 0, uint8_t(header.size()), uint8_t(header.size() >> 8)});
  out.insert(out.end(), header.begin(), header.end());
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

Status writeNpy(const std::string &path, DType dtype, const host::Shape &shape,
                std::span<const uint8_t> data) {
  Expected<std::vector<uint8_t>> bytes = formatNpy(dtype, shape, data);
  if (!bytes)
    return bytes.status();
  FILE *file = std::fopen(path.c_str(), "wb");
  bool ok = file && std::fwrite(bytes->data(), 1, bytes->size(), file) == bytes->size();
  ok = file && std::fclose(file) == 0 && ok;
  return ok ? Status::success()
            : Status::error("cannot write '" + path + "': " + std::strerror(errno));
}

} // namespace openatc::rt
