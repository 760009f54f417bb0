//===- Bind.h - C functions as functions of the module acl ----------------===//
//
// bind<aclrtMalloc>(rt, "malloc", "size, policy", "...") derives everything else from the type of
// the C function: handles, pointers and enums are integers, pointers to what the library fills in
// are results, and the status comes last.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_PYTHON_BIND_H
#define OPENATC_PYTHON_BIND_H

#include "Values.h"

#include <string_view>
#include <tuple>

namespace openatc::python {

/// The module or one of its namespaces, with the name that messages give it ("acl", "acl.rt").
struct Scope {
  nb::module_ module;
  std::string path;
};

/// What the library writes through a pointer: numbers, handles and structs of which applications
/// see a dict. `char *` is a buffer, and `const` is an argument.
template <class T>
concept Filled = !std::is_const_v<T> && !std::is_same_v<T, char> &&
                 (std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_pointer_v<T> || Dict<T>);

/// One parameter of a C function: read from a Python argument ...
template <class T> struct Parameter {
  using Plain = std::remove_cv_t<std::remove_reference_t<T>>;
  static constexpr bool isResult = false;
  static constexpr bool isOptional = Value<Plain>::isOptional;
  Plain value{};
  const Plain &pass() const { return value; }
  static std::string type() { return Value<Plain>::type(); }
};
/// ... as a dict ...
template <Dict T> struct Parameter<const T *> {
  static constexpr bool isResult = false, isOptional = false;
  T value{};
  const T *pass() const { return &value; }
  static std::string type() { return Value<T>::type(); }
};
/// ... or a result.
template <Filled T> struct Parameter<T *> {
  static constexpr bool isResult = true, isOptional = true;
  T value{};
  T *pass() { return &value; }
  static std::string type() { return Value<T>::type(); }
};

template <class T> void parse(Parameter<T> &parameter, nb::args &arguments, size_t &next) {
  if constexpr (!Parameter<T>::isResult)
    if (next < arguments.size())
      parameter.value = Value<decltype(parameter.value)>::from(arguments[next++]);
}

template <class T> void collect(Parameter<T> &parameter, nb::list &results) {
  if constexpr (Parameter<T>::isResult)
    results.append(Value<decltype(parameter.value)>::to(parameter.value));
}

/// Calls `function`. A status means that the call may block, so that other Python threads go on.
template <class R, class... A, size_t... I>
nb::object invoke(R (*function)(A...), nb::args &arguments, std::index_sequence<I...>) {
  constexpr size_t required = (size_t(!Parameter<A>::isOptional) + ... + 0);
  constexpr size_t allowed = (size_t(!Parameter<A>::isResult) + ... + 0);
  if (arguments.size() < required || arguments.size() > allowed)
    throw BadArgument();
  std::tuple<Parameter<A>...> parameters;
  size_t next = 0;
  (parse<A>(std::get<I>(parameters), arguments, next), ...);
  if constexpr (std::is_same_v<R, nb::object>) {
    return function(std::get<I>(parameters).pass()...);
  } else if constexpr (std::is_void_v<R>) {
    function(std::get<I>(parameters).pass()...);
    return nb::none();
  } else if constexpr (std::is_same_v<R, aclError>) {
    aclError status;
    {
      nb::gil_scoped_release released;
      status = function(std::get<I>(parameters).pass()...);
    }
    nb::list results;
    (collect<A>(std::get<I>(parameters), results), ...);
    if (nb::len(results) == 0)
      return nb::int_(status);
    results.append(status);
    return nb::tuple(results);
  } else {
    return Value<R>::to(function(std::get<I>(parameters).pass()...));
  }
}

/// "def malloc(size: int, policy: int, /) -> tuple[int, int]". `parameters` names the arguments in
/// order; behind " -> " it may give the result's type, which a function returning an object needs.
template <class R, class... A>
std::string signature(R (*)(A...), const char *name, std::string_view parameters) {
  std::string given, out = "def " + std::string(name) + "(";
  if (size_t arrow = parameters.find(" -> "); arrow != parameters.npos) {
    given = parameters.substr(arrow + 4);
    parameters = parameters.substr(0, arrow);
  } else if (parameters.starts_with("-> ")) {
    given = parameters.substr(3);
    parameters = {};
  }
  auto argument = [&](bool isResult, bool isOptional, const std::string &type) {
    if (isResult)
      return;
    size_t comma = std::min(parameters.find(", "), parameters.size());
    out += std::string(parameters.substr(0, comma)) + ": " + type;
    out += isOptional ? " = ..., " : ", ";
    parameters.remove_prefix(std::min(comma + 2, parameters.size()));
  };
  (argument(Parameter<A>::isResult, Parameter<A>::isOptional, Parameter<A>::type()), ...);
  out += out.ends_with('(') ? ") -> " : "/) -> ";
  if (!given.empty())
    return out + given;
  std::string results;
  ((results += Parameter<A>::isResult ? Parameter<A>::type() + ", " : ""), ...);
  if constexpr (std::is_void_v<R>)
    return out + "None";
  else if constexpr (!std::is_same_v<R, nb::object>)
    return out + (results.empty() ? Value<R>::type() : "tuple[" + results + "int]");
  else
    return out + "object";
}

/// The same function with addresses in place of pointers to numbers, which then are no results.
template <auto function> struct WithAddresses;
template <class R, class... A, R (*function)(A...)> struct WithAddresses<function> {
  template <class T> struct Address {
    using type = T;
  };
  template <class T>
    requires std::is_arithmetic_v<T>
  struct Address<T *> {
    using type = void *;
  };
  static R call(typename Address<A>::type... arguments) { return function((A)arguments...); }
};
template <auto function> inline constexpr auto addresses = &WithAddresses<function>::call;

/// Makes `function` the Python function `name` of `scope`.
template <auto function>
void bind(Scope &scope, const char *name, std::string_view parameters, const char *documentation) {
  auto arity = []<class R, class... A>(R (*)(A...)) { return std::index_sequence_for<A...>(); };
  std::string text = signature(function, name, parameters);
  std::string failure = scope.path + "." + name + " args parse failed";
  scope.module.def(
      name,
      [failure, arity](nb::args arguments, nb::kwargs named) {
        try {
          if (named.size() == 0)
            return invoke(function, arguments, arity(function));
        } catch (const BadArgument &) {
        }
        throw nb::type_error(failure.c_str());
      },
      nb::sig(text.c_str()), documentation);
}

} // namespace openatc::python

#endif // OPENATC_PYTHON_BIND_H
