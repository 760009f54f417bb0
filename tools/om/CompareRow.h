//===- CompareRow.h - One compared tensor, and reports of all -------------===//
#ifndef OPENATC_TOOLS_OM_COMPAREROW_H
#define OPENATC_TOOLS_OM_COMPAREROW_H

#include "Numerics.h"

#include <string>
#include <vector>

namespace openatc::tool {

struct Limits {
  double cosine = 0.999, rel = 0.02;
};

/// One comparison: a layer with where it comes from, or an output.
struct Row {
  enum State : uint8_t { Ok, Out, Skipped };
  std::string name, operators, kernel, madeBy;
  std::vector<std::string> nodes, passes;
  bool isOutput = false;
  size_t task = 0; ///< of a layer
  State state = Ok;
  bool isFloat = true;
  Similarity similarity;
  std::string note; ///< why it is skipped, or what else is wrong
};

/// A row for the tensor that task `task` of the plan leaves.
Row layerRow(const om::Model &model, const om::Plan &plan, const om::TensorRef &ref, size_t task);

/// Compares and fills in the result. Tensors of other shapes are compared element by element
/// where there are as many; a layer that then differs is skipped, since passes may keep its
/// values in another order.
void compareTensors(const HostTensor &got, const HostTensor &want, const Limits &limits, Row &row);

/// "cosine 0.999871, error/max 1.20e-02", or the share of equal elements.
std::string resultText(const Row &row);

/// Prints the rows out of tolerance, or `all`, under a head.
void printTable(const std::vector<Row> &rows, bool all);

/// The document of `om compare --json`; its keys are described in `om compare --help`.
std::string compareJson(const om::Model &model, const std::vector<Row> &rows,
                        const std::string &reference, const Limits &limits);

/// The first row out of tolerance; null when there is none.
const Row *firstOutside(const std::vector<Row> &rows);

} // namespace openatc::tool

#endif // OPENATC_TOOLS_OM_COMPAREROW_H
