//===- TensorDescSet.cpp - Descriptions of tensors: setting ---------------===//

#include "Error.h"
#include "TensorDesc.h"

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Replaces the description by a copy that `change` has changed.
template <typename Change>
aclError update(aclTensorDesc *desc, const char *function, Change change) {
  std::shared_ptr<TensorDescription> found = findTensorDesc(desc, function);
  if (!found)
    return ACL_ERROR_INVALID_PARAM;
  auto changed = std::make_shared<TensorDescription>(*found);
  change(*changed);
  state().tensorDescs.replace(desc, std::move(changed));
  return ACL_SUCCESS;
}

aclError checkDims(const char *function, int numDims, const int64_t *dims) {
  if (numDims < 0 || numDims > ACL_MAX_DIM_CNT)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the argument 'numDims' is " + std::to_string(numDims) + "; it is 0 to 128");
  return numDims > 0 && !dims ? failNull(function, "dims") : ACL_SUCCESS;
}

aclError setStorageFormat(const char *function, aclTensorDesc *desc, aclFormat format) {
  return update(desc, function, [&](TensorDescription &d) { d.storageFormat = format; });
}

aclError setStorageShape(const char *function, aclTensorDesc *desc, int numDims,
                         const int64_t *dims) {
  if (aclError code = checkDims(function, numDims, dims); code != ACL_SUCCESS)
    return code;
  return update(desc, function,
                [&](TensorDescription &d) { d.storageDims.emplace(dims, dims + numDims); });
}

aclError setRange(const char *function, aclTensorDesc *desc, size_t count, int64_t ranges[][2],
                  const char *argument,
                  std::vector<std::array<int64_t, 2>> TensorDescription::*field) {
  if (count && !ranges)
    return failNull(function, argument);
  if (count > ACL_MAX_DIM_CNT)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                std::to_string(count) + " ranges are more than the 128 dimensions of a tensor");
  return update(desc, function, [&](TensorDescription &d) {
    (d.*field).clear();
    for (size_t i = 0; i < count; ++i)
      (d.*field).push_back({ranges[i][0], ranges[i][1]});
  });
}

/// Dimensions of `from` in format `to`; nothing for a pair that is not known.
std::optional<std::vector<int64_t>> transpose(const std::vector<int64_t> &dims, aclFormat from,
                                              aclFormat to) {
  constexpr int64_t kC0 = 16;
  if (from == to)
    return dims;
  if (dims.size() != 4 || (from != ACL_FORMAT_NCHW && from != ACL_FORMAT_NHWC))
    return std::nullopt;
  bool last = from == ACL_FORMAT_NHWC;
  int64_t n = dims[0], c = dims[last ? 3 : 1], h = dims[last ? 1 : 2], w = dims[last ? 2 : 3];
  switch (to) {
  case ACL_FORMAT_NCHW:
    return std::vector<int64_t>{n, c, h, w};
  case ACL_FORMAT_NHWC:
    return std::vector<int64_t>{n, h, w, c};
  case ACL_FORMAT_NC1HWC0:
    return std::vector<int64_t>{n, c < 0 ? c : c / kC0 + (c % kC0 != 0), h, w, kC0};
  default:
    return std::nullopt;
  }
}

} // namespace

aclError aclSetTensorShapeRange(aclTensorDesc *desc, size_t dimsCount,
                                int64_t dimsRange[][ACL_TENSOR_SHAPE_RANGE_NUM]) try {
  return setRange(__func__, desc, dimsCount, dimsRange, "dimsRange",
                  &TensorDescription::shapeRange);
}
ACL_CATCH

aclError aclSetTensorValueRange(aclTensorDesc *desc, size_t valueCount,
                                int64_t valueRange[][ACL_TENSOR_VALUE_RANGE_NUM]) try {
  return setRange(__func__, desc, valueCount, valueRange, "valueRange",
                  &TensorDescription::valueRange);
}
ACL_CATCH

void aclSetTensorDescName(aclTensorDesc *desc, const char *name) try {
  update(desc, __func__, [&](TensorDescription &d) {
    d.name = std::make_shared<const std::string>(name ? name : "");
  });
} catch (...) {
  failException(__func__);
}

