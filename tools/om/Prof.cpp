//===- Prof.cpp - om prof: what a profile says ----------------------------===//

#include "Command.h"
#include "Session.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>

namespace openatc::tool {

namespace {

constexpr std::string_view kHelp =
    R"(om prof: show where the time of profiled runs went

usage: om prof DIR [--top N]

DIR is a folder PROF_* that an application with a profile of AscendCL has left, or one above it.
The time of each kind of operator is summed up, and the longest tasks are listed with the pipe
or memory that bounds them. Times are those of the simulated device. The time lines
msprof_<device>_*.json beside the table open in ui.perfetto.dev.

  --top N   tasks to list; default 10
)";

using Record = std::map<std::string, std::string>;

/// The next record of a table with commas and quoted fields; false at its end.
bool readRecord(std::istream &in, std::vector<std::string> &fields) {
  fields.assign(1, "");
  bool quoted = false, any = false;
  for (int c; (c = in.get()) != EOF;) {
    any = true;
    if (quoted && c == '"' && in.peek() == '"')
      fields.back() += char(in.get());
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && c == ',')
      fields.emplace_back();
    else if (!quoted && c == '\n')
      return true;
    else
      fields.back() += char(c);
  }
  return any;
}

/// All rows of the tables in `folder`, by the names of their columns.
Status readTables(const std::string &folder, std::vector<Record> &rows) {
  std::error_code code;
  std::vector<std::filesystem::path> tables;
  for (std::filesystem::recursive_directory_iterator at(folder, code), end; !code && at != end;
       at.increment(code)) {
    std::string name = at->path().filename().string();
    if (name.starts_with("op_summary_") && name.ends_with(".csv"))
      tables.push_back(at->path());
  }
  if (code)
    return Status::error("cannot read the folder '" + folder + "': " + code.message());
  if (tables.empty())
    return Status::error("the folder '" + folder + "' holds no profile (op_summary_*.csv)");
  std::sort(tables.begin(), tables.end());
  for (const std::filesystem::path &table : tables) {
    std::ifstream in(table);
    std::vector<std::string> head, fields;
    readRecord(in, head);
    for (const char *needed : {"Op Name", "OP Type", "Task Type", "Task Duration(us)"})
      if (std::find(head.begin(), head.end(), needed) == head.end())
        return Status::error("'" + table.string() + "' has no column '" + needed + "'");
    while (readRecord(in, fields)) {
      if (fields.size() != head.size())
        return Status::error("'" + table.string() + "' has a row of " +
                             std::to_string(fields.size()) + " fields, its head has " +
                             std::to_string(head.size()));
      Record &row = rows.emplace_back();
      for (size_t i = 0; i < head.size(); ++i)
        row[head[i]] = fields[i];
    }
  }
  return Status::success();
}

struct Sum {
  size_t count = 0;
  double us = 0;
};

double durationOf(const Record &row) {
  return std::strtod(row.at("Task Duration(us)").c_str(), nullptr);
}

Result run(const Arguments &arguments) {
  uint64_t top = 0;
  if (Result bad = numberOption(arguments, "--top", 0, 1000000, 10, top))
    return bad;
  std::vector<Record> rows;
  if (Status status = readTables(arguments.positional[0], rows); !status.ok())
    return failure(status.message());
  std::map<std::string, Sum> types;
  Sum all;
  for (const Record &row : rows) {
    for (Sum *sum : {&types[row.at("OP Type") + " on " + row.at("Task Type")], &all}) {
      ++sum->count;
      sum->us += durationOf(row);
    }
  }
  std::printf("%s, %.1f us\n", counted(rows.size(), "task").c_str(), all.us);
  std::vector<std::pair<std::string, Sum>> order(types.begin(), types.end());
  std::stable_sort(order.begin(), order.end(),
                   [](const auto &a, const auto &b) { return a.second.us > b.second.us; });
  std::printf("\n%12s %7s %8s  %s\n", "us", "share", "tasks", "operators");
  for (const auto &[type, sum] : order)
    std::printf("%12.1f %6.1f%% %8zu  %s\n", sum.us, all.us > 0 ? 100 * sum.us / all.us : 0,
                sum.count, type.c_str());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Record &a, const Record &b) { return durationOf(a) > durationOf(b); });
  if (top && !rows.empty())
    std::printf("\n%12s %7s  %-8s %s\n", "us", "share", "bound", "longest tasks");
  for (size_t i = 0; i < std::min<size_t>(top, rows.size()); ++i) {
    auto bound = rows[i].find("bound");
    std::printf("%12.1f %6.1f%%  %-8s %s\n", durationOf(rows[i]),
                all.us > 0 ? 100 * durationOf(rows[i]) / all.us : 0,
                bound == rows[i].end() ? "" : bound->second.c_str(), rows[i].at("Op Name").c_str());
  }
  return std::nullopt;
}

} // namespace

const Command profCommand = {"prof",
                             "show where the time of profiled runs went",
                             kHelp,
                             {{"--top", OptionSpec::One}},
                             1,
                             run,
                             "no folder of a profile given"};

} // namespace openatc::tool
