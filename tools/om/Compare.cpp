//===- Compare.cpp - om compare: layer by layer against a reference -------===//

#include "CompareRow.h"
#include "Inputs.h"
#include "LayerTensors.h"
#include "NetworkInputs.h"
#include "ReferenceFiles.h"
#include "Session.h"
#include "Stats.h"

#include "openatc/Runtime/Npy.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>

namespace openatc::tool {

namespace {

constexpr std::string_view kHelp =
    R"(om compare: compare an offline model with its ONNX model, layer by layer

usage: om compare MODEL.onnx MODEL.om [--input FILE...] [--gear GEAR] [--reference DIR]
                  [--dump DIR] [--insert_op_conf FILE] [--cosine C] [--rel R] [--all] [--json FILE]

Every tensor that a kernel leaves in memory is compared with the node it belongs to, and the
first one out of tolerance is named with the compiler pass that made its operators and the
kernel that computes it. Tensors inside a fused kernel exist on chip only and are not compared;
those inside a loop over the batch are put together from their slices.

  --input FILE...  one file for each input, as for 'om run'; default seeded values
  --gear GEAR      of a model with gears: the one to compare, as for 'om run'
  --reference DIR  compare with the .npy files of DIR, which DIR/reference.json names; the ONNX
                   model is not read then. 'python -m openatc.compare' makes them with ONNX
                   Runtime. Default: the ONNX model is computed node by node on the host.
  --dump DIR       take the tensors from a folder that a run with an AscendCL dump
                   configuration has left, instead of running the offline model
  --insert_op_conf FILE
                   configuration of AIPP that the offline model was compiled with: the inputs
                   are pictures, and the reference takes what AIPP makes of them
  --cosine C       least cosine similarity of floating point tensors; default 0.999
  --rel R          largest |difference| relative to the largest |reference|; default 0.02
  --all            list all tensors, not only those out of tolerance
  --json FILE      write model, reference, limits, ok, first (out of tolerance) and layers[]
                   with name, state, cosine, rel, abs, equal, operators, nodes, kernel, task,
                   made_by, passes
  --write-inputs DIR
                   write what the ONNX model takes as DIR/<index>.npy, and stop

Integer tensors must agree in 99 % of their elements. Exit status 1 when a tensor is out of
tolerance.
)";

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

/// One comparison of a loaded model.
class Comparison {
public:
  Comparison(const Arguments &arguments, Session &session, Limits limits)
      : arguments(arguments), session(session), model(session.model()), plan(session.plan()),
        limits(limits) {}

  Status run(std::vector<std::vector<uint8_t>> inputs) {
    LayerTensors layers(plan, [&](const om::TensorRef &ref, size_t task, HostTensor got) {
      return compareLayer(ref, task, got);
    });
    OPENATC_TRY(openReference(inputs, layers.names()));
    std::string folder = arguments.value("--dump");
    OPENATC_TRY(folder.empty() ? execute(inputs, layers) : layers.takeDumps(folder));
    OPENATC_TRY(layers.finish());
    // Slices come last; the order of execution is what shows where an error begins.
    std::stable_sort(rows.begin(), rows.end(),
                     [](const Row &a, const Row &b) { return a.task < b.task; });
    return folder.empty() ? compareOutputs() : Status::success();
  }

  Result verdict() {
    printTable(rows, arguments.has("--all"));
    size_t counts[3] = {}, outputs = 0;
    for (const Row &row : rows) {
      ++counts[row.state];
      outputs += row.isOutput;
    }
    std::printf("%s and %s compared with %s, %zu out of tolerance",
                counted(rows.size() - outputs - counts[Row::Skipped], "layer").c_str(),
                counted(outputs, "output").c_str(), by.c_str(), counts[Row::Out]);
    std::printf(counts[Row::Skipped] ? "; %zu held in another form\n" : "\n", counts[Row::Skipped]);
    if (std::string path = arguments.value("--json"); !path.empty())
      if (Status status = writeText(path, compareJson(model, rows, by, limits)); !status.ok())
        return failure(status.message());
    const Row *first = firstOutside(rows);
    if (!first)
      return std::nullopt;
    std::string text = std::string("the first tensor out of tolerance is ") +
                       (first->isOutput ? "output '" : "'") + first->name +
                       "': " + resultText(*first);
    if (!first->isOutput) {
      text += "; kernel " + first->kernel + " of " + listed(first->nodes);
      if (!first->madeBy.empty())
        text +=
            "; operators made by pass " + first->madeBy + "; changed by " + listed(first->passes);
    }
    return failure(text);
  }

private:
  static std::string listed(const std::vector<std::string> &words) {
    std::string out;
    for (const std::string &word : words)
      out += (out.empty() ? "" : ", ") + word;
    return out;
  }

