// RUN: ascend-opt %s --ascend-schedule-kernels --ascend-lower-kernels --cse --canonicalize --split-input-file | FileCheck %s

// Rows an even and an odd number from the top come in one move each, and only the padding is
// filled: the first row of the first tile, and the first column. Then the maximum runs over kernel
// rows, with flat instructions in place, and over kernel columns.
// CHECK-LABEL: davinci.kernel @k0
// CHECK-COUNT-2: davinci.dma_gm_ub
// CHECK-NOT: davinci.dma_gm_ub
// CHECK: scf.if
// CHECK-NEXT: arith.muli
// CHECK-NEXT: davinci.vdup
// CHECK-COUNT-4: davinci.vmax
// CHECK-NOT: davinci.vmax
// CHECK-NOT: davinci.vconv
// CHECK: davinci.dma_ub_gm
!image = tensor<1x64x56x56xf16, #ascend.layout<nc1hwc0>>
!half = tensor<1x64x28x28xf16, #ascend.layout<nc1hwc0>>
func.func @main(%x: !image) -> !half {
  %0 = ascend.kernel "pool" <pool> (%x) : (!image) -> !half {
  ^bb0(%v: !image):
    %1 = ascend.max_pool %v {kernel_shape = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>} : (!image) -> !half
    ascend.yield %1 : !half
  }
  return %0 : !half
}

// -----

// A mean over windows that all lie inside sums in f32 and scales once.
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.vconv
// CHECK: davinci.vaxpy {{.*}}widen
// CHECK: davinci.vadd
// CHECK: davinci.vmuls {{.*}}%c1048576000,
// CHECK-NOT: davinci.vmuls
// CHECK: davinci.vconv
// CHECK: davinci.dma_ub_gm
!image = tensor<1x16x8x8xf16, #ascend.layout<nc1hwc0>>
!half = tensor<1x16x4x4xf16, #ascend.layout<nc1hwc0>>
func.func @main(%x: !image) -> !half {
  %0 = ascend.kernel "pool" <pool> (%x) : (!image) -> !half {
  ^bb0(%v: !image):
    %1 = ascend.average_pool %v {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (!image) -> !half
    ascend.yield %1 : !half
  }
  return %0 : !half
}

// -----

// Where windows hang over the edge, the first and last row and column are scaled by 3/2 again.
// CHECK-LABEL: davinci.kernel @k0
// CHECK-DAG: arith.constant 1069547520 : index
// CHECK-COUNT-5: davinci.vmuls
// CHECK-NOT: davinci.vmuls
// CHECK: davinci.vconv
!image = tensor<1x16x8x8xf16, #ascend.layout<nc1hwc0>>
func.func @main(%x: !image) -> !image {
  %0 = ascend.kernel "pool" <pool> (%x) : (!image) -> !image {
  ^bb0(%v: !image):
    %1 = ascend.average_pool %v {kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>} : (!image) -> !image
    ascend.yield %1 : !image
  }
  return %0 : !image
}
