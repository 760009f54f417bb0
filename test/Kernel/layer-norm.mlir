// RUN: ascend-opt %s --ascend-schedule-kernels=soc=Ascend310P3 --ascend-lower-kernels=soc=Ascend310P3 --canonicalize | FileCheck %s

// Mean, mean of squared differences, 1 / sqrt, scale and bias; the casts around cost nothing.
func.func @norm(%a: tensor<197x768xf16>, %s: tensor<768xf32>, %b: tensor<768xf32>) -> tensor<197x768xf16> {
  %r = ascend.kernel "norm" <reduce> (%a, %s, %b) : (tensor<197x768xf16>, tensor<768xf32>, tensor<768xf32>) -> tensor<197x768xf16> {
  ^bb0(%x: tensor<197x768xf16>, %scale: tensor<768xf32>, %bias: tensor<768xf32>):
    %0 = ascend.cast %x {to = 1 : i64} : (tensor<197x768xf16>) -> tensor<197x768xf32>
    %1 = ascend.layer_norm %0, %scale bias %bias : (tensor<197x768xf32>, tensor<768xf32>, tensor<768xf32>) -> tensor<197x768xf32>
    %2 = ascend.cast %1 {to = 10 : i64} : (tensor<197x768xf32>) -> tensor<197x768xf16>
    ascend.yield %2 : tensor<197x768xf16>
  }
  return %r : tensor<197x768xf16>
}
// Scale and bias are loaded once, ahead of the rows.
// Scale and bias are read once; a turn of the loop reads a tile ahead of the one it computes.
// CHECK-LABEL: davinci.kernel @k0 block_dim 8
// CHECK: davinci.dma_gm_ub {{.*}}%arg1
// CHECK: davinci.dma_gm_ub {{.*}}%arg2
// CHECK: scf.for
// CHECK-COUNT-2: davinci.dma_gm_ub
// CHECK: davinci.vcadd
// CHECK: davinci.vsub
// CHECK: davinci.vmul
// CHECK: davinci.vcadd
// CHECK: davinci.vsqrt
// CHECK: davinci.vdiv
// CHECK: davinci.vmul
// CHECK: davinci.vconv
// CHECK: davinci.dma_ub_gm
