//===- msame.cpp - Runs an offline model on binary files ------------------===//
//
// A command line that is compatible with CANN's msame, on the public AscendCL interface alone.
//
//===----------------------------------------------------------------------===//

#include "Model.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <numeric>

#include <sys/time.h>
#include <unistd.h>

using namespace msame;

namespace {

namespace fs = std::filesystem;

/// A folder's name from the local time.
std::string timeStamp() {
  timeval now;
  ::gettimeofday(&now, nullptr);
  std::tm local;
  ::localtime_r(&now.tv_sec, &local);
  char text[32], out[48];
  std::strftime(text, sizeof text, "%Y%m%d_%H_%M_%S", &local);
  std::snprintf(out, sizeof out, "%s_%06ld", text, long(now.tv_usec));
  return out;
}

/// Writes the configuration for --dump or --profiler beside the results; empty on failure.
std::string writeConfiguration(const Options &options) {
  std::error_code code;
  std::string data = options.output + (options.dump ? "/dump" : "/profiler");
  fs::create_directories(data, code);
  std::string path = data + "/acl.json";
  std::ofstream out(path);
  if (options.dump)
    out << "{\"dump\": {\"dump_path\": \"" << data << "\", \"dump_mode\": \"output\", "
        << "\"dump_list\": [{\"model_name\": \"" << fs::path(options.model).stem().string()
        << "\"}]}}\n";
  else
    out << "{\"profiler\": {\"switch\": \"on\", \"output\": \"" << data
        << "\", \"aicpu\": \"on\", \"aic_metrics\": \"\"}}\n";
  out.close();
  if (!out)
    error("cannot write %s", path.c_str());
  return out ? path : "";
}

/// The device of the run; what was opened is closed with the object.
class Device {
public:
  ~Device() {
    if (stream)
      (void)aclrtDestroyStream(stream);
    if (context)
      (void)aclrtDestroyContext(context);
    if (opened) {
      info("end to destroy stream");
      info("end to destroy context");
      (void)aclrtResetDevice(id);
      info("end to reset device is %d", id);
    }
    if (!started)
      return;
    if (aclFinalize() == ACL_SUCCESS)
      info("end to finalize acl");
    else
      aclFailure("finalize acl failed");
  }

  bool open(const Options &options) {
    std::string config;
    if (options.dump || options.profiler) {
      config = writeConfiguration(options);
      if (config.empty())
        return false;
    } else if (fs::exists("acl.json")) {
      config = "acl.json";
    }
    started = aclInit(config.empty() ? nullptr : config.c_str()) == ACL_SUCCESS;
    if (options.dump || options.profiler)
      std::remove(config.c_str());
    if (!started)
      return failed("acl init failed");
    info("acl init success");
    id = options.device;
    opened = aclrtSetDevice(id) == ACL_SUCCESS;
    if (!opened)
      return failed(("acl open device " + std::to_string(id) + " failed").c_str());
    info("open device %d success", id);
    if (aclrtCreateContext(&context, id) != ACL_SUCCESS)
      return failed("acl create context failed");
    info("create context success");
    if (aclrtCreateStream(&stream) != ACL_SUCCESS)
      return failed("acl create stream failed");
    info("create stream success");
    aclrtRunMode mode;
    if (aclrtGetRunMode(&mode) != ACL_SUCCESS)
      return failed("acl get run mode failed");
    info("get run mode success");
    return true;
  }

private:
  static bool failed(const char *what) {
    aclFailure("%s", what);
    return false;
  }
  int id = 0;
  bool started = false, opened = false;
  aclrtContext context = nullptr;
  aclrtStream stream = nullptr;
};

/// Runs the model once and prints how long the host took.
bool timedRun(Model &model, std::vector<double> &times) {
  auto begin = std::chrono::steady_clock::now();
  bool ok = model.execute();
  times.push_back(
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  if (ok)
    std::printf("Inference time: %.2fms\n", times.back());
  else
    error("model execute failed");
  return ok;
}

void printAverages(const std::vector<double> &times) {
  double sum = std::accumulate(times.begin(), times.end(), 0.0);
  std::printf("Inference average time: %.2f ms\n", sum / double(times.size()));
  if (times.size() > 1)
    std::printf("Inference average time without first time: %.2f ms\n",
                (sum - times.front()) / double(times.size() - 1));
}

/// Files of the first folder by name; each input's file of a run has the same name.
bool runFolders(Model &model, const Options &options, const std::string &results) {
  std::vector<std::string> names;
  for (const std::string &folder : options.inputs)
    if (!fs::is_directory(folder)) {
      error("input parameter must be folder or file ending in '.bin': %s", folder.c_str());
      return false;
    }
  for (const fs::directory_entry &entry : fs::directory_iterator(options.inputs[0]))
    if (std::string name = entry.path().filename().string(); name[0] != '.')
      names.push_back(name);
  std::sort(names.begin(), names.end());
  if (names.empty()) {
    error("No file in the directory[%s]", options.inputs[0].c_str());
    return false;
  }
  std::vector<double> times;
  for (const std::string &name : names) {
    std::vector<std::string> files;
    for (const std::string &folder : options.inputs)
      files.push_back(folder + "/" + name);
    bool ok = model.createInputs(files) && model.chooseShape(options) && timedRun(model, times);
    if (ok && !results.empty())
      ok = model.writeOutputs(options, results, fs::path(name).stem().string());
    model.destroyInputs();
    if (!ok)
      return false;
  }
  printAverages(times);
  return true;
}

bool runFiles(Model &model, const Options &options, const std::string &results) {
  if (!model.createInputs(options.inputs) || !model.chooseShape(options))
    return false;
  std::vector<double> times;
  for (int i = 0; i < options.loop; ++i)
    if (!timedRun(model, times))
      return false;
  if (!results.empty() &&
      !model.writeOutputs(options, results, fs::path(options.model).stem().string()))
    return false;
  printAverages(times);
  model.destroyInputs();
  return true;
}

bool process(const Options &options) {
  Model model;
  if (!model.load(options) || !model.checkShape(options))
    return false;
  if (options.debug)
    model.describe();
  if (!model.createOutputs(options))
    return false;
  std::string results;
  if (!options.output.empty()) {
    results = options.output + "/" + timeStamp();
    std::error_code code;
    fs::create_directories(results, code);
    if (code) {
      error("cannot make the folder %s: %s", results.c_str(), code.message().c_str());
      return false;
    }
    std::printf("%s\n", results.c_str());
  }
  bool folders = !options.inputs.empty() && options.inputs[0].find(".bin") == std::string::npos;
  bool ok = folders ? runFolders(model, options, results) : runFiles(model, options, results);
  model.destroyOutputs();
  if (ok)
    info("destroy data buffer success");
  return ok;
}

} // namespace

int main(int argc, char **argv) {
  Options options;
  if (std::optional<std::string> wrong = parse(argc, argv, options)) {
    error("%s", wrong->c_str());
    error("Execute sample failed");
    std::printf("\n%s", kHelp);
    return 1;
  }
  if (options.help) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  Device device;
  if (!device.open(options)) {
    error("Sample init resource failed");
    return 1;
  }
  if (!process(options)) {
    error("Sample process failed");
    return 1;
  }
  info("pid: %d Execute sample success", int(::getpid()));
  return 0;
}
