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

nb::object Value<aclmdlIODimsRange>::to(const aclmdlIODimsRange &value) {
  size_t count = std::min<size_t>(value.rangeCount, ACL_MAX_DIM_CNT);
  nb::list ranges;
  for (size_t i = 0; i < count; ++i)
    ranges.append(Value<std::vector<int64_t>>::to({value.range[i], value.range[i] + 2}));
  nb::dict out;
  out["rangeCount"] = count;
  out["range"] = ranges;
  return out;
}

nb::object Value<aclAippInfo>::to(const aclAippInfo &value) {
  nb::dict out;
  // Fields keep the names of the C struct.
#define FIELD(name) out[#name] = Value<std::remove_cv_t<decltype(value.name)>>::to(value.name)
  FIELD(inputFormat), FIELD(srcImageSizeW), FIELD(srcImageSizeH);
  FIELD(cropSwitch), FIELD(loadStartPosW), FIELD(loadStartPosH);
  FIELD(cropSizeW), FIELD(cropSizeH);
  FIELD(resizeSwitch), FIELD(resizeOutputW), FIELD(resizeOutputH);
  FIELD(paddingSwitch), FIELD(leftPaddingSize), FIELD(rightPaddingSize);
  FIELD(topPaddingSize), FIELD(bottomPaddingSize);
  FIELD(cscSwitch), FIELD(rbuvSwapSwitch), FIELD(axSwapSwitch), FIELD(singleLineMode);
  FIELD(matrixR0C0), FIELD(matrixR0C1), FIELD(matrixR0C2);
  FIELD(matrixR1C0), FIELD(matrixR1C1), FIELD(matrixR1C2);
  FIELD(matrixR2C0), FIELD(matrixR2C1), FIELD(matrixR2C2);
  FIELD(outputBias0), FIELD(outputBias1), FIELD(outputBias2);
  FIELD(inputBias0), FIELD(inputBias1), FIELD(inputBias2);
  FIELD(meanChn0), FIELD(meanChn1), FIELD(meanChn2), FIELD(meanChn3);
  FIELD(minChn0), FIELD(minChn1), FIELD(minChn2), FIELD(minChn3);
  FIELD(varReciChn0), FIELD(varReciChn1), FIELD(varReciChn2), FIELD(varReciChn3);
  FIELD(srcFormat), FIELD(srcDatatype), FIELD(srcDimNum), FIELD(shapeCount);
#undef FIELD
  nb::list shapes;
  for (size_t i = 0; i < std::min<size_t>(value.shapeCount, ACL_MAX_SHAPE_COUNT); ++i) {
    const aclAippDims &dims = value.outDims[i];
    nb::dict shape;
    shape["srcDims"] = Value<aclmdlIODims>::to(dims.srcDims);
    shape["srcSize"] = dims.srcSize;
    shape["aippOutdims"] = Value<aclmdlIODims>::to(dims.aippOutdims);
    shape["aippOutSize"] = dims.aippOutSize;
    shapes.append(shape);
  }
  out["outDims"] = shapes;
  return out;
}

} // namespace openatc::python
