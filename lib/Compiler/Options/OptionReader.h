//===- OptionReader.h - Option values, checked ----------------------------===//
#ifndef OPENATC_LIB_COMPILER_OPTIONS_OPTIONREADER_H
#define OPENATC_LIB_COMPILER_OPTIONS_OPTIONREADER_H

#include "openatc/Compiler/Messages.h"

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

namespace openatc::compiler {

struct OptionInfo;

/// Options by their full names with the values as written.
using OptionValues = std::map<std::string, std::string, std::less<>>;

/// Gives families of options their values. What the table does not allow is reported by
/// the constructor and then counts as not given.
class OptionReader {
public:
  OptionReader(const OptionValues &given, Messages &messages);

  Messages &messages;

  /// Whether the option is on the command line at all.
  bool has(std::string_view name) const { return given.count(name) != 0; }
  /// A legal value, or null.
  const std::string *find(std::string_view name) const;
  std::string text(std::string_view name, std::string otherwise = "") const;
  /// E10054 with `why` as the remedy when the option is not given.
  std::string required(const std::string &name, const std::string &why);
  /// The index of the value among the words of the table's `legal`, in the caller's order.
  int choice(std::string_view name, std::initializer_list<std::string_view> words,
             int otherwise) const;
  /// Of options whose values are "bool" or 0 and 1.
  bool flag(std::string_view name, bool otherwise) const;
  /// E10047 when both options are given.
  void exclude(const std::string &first, const std::string &second);

  /// Complains about refused options and warns about those without effect.
  void judge();

private:
  bool check(const OptionInfo &option, const std::string &value);

  const OptionValues &given;
  OptionValues legal;
};

/// Whether `value` is one of `words`, which are separated by '|'.
bool isAmong(std::string_view value, std::string_view words);

} // namespace openatc::compiler

#endif // OPENATC_LIB_COMPILER_OPTIONS_OPTIONREADER_H
