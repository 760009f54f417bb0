//===- AippFields.cpp - The fields of an aipp_op block --------------------===//
#include "AippFields.h"

#include <algorithm>
#include <numeric>
#include <vector>

using namespace openatc::aipp;

// Largest finite half-precision value.
static constexpr double halfMax = 65504;

// Ranges are those of the public ATC guide.
static constexpr FieldSpec table[] = {
    {"aipp_mode", FieldKind::Enumerator},
    {"input_format", FieldKind::Enumerator},
    {"related_input_rank", FieldKind::Integer, 0, 4294967295.0},
    {"related_input_name", FieldKind::String},
    {"input_edge_idx", FieldKind::Integer, 0, 4294967295.0},
    {"max_src_image_size", FieldKind::Integer, 0, 4294967295.0},
    {"support_rotation", FieldKind::Boolean},
    {"src_image_size_w", FieldKind::Integer, 0, 4096},
    {"src_image_size_h", FieldKind::Integer, 0, 4096},
    {"cpadding_value", FieldKind::Float, -halfMax, halfMax},
    {"crop", FieldKind::Boolean},
    {"load_start_pos_w", FieldKind::Integer, 0, 4095},
    {"load_start_pos_h", FieldKind::Integer, 0, 4095},
    {"crop_size_w", FieldKind::Integer, 0, 4096},
    {"crop_size_h", FieldKind::Integer, 0, 4096},
    {"resize", FieldKind::Boolean},
    {"resize_output_w", FieldKind::Integer, 0, 1920},
    {"resize_output_h", FieldKind::Integer, 0, 4096},
    {"padding", FieldKind::Boolean},
    {"left_padding_size", FieldKind::Integer, 0, 32},
    {"right_padding_size", FieldKind::Integer, 0, 32},
    {"top_padding_size", FieldKind::Integer, 0, 32},
    {"bottom_padding_size", FieldKind::Integer, 0, 32},
    {"padding_value", FieldKind::Float, -halfMax, halfMax},
    {"rotation_angle", FieldKind::Integer, 0, 360},
    {"csc_switch", FieldKind::Boolean},
    {"rbuv_swap_switch", FieldKind::Boolean},
    {"ax_swap_switch", FieldKind::Boolean},
    {"single_line_mode", FieldKind::Boolean},
    {"matrix_r0c0", FieldKind::Integer, -32768, 32767},
    {"matrix_r0c1", FieldKind::Integer, -32768, 32767},
    {"matrix_r0c2", FieldKind::Integer, -32768, 32767},
    {"matrix_r1c0", FieldKind::Integer, -32768, 32767},
    {"matrix_r1c1", FieldKind::Integer, -32768, 32767},
    {"matrix_r1c2", FieldKind::Integer, -32768, 32767},
    {"matrix_r2c0", FieldKind::Integer, -32768, 32767},
    {"matrix_r2c1", FieldKind::Integer, -32768, 32767},
    {"matrix_r2c2", FieldKind::Integer, -32768, 32767},
    {"output_bias_0", FieldKind::Integer, 0, 255},
    {"output_bias_1", FieldKind::Integer, 0, 255},
    {"output_bias_2", FieldKind::Integer, 0, 255},
    {"input_bias_0", FieldKind::Integer, 0, 255},
    {"input_bias_1", FieldKind::Integer, 0, 255},
    {"input_bias_2", FieldKind::Integer, 0, 255},
    {"mean_chn_0", FieldKind::Integer, 0, 255},
    {"mean_chn_1", FieldKind::Integer, 0, 255},
    {"mean_chn_2", FieldKind::Integer, 0, 255},
    {"mean_chn_3", FieldKind::Integer, 0, 255},
    {"min_chn_0", FieldKind::Float, 0, 255},
    {"min_chn_1", FieldKind::Float, 0, 255},
    {"min_chn_2", FieldKind::Float, 0, 255},
    {"min_chn_3", FieldKind::Float, 0, 255},
    {"var_reci_chn_0", FieldKind::Float, -halfMax, halfMax},
    {"var_reci_chn_1", FieldKind::Float, -halfMax, halfMax},
    {"var_reci_chn_2", FieldKind::Float, -halfMax, halfMax},
    {"var_reci_chn_3", FieldKind::Float, -halfMax, halfMax},
    {"raw_rgbir_to_f16_n", FieldKind::Integer, 0, 31},
};

const FieldSpec *openatc::aipp::findField(std::string_view name) {
  auto it = std::find_if(std::begin(table), std::end(table),
                         [&](const FieldSpec &spec) { return spec.name == name; });
  return it == std::end(table) ? nullptr : it;
}

/// Levenshtein distance, to offer the field that was probably meant.
static size_t editDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

std::string_view openatc::aipp::closestField(std::string_view name) {
  // A long name cannot be near any field, and the distance is quadratic.
  if (name.size() > 40)
    return {};
  size_t best = 4;
  std::string_view closest;
  for (const FieldSpec &spec : table)
    if (size_t distance = editDistance(name, spec.name); distance < best) {
      best = distance;
      closest = spec.name;
    }
  return closest;
}
