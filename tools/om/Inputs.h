//===- Inputs.h - Values for a model's inputs -----------------------------===//
#ifndef OPENATC_TOOLS_OM_INPUTS_H
#define OPENATC_TOOLS_OM_INPUTS_H

#include "openatc/OfflineModel/Model.h"

#include <random>

namespace openatc::tool {

/// Bytes of input `index` from a file: a .npy file of the input's type and shape, or any
/// other file of exactly its size (pictures with parameters of the run may be less). Errors name
/// the input, what it is and what the file has.
Expected<std::vector<uint8_t>> loadInput(const om::TensorDesc &desc, size_t index,
                                         const std::string &path);

/// One file per input, in model order, without the one for the gear, which is the last; an
/// error that lists the inputs when the number is wrong.
Expected<std::vector<std::vector<uint8_t>>> loadInputs(const om::Plan &plan,
                                                       const std::vector<std::string> &files);

/// Values that any network accepts, the same on every machine: floating point uniform in
/// [0, 1), integers 0 or 1, and AIPP parameters for pictures of the network's size. None for
/// the gear.
std::vector<std::vector<uint8_t>> seededInputs(const om::Plan &plan);

} // namespace openatc::tool

#endif // OPENATC_TOOLS_OM_INPUTS_H
