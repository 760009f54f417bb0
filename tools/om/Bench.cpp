//===- Bench.cpp - om bench: repeated runs --------------------------------===//

#include "Inputs.h"
#include "Session.h"
#include "Stats.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>

namespace openatc::tool {

namespace {

constexpr std::string_view kHelp =
    R"(om bench: run an offline model repeatedly on seeded inputs

usage: om bench MODEL.om [--threads N] [--repeat N] [--json FILE]

  --threads N   host threads that simulate cores; default all
  --repeat N    measured runs after one warm-up run; default 10
  --json FILE   write soc, threads, repeat, load_ms (read, verify and load the model),
                wall_ms_min, wall_ms_median (host time of one run), simulated_us
                (predicted latency of the last run, with what earlier ones left in L2)

Inputs are drawn from a fixed seed: floating point in [0, 1), integers 0 or 1.
)";

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
  std::vector<std::vector<uint8_t>> inputs = seededInputs(model);
  for (size_t i = 0; i < inputs.size(); ++i)
    if (Status status = (*session)->setInput(i, inputs[i]); !status.ok())
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
