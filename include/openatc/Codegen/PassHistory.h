//===- PassHistory.h - Which passes worked on which node ------------------===//
#ifndef OPENATC_CODEGEN_PASSHISTORY_H
#define OPENATC_CODEGEN_PASSHISTORY_H

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace openatc::codegen {

/// The nodes of the network by name, and what the passes of a compilation did to them.
struct PassHistory {
  struct Node {
    std::string opType;        ///< ONNX operator
    int64_t position = -1;     ///< in the graph, behind the nodes that it depends on
    std::set<uint32_t> passes; ///< entries of `passes` that changed an op of the node
    /// Entry of `passes` that gave the node the operators it has, the last of several; none:
    /// they are as imported.
    int64_t maker = -1;
  };
  std::vector<std::string> passes; ///< arguments of the passes that changed something, in order
  std::map<std::string, Node, std::less<>> nodes;

  /// The pass that made the operators of `names`, the last of several; "import" if none did.
  std::string makerOf(const std::vector<std::string> &names) const;
  /// The one of `names`, not empty, that depends on the others as far as is known: its result is
  /// what a kernel of all of them computes.
  const std::string &lastOf(const std::vector<std::string> &names) const;
  /// The ONNX operator of each of `names`; empty for names that are no nodes.
  std::vector<std::string> typesOf(const std::vector<std::string> &names) const;
  /// Passes that changed any of `names`, in the order they ran.
  std::vector<std::string> passesOf(const std::vector<std::string> &names) const;
};

} // namespace openatc::codegen

#endif // OPENATC_CODEGEN_PASSHISTORY_H
