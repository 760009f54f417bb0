//===- SocDescription.h - What one soc_version is made of -----------------===//
//
// Data only: `lib/Target/soc/<soc_version>.ini`, compiled into the library. The
// compiler's cost model and the simulator's timing read the same fields; SoC
// differences are data here, never `if (soc == ...)` elsewhere.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_TARGET_SOCDESCRIPTION_H
#define OPENATC_TARGET_SOCDESCRIPTION_H

#include "openatc/Support/Status.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace openatc {

/// Sizes in bytes, rates in bytes per core clock cycle and core, clock in MHz.
struct SocDescription {
  std::string name; // "Ascend310P3"
  std::string arch; // "dav-m200"
  int64_t aiCores = 0;
  int64_t clockMHz = 0;
  int64_t l1Size = 0, l0aSize = 0, l0bSize = 0, l0cSize = 0, ubSize = 0;
  int64_t l2Size = 0;
  int64_t ddrReadRate = 0, ddrWriteRate = 0; // per-core port limits
  int64_t l2ReadRate = 0, l2WriteRate = 0;
  int64_t l1ToL0aRate = 0, l1ToL0bRate = 0, l1ToUbRate = 0;
  int64_t l0cToUbRate = 0, ubToL1Rate = 0, ubToL2Rate = 0, ubToDdrRate = 0;
  double dramGBs = 0;        // chip DRAM bandwidth, 1e9 bytes per second
  double kernelLaunchUs = 0; // fixed cost of one kernel launch
  int64_t eventIds = 8;      // hardware flags per (source, destination) pipe pair
  // Timing constants; every one is listed with its source in docs/timing-model.md.
  int64_t queueDepth = 32;
  int64_t mmadHead = 6, mmadLatency = 24;
  int64_t loadHead = 10; // MTE1 load2d / load3d
  int64_t vectorHead = 4, vectorLatency = 20;
  int64_t gmReadLatency = 0, gmWriteLatency = 0; // cycles, L2 hit
  int64_t dramLatency = 0;                       // extra cycles of an L2 miss
  int64_t gmRequestBytes = 128;                  // a GM burst rounds up to this
  int64_t l2LineBytes = 512;
  int64_t aippMaxPaddedWidth = 1080; // of a picture that AIPP pads, in pixels

  bool operator==(const SocDescription &) const = default;
};

/// Description of a known soc_version; an error that lists the known names otherwise.
Expected<SocDescription> findSoc(std::string_view socVersion);

/// Names of the built-in descriptions, sorted.
std::vector<std::string> knownSocs();

/// Parses the text of a description file. Unknown or missing keys, and values
/// that are not positive numbers, are errors with the line number.
Expected<SocDescription> parseSoc(std::string_view iniText);

/// Canonical text form (embedded in offline models; parseSoc(print(x)) == x).
std::string printSoc(const SocDescription &soc);

} // namespace openatc

#endif // OPENATC_TARGET_SOCDESCRIPTION_H
