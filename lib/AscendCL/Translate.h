//===- Translate.h - Types and layouts of models as AscendCL names them ---===//
#ifndef OPENATC_LIB_ASCENDCL_TRANSLATE_H
#define OPENATC_LIB_ASCENDCL_TRANSLATE_H

#include "acl/acl_mdl.h"

#include "openatc/OfflineModel/Model.h"

namespace openatc::acl {

aclDataType dataTypeOf(DType dtype);
/// Of an input's or output's format: "NCHW", "NHWC", anything else is ND.
aclFormat formatOf(const std::string &format);
aclFormat formatOf(om::Layout layout);

/// Fills `out`; `label` is cut to what it can hold.
void setDims(aclmdlIODims &out, const std::string &label, const host::Shape &shape);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_TRANSLATE_H
