//===- AscendAttrs.td - Layouts and kernel kinds --------------------------===//
#ifndef OPENATC_ASCEND_ATTRS_TD
#define OPENATC_ASCEND_ATTRS_TD

include "AscendDialect.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/TensorEncoding.td"

def Ascend_Layout : I32Enum<"Layout", "memory layout of a tensor", [
    I32EnumCase<"ND", 0, "nd">,
    I32EnumCase<"NC1HWC0", 1, "nc1hwc0">,
    I32EnumCase<"FRACTAL_NZ", 2, "nz">,
    I32EnumCase<"FRACTAL_Z", 3, "fractal_z">,
    I32EnumCase<"NC1HWC0_C04", 4, "nc1hwc0_c04">,
    I32EnumCase<"FRACTAL_Z_C04", 5, "fractal_z_c04">]> {
  let cppNamespace = "::openatc::ascend";
}

def Ascend_LayoutAttr
    : EnumAttr<Ascend_Dialect, Ascend_Layout, "layout",
               [DeclareAttrInterfaceMethods<VerifiableTensorEncoding>]> {
  let summary = "Memory layout of a tensor, an encoding of its type";
  let description = [{
    The type keeps the logical shape; the layout says how the elements lie in
    memory. C0 is 32 bytes' worth of elements (16 for fp16).

    * `nd`: row-major.
    * `nc1hwc0`: a rank-4 image [N, C, H, W] as [N, ceil(C/C0), H, W, C0].
    * `nz`: rows of N elements [..., M, N] as [ceil(N/16), ..., M, 16]: blocks of 16
      columns, in each all rows. A reshape that keeps the last dimension moves nothing.
    * `fractal_z`: a filter [Cout, Cin, KH, KW] as
      [ceil(Cin/C0)*KH*KW, ceil(Cout/16), 16, C0], or a right operand of a matrix
      product [K, N] as [ceil(K/C0), ceil(N/16), 16 of N, C0 of K].
    * `nc1hwc0_c04`: a rank-4 image of at most 4 channels as [N, H, W, 4].
    * `fractal_z_c04`: the filter of such an image as [ceil(KH*KW*4/16), ceil(Cout/16), 16,
      16 of K], where K counts (KH, KW, 4) without gaps.

    ```mlir
    %y = ascend.trans_data %x
        : (tensor<1x3x8x8xf16>) -> tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0>>
    ```
  }];
  let assemblyFormat = "`<` $value `>`";
}

def Ascend_KernelKind : I32Enum<"KernelKind", "template of a kernel group", [
    I32EnumCase<"CubeConv", 0, "cube_conv">,
    I32EnumCase<"CubeMatmul", 1, "cube_matmul">,
    I32EnumCase<"Elementwise", 2, "elementwise">,
    I32EnumCase<"Reduce", 3, "reduce">,
    I32EnumCase<"Pool", 4, "pool">,
    I32EnumCase<"Resize", 5, "resize">,
    I32EnumCase<"Move", 6, "move">,
    I32EnumCase<"Gather", 7, "gather">,
    I32EnumCase<"Host", 8, "host">,
    I32EnumCase<"Attention", 9, "attention">]> {
  let cppNamespace = "::openatc::ascend";
}

def Ascend_KernelKindAttr : EnumAttr<Ascend_Dialect, Ascend_KernelKind, "kernel_kind"> {
  let summary = "Which kernel template a group is lowered with";
  let assemblyFormat = "`<` $value `>`";
}

#endif // OPENATC_ASCEND_ATTRS_TD
