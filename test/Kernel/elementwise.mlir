// RUN: ascend-opt %s -split-input-file --ascend-schedule-kernels=soc=Ascend310P3 --ascend-lower-kernels=soc=Ascend310P3 --canonicalize | FileCheck %s

// The row, the same for all tiles, is read and repeated once: each of its 3 blocks by one v.or with
// source stride 0. The column is spread in every tile, by v.brcb and v.or; then everything runs over
// one range. The scalar constant needs no tile.
func.func @broadcasts(%a: tensor<64x40xf16>, %b: tensor<40xf16>, %c: tensor<64x1xf16>) -> tensor<64x40xf16> {
  %r = ascend.kernel "scale" <elementwise> (%a, %b, %c) : (tensor<64x40xf16>, tensor<40xf16>, tensor<64x1xf16>) -> tensor<64x40xf16> {
  ^bb0(%x: tensor<64x40xf16>, %y: tensor<40xf16>, %z: tensor<64x1xf16>):
    %two = ascend.constant dense<2.0> : tensor<f16>
    %0 = ascend.mul %x, %y : (tensor<64x40xf16>, tensor<40xf16>) -> tensor<64x40xf16>
    %1 = ascend.add %0, %z : (tensor<64x40xf16>, tensor<64x1xf16>) -> tensor<64x40xf16>
    %2 = ascend.minimum %1, %two : (tensor<64x40xf16>, tensor<f16>) -> tensor<64x40xf16>
    ascend.yield %2 : tensor<64x40xf16>
  }
  return %r : tensor<64x40xf16>
}
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.dma_gm_ub
// CHECK-COUNT-3: davinci.vor
// CHECK: scf.for
// CHECK-COUNT-2: davinci.dma_gm_ub
// CHECK: davinci.vbrcb
// CHECK: davinci.vor
// CHECK-NEXT: %[[T:.*]] = davinci.acquire
// CHECK-NEXT: davinci.vmul %[[T]], {{.*}}counter
// CHECK-NEXT: davinci.vadd %[[T]], %[[T]]
// CHECK-NEXT: davinci.vmins %[[OUT:[0-9]+]], %[[T]]
// CHECK: davinci.dma_ub_gm {{.*}}, %[[OUT]]

// -----

// One value per channel is one block of 16 lanes: it is read where it lies, with strides 0.
func.func @channels(%a: tensor<1x32x20x20xf16, #ascend.layout<nc1hwc0>>, %b: tensor<1x32x1x1xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x32x20x20xf16, #ascend.layout<nc1hwc0>> {
  %r = ascend.kernel "bias" <elementwise> (%a, %b) : (tensor<1x32x20x20xf16, #ascend.layout<nc1hwc0>>, tensor<1x32x1x1xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x32x20x20xf16, #ascend.layout<nc1hwc0>> {
  ^bb0(%x: tensor<1x32x20x20xf16, #ascend.layout<nc1hwc0>>, %y: tensor<1x32x1x1xf16, #ascend.layout<nc1hwc0>>):
    %0 = ascend.add %x, %y : (tensor<1x32x20x20xf16, #ascend.layout<nc1hwc0>>, tensor<1x32x1x1xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x32x20x20xf16, #ascend.layout<nc1hwc0>>
    ascend.yield %0 : tensor<1x32x20x20xf16, #ascend.layout<nc1hwc0>>
  }
  return %r : tensor<1x32x20x20xf16, #ascend.layout<nc1hwc0>>
}
// CHECK-LABEL: davinci.kernel @k0
// CHECK-NOT: davinci.vor
// CHECK-NOT: davinci.dma_ub_ub
// CHECK: davinci.vadd

// -----

// A comparison makes bits; where they leave the group they become bytes.
func.func @bits(%a: tensor<100xf32>, %b: tensor<100xf32>) -> tensor<100xi1> {
  %r = ascend.kernel "less" <elementwise> (%a, %b) : (tensor<100xf32>, tensor<100xf32>) -> tensor<100xi1> {
  ^bb0(%x: tensor<100xf32>, %y: tensor<100xf32>):
    %0 = ascend.less %x, %y : (tensor<100xf32>, tensor<100xf32>) -> tensor<100xi1>
    ascend.yield %0 : tensor<100xi1>
  }
  return %r : tensor<100xi1>
}
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.vcmpv
// CHECK-SAME: cond = #davinci<cond lt>
// CHECK: davinci.vsel
// CHECK: davinci.vconv
// CHECK-SAME: to = #davinci<elem u8>
