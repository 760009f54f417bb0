//===- RunCases.cpp - Runs operator cases from a file ----------------------===//
//
// Usage: openatc_hostops_cases FILE. The file (see make_cases.py) holds cases of
// one operator each: attributes, operands and expected results. Types and shapes
// must be inferred exactly, without and with operand values; values must match.
//
//===----------------------------------------------------------------------===//

#include "openatc/HostOps/HostOps.h"
#include "openatc/Support/Half.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

using namespace openatc;
using namespace openatc::host;

namespace {

struct Tensor {
  DType dtype = DType::Undefined;
  Shape shape;
  std::string bytes;
};

struct Case {
  std::string name, op;
  Attributes attrs;
  std::vector<Tensor> operands, expected;
};

AttrValue parseAttribute(std::istringstream &line) {
  std::string kind, text;
  line >> kind;
  if (kind == "is") {
    std::vector<int64_t> values;
    for (int64_t v; line >> v;)
      values.push_back(v);
    return values;
  }
  line >> text;
  if (kind == "i")
    return static_cast<int64_t>(std::stoll(text));
  if (kind == "f")
    return std::stod(text);
  return text;
}

Tensor parseTensor(std::istream &file, std::istringstream &line) {
  Tensor tensor;
  int dtype = 0;
  size_t rank = 0, bytes = 0;
  line >> dtype;
  if (dtype == 0)
    return tensor;
  line >> rank;
  tensor.dtype = static_cast<DType>(dtype);
  tensor.shape.resize(rank);
  for (int64_t &dim : tensor.shape)
    line >> dim;
  line >> bytes;
  tensor.bytes.resize(bytes);
  file.read(tensor.bytes.data(), static_cast<std::streamsize>(bytes));
  file.get(); // the newline after the data
  return tensor;
}

bool readCase(std::istream &file, Case &c) {
  c = Case();
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string word, name;
    line >> word;
    if (word == "end")
      return true;
    if (word == "case")
      line >> c.name;
    else if (word == "op")
      line >> c.op;
    else if (word == "attr") {
      line >> name;
      c.attrs[name] = parseAttribute(line);
    } else {
      (word == "in" ? c.operands : c.expected).push_back(parseTensor(file, line));
    }
  }
  return false;
}

double valueAt(const Tensor &t, size_t i) {
  const char *at = t.bytes.data() + i * sizeOf(t.dtype);
  auto as = [&]<typename T>(T value) {
    std::memcpy(&value, at, sizeof(T));
    return value;
  };
  switch (t.dtype) {
  case DType::F32:
    return as(float{});
  case DType::F64:
    return as(double{});
  case DType::F16:
    return halfToFloat(as(uint16_t{}));
  case DType::BF16:
    return std::bit_cast<float>(uint32_t(as(uint16_t{})) << 16);
  default:
    return 0;
  }
}

/// Floats within tolerance, everything else byte for byte.
std::string compare(const Tensor &got, const Tensor &want) {
  if (!isFloat(want.dtype))
    return got.bytes == want.bytes ? "" : "values differ";
  bool narrow = want.dtype == DType::F16 || want.dtype == DType::BF16;
  double relative = narrow ? 1e-2 : 1e-3, absolute = narrow ? 1e-3 : 1e-5;
  for (size_t i = 0; i < want.bytes.size() / sizeOf(want.dtype); ++i) {
    double a = valueAt(got, i), b = valueAt(want, i);
    bool same = a == b || (std::isnan(a) && std::isnan(b)) ||
                std::fabs(a - b) <= absolute + relative * std::fabs(b);
    if (!same)
      return "element " + std::to_string(i) + " is " + std::to_string(a) + ", expected " +
             std::to_string(b);
  }
  return "";
}

/// The reason why the case fails, empty when it passes.
std::string runCase(const Case &c) {
  std::vector<InferOperand> unknown, known;
  std::vector<TensorView> views;
  for (const Tensor &t : c.operands) {
    bool given = t.dtype != DType::Undefined;
    unknown.push_back({{t.dtype, std::nullopt}, nullptr});
    known.push_back({{t.dtype, given ? std::optional(t.shape) : std::nullopt},
                     given ? t.bytes.data() : nullptr});
    views.push_back({t.dtype, t.shape, given ? t.bytes.data() : nullptr});
  }
  std::vector<TensorType> early, types;
  if (Status s = inferTypes(c.op, c.attrs, unknown, early); !s.ok())
    return "inference without shapes: " + s.message();
  if (Status s = inferTypes(c.op, c.attrs, known, types); !s.ok())
    return "inference: " + s.message();
  if (types.size() != c.expected.size() || early.size() != types.size())
    return "number of results differs";
  std::vector<Tensor> results;
  std::vector<MutableTensorView> out;
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i].dtype != c.expected[i].dtype || early[i].dtype != types[i].dtype)
      return "element type of result " + std::to_string(i) + " differs";
    if (types[i].shape != c.expected[i].shape)
      return "shape of result " + std::to_string(i) + " differs";
    results.push_back(
        {types[i].dtype, *types[i].shape, std::string(c.expected[i].bytes.size(), 0)});
  }
  for (Tensor &t : results)
    out.push_back({t.dtype, t.shape, t.bytes.data()});
  if (Status s = compute(c.op, c.attrs, views, out); !s.ok())
    return "compute: " + s.message();
  for (size_t i = 0; i < results.size(); ++i)
    if (std::string reason = compare(results[i], c.expected[i]); !reason.empty())
      return "result " + std::to_string(i) + ": " + reason;
  return "";
}

} // namespace

int main(int argc, char **argv) {
  std::ifstream file(argc == 2 ? argv[1] : "", std::ios::binary);
  if (!file) {
    std::cerr << "usage: openatc_hostops_cases FILE\n";
    return 2;
  }
  size_t passed = 0, failed = 0;
  for (Case c; readCase(file, c);) {
    std::string reason = runCase(c);
    reason.empty() ? ++passed : ++failed;
    if (!reason.empty())
      std::cout << "FAILED " << c.name << " (" << c.op << "): " << reason << "\n";
  }
  std::cout << passed << " cases passed, " << failed << " failed\n";
  return failed || !passed;
}
