// RUN: ascend-opt %s --ascend-form-kernels --split-input-file --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s
// RUN: ascend-opt %s --ascend-form-kernels=off=FuseEpilogue,FuseElementwise,FusePool,FuseCasts,FusePixels --split-input-file | FileCheck %s --check-prefix=OFF
// RUN: not ascend-opt %s --ascend-form-kernels=off=FuseAll --split-input-file 2>&1 | FileCheck %s --check-prefix=WRONG
// WRONG: unknown fusion 'FuseAll'

// A residual block's end: convolution, per-channel constant, addition, activation.
// CHECK-LABEL: func.func @residual(
// CHECK: ascend.kernel "conv_0+relu_0" <cube_conv>(%arg0, %{{.*}}, %{{.*}}, %arg1)
// CHECK-NEXT: ^bb0
// CHECK-NEXT: %[[C:.*]] = ascend.conv
// CHECK-NEXT: %[[B:.*]] = ascend.add %[[C]]
// CHECK-NEXT: %[[A:.*]] = ascend.add %[[B]]
// CHECK-NEXT: %[[R:.*]] = ascend.relu %[[A]]
// CHECK-NEXT: ascend.yield %[[R]]
// CHECK-NOT: ascend.kernel
// CHECK: return
// OFF-LABEL: func.func @residual(
// OFF: ascend.kernel {{.*}} <cube_conv>(%arg0, %arg2)
// OFF: ascend.kernel {{.*}} <elementwise>({{.*}}, %arg3)
// OFF: ascend.kernel {{.*}} <elementwise>({{.*}}, %arg1)
// OFF: ascend.kernel {{.*}} <elementwise>
// OFF: return
!image = tensor<1x16x8x8xf16, #ascend.layout<nc1hwc0>>
!channel = tensor<1x16x1x1xf16, #ascend.layout<nc1hwc0>>
func.func @residual(%x: !image, %r: !image, %w: tensor<16x16x1x1xf16, #ascend.layout<fractal_z>>, %b: !channel) -> !image {
  %0 = ascend.conv %x, %w : (!image, tensor<16x16x1x1xf16, #ascend.layout<fractal_z>>) -> !image loc("conv_0")
  %1 = ascend.add %0, %b : (!image, !channel) -> !image loc("conv_0")
  %2 = ascend.add %1, %r : (!image, !image) -> !image loc("relu_0")
  %3 = ascend.relu %2 : (!image) -> !image loc("relu_0")
  return %3 : !image
}

// -----

// A value that is used twice stays inside when both uses are; scalars go into the body.
// CHECK-LABEL: func.func @gate(
// CHECK: %[[K:.*]] = ascend.kernel {{.*}} <cube_matmul>(%arg0, %arg1)
// CHECK: ascend.matmul
// CHECK: ascend.constant dense<1.000000e+00> : tensor<f16>
// CHECK: ascend.maximum
// CHECK: ascend.mul
// CHECK: return %[[K]]
func.func @gate(%x: tensor<4x8xf16>, %w: tensor<8x8xf16>) -> tensor<4x8xf16> {
  %c = ascend.constant dense<1.0> : tensor<f16>
  %0 = ascend.matmul %x, %w : (tensor<4x8xf16>, tensor<8x8xf16>) -> tensor<4x8xf16>
  %1 = ascend.maximum %0, %c : (tensor<4x8xf16>, tensor<f16>) -> tensor<4x8xf16>
  %2 = ascend.mul %0, %1 : (tensor<4x8xf16>, tensor<4x8xf16>) -> tensor<4x8xf16>
  return %2 : tensor<4x8xf16>
}

// -----

// A product that others use, and an operand per row, end the epilogue.
// CHECK-LABEL: func.func @ends(
// CHECK: ascend.kernel {{.*}} <cube_matmul>
// CHECK: ascend.kernel {{.*}} <elementwise>
// CHECK: ascend.kernel {{.*}} <cube_matmul>
// CHECK: ascend.kernel {{.*}} <elementwise>
func.func @ends(%x: tensor<4x8xf16>, %w: tensor<8x8xf16>, %r: tensor<4x1xf16>) -> (tensor<4x8xf16>, tensor<4x8xf16>, tensor<4x8xf16>) {
  %0 = ascend.matmul %x, %w : (tensor<4x8xf16>, tensor<8x8xf16>) -> tensor<4x8xf16>
  %1 = ascend.relu %0 : (tensor<4x8xf16>) -> tensor<4x8xf16>
  %2 = ascend.matmul %1, %w : (tensor<4x8xf16>, tensor<8x8xf16>) -> tensor<4x8xf16>
  %3 = ascend.add %2, %r : (tensor<4x8xf16>, tensor<4x1xf16>) -> tensor<4x8xf16>
  return %0, %1, %3 : tensor<4x8xf16>, tensor<4x8xf16>, tensor<4x8xf16>
}

// -----

// Arithmetic of one shape is one kernel with two results. What depends on it through a
// reduction is another one, or the groups would need each other.
// CHECK-LABEL: func.func @elementwise(
// CHECK: %[[A:.*]]:2 = ascend.kernel {{.*}} <elementwise>(%arg0)
// CHECK: ascend.exp
// CHECK: ascend.add
// CHECK: %[[S:.*]] = ascend.kernel {{.*}} <reduce>(%[[A]]#1)
// CHECK: ascend.constant dense<1> : tensor<1xi64>
// CHECK: ascend.reduce_sum
// CHECK: %[[D:.*]] = ascend.kernel {{.*}} <elementwise>(%[[A]]#0, %[[S]])
// CHECK: ascend.div
// CHECK: return %[[D]]
func.func @elementwise(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %a = ascend.constant dense<1> : tensor<1xi64>
  %0 = ascend.exp %x : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %1 = ascend.add %0, %0 : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  %2 = ascend.reduce_sum %1 axes %a : (tensor<2x4xf32>, tensor<1xi64>) -> tensor<2x1xf32>
  %3 = ascend.div %0, %2 : (tensor<2x4xf32>, tensor<2x1xf32>) -> tensor<2x4xf32>
  return %3 : tensor<2x4xf32>
}

// -----

// Casts around a softmax are part of its kernel.
// CHECK-LABEL: func.func @softmax(
// CHECK: ascend.kernel {{.*}} <reduce>(%arg0) : (tensor<2x4xf16>) -> tensor<2x4xf16>
// CHECK: ascend.cast
// CHECK: ascend.softmax
// CHECK: ascend.cast
// CHECK-NOT: ascend.kernel
// CHECK: return
func.func @softmax(%x: tensor<2x4xf16>) -> tensor<2x4xf16> {
  %0 = ascend.cast %x {to = 1 : i64} : (tensor<2x4xf16>) -> tensor<2x4xf32>
  %1 = ascend.softmax %0 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %2 = ascend.cast %1 {to = 10 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf16>
  return %2 : tensor<2x4xf16>
}

// -----

// The AI CPU's ops and views stay outside; parameters go into the body, data do not.
// CHECK-LABEL: func.func @outside(
// CHECK: ascend.sin %arg0 {ascend.engine = "aicpu"}
// CHECK: %[[V:.*]] = ascend.reshape %arg0
// CHECK: ascend.kernel {{.*}} <gather>(%arg0, %{{.*}})
// CHECK: ascend.kernel {{.*}} <move>(%[[V]])
// CHECK: ascend.constant dense<1> : tensor<1xi64>
// CHECK: ascend.slice
func.func @outside(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<1x2xf32>, tensor<3xf32>) {
  %s = ascend.constant dense<[2, 2]> : tensor<2xi64>
  %i = ascend.constant dense<1> : tensor<1xi64>
  %j = ascend.constant dense<2> : tensor<1xi64>
  %a = ascend.constant dense<0> : tensor<1xi64>
  %g = ascend.constant dense<[2, 1, 0]> : tensor<3xi64>
  %0 = ascend.sin %x {ascend.engine = "aicpu"} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = ascend.reshape %x, %s : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  %2 = ascend.slice %1, %i, %j axes %a : (tensor<2x2xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x2xf32>
  %3 = ascend.gather %x, %g : (tensor<4xf32>, tensor<3xi64>) -> tensor<3xf32>
  return %0, %2, %3 : tensor<4xf32>, tensor<1x2xf32>, tensor<3xf32>
}

// -----

// The cast of the network's input becomes part of the move to pixels of 4 halves.
// CHECK-LABEL: func.func @fewChannels
// CHECK: ascend.kernel "{{.*}}" <move>(%arg0)
// CHECK: ascend.cast
// CHECK-NEXT: ascend.trans_data
// CHECK-NOT: ascend.kernel
!pixels = tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0_c04>>
func.func @fewChannels(%x: tensor<1x3x8x8xf32>) -> !pixels {
  %0 = ascend.cast %x {to = 10 : i64} : (tensor<1x3x8x8xf32>) -> tensor<1x3x8x8xf16>
  %1 = ascend.trans_data %0 : (tensor<1x3x8x8xf16>) -> !pixels
  return %1 : !pixels
}

// -----

// Where only a convolution reads the pixels, its kernel makes them of the planes itself.
// CHECK-LABEL: func.func @planes
// CHECK: ascend.kernel "{{.*}}" <cube_conv>(%arg0, %{{.*}}) : (tensor<4x3x8x8xf32>,
// CHECK: ascend.cast
// CHECK-NEXT: ascend.trans_data
// CHECK-NEXT: ascend.conv
// CHECK-NEXT: ascend.relu
// CHECK-NOT: ascend.kernel
!pixels4 = tensor<4x3x8x8xf16, #ascend.layout<nc1hwc0_c04>>
!filter = tensor<16x3x3x3xf16, #ascend.layout<fractal_z_c04>>
!result = tensor<4x16x6x6xf16, #ascend.layout<nc1hwc0>>
func.func @planes(%x: tensor<4x3x8x8xf32>, %w: !filter) -> !result {
  %0 = ascend.cast %x {to = 10 : i64} : (tensor<4x3x8x8xf32>) -> tensor<4x3x8x8xf16>
  %1 = ascend.trans_data %0 : (tensor<4x3x8x8xf16>) -> !pixels4
  %2 = ascend.conv %1, %w : (!pixels4, !filter) -> !result
  %3 = ascend.relu %2 : (!result) -> !result
  return %3 : !result
}

// -----

// Maxima over windows of 2 x 2 side by side are part of the convolution in front of them.
// CHECK-LABEL: func.func @pooled
// CHECK: ascend.kernel "{{.*}}" <cube_conv>
// CHECK: ascend.conv
// CHECK-NEXT: ascend.relu
// CHECK-NEXT: ascend.max_pool
// CHECK-NEXT: ascend.yield
// CHECK-NOT: ascend.kernel
!image = tensor<1x16x6x6xf16, #ascend.layout<nc1hwc0>>
!filter1 = tensor<16x16x1x1xf16, #ascend.layout<fractal_z>>
!half = tensor<1x16x3x3xf16, #ascend.layout<nc1hwc0>>
func.func @pooled(%x: !image, %w: !filter1) -> !half {
  %0 = ascend.conv %x, %w : (!image, !filter1) -> !image
  %1 = ascend.relu %0 : (!image) -> !image
  %2 = ascend.max_pool %1 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (!image) -> !half
  return %2 : !half
}

// -----

// Not where windows overlap.
// CHECK-LABEL: func.func @overlapping
// CHECK: <cube_conv>
// CHECK: <pool>
!image1 = tensor<1x16x6x6xf16, #ascend.layout<nc1hwc0>>
!filter2 = tensor<16x16x1x1xf16, #ascend.layout<fractal_z>>
!five = tensor<1x16x5x5xf16, #ascend.layout<nc1hwc0>>
func.func @overlapping(%x: !image1, %w: !filter2) -> !five {
  %0 = ascend.conv %x, %w : (!image1, !filter2) -> !image1
  %1 = ascend.max_pool %0 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 1, 1>} : (!image1) -> !five
  return %1 : !five
}

// -----

// The widening behind a residual sum belongs to the normalisation, so that halves go
// through memory; rows normalised in blocks are given in both types.
// CHECK-LABEL: func.func @norm(
// CHECK: %[[S:.*]] = ascend.kernel {{.*}} <cube_matmul>{{.*}} -> tensor<16x32xf16, #ascend.layout<nz>>
// CHECK: ascend.kernel {{.*}} <reduce>(%[[S]], %{{.*}}) : {{.*}} -> (tensor<16x32xf32, #ascend.layout<nz>>, tensor<16x32xf16, #ascend.layout<nz>>)
// CHECK-NOT: ascend.kernel
// CHECK: return
!rows = tensor<16x32xf16, #ascend.layout<nz>>
!wide = tensor<16x32xf32, #ascend.layout<nz>>
func.func @norm(%x: !rows, %r: !rows, %w: tensor<32x32xf16, #ascend.layout<fractal_z>>, %g: tensor<32xf32>) -> (!wide, !rows) {
  %0 = ascend.matmul %x, %w : (!rows, tensor<32x32xf16, #ascend.layout<fractal_z>>) -> !rows
  %1 = ascend.add %0, %r : (!rows, !rows) -> !rows
  %2 = ascend.cast %1 {to = 1 : i64} : (!rows) -> !wide
  %3 = ascend.layer_norm %2, %g : (!wide, tensor<32xf32>) -> !wide
  %4 = ascend.cast %3 {to = 10 : i64} : (!wide) -> !rows
  return %3, %4 : !wide, !rows
}

// -----

// The last reader of a tensor follows the one before it, whatever else could run.
// CHECK-LABEL: func.func @order
// CHECK: ascend.kernel "first"
// CHECK: ascend.kernel "branch"
// CHECK: ascend.kernel "last reader"
// CHECK: ascend.kernel "after"
!rows64 = tensor<32x64xf16, #ascend.layout<nz>>
!matrix64 = tensor<64x64xf16, #ascend.layout<fractal_z>>
func.func @order(%x: !rows64, %w: !matrix64) -> (!rows64, !rows64) {
  %0 = ascend.matmul %x, %w : (!rows64, !matrix64) -> !rows64 loc("first")
  %1 = ascend.matmul %0, %w : (!rows64, !matrix64) -> !rows64 loc("branch")
  %2 = ascend.matmul %1, %w : (!rows64, !matrix64) -> !rows64 loc("after")
  %3 = ascend.matmul %0, %w : (!rows64, !matrix64) -> !rows64 loc("last reader")
  return %2, %3 : !rows64, !rows64
}
