//===- VendorChips.h - Chips that exist but are not modelled --------------===//
#ifndef OPENATC_TARGET_VENDORCHIPS_H
#define OPENATC_TARGET_VENDORCHIPS_H

#include <string_view>

namespace openatc {

/// What an existing chip without a description here is, e.g. "Atlas A2, with ..."; empty for all
/// other names.
std::string_view vendorChip(std::string_view socVersion);

} // namespace openatc

#endif // OPENATC_TARGET_VENDORCHIPS_H
