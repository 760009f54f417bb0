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

usage: om bench MODEL.om [--gear GEAR] [--threads N] [--repeat N] [--loads N] [--hazards] [--no-timing]
                         [--json FILE] [--stats FILE]

  --gear GEAR   of a model with gears: the one to run, as for 'om run'; default the largest
  --threads N   host threads that simulate cores; default all
  --repeat N    measured runs after one warm-up run; default 10
  --loads N     times the model is loaded; default 3
  --hazards     also check that flags order all overlapping accesses
  --no-timing   compute results only; the predicted latency is then that of launches alone
  --json FILE   write soc, gear (if the model has gears), threads, repeat, hazards, load_ms (read, verify and load the
                model, ready to execute: median), load_ms_first, wall_ms_min,
                wall_ms_median (host time of one run), wall_ms (of each), simulated_us and
                cycles (predicted latency of the last run, with what earlier ones left in
                L2), simulated_us_first (with nothing in L2)
  --stats FILE  write the statistics of the last run as 'om run --stats' does

Inputs are drawn from a fixed seed: floating point in [0, 1), integers 0 or 1.
)";

double since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return (values[values.size() / 2] + values[(values.size() - 1) / 2]) / 2;
}

/// Host times in milliseconds, in the order they were taken.
struct Times {
  std::vector<double> loads, runs;
};

std::string benchJson(const Arguments &arguments, const om::Model &model, uint64_t threads,
                      const Times &times, const rt::RunStats &first, const rt::RunStats &last) {
  nlohmann::ordered_json out;
  out["soc"] = model.socVersion;
  if (last.gear)
    out["gear"] = model.gears[*last.gear].values;
  out["threads"] = threads;
  out["repeat"] = times.runs.size();
  out["hazards"] = arguments.has("--hazards");
  out["load_ms"] = median(times.loads);
  out["load_ms_first"] = times.loads.front();
  out["wall_ms_min"] = *std::min_element(times.runs.begin(), times.runs.end());
  out["wall_ms_median"] = median(times.runs);
  out["wall_ms"] = times.runs;
  out["simulated_us"] = last.simulatedUs;
  out["cycles"] = last.cycles;
  out["simulated_us_first"] = first.simulatedUs;
  return out.dump(1) + "\n";
}

Result run(const Arguments &arguments) {
  uint64_t threads = 0, repeat = 0, loads = 0;
  if (Result bad = numberOption(arguments, "--threads", 1, 1024, 0, threads))
    return bad;
  if (Result bad = numberOption(arguments, "--repeat", 1, 1000000, 10, repeat))
    return bad;
  if (Result bad = numberOption(arguments, "--loads", 1, 1000, 3, loads))
    return bad;
  Times times;
  std::unique_ptr<Session> session;
  for (uint64_t i = 0; i < loads; ++i) {
    session.reset(); // its memory goes back before the next load is timed
    auto begin = std::chrono::steady_clock::now();
    Expected<std::unique_ptr<Session>> opened =
        Session::open(arguments.positional[0], unsigned(threads), arguments.value("--gear"));
    if (!opened)
      return failure(opened.message());
    session = std::move(*opened);
    times.loads.push_back(since(begin));
  }
  const om::Model &model = session->model();
  std::vector<std::vector<uint8_t>> inputs = seededInputs(session->plan());
  for (size_t i = 0; i < inputs.size(); ++i)
    if (Status status = session->setInput(i, inputs[i]); !status.ok())
      return failure(status.message());

  rt::ExecuteOptions options;
  options.hazards = arguments.has("--hazards");
  options.timing = !arguments.has("--no-timing");
  rt::RunStats first, last;
  for (uint64_t i = 0; i <= repeat; ++i) {
    rt::RunStats &stats = i ? last : first;
    rt::Outcome outcome = session->execution().run(options, stats);
    if (!outcome.ok())
      return failure(outcome.message);
    if (i)
      times.runs.push_back(stats.wallMs);
  }
  std::printf("%s\nload %.1f ms; %llu runs: fastest %.2f ms, median %.2f ms\n",
              statsLine(model, last).c_str(), median(times.loads), (unsigned long long)repeat,
              *std::min_element(times.runs.begin(), times.runs.end()), median(times.runs));
  if (std::string path = arguments.value("--json"); !path.empty())
    if (Status status = writeText(path, benchJson(arguments, model, threads, times, first, last));
        !status.ok())
      return failure(status.message());
  if (std::string path = arguments.value("--stats"); !path.empty())
    if (Status status = writeText(path, rt::statsJson(model, last)); !status.ok())
      return failure(status.message());
  return std::nullopt;
}

} // namespace

const Command benchCommand = {"bench",
                              "time repeated runs on seeded inputs",
                              kHelp,
                              {{"--gear", OptionSpec::One},
                               {"--threads", OptionSpec::One},
                               {"--repeat", OptionSpec::One},
                               {"--loads", OptionSpec::One},
                               {"--hazards", OptionSpec::Flag},
                               {"--no-timing", OptionSpec::Flag},
                               {"--json", OptionSpec::One},
                               {"--stats", OptionSpec::One}},
                              1,
                              run};

} // namespace openatc::tool
