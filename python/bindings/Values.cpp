//===- Values.cpp - Python values of C types ------------------------------===//

#include "Values.h"

#include <algorithm>
#include <cstring>

namespace openatc::python {

uint64_t wholeNumber(nb::handle value, unsigned bits) {
  nb::object number = nb::steal(PyNumber_Index(value.ptr()));
  if (!number) {
    PyErr_Clear();
    throw BadArgument();
  }
  int overflow = 0;
  long long result = PyLong_AsLongLongAndOverflow(number.ptr(), &overflow);
  if (overflow > 0 && bits == 64) {
    uint64_t large = PyLong_AsUnsignedLongLong(number.ptr());
    if (!PyErr_Occurred())
      return large;
    PyErr_Clear();
  }
  bool fits = !overflow && (bits == 64 || (result >= -(1LL << (bits - 1)) && result < 1LL << bits));
  if (!fits)
    throw BadArgument();
  return uint64_t(result);
}

double realNumber(nb::handle value) {
  double result = PyFloat_AsDouble(value.ptr());
  if (PyErr_Occurred()) {
    PyErr_Clear();
    throw BadArgument();
  }
  return result;
}

const char *text(nb::handle value) {
  Py_ssize_t bytes = 0;
  const char *result =
      PyUnicode_Check(value.ptr()) ? PyUnicode_AsUTF8AndSize(value.ptr(), &bytes) : nullptr;
  if (!result || std::memchr(result, 0, size_t(bytes))) {
    PyErr_Clear();
    throw BadArgument();
  }
  return result;
}

nb::object toText(const char *value) {
  size_t bytes = value ? std::strlen(value) : 0;
  return nb::steal(PyUnicode_DecodeUTF8(value, Py_ssize_t(bytes), "replace"));
}

aclmdlIODims Value<aclmdlIODims>::from(nb::handle value) {
  if (!nb::isinstance<nb::dict>(value))
    throw BadArgument();
  auto entries = nb::borrow<nb::dict>(value);
  if (!entries.contains("dims"))
    throw BadArgument();
  std::vector<int64_t> dims = Value<std::vector<int64_t>>::from(entries["dims"]);
  size_t count =
      entries.contains("dimCount") ? Value<size_t>::from(entries["dimCount"]) : dims.size();
  if (count > dims.size() || count > ACL_MAX_DIM_CNT)
    throw BadArgument();
  aclmdlIODims out{};
  if (entries.contains("name"))
    std::strncpy(out.name, text(entries["name"]), sizeof out.name - 1);
  out.dimCount = count;
  std::copy_n(dims.begin(), count, out.dims);
  return out;
}

nb::object Value<aclmdlIODims>::to(const aclmdlIODims &value) {
  size_t count = std::min<size_t>(value.dimCount, ACL_MAX_DIM_CNT);
  nb::dict out;
  out["name"] = toText(value.name);
  out["dimCount"] = count;
  out["dims"] = Value<std::vector<int64_t>>::to({value.dims, value.dims + count});
  return out;
}

nb::object Value<aclmdlBatch>::to(const aclmdlBatch &value) {
  size_t count = std::min<size_t>(value.batchCount, ACL_MAX_BATCH_NUM);
  nb::dict out;
  out["batchCount"] = count;
  out["batch"] = Value<std::vector<uint64_t>>::to({value.batch, value.batch + count});
  return out;
}

nb::object Value<aclmdlHW>::to(const aclmdlHW &value) {
  size_t count = std::min<size_t>(value.hwCount, ACL_MAX_HW_NUM);
  nb::list sizes;
  for (size_t i = 0; i < count; ++i)
    sizes.append(Value<std::vector<uint64_t>>::to({value.hw[i], value.hw[i] + 2}));
  nb::dict out;
  out["hwCount"] = count;
  out["hw"] = sizes;
  return out;
}

} // namespace openatc::python
