// RUN: ascend-opt %s --ascend-infer-shapes --split-input-file --verify-diagnostics | FileCheck %s

// Shape arithmetic of an exporter: [N, C, H, W] -> [N, C * H * W].
// CHECK-LABEL: func.func @flatten(
// CHECK-SAME: -> tensor<2x192xf32>
// CHECK-NEXT: %[[S:.*]] = ascend.constant dense<[2, -1]> : tensor<2xi64>
// CHECK-NEXT: %[[Y:.*]] = ascend.reshape %arg0, %[[S]] : (tensor<2x3x8x8xf32>, tensor<2xi64>) -> tensor<2x192xf32>
// CHECK-NEXT: return %[[Y]] : tensor<2x192xf32>
func.func @flatten(%x: tensor<2x3x8x8xf32>) -> tensor<*xf32> {
  %zero = ascend.constant dense<0> : tensor<i64>
  %axis = ascend.constant dense<0> : tensor<1xi64>
  %rest = ascend.constant dense<-1> : tensor<1xi64>
  %0 = ascend.shape %x : (tensor<2x3x8x8xf32>) -> tensor<4xi64>
  %1 = ascend.gather %0, %zero : (tensor<4xi64>, tensor<i64>) -> tensor<i64>
  %2 = ascend.unsqueeze %1, %axis : (tensor<i64>, tensor<1xi64>) -> tensor<1xi64>
  %3 = ascend.concat %2, %rest {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %4 = ascend.reshape %x, %3 : (tensor<2x3x8x8xf32>, tensor<2xi64>) -> tensor<*xf32>
  return %4 : tensor<*xf32>
}

// -----

// Types are refined through what follows, too.
// CHECK-LABEL: func.func @follow(
// CHECK: ascend.relu %{{.*}} : (tensor<4x2xf32>) -> tensor<4x2xf32>
// CHECK: ascend.matmul %{{.*}} -> tensor<4x3xf32>
func.func @follow(%x: tensor<8xf32>, %w: tensor<2x3xf32>) -> tensor<*xf32> {
  %n = ascend.constant dense<4> : tensor<1xi64>
  %m = ascend.constant dense<-1> : tensor<1xi64>
  %s = ascend.concat %n, %m {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %0 = ascend.reshape %x, %s : (tensor<8xf32>, tensor<2xi64>) -> tensor<*xf32>
  %1 = ascend.relu %0 : (tensor<*xf32>) -> tensor<*xf32>
  %2 = ascend.matmul %1, %w : (tensor<*xf32>, tensor<2x3xf32>) -> tensor<*xf32>
  return %2 : tensor<*xf32>
}

// -----

// Arithmetic on constants; one repeated value takes no memory, however large.
// CHECK-LABEL: func.func @values(
// CHECK-DAG: %[[A:.*]] = ascend.constant dense<[5.000000e+00, 8.000000e+00]> : tensor<2xf32>
// CHECK-DAG: %[[B:.*]] = ascend.constant dense<5.000000e-01> : tensor<4096x4096xf32>
// CHECK-DAG: %[[C:.*]] = ascend.constant dense<[0, 2, 4]> : tensor<3xi64>
// CHECK: return %[[A]], %[[B]], %[[C]]
func.func @values() -> (tensor<2xf32>, tensor<*xf32>, tensor<*xi64>) {
  %a = ascend.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %b = ascend.constant dense<[4.0, 6.0]> : tensor<2xf32>
  %0 = ascend.add %a, %b : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %n = ascend.constant dense<4096> : tensor<2xi64>
  %1 = ascend.constant_of_shape %n {value_dtype = 1 : i64, value_float = 0.5 : f64}
      : (tensor<2xi64>) -> tensor<*xf32>
  %start = ascend.constant dense<0> : tensor<i64>
  %limit = ascend.constant dense<5> : tensor<i64>
  %delta = ascend.constant dense<2> : tensor<i64>
  %2 = ascend.range %start, %limit, %delta
      : (tensor<i64>, tensor<i64>, tensor<i64>) -> tensor<*xi64>
  return %0, %1, %2 : tensor<2xf32>, tensor<*xf32>, tensor<*xi64>
}

// -----

// A large result of a small operand stays an op: it costs less to compute than to store.
// CHECK-LABEL: func.func @large(
// CHECK: ascend.expand
func.func @large() -> tensor<2x1024x1024xf32> {
  %v = ascend.constant dense<[[[1.0]], [[2.0]]]> : tensor<2x1x1xf32>
  %s = ascend.constant dense<[2, 1024, 1024]> : tensor<3xi64>
  %0 = ascend.expand %v, %s : (tensor<2x1x1xf32>, tensor<3xi64>) -> tensor<2x1024x1024xf32>
  return %0 : tensor<2x1024x1024xf32>
}

// -----

// Reshaped weights are the same bytes under another type.
// CHECK-LABEL: func.func @weights(
// CHECK: ascend.constant dense_resource<w> : tensor<1x2xf32>
func.func @weights(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  %w = ascend.constant dense_resource<w> : tensor<2xf32>
  %axis = ascend.constant dense<0> : tensor<1xi64>
  %0 = ascend.unsqueeze %w, %axis : (tensor<2xf32>, tensor<1xi64>) -> tensor<1x2xf32>
  %1 = ascend.mul %x, %0 : (tensor<3x2xf32>, tensor<1x2xf32>) -> tensor<3x2xf32>
  return %1 : tensor<3x2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      w: "0x080000000000803F00000040"
    }
  }
#-}

// -----

// The model's own statement is the last resort, not the first.
// CHECK-LABEL: func.func @declared(
// CHECK: ascend.reshape %{{.*}} : (tensor<8xf32>, tensor<2xi64>) -> tensor<2x4xf32>
// CHECK: ascend.reshape %{{.*}} : (tensor<8xf32>, tensor<2xi64>) -> tensor<4x2xf32>
func.func @declared(%x: tensor<8xf32>, %n: tensor<2xi64>) -> (tensor<*xf32>, tensor<*xf32>) {
  %0 = ascend.reshape %x, %n {ascend.declared_shapes = [array<i64: 2, 4>]}
      : (tensor<8xf32>, tensor<2xi64>) -> tensor<*xf32>
  %c = ascend.constant dense<[4, 2]> : tensor<2xi64>
  %1 = ascend.reshape %x, %c {ascend.declared_shapes = [array<i64: 2, 4>]}
      : (tensor<8xf32>, tensor<2xi64>) -> tensor<*xf32>
  return %0, %1 : tensor<*xf32>, tensor<*xf32>
}

// -----

// Functions of one operand keep the shape, so what follows may tell it.
// CHECK-LABEL: func.func @declaredLater(
// CHECK: ascend.reduce_sum {{.*}} -> tensor<2x1xf32>
// CHECK: ascend.sqrt {{.*}} -> tensor<2x1xf32>
func.func @declaredLater(%x: tensor<2x8xf32>, %axes: tensor<1xi64>) -> tensor<*xf32> {
  %0 = ascend.reduce_sum %x axes %axes : (tensor<2x8xf32>, tensor<1xi64>) -> tensor<*xf32>
  %1 = ascend.sqrt %0 {ascend.declared_shapes = [array<i64: 2, 1>]}
      : (tensor<*xf32>) -> tensor<*xf32>
  return %1 : tensor<*xf32>
}

// -----

func.func @dynamic(%x: tensor<8xf32>, %n: tensor<2xi64>) -> tensor<*xf32> {
  // expected-error @below {{the shape of its result depends on data that is only known at run time}}
  %0 = ascend.reshape %x, %n : (tensor<8xf32>, tensor<2xi64>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}

// -----

// A mistake that shows only when the shape arithmetic is done.
func.func @wrong(%x: tensor<8xf32>) -> tensor<*xf32> {
  %n = ascend.constant dense<3> : tensor<1xi64>
  %s = ascend.concat %n, %n {axis = 0 : i64} : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  // expected-error-re @below {{{{.*}}}}
  %0 = ascend.reshape %x, %s : (tensor<8xf32>, tensor<2xi64>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}
