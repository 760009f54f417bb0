//===- KernelHarness.h - Runs one kernel group on the simulator -----------===//
#ifndef OPENATC_TEST_UNIT_KERNEL_KERNELHARNESS_H
#define OPENATC_TEST_UNIT_KERNEL_KERNELHARNESS_H

#include "openatc/Support/Half.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace openatc::test {

using Bytes = std::vector<uint8_t>;

struct KernelRun {
  std::string error; ///< empty when the kernel ran
  std::vector<Bytes> outputs;
  uint64_t cycles = 0;
  uint32_t blocks = 0;
};

/// Compiles the text of a module with one function whose body is one ascend.kernel,
/// and runs it with hazard checks. Inputs are the raw bytes of the function's
/// arguments, in order; `outputSizes` the sizes of the kernel's results in bytes. The
/// group must not use constants from outside.
KernelRun runKernel(const std::string &module, const std::vector<Bytes> &inputs,
                    const std::vector<size_t> &outputSizes, std::string_view soc = "Ascend310P3");

/// Raw bytes of values, and back.
template <typename T> Bytes toBytes(const std::vector<T> &values) {
  Bytes bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}
template <typename T> std::vector<T> fromBytes(const Bytes &bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

/// f32 values as f16 bytes, and back.
inline Bytes toHalfBytes(const std::vector<float> &values) {
  std::vector<uint16_t> halves(values.size());
  floatToHalf(values.data(), halves.data(), values.size());
  return toBytes(halves);
}
inline std::vector<float> fromHalfBytes(const Bytes &bytes) {
  std::vector<uint16_t> halves = fromBytes<uint16_t>(bytes);
  std::vector<float> values(halves.size());
  halfToFloat(halves.data(), values.data(), values.size());
  return values;
}

} // namespace openatc::test

#endif // OPENATC_TEST_UNIT_KERNEL_KERNELHARNESS_H
