//===- ImportContraction.cpp - Conv, ConvTranspose, MatMul, Gemm ----------===//
#include "OpTable.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace openatc::importer {

namespace {

/// The attributes that convolutions share. `kernel_shape` says nothing that the
/// filter does not; it only must agree.
AttrList windowAttrs(NodeImport &n) {
  SmallVector<int64_t> kernel = n.integers("kernel_shape");
  Value filter = n.required(1);
  auto type = filter ? dyn_cast<RankedTensorType>(filter.getType()) : RankedTensorType();
  if (!kernel.empty() && type &&
      (type.getRank() < 2 || ArrayRef<int64_t>(kernel) != type.getShape().drop_front(2)))
    n.fail("attribute 'kernel_shape' does not match the weights");
  return n.attrs()
      .is("strides", n.integers("strides"))
      .is("dilations", n.integers("dilations"))
      .is("pads", n.integers("pads"))
      .s("auto_pad", n.string("auto_pad", "NOTSET"))
      .i("group", n.integer("group", 1));
}

void importConv(NodeImport &n) {
  AttrList attrs = windowAttrs(n);
  n.output(0, n.make("conv", {n.required(0), n.required(1), n.input(2)}, attrs));
}

void importConvTranspose(NodeImport &n) {
  AttrList attrs = windowAttrs(n);
  attrs.is("output_padding", n.integers("output_padding"))
      .is("output_shape", n.integers("output_shape"));
  n.output(0, n.make("conv_transpose", {n.required(0), n.required(1), n.input(2)}, attrs));
}

void importMatMul(NodeImport &n) { n.output(0, n.make("matmul", {n.required(0), n.required(1)})); }

void importGemm(NodeImport &n) {
  AttrList attrs = n.attrs()
                       .f("alpha", n.real("alpha", 1))
                       .f("beta", n.real("beta", 1))
                       .b("trans_a", n.integer("transA", 0))
                       .b("trans_b", n.integer("transB", 0));
  n.output(0, n.make("gemm", {n.required(0), n.required(1), n.input(2)}, attrs));
}

} // namespace

void addContractionImporters(OpTable &table) {
  table.add("Conv", 1, importConv);
  table.add("ConvTranspose", 1, importConvTranspose);
  table.add("MatMul", 1, importMatMul);
  table.add("Gemm", 1, importGemm);
}

} // namespace openatc::importer
