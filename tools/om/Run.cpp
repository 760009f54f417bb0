//===- Run.cpp - om run: one inference on the simulated NPU ---------------===//

#include "Inputs.h"
#include "Session.h"
#include "Stats.h"

#include "openatc/Runtime/Npy.h"

#include <filesystem>
#include <fstream>

namespace openatc::tool {

namespace {

constexpr std::string_view kHelp =
    R"(om run: run an offline model once on the simulated NPU

usage: om run MODEL.om --input FILE... [--output DIR] [OPTIONS]

  --input FILE...   one file for each model input, in model order ('om info' lists
                    them). A .npy file must have the input's type and shape; any
                    other file is raw bytes of exactly the input's size.
  --gear GEAR       of a model with gears: the batch size, "height,width" or dims to run,
                    e.g. 8 or 640,640; default the largest ('om info' lists them)
  --output DIR      write output i as DIR/output_<i>.npy in its logical shape and
                    type (bfloat16 as uint16 bits); DIR is made when missing
  --stats FILE      write statistics as JSON (keys below)
  --trace FILE      write a time line of every instruction on every core; open it in
                    ui.perfetto.dev or chrome://tracing
  --hazards         fail on overlapping accesses that no flag orders
  --threads N       host threads that simulate cores; default all. Results and
                    cycles do not depend on it.

statistics: soc, model, gear (its values, if the model has gears), simulated_us (predicted latency), cycles, wall_ms (host time),
  ai_core_nodes, ai_cpu_nodes (ONNX nodes by engine), arena_peak_bytes,
  arena_bound_bytes (no plan can need less), dram_bytes, and kernels[] in execution
  order with name, nodes, engine, us, bytes (through the cores' memory ports), bound
  (the busiest resource), cycles, estimated_cycles, blocks, instructions, dram_bytes,
  busy (share of the kernel's time that each pipe S V M MTE1 MTE2 MTE3 worked).

example:
  atc --model=net.onnx --framework=5 --output=net --soc_version=Ascend310P3
  om run net.om --input image.npy --output results --stats stats.json
)";

Status writeOutputs(Session &session, const std::string &directory) {
  std::error_code code;
  std::filesystem::create_directories(directory, code);
  if (code)
    return Status::error("cannot make directory '" + directory + "': " + code.message());
  for (size_t i = 0; i < session.plan().outputs.size(); ++i) {
    const om::TensorDesc &desc = session.plan().outputs[i];
    std::vector<uint8_t> bytes;
    OPENATC_TRY(session.getOutput(i, bytes));
    std::string path = directory + "/output_" + std::to_string(i) + ".npy";
    OPENATC_TRY(rt::writeNpy(path, desc.dtype, desc.shape, bytes));
    std::printf("output %zu '%s' %s -> %s\n", i, desc.name.c_str(),
                typeText(desc.dtype, desc.shape).c_str(), path.c_str());
  }
  return Status::success();
}

Result run(const Arguments &arguments) {
  uint64_t threads = 0;
  if (Result bad = numberOption(arguments, "--threads", 1, 1024, 0, threads))
    return bad;
  std::vector<std::string> files;
  if (arguments.has("--input"))
    files = arguments.options.find("--input")->second;
  Expected<std::unique_ptr<Session>> session =
      Session::open(arguments.positional[0], unsigned(threads), arguments.value("--gear"), files);
  if (!session)
    return failure(session.message());
  const om::Model &model = (*session)->model();
  Expected<std::vector<std::vector<uint8_t>>> inputs = loadInputs((*session)->plan(), files);
  if (!inputs)
    return failure(inputs.message());
  for (size_t i = 0; i < inputs->size(); ++i)
    if (Status status = (*session)->setInput(i, (*inputs)[i]); !status.ok())
      return failure(status.message());

  std::ofstream traceFile;
  std::optional<rt::TraceWriter> trace;
  rt::ExecuteOptions options;
  options.hazards = arguments.has("--hazards");
  if (std::string path = arguments.value("--trace"); !path.empty()) {
    traceFile.open(path, std::ios::binary);
    if (!traceFile)
      return failure("cannot write '" + path + "'");
    options.trace = &trace.emplace(traceFile);
  }
  rt::RunStats stats;
  rt::Outcome outcome = (*session)->execution().run(options, stats);
  if (trace) {
    trace->finish();
    if (!traceFile.flush())
      return failure("cannot write '" + arguments.value("--trace") + "'");
  }
  if (!outcome.ok())
    return failure(outcome.message);
  if (std::string directory = arguments.value("--output"); !directory.empty())
    if (Status status = writeOutputs(**session, directory); !status.ok())
      return failure(status.message());
  if (std::string path = arguments.value("--stats"); !path.empty())
    if (Status status = writeText(path, rt::statsJson(model, stats)); !status.ok())
      return failure(status.message());
  std::printf("%s\n", statsLine(model, stats).c_str());
  return std::nullopt;
}

} // namespace

const Command runCommand = {"run",
                            "run a model once: outputs, predicted latency, trace",
                            kHelp,
                            {{"--input", OptionSpec::Many},
                             {"--gear", OptionSpec::One},
                             {"--output", OptionSpec::One},
                             {"--stats", OptionSpec::One},
                             {"--trace", OptionSpec::One},
                             {"--hazards", OptionSpec::Flag},
                             {"--threads", OptionSpec::One}},
                            1,
                            run};

} // namespace openatc::tool
