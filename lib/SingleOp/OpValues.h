//===- OpValues.h - Values in JSON and in memory --------------------------===//
#ifndef OPENATC_LIB_SINGLEOP_OPVALUES_H
#define OPENATC_LIB_SINGLEOP_OPVALUES_H

#include "openatc/OfflineModel/Model.h"

#include <nlohmann/json.hpp>

namespace openatc::singleop {

using Json = nlohmann::json;

/// Reads a list of integers of 64 bits; false when it is something else.
bool readInts(const Json &from, std::vector<int64_t> &out);

/// Appends the elements of a flat list as `dtype`, in the bytes of a dense tensor; false
/// when one is no number of that type. Floating-point types also take "nan", "inf", "-inf".
bool readElements(const Json &from, DType dtype, std::vector<uint8_t> &out);

/// The reverse of readElements.
Json writeElements(const std::vector<uint8_t> &bytes, DType dtype);

/// Fills type and value of an attribute from a --singleop file; false when the value is not
/// of the type. A data_type may be a number or a name.
bool readAttribute(const Json &from, const std::string &type, om::OpAttribute &out);

} // namespace openatc::singleop

#endif // OPENATC_LIB_SINGLEOP_OPVALUES_H
