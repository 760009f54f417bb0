//===- LayerTensors.cpp - What the layers of an offline model compute -----===//

#include "LayerTensors.h"

#include "openatc/Runtime/Npy.h"

#include <algorithm>
#include <charconv>
#include <filesystem>

namespace openatc::tool {

namespace {

/// Names of tensors that are final after each task: a node that a later task works on as well
/// (a layout change, a node split over kernels) is complete only there.
std::vector<std::set<std::string>> finalTensors(const om::Plan &plan) {
  std::map<std::string, size_t> lastTask;
  for (size_t i = 0; i < plan.tasks.size(); ++i)
    std::visit(
        [&](const auto &task) {
          for (const std::string &node : task.nodes)
            lastTask[node] = i;
        },
        plan.tasks[i]);
  // Further results of a node are called "<node>:<i>"; node names may hold colons, too.
  auto taskOf = [&](const std::string &tensor) {
    auto at = lastTask.find(tensor);
    if (at == lastTask.end())
      at = lastTask.find(tensor.substr(0, tensor.rfind(':')));
    return at == lastTask.end() ? plan.tasks.size() : at->second;
  };
  std::vector<std::set<std::string>> out(plan.tasks.size());
  for (size_t i = 0; i < plan.tasks.size(); ++i)
    std::visit(
        [&](const auto &task) {
          for (const om::TensorRef &ref : task.outputs)
            if (taskOf(ref.name) == i)
              out[i].insert(ref.name);
        },
        plan.tasks[i]);
  return out;
}

/// Numbers of a dump's name: <type>.<name>.<task>.<stream>.<time>.output.<index>.npy.
bool parseDumpName(const std::string &name, size_t &task, size_t &index) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= name.size();) {
    size_t dot = std::min(name.find('.', begin), name.size());
    parts.push_back(name.substr(begin, dot - begin));
    begin = dot + 1;
  }
  size_t n = parts.size();
  auto number = [](const std::string &text, size_t &out) {
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size();
  };
  return n == 8 && parts[7] == "npy" && parts[5] == "output" && number(parts[2], task) &&
         number(parts[6], index);
}

} // namespace

LayerTensors::LayerTensors(const om::Plan &plan, Receiver receive)
    : plan(plan), receive(std::move(receive)), finals(finalTensors(plan)) {
  for (const std::set<std::string> &some : finals)
    wholes.insert(some.begin(), some.end());
}

const std::vector<om::TensorRef> &LayerTensors::outputsOf(size_t task) const {
  return std::visit([](const auto &t) -> const auto & { return t.outputs; }, plan.tasks[task]);
}

const std::vector<om::TensorSlice> &LayerTensors::slicesOf(size_t task) const {
  return std::visit([](const auto &t) -> const auto & { return t.slices; }, plan.tasks[task]);
}

std::set<std::string> LayerTensors::names() const {
  std::set<std::string> out = wholes;
  for (size_t i = 0; i < plan.tasks.size(); ++i)
    for (const om::TensorSlice &slice : slicesOf(i))
      out.insert(slice.tensor.name);
  return out;
}

void LayerTensors::add(size_t task, const om::TensorSlice &slice, HostTensor tensor) {
  if (wholes.count(slice.tensor.name))
    return;
  Parts &entry = parts[slice.tensor.name];
  entry.task = task;
  entry.whole = slice.tensor;
  entry.slices.resize(slice.count);
  if (slice.index < entry.slices.size())
    entry.slices[slice.index] = std::move(tensor);
}

Status LayerTensors::take(size_t task, const Reader &read) {
  auto dense = [&](const om::TensorRef &ref, HostTensor &out) {
    std::vector<uint8_t> stored;
    OPENATC_TRY(read(ref, stored));
    Expected<std::vector<uint8_t>> bytes =
        om::toRowMajor(ref.dtype, ref.layout, ref.logicalShape, stored);
    if (!bytes)
      return bytes.status();
    out = {ref.dtype, ref.logicalShape, std::move(*bytes)};
    return Status::success();
  };
  for (const om::TensorRef &ref : outputsOf(task)) {
    if (!finals[task].count(ref.name))
      continue;
    HostTensor tensor;
    OPENATC_TRY(dense(ref, tensor));
    OPENATC_TRY(receive(ref, task, std::move(tensor)));
  }
  for (const om::TensorSlice &slice : slicesOf(task)) {
    HostTensor tensor;
    OPENATC_TRY(dense(slice.tensor, tensor));
    add(task, slice, std::move(tensor));
  }
  return Status::success();
}

Status LayerTensors::takeDumps(const std::string &folder) {
  std::map<std::pair<size_t, size_t>, std::filesystem::path> files;
  std::set<std::filesystem::path> folders;
  std::error_code code;
  for (std::filesystem::recursive_directory_iterator at(folder, code), end; !code && at != end;
       at.increment(code)) {
    size_t task = 0, index = 0;
    if (!parseDumpName(at->path().filename().string(), task, index))
      continue;
    folders.insert(at->path().parent_path());
    files[{task, index}] = at->path();
  }
  if (code)
    return Status::error("cannot read the folder '" + folder + "': " + code.message());
  if (folders.empty())
    return Status::error("the folder '" + folder + "' holds no dumped outputs");
  if (folders.size() > 1)
    return Status::error("the folder '" + folder + "' holds the dumps of several runs; give one: " +
                         folders.begin()->string() + ", " + std::next(folders.begin())->string() +
                         (folders.size() > 2 ? ", ..." : ""));
  for (const auto &[place, path] : files) {
    auto [task, index] = place;
    size_t outputs = task < plan.tasks.size() ? outputsOf(task).size() : 0;
    size_t slices = task < plan.tasks.size() ? slicesOf(task).size() : 0;
    if (index >= outputs + slices)
      return Status::error("'" + path.string() + "' is no tensor of this offline model");
    const om::TensorRef &ref =
        index < outputs ? outputsOf(task)[index] : slicesOf(task)[index - outputs].tensor;
    Expected<rt::NpyArray> array = rt::readNpy(path.string());
    if (!array)
      return array.status();
    // bfloat16 travels as its bits.
    if (array->shape != ref.logicalShape || sizeOf(array->dtype) != sizeOf(ref.dtype))
      return Status::error("'" + path.string() + "' has another shape or type than tensor '" +
                           ref.name + "' of this offline model");
    HostTensor tensor{ref.dtype, ref.logicalShape, std::move(array->bytes)};
    if (index >= outputs)
      add(task, slicesOf(task)[index - outputs], std::move(tensor));
    else if (finals[task].count(ref.name))
      OPENATC_TRY(receive(ref, task, std::move(tensor)));
  }
  return Status::success();
}

Status LayerTensors::finish() {
  std::vector<Parts> complete;
  for (auto &[name, entry] : parts)
    if (std::none_of(entry.slices.begin(), entry.slices.end(),
                     [](const HostTensor &s) { return s.dtype == DType::Undefined; }))
      complete.push_back(std::move(entry));
  parts.clear();
  std::sort(complete.begin(), complete.end(),
            [](const Parts &a, const Parts &b) { return a.task < b.task; });
  for (Parts &entry : complete) {
    HostTensor whole{entry.whole.dtype, entry.whole.logicalShape, {}};
    whole.shape[0] *= int64_t(entry.slices.size());
    for (const HostTensor &slice : entry.slices)
      whole.bytes.insert(whole.bytes.end(), slice.bytes.begin(), slice.bytes.end());
    OPENATC_TRY(receive(entry.whole, entry.task, std::move(whole)));
  }
  return Status::success();
}

} // namespace openatc::tool
