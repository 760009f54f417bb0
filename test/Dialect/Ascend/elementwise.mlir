// RUN: ascend-opt %s | ascend-opt | FileCheck %s
// RUN: ascend-opt %s --mlir-print-op-generic | ascend-opt | FileCheck %s

// CHECK-LABEL: func.func @unary
func.func @unary(%x: tensor<4xf32>, %b: tensor<4xi1>) -> tensor<4xf32> {
  // CHECK: ascend.relu %{{.*}} : (tensor<4xf32>) -> tensor<4xf32>
  %0 = ascend.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: ascend.hard_swish
  %1 = ascend.hard_swish %0 : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: ascend.not %{{.*}} : (tensor<4xi1>) -> tensor<4xi1>
  %2 = ascend.not %b : (tensor<4xi1>) -> tensor<4xi1>
  // CHECK: ascend.leaky_relu %{{.*}} {alpha = 2.000000e-01 : f64}
  %3 = ascend.leaky_relu %1 {alpha = 0.2 : f64} : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: ascend.gelu %{{.*}} {approximate = "tanh"}
  %4 = ascend.gelu %3 {approximate = "tanh"} : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK: ascend.where
  %5 = ascend.where %2, %4, %x
      : (tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %5 : tensor<4xf32>
}

// CHECK-LABEL: func.func @binary
func.func @binary(%x: tensor<2x1xf32>, %y: tensor<3xf32>) -> tensor<2x3xi1> {
  // CHECK: ascend.add %{{.*}}, %{{.*}} : (tensor<2x1xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %0 = ascend.add %x, %y : (tensor<2x1xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  // CHECK: ascend.greater %{{.*}} -> tensor<2x3xi1>
  %1 = ascend.greater %0, %y : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xi1>
  return %1 : tensor<2x3xi1>
}

// Each of the two optional operands may be absent.
// CHECK-LABEL: func.func @clip
func.func @clip(%x: tensor<4xf32>, %v: tensor<f32>) -> tensor<4xf32> {
  // CHECK: ascend.clip %{{.*}} min %{{.*}} max %{{.*}} :
  %0 = ascend.clip %x min %v max %v
      : (tensor<4xf32>, tensor<f32>, tensor<f32>) -> tensor<4xf32>
  // CHECK: ascend.clip %{{[^ ]*}} max %{{.*}} :
  %1 = ascend.clip %0 max %v : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  // CHECK: ascend.clip %{{[^ ]*}} : (tensor<4xf32>)
  %2 = ascend.clip %1 : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// Element types: halves, unsigned and signless integers.
// CHECK-LABEL: func.func @cast
func.func @cast(%x: tensor<4xui8>) -> tensor<4xi1> {
  // CHECK: (tensor<4xui8>) -> tensor<4xf16>
  %0 = ascend.cast %x {to = 10 : i64} : (tensor<4xui8>) -> tensor<4xf16>
  %1 = ascend.cast %0 {to = 7 : i64} : (tensor<4xf16>) -> tensor<4xi64>
  // CHECK: (tensor<4xi64>) -> tensor<4xi1>
  %2 = ascend.cast %1 {to = 9 : i64} : (tensor<4xi64>) -> tensor<4xi1>
  return %2 : tensor<4xi1>
}

// A result that is less precise than what is inferred is fine.
// CHECK-LABEL: func.func @unranked
func.func @unranked(%x: tensor<4xf32>, %y: tensor<*xf32>) -> tensor<*xf32> {
  // CHECK: (tensor<4xf32>) -> tensor<*xf32>
  %0 = ascend.relu %x : (tensor<4xf32>) -> tensor<*xf32>
  // CHECK: (tensor<*xf32>) -> tensor<4xf32>
  %1 = ascend.relu %y : (tensor<*xf32>) -> tensor<4xf32>
  // CHECK: (tensor<*xf32>, tensor<4xf32>) -> tensor<*xf32>
  %2 = ascend.add %0, %1 : (tensor<*xf32>, tensor<4xf32>) -> tensor<*xf32>
  return %2 : tensor<*xf32>
}
