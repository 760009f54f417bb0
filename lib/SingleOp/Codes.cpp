//===- Codes.cpp - CANN's numbers of element types and formats ------------===//
#include "openatc/SingleOp/Codes.h"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace openatc::singleop {
namespace {

struct TypeEntry {
  DType dtype;
  int code;
  const char *name; ///< the first one of a type is what is printed
};

constexpr TypeEntry types[] = {
    {DType::F32, 0, "float"},      {DType::F16, 1, "float16"}, {DType::I8, 2, "int8"},
    {DType::I32, 3, "int32"},      {DType::U8, 4, "uint8"},    {DType::I16, 6, "int16"},
    {DType::U16, 7, "uint16"},     {DType::U32, 8, "uint32"},  {DType::I64, 9, "int64"},
    {DType::U64, 10, "uint64"},    {DType::F64, 11, "double"}, {DType::Bool, 12, "bool"},
    {DType::BF16, 27, "bfloat16"}, {DType::F32, 0, "float32"}, {DType::F16, 1, "half"},
    {DType::F16, 1, "fp16"},       {DType::BF16, 27, "bf16"},
};

struct FormatEntry {
  int code;
  const char *name;
};

constexpr FormatEntry formats[] = {
    {0, "NCHW"},         {1, "NHWC"},          {2, "ND"},     {3, "NC1HWC0"},     {4, "FRACTAL_Z"},
    {12, "NC1HWC0_C04"}, {16, "HWCN"},         {27, "NDHWC"}, {29, "FRACTAL_NZ"}, {30, "NCDHW"},
    {32, "NDC1HWC0"},    {33, "FRACTAL_Z_3D"}, {35, "NC"},    {47, "NCL"},
};

} // namespace

int codeOf(DType dtype) {
  auto at = std::find_if(std::begin(types), std::end(types),
                         [&](const TypeEntry &entry) { return entry.dtype == dtype; });
  return at == std::end(types) ? -1 : at->code;
}

DType dtypeOfCode(int64_t code) {
  auto at = std::find_if(std::begin(types), std::end(types),
                         [&](const TypeEntry &entry) { return entry.code == code; });
  return at == std::end(types) ? DType::Undefined : at->dtype;
}

DType dtypeOfName(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  if (name.starts_with("dt_"))
    name.erase(0, 3);
  auto at = std::find_if(std::begin(types), std::end(types),
                         [&](const TypeEntry &entry) { return entry.name == name; });
  return at == std::end(types) ? DType::Undefined : at->dtype;
}

const char *dtypeName(DType dtype) {
  auto at = std::find_if(std::begin(types), std::end(types),
                         [&](const TypeEntry &entry) { return entry.dtype == dtype; });
  return at == std::end(types) ? "undefined" : at->name;
}

int formatCode(const std::string &name) {
  auto at = std::find_if(std::begin(formats), std::end(formats),
                         [&](const FormatEntry &entry) { return entry.name == name; });
  return at == std::end(formats) ? -1 : at->code;
}

std::string formatName(int64_t code) {
  auto at = std::find_if(std::begin(formats), std::end(formats),
                         [&](const FormatEntry &entry) { return entry.code == code; });
  return at == std::end(formats) ? "" : at->name;
}

} // namespace openatc::singleop
