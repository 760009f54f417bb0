//===- AippFields.h - The fields of an aipp_op block ----------------------===//
#ifndef OPENATC_LIB_AIPP_AIPPFIELDS_H
#define OPENATC_LIB_AIPP_AIPPFIELDS_H

#include <string_view>

namespace openatc::aipp {

enum class FieldKind { Integer, Float, Boolean, Enumerator, String };

/// Name, kind and legal range (both ends included) of a field.
struct FieldSpec {
  std::string_view name;
  FieldKind kind;
  double low = 0, high = 0;
};

/// The field called `name`, or null.
const FieldSpec *findField(std::string_view name);

/// The field of the table that is closest in spelling to `name`, or empty.
std::string_view closestField(std::string_view name);

} // namespace openatc::aipp

#endif // OPENATC_LIB_AIPP_AIPPFIELDS_H
