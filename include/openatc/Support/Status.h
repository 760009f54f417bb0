//===- Status.h - Errors as values, without LLVM --------------------------===//
//
// The rooms below the compiler (ISA, Simulator, HostOps, OfflineModel, Runtime)
// report errors as values: nothing a user can feed them may abort the process.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_SUPPORT_STATUS_H
#define OPENATC_SUPPORT_STATUS_H

#include <optional>
#include <string>
#include <utility>

namespace openatc {

/// Success, or one sentence that names what is wrong.
class [[nodiscard]] Status {
public:
  static Status success() { return Status(); }
  static Status error(std::string message) {
    Status s;
    s.text = std::move(message);
    return s;
  }

  bool ok() const { return !text.has_value(); }
  /// The error text; empty on success.
  const std::string &message() const {
    static const std::string empty;
    return text ? *text : empty;
  }

private:
  std::optional<std::string> text;
};

/// A value, or the Status that says why there is none.
template <typename T> class [[nodiscard]] Expected {
public:
  Expected(T v) : val(std::move(v)) {}
  Expected(Status s) : err(std::move(s)) {}

  explicit operator bool() const { return val.has_value(); }
  T &operator*() { return *val; }
  const T &operator*() const { return *val; }
  T *operator->() { return &*val; }
  const T *operator->() const { return &*val; }
  /// The reason; success when a value is held.
  const Status &status() const { return err; }
  const std::string &message() const { return err.message(); }

private:
  std::optional<T> val;
  Status err;
};

} // namespace openatc

/// Returns from the calling function when `expr` is an error Status.
#define OPENATC_TRY(expr)                                                                          \
  do {                                                                                             \
    if (::openatc::Status openatcStatus = (expr); !openatcStatus.ok())                             \
      return openatcStatus;                                                                        \
  } while (false)

#endif // OPENATC_SUPPORT_STATUS_H
