//===- OpStore.cpp - The compiled operators of the process ----------------===//

#include "Error.h"
#include "SingleOp.h"

#include "openatc/SingleOp/OpFile.h"

#include <algorithm>

namespace openatc::acl {

namespace {

/// "" when the tensor of a compiled operator takes the call's, else what differs.
std::string difference(const om::OpTensor &has, const om::OpTensor &wants, bool output) {
  if (has.present() != wants.present())
    return has.present() ? "it is missing" : "the operator has none there";
  if (has.dtype != wants.dtype)
    return "its type is another one";
  if (has.format != wants.format)
    return "its format is " + has.format + ", not " + wants.format;
  bool fits = has.shape.size() == wants.shape.size();
  if (output && wants.shape == om::kUnknownRank)
    return "";
  for (size_t i = 0; fits && i < has.shape.size(); ++i)
    fits = has.shape[i] == wants.shape[i] || (output && wants.shape[i] == -1);
  if (!fits)
    return "its shape is another one";
  // A constant of the operator must be the call's; other values come with the buffers.
  if (has.value && has.value != wants.value)
    return "the operator was compiled for another constant value";
  return "";
}

std::string difference(const std::vector<om::OpTensor> &has, const std::vector<om::OpTensor> &wants,
                       const char *what) {
  bool output = std::string(what) == "output";
  if (has.size() != wants.size())
    return std::string("the number of ") + what + "s differs";
  for (size_t i = 0; i < has.size(); ++i)
    if (std::string text = difference(has[i], wants[i], output); !text.empty())
      return std::string(what) + " " + std::to_string(i) + ": " + text;
  return "";
}

/// Numbers of types are integers to applications.
bool same(const om::OpAttribute &a, const om::OpAttribute &b) {
  auto kind = [](const std::string &type) { return type == "data_type" ? "int" : type; };
  return a.name == b.name && kind(a.type) == kind(b.type) && a.value == b.value;
}

std::string difference(const om::OpDescription &has, const om::OpDescription &wants) {
  if (std::string text = difference(has.inputs, wants.inputs, "input"); !text.empty())
    return text;
  if (std::string text = difference(has.outputs, wants.outputs, "output"); !text.empty())
    return text;
  if (has.attributes.size() != wants.attributes.size())
    return "the number of attributes differs";
  for (size_t i = 0; i < has.attributes.size(); ++i)
    if (!same(has.attributes[i], wants.attributes[i]))
      return "attribute " + wants.attributes[i].name + " differs";
  return "";
}

} // namespace

aclError OpModel::load(const char *function, const std::shared_ptr<rt::Device> &device,
                       std::shared_ptr<rt::LoadedModel> &result) {
  std::lock_guard guard(mutex);
  if (auto at = loaded.find(device.get()); at != loaded.end()) {
    result = at->second;
    return ACL_SUCCESS;
  }
  Expected<SocDescription> soc = parseSoc(model.socText);
  if (Status status = soc ? device->become(*soc) : soc.status(); !status.ok())
    return fail(ACL_ERROR_RT_SOC_VERSION, function,
                "operator " + op.type + " is compiled for " + model.socVersion + ": " +
                    status.message() + "; set OPENATC_SOC_VERSION=" + model.socVersion);
  rt::Outcome outcome = rt::LoadedModel::load(device, model, {}, result);
  if (!outcome.ok())
    return fail(outcome, function);
  loaded[device.get()] = result;
  return ACL_SUCCESS;
}

void OpModel::unload(const rt::Device *device) {
  std::vector<std::shared_ptr<rt::LoadedModel>> dropped; // go without the lock
  std::lock_guard guard(mutex);
  for (auto at = loaded.begin(); at != loaded.end();) {
    if (device && at->first != device) {
      ++at;
      continue;
    }
    dropped.push_back(std::move(at->second));
    at = loaded.erase(at);
  }
}

std::shared_ptr<OpModel> OpStore::add(om::Model model, std::string compiledWith) {
  auto added = std::make_shared<OpModel>();
  added->op = *model.singleOp;
  added->model = std::move(model);
  added->compiledWith = std::move(compiledWith);
  std::lock_guard guard(mutex);
  for (const std::shared_ptr<OpModel> &known : models)
    if (known->op == added->op && known->compiledWith == added->compiledWith &&
        known->model.socText == added->model.socText)
      return known;
  added->lastUse = ++clock;
  models.push_back(added);
  evict();
  return added;
}

std::shared_ptr<OpModel> OpStore::find(const om::OpDescription &call, const std::string &soc,
                                       const std::string *options) {
  std::lock_guard guard(mutex);
  for (const std::shared_ptr<OpModel> &known : models) {
    bool usable = known->compiledWith.empty() || !options || known->compiledWith == *options;
    if (usable && known->op.type == call.type && known->model.socVersion == soc &&
        difference(known->op, call).empty()) {
      known->lastUse = ++clock;
      return known;
    }
  }
  return nullptr;
}

std::string OpStore::explain(const om::OpDescription &call) {
  constexpr size_t kShown = 3;
  std::lock_guard guard(mutex);
  std::string out;
  size_t ofType = 0;
  for (const std::shared_ptr<OpModel> &known : models) {
    if (known->op.type != call.type || ++ofType > kShown)
      continue;
    std::string why = difference(known->op, call);
    out += "; loaded is " + singleop::describe(known->op) + ", where " +
           (why.empty() ? "the chip is " + known->model.socVersion : why);
  }
  if (ofType)
    return out.substr(2);
  return "no operator of this type is loaded, " + std::to_string(models.size()) +
         " of others are; compile it with `atc --singleop` and load its folder with "
         "aclopSetModelDir, or call aclopCompile";
}

void OpStore::limit(uint64_t count) {
  std::lock_guard guard(mutex);
  most = count;
  evict();
}

void OpStore::evict() {
  auto compiled = [](const std::shared_ptr<OpModel> &m) { return !m->compiledWith.empty(); };
  while (uint64_t(std::count_if(models.begin(), models.end(), compiled)) > most) {
    auto oldest = models.end();
    for (auto it = models.begin(); it != models.end(); ++it)
      if (compiled(*it) && (oldest == models.end() || (*it)->lastUse < (*oldest)->lastUse))
        oldest = it;
    models.erase(oldest);
  }
}

void OpStore::unload(const rt::Device *device) {
  std::vector<std::shared_ptr<OpModel>> all;
  {
    std::lock_guard guard(mutex);
    all = models;
  }
  for (const std::shared_ptr<OpModel> &model : all)
    if (device)
      model->unload(device);
}

void OpStore::clear() {
  std::vector<std::shared_ptr<OpModel>> dropped;
  {
    std::lock_guard guard(mutex);
    dropped.swap(models);
  }
  for (const std::shared_ptr<OpModel> &model : dropped)
    model->unload(nullptr);
}

OpStore &opStore() {
  static OpStore *instance = new OpStore; // like state()
  return *instance;
}

} // namespace openatc::acl
