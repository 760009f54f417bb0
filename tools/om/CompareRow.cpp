//===- CompareRow.cpp - One compared tensor, and reports of all -----------===//

#include "CompareRow.h"

#include "Session.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace openatc::tool {

namespace {

/// The dimensions that are not 1.
host::Shape squeezed(const host::Shape &shape) {
  host::Shape out = shape;
  std::erase(out, 1);
  return out;
}

/// Text of at most `width` characters; long names end in "...".
std::string fitted(const std::string &text, size_t width) {
  return text.size() <= width ? text : text.substr(0, width - 3) + "...";
}

constexpr const char *kStates[] = {"ok", "OUT", "-"};

} // namespace

Row layerRow(const om::Model &model, const om::Plan &plan, const om::TensorRef &ref, size_t task) {
  Row row;
  row.name = ref.name;
  row.madeBy = ref.madeBy;
  row.task = task;
  std::visit(
      [&](const auto &t) {
        row.nodes = t.nodes;
        row.passes = t.passes;
        for (const std::string &type : t.types)
          if (!type.empty())
            row.operators += (row.operators.empty() ? "" : "+") + type;
      },
      plan.tasks[task]);
  if (const auto *kernel = std::get_if<om::KernelTask>(&plan.tasks[task]))
    row.kernel = model.kernels[kernel->kernel].name;
  else
    row.kernel = "AI CPU";
  return row;
}

void compareTensors(const HostTensor &got, const HostTensor &want, const Limits &limits, Row &row) {
  row.isFloat = isFloat(want.dtype);
  bool sameShape = squeezed(got.shape) == squeezed(want.shape);
  std::string shapes = "is " + typeText(got.dtype, got.shape) + ", the node gives " +
                       typeText(want.dtype, want.shape);
  std::vector<double> a = toDoubles(got), b = toDoubles(want);
  if (a.size() != b.size()) {
    row.state = row.isOutput ? Row::Out : Row::Skipped;
    row.note = shapes;
    return;
  }
  row.similarity = compareValues(a, b);
  const Similarity &s = row.similarity;
  bool ok = row.isFloat ? s.sameFinite && s.cosine >= limits.cosine && s.relative <= limits.rel
                        : s.equal >= 0.99;
  row.state = ok ? Row::Ok : sameShape || row.isOutput ? Row::Out : Row::Skipped;
  if (row.state == Row::Skipped)
    row.note = shapes;
  else if (!s.sameFinite)
    row.note = "infinities or NaNs differ";
}

std::string resultText(const Row &row) {
  char text[128];
  if (row.isFloat)
    std::snprintf(text, sizeof text, "cosine %.6f, error/max %.2e", row.similarity.cosine,
                  row.similarity.relative);
  else
    std::snprintf(text, sizeof text, "%.2f %% equal", 100 * row.similarity.equal);
  return row.note.empty() ? text : std::string(text) + ", " + row.note;
}

void printTable(const std::vector<Row> &rows, bool all) {
  bool head = false;
  for (const Row &row : rows) {
    if (row.state != Row::Out && !all)
      continue;
    if (!std::exchange(head, true))
      std::printf("%-4s %-28s %-32s %-9s %-9s %-9s %-24s %s\n", "", "layer", "operators", "cosine",
                  "error/max", "max error", "made by pass", "kernel");
    char values[64];
    if (row.isFloat)
      std::snprintf(values, sizeof values, "%-9.6f %-9.2e %-9.2e", row.similarity.cosine,
                    row.similarity.relative, row.similarity.absolute);
    else
      std::snprintf(values, sizeof values, "%6.2f %% equal              ",
                    100 * row.similarity.equal);
    std::printf("%-4s %-28s %-32s %s %-24s %s%s%s\n", kStates[row.state],
                fitted(row.name, 28).c_str(), fitted(row.operators, 32).c_str(),
                row.state == Row::Skipped ? "                             " : values,
                row.madeBy.c_str(), row.kernel.c_str(), row.note.empty() ? "" : "  ",
                row.note.c_str());
  }
}

std::string compareJson(const om::Model &model, const std::vector<Row> &rows,
                        const std::string &reference, const Limits &limits) {
  nlohmann::ordered_json out;
  out["model"] = model.name;
  out["reference"] = reference;
  out["limits"] = {{"cosine", limits.cosine}, {"rel", limits.rel}};
  const Row *first = firstOutside(rows);
  out["ok"] = !first;
  out["first"] = first ? nlohmann::ordered_json(first->name) : nullptr;
  out["layers"] = nlohmann::ordered_json::array();
  for (const Row &row : rows) {
    nlohmann::ordered_json entry;
    entry["name"] = row.name;
    entry["output"] = row.isOutput;
    entry["state"] = row.state == Row::Ok ? "ok" : row.state == Row::Out ? "out" : "skipped";
    if (row.state != Row::Skipped) {
      entry["cosine"] = row.similarity.cosine;
      entry["rel"] = row.similarity.relative;
      entry["abs"] = row.similarity.absolute;
      entry["equal"] = row.similarity.equal;
    }
    if (!row.note.empty())
      entry["note"] = row.note;
    if (!row.isOutput) {
      entry["operators"] = row.operators;
      entry["nodes"] = row.nodes;
      entry["kernel"] = row.kernel;
      entry["task"] = row.task;
      entry["made_by"] = row.madeBy;
      entry["passes"] = row.passes;
    }
    out["layers"].push_back(std::move(entry));
  }
  return out.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

const Row *firstOutside(const std::vector<Row> &rows) {
  auto at =
      std::find_if(rows.begin(), rows.end(), [](const Row &row) { return row.state == Row::Out; });
  return at == rows.end() ? nullptr : &*at;
}

} // namespace openatc::tool
