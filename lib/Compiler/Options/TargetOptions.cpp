//===- TargetOptions.cpp - Chip and host ----------------------------------===//
#include "Families.h"
#include "NearestNames.h"
#include "openatc/Target/SocDescription.h"
#include "openatc/Target/VendorChips.h"

namespace openatc::compiler {
namespace {

using enum OptionStatus;
constexpr OptionGroup group = OptionGroup::Target;

constexpr const char *devices = "a model is compiled for all cores of one chip";
constexpr const char *hostCode = "the offline model holds no code for a host";

constexpr OptionInfo rows[] = {
    {"soc_version", group, Used, "<name>",
     "chip, spelled exactly: Ascend310P3, Ascend310P1, Ascend310P5, Ascend310P7, Ascend310, "
     "Ascend910A, Ascend910B, Ascend910ProA, Ascend910ProB or Ascend910PremiumA"},
    {"host_env_os", group, Ignored, "<os>", hostCode, "linux", "linux|minios"},
    {"host_env_cpu", group, Ignored, "<cpu>", hostCode, "x86_64|aarch64",
     "x86_64|aarch64|arm64|arm"},
    {"aicore_num", group, Ignored, "<n>", "kernels use all cores of the chip"},
    {"core_type", group, Refused, "<type>", devices, "AiCore", "AiCore|VectorCore"},
    {"virtual_type", group, Ignored, "<n>", "a model runs on virtual devices as on others", "0",
     "int:0|1"},
    {"cluster_config", group, Refused, "<file>", devices},
    {"hccl_sub_comm_config", group, Refused, "<file>", devices},
    {"device_id", group, Ignored, "<n>", "compiling needs no device", "0", "int"},
    {"target", group, Ignored, "<name>", "superseded by --soc_version"},
};

/// "A, B" of all names.
std::string joined(const std::vector<std::string> &names) {
  std::string list;
  for (const std::string &name : names)
    list += (list.empty() ? "" : ", ") + name;
  return list;
}

/// The chip of --soc_version; others get the list of the known ones, nearest first.
void readSoc(OptionReader &reader, CompileOptions &options) {
  std::string soc =
      reader.required("soc_version", "Name the chip, e.g. --soc_version=Ascend310P3.");
  options.soc = soc;
  std::vector<std::string> known = nearestFirst(soc, knownSocs());
  if (soc.empty() || known.front() == soc)
    return;
  if (std::string chip(vendorChip(soc)); !chip.empty())
    reader.messages.error(
        invalidValue("soc_version", soc,
                     "It is a chip (" + chip + ") that is not modelled yet. Modelled are " +
                         joined(knownSocs()) + ".",
                     "Compile for one of these; Ascend310P3 is the common inference chip."));
  else
    reader.messages.error(
        invalidValue("soc_version", soc, "The value must be one of " + joined(known) + ".",
                     "Names are spelled exactly like this; did you mean " + known.front() + "?"));
}

void read(OptionReader &reader, CommandLine &line) { readSoc(reader, line.options); }

} // namespace

OptionFamily targetOptions() { return {rows, read}; }

} // namespace openatc::compiler
