//===- DevicePointer.h - Device memory as applications see it -------------===//
#ifndef OPENATC_LIB_ASCENDCL_DEVICEPOINTER_H
#define OPENATC_LIB_ASCENDCL_DEVICEPOINTER_H

#include <cstdint>

namespace openatc::acl {

/// A device address is the simulator's address with a tag and the number of the device
/// above it: 0x0D, device (8 bits), address (48 bits). No host memory has such an address,
/// so the two sides of a copy cannot be confused, nor two devices.
inline constexpr uintptr_t kDeviceTag = 0x0D;
inline constexpr int kTagShift = 56, kDeviceShift = 48;

inline void *toPointer(uint64_t address, int32_t device) {
  return reinterpret_cast<void *>(kDeviceTag << kTagShift | uintptr_t(device) << kDeviceShift |
                                  address);
}

inline bool isDevicePointer(const void *pointer) {
  return reinterpret_cast<uintptr_t>(pointer) >> kTagShift == kDeviceTag;
}

/// Simulator address of a device pointer; 0 for anything else.
inline uint64_t toAddress(const void *pointer) {
  constexpr uintptr_t kMask = (uintptr_t(1) << kDeviceShift) - 1;
  return isDevicePointer(pointer) ? reinterpret_cast<uintptr_t>(pointer) & kMask : 0;
}

/// Number of the device of a device pointer; -1 for anything else.
inline int32_t toDevice(const void *pointer) {
  return isDevicePointer(pointer)
             ? int32_t(reinterpret_cast<uintptr_t>(pointer) >> kDeviceShift & 0xff)
             : -1;
}

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_DEVICEPOINTER_H
