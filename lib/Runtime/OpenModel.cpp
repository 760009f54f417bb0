//===- OpenModel.cpp - Models whose shapes are known when they run --------===//

#include "openatc/Runtime/OpenModel.h"

#include "openatc/Runtime/OnlineCompiler.h"

#include <algorithm>

namespace openatc::rt {
namespace {

std::string shapeText(const host::Shape &shape) {
  std::string text;
  for (int64_t dim : shape)
    text += (text.empty() ? "" : ",") + std::to_string(dim);
  return text;
}

std::string rangeText(const om::TensorDesc &desc) {
  std::string text;
  for (size_t i = 0; i < desc.shape.size(); ++i) {
    text += i ? "," : "";
    bool open = desc.shape[i] == -1 && i < desc.ranges.size();
    if (!open)
      text += std::to_string(desc.shape[i]);
    else if (desc.ranges[i].most == -1)
      text += desc.ranges[i].least > 0 ? std::to_string(desc.ranges[i].least) + "~-1" : "-1";
    else
      text += std::to_string(desc.ranges[i].least) + "~" + std::to_string(desc.ranges[i].most);
  }
  return text;
}

} // namespace

Outcome OpenModel::check(const std::vector<host::Shape> &shapes) const {
  if (shapes.size() != contents.inputs.size())
    return {Failure::Invalid, "the model has " + std::to_string(contents.inputs.size()) +
                                  " inputs, shapes of " + std::to_string(shapes.size()) +
                                  " are given"};
  for (size_t i = 0; i < shapes.size(); ++i) {
    const om::TensorDesc &desc = contents.inputs[i];
    bool fits = shapes[i].size() == desc.shape.size();
    for (size_t axis = 0; fits && axis < desc.shape.size(); ++axis) {
      int64_t dim = shapes[i][axis];
      if (desc.shape[axis] != -1)
        fits = dim == desc.shape[axis];
      else
        fits = dim > 0 && (axis >= desc.ranges.size() ||
                           (dim >= desc.ranges[axis].least &&
                            (desc.ranges[axis].most == -1 || dim <= desc.ranges[axis].most)));
    }
    if (!fits)
      return {Failure::Invalid,
              "the shape [" + shapeText(shapes[i]) + "] of input " + std::to_string(i) + " '" +
                  desc.name + "' is not one the model was compiled for, [" + rangeText(desc) + "]"};
  }
  return {};
}

Outcome OpenModel::make(const std::vector<host::Shape> &shapes,
                        std::shared_ptr<LoadedModel> &result) {
  const om::Source &source = *contents.source;
  CompileRequest request;
  request.modelName = source.files[0].name;
  request.model = source.files[0].bytes.bytes();
  for (size_t i = 1; i < source.files.size(); ++i)
    request.files.emplace_back(source.files[i].name, source.files[i].bytes.bytes());
  request.options = source.options;
  std::string all;
  for (size_t i = 0; i < shapes.size(); ++i)
    all += (i ? ";" : "") + contents.inputs[i].name + ":" + shapeText(shapes[i]);
  request.options.push_back("--input_shape=" + all);
  CompileOutcome outcome = compileOnline(request);
  if (!outcome.model)
    return {outcome.failure == CompileOutcome::Failure::NoCompiler ? Failure::NoCompiler
                                                                   : Failure::Compile,
            "the model '" + contents.name + "' cannot be compiled for the shapes " + all + ": " +
                outcome.message};
  Outcome loaded;
  for (bool again = true; again;) {
    LoadedModel::Memory memory;
    memory.like = latest();
    loaded = LoadedModel::load(device, *outcome.model, memory, result);
    again = false;
    if (loaded.failure == Failure::Memory) {
      // The plan used least makes room; one that still runs keeps its memory until it is done.
      std::shared_ptr<Entry> oldest;
      std::lock_guard guard(mutex);
      if (entries.size() > 1) {
        oldest = entries.back();
        entries.pop_back();
        again = true;
      }
    }
  }
  return loaded;
}

std::shared_ptr<LoadedModel> OpenModel::latest() {
  std::lock_guard guard(mutex);
  for (const std::shared_ptr<Entry> &entry : entries)
    if (std::shared_ptr<LoadedModel> model = entry->model())
      return model;
  return nullptr;
}

std::shared_ptr<OpenModel::Entry> OpenModel::entryOf(const std::vector<host::Shape> &shapes) {
  std::shared_ptr<Entry> dropped; // goes without the lock
  std::lock_guard guard(mutex);
  auto at = std::find_if(entries.begin(), entries.end(),
                         [&](const auto &entry) { return entry->shapes == shapes; });
  if (at == entries.end()) {
    entries.push_front(std::make_shared<Entry>());
    entries.front()->shapes = shapes;
    if (entries.size() > kMostPlans) {
      dropped = entries.back();
      entries.pop_back();
    }
  } else {
    entries.splice(entries.begin(), entries, at);
  }
  return entries.front();
}

void OpenModel::drop(const std::shared_ptr<Entry> &entry) {
  std::lock_guard guard(mutex);
  entries.remove(entry);
}

Outcome OpenModel::plan(const std::vector<host::Shape> &shapes,
                        std::shared_ptr<LoadedModel> &result) {
  if (Outcome fits = check(shapes); !fits.ok())
    return fits;
  std::shared_ptr<Entry> entry = entryOf(shapes);
  std::lock_guard guard(entry->compiling);
  result = entry->model();
  if (result)
    return {};
  Outcome made = make(shapes, result);
  if (made.ok())
    entry->set(result);
  else
    drop(entry);
  return made;
}

} // namespace openatc::rt
