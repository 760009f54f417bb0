// RUN: ascend-opt %s -split-input-file --ascend-schedule-kernels=soc=Ascend310P3 --ascend-lower-kernels=soc=Ascend310P3 --canonicalize | FileCheck %s

// Doubled by nearest: two strided copies of blocks make all rows of a tile.
func.func @nearest(%a: tensor<1x64x20x20xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x64x40x40xf16, #ascend.layout<nc1hwc0>> {
  %r = ascend.kernel "up" <resize> (%a) : (tensor<1x64x20x20xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x64x40x40xf16, #ascend.layout<nc1hwc0>> {
  ^bb0(%x: tensor<1x64x20x20xf16, #ascend.layout<nc1hwc0>>):
    %s = ascend.constant dense<[1.0, 1.0, 2.0, 2.0]> : tensor<4xf32>
    %0 = ascend.resize %x scales %s {coordinate_transformation_mode = "asymmetric", nearest_mode = "floor"} : (tensor<1x64x20x20xf16, #ascend.layout<nc1hwc0>>, tensor<4xf32>) -> tensor<1x64x40x40xf16, #ascend.layout<nc1hwc0>>
    ascend.yield %0 : tensor<1x64x40x40xf16, #ascend.layout<nc1hwc0>>
  }
  return %r : tensor<1x64x40x40xf16, #ascend.layout<nc1hwc0>>
}
// CHECK-LABEL: davinci.kernel @k0 block_dim 8
// CHECK: scf.for
// CHECK: scf.for
// CHECK: davinci.dma_gm_ub
// CHECK-COUNT-2: davinci.vmuls
// CHECK-NOT: davinci.v
// CHECK: davinci.dma_ub_gm

// -----

// Doubled by linear: rows are blended with a factor from the scalar unit, columns by two
// phases of two taps and two half pixels each; the two ends of rows are single columns.
func.func @linear(%a: tensor<1x64x20x20xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x64x40x40xf16, #ascend.layout<nc1hwc0>> {
  %r = ascend.kernel "up" <resize> (%a) : (tensor<1x64x20x20xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x64x40x40xf16, #ascend.layout<nc1hwc0>> {
  ^bb0(%x: tensor<1x64x20x20xf16, #ascend.layout<nc1hwc0>>):
    %s = ascend.constant dense<[1.0, 1.0, 2.0, 2.0]> : tensor<4xf32>
    %0 = ascend.resize %x scales %s {mode = "linear"} : (tensor<1x64x20x20xf16, #ascend.layout<nc1hwc0>>, tensor<4xf32>) -> tensor<1x64x40x40xf16, #ascend.layout<nc1hwc0>>
    ascend.yield %0 : tensor<1x64x40x40xf16, #ascend.layout<nc1hwc0>>
  }
  return %r : tensor<1x64x40x40xf16, #ascend.layout<nc1hwc0>>
}
// CHECK-LABEL: davinci.kernel @k0 block_dim 8
// CHECK: scf.for
// CHECK: scf.for
// CHECK-COUNT-2: davinci.dma_gm_ub
// CHECK: davinci.vconv
// CHECK: davinci.vconv
// CHECK-COUNT-2: davinci.vsub
// CHECK: scf.for
// CHECK: davinci.vaxpy
// CHECK-COUNT-4: davinci.vmuls
// CHECK-COUNT-4: davinci.vaxpy
// CHECK-COUNT-2: davinci.vmuls
// CHECK-NOT: davinci.vaxpy
// CHECK: davinci.vconv
// CHECK: davinci.dma_ub_gm

// -----

// Only rows: columns are not touched.
func.func @rows(%a: tensor<1x16x8x30xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x16x13x30xf16, #ascend.layout<nc1hwc0>> {
  %r = ascend.kernel "up" <resize> (%a) : (tensor<1x16x8x30xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x16x13x30xf16, #ascend.layout<nc1hwc0>> {
  ^bb0(%x: tensor<1x16x8x30xf16, #ascend.layout<nc1hwc0>>):
    %s = ascend.constant dense<[1, 16, 13, 30]> : tensor<4xi64>
    %0 = ascend.resize %x sizes %s : (tensor<1x16x8x30xf16, #ascend.layout<nc1hwc0>>, tensor<4xi64>) -> tensor<1x16x13x30xf16, #ascend.layout<nc1hwc0>>
    ascend.yield %0 : tensor<1x16x13x30xf16, #ascend.layout<nc1hwc0>>
  }
  return %r : tensor<1x16x13x30xf16, #ascend.layout<nc1hwc0>>
}
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.dma_gm_ub
// CHECK-NOT: davinci.v
// CHECK: davinci.dma_ub_gm
