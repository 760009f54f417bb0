// RUN: ascend-opt %s --ascend-schedule-kernels --ascend-lower-kernels --cse --canonicalize --split-input-file | FileCheck %s

// Three channels: the other 13 repeat the first, so that padding lanes are finite.
// CHECK-LABEL: davinci.kernel @k0 block_dim 8
// CHECK-DAG: davinci.pool "in" bytes {{[0-9]+}} slots 2 : <ub>
// CHECK-DAG: davinci.pool "out" bytes {{[0-9]+}} slots 2 : <ub>
// CHECK: davinci.dma_gm_ub %{{.*}}, %{{.*}}, %c3, %{{.*}}, %{{.*}}, %c100352 :
// CHECK: davinci.dma_gm_ub %{{.*}}, %{{.*}}, %c13, %{{.*}}, %{{.*}}, %c0 :
// CHECK: davinci.vtrans
// CHECK: davinci.dma_ub_gm %{{.*}}, %{{.*}}, %c1,
!image = tensor<1x3x224x224xf16>
!blocks = tensor<1x3x224x224xf16, #ascend.layout<nc1hwc0>>
func.func @main(%x: !image) -> !blocks {
  %0 = ascend.kernel "move" <move> (%x) : (!image) -> !blocks {
  ^bb0(%v: !image):
    %1 = ascend.trans_data %v : (!image) -> !blocks
    ascend.yield %1 : !blocks
  }
  return %0 : !blocks
}

// -----

// The cast is part of the move: one transpose for each channel, then four that make pixels.
// CHECK-LABEL: davinci.kernel @k0 block_dim 8
// CHECK: davinci.vdup
// CHECK: davinci.dma_gm_ub %{{.*}}, %{{.*}}, %c3, %{{.*}}, %{{.*}}, %c200704 :
// CHECK-COUNT-3: davinci.vconv
// CHECK-COUNT-7: davinci.vtrans
// CHECK-NOT: davinci.vtrans
// CHECK: davinci.dma_ub_gm %{{.*}}, %{{.*}}, %c1,
!singles = tensor<8x3x224x224xf32>
!halves = tensor<8x3x224x224xf16>
!pixels = tensor<8x3x224x224xf16, #ascend.layout<nc1hwc0_c04>>
func.func @main(%x: !singles) -> !pixels {
  %0 = ascend.kernel "move" <move> (%x) : (!singles) -> !pixels {
  ^bb0(%v: !singles):
    %1 = ascend.cast %v {to = 10 : i64} : (!singles) -> !halves
    %2 = ascend.trans_data %1 : (!halves) -> !pixels
    ascend.yield %2 : !pixels
  }
  return %0 : !pixels
}

// -----

// Back: whole blocks in, the rows of the channels that exist out.
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.dma_gm_ub %{{.*}}, %{{.*}}, %c1,
// CHECK: davinci.vtrans
// CHECK: davinci.dma_ub_gm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %c128,
!image = tensor<2x20x8x8xf16>
!blocks = tensor<2x20x8x8xf16, #ascend.layout<nc1hwc0>>
func.func @main(%x: !blocks) -> !image {
  %0 = ascend.kernel "move" <move> (%x) : (!blocks) -> !image {
  ^bb0(%v: !blocks):
    %1 = ascend.trans_data %v : (!blocks) -> !image
    ascend.yield %1 : !image
  }
  return %0 : !image
}
