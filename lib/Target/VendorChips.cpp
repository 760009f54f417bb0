//===- VendorChips.cpp - Chips that exist but are not modelled ------------===//
//
// Names a user may rightly give as soc_version, so that the answer is not that they are
// misspelled. Source: names of the vendor's platform configuration files.
//
//===----------------------------------------------------------------------===//
#include "openatc/Target/VendorChips.h"

#include <algorithm>
#include <utility>

namespace openatc {
namespace {

constexpr std::string_view a2 = "Atlas A2, with separate cube and vector cores";
constexpr std::string_view a3 = "Atlas A3, with separate cube and vector cores";
constexpr std::string_view dk = "Atlas 200I DK A2 generation, with a fix pipe behind the cube";
constexpr std::string_view next = "of the 950 generation, with separate cube and vector cores";
constexpr std::string_view embedded = "for vehicles and consumer devices";

constexpr std::pair<std::string_view, std::string_view> chips[] = {
    {"Ascend310B1", dk},         {"Ascend310B2", dk},         {"Ascend310B3", dk},
    {"Ascend310B4", dk},         {"Ascend910B1", a2},         {"Ascend910B2", a2},
    {"Ascend910B2C", a2},        {"Ascend910B3", a2},         {"Ascend910B4", a2},
    {"Ascend910B4-1", a2},       {"Ascend910_9362", a3},      {"Ascend910_9372", a3},
    {"Ascend910_9381", a3},      {"Ascend910_9382", a3},      {"Ascend910_9391", a3},
    {"Ascend910_9392", a3},      {"Ascend910_95", next},      {"Ascend910_5591", next},
    {"Ascend031", embedded},     {"Ascend035", embedded},     {"Ascend035A", embedded},
    {"Ascend035B", embedded},    {"Ascend610", embedded},     {"Ascend610Lite", embedded},
    {"AS31XM1X", embedded},      {"BS9SX1AA", embedded},      {"BS9SX1AB", embedded},
    {"BS9SX1AC", embedded},      {"BS9SX2AA", embedded},      {"BS9SX2AB", embedded},
    {"MC61AM21AA", embedded},    {"MC61AM21AB", embedded},    {"SD3403", embedded},
    {"Hi3796CV300CS", embedded}, {"Hi3796CV300ES", embedded},
};

} // namespace

std::string_view vendorChip(std::string_view socVersion) {
  if (socVersion.starts_with("Ascend950"))
    return next;
  auto chip =
      std::ranges::find(chips, socVersion, &std::pair<std::string_view, std::string_view>::first);
  return chip == std::end(chips) ? std::string_view() : chip->second;
}

} // namespace openatc
