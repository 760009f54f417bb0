// RUN: ascend-opt %s --ascend-normalize --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @gemm(
// CHECK: %[[W:.*]] = ascend.constant dense<{{\[\[}}2.0{{.*}}, 8.0{{.*}}], [4.0{{.*}}, 1.0{{.*}}], [6.0{{.*}}, 1.2{{.*}}]]> : tensor<3x2xf32>
// CHECK: %[[M:.*]] = ascend.matmul %arg0, %[[W]] : (tensor<1x3xf32>, tensor<3x2xf32>) -> tensor<1x2xf32>
// CHECK: ascend.add %[[M]], %{{.*}} : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
// CHECK-NOT: ascend.gemm
func.func @gemm(%x: tensor<1x3xf32>) -> tensor<1x2xf32> {
  %w = ascend.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %b = ascend.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = ascend.gemm %x, %w bias %b {trans_b = true, alpha = 2.0 : f64}
      : (tensor<1x3xf32>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %0 : tensor<1x2xf32>
}

// -----

// A transpose of a computed operand stays an op.
// CHECK-LABEL: func.func @gemm_computed(
// CHECK: %[[T:.*]] = ascend.transpose %arg0 {perm = array<i64: 1, 0>}
// CHECK: %[[M:.*]] = ascend.matmul %[[T]], %arg1
// CHECK: %[[S:.*]] = ascend.mul %[[M]]
// CHECK: return %[[S]]
func.func @gemm_computed(%x: tensor<3x4xf32>, %w: tensor<3x2xf32>) -> tensor<4x2xf32> {
  %0 = ascend.gemm %x, %w {trans_a = true, alpha = 0.5 : f64}
      : (tensor<3x4xf32>, tensor<3x2xf32>) -> tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}

// -----

// CHECK-LABEL: func.func @vector_times_matrix(
// CHECK: %[[R:.*]] = ascend.reshape %arg0, %{{.*}} -> tensor<1x4xf32>
// CHECK: %[[M:.*]] = ascend.matmul %[[R]], %arg1 : (tensor<1x4xf32>, tensor<2x4x3xf32>) -> tensor<2x1x3xf32>
// CHECK: ascend.reshape %[[M]], %{{.*}} -> tensor<2x3xf32>
func.func @vector_times_matrix(%x: tensor<4xf32>, %w: tensor<2x4x3xf32>) -> tensor<2x3xf32> {
  %0 = ascend.matmul %x, %w : (tensor<4xf32>, tensor<2x4x3xf32>) -> tensor<2x3xf32>
  return %0 : tensor<2x3xf32>
}

// -----

// The reshape between two one-dimensional convolutions disappears.
// CHECK-LABEL: func.func @conv1d(
// CHECK: %[[X:.*]] = ascend.reshape %arg0, %{{.*}} -> tensor<1x2x8x1xf32>
// CHECK: %[[A:.*]] = ascend.conv %[[X]], %{{.*}} {dilations = array<i64: 1, 1>, pads = array<i64: 1, 0, 1, 0>, strides = array<i64: 1, 1>} : (tensor<1x2x8x1xf32>, tensor<2x2x3x1xf32>)
// CHECK: %[[R:.*]] = ascend.relu %[[A]] : (tensor<1x2x8x1xf32>)
// CHECK: %[[B:.*]] = ascend.conv %[[R]]
// CHECK: ascend.reshape %[[B]], %{{.*}} -> tensor<1x2x8xf32>
func.func @conv1d(%x: tensor<1x2x8xf32>) -> tensor<1x2x8xf32> {
  %w = ascend.constant dense<1.0> : tensor<2x2x3xf32>
  %0 = ascend.conv %x, %w {pads = array<i64: 1, 1>}
      : (tensor<1x2x8xf32>, tensor<2x2x3xf32>) -> tensor<1x2x8xf32>
  %1 = ascend.relu %0 : (tensor<1x2x8xf32>) -> tensor<1x2x8xf32>
  %2 = ascend.conv %1, %w {pads = array<i64: 1, 1>}
      : (tensor<1x2x8xf32>, tensor<2x2x3xf32>) -> tensor<1x2x8xf32>
  return %2 : tensor<1x2x8xf32>
}

// -----

// Of three rows of padding, SAME_UPPER puts two below and SAME_LOWER two above.
// CHECK-LABEL: func.func @auto_pad(
// CHECK: ascend.conv %arg0, %{{.*}} {dilations = array<i64: 1, 1>, pads = array<i64: 1, 1, 2, 2>, strides = array<i64: 1, 1>}
// CHECK: ascend.conv %arg0, %{{.*}} {dilations = array<i64: 1, 1>, pads = array<i64: 2, 2, 1, 1>, strides = array<i64: 1, 1>}
func.func @auto_pad(%x: tensor<1x1x8x8xf32>) -> (tensor<1x1x8x8xf32>, tensor<1x1x8x8xf32>) {
  %w = ascend.constant dense<1.0> : tensor<1x1x4x4xf32>
  %0 = ascend.conv %x, %w {auto_pad = "SAME_UPPER"}
      : (tensor<1x1x8x8xf32>, tensor<1x1x4x4xf32>) -> tensor<1x1x8x8xf32>
  %1 = ascend.conv %x, %w {auto_pad = "SAME_LOWER"}
      : (tensor<1x1x8x8xf32>, tensor<1x1x4x4xf32>) -> tensor<1x1x8x8xf32>
  return %0, %1 : tensor<1x1x8x8xf32>, tensor<1x1x8x8xf32>
}

// -----

// The ceil mode of a maximum is room to pad; an average that counts its padding keeps it.
// CHECK-LABEL: func.func @ceil_mode(
// CHECK: ascend.max_pool %arg0 {dilations = array<i64: 1, 1>, kernel_shape = array<i64: 2, 2>, pads = array<i64: 0, 0, 1, 1>, strides = array<i64: 2, 2>}
// CHECK: ascend.average_pool %arg0 {ceil_mode = true, count_include_pad = true
func.func @ceil_mode(%x: tensor<1x1x5x5xf32>) -> (tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>) {
  %0 = ascend.max_pool %x {ceil_mode = true, kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>}
      : (tensor<1x1x5x5xf32>) -> tensor<1x1x3x3xf32>
  %1 = ascend.average_pool %x {ceil_mode = true, count_include_pad = true,
      kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>}
      : (tensor<1x1x5x5xf32>) -> tensor<1x1x3x3xf32>
  return %0, %1 : tensor<1x1x3x3xf32>, tensor<1x1x3x3xf32>
}

// -----

// CHECK-LABEL: func.func @pad_into_conv(
// CHECK-NOT: ascend.pad
// CHECK: ascend.conv %arg0, %{{.*}}pads = array<i64: 1, 2, 1, 2>
func.func @pad_into_conv(%x: tensor<1x1x8x8xf32>) -> tensor<1x1x8x10xf32> {
  %p = ascend.constant dense<[0, 0, 1, 2, 0, 0, 1, 2]> : tensor<8xi64>
  %w = ascend.constant dense<1.0> : tensor<1x1x3x3xf32>
  %0 = ascend.pad %x, %p : (tensor<1x1x8x8xf32>, tensor<8xi64>) -> tensor<1x1x10x12xf32>
  %1 = ascend.conv %0, %w : (tensor<1x1x10x12xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x8x10xf32>
  return %1 : tensor<1x1x8x10xf32>
}

// -----

// Padding with another value, or of channels, is no padding of a convolution.
// CHECK-LABEL: func.func @pad_stays(
// CHECK-COUNT-2: ascend.pad
func.func @pad_stays(%x: tensor<1x1x8x8xf32>) -> (tensor<1x1x8x8xf32>, tensor<1x1x6x6xf32>) {
  %p = ascend.constant dense<[0, 0, 1, 1, 0, 0, 1, 1]> : tensor<8xi64>
  %q = ascend.constant dense<[0, 1, 0, 0, 0, 0, 0, 0]> : tensor<8xi64>
  %v = ascend.constant dense<1.0> : tensor<f32>
  %w = ascend.constant dense<1.0> : tensor<1x1x3x3xf32>
  %w2 = ascend.constant dense<1.0> : tensor<1x2x3x3xf32>
  %0 = ascend.pad %x, %p value %v : (tensor<1x1x8x8xf32>, tensor<8xi64>, tensor<f32>) -> tensor<1x1x10x10xf32>
  %1 = ascend.conv %0, %w : (tensor<1x1x10x10xf32>, tensor<1x1x3x3xf32>) -> tensor<1x1x8x8xf32>
  %2 = ascend.pad %x, %q : (tensor<1x1x8x8xf32>, tensor<8xi64>) -> tensor<1x2x8x8xf32>
  %3 = ascend.conv %2, %w2 : (tensor<1x2x8x8xf32>, tensor<1x2x3x3xf32>) -> tensor<1x1x6x6xf32>
  return %1, %3 : tensor<1x1x8x8xf32>, tensor<1x1x6x6xf32>
}

// -----

// CHECK-LABEL: func.func @global_pool(
// CHECK: %[[P:.*]] = ascend.global_average_pool %arg0
// CHECK: ascend.reshape %[[P]], %{{.*}} -> tensor<2x4xf32>
// CHECK: ascend.reduce_mean
func.func @global_pool(%x: tensor<2x4x8x8xf32>) -> (tensor<2x4xf32>, tensor<2x8x8xf32>) {
  %a = ascend.constant dense<[-1, 2]> : tensor<2xi64>
  %c = ascend.constant dense<[1]> : tensor<1xi64>
  %0 = ascend.reduce_mean %x axes %a {keepdims = false} : (tensor<2x4x8x8xf32>, tensor<2xi64>) -> tensor<2x4xf32>
  %1 = ascend.reduce_mean %x axes %c {keepdims = false} : (tensor<2x4x8x8xf32>, tensor<1xi64>) -> tensor<2x8x8xf32>
  return %0, %1 : tensor<2x4xf32>, tensor<2x8x8xf32>
}

// -----

// CHECK-LABEL: func.func @flatten_softmax(
// CHECK: %[[M:.*]] = ascend.reshape %arg0, %{{.*}} -> tensor<2x12xf32>
// CHECK: %[[S:.*]] = ascend.softmax %[[M]] {axis = 1 : i64} : (tensor<2x12xf32>)
// CHECK: ascend.reshape %[[S]], %{{.*}} -> tensor<2x3x4xf32>
func.func @flatten_softmax(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %0 = ascend.softmax %x {axis = 1 : i64, flatten = true} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  return %0 : tensor<2x3x4xf32>
}

// -----

// CHECK-LABEL: func.func @moves(
// CHECK: ascend.reshape %arg0, %{{.*}} -> tensor<3x1x4xf32>
// CHECK: ascend.transpose %arg0
// CHECK: ascend.slice %arg0
func.func @moves(%x: tensor<1x3x4xf32>) -> (tensor<3x1x4xf32>, tensor<4x3x1xf32>, tensor<1x4xf32>) {
  %i = ascend.constant dense<-1> : tensor<i64>
  %0 = ascend.transpose %x {perm = array<i64: 1, 0, 2>} : (tensor<1x3x4xf32>) -> tensor<3x1x4xf32>
  %1 = ascend.transpose %x {perm = array<i64: 2, 1, 0>} : (tensor<1x3x4xf32>) -> tensor<4x3x1xf32>
  %2 = ascend.gather %x, %i {axis = 1 : i64} : (tensor<1x3x4xf32>, tensor<i64>) -> tensor<1x4xf32>
  return %0, %1, %2 : tensor<3x1x4xf32>, tensor<4x3x1xf32>, tensor<1x4xf32>
}

// -----

// An expansion is kept where the result would be smaller without it.
// CHECK-LABEL: func.func @expand(
// CHECK: %[[E:.*]] = ascend.expand
// CHECK: ascend.add %arg0, %arg1 : (tensor<1x4xf32>, tensor<3x4xf32>)
// CHECK: ascend.add %[[E]], %arg0
func.func @expand(%x: tensor<1x4xf32>, %y: tensor<3x4xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>) {
  %s = ascend.constant dense<[3, 4]> : tensor<2xi64>
  %0 = ascend.expand %x, %s : (tensor<1x4xf32>, tensor<2xi64>) -> tensor<3x4xf32>
  %1 = ascend.add %0, %y : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  %2 = ascend.add %0, %x : (tensor<3x4xf32>, tensor<1x4xf32>) -> tensor<3x4xf32>
  return %1, %2 : tensor<3x4xf32>, tensor<3x4xf32>
}

// -----

// CHECK-LABEL: func.func @where(
// CHECK-NEXT: %[[C:.*]] = ascend.constant dense<[true, false]>
// CHECK-NEXT: %[[W:.*]] = ascend.where %[[C]], %arg0, %arg1
// CHECK-NEXT: return %arg1, %[[W]]
func.func @where(%x: tensor<2xf32>, %y: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %f = ascend.constant dense<false> : tensor<2xi1>
  %c = ascend.constant dense<[true, false]> : tensor<2xi1>
  %0 = ascend.where %f, %x, %y : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = ascend.where %c, %x, %y : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0, %1 : tensor<2xf32>, tensor<2xf32>
}
