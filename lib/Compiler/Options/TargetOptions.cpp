//===- TargetOptions.cpp - Chip and host ----------------------------------===//
#include "Families.h"
#include "NearestNames.h"
#include "openatc/Target/SocDescription.h"

namespace openatc::compiler {
namespace {

using enum OptionStatus;
constexpr OptionGroup group = OptionGroup::Target;

constexpr const char *devices = "a model is compiled for all cores of one chip";
constexpr const char *hostCode = "the offline model holds no code for a host";

constexpr OptionInfo rows[] = {
    {"soc_version", group, Used, "<name>", "chip: Ascend310P3, Ascend310 or Ascend910A"},
    {"host_env_os", group, Ignored, "<os>", hostCode, "linux", "linux|minios"},
    {"host_env_cpu", group, Ignored, "<cpu>", hostCode, "x86_64|aarch64",
     "x86_64|aarch64|arm64|arm"},
    {"aicore_num", group, Refused, "<n>", devices},
    {"core_type", group, Refused, "<type>", devices, "AiCore", "AiCore|VectorCore"},
    {"virtual_type", group, Refused, "<n>", devices, "0", "int:0|1"},
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

void read(OptionReader &reader, CommandLine &line) {
  std::string soc =
      reader.required("soc_version", "Name the chip, e.g. --soc_version=Ascend310P3.");
  std::vector<std::string> known = nearestFirst(soc, knownSocs());
  if (!soc.empty() && known.front() != soc)
    reader.messages.error(
        invalidValue("soc_version", soc, "The value must be one of " + joined(known) + ".",
                     "Names are spelled exactly like this; did you mean " + known.front() + "?"));
  line.options.soc = soc;
}

} // namespace

OptionFamily targetOptions() { return {rows, read}; }

} // namespace openatc::compiler
