//===- AscendDialect.td - The graph dialect -------------------------------===//
//
// Tensors and neural network operators. One op per concept: differences between
// ONNX operator set versions end in the importer.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_ASCEND_DIALECT_TD
#define OPENATC_ASCEND_DIALECT_TD

include "mlir/IR/OpBase.td"

def Ascend_Dialect : Dialect {
  let name = "ascend";
  let cppNamespace = "::openatc::ascend";
  let summary = "Neural network graphs on tensors";
  let description = [{
    The operators of a network as ONNX defines them in their latest form, plus the
    few ops that structure a compilation: constants over mapped weights, layout
    changes, and kernel groups.

    Element types: bool is `i1`, signed integers are signless `iN`, unsigned
    integers are `uiN`. A `#ascend.layout` encoding on a ranked tensor type says how
    the data lies in memory; the shape in the type stays the logical one.

    Discardable attributes: `ascend.name` on arguments and results of a function is
    the name of the network's input or output; `ascend.engine = "aicpu"` with
    `ascend.engine_reason` marks an op that the AI CPU engine runs;
    `ascend.declared_shapes` holds the shapes that the model states for results whose
    shape is not inferred, until shape inference is through.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
}

#endif // OPENATC_ASCEND_DIALECT_TD
