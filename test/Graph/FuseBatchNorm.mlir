// RUN: ascend-opt %s --ascend-fuse-batch-norm --split-input-file | FileCheck %s
// RUN: ascend-opt %s --ascend-fuse-batch-norm=fold=false --split-input-file | FileCheck %s --check-prefix=APART --implicit-check-not=ascend.batch_norm

// scale 2 / sqrt(3 + 1) = 1 and 4 / sqrt(15 + 1) = 1; shifts 5 - 1 * 1 and 7 - 2 * 1.
// CHECK-LABEL: func.func @conv(
// CHECK-DAG: %[[W:.*]] = ascend.constant dense<{{\[\[\[\[}}1.0{{.*}}]]], {{\[\[\[}}2.0{{.*}}]]]]> : tensor<2x1x1x1xf32>
// CHECK-DAG: %[[B:.*]] = ascend.constant dense<[4.0{{.*}}, 5.0{{.*}}]> : tensor<2xf32>
// CHECK: %[[Y:.*]] = ascend.conv %arg0, %[[W]] bias %[[B]]
// CHECK-NEXT: return %[[Y]]
// APART-LABEL: func.func @conv(
// APART: %[[C:.*]] = ascend.conv %arg0
// APART: %[[M:.*]] = ascend.mul %[[C]]
// APART: ascend.add %[[M]]
func.func @conv(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = ascend.constant dense<[[[[1.0]]], [[[2.0]]]]> : tensor<2x1x1x1xf32>
  %s = ascend.constant dense<[2.0, 4.0]> : tensor<2xf32>
  %b = ascend.constant dense<[5.0, 7.0]> : tensor<2xf32>
  %m = ascend.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %v = ascend.constant dense<[3.0, 15.0]> : tensor<2xf32>
  %0 = ascend.conv %x, %w : (tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32>) -> tensor<1x2x4x4xf32>
  %1 = ascend.batch_norm %0, %s, %b, %m, %v {epsilon = 1.0 : f64}
      : (tensor<1x2x4x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4x4xf32>
  return %1 : tensor<1x2x4x4xf32>
}

// -----

// Group 0 of a transposed convolution makes channels 0 and 1, group 1 makes 2 and 3.
// CHECK-LABEL: func.func @conv_transpose(
// CHECK-DAG: ascend.constant dense<{{\[\[\[\[}}1.0{{.*}}]], {{\[\[}}1.0{{.*}}1]]], {{\[\[\[}}1.0{{.*}}2]], {{\[\[}}1.0{{.*}}3]]]]> : tensor<2x2x1x1xf32>
// CHECK: ascend.conv_transpose
// CHECK-NOT: ascend.mul
func.func @conv_transpose(%x: tensor<1x2x4x4xf32>) -> tensor<1x4x4x4xf32> {
  %w = ascend.constant dense<1.0> : tensor<2x2x1x1xf32>
  %s = ascend.constant dense<[[[1.0]], [[10.0]], [[100.0]], [[1000.0]]]> : tensor<4x1x1xf32>
  %0 = ascend.conv_transpose %x, %w {group = 2 : i64} : (tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) -> tensor<1x4x4x4xf32>
  %1 = ascend.mul %0, %s : (tensor<1x4x4x4xf32>, tensor<4x1x1xf32>) -> tensor<1x4x4x4xf32>
  return %1 : tensor<1x4x4x4xf32>
}

// -----

// A convolution with other users, and a constant that is not per channel, stay.
// CHECK-LABEL: func.func @stay(
// CHECK: ascend.conv
// CHECK: ascend.mul
// CHECK: ascend.conv
// CHECK: ascend.add
func.func @stay(%x: tensor<1x1x2x2xf32>) -> (tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>) {
  %w = ascend.constant dense<2.0> : tensor<1x1x1x1xf32>
  %s = ascend.constant dense<3.0> : tensor<f32>
  %p = ascend.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %0 = ascend.conv %x, %w : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  %1 = ascend.mul %0, %s : (tensor<1x1x2x2xf32>, tensor<f32>) -> tensor<1x1x2x2xf32>
  %2 = ascend.conv %1, %w : (tensor<1x1x2x2xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x2x2xf32>
  %3 = ascend.add %2, %p : (tensor<1x1x2x2xf32>, tensor<2x2xf32>) -> tensor<1x1x2x2xf32>
  return %0, %1, %3 : tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>, tensor<1x1x2x2xf32>
}

// -----

// CHECK-LABEL: func.func @alone(
// CHECK: %[[M:.*]] = ascend.mul %arg0, %{{.*}} : (tensor<1x2x4xf32>, tensor<2x1xf32>)
// CHECK: ascend.add %[[M]], %{{.*}} : (tensor<1x2x4xf32>, tensor<2x1xf32>)
func.func @alone(%x: tensor<1x2x4xf32>) -> tensor<1x2x4xf32> {
  %s = ascend.constant dense<[2.0, 4.0]> : tensor<2xf32>
  %1 = ascend.batch_norm %x, %s, %s, %s, %s
      : (tensor<1x2x4xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) -> tensor<1x2x4xf32>
  return %1 : tensor<1x2x4xf32>
}

// -----

// CHECK-LABEL: func.func @matmul(
// CHECK-DAG: %[[W:.*]] = ascend.constant dense<{{\[\[}}2.0{{.*}}, 6.0{{.*}}], [6.0{{.*}}, 1.2{{.*}}+01]]> : tensor<2x2xf32>
// CHECK-DAG: %[[B:.*]] = ascend.constant dense<[2.0{{.*}}, 3.0{{.*}}]> : tensor<2xf32>
// CHECK: %[[M:.*]] = ascend.matmul %arg0, %[[W]]
// CHECK: %[[A:.*]] = ascend.add %[[M]], %[[B]]
// CHECK: return %[[A]]
func.func @matmul(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  %w = ascend.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %b = ascend.constant dense<[1.0, 1.0]> : tensor<2xf32>
  %s = ascend.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %0 = ascend.matmul %x, %w : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %1 = ascend.add %0, %b : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %2 = ascend.mul %1, %s : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}
