// RUN: ascend-opt %s | ascend-opt | FileCheck %s

// CHECK-LABEL: func.func @images
func.func @images(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>, %b: tensor<4xf32>)
    -> tensor<1x4x1x1xf32> {
  // CHECK: ascend.conv %{{.*}}, %{{.*}} bias %{{.*}} {pads = array<i64: 1, 1, 1, 1>}
  %0 = ascend.conv %x, %w bias %b {pads = array<i64: 1, 1, 1, 1>}
      : (tensor<1x3x8x8xf32>, tensor<4x3x3x3xf32>, tensor<4xf32>) -> tensor<1x4x8x8xf32>
  // CHECK: ascend.batch_norm
  %1 = ascend.batch_norm %0, %b, %b, %b, %b {epsilon = 1.0e-3 : f64}
      : (tensor<1x4x8x8xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>)
      -> tensor<1x4x8x8xf32>
  // CHECK: ascend.max_pool {{.*}} -> (tensor<1x4x4x4xf32>, tensor<1x4x4x4xi64>)
  %2, %i = ascend.max_pool %1 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>,
                               with_indices = true}
      : (tensor<1x4x8x8xf32>) -> (tensor<1x4x4x4xf32>, tensor<1x4x4x4xi64>)
  // CHECK: ascend.average_pool
  %3 = ascend.average_pool %2 {kernel_shape = array<i64: 2, 2>, count_include_pad = true}
      : (tensor<1x4x4x4xf32>) -> tensor<1x4x3x3xf32>
  // CHECK: ascend.global_average_pool
  %4 = ascend.global_average_pool %3 : (tensor<1x4x3x3xf32>) -> tensor<1x4x1x1xf32>
  return %4 : tensor<1x4x1x1xf32>
}

// CHECK-LABEL: func.func @upward
func.func @upward(%x: tensor<1x4x5x5xf32>, %w: tensor<4x2x2x2xf32>, %s: tensor<4xf32>)
    -> tensor<*xf32> {
  // CHECK: ascend.conv_transpose %{{.*}}, %{{.*}} {strides = array<i64: 2, 2>}
  %0 = ascend.conv_transpose %x, %w {strides = array<i64: 2, 2>}
      : (tensor<1x4x5x5xf32>, tensor<4x2x2x2xf32>) -> tensor<1x2x10x10xf32>
  // CHECK: ascend.resize %{{.*}} scales %{{.*}} {mode = "linear"}
  %1 = ascend.resize %0 scales %s {mode = "linear"}
      : (tensor<1x2x10x10xf32>, tensor<4xf32>) -> tensor<*xf32>
  return %1 : tensor<*xf32>
}

// CHECK-LABEL: func.func @products
func.func @products(%a: tensor<2x4x8xf32>, %w: tensor<6x8xf32>, %c: tensor<6xf32>)
    -> tensor<8x6xf32> {
  %axes = ascend.constant dense<[8, 8]> : tensor<2xi64>
  %0 = ascend.reshape %a, %axes : (tensor<2x4x8xf32>, tensor<2xi64>) -> tensor<8x8xf32>
  // CHECK: ascend.gemm %{{.*}}, %{{.*}} bias %{{.*}} {trans_b = true}
  %1 = ascend.gemm %0, %w bias %c {trans_b = true}
      : (tensor<8x8xf32>, tensor<6x8xf32>, tensor<6xf32>) -> tensor<8x6xf32>
  // CHECK: ascend.softmax
  %2 = ascend.softmax %1 : (tensor<8x6xf32>) -> tensor<8x6xf32>
  // CHECK: ascend.layer_norm %{{.*}}, %{{.*}} bias %{{.*}} {num_results = 3 : i64}
  %3:3 = ascend.layer_norm %2, %c bias %c {num_results = 3 : i64}
      : (tensor<8x6xf32>, tensor<6xf32>, tensor<6xf32>)
      -> (tensor<8x6xf32>, tensor<8x1xf32>, tensor<8x1xf32>)
  return %3#0 : tensor<8x6xf32>
}

// CHECK-LABEL: func.func @movement
func.func @movement(%x: tensor<8x6xf32>, %i: tensor<3xi64>) -> tensor<3x3xf32> {
  %zero = ascend.constant dense<0> : tensor<1xi64>
  %four = ascend.constant dense<4> : tensor<1xi64>
  // CHECK: ascend.slice %{{.*}}, %{{.*}}, %{{.*}} axes %{{.*}} :
  %0 = ascend.slice %x, %zero, %four axes %zero
      : (tensor<8x6xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<4x6xf32>
  // CHECK: ascend.split {{.*}} -> (tensor<4x3xf32>, tensor<4x3xf32>)
  %1:2 = ascend.split %0 {axis = 1 : i64, num_outputs = 2 : i64}
      : (tensor<4x6xf32>) -> (tensor<4x3xf32>, tensor<4x3xf32>)
  // CHECK: ascend.concat %{{.*}}, %{{.*}} {axis = 0 : i64}
  %2 = ascend.concat %1#0, %1#1 {axis = 0 : i64}
      : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<8x3xf32>
  // CHECK: ascend.reduce_mean %{{.*}} axes %{{.*}} {keepdims = false}
  %3 = ascend.reduce_mean %2 axes %zero {keepdims = false}
      : (tensor<8x3xf32>, tensor<1xi64>) -> tensor<3xf32>
  %4 = ascend.add %2, %3 : (tensor<8x3xf32>, tensor<3xf32>) -> tensor<8x3xf32>
  // CHECK: ascend.gather %{{.*}}, %{{.*}} :
  %5 = ascend.gather %4, %i : (tensor<8x3xf32>, tensor<3xi64>) -> tensor<3x3xf32>
  // CHECK: ascend.transpose %{{.*}} {perm = array<i64: 1, 0>}
  %6 = ascend.transpose %5 {perm = array<i64: 1, 0>} : (tensor<3x3xf32>) -> tensor<3x3xf32>
  return %6 : tensor<3x3xf32>
}
