//===- FusionSwitches.cpp - --fusion_switch_file and --optimization_switch --===//
#include "FusionSwitches.h"
#include "ImportMessages.h"
#include "Options/ValueLists.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using llvm::StringRef;

namespace openatc::compiler {
namespace {

using graph::Fusion;
using graph::FusionStage;

/// Reads switches and remembers what they leave on.
class Switches {
public:
  explicit Switches(Messages &messages) : messages(messages) {}

  void readFile(const std::string &path);
  void readList(const std::string &text);
  void warnOfUnknown();

  graph::FusionSet fusions;

private:
  struct Entry {
    std::string name;
    bool on;
  };
  /// Applies the entries of one group; `stage` is whom its ALL is for, null for all.
  void apply(const std::vector<Entry> &entries, std::optional<FusionStage> stage);
  bool readJson(StringRef text, std::string &reason);
  bool readGroup(const llvm::json::Object &group, std::vector<Entry> &entries, std::string &reason);
  bool readLines(StringRef text, std::string &reason);

  static bool parseState(StringRef state, bool &on) {
    on = state.equals_insensitive("on");
    return on || state.equals_insensitive("off");
  }

  Messages &messages;
  std::vector<std::string> unknown;
};

void Switches::apply(const std::vector<Entry> &entries, std::optional<FusionStage> stage) {
  for (const Entry &entry : entries)
    if (entry.name == "ALL")
      for (unsigned i = 0; i < graph::kFusions; ++i)
        if (!stage || graph::stageOf(Fusion(i)) == *stage)
          fusions.set(Fusion(i), entry.on);
  for (const Entry &entry : entries) {
    if (entry.name == "ALL")
      continue;
    if (std::optional<Fusion> fusion = graph::fusionOf(entry.name))
      fusions.set(*fusion, entry.on);
    else
      unknown.push_back(entry.name);
  }
}

bool Switches::readGroup(const llvm::json::Object &group, std::vector<Entry> &entries,
                         std::string &reason) {
  for (const auto &[name, value] : group) {
    std::optional<StringRef> state = value.getAsString();
    Entry entry{StringRef(name).str(), true};
    if (!state || !parseState(*state, entry.on)) {
      reason = "the value of '" + entry.name + "' is not \"on\" or \"off\"";
      return false;
    }
    entries.push_back(std::move(entry));
  }
  // Objects have no order of their own.
  llvm::sort(entries, [](const Entry &a, const Entry &b) { return a.name < b.name; });
  return true;
}

bool Switches::readJson(StringRef text, std::string &reason) {
  llvm::Expected<llvm::json::Value> json = llvm::json::parse(text);
  if (!json) {
    reason = llvm::toString(json.takeError());
    return false;
  }
  const llvm::json::Object *root = json->getAsObject();
  const llvm::json::Object *all = root ? root->getObject("Switch") : nullptr;
  if (!all) {
    reason = "there is no object 'Switch'";
    return false;
  }
  for (const auto &[key, value] : *all) {
    StringRef name = key;
    const llvm::json::Object *group = value.getAsObject();
    if (!group || (name != "GraphFusion" && name != "UBFusion")) {
      reason = "'" + name.str() + "' is not an object GraphFusion or UBFusion";
      return false;
    }
    std::vector<Entry> entries;
    if (!readGroup(*group, entries, reason))
      return false;
    apply(entries, name == "GraphFusion" ? FusionStage::Graph : FusionStage::Buffer);
  }
  return true;
}

bool Switches::readLines(StringRef text, std::string &reason) {
  std::vector<Entry> entries;
  for (const std::string &line : splitList(text, '\n')) {
    auto [name, state] = StringRef(line).rsplit(':');
    Entry entry{name.trim().str(), true};
    if (line.front() == '#')
      continue;
    if (entry.name.empty() || !parseState(state.trim(), entry.on)) {
      reason = "'" + line + "' is not <pass>:on or <pass>:off";
      return false;
    }
    entries.push_back(std::move(entry));
  }
  apply(entries, std::nullopt);
  return true;
}

void Switches::readFile(const std::string &path) {
  if (path.empty() || !checkReadable(path, "fusion_switch_file", messages))
    return;
  auto file = llvm::MemoryBuffer::getFile(path);
  std::string reason = file ? "" : file.getError().message();
  bool good = false;
  if (file) {
    StringRef text = (*file)->getBuffer().trim();
    good = text.starts_with("{") ? readJson(text, reason) : readLines(text, reason);
  }
  if (!good)
    messages.error(
        {"E10032",
         "Failed to parse file " + path + " of --fusion_switch_file. Reason: " + reason + ".",
         {},
         "",
         "Write lines <pass>:off, or {\"Switch\": {\"GraphFusion\": {\"ALL\": \"off\"}, "
         "\"UBFusion\": {\"ALL\": \"off\"}}}."});
}

void Switches::readList(const std::string &text) {
  std::vector<Entry> entries;
  for (const std::string &part : splitList(text, ';')) {
    auto [name, state] = StringRef(part).rsplit(':');
    Entry entry{name.trim().str(), true};
    if (entry.name.empty() || !parseState(state.trim(), entry.on)) {
      messages.error(invalidValue("optimization_switch", part,
                                  "An entry is <pass>:on or <pass>:off.",
                                  "Separate entries with ';' inside quotes."));
      return;
    }
    entries.push_back(std::move(entry));
  }
  apply(entries, std::nullopt);
}

void Switches::warnOfUnknown() {
  if (unknown.empty())
    return;
  std::string names;
  for (const std::string &name : unknown)
    names += (names.empty() ? "" : ", ") + name;
  std::string own;
  for (unsigned i = 0; i < graph::kFusions; ++i)
    own += (i ? ", " : "") + graph::nameOf(Fusion(i)).str();
  messages.warn("WARNING: Switches of the passes " + names +
                " have no effect: OpenATC has no such pass. It has " + own + ".");
}

} // namespace

graph::FusionSet readFusionSwitches(const FusionOptions &options, Messages &messages) {
  Switches switches(messages);
  if (!options.batchLoop)
    switches.fusions.set(Fusion::BatchLoop, false);
  switches.readFile(options.switchFile);
  switches.readList(options.switches);
  switches.warnOfUnknown();
  return switches.fusions;
}

} // namespace openatc::compiler
