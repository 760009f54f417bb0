// RUN: ascend-opt %s --ascend-fuse-attention --split-input-file | FileCheck %s

// Heads split and joined by transposes: nothing is left of them.
// CHECK-LABEL: func.func @heads(
// CHECK-NOT: ascend.transpose
// CHECK: %[[Y:.*]] = ascend.attention %arg0, %arg1, %arg2 {heads = 2 : i64, scale = 2.500000e-01 : f64}
// CHECK-SAME: (tensor<1x8x32xf32>, tensor<1x6x32xf32>, tensor<1x6x32xf32>) -> tensor<1x8x32xf32>
// CHECK-NEXT: return %[[Y]]
func.func @heads(%q: tensor<1x8x32xf32>, %k: tensor<1x6x32xf32>, %v: tensor<1x6x32xf32>) -> tensor<1x8x32xf32> {
  %long = ascend.constant dense<[1, 8, 2, 16]> : tensor<4xi64>
  %short = ascend.constant dense<[1, 6, 2, 16]> : tensor<4xi64>
  %joined = ascend.constant dense<[1, 8, 32]> : tensor<3xi64>
  %quarter = ascend.constant dense<0.25> : tensor<f32>
  %q0 = ascend.reshape %q, %long : (tensor<1x8x32xf32>, tensor<4xi64>) -> tensor<1x8x2x16xf32>
  %k0 = ascend.reshape %k, %short : (tensor<1x6x32xf32>, tensor<4xi64>) -> tensor<1x6x2x16xf32>
  %v0 = ascend.reshape %v, %short : (tensor<1x6x32xf32>, tensor<4xi64>) -> tensor<1x6x2x16xf32>
  %q1 = ascend.transpose %q0 {perm = array<i64: 0, 2, 1, 3>} : (tensor<1x8x2x16xf32>) -> tensor<1x2x8x16xf32>
  %k1 = ascend.transpose %k0 {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x6x2x16xf32>) -> tensor<1x2x16x6xf32>
  %v1 = ascend.transpose %v0 {perm = array<i64: 0, 2, 1, 3>} : (tensor<1x6x2x16xf32>) -> tensor<1x2x6x16xf32>
  %s = ascend.matmul %q1, %k1 : (tensor<1x2x8x16xf32>, tensor<1x2x16x6xf32>) -> tensor<1x2x8x6xf32>
  %t = ascend.mul %s, %quarter : (tensor<1x2x8x6xf32>, tensor<f32>) -> tensor<1x2x8x6xf32>
  %p = ascend.softmax %t : (tensor<1x2x8x6xf32>) -> tensor<1x2x8x6xf32>
  %o = ascend.matmul %p, %v1 : (tensor<1x2x8x6xf32>, tensor<1x2x6x16xf32>) -> tensor<1x2x8x16xf32>
  %o1 = ascend.transpose %o {perm = array<i64: 0, 2, 1, 3>} : (tensor<1x2x8x16xf32>) -> tensor<1x8x2x16xf32>
  %y = ascend.reshape %o1, %joined : (tensor<1x8x2x16xf32>, tensor<3xi64>) -> tensor<1x8x32xf32>
  return %y : tensor<1x8x32xf32>
}

// -----

