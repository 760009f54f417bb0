//===- Results.cpp - Outputs as text --------------------------------------===//

#include "Results.h"

#include <cstring>

namespace msame {

namespace {

template <typename T> T load(const char *at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

void writeElement(std::ostream &out, aclDataType type, const char *at) {
  switch (type) {
  case ACL_FLOAT:
    out << load<float>(at);
    break;
  case ACL_FLOAT16:
    out << aclFloat16ToFloat(load<aclFloat16>(at));
    break;
  case ACL_DOUBLE:
    out << load<double>(at);
    break;
  case ACL_INT8:
    out << int(load<int8_t>(at));
    break;
  case ACL_UINT8:
  case ACL_BOOL:
    out << int(load<uint8_t>(at));
    break;
  case ACL_INT16:
    out << load<int16_t>(at);
    break;
  case ACL_UINT16:
    out << load<uint16_t>(at);
    break;
  case ACL_INT32:
    out << load<int32_t>(at);
    break;
  case ACL_UINT32:
    out << load<uint32_t>(at);
    break;
  case ACL_INT64:
    out << load<int64_t>(at);
    break;
  case ACL_UINT64:
    out << load<uint64_t>(at);
    break;
  default:
    out << '?';
    break;
  }
}

} // namespace

size_t bytesOf(const Result &result) {
  size_t bytes = aclDataTypeSize(result.type);
  for (int64_t d : result.shape)
    bytes *= size_t(d);
  return bytes;
}

void writeText(std::ostream &out, const Result &result) {
  size_t size = aclDataTypeSize(result.type);
  size_t row = result.shape.size() > 1 ? size_t(result.shape.back()) : 0;
  for (size_t i = 0; size && (i + 1) * size <= result.bytes.size(); ++i) {
    writeElement(out, result.type, result.bytes.data() + i * size);
    out << ' ';
    if (row && (i + 1) % row == 0)
      out << '\n';
  }
}

} // namespace msame
