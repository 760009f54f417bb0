//===- OpTable.h - Which importer reads which operator version ------------===//
#ifndef OPENATC_LIB_IMPORTER_OPTABLE_H
#define OPENATC_LIB_IMPORTER_OPTABLE_H

#include "NodeImport.h"

namespace openatc::importer {

/// Makes the ops of one node and takes its outputs; reports through the node.
using NodeImporter = void (*)(NodeImport &);

/// Importers by operator and by the operator set version from which on they apply.
class OpTable {
public:
  void add(llvm::StringRef opType, int64_t since, NodeImporter importer) {
    entries[opType.str()][since] = importer;
  }
  /// The importer of `opType` in operator set `opset`; null when there is none.
  NodeImporter find(const std::string &opType, int64_t opset) const;
  /// The first operator set with an importer of `opType`; 0 when there is none.
  int64_t since(const std::string &opType) const;
  /// The table of all operators of the default domain.
  static const OpTable &get();

private:
  std::map<std::string, std::map<int64_t, NodeImporter>> entries;
};

// One function per family; each adds its operators.
void addContractionImporters(OpTable &table);
void addElementwiseImporters(OpTable &table);
void addNormalizeImporters(OpTable &table);
void addPoolImporters(OpTable &table);
void addReduceImporters(OpTable &table);
void addShapeImporters(OpTable &table);
void addSliceImporters(OpTable &table);
void addResizeImporters(OpTable &table);
void addConstantImporters(OpTable &table);

} // namespace openatc::importer

#endif // OPENATC_LIB_IMPORTER_OPTABLE_H
