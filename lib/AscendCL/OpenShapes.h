//===- OpenShapes.h - Runs of models of open shapes -----------------------===//
#ifndef OPENATC_LIB_ASCENDCL_OPENSHAPES_H
#define OPENATC_LIB_ASCENDCL_OPENSHAPES_H

#include "State.h"

namespace openatc::acl {

/// Replaces a model of open shapes by the one for the shapes that the input dataset's
/// descriptions give; compiles it at their first use. Other models stay.
aclError chooseShapes(const char *function, const aclmdlDataset *input,
                      std::shared_ptr<rt::LoadedModel> &model);

/// Gives the elements of the output dataset descriptions of what `model` computes.
void describeOutputs(const om::Model &model, const aclmdlDataset *output);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_OPENSHAPES_H
