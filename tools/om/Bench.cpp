//===- Bench.cpp - om bench: repeated runs --------------------------------===//

#include "Session.h"
#include "Stats.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <random>

#include "openatc/Support/Half.h"

namespace openatc::tool {

namespace {

constexpr std::string_view kHelp =
    R"(om bench: run an offline model repeatedly on seeded inputs

usage: om bench MODEL.om [--threads N] [--repeat N] [--json FILE]

  --threads N   host threads that simulate cores; default all
  --repeat N    measured runs after one warm-up run; default 10
  --json FILE   write soc, threads, repeat, load_ms (read, verify and load the model),
                wall_ms_min, wall_ms_median (host time of one run), simulated_us
                (predicted latency)

Inputs are drawn from a fixed seed: floating point in [0, 1), integers 0 or 1.
)";

/// Uniform values that any network accepts; small integers are valid indices.
std::vector<uint8_t> seededInput(const om::TensorDesc &desc, std::mt19937_64 &random) {
  std::vector<uint8_t> out(desc.bytes);
  size_t size = sizeOf(desc.dtype);
  for (size_t at = 0; at + size <= out.size(); at += size) {
    // The generator's own bits, because distributions differ between libraries.
    double real = double(random() >> 11) * 0x1p-53;
    float single = float(real);
    uint16_t half = desc.dtype == DType::BF16 ? uint16_t(std::bit_cast<uint32_t>(single) >> 16)
                                              : floatToHalf(single);
    switch (desc.dtype) {
    case DType::F32:
      std::memcpy(&out[at], &single, size);
      break;
    case DType::F64:
      std::memcpy(&out[at], &real, size);
      break;
    case DType::F16:
    case DType::BF16:
      std::memcpy(&out[at], &half, size);
      break;
    default:
      out[at] = real < 0.5;
    }
  }
  return out;
}

double since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

Result run(const Arguments &arguments) {
  uint64_t threads = 0, repeat = 0;
  if (Result bad = numberOption(arguments, "--threads", 1, 1024, 0, threads))
    return bad;
  if (Result bad = numberOption(arguments, "--repeat", 1, 1000000, 10, repeat))
    return bad;
  auto begin = std::chrono::steady_clock::now();
  Expected<std::unique_ptr<Session>> session =
      Session::open(arguments.positional[0], unsigned(threads));
  if (!session)
    return failure(session.message());
  double loadMs = since(begin);
  const om::Model &model = (*session)->model();
  std::mt19937_64 random(7);
  for (size_t i = 0; i < model.inputs.size(); ++i)
    if (Status status = (*session)->setInput(i, seededInput(model.inputs[i], random)); !status.ok())
      return failure(status.message());

  std::vector<double> wall;
  rt::RunStats stats;
  for (uint64_t i = 0; i <= repeat; ++i) {
    rt::Outcome outcome = (*session)->execution().run({}, stats);
    if (!outcome.ok())
      return failure(outcome.message);
    if (i)
      wall.push_back(stats.wallMs);
  }
  std::sort(wall.begin(), wall.end());
  double median = (wall[wall.size() / 2] + wall[(wall.size() - 1) / 2]) / 2;
  std::printf("%s\nload %.1f ms; %llu runs: fastest %.2f ms, median %.2f ms\n",
              statsLine(model, stats).c_str(), loadMs, (unsigned long long)repeat, wall.front(),
              median);
  if (std::string path = arguments.value("--json"); !path.empty()) {
    nlohmann::ordered_json out;
    out["soc"] = model.socVersion;
    out["threads"] = threads;
    out["repeat"] = repeat;
    out["load_ms"] = loadMs;
    out["wall_ms_min"] = wall.front();
    out["wall_ms_median"] = median;
    out["simulated_us"] = stats.simulatedUs;
    if (Status status = writeText(path, out.dump(1) + "\n"); !status.ok())
      return failure(status.message());
  }
  return std::nullopt;
}

} // namespace

const Command benchCommand = {
    "bench",
    "time repeated runs on seeded inputs",
    kHelp,
    {{"--threads", OptionSpec::One}, {"--repeat", OptionSpec::One}, {"--json", OptionSpec::One}},
    1,
    run};

} // namespace openatc::tool
