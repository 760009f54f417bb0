//===- Npy.h - NumPy .npy files -------------------------------------------===//
#ifndef OPENATC_RUNTIME_NPY_H
#define OPENATC_RUNTIME_NPY_H

#include "openatc/HostOps/HostOps.h"

namespace openatc::rt {

/// A dense row-major array. bf16, which NumPy does not have, travels as u16.
struct NpyArray {
  DType dtype = DType::Undefined;
  host::Shape shape;
  std::vector<uint8_t> bytes;
};

/// Parses the bytes of a .npy file, versions 1.0 and 2.0 of the format
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Errors
/// name what is wrong: Fortran order, big-endian or structured elements, a length that
/// does not fit the shape.
Expected<NpyArray> parseNpy(std::span<const uint8_t> file);

/// Reads and parses a file; errors begin with its name.
Expected<NpyArray> readNpy(const std::string &path);

/// The bytes of a version 1.0 file; `data` must fit dtype and shape.
Expected<std::vector<uint8_t>> formatNpy(DType dtype, const host::Shape &shape,
                                         std::span<const uint8_t> data);

/// Writes such a file.
Status writeNpy(const std::string &path, DType dtype, const host::Shape &shape,
                std::span<const uint8_t> data);

/// The whole content of a file.
Expected<std::vector<uint8_t>> readBinary(const std::string &path);

} // namespace openatc::rt

#endif // OPENATC_RUNTIME_NPY_H
