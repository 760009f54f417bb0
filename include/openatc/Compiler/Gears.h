//===- Gears.h - Options that make a model with gears ---------------------===//
#ifndef OPENATC_COMPILER_GEARS_H
#define OPENATC_COMPILER_GEARS_H

#include "openatc/Compiler/Messages.h"
#include "openatc/Compiler/Options.h"

#include <map>

namespace openatc::compiler {

/// The options as given; null where one is not.
struct GearOptions {
  const std::string *batch = nullptr; ///< --dynamic_batch_size
  const std::string *image = nullptr; ///< --dynamic_image_size
  const std::string *dims = nullptr;  ///< --dynamic_dims
  const std::string *range = nullptr; ///< --input_shape_range, which excludes the others
  const std::string *aipp = nullptr;  ///< --insert_op_conf, which excludes dims
  bool any() const { return batch || image || dims; }
};

/// Sets `options.gears` from `given`, at least one option. The other options must be set
/// already: `inputShapes` with -1 where the gear decides, and the format. Problems go to
/// `messages`:
///
///   E10001  --dynamic_dims with a word that is no number, or with AIPP
///   E10003  another word than numbers, or more numbers than there are -1
///   E10004  --input_shape is missing
///   E10009  two of the options, or one and a range
///   E10012, E10018, E10031  batch: -1 of no input, elsewhere than on axis 0, or nowhere
///   E10019, E10020  image: -1 elsewhere than for height and width, or a gear is no pair
///   E10035, E10036, E10037, E10038, E10039  fewer than 2 gears, more than 100, of different
///           lengths, not positive, or equal
///   E10045, E10046  dims: more -1 in all inputs, or in one, than a gear has numbers
void readGears(const GearOptions &given, CompileOptions &options, Messages &messages);

/// The fixed input shapes of one gear: -1 replaced by its values.
std::vector<InputShape> shapesOfGear(const CompileOptions &options,
                                     const std::vector<int64_t> &gear);

/// The axes that depend on the gear, by input, ascending.
std::map<std::string, std::vector<uint32_t>> dynamicAxes(const CompileOptions &options);

} // namespace openatc::compiler

#endif // OPENATC_COMPILER_GEARS_H
