//===- OpFile.h - Single operators as JSON --------------------------------===//
#ifndef OPENATC_SINGLEOP_OPFILE_H
#define OPENATC_SINGLEOP_OPFILE_H

#include "openatc/OfflineModel/Model.h"

namespace openatc::singleop {

/// An operator of a --singleop file.
struct OpEntry {
  om::OpDescription op;
  std::string name; ///< wanted name of the .om file; may be empty
};

/// What is wrong with a file, as a code of CANN's table.
struct OpError {
  std::string code, text, cause, solution;
};

/// Reads the operators of a JSON text, an array or one object with the keys `op`, `name`,
/// `input_desc`, `output_desc` and `attr` (E10025 to E10030 otherwise). All problems are
/// reported. `path` stands for the file in the texts.
std::vector<OpEntry> parseOps(const std::string &json, const std::string &path,
                              std::vector<OpError> &errors);

/// The operator as such a JSON object; parseOps reads it back.
std::string printOp(const om::OpDescription &op);

/// Name of the file of operator `index`: the entry's name where it can be one, else
/// `<index>_<type>` and `_<dtype>_<format>[_<dim>...]` in numbers for every tensor; at
/// most 128 characters and ".om".
std::string fileName(const OpEntry &entry, size_t index);

/// "MatMulV2(float16 ND [16, 32], float16 ND [32, 8]) -> float16 ND [16, 8]" for messages.
std::string describe(const om::OpDescription &op);

/// An attribute with its value as text; list_bool takes 0 and 1.
om::OpAttribute boolAttribute(const std::string &name, bool value);
om::OpAttribute intAttribute(const std::string &name, int64_t value);
om::OpAttribute floatAttribute(const std::string &name, float value);
om::OpAttribute stringAttribute(const std::string &name, const std::string &value);
om::OpAttribute dataTypeAttribute(const std::string &name, int64_t code);
om::OpAttribute boolsAttribute(const std::string &name, const std::vector<bool> &values);
om::OpAttribute intsAttribute(const std::string &name, const std::vector<int64_t> &values);
om::OpAttribute floatsAttribute(const std::string &name, const std::vector<float> &values);
om::OpAttribute stringsAttribute(const std::string &name, const std::vector<std::string> &values);
om::OpAttribute intListsAttribute(const std::string &name,
                                  const std::vector<std::vector<int64_t>> &values);

} // namespace openatc::singleop

#endif // OPENATC_SINGLEOP_OPFILE_H
