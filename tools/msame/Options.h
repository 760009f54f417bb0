//===- Options.h - Command line of msame ----------------------------------===//
#ifndef OPENATC_TOOLS_MSAME_OPTIONS_H
#define OPENATC_TOOLS_MSAME_OPTIONS_H

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace msame {

/// "name:1,3,224,224" of --dymDims and --dymShape.
struct NamedShape {
  std::string name;
  std::vector<int64_t> dims;
};

struct Options {
  std::string model, output;
  std::vector<std::string> inputs;
  bool text = false, debug = false, profiler = false, dump = false, help = false;
  int loop = 1, device = 0;
  uint64_t batch = 0;                              ///< of --dymBatch; 0: not given
  std::optional<std::pair<uint64_t, uint64_t>> hw; ///< of --dymHW
  std::vector<NamedShape> dims, shapes;            ///< of --dymDims and --dymShape
  std::vector<size_t> outputSizes;
};

/// Reads the words after the program's name; a sentence that says what is wrong, or nothing.
std::optional<std::string> parse(int argc, char **argv, Options &options);

extern const char kHelp[];

} // namespace msame

#endif // OPENATC_TOOLS_MSAME_OPTIONS_H
