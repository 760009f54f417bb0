//===- PassHistory.cpp - Which passes worked on which node ----------------===//
#include "openatc/Codegen/PassHistory.h"

#include <algorithm>

namespace openatc::codegen {

std::string PassHistory::makerOf(const std::vector<std::string> &names) const {
  int64_t maker = -1;
  for (const std::string &name : names)
    if (auto at = nodes.find(name); at != nodes.end())
      maker = std::max(maker, at->second.maker);
  return maker < 0 ? "import" : passes[maker];
}

const std::string &PassHistory::lastOf(const std::vector<std::string> &names) const {
  auto positionOf = [&](const std::string &name) {
    auto at = nodes.find(name);
    return at == nodes.end() ? -1 : at->second.position;
  };
  const std::string *last = &names.front();
  for (const std::string &name : names)
    if (positionOf(name) >= positionOf(*last))
      last = &name;
  return *last;
}

std::vector<std::string> PassHistory::typesOf(const std::vector<std::string> &names) const {
  std::vector<std::string> types;
  for (const std::string &name : names) {
    auto at = nodes.find(name);
    types.push_back(at == nodes.end() ? "" : at->second.opType);
  }
  return types;
}

std::vector<std::string> PassHistory::passesOf(const std::vector<std::string> &names) const {
  std::set<uint32_t> all;
  for (const std::string &name : names)
    if (auto at = nodes.find(name); at != nodes.end())
      all.insert(at->second.passes.begin(), at->second.passes.end());
  std::vector<std::string> out;
  for (uint32_t index : all)
    out.push_back(passes[index]);
  return out;
}

} // namespace openatc::codegen
