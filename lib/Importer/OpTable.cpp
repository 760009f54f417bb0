//===- OpTable.cpp - Which importer reads which operator version ----------===//
#include "OpTable.h"

namespace openatc::importer {

NodeImporter OpTable::find(const std::string &opType, int64_t opset) const {
  auto versions = entries.find(opType);
  if (versions == entries.end())
    return nullptr;
  auto next = versions->second.upper_bound(opset);
  return next == versions->second.begin() ? nullptr : std::prev(next)->second;
}

int64_t OpTable::since(const std::string &opType) const {
  auto versions = entries.find(opType);
  return versions == entries.end() ? 0 : versions->second.begin()->first;
}

const OpTable &OpTable::get() {
  static const OpTable table = [] {
    OpTable t;
    addContractionImporters(t);
    addElementwiseImporters(t);
    addNormalizeImporters(t);
    addPoolImporters(t);
    addReduceImporters(t);
    addShapeImporters(t);
    addSliceImporters(t);
    addResizeImporters(t);
    addConstantImporters(t);
    return t;
  }();
  return table;
}

} // namespace openatc::importer
