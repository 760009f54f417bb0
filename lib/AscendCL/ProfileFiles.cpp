//===- ProfileFiles.cpp - What a profile leaves on disk -------------------===//

#include "ProfileFiles.h"

#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>

#include <unistd.h>

namespace openatc::acl {

namespace {

constexpr const char *kTableHead =
    "Device_id,Model ID,Task ID,Stream ID,Op Name,OP Type,Kernel,Task Type,Task Start Time(us),"
    "Task Duration(us),Block Dim,aicore_time(us),total_cycles,vec_ratio,mac_ratio,scalar_ratio,"
    "mte1_ratio,mte2_ratio,mte3_ratio,bound\n";

/// Places of the columns above in KernelStats::share, which is S V M MTE1 MTE2 MTE3.
constexpr size_t kShareOrder[] = {1, 2, 0, 3, 4, 5};

/// A field of a table with commas.
std::string quoted(const std::string &text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos)
    return text;
  std::string out = "\"";
  for (char c : text)
    out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string joined(const std::vector<std::string> &nodes) {
  std::string out;
  for (const std::string &node : nodes)
    out += (out.empty() ? "" : "+") + node;
  return out;
}

/// Local time with milliseconds, digits only.
std::string timeStamp() {
  auto now = std::chrono::system_clock::now();
  std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm local;
  char text[32], out[48];
  ::localtime_r(&seconds, &local);
  std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &local);
  std::snprintf(out, sizeof out, "%s%03d", text, int(milliseconds));
  return out;
}

} // namespace

std::string operatorType(const std::vector<std::string> &types, const std::string &taskName) {
  for (const std::string &type : types)
    if (!type.empty())
      return type;
  return taskName;
}

ProfileFiles::ProfileFiles(std::string folder, std::string time)
    : directory(std::move(folder)), stamp(std::move(time)) {}

Expected<std::shared_ptr<ProfileFiles>> ProfileFiles::create(const std::string &path) {
  static std::atomic<uint32_t> number = 0;
  std::string stamp = timeStamp();
  char name[96];
  std::snprintf(name, sizeof name, "PROF_%06u_%s_%08X", ++number, stamp.c_str(),
                unsigned(::getpid()));
  std::shared_ptr<ProfileFiles> files(new ProfileFiles(path + "/" + name, stamp));
  std::string inside = files->directory + "/mindstudio_profiler_output";
  std::error_code code;
  std::filesystem::create_directories(inside, code);
  if (code)
    return Status::error("cannot make the directory '" + inside + "': " + code.message());
  files->table.open(inside + "/op_summary_" + stamp + ".csv", std::ios::binary);
  if (!(files->table << kTableHead))
    return Status::error("cannot write into '" + inside + "'");
  return files;
}

ProfileFiles::~ProfileFiles() { finish(); }

rt::TraceWriter &ProfileFiles::trace(uint32_t device) {
  std::lock_guard guard(mutex);
  std::unique_ptr<TimeLine> &line = timeLines[device];
  if (!line) {
    line = std::make_unique<TimeLine>();
    if (!finished)
      line->file.open(directory + "/mindstudio_profiler_output/msprof_" + std::to_string(device) +
                          "_" + stamp + ".json",
                      std::ios::binary);
    line->writer = std::make_unique<rt::TraceWriter>(line->file);
  }
  return *line->writer;
}

void ProfileFiles::add(const RunPlace &place, const rt::RunStats &stats, double startUs,
                       bool bars) {
  rt::TraceWriter &line = trace(place.device);
  std::lock_guard guard(mutex);
  if (finished)
    return;
  for (size_t i = 0; i < stats.tasks.size(); ++i) {
    const rt::TaskStats &task = stats.tasks[i];
    char text[96];
    table << place.device << ',' << place.model << ',' << i << ',' << place.stream << ','
          << quoted(task.nodes.empty() ? task.name : joined(task.nodes)) << ','
          << quoted(operatorType(task.types, task.name)) << ',' << quoted(task.name) << ','
          << (task.aiCore ? "AI_CORE" : "AI_CPU");
    std::snprintf(text, sizeof text, ",%.3f,%.3f", startUs, task.us);
    table << text;
    if (task.aiCore) {
      table << ',' << task.kernel.blocks;
      std::snprintf(text, sizeof text, ",%.3f", task.us);
      table << text << ',' << task.kernel.cycles;
      for (size_t pipe : kShareOrder) {
        std::snprintf(text, sizeof text, ",%.4f", task.kernel.share[pipe]);
        table << text;
      }
      table << ',' << task.kernel.bound << '\n';
    } else {
      table << ",N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,N/A,host\n";
    }
    if (bars)
      line.addTask(task.name, task.nodes, task.aiCore, startUs, task.us, task.kernel.cycles,
                   task.kernel.bound);
    startUs += task.us;
  }
}

bool ProfileFiles::finish() {
  std::lock_guard guard(mutex);
  bool ok = bool(table);
  if (std::exchange(finished, true))
    return ok;
  table.close();
  ok = ok && table;
  for (auto &[device, line] : timeLines) {
    line->writer->finish();
    line->file.close();
    ok = ok && line->file;
  }
  return ok;
}

} // namespace openatc::acl
