// RUN: ascend-opt %s --ascend-normalize --split-input-file | FileCheck %s

// The form of exporters below opset 17; scale and bias are rows of constants.
// CHECK-LABEL: func.func @layer_norm(
// CHECK-DAG: %[[S:.*]] = ascend.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<4xf32>
// CHECK-DAG: %[[B:.*]] = ascend.constant dense<[5.000000e+00, 6.000000e+00, 7.000000e+00, 8.000000e+00]> : tensor<4xf32>
// CHECK: %[[Y:.*]] = ascend.layer_norm %arg0, %[[S]] bias %[[B]] {epsilon = 9.99{{[0-9]*}}E-6
// CHECK-NEXT: return %[[Y]]
func.func @layer_norm(%x: tensor<2x3x4xf32>) -> tensor<2x3x4xf32> {
  %axes = ascend.constant dense<-1> : tensor<1xi64>
  %2 = ascend.constant dense<2.0> : tensor<f32>
  %eps = ascend.constant dense<1.0e-05> : tensor<f32>
  %s = ascend.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %b = ascend.constant dense<[[[5.0, 6.0, 7.0, 8.0]]]> : tensor<1x1x4xf32>
  %m = ascend.reduce_mean %x axes %axes : (tensor<2x3x4xf32>, tensor<1xi64>) -> tensor<2x3x1xf32>
  %d = ascend.sub %x, %m : (tensor<2x3x4xf32>, tensor<2x3x1xf32>) -> tensor<2x3x4xf32>
  %q = ascend.pow %d, %2 : (tensor<2x3x4xf32>, tensor<f32>) -> tensor<2x3x4xf32>
  %v = ascend.reduce_mean %q axes %axes : (tensor<2x3x4xf32>, tensor<1xi64>) -> tensor<2x3x1xf32>
  %e = ascend.add %v, %eps : (tensor<2x3x1xf32>, tensor<f32>) -> tensor<2x3x1xf32>
  %r = ascend.sqrt %e : (tensor<2x3x1xf32>) -> tensor<2x3x1xf32>
  %n = ascend.div %d, %r : (tensor<2x3x4xf32>, tensor<2x3x1xf32>) -> tensor<2x3x4xf32>
  %p = ascend.mul %n, %s : (tensor<2x3x4xf32>, tensor<4xf32>) -> tensor<2x3x4xf32>
  %y = ascend.add %p, %b : (tensor<2x3x4xf32>, tensor<1x1x4xf32>) -> tensor<2x3x4xf32>
  return %y : tensor<2x3x4xf32>
}

// -----

// The mean over another dimension is no layer normalisation.
// CHECK-LABEL: func.func @other_dimension(
// CHECK-NOT: ascend.layer_norm
// CHECK: return
func.func @other_dimension(%x: tensor<2x4x4xf32>) -> tensor<2x4x4xf32> {
  %axes = ascend.constant dense<1> : tensor<1xi64>
  %eps = ascend.constant dense<1.0e-05> : tensor<f32>
  %m = ascend.reduce_mean %x axes %axes : (tensor<2x4x4xf32>, tensor<1xi64>) -> tensor<2x1x4xf32>
  %d = ascend.sub %x, %m : (tensor<2x4x4xf32>, tensor<2x1x4xf32>) -> tensor<2x4x4xf32>
  %q = ascend.mul %d, %d : (tensor<2x4x4xf32>, tensor<2x4x4xf32>) -> tensor<2x4x4xf32>
  %v = ascend.reduce_mean %q axes %axes : (tensor<2x4x4xf32>, tensor<1xi64>) -> tensor<2x1x4xf32>
  %e = ascend.add %v, %eps : (tensor<2x1x4xf32>, tensor<f32>) -> tensor<2x1x4xf32>
  %r = ascend.sqrt %e : (tensor<2x1x4xf32>) -> tensor<2x1x4xf32>
  %n = ascend.div %d, %r : (tensor<2x4x4xf32>, tensor<2x1x4xf32>) -> tensor<2x4x4xf32>
  return %n : tensor<2x4x4xf32>
}
