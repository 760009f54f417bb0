// RUN: ascend-opt %s -split-input-file --ascend-schedule-kernels=soc=Ascend310P3 --ascend-lower-kernels=soc=Ascend310P3 --canonicalize | FileCheck %s

// Rows in UB: maximum, exponentials, sum and quotient in f32, one read and one write.
func.func @softmax(%a: tensor<12x197xf16>) -> tensor<12x197xf16> {
  %r = ascend.kernel "softmax" <reduce> (%a) : (tensor<12x197xf16>) -> tensor<12x197xf16> {
  ^bb0(%x: tensor<12x197xf16>):
    %0 = ascend.softmax %x {axis = 1 : i64} : (tensor<12x197xf16>) -> tensor<12x197xf16>
    ascend.yield %0 : tensor<12x197xf16>
  }
  return %r : tensor<12x197xf16>
}
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.dma_gm_ub
// CHECK: davinci.vconv
// CHECK-NOT: davinci.dma_gm_ub
// CHECK: davinci.vmax
// CHECK: davinci.vcmax
// CHECK: davinci.vbrcb
// CHECK: davinci.vsub
// CHECK: davinci.vexp
// CHECK: davinci.vcadd
// CHECK: davinci.vdiv
// CHECK: davinci.vmul
// CHECK: davinci.vconv
// CHECK: davinci.dma_ub_gm

// -----

// A row that does not fit is read once for each of the three passes.
func.func @long_softmax(%a: tensor<1x100000xf32>) -> tensor<1x100000xf32> {
  %r = ascend.kernel "softmax" <reduce> (%a) : (tensor<1x100000xf32>) -> tensor<1x100000xf32> {
  ^bb0(%x: tensor<1x100000xf32>):
    %0 = ascend.softmax %x {axis = 1 : i64} : (tensor<1x100000xf32>) -> tensor<1x100000xf32>
    ascend.yield %0 : tensor<1x100000xf32>
  }
  return %r : tensor<1x100000xf32>
}
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.vdup
// CHECK: scf.for
// CHECK: davinci.dma_gm_ub
// CHECK: davinci.vmax
// CHECK: davinci.vcmax
// CHECK: scf.for
// CHECK: davinci.dma_gm_ub
// CHECK: davinci.vexp
// CHECK: davinci.vcadd
// CHECK: scf.for
// CHECK: davinci.dma_gm_ub
// CHECK: davinci.vexp
// CHECK: davinci.dma_ub_gm

// -----

// The 16 lanes of a block stay apart: only additions, no v.cadd.
func.func @pool(%a: tensor<1x2048x7x7xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x2048x1x1xf16, #ascend.layout<nc1hwc0>> {
  %r = ascend.kernel "pool" <reduce> (%a) : (tensor<1x2048x7x7xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x2048x1x1xf16, #ascend.layout<nc1hwc0>> {
  ^bb0(%x: tensor<1x2048x7x7xf16, #ascend.layout<nc1hwc0>>):
    %0 = ascend.global_average_pool %x : (tensor<1x2048x7x7xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x2048x1x1xf16, #ascend.layout<nc1hwc0>>
    ascend.yield %0 : tensor<1x2048x1x1xf16, #ascend.layout<nc1hwc0>>
  }
  return %r : tensor<1x2048x1x1xf16, #ascend.layout<nc1hwc0>>
}
// CHECK-LABEL: davinci.kernel @k0 block_dim 8
// CHECK-NOT: davinci.vcadd
// CHECK: davinci.vadd
// CHECK: davinci.vmuls
// CHECK: davinci.dma_ub_gm