aclError aclSetTensorFormat(aclTensorDesc *desc, aclFormat format) try {
  return setStorageFormat(__func__, desc, format);
}
ACL_CATCH

aclError aclSetTensorStorageFormat(aclTensorDesc *desc, aclFormat format) try {
  return setStorageFormat(__func__, desc, format);
}
ACL_CATCH

aclError aclSetTensorShape(aclTensorDesc *desc, int numDims, const int64_t *dims) try {
  return setStorageShape(__func__, desc, numDims, dims);
}
ACL_CATCH

aclError aclSetTensorStorageShape(aclTensorDesc *desc, int numDims, const int64_t *dims) try {
  return setStorageShape(__func__, desc, numDims, dims);
}
ACL_CATCH

aclError aclSetTensorOriginFormat(aclTensorDesc *desc, aclFormat format) try {
  return update(desc, __func__, [&](TensorDescription &d) { d.originFormat = format; });
}
ACL_CATCH

aclError aclSetTensorOriginShape(aclTensorDesc *desc, int numDims, const int64_t *dims) try {
  if (aclError code = checkDims(__func__, numDims, dims); code != ACL_SUCCESS)
    return code;
  return update(desc, __func__,
                [&](TensorDescription &d) { d.originDims.emplace(dims, dims + numDims); });
}
ACL_CATCH

aclError aclSetTensorDynamicInput(aclTensorDesc *desc, const char *dynamicInputName) try {
  ACL_REQUIRE_POINTER(dynamicInputName);
  return update(desc, __func__, [&](TensorDescription &d) { d.dynamicInput = dynamicInputName; });
}
ACL_CATCH

aclError aclSetTensorConst(aclTensorDesc *desc, void *dataBuffer, size_t length) try {
  ACL_REQUIRE_POINTER(dataBuffer);
  ACL_REQUIRE(length > 0, ACL_ERROR_INVALID_PARAM, "the argument 'length' is 0");
  ACL_REQUIRE(!isDevicePointer(dataBuffer), ACL_ERROR_INVALID_PARAM,
              "the argument 'dataBuffer' is device memory; constants are given in host memory");
  const auto *bytes = static_cast<const uint8_t *>(dataBuffer);
  auto data = std::make_shared<const std::vector<uint8_t>>(bytes, bytes + length);
  return update(desc, __func__, [&](TensorDescription &d) { d.constData = std::move(data); });
}
ACL_CATCH

aclError aclSetTensorPlaceMent(aclTensorDesc *desc, aclMemType memType) try {
  ACL_REQUIRE(memType >= ACL_MEMTYPE_DEVICE && memType <= ACL_MEMTYPE_HOST_COMPILE_INDEPENDENT,
              ACL_ERROR_INVALID_PARAM,
              "the argument 'memType' is " + std::to_string(int(memType)) +
                  ", which is no aclMemType");
  return update(desc, __func__, [&](TensorDescription &d) { d.placement = memType; });
}
ACL_CATCH

aclError aclTransTensorDescFormat(const aclTensorDesc *srcDesc, aclFormat dstFormat,
                                  aclTensorDesc **dstDesc) try {
  ACL_REQUIRE_POINTER(dstDesc);
  std::shared_ptr<TensorDescription> source = findTensorDesc(srcDesc, __func__);
  if (!source)
    return ACL_ERROR_INVALID_PARAM;
  auto dims = transpose(source->dims, source->format, dstFormat);
  ACL_REQUIRE(dims, ACL_ERROR_FORMAT_NOT_MATCH,
              "a description of " + std::to_string(source->dims.size()) + " dimensions in format " +
                  std::to_string(int(source->format)) + " has no counterpart in format " +
                  std::to_string(int(dstFormat)) +
                  "; NCHW and NHWC change into each other and into NC1HWC0");
  auto changed = std::make_shared<TensorDescription>(*source);
  changed->dims = std::move(*dims);
  changed->format = dstFormat;
  changed->others.clear();
  *dstDesc = state().tensorDescs.add<aclTensorDesc>(std::move(changed));
  return ACL_SUCCESS;
}
ACL_CATCH
