//===- OpModel.h - A single operator as an ONNX model ---------------------===//
#ifndef OPENATC_SINGLEOP_OPMODEL_H
#define OPENATC_SINGLEOP_OPMODEL_H

#include "openatc/SingleOp/OpFile.h"

namespace openatc::singleop {

/// The bytes of an ONNX model that computes `op`: its inputs are the given ones without a
/// value, named "input<i>" by their position in the operator, its outputs are "output<i>".
/// Errors are E10501 for an operator that is not known, E14001 for wrong inputs or
/// attributes. The shapes of the outputs are not checked.
Expected<std::string> onnxModelOf(const om::OpDescription &op, OpError &error);

/// All CANN operators that onnxModelOf knows, sorted.
std::vector<std::string> knownOps();

} // namespace openatc::singleop

#endif // OPENATC_SINGLEOP_OPMODEL_H
