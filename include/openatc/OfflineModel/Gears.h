//===- Gears.h - Choosing among the gears of a model ----------------------===//
#ifndef OPENATC_OFFLINEMODEL_GEARS_H
#define OPENATC_OFFLINEMODEL_GEARS_H

#include "openatc/OfflineModel/Model.h"

namespace openatc::om {

/// Name of the input that takes the values of the chosen gear; always the last one.
inline constexpr const char *kGearInputName = "ascend_mbatch_shape_data";

/// The compiler's option that makes gears of a kind, e.g. "dynamic_batch_size".
const char *optionOf(GearKind kind);

/// "8", "640,640".
std::string gearText(const std::vector<int64_t> &values);

/// All gears of a model as its command line lists them: "1,2,4,8" or "416,416;608,608".
std::string gearList(const Model &model);

/// Index of the gear with these values; an error that lists the gears when there is none, and
/// one that says so when the model has no gears.
Expected<size_t> findGear(const Model &model, const std::vector<int64_t> &values);

/// The same for text like "8" or "640,640".
Expected<size_t> parseGear(const Model &model, const std::string &text);

/// The shape of an input or output with -1 for axes that depend on the gear.
host::Shape declaredShape(const TensorDesc &desc);
/// The same for the shape that AIPP reports.
host::Shape declaredShape(const TensorDesc &desc, host::Shape shape);

/// The shapes of all data inputs of a plan, one behind the other, as
/// aclmdlSetInputDynamicDims takes them.
std::vector<int64_t> concatenatedDims(const Plan &plan);

} // namespace openatc::om

#endif // OPENATC_OFFLINEMODEL_GEARS_H
