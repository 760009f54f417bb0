//===- AippConfig.h - The text of --insert_op_conf ------------------------===//
//
// Reads the protobuf text format of an AIPP configuration: `aipp_op { ... }`
// blocks of `name: value` fields. Reading is strict: an unknown or repeated
// field, a value of the wrong kind or outside its range, and a feature that
// cannot be honoured are errors that name the file and the line.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_AIPP_AIPPCONFIG_H
#define OPENATC_AIPP_AIPPCONFIG_H

#include "openatc/Support/Status.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace openatc::aipp {

/// The value of one field: `number` for integers, floats and booleans (0 or 1),
/// `word` for enumerators and strings.
struct FieldValue {
  double number = 0;
  std::string word;
  int line = 0;
};

/// One `aipp_op { ... }` block as written. Every field in it has a legal kind
/// and lies in its range; how fields fit together is checked by resolveAipp.
class AippOp {
public:
  AippOp(std::string fileName, int blockLine) : file(std::move(fileName)), line(blockLine) {}

  bool has(std::string_view field) const { return fields.find(field) != fields.end(); }
  /// The field's number, or `otherwise` when the block does not give it.
  double number(std::string_view field, double otherwise = 0) const;
  int integer(std::string_view field, int otherwise = 0) const {
    return static_cast<int>(number(field, otherwise));
  }
  bool flag(std::string_view field) const { return number(field) != 0; }
  bool isDynamic() const { return word("aipp_mode") == "dynamic"; }
  /// The field's enumerator or string; empty when the block does not give it.
  std::string_view word(std::string_view field) const;
  /// Adds a field; false when the block has it already.
  bool add(std::string_view field, FieldValue value);

  /// An error placed at `field`'s line, or at the block's when it is absent.
  Status error(std::string_view field, std::string_view text) const;

private:
  std::string file;
  int line;
  std::map<std::string, FieldValue, std::less<>> fields;
};

/// Parses the text of a configuration. `fileName` is used in errors only. The fields
/// that only the other mode has are accepted and without effect.
Expected<std::vector<AippOp>> parseAippConfig(std::string_view text, std::string_view fileName);

} // namespace openatc::aipp

#endif // OPENATC_AIPP_AIPPCONFIG_H
