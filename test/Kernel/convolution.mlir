// RUN: ascend-opt %s --ascend-schedule-kernels --ascend-lower-kernels --cse --canonicalize --split-input-file | FileCheck %s

// Window and filter to L1, img2col on the way to L0A, one product, then the epilogue column by
// column: accumulator to UB, per-channel constant, residual, activation, result.
// CHECK-LABEL: davinci.kernel @k0 block_dim 8
// CHECK-SAME: {
// CHECK-NEXT: ^bb0(%[[X:[a-z0-9]+]]: {{.*}}, %[[F:[a-z0-9]+]]: {{.*}}, %[[B:[a-z0-9]+]]: {{.*}}, %[[R:[a-z0-9]+]]: {{.*}}, %[[Y:[a-z0-9]+]]:
// CHECK-DAG: davinci.pool "acc" bytes 1024 slots 2 : <l0c>
// CHECK-DAG: davinci.pool "a.l0" bytes 4608 slots 2 : <l0a>
// CHECK-DAG: davinci.pool "b.l1" bytes 4608 slots 2 : <l1>
// The bias becomes first rows of fractals of zeros, beside a fractal of ones, for all tiles.
// CHECK: %[[FRACTAL:.*]] = davinci.offset %[[BIAS:.*]][
// CHECK: davinci.fill_l1 %[[FRACTAL]], %c512
// CHECK: davinci.fill_l1 %[[BIAS]], %c512
// CHECK: davinci.dma_gm_l1 %[[BIAS]], %[[B]], %c1, %c32
// CHECK: davinci.load2d_a %[[ONES:.*]], %[[FRACTAL]], {{.*}}%c0 :
// CHECK: scf.for
// CHECK: davinci.load2d_b {{.*}} {trans}
// CHECK: davinci.mmad %{{.*}}, %[[ONES]], {{.*}}%c16, %c16, %c1 :
// CHECK: %[[ROWS:.*]] = davinci.offset %[[X]]
// CHECK: davinci.dma_gm_l1 %{{.*}}, %[[ROWS]]
// CHECK: davinci.dma_gm_l1 %{{.*}}, %[[F]], %c9, %c512
// CHECK: davinci.load3d_a
// CHECK: davinci.load2d_b {{.*}}%c9, %c1, %c1 :
// CHECK: davinci.mmad {{.*}}%c144, %c16, %c0 :
// CHECK: %[[RES:.*]] = davinci.offset %[[R]]
// CHECK: davinci.dma_gm_ub %{{.*}}, %[[RES]]
// CHECK: davinci.l0c_ub
// CHECK-SAME: elem = #davinci<elem f16>
// CHECK: davinci.vadd
// CHECK: davinci.vrelu
// CHECK: %[[OUT:.*]] = davinci.offset %[[Y]]
// CHECK: davinci.dma_ub_gm %[[OUT]]
!image = tensor<1x16x8x8xf16, #ascend.layout<nc1hwc0>>
!filter = tensor<16x16x3x3xf16, #ascend.layout<fractal_z>>
!channel = tensor<1x16x1x1xf16, #ascend.layout<nc1hwc0>>
func.func @main(%x: !image, %f: !filter, %b: !channel, %r: !image) -> !image {
  %0 = ascend.kernel "conv" <cube_conv> (%x, %f, %b, %r) : (!image, !filter, !channel, !image) -> !image {
  ^bb0(%v: !image, %w: !filter, %c: !channel, %s: !image):
    %1 = ascend.conv %v, %w {pads = array<i64: 1, 1, 1, 1>} : (!image, !filter) -> !image
    %2 = ascend.add %1, %c : (!image, !channel) -> !image
    %3 = ascend.add %2, %s : (!image, !image) -> !image
    %4 = ascend.relu %3 : (!image) -> !image
    ascend.yield %4 : !image
  }
  return %0 : !image
}

// -----

// Many input channels: chunks of them in L1, steps of a chunk in L0, one accumulator.
// CHECK-LABEL: davinci.kernel @k0
// CHECK: scf.for
// CHECK: %[[ACC:.*]] = davinci.acquire %{{.*}} : <l0c> -> <l0c>
// CHECK: scf.for
// CHECK: davinci.dma_gm_l1
// CHECK: davinci.dma_gm_l1
// CHECK: scf.for
// CHECK: davinci.load3d_a
// CHECK: davinci.load2d_b
// CHECK: davinci.mmad %[[ACC]]
// CHECK: }
// CHECK: }
// CHECK: davinci.l0c_ub %{{.*}}, %{{.*}}
!image = tensor<1x512x14x14xf16, #ascend.layout<nc1hwc0>>
!filter = tensor<512x512x3x3xf16, #ascend.layout<fractal_z>>
func.func @main(%x: !image, %f: !filter) -> !image {
  %0 = ascend.kernel "conv" <cube_conv> (%x, %f) : (!image, !filter) -> !image {
  ^bb0(%v: !image, %w: !filter):
    %1 = ascend.conv %v, %w {pads = array<i64: 1, 1, 1, 1>} : (!image, !filter) -> !image
    ascend.yield %1 : !image
  }
  return %0 : !image
}

// -----

// A transposed convolution zeroes the window and puts every pixel two places from the next; the
// zeros are complete before the pixels come.
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.fill_l1 %[[L1:[^,]*]],
// CHECK: davinci.pipe_barrier mte2
// CHECK: scf.for
// CHECK: %[[ROW:.*]] = davinci.offset %[[L1]]
// CHECK: davinci.dma_gm_l1 %[[ROW]], %{{.*}}, %c4, %c32, %c64, %c32 :
// CHECK: davinci.load3d_a %{{.*}}, %[[L1]]
// CHECK: davinci.mmad
!image = tensor<1x16x4x4xf16, #ascend.layout<nc1hwc0>>
!filter = tensor<16x16x2x2xf16, #ascend.layout<fractal_z>>
!up = tensor<1x16x8x8xf16, #ascend.layout<nc1hwc0>>
func.func @main(%x: !image, %f: !filter) -> !up {
  %0 = ascend.kernel "up" <cube_conv> (%x, %f) : (!image, !filter) -> !up {
  ^bb0(%v: !image, %w: !filter):
    %1 = ascend.conv_transpose %v, %w {strides = array<i64: 2, 2>} : (!image, !filter) -> !up
    ascend.yield %1 : !up
  }
  return %0 : !up
}
