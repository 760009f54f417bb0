// RUN: ascend-opt %s --ascend-normalize --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @whole_image_pools(
// CHECK: ascend.global_average_pool %arg0 : (tensor<1x16x33x20xf32>) -> tensor<1x16x1x1xf32>
// CHECK: ascend.global_max_pool %arg0 : (tensor<1x16x33x20xf32>) -> tensor<1x16x1x1xf32>
// CHECK-NOT: kernel_shape
func.func @whole_image_pools(%x: tensor<1x16x33x20xf32>) -> (tensor<1x16x1x1xf32>, tensor<1x16x1x1xf32>) {
  %0 = ascend.average_pool %x {kernel_shape = array<i64: 33, 20>} : (tensor<1x16x33x20xf32>) -> tensor<1x16x1x1xf32>
  %1 = ascend.max_pool %x {kernel_shape = array<i64: 33, 20>, strides = array<i64: 2, 2>} : (tensor<1x16x33x20xf32>) -> tensor<1x16x1x1xf32>
  return %0, %1 : tensor<1x16x1x1xf32>, tensor<1x16x1x1xf32>
}

// -----

// With padding the average is another one.
// CHECK-LABEL: func.func @padded_pool(
// CHECK: ascend.average_pool
func.func @padded_pool(%x: tensor<1x16x7x7xf32>) -> tensor<1x16x2x2xf32> {
  %0 = ascend.average_pool %x {kernel_shape = array<i64: 7, 7>, pads = array<i64: 1, 1, 0, 0>} : (tensor<1x16x7x7xf32>) -> tensor<1x16x2x2xf32>
  return %0 : tensor<1x16x2x2xf32>
}

// -----

// CHECK-LABEL: func.func @axes_apart(
// CHECK-DAG: %[[FIRST:.*]] = ascend.constant dense<0> : tensor<1xi64>
// CHECK-DAG: %[[LAST:.*]] = ascend.constant dense<[2, 3]> : tensor<2xi64>
// CHECK: %[[INNER:.*]] = ascend.reduce_sum %arg0 axes %[[LAST]]{{.*}} -> tensor<4x5x1x1xf32>
// CHECK: %[[OUTER:.*]] = ascend.reduce_sum %[[INNER]] axes %[[FIRST]]{{.*}} -> tensor<1x5x1x1xf32>
// CHECK: ascend.reshape %[[OUTER]], %{{.*}} -> tensor<5xf32>
func.func @axes_apart(%x: tensor<4x5x6x7xf32>) -> tensor<5xf32> {
  %a = ascend.constant dense<[0, -1, 2]> : tensor<3xi64>
  %0 = ascend.reduce_sum %x axes %a {keepdims = false} : (tensor<4x5x6x7xf32>, tensor<3xi64>) -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// -----

// CHECK-LABEL: func.func @resize_of_lines(
// CHECK: %[[S:.*]] = ascend.constant dense<[1.0{{.*}}, 1.0{{.*}}, 1.0{{.*}}, 2.0{{.*}}]> : tensor<4xf32>
// CHECK: %[[X:.*]] = ascend.reshape %arg0, %{{.*}} -> tensor<1x3x1x20xf32>
// CHECK: %[[Y:.*]] = ascend.resize %[[X]] scales %[[S]] {mode = "linear"} : (tensor<1x3x1x20xf32>, tensor<4xf32>) -> tensor<1x3x1x40xf32>
// CHECK: ascend.reshape %[[Y]], %{{.*}} -> tensor<1x3x40xf32>
func.func @resize_of_lines(%x: tensor<1x3x20xf32>) -> tensor<1x3x40xf32> {
  %s = ascend.constant dense<[1.0, 1.0, 2.0]> : tensor<3xf32>
  %0 = ascend.resize %x scales %s {mode = "linear"} : (tensor<1x3x20xf32>, tensor<3xf32>) -> tensor<1x3x40xf32>
  return %0 : tensor<1x3x40xf32>
}
