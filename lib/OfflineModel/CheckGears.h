//===- CheckGears.h - What must hold between a model and its gears --------===//
#ifndef OPENATC_LIB_OFFLINEMODEL_CHECKGEARS_H
#define OPENATC_LIB_OFFLINEMODEL_CHECKGEARS_H

#include "openatc/OfflineModel/Model.h"

namespace openatc::om {

/// Checks that the gears of `model` are distinct sets of positive values of one kind, that
/// their inputs, outputs and arena are those of the model and no larger, and that the model has
/// an input for the choice exactly when it has gears. What a gear alone must satisfy, sizes and
/// tasks, is checked elsewhere.
Status checkGears(const Model &model);

} // namespace openatc::om

#endif // OPENATC_LIB_OFFLINEMODEL_CHECKGEARS_H
