//===- Translate.cpp - Types and layouts of models as AscendCL names them -===//

#include "Translate.h"

#include <algorithm>
#include <cstring>

namespace openatc::acl {

aclDataType dataTypeOf(DType dtype) {
  switch (dtype) {
  case DType::F32:
    return ACL_FLOAT;
  case DType::U8:
    return ACL_UINT8;
  case DType::I8:
    return ACL_INT8;
  case DType::U16:
    return ACL_UINT16;
  case DType::I16:
    return ACL_INT16;
  case DType::I32:
    return ACL_INT32;
  case DType::I64:
    return ACL_INT64;
  case DType::Bool:
    return ACL_BOOL;
  case DType::F16:
    return ACL_FLOAT16;
  case DType::F64:
    return ACL_DOUBLE;
  case DType::U32:
    return ACL_UINT32;
  case DType::U64:
    return ACL_UINT64;
  case DType::BF16:
    return ACL_BF16;
  case DType::Undefined:
    break;
  }
  return ACL_DT_UNDEFINED;
}

aclFormat formatOf(const std::string &format) {
  return format == "NCHW" ? ACL_FORMAT_NCHW : format == "NHWC" ? ACL_FORMAT_NHWC : ACL_FORMAT_ND;
}

aclFormat formatOf(om::Layout layout) {
  switch (layout) {
  case om::Layout::NC1HWC0:
    return ACL_FORMAT_NC1HWC0;
  case om::Layout::FractalNZ:
    return ACL_FORMAT_FRACTAL_NZ;
  case om::Layout::NC1HWC0_C04:
    return ACL_FORMAT_NC1HWC0_C04;
  case om::Layout::ND:
    break;
  }
  return ACL_FORMAT_ND;
}

void setDims(aclmdlIODims &out, const std::string &label, const host::Shape &shape) {
  std::memset(&out, 0, sizeof out);
  std::copy_n(label.c_str(), std::min<size_t>(label.size(), ACL_MAX_TENSOR_NAME_LEN - 1), out.name);
  out.dimCount = std::min<size_t>(shape.size(), ACL_MAX_DIM_CNT);
  std::copy_n(shape.begin(), out.dimCount, out.dims);
}

} // namespace openatc::acl
