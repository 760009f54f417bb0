//===- OpArgs.cpp - Arguments of one operator ------------------------------===//

#include "OpArgs.h"

#include "Convert.h"

#include <algorithm>

namespace openatc::host {

int64_t OpArgs::count(size_t i) const { return product(shape(i)); }

std::optional<std::vector<int64_t>> OpArgs::ints(size_t i) const {
  if (!isConstant(i))
    return std::nullopt;
  std::vector<int64_t> values(static_cast<size_t>(count(i)));
  loadWide<int64_t>(dtype(i), data(i), static_cast<int64_t>(values.size()), values.data());
  return values;
}

std::optional<std::vector<double>> OpArgs::doubles(size_t i) const {
  if (!isConstant(i))
    return std::nullopt;
  std::vector<double> values(static_cast<size_t>(count(i)));
  loadWide<double>(dtype(i), data(i), static_cast<int64_t>(values.size()), values.data());
  return values;
}

int64_t OpArgs::intAttr(std::string_view attr, int64_t defaultValue) const {
  auto it = attrs.find(attr);
  if (it == attrs.end())
    return defaultValue;
  const int64_t *value = std::get_if<int64_t>(&it->second);
  return value ? *value : defaultValue;
}

double OpArgs::floatAttr(std::string_view attr, double defaultValue) const {
  auto it = attrs.find(attr);
  if (it == attrs.end())
    return defaultValue;
  if (const int64_t *integer = std::get_if<int64_t>(&it->second))
    return static_cast<double>(*integer);
  const double *value = std::get_if<double>(&it->second);
  return value ? *value : defaultValue;
}

std::string_view OpArgs::stringAttr(std::string_view attr, std::string_view defaultValue) const {
  auto it = attrs.find(attr);
  if (it == attrs.end())
    return defaultValue;
  const std::string *value = std::get_if<std::string>(&it->second);
  return value ? std::string_view(*value) : defaultValue;
}

std::vector<int64_t> OpArgs::intsAttr(std::string_view attr) const {
  auto it = attrs.find(attr);
  if (it == attrs.end())
    return {};
  const auto *value = std::get_if<std::vector<int64_t>>(&it->second);
  return value ? *value : std::vector<int64_t>{};
}

void appendText(std::string &out, const Shape &shape) {
  out += '[';
  for (size_t i = 0; i < shape.size(); ++i)
    out += (i ? ", " : "") + std::to_string(shape[i]);
  out += ']';
}

Expected<int64_t> normalizeAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return fail("axis ", axis, " is out of range for rank ", rank);
  return axis < 0 ? axis + rank : axis;
}

Expected<std::vector<int64_t>> normalizeAxes(const std::vector<int64_t> &axes, int64_t rank) {
  std::vector<int64_t> result;
  for (int64_t axis : axes) {
    auto normal = normalizeAxis(axis, rank);
    if (!normal)
      return normal.status();
    if (std::find(result.begin(), result.end(), *normal) != result.end())
      return fail("axis ", axis, " is given twice");
    result.push_back(*normal);
  }
  return result;
}

int64_t product(const Shape &shape, size_t begin, size_t end) {
  int64_t count = 1;
  for (size_t i = begin; i < end; ++i)
    count *= shape[i];
  return count;
}

std::vector<int64_t> rowMajorStrides(const Shape &shape) {
  std::vector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= std::max<int64_t>(shape[i], 1);
  }
  return strides;
}

Status checkIndexOperand(const OpArgs &args, size_t i, std::string_view what) {
  if (args.dtype(i) != DType::I64 && args.dtype(i) != DType::I32)
    return fail(what, " has element type ", args.dtype(i), ", expected i64 or i32");
  if (args.hasShape(i) && args.rank(i) > 1)
    return fail(what, " has rank ", args.rank(i), ", expected 1");
  return Status::success();
}

} // namespace openatc::host
