//===- Compare.cpp - om compare: layer by layer against the host ----------===//

#include "Inputs.h"
#include "Numerics.h"
#include "Reference.h"
#include "Session.h"

#include <charconv>
#include <cstdio>

namespace openatc::tool {

namespace {

constexpr std::string_view kHelp =
    R"(om compare: compare an offline model with its ONNX model, layer by layer

usage: om compare MODEL.onnx MODEL.om [--input FILE...] [--cosine C] [--rel R] [--all]

The ONNX model is computed node by node on the host in its own types, the offline model
runs on the simulated NPU, and every tensor that a kernel leaves in memory is compared
with the node it belongs to. Tensors inside a fused kernel exist on chip only, and those
inside a loop over the batch one slice at a time: neither is compared.

  --input FILE...  one file for each input, as for 'om run'; default seeded values
  --gear GEAR      of a model with gears: the one to compare, as for 'om run'
  --cosine C       least cosine similarity of floating point tensors; default 0.999
  --rel R          largest |difference| relative to the largest |reference|; default 0.02
  --all            list all tensors, not only those out of tolerance

Integer tensors must agree in 99 % of their elements. Exit status 1 when a tensor is out of
tolerance; the first one is named. Models compiled with AIPP take image bytes that the
ONNX model does not: compile without --insert_op_conf to compare.
)";

struct Limits {
  double cosine = 0.999, rel = 0.02;
};

/// One comparison, and the line that reports it.
struct Row {
  std::string name;
  bool ok = false;
  std::string text;
};

Result realOption(const Arguments &arguments, std::string_view name, double &value) {
  if (!arguments.has(name))
    return std::nullopt;
  std::string text = arguments.value(name);
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0 && value <= 1))
    return usageError("option '" + std::string(name) + "' needs a number from 0 to 1, not '" +
                      text + "'");
  return std::nullopt;
}

const std::vector<om::TensorRef> &outputsOf(const om::Task &task) {
  return std::visit([](const auto &t) -> const std::vector<om::TensorRef> & { return t.outputs; },
                    task);
}

/// Names of tensors that are final after task `index`: a node that a later task works on
/// as well (a layout change, a node split over kernels) is complete only there.
std::vector<std::set<std::string>> finalTensors(const om::Plan &plan) {
  std::map<std::string, size_t> lastTask;
  for (size_t i = 0; i < plan.tasks.size(); ++i)
    std::visit(
        [&](const auto &task) {
          for (const std::string &node : task.nodes)
            lastTask[node] = i;
        },
        plan.tasks[i]);
  std::vector<std::set<std::string>> out(plan.tasks.size());
  // Further results of a node are called "<node>:<i>"; node names may hold colons, too.
  auto taskOf = [&](const std::string &tensor) {
    auto at = lastTask.find(tensor);
    if (at == lastTask.end())
      at = lastTask.find(tensor.substr(0, tensor.rfind(':')));
    return at == lastTask.end() ? plan.tasks.size() : at->second;
  };
  for (size_t i = 0; i < plan.tasks.size(); ++i)
    for (const om::TensorRef &ref : outputsOf(plan.tasks[i]))
      if (taskOf(ref.name) == i)
        out[i].insert(ref.name);
  return out;
}

Row compareTensor(const std::string &name, const HostTensor &got, const HostTensor &want,
                  const Limits &limits) {
  Row row{name, false, ""};
  std::vector<double> a = toDoubles(got), b = toDoubles(want);
  if (a.size() != b.size()) {
    row.text = "is " + typeText(got.dtype, got.shape) + ", the node gives " +
               typeText(want.dtype, want.shape);
    return row;
  }
  Similarity s = compareValues(a, b);
  char text[128];
  if (isFloat(want.dtype)) {
    row.ok = s.sameFinite && s.cosine >= limits.cosine && s.relative <= limits.rel;
    std::snprintf(text, sizeof text, "cosine %.6f, error/max %.2e%s", s.cosine, s.relative,
                  s.sameFinite ? "" : ", infinities or NaNs differ");
  } else {
    row.ok = s.equal >= 0.99;
    std::snprintf(text, sizeof text, "%.2f %% equal", 100 * s.equal);
  }
  row.text = text;
  return row;
}

