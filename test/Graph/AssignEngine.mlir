// RUN: ascend-opt %s --ascend-assign-engine | FileCheck %s

// Arithmetic on floats has a kernel, on doubles it has none; a reshape is nobody's work.
// CHECK-LABEL: func.func @main(
// CHECK: ascend.add %arg0, %arg0 : (tensor<4xf32>
// CHECK: ascend.add %arg1, %arg1 {ascend.engine = "aicpu", ascend.engine_reason = "{{.*}}f64{{.*}}"}
// CHECK: ascend.gather_nd %{{.*}} {ascend.engine = "aicpu", ascend.engine_reason = "{{.+}}"}
// CHECK: ascend.reshape %arg0, %{{[0-9a-z]+}} : (
func.func @main(%x: tensor<4xf32>, %d: tensor<4xf64>, %i: tensor<2x1xi64>)
    -> (tensor<4xf32>, tensor<4xf64>, tensor<2xf64>, tensor<2x2xf32>) {
  %s = ascend.constant dense<[2, 2]> : tensor<2xi64>
  %0 = ascend.add %x, %x : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = ascend.add %d, %d : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
  %2 = ascend.gather_nd %d, %i : (tensor<4xf64>, tensor<2x1xi64>) -> tensor<2xf64>
  %3 = ascend.reshape %x, %s : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  return %0, %1, %2, %3 : tensor<4xf32>, tensor<4xf64>, tensor<2xf64>, tensor<2x2xf32>
}
