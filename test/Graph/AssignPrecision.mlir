// RUN: ascend-opt %s --ascend-assign-precision --split-input-file | FileCheck %s --check-prefixes=CHECK,HALF
// RUN: ascend-opt %s --ascend-assign-precision=mode=must_keep_origin_dtype --split-input-file | FileCheck %s --check-prefixes=CHECK,KEEP

// The constant is converted at compile time, the bias added behind the convolution. Where
// types are kept, the rest of the input is multiplied too; the filter has no rest.
// CHECK-LABEL: func.func @conv(
// CHECK: %[[X:.*]] = ascend.cast %arg0 {{.*}} -> tensor<1x1x4x4xf16>
// KEEP: %[[BACK:.*]] = ascend.cast %[[X]] {{.*}} -> tensor<1x1x4x4xf32>
// KEEP: %[[REST:.*]] = ascend.sub %arg0, %[[BACK]]
// KEEP: %[[LOW:.*]] = ascend.cast %[[REST]] {{.*}} -> tensor<1x1x4x4xf16>
// CHECK: %[[W:.*]] = ascend.constant dense<2.000000e+00> : tensor<1x1x1x1xf16>
// CHECK: %[[C:.*]] = ascend.conv %[[X]], %[[W]]
// HALF-SAME: -> tensor<1x1x4x4xf16>
// KEEP-SAME: -> tensor<1x1x4x4xf32>
// KEEP: %[[L:.*]] = ascend.conv %[[LOW]], %[[W]]
// KEEP: %[[S:.*]] = ascend.add %[[L]], %[[C]]
// KEEP-NOT: ascend.conv
// HALF: %[[B:.*]] = ascend.constant dense<3.000000e+00> : tensor<1x1x1xf16>
// KEEP: %[[B:.*]] = ascend.constant dense<3.000000e+00> : tensor<1x1x1xf32>
// HALF: %[[A:.*]] = ascend.add %[[C]], %[[B]]
// KEEP: %[[A:.*]] = ascend.add %[[S]], %[[B]]
// CHECK: %[[R:.*]] = ascend.relu %[[A]]
// HALF: ascend.cast %[[R]] {{.*}} -> tensor<1x1x4x4xf32>
// KEEP-NEXT: return %[[R]]
func.func @conv(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32> {
  %w = ascend.constant dense<2.0> : tensor<1x1x1x1xf32>
  %b = ascend.constant dense<3.0> : tensor<1xf32>
  %0 = ascend.conv %x, %w bias %b : (tensor<1x1x4x4xf32>, tensor<1x1x1x1xf32>, tensor<1xf32>) -> tensor<1x1x4x4xf32>
  %1 = ascend.relu %0 : (tensor<1x1x4x4xf32>) -> tensor<1x1x4x4xf32>
  return %1 : tensor<1x1x4x4xf32>
}

// -----

// What is in f32 stays there until a matrix product asks for halves.
// CHECK-LABEL: func.func @risky(
// CHECK: %[[E:.*]] = ascend.exp %arg0 : (tensor<2x2xf32>)
// CHECK: %[[A:.*]] = ascend.add %[[E]], %[[E]] : (tensor<2x2xf32>
// CHECK: %[[H:.*]] = ascend.cast %[[A]] {{.*}} -> tensor<2x2xf16>
// CHECK: ascend.matmul %[[H]], %[[H]]
// KEEP: %[[L:.*]] = ascend.matmul %[[T:.*]], %[[H]]
// KEEP: %[[S:.*]] = ascend.add %[[L]]
// KEEP: %[[U:.*]] = ascend.matmul %[[H]], %[[T]]
// KEEP: %[[Y:.*]] = ascend.add %[[U]], %[[S]]
// KEEP: return %[[Y]]
func.func @risky(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %0 = ascend.exp %x : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = ascend.add %0, %0 : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %2 = ascend.matmul %1, %1 : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %2 : tensor<2x2xf32>
}

// -----

// The AI CPU keeps the model's types.
// CHECK-LABEL: func.func @aicpu(
// HALF: %[[P:.*]] = ascend.max_pool {{.*}} -> tensor<1x1x2x2xf16>
// HALF: %[[S:.*]] = ascend.cast %[[P]] {{.*}} -> tensor<1x1x2x2xf32>
// HALF: ascend.sin %[[S]] {ascend.engine = "aicpu"} : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
func.func @aicpu(%x: tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32> {
  %0 = ascend.max_pool %x {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32>
  %1 = ascend.sin %0 {ascend.engine = "aicpu"} : (tensor<1x1x2x2xf32>) -> tensor<1x1x2x2xf32>
  return %1 : tensor<1x1x2x2xf32>
}

// -----

// A network of halves computes its exponentials in f32; masks of -1e9 stay finite.
// Scores that no half is asked for keep the accumulator's type.
// CHECK-LABEL: func.func @scores(
// CHECK: %[[M:.*]] = ascend.matmul {{.*}} (tensor<2x2xf16>, tensor<2x2xf16>) -> tensor<2x2xf32>
// CHECK: %[[A:.*]] = ascend.add {{.*}} : (tensor<2x2xf32>, tensor<f32>)
// CHECK: ascend.softmax %[[A]]
func.func @scores(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  %m = ascend.constant dense<-1.0e9> : tensor<f32>
  %0 = ascend.matmul %x, %x : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = ascend.add %0, %m : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
  %2 = ascend.softmax %1 : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %2 : tensor<2x2xf32>
}

// -----

// CHECK-LABEL: func.func @f16(
// CHECK: %[[X:.*]] = ascend.cast %arg0 {{.*}} -> tensor<1x1x2x2xf32>
// CHECK: %[[E:.*]] = ascend.exp %[[X]]
// CHECK: ascend.cast %[[E]] {{.*}} -> tensor<1x1x2x2xf16>
func.func @f16(%x: tensor<1x1x2x2xf16>) -> tensor<1x1x2x2xf16> {
  %0 = ascend.exp %x : (tensor<1x1x2x2xf16>) -> tensor<1x1x2x2xf16>
  return %0 : tensor<1x1x2x2xf16>
}

// -----

// CHECK-LABEL: func.func @mask(
// HALF: ascend.constant dense<-6.550400e+04> : tensor<f16>
// CHECK: ascend.where
func.func @mask(%c: tensor<1x1x2x2xi1>, %x: tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32> {
  %m = ascend.constant dense<-1.0e9> : tensor<f32>
  %0 = ascend.max_pool %x {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (tensor<1x1x4x4xf32>) -> tensor<1x1x2x2xf32>
  %1 = ascend.where %c, %0, %m : (tensor<1x1x2x2xi1>, tensor<1x1x2x2xf32>, tensor<f32>) -> tensor<1x1x2x2xf32>
  return %1 : tensor<1x1x2x2xf32>
}

// -----

// Attention takes halves, the mask too.
// CHECK-LABEL: func.func @attention(
// HALF: ascend.attention %{{.*}}, %{{.*}}, %{{.*}} mask %{{.*}} {heads = 2 : i64}
// HALF-SAME: (tensor<1x8x32xf16>, tensor<1x8x32xf16>, tensor<1x8x32xf16>, tensor<1x1x1x8xf16>) -> tensor<1x8x32xf16>
func.func @attention(%x: tensor<1x8x32xf32>, %m: tensor<1x1x1x8xf32>) -> tensor<1x8x32xf32> {
  %0 = ascend.attention %x, %x, %x mask %m {heads = 2 : i64} : (tensor<1x8x32xf32>, tensor<1x8x32xf32>, tensor<1x8x32xf32>, tensor<1x1x1x8xf32>) -> tensor<1x8x32xf32>
  return %0 : tensor<1x8x32xf32>
}

// -----

// Integers and doubles are not touched.
// CHECK-LABEL: func.func @others(
// CHECK-NEXT: ascend.add %arg0, %arg0 : (tensor<4xi32>
// CHECK-NEXT: ascend.add %arg1, %arg1 : (tensor<4xf64>
func.func @others(%i: tensor<4xi32>, %d: tensor<4xf64>) -> (tensor<4xi32>, tensor<4xf64>) {
  %0 = ascend.add %i, %i : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  %1 = ascend.add %d, %d : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
  return %0, %1 : tensor<4xi32>, tensor<4xf64>
}

// -----

// The sum of a product, with its bias, and what passes by it is a half, though a
// normalisation reads it in f32.
// CHECK-LABEL: func.func @residual(
// HALF: %[[M:.*]] = ascend.matmul {{.*}} -> tensor<4x8xf16>
// HALF: %[[B:.*]] = ascend.add %[[M]], {{.*}} -> tensor<4x8xf16>
// HALF: %[[S:.*]] = ascend.add %{{.*}}, %[[B]] {{.*}} -> tensor<4x8xf16>
// HALF: %[[F:.*]] = ascend.cast %[[S]] {{.*}} -> tensor<4x8xf32>
// HALF: ascend.layer_norm %[[F]]
// KEEP-NOT: ascend.add {{.*}} -> tensor<4x8xf16>
func.func @residual(%x: tensor<4x8xf32>, %r: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %w = ascend.constant dense<1.0> : tensor<8x8xf32>
  %b = ascend.constant dense<2.0> : tensor<8xf32>
  %g = ascend.constant dense<3.0> : tensor<8xf32>
  %0 = ascend.matmul %x, %w : (tensor<4x8xf32>, tensor<8x8xf32>) -> tensor<4x8xf32>
  %1 = ascend.add %0, %b : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  %2 = ascend.add %r, %1 : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  %3 = ascend.layer_norm %2, %g : (tensor<4x8xf32>, tensor<8xf32>) -> tensor<4x8xf32>
  return %3 : tensor<4x8xf32>
}
