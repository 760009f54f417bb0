//===- OpTester.h - Calls one host operator in a test -----------------------===//
#ifndef OPENATC_TEST_UNIT_HOSTOPS_OPTESTER_H
#define OPENATC_TEST_UNIT_HOSTOPS_OPTESTER_H

#include "openatc/HostOps/HostOps.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

namespace openatc::host {

using Ints = std::vector<int64_t>;

template <typename T> constexpr DType dtypeOf() {
  if constexpr (std::is_same_v<T, float>)
    return DType::F32;
  else if constexpr (std::is_same_v<T, double>)
    return DType::F64;
  else if constexpr (std::is_same_v<T, int64_t>)
    return DType::I64;
  else if constexpr (std::is_same_v<T, int32_t>)
    return DType::I32;
  else if constexpr (std::is_same_v<T, int8_t>)
    return DType::I8;
  else if constexpr (std::is_same_v<T, uint16_t>)
    return DType::F16; // raw bits
  else
    return DType::U8;
}

/// A tensor with its own storage.
struct Tensor {
  DType dtype = DType::Undefined;
  Shape shape;
  std::vector<char> bytes;

  template <typename T> std::vector<T> values() const {
    std::vector<T> v(bytes.size() / sizeof(T));
    if (!v.empty())
      std::memcpy(v.data(), bytes.data(), bytes.size());
    return v;
  }
};

template <typename T> Tensor tensor(Shape shape, const std::vector<T> &values) {
  Tensor t{dtypeOf<T>(), std::move(shape), std::vector<char>(values.size() * sizeof(T))};
  if (!values.empty())
    std::memcpy(t.bytes.data(), values.data(), t.bytes.size());
  return t;
}

inline Tensor floats(Shape shape, const std::vector<float> &values) {
  return tensor<float>(std::move(shape), values);
}
inline Tensor ints(const Ints &values) {
  return tensor<int64_t>({static_cast<int64_t>(values.size())}, values);
}
inline Tensor bools(Shape shape, const std::vector<uint8_t> &values) {
  Tensor t = tensor<uint8_t>(std::move(shape), values);
  t.dtype = DType::Bool;
  return t;
}
inline Tensor absent() { return Tensor(); }

/// Infers and computes; `status` says whether both worked.
struct Call {
  Status status = Status::success();
  std::vector<TensorType> types;
  std::vector<Tensor> results;

  Call(std::string_view op, const Attributes &attrs, const std::vector<Tensor> &operands) {
    std::vector<InferOperand> known;
    std::vector<TensorView> views;
    for (const Tensor &t : operands) {
      known.push_back({{t.dtype, t.shape}, t.bytes.data()});
      views.push_back({t.dtype, t.shape, t.bytes.data()});
    }
    status = inferTypes(op, attrs, known, types);
    if (!status.ok())
      return;
    std::vector<MutableTensorView> out;
    for (const TensorType &type : types) {
      if (!type.shape) {
        status = Status::error("unknown shape");
        return;
      }
      size_t size = static_cast<size_t>(*numElements(*type.shape)) * sizeOf(type.dtype);
      results.push_back({type.dtype, *type.shape, std::vector<char>(size, 0x55)});
    }
    for (Tensor &t : results)
      out.push_back({t.dtype, t.shape, t.bytes.data()});
    status = compute(op, attrs, views, out);
  }
};

/// Expects one result of the given shape and values.
template <typename T>
void expectResult(const Call &call, const Shape &shape, const std::vector<T> &values,
                  double tolerance = 1e-6) {
  ASSERT_TRUE(call.status.ok()) << call.status.message();
  ASSERT_FALSE(call.results.empty());
  EXPECT_EQ(call.results[0].shape, shape);
  std::vector<T> got = call.results[0].values<T>();
  ASSERT_EQ(got.size(), values.size());
  for (size_t i = 0; i < got.size(); ++i) {
    if (std::is_floating_point_v<T>)
      EXPECT_NEAR(got[i], values[i], tolerance) << "element " << i;
    else
      EXPECT_EQ(got[i], values[i]) << "element " << i;
  }
}

/// Expects an error whose text contains `part`.
inline void expectError(const Call &call, std::string_view part) {
  EXPECT_FALSE(call.status.ok());
  EXPECT_NE(call.status.message().find(part), std::string::npos) << call.status.message();
}

} // namespace openatc::host

#endif // OPENATC_TEST_UNIT_HOSTOPS_OPTESTER_H