// A mask that is added, a divisor of the query, no batch, and keys turned in two steps.
// CHECK-LABEL: func.func @mask(
// CHECK: %[[M:.*]] = ascend.reshape %arg2, %{{.*}} -> tensor<1x1x1x8xf32>
// CHECK: ascend.attention %{{.*}}, %{{.*}}, %{{.*}} mask %[[M]] {heads = 2 : i64, scale = 5.000000e-01 : f64}
// CHECK: return %{{.*}} : tensor<8x32xf32>
func.func @mask(%q: tensor<8x2x16xf32>, %k: tensor<8x2x16xf32>, %m: tensor<1x1x8xf32>) -> tensor<8x32xf32> {
  %two = ascend.constant dense<2.0> : tensor<f32>
  %joined = ascend.constant dense<[8, 32]> : tensor<2xi64>
  %q1 = ascend.transpose %q {perm = array<i64: 1, 0, 2>} : (tensor<8x2x16xf32>) -> tensor<2x8x16xf32>
  %q2 = ascend.div %q1, %two : (tensor<2x8x16xf32>, tensor<f32>) -> tensor<2x8x16xf32>
  %k0 = ascend.transpose %k {perm = array<i64: 1, 0, 2>} : (tensor<8x2x16xf32>) -> tensor<2x8x16xf32>
  %k1 = ascend.transpose %k0 {perm = array<i64: 0, 2, 1>} : (tensor<2x8x16xf32>) -> tensor<2x16x8xf32>
  %s = ascend.matmul %q2, %k1 : (tensor<2x8x16xf32>, tensor<2x16x8xf32>) -> tensor<2x8x8xf32>
  %t = ascend.add %m, %s : (tensor<1x1x8xf32>, tensor<2x8x8xf32>) -> tensor<2x8x8xf32>
  %p = ascend.softmax %t {axis = 2 : i64} : (tensor<2x8x8xf32>) -> tensor<2x8x8xf32>
  %o = ascend.matmul %p, %k0 : (tensor<2x8x8xf32>, tensor<2x8x16xf32>) -> tensor<2x8x16xf32>
  %o1 = ascend.transpose %o {perm = array<i64: 1, 0, 2>} : (tensor<2x8x16xf32>) -> tensor<8x2x16xf32>
  %y = ascend.reshape %o1, %joined : (tensor<8x2x16xf32>, tensor<2xi64>) -> tensor<8x32xf32>
  return %y : tensor<8x32xf32>
}

// -----

// Without head transposes each matrix is a batch of one head; the choice becomes a mask.
// CHECK-LABEL: func.func @batches(
// CHECK: %[[LOW:.*]] = ascend.constant dense<-1.000000e+04> : tensor<f32>
// CHECK-NEXT: %[[ZERO:.*]] = ascend.constant dense<0.000000e+00> : tensor<f32>
// CHECK-NEXT: %[[M:.*]] = ascend.where %arg3, %[[ZERO]], %[[LOW]]
// CHECK: %[[A:.*]] = ascend.attention %{{.*}}, %{{.*}}, %{{.*}} mask %[[M]] {heads = 1 : i64}
// CHECK-SAME: (tensor<6x8x16xf32>, tensor<6x8x16xf32>, tensor<6x8x16xf32>, tensor<1x1x8x8xf32>) -> tensor<6x8x16xf32>
// CHECK: ascend.reshape %[[A]], %{{.*}} -> tensor<2x3x8x16xf32>
func.func @batches(%q: tensor<2x3x8x16xf32>, %k: tensor<2x3x8x16xf32>, %v: tensor<2x3x8x16xf32>,
                   %c: tensor<1x1x8x8xi1>) -> tensor<2x3x8x16xf32> {
  %low = ascend.constant dense<-1.0e4> : tensor<1xf32>
  %k1 = ascend.transpose %k {perm = array<i64: 0, 1, 3, 2>} : (tensor<2x3x8x16xf32>) -> tensor<2x3x16x8xf32>
  %s = ascend.matmul %q, %k1 : (tensor<2x3x8x16xf32>, tensor<2x3x16x8xf32>) -> tensor<2x3x8x8xf32>
  %t = ascend.where %c, %s, %low : (tensor<1x1x8x8xi1>, tensor<2x3x8x8xf32>, tensor<1xf32>) -> tensor<2x3x8x8xf32>
  %p = ascend.softmax %t {axis = 3 : i64} : (tensor<2x3x8x8xf32>) -> tensor<2x3x8x8xf32>
  %o = ascend.matmul %p, %v : (tensor<2x3x8x8xf32>, tensor<2x3x8x16xf32>) -> tensor<2x3x8x16xf32>
  return %o : tensor<2x3x8x16xf32>
}

// -----

