//===- DumpRun.cpp - Dumped tensors of one run ----------------------------===//

#include "Dump.h"
#include "ProfileFiles.h"

#include "openatc/Runtime/Npy.h"
#include "openatc/Runtime/TensorNumbers.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <filesystem>

namespace openatc::acl {

namespace {

/// As in CANN's file names: characters that separate other parts become '_'.
std::string fileText(const std::string &name) {
  std::string out = name;
  for (char &c : out)
    if (std::strchr("/\\.: ", c) || (unsigned char)c < 0x20)
      c = '_';
  // Names of files end at 255 bytes; the type, numbers and the suffix take the rest.
  return out.substr(0, 140);
}

std::string typeOf(const om::Model &model, const om::Task &task) {
  if (const auto *host = std::get_if<om::HostTask>(&task))
    return operatorType(host->types, host->op);
  const auto &kernel = std::get<om::KernelTask>(task);
  return operatorType(kernel.types, model.kernels[kernel.kernel].name);
}

const std::vector<std::string> &nodesOf(const om::Task &task) {
  return std::visit([](const auto &t) -> const std::vector<std::string> & { return t.nodes; },
                    task);
}

std::string number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

std::string statisticsRow(bool input, size_t index, const om::TensorRef &tensor,
                          std::span<const uint8_t> dense) {
  std::string shape;
  for (int64_t d : tensor.logicalShape)
    shape += (shape.empty() ? "" : "x") + std::to_string(d);
  rt::TensorStatistics s = rt::statisticsOf(rt::toDoubles(tensor.dtype, dense));
  std::string row = input ? "Input," : "Output,";
  row += std::to_string(index) + "," + std::to_string(dense.size()) + "," +
         std::string(nameOf(tensor.dtype)) + "," + std::string(om::nameOf(tensor.layout)) + "," +
         shape + "," + std::to_string(s.count);
  for (double value : {s.max, s.min, s.average, s.l2})
    row += "," + number(value);
  for (uint64_t value : {s.nans, s.negativeInfinities, s.positiveInfinities})
    row += "," + std::to_string(value);
  return row + "\n";
}

/// Largest piece that a callback gets.
constexpr size_t kChunkBytes = size_t(1) << 24;

constexpr const char *kStatisticsHead =
    "Input/Output,Index,Data Size,Data Type,Format,Shape,Count,Max Value,Min Value,Avg Value,"
    "l2norm,Nan Count,Negative Inf Count,Positive Inf Count\n";

} // namespace

DumpRun::DumpRun(std::shared_ptr<ModelDump> modelDump, RunPlace where, const om::Model &contents,
                 const om::Plan &plan)
    : model(std::move(modelDump)), config(model->dump->config),
      entry(config.entryFor(contents.name, contents.fileName)), place(where), contents(contents),
      plan(plan), iteration(model->iteration++) {
  if (entry && iteration == 0)
    warnOfUnknownLayers();
  if (!config.includes(iteration))
    entry = nullptr;
}

void DumpRun::warnOfUnknownLayers() const {
  std::set<std::string> names;
  for (const om::Kernel &kernel : contents.kernels)
    names.insert(kernel.name);
  for (const om::Task &task : plan.tasks)
    names.insert(nodesOf(task).begin(), nodesOf(task).end());
  for (const std::string &layer : entry->layers)
    if (!entry->model.empty() && !names.count(layer))
      std::fprintf(stderr, "[WARNING] dump: the model '%s' has no layer '%s'\n",
                   entry->model.c_str(), layer.c_str());
}

bool DumpRun::isListed(size_t task) const {
  if (!entry)
    return false;
  if (entry->layers.empty())
    return true;
  const om::Task &which = plan.tasks[task];
  const auto *kernel = std::get_if<om::KernelTask>(&which);
  if (kernel && entry->layers.count(contents.kernels[kernel->kernel].name))
    return true;
  const std::vector<std::string> &nodes = nodesOf(which);
  return std::any_of(nodes.begin(), nodes.end(),
                     [&](const std::string &node) { return entry->layers.count(node); });
}

std::vector<DumpRun::Item> DumpRun::resultsOf(size_t task) const {
  std::vector<Item> items;
  std::visit(
      [&](const auto &t) {
        for (const om::TensorRef &ref : t.outputs)
          items.push_back({false, items.size(), ref});
        for (const om::TensorSlice &slice : t.slices)
          items.push_back({false, items.size(), slice.tensor});
      },
      plan.tasks[task]);
  return items;
}

/// Operands of a host operator are described; of those of a kernel, inputs of the model and what
/// earlier tasks left are known, weights are not.
std::vector<DumpRun::Item> DumpRun::operandsOf(size_t task) const {
  std::vector<Item> items;
  if (const auto *host = std::get_if<om::HostTask>(&plan.tasks[task])) {
    for (size_t i = 0; i < host->operands.size(); ++i)
      if (const om::HostOperand &o = host->operands[i]; !o.absent)
        items.push_back({true, i, {"", o.buffer, o.dtype, om::Layout::ND, o.shape}});
    return items;
  }
  const auto &kernel = std::get<om::KernelTask>(plan.tasks[task]);
  size_t results = std::max<size_t>(1, kernel.outputs.size() + kernel.slices.size());
  for (size_t i = 0; i + results < kernel.args.size(); ++i) {
    const om::BufferRef &ref = kernel.args[i];
    if (ref.kind == om::BufferKind::Input && ref.offset == 0) {
      const om::TensorDesc &desc = plan.inputs[ref.index];
      items.push_back({true, i, {desc.name, ref, desc.dtype, om::Layout::ND, desc.shape}});
      continue;
    }
    auto at = std::find_if(known.rbegin(), known.rend(),
                           [&](const om::TensorRef &t) { return t.buffer == ref; });
    if (at != known.rend())
      items.push_back({true, i, *at});
  }
  return items;
}

std::string DumpRun::pathOf(size_t task) const {
  const om::Task &which = plan.tasks[task];
  const std::vector<std::string> &nodes = nodesOf(which);
  std::string type = typeOf(contents, which), name = nodes.empty() ? type : nodes.back();
  std::string folder;
  if (config.when == DumpConfig::When::Failure) {
    folder = "extra-info/data-dump/" + std::to_string(place.device);
  } else {
    std::string stem = std::filesystem::path(contents.fileName).stem().string();
    folder = model->dump->folder + "/" + std::to_string(place.device) + "/" +
             fileText(stem.empty() ? contents.name : stem) + "/" + std::to_string(place.model) +
             "/" + std::to_string(iteration);
  }
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return folder + "/" + fileText(type) + "." + fileText(name) + "." + std::to_string(task) + "." +
         std::to_string(place.stream) + "." +
         std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

Status DumpRun::write(const std::string &path, std::span<const uint8_t> bytes) {
  if (DumpCallback callback = dumps().currentCallback()) {
    for (size_t offset = 0; offset < bytes.size(); offset += kChunkBytes) {
      std::span<const uint8_t> part =
          bytes.subspan(offset, std::min(kChunkBytes, bytes.size() - offset));
      std::vector<uint64_t> memory((sizeof(acldumpChunk) + part.size() + 7) / 8);
      auto *chunk = reinterpret_cast<acldumpChunk *>(memory.data());
      path.copy(chunk->fileName, sizeof chunk->fileName - 1);
      chunk->bufLen = uint32_t(part.size());
      chunk->isLastChunk = offset + part.size() == bytes.size();
      chunk->offset = int64_t(offset);
      std::copy(part.begin(), part.end(),
                reinterpret_cast<uint8_t *>(memory.data()) + offsetof(acldumpChunk, dataBuf));
      callback(chunk, int32_t(sizeof(acldumpChunk) + part.size()));
    }
    return Status::success();
  }
  std::filesystem::path file = config.path + "/" + path;
  std::error_code code;
  std::filesystem::create_directories(file.parent_path(), code);
  FILE *out = std::fopen(file.c_str(), "wb");
  bool ok = out && std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size();
  ok = out && std::fclose(out) == 0 && ok;
  return ok ? Status::success()
            : Status::error("cannot write the dump '" + file.string() +
                            "': " + std::strerror(errno));
}

Status DumpRun::write(size_t task, const std::vector<Item> &items, const rt::Execution &execution) {
  std::string path = pathOf(task), rows;
  for (const Item &item : items) {
    std::vector<uint8_t> stored;
    OPENATC_TRY(execution.read(item.tensor, stored));
    Expected<std::vector<uint8_t>> dense =
        om::toRowMajor(item.tensor.dtype, item.tensor.layout, item.tensor.logicalShape, stored);
    if (!dense)
      return dense.status();
    if (config.statistics) {
      rows += statisticsRow(item.input, item.index, item.tensor, *dense);
      continue;
    }
    Expected<std::vector<uint8_t>> file =
        rt::formatNpy(item.tensor.dtype, item.tensor.logicalShape, *dense);
    if (!file)
      return file.status();
    OPENATC_TRY(write(
        path + (item.input ? ".input." : ".output.") + std::to_string(item.index) + ".npy", *file));
  }
  if (rows.empty())
    return Status::success();
  rows = kStatisticsHead + rows;
  return write(path + (items.front().input ? ".input.csv" : ".csv"),
               {reinterpret_cast<const uint8_t *>(rows.data()), rows.size()});
}

Status DumpRun::before(size_t task, const rt::Execution &execution) {
  begun = task;
  if (config.when != DumpConfig::When::Listed || !config.inputs || !isListed(task))
    return Status::success();
  return write(task, operandsOf(task), execution);
}

Status DumpRun::after(size_t task, const rt::Execution &execution) {
  std::vector<Item> results = resultsOf(task);
  Status status;
  if (config.when == DumpConfig::When::Listed && config.outputs && isListed(task))
    status = write(task, results, execution);
  if (config.when == DumpConfig::When::Overflow && entry &&
      std::holds_alternative<om::KernelTask>(plan.tasks[task])) {
    bool overflows = false;
    for (const Item &item : results) {
      std::vector<uint8_t> stored;
      if (!isFloat(item.tensor.dtype) || !execution.read(item.tensor, stored).ok())
        continue;
      rt::TensorStatistics s = rt::statisticsOf(rt::toDoubles(item.tensor.dtype, stored));
      overflows |= s.nans + s.negativeInfinities + s.positiveInfinities > 0;
    }
    if (overflows) {
      status = write(task, operandsOf(task), execution);
      if (status.ok())
        status = write(task, results, execution);
    }
  }
  for (Item &item : results) {
    std::erase_if(known, [&](const om::TensorRef &t) { return t.buffer == item.tensor.buffer; });
    known.push_back(std::move(item.tensor));
  }
  return status;
}

Status DumpRun::failed(const rt::Execution &execution) {
  if (config.when != DumpConfig::When::Failure || !entry)
    return Status::success();
  return write(begun, operandsOf(begun), execution);
}

} // namespace openatc::acl