  Status openReference(const std::vector<std::vector<uint8_t>> &inputs,
                       const std::set<std::string> &wanted) {
    if (std::string folder = arguments.value("--reference"); !folder.empty()) {
      Expected<ReferenceFiles> opened = ReferenceFiles::open(folder);
      if (!opened)
        return opened.status();
      files = std::move(*opened);
      by = files->by();
      return Status::success();
    }
    Expected<std::map<std::string, HostTensor>> named =
        networkInputs(plan, inputs, arguments.value("--insert_op_conf"));
    if (!named)
      return named.status();
    Expected<Reference> computed = computeReference(arguments.positional[0], *named, wanted);
    if (!computed)
      return computed.status();
    reference = std::move(*computed);
    by = "the host";
    return Status::success();
  }

  Status compareLayer(const om::TensorRef &ref, size_t task, const HostTensor &got) {
    Row row = layerRow(model, plan, ref, task);
    if (files) {
      Expected<std::optional<HostTensor>> want = files->tensor(ref.name);
      if (!want)
        return want.status();
      if (!*want)
        return Status::success();
      compareTensors(got, **want, limits, row);
    } else {
      auto want = reference.tensors.find(ref.name);
      if (want == reference.tensors.end())
        return Status::success();
      compareTensors(got, want->second, limits, row);
    }
    rows.push_back(std::move(row));
    return Status::success();
  }

  Status execute(const std::vector<std::vector<uint8_t>> &inputs, LayerTensors &layers) {
    for (size_t i = 0; i < inputs.size(); ++i)
      OPENATC_TRY(session.setInput(i, inputs[i]));
    rt::ExecuteOptions options;
    options.timing = false;
    options.afterTask = [&](size_t task, const rt::Execution &execution) {
      return layers.take(task, [&](const om::TensorRef &ref, std::vector<uint8_t> &bytes) {
        return execution.read(ref, bytes);
      });
    };
    rt::RunStats stats;
    rt::Outcome outcome = session.execution().run(options, stats);
    return outcome.ok() ? Status::success() : Status::error(outcome.message);
  }

  Status compareOutputs() {
    size_t count = files ? files->outputs() : reference.outputs.size();
    for (size_t i = 0; i < plan.outputs.size() && i < count; ++i) {
      HostTensor got{plan.outputs[i].dtype, plan.outputs[i].shape, {}};
      OPENATC_TRY(session.getOutput(i, got.bytes));
      Row row;
      row.isOutput = true;
      row.name = std::to_string(i) + " " + plan.outputs[i].name;
      if (!files) {
        compareTensors(got, reference.outputs[i], limits, row);
      } else {
        Expected<HostTensor> want = files->output(i);
        if (!want)
          return want.status();
        compareTensors(got, *want, limits, row);
      }
      rows.push_back(std::move(row));
    }
    return Status::success();
  }

  const Arguments &arguments;
  Session &session;
  const om::Model &model;
  const om::Plan &plan;
  Limits limits;
  std::optional<ReferenceFiles> files;
  Reference reference;
  std::string by;
  std::vector<Row> rows;
};

Status writeInputs(const om::Plan &plan, const std::vector<std::vector<uint8_t>> &inputs,
                   const std::string &config, const std::string &folder) {
  Expected<std::map<std::string, HostTensor>> named = networkInputs(plan, inputs, config);
  if (!named)
    return named.status();
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  for (size_t i = 0; i < inputs.size(); ++i) {
    const HostTensor &tensor = named->at(plan.inputs[i].name);
    OPENATC_TRY(rt::writeNpy(folder + "/" + std::to_string(i) + ".npy", tensor.dtype, tensor.shape,
                             tensor.bytes));
  }
  return Status::success();
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
  Expected<std::vector<std::vector<uint8_t>>> inputs = seededInputs(plan);
  if (auto given = arguments.options.find("--input"); given != arguments.options.end())
    inputs = loadInputs(plan, given->second);
  if (!inputs)
    return failure(inputs.message());
  if (std::string folder = arguments.value("--write-inputs"); !folder.empty()) {
    Status status = writeInputs(plan, *inputs, arguments.value("--insert_op_conf"), folder);
    return status.ok() ? Result() : failure(status.message());
  }
  Comparison comparison(arguments, **session, limits);
  if (Status status = comparison.run(std::move(*inputs)); !status.ok())
    return failure(status.message());
  return comparison.verdict();
}

} // namespace

const Command compareCommand = {"compare",
                                "compare with the ONNX model layer by layer",
                                kHelp,
                                {{"--input", OptionSpec::Many},
                                 {"--gear", OptionSpec::One},
                                 {"--reference", OptionSpec::One},
                                 {"--dump", OptionSpec::One},
                                 {"--insert_op_conf", OptionSpec::One},
                                 {"--cosine", OptionSpec::One},
                                 {"--rel", OptionSpec::One},
                                 {"--all", OptionSpec::Flag},
                                 {"--json", OptionSpec::One},
                                 {"--write-inputs", OptionSpec::One}},
                                2,
                                run};

} // namespace openatc::tool
