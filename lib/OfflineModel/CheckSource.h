//===- CheckSource.h - Models of open shapes and of single operators ------===//
#ifndef OPENATC_LIB_OFFLINEMODEL_CHECKSOURCE_H
#define OPENATC_LIB_OFFLINEMODEL_CHECKSOURCE_H

#include "openatc/OfflineModel/Model.h"

namespace openatc::om {

/// Checks that a model with a source has files and nothing that runs.
Status checkSource(const Model &model);

/// Checks that the operator of a model has the model's inputs and outputs.
Status checkSingleOp(const Model &model);

} // namespace openatc::om

#endif // OPENATC_LIB_OFFLINEMODEL_CHECKSOURCE_H