void print(const Row &row, bool all) {
  if (!row.ok || all)
    std::printf("%-4s %-40s %s\n", row.ok ? "ok" : "OUT", row.text.c_str(), row.name.c_str());
}

Result run(const Arguments &arguments) {
  Limits limits;
  if (Result bad = realOption(arguments, "--cosine", limits.cosine))
    return bad;
  if (Result bad = realOption(arguments, "--rel", limits.rel))
    return bad;
  Expected<std::unique_ptr<Session>> session =
      Session::open(arguments.positional[1], 0, arguments.value("--gear"));
  if (!session)
    return failure(session.message());
  const om::Plan &plan = (*session)->plan();
  for (const om::TensorDesc &desc : plan.inputs)
    if (desc.aipp)
      return failure("input '" + desc.name +
                     "' goes through AIPP, which the ONNX model does not have; compile without "
                     "--insert_op_conf to compare");
  Expected<std::vector<std::vector<uint8_t>>> inputs = seededInputs(plan);
  if (auto files = arguments.options.find("--input"); files != arguments.options.end())
    inputs = loadInputs(plan, files->second);
  if (!inputs)
    return failure(inputs.message());

  std::map<std::string, HostTensor> named;
  for (size_t i = 0; i < inputs->size(); ++i) {
    const om::TensorDesc &desc = plan.inputs[i];
    if (Status status = (*session)->setInput(i, (*inputs)[i]); !status.ok())
      return failure(status.message());
    named[desc.name] = {desc.dtype, desc.shape, std::move((*inputs)[i])};
  }
  std::vector<std::set<std::string>> final = finalTensors(plan);
  std::set<std::string> wanted;
  for (const std::set<std::string> &names : final)
    wanted.insert(names.begin(), names.end());
  Expected<Reference> reference = computeReference(arguments.positional[0], named, wanted);
  if (!reference)
    return failure(reference.message());

  std::vector<Row> rows;
  rt::ExecuteOptions options;
  options.afterTask = [&](size_t index, const rt::Execution &execution) {
    for (const om::TensorRef &ref : outputsOf(plan.tasks[index])) {
      auto want = reference->tensors.find(ref.name);
      if (!final[index].count(ref.name) || want == reference->tensors.end())
        continue;
      std::vector<uint8_t> stored;
      OPENATC_TRY(execution.read(ref, stored));
      Expected<std::vector<uint8_t>> dense =
          om::toRowMajor(ref.dtype, ref.layout, ref.logicalShape, stored);
      if (!dense)
        return dense.status();
      HostTensor got{ref.dtype, ref.logicalShape, std::move(*dense)};
      rows.push_back(compareTensor(ref.name, got, want->second, limits));
    }
    return Status::success();
  };
  rt::RunStats stats;
  rt::Outcome outcome = (*session)->execution().run(options, stats);
  if (!outcome.ok())
    return failure(outcome.message);
  size_t layers = rows.size();
  for (size_t i = 0; i < plan.outputs.size() && i < reference->outputs.size(); ++i) {
    HostTensor got{plan.outputs[i].dtype, plan.outputs[i].shape, {}};
    if (Status status = (*session)->getOutput(i, got.bytes); !status.ok())
      return failure(status.message());
    rows.push_back(compareTensor("output " + std::to_string(i) + " " + plan.outputs[i].name, got,
                                 reference->outputs[i], limits));
  }

  const Row *first = nullptr;
  size_t outside = 0;
  for (const Row &row : rows) {
    print(row, arguments.has("--all"));
    outside += !row.ok;
    if (!row.ok && !first)
      first = &row;
  }
  std::printf("%s and %s compared, %zu out of tolerance\n", counted(layers, "layer").c_str(),
              counted(rows.size() - layers, "output").c_str(), outside);
  if (first)
    return failure("the first tensor out of tolerance is '" + first->name + "': " + first->text);
  return std::nullopt;
}

} // namespace

const Command compareCommand = {"compare",
                                "compare with the ONNX model layer by layer",
                                kHelp,
                                {{"--input", OptionSpec::Many},
                                 {"--gear", OptionSpec::One},
                                 {"--cosine", OptionSpec::One},
                                 {"--rel", OptionSpec::One},
                                 {"--all", OptionSpec::Flag}},
                                2,
                                run};

} // namespace openatc::tool
