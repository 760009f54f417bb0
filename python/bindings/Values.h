//===- Values.h - Python values of C types --------------------------------===//
#ifndef OPENATC_PYTHON_VALUES_H
#define OPENATC_PYTHON_VALUES_H

#include "acl/acl.h"

#include <nanobind/nanobind.h>

#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

namespace nb = nanobind;

namespace openatc::python {

/// An argument is not of the type that its parameter has.
struct BadArgument {};

/// The value of anything with __index__, as two's complement of `bits` bits; -1 may stand for the
/// largest unsigned number, as it does in C.
uint64_t wholeNumber(nb::handle value, unsigned bits);
double realNumber(nb::handle value);
/// UTF-8 text that lives as long as the Python string.
const char *text(nb::handle value);
/// A Python string; bytes that are no UTF-8 are replaced. NULL is the empty string.
nb::object toText(const char *value);

/// How a C type looks in Python: from(), to() and the annotation type().
template <class T> struct Value;

template <class T>
  requires std::integral<T> || std::is_enum_v<T>
struct Value<T> {
  static constexpr bool isOptional = false;
  static T from(nb::handle value) { return T(wholeNumber(value, sizeof(T) * 8)); }
  static nb::object to(T value) {
    // An enum that holds -1 is a negative number, whatever its underlying type.
    if constexpr (std::is_enum_v<T>)
      return nb::int_(int(value));
    else
      return nb::int_(value);
  }
  static std::string type() { return "int"; }
};

template <std::floating_point T> struct Value<T> {
  static constexpr bool isOptional = false;
  static T from(nb::handle value) { return T(realNumber(value)); }
  static nb::object to(T value) { return nb::float_(double(value)); }
  static std::string type() { return "float"; }
};

template <> struct Value<const char *> {
  static constexpr bool isOptional = false;
  static const char *from(nb::handle value) { return text(value); }
  static nb::object to(const char *value) { return toText(value); }
  static std::string type() { return "str"; }
};

/// Handles and addresses.
template <class T> struct Value<T *> {
  static constexpr bool isOptional = false;
  static T *from(nb::handle value) { return reinterpret_cast<T *>(wholeNumber(value, 64)); }
  static nb::object to(T *value) { return nb::int_(reinterpret_cast<uintptr_t>(value)); }
  static std::string type() { return "int"; }
};

/// Any object, or callable by its annotation.
template <> struct Value<nb::object> {
  static constexpr bool isOptional = false;
  static nb::object from(nb::handle value) { return nb::borrow(value); }
  static std::string type() { return "object"; }
};

/// A list or tuple.
template <class T> struct Value<std::vector<T>> {
  static constexpr bool isOptional = false;
  static std::vector<T> from(nb::handle value) {
    if (!nb::isinstance<nb::list>(value) && !nb::isinstance<nb::tuple>(value))
      throw BadArgument();
    std::vector<T> out;
    for (nb::handle element : value)
      out.push_back(Value<T>::from(element));
    return out;
  }
  static nb::object to(const std::vector<T> &value) {
    nb::list out;
    for (const T &element : value)
      out.append(Value<T>::to(element));
    return out;
  }
  static std::string type() { return "list[" + Value<T>::type() + "]"; }
};

/// An argument that may be left out.
template <class T> struct Optional {
  T value{};
};
template <class T> struct Value<Optional<T>> {
  static constexpr bool isOptional = true;
  static Optional<T> from(nb::handle value) { return {Value<T>::from(value)}; }
  static std::string type() { return Value<T>::type(); }
};

// Structs that applications see as dicts.
template <> struct Value<aclmdlIODims> {
  static aclmdlIODims from(nb::handle value);
  static nb::object to(const aclmdlIODims &value);
  static std::string type() { return "dict"; }
};
template <> struct Value<aclmdlBatch> {
  static nb::object to(const aclmdlBatch &value);
  static std::string type() { return "dict"; }
};
template <> struct Value<aclmdlHW> {
  static nb::object to(const aclmdlHW &value);
  static std::string type() { return "dict"; }
};

template <> struct Value<aclmdlIODimsRange> {
  static nb::object to(const aclmdlIODimsRange &value);
  static std::string type() { return "dict"; }
};
template <> struct Value<aclAippInfo> {
  static nb::object to(const aclAippInfo &value);
  static std::string type() { return "dict"; }
};

template <class T>
concept Dict = std::is_class_v<T> && requires(const T &value) { Value<T>::to(value); };

} // namespace openatc::python

#endif // OPENATC_PYTHON_VALUES_H