// Heads of 12 columns, and probabilities that somebody else reads.
// CHECK-LABEL: func.func @stays(
// CHECK-NOT: ascend.attention
func.func @stays(%q: tensor<2x8x12xf32>, %k: tensor<2x8x12xf32>, %r: tensor<2x8x16xf32>)
    -> (tensor<2x8x12xf32>, tensor<2x8x16xf32>, tensor<2x8x8xf32>) {
  %k1 = ascend.transpose %k {perm = array<i64: 0, 2, 1>} : (tensor<2x8x12xf32>) -> tensor<2x12x8xf32>
  %s = ascend.matmul %q, %k1 : (tensor<2x8x12xf32>, tensor<2x12x8xf32>) -> tensor<2x8x8xf32>
  %p = ascend.softmax %s : (tensor<2x8x8xf32>) -> tensor<2x8x8xf32>
  %o = ascend.matmul %p, %k : (tensor<2x8x8xf32>, tensor<2x8x12xf32>) -> tensor<2x8x12xf32>
  %r1 = ascend.transpose %r {perm = array<i64: 0, 2, 1>} : (tensor<2x8x16xf32>) -> tensor<2x16x8xf32>
  %s2 = ascend.matmul %r, %r1 : (tensor<2x8x16xf32>, tensor<2x16x8xf32>) -> tensor<2x8x8xf32>
  %p2 = ascend.softmax %s2 : (tensor<2x8x8xf32>) -> tensor<2x8x8xf32>
  %o2 = ascend.matmul %p2, %r : (tensor<2x8x8xf32>, tensor<2x8x16xf32>) -> tensor<2x8x16xf32>
  return %o, %o2, %p2 : tensor<2x8x12xf32>, tensor<2x8x16xf32>, tensor<2x8x8xf32>
}

// -----

// Query, key and value as parts of one tensor, taken apart in front of the heads.
// CHECK-LABEL: func.func @packed(
// CHECK: %[[R:.*]] = ascend.reshape %arg0, %{{.*}} -> tensor<2x8x96xf32>
// CHECK: %[[Q:.*]] = ascend.slice %[[R]], {{.*}} -> tensor<2x8x32xf32>
// CHECK: %[[K:.*]] = ascend.slice
// CHECK: %[[V:.*]] = ascend.slice
// CHECK: ascend.attention %[[Q]], %[[K]], %[[V]] {heads = 2 : i64}
func.func @packed(%x: tensor<2x8x3x2x16xf32>) -> tensor<2x2x8x16xf32> {
  %shape = ascend.constant dense<[2, 2, 8, 16]> : tensor<4xi64>
  %t = ascend.transpose %x {perm = array<i64: 2, 0, 3, 1, 4>} : (tensor<2x8x3x2x16xf32>) -> tensor<3x2x2x8x16xf32>
  %a, %b, %c = ascend.split %t {axis = 0 : i64, num_outputs = 3 : i64} : (tensor<3x2x2x8x16xf32>) -> (tensor<1x2x2x8x16xf32>, tensor<1x2x2x8x16xf32>, tensor<1x2x2x8x16xf32>)
  %q = ascend.reshape %a, %shape : (tensor<1x2x2x8x16xf32>, tensor<4xi64>) -> tensor<2x2x8x16xf32>
  %k = ascend.reshape %b, %shape : (tensor<1x2x2x8x16xf32>, tensor<4xi64>) -> tensor<2x2x8x16xf32>
  %v = ascend.reshape %c, %shape : (tensor<1x2x2x8x16xf32>, tensor<4xi64>) -> tensor<2x2x8x16xf32>
  %kt = ascend.transpose %k {perm = array<i64: 0, 1, 3, 2>} : (tensor<2x2x8x16xf32>) -> tensor<2x2x16x8xf32>
  %s = ascend.matmul %q, %kt : (tensor<2x2x8x16xf32>, tensor<2x2x16x8xf32>) -> tensor<2x2x8x8xf32>
  %p = ascend.softmax %s : (tensor<2x2x8x8xf32>) -> tensor<2x2x8x8xf32>
  %o = ascend.matmul %p, %v : (tensor<2x2x8x8xf32>, tensor<2x2x8x16xf32>) -> tensor<2x2x8x16xf32>
  return %o : tensor<2x2x8x16xf32>
}
