//===- NetworkInputs.h - What the ONNX model takes for the same picture ---===//
#ifndef OPENATC_TOOLS_OM_NETWORKINPUTS_H
#define OPENATC_TOOLS_OM_NETWORKINPUTS_H

#include "Reference.h"

namespace openatc::tool {

/// Inputs of the ONNX model, by name, for inputs of the offline model. Where these go through
/// AIPP, the pictures are put through the configuration at `aippConfig` (empty: none given).
/// Errors name the input, or the line of the configuration.
Expected<std::map<std::string, HostTensor>>
networkInputs(const om::Plan &plan, const std::vector<std::vector<uint8_t>> &inputs,
              const std::string &aippConfig);

} // namespace openatc::tool

#endif // OPENATC_TOOLS_OM_NETWORKINPUTS_H
