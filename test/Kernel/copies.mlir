// RUN: ascend-opt %s --ascend-schedule-kernels --ascend-lower-kernels --cse --canonicalize --split-input-file | FileCheck %s

// Heads of attention: runs of 64 halves, 12 rows apart.
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.dma_gm_ub %{{.*}}, %{{.*}}, %{{.*}}, %c128, %c128, %c1536 :
// CHECK: davinci.dma_ub_gm %{{.*}}, %{{.*}}, %{{.*}}, %c128, %c128, %c128 :
!a = tensor<1x50x12x64xf16>
!b = tensor<1x12x50x64xf16>
func.func @main(%x: !a) -> !b {
  %0 = ascend.kernel "move" <move> (%x) : (!a) -> !b {
  ^bb0(%v: !a):
    %1 = ascend.transpose %v {perm = array<i64: 0, 2, 1, 3>} : (!a) -> !b
    ascend.yield %1 : !b
  }
  return %0 : !b
}

// -----

// A broadcast reads with stride zero.
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.dma_gm_ub %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %c0 :
!a = tensor<1x40xf32>
!b = tensor<30x40xf32>
func.func @main(%x: !a) -> !b {
  %0 = ascend.kernel "move" <move> (%x) : (!a) -> !b {
  ^bb0(%v: !a):
    %s = ascend.constant dense<[30, 40]> : tensor<2xi64>
    %1 = ascend.expand %v, %s : (!a, tensor<2xi64>) -> !b
    ascend.yield %1 : !b
  }
  return %0 : !b
}

// -----

// The border is filled on chip with the value twice in 32 bits, the middle is copied.
// CHECK-LABEL: davinci.kernel @k0
// CHECK-DAG: davinci.pool "tile"
// CHECK-DAG: davinci.pool "fill"
// CHECK: davinci.dma_gm_ub
// CHECK: davinci.dma_ub_gm
// CHECK: davinci.vdup %{{.*}}, %c1006648320,
// CHECK: davinci.dma_ub_gm
// CHECK: davinci.vdup %{{.*}}, %c1006648320,
// CHECK: davinci.dma_ub_gm
!a = tensor<4x40xf16>
!b = tensor<6x40xf16>
func.func @main(%x: !a) -> !b {
  %0 = ascend.kernel "move" <move> (%x) : (!a) -> !b {
  ^bb0(%v: !a):
    %s = ascend.constant dense<[1, 0, 1, 0]> : tensor<4xi64>
    %k = ascend.constant dense<1.0> : tensor<f16>
    %1 = ascend.pad %v, %s value %k : (!a, tensor<4xi64>, tensor<f16>) -> !b
    ascend.yield %1 : !b
  }
  return %0 : !b
}

// -----

// Each part of a concatenation is a copy to its place; bytes 0, 64 and 80 of a row.
// CHECK-LABEL: davinci.kernel @k0
// CHECK: ^bb0(%[[A:.*]]: !davinci.ptr<gm>, %[[B:.*]]: !davinci.ptr<gm>, %[[Y:.*]]: !davinci.ptr<gm>):
// CHECK: davinci.dma_gm_ub
// CHECK: davinci.dma_ub_gm %{{.*}}, %{{.*}}, %{{.*}}, %c64, %c80, %c64 :
// CHECK: davinci.dma_gm_ub
// CHECK: davinci.dma_ub_gm %{{.*}}, %{{.*}}, %{{.*}}, %c16, %c80, %c32 :
!a = tensor<10x32xf16>
!b = tensor<10x8xf16>
!y = tensor<10x40xf16>
func.func @main(%x: !a, %z: !b) -> !y {
  %0 = ascend.kernel "concat" <move> (%x, %z) : (!a, !b) -> !y {
  ^bb0(%v: !a, %w: !b):
    %1 = ascend.concat %v, %w {axis = 1 : i64} : (!a, !b) -> !y
    ascend.yield %1 : !y
  }
  return %0 : !y
}

// -----

// A negative step walks by work items: DMA strides are not negative.
// CHECK-LABEL: davinci.kernel @k0 block_dim 4
// CHECK: arith.muli %{{.*}}, %c-{{[0-9]+}}
// CHECK: davinci.dma_gm_ub
!a = tensor<4x100xf32>
func.func @main(%x: !a) -> !a {
  %0 = ascend.kernel "move" <move> (%x) : (!a) -> !a {
  ^bb0(%v: !a):
    %s = ascend.constant dense<-1> : tensor<1xi64>
    %e = ascend.constant dense<-100> : tensor<1xi64>
    %k = ascend.constant dense<0> : tensor<1xi64>
    %k2 = ascend.constant dense<-1> : tensor<1xi64>
    %1 = ascend.slice %v, %s, %e axes %k steps %k2 : (!a, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> !a
    ascend.yield %1 : !a
  }
  return %0 : !a
}

// -----

// Columns become rows in UB, 16 x 16 elements at a time: bursts are whole rows on both sides.
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.dma_gm_ub
// CHECK: davinci.vtrans {{.*}}elem u16
// CHECK: davinci.dma_ub_gm
!a = tensor<4x64x192xf16>
!b = tensor<4x192x64xf16>
func.func @main(%x: !a) -> !b {
  %0 = ascend.kernel "transpose" <move> (%x) : (!a) -> !b {
  ^bb0(%v: !a):
    %1 = ascend.transpose %v {perm = array<i64: 0, 2, 1>} : (!a) -> !b
    ascend.yield %1 : !b
  }
  return %0 : !b
}
