//===- DynamicAipp.h - The dynamic AIPP stages of a model -----------------===//
#ifndef OPENATC_OFFLINEMODEL_DYNAMICAIPP_H
#define OPENATC_OFFLINEMODEL_DYNAMICAIPP_H

#include "openatc/Aipp/AippParams.h"
#include "openatc/OfflineModel/Model.h"

namespace openatc::om {

/// Whether an input takes pictures whose parameters arrive at run time, or these.
bool isDynamicAipp(const TensorDesc &desc);
bool isAippParameters(const TensorDesc &desc);

/// The stage behind the dynamic input `pictures` of a model that was checked.
aipp::AippParams dynamicStage(const TensorDesc &pictures);

/// Number of pictures that the input `parameters` has parameters for.
uint64_t parameterPictures(const TensorDesc &parameters);

} // namespace openatc::om

#endif // OPENATC_OFFLINEMODEL_DYNAMICAIPP_H
