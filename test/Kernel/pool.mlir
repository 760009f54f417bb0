// RUN: ascend-opt %s --ascend-schedule-kernels --ascend-lower-kernels --cse --canonicalize --split-input-file | FileCheck %s

// The padding is written first, then the window's rows; the maximum runs over kernel columns,
// then over kernel rows.
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.vdup
// CHECK: davinci.dma_gm_ub
// CHECK: davinci.vmuls
// CHECK-NEXT: davinci.offset
// CHECK-NEXT: davinci.vmax
// CHECK: davinci.vmax
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
// CHECK: davinci.vadd
// CHECK: davinci.vmuls {{.*}}%c1048576000,
// CHECK-NOT: davinci.vdiv
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

// Where windows hang over the edge, each is divided by the number of its positions.
// CHECK-LABEL: davinci.kernel @k0
// CHECK-DAG: davinci.pool "ones"
// CHECK-DAG: davinci.pool "count.rows"
// CHECK: davinci.vmaxs
// CHECK: davinci.vdiv
!image = tensor<1x16x8x8xf16, #ascend.layout<nc1hwc0>>
func.func @main(%x: !image) -> !image {
  %0 = ascend.kernel "pool" <pool> (%x) : (!image) -> !image {
  ^bb0(%v: !image):
    %1 = ascend.average_pool %v {kernel_shape = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>} : (!image) -> !image
    ascend.yield %1 : !image
  }
  return %0 : !image
}
