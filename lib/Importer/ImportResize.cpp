//===- ImportResize.cpp - Resize and Upsample -----------------------------===//
#include "OpTable.h"

#include "Ascend/HostBridge.h"

using namespace mlir;

namespace openatc::importer {

namespace {

/// An empty tensor stands for an absent operand: operator set 11 had no other way.
Value unlessEmpty(Value value) {
  auto type = value ? dyn_cast<RankedTensorType>(value.getType()) : RankedTensorType();
  bool empty = type && type.hasStaticShape() && type.getNumElements() == 0;
  return empty ? Value() : value;
}

void importResize(NodeImport &n) {
  std::string coordinates = n.string("coordinate_transformation_mode", "half_pixel");
  // Only this mode reads the region of interest.
  Value roi = coordinates == "tf_crop_and_resize" ? n.input(1) : Value();
  AttrList attrs =
      n.attrs()
          .s("mode", n.string("mode", "nearest"))
          .s("coordinate_transformation_mode", coordinates)
          .s("nearest_mode", n.string("nearest_mode", "round_prefer_floor"))
          .f("cubic_coeff_a", n.real("cubic_coeff_a", -0.75))
          .b("exclude_outside", n.integer("exclude_outside", 0))
          .f("extrapolation_value", n.real("extrapolation_value", 0))
          .b("antialias", n.integer("antialias", 0))
          .is("axes", n.integers("axes"))
          .s("keep_aspect_ratio_policy", n.string("keep_aspect_ratio_policy", "stretch"));
  n.output(0,
           n.make("resize", {n.required(0), roi, unlessEmpty(n.input(2)), unlessEmpty(n.input(3))},
                  attrs));
}

/// Upsample, and Resize before operator set 11: positions scale about the corner, the
/// nearest pixel is the one below, when shrinking the one above.
void resizeAtCorner(NodeImport &n, Value scales) {
  if (!scales)
    return;
  bool shrinks = false;
  if (std::optional<ascend::ConstantData> data = ascend::getConstantData(scales))
    if (data->view.dtype == DType::F32)
      shrinks = llvm::any_of(data->values<float>(), [](float s) { return s < 1; });
  std::string mode = n.string("mode", "nearest");
  if (mode == "bilinear")
    mode = "linear";
  n.output(0, n.make("resize", {n.required(0), Value(), scales, Value()},
                     n.attrs()
                         .s("mode", mode)
                         .s("coordinate_transformation_mode", "asymmetric")
                         .s("nearest_mode", shrinks ? "ceil" : "floor")));
}

void importResize10(NodeImport &n) { resizeAtCorner(n, n.required(1)); }

void importUpsample7(NodeImport &n) {
  if (!n.has("scales"))
    return n.fail("attribute 'scales' is missing");
  resizeAtCorner(n, n.realList(n.reals("scales")));
}

} // namespace

void addResizeImporters(OpTable &table) {
  table.add("Upsample", 7, importUpsample7);
  table.add("Upsample", 9, importResize10);
  table.add("Resize", 10, importResize10);
  table.add("Resize", 11, importResize);
}

} // namespace openatc::importer
