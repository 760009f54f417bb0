//===- Session.cpp - A loaded model with its buffers ----------------------===//

#include "Session.h"

#include "openatc/OfflineModel/Gears.h"
#include "openatc/OfflineModel/Reader.h"
#include "openatc/Runtime/Npy.h"
#include "openatc/Runtime/OpenModel.h"

#include <algorithm>

namespace openatc::tool {

std::string counted(size_t count, const std::string &noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string typeText(DType dtype, const host::Shape &shape) {
  std::string out = std::string(nameOf(dtype)) + " [";
  for (size_t i = 0; i < shape.size(); ++i)
    out += (i ? ", " : "") + std::to_string(shape[i]);
  return out + "]";
}

namespace {

/// Shapes of the inputs of a model of open shapes, from .npy files where they are open.
Expected<std::vector<host::Shape>> shapesOf(const om::Model &model,
                                            const std::vector<std::string> &files) {
  std::vector<host::Shape> shapes;
  if (files.size() != model.inputs.size())
    return Status::error("the shapes of the model are open; give its " +
                         counted(model.inputs.size(), "input") + " as .npy files");
  for (size_t i = 0; i < files.size(); ++i) {
    const host::Shape &shape = model.inputs[i].shape;
    if (std::find(shape.begin(), shape.end(), -1) == shape.end()) {
      shapes.push_back(shape);
      continue;
    }
    if (!files[i].ends_with(".npy"))
      return Status::error("input " + std::to_string(i) + " '" + model.inputs[i].name +
                           "' has an open shape; give it as a .npy file");
    Expected<rt::NpyArray> array = rt::readNpy(files[i]);
    if (!array)
      return array.status();
    shapes.push_back(array->shape);
  }
  return shapes;
}

} // namespace

Expected<std::unique_ptr<Session>> Session::open(const std::string &path, unsigned threads,
                                                 const std::string &gear,
                                                 const std::vector<std::string> &inputs) {
  Expected<om::Model> model = om::readFile(path, nullptr, om::WeightCheck::Deferred);
  if (!model)
    return model.status();
  rt::Bindings bindings;
  if (!gear.empty()) {
    Expected<size_t> chosen = om::parseGear(*model, gear);
    if (!chosen)
      return Status::error("--gear: " + chosen.message());
    bindings.gear = *chosen;
  }
  Expected<SocDescription> soc = parseSoc(model->socText);
  if (!soc)
    return soc.status();
  // Device memory is reserved lazily, so a generous amount costs nothing.
  uint64_t needed = uint64_t(64) << 20;
  needed += model->weightMemoryBytes() + model->arenaBytes;
  for (const auto *descs : {&model->inputs, &model->outputs})
    for (const om::TensorDesc &desc : *descs)
      needed += desc.bytes + 4096;
  auto session = std::make_unique<Session>();
  Expected<std::shared_ptr<rt::Device>> device =
      rt::Device::create(*soc, threads, std::max(needed, uint64_t(8) << 30));
  if (!device)
    return device.status();
  session->device = std::move(*device);
  session->bindings = std::move(bindings);

  auto allocate = [&](const std::vector<om::TensorDesc> &descs, std::vector<uint64_t> &addresses) {
    for (const om::TensorDesc &desc : descs) {
      Expected<uint64_t> address = session->device->allocate(std::max<uint64_t>(desc.bytes, 1));
      if (!address)
        return address.status();
      addresses.push_back(*address);
    }
    return Status::success();
  };
  rt::Outcome outcome;
  if (model->source) {
    Expected<std::vector<host::Shape>> shapes = shapesOf(*model, inputs);
    if (!shapes)
      return shapes.status();
    outcome = rt::OpenModel(session->device, std::move(*model)).plan(*shapes, session->loaded);
    if (!outcome.ok())
      return Status::error(outcome.message);
  } else {
    outcome = rt::LoadedModel::load(session->device, std::move(*model), {}, session->loaded);
  }
  if (!outcome.ok())
    return Status::error("cannot load '" + path + "': " + outcome.message);
  OPENATC_TRY(allocate(session->model().inputs, session->bindings.inputs));
  OPENATC_TRY(allocate(session->model().outputs, session->bindings.outputs));
  return session;
}

Status Session::setInput(size_t index, std::span<const uint8_t> bytes) {
  if (bytes.empty())
    return Status::success();
  return device->write(bindings.inputs[index], bytes.data(), bytes.size());
}

Status Session::getOutput(size_t index, std::vector<uint8_t> &bytes) {
  bytes.resize(plan().outputs[index].bytes);
  if (bytes.empty())
    return Status::success();
  return device->read(bindings.outputs[index], bytes.data(), bytes.size());
}

} // namespace openatc::tool
