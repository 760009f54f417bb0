// RUN: ascend-opt %s --ascend-merge-projections --split-input-file | FileCheck %s

// Three products of one input, of which only one has a bias.
// CHECK-LABEL: func.func @three(
// CHECK: %[[W:.*]] = ascend.constant dense_resource<[[BLOB:.*]]> : tensor<2x48xf32>
// CHECK-NEXT: %[[P:.*]] = ascend.matmul %arg0, %[[W]]
// CHECK-NEXT: %[[B:.*]] = ascend.constant dense<{{.*}}0.0{{.*}}5.0{{.*}}0.0{{.*}}> : tensor<48xf32>
// CHECK-NEXT: %[[S:.*]] = ascend.add %[[P]], %[[B]]
// CHECK-NEXT: ascend.attention %[[S]], %[[S]], %[[S]] {columns = array<i64: 0, 16, 32>, heads = 1 : i64, value_width = 16 : i64, width = 16 : i64}
// CHECK-NOT: ascend.matmul
// CHECK: [[BLOB]]: "0x04000000{{((0000803F){16}(00000040){16}(00004040){16}(0000803F){16}(00000040){16}(00004040){16})}}"
func.func @three(%x: tensor<1x4x2xf32>) -> tensor<1x4x16xf32> {
  %wq = ascend.constant dense<1.0> : tensor<2x16xf32>
  %wk = ascend.constant dense<2.0> : tensor<2x16xf32>
  %wv = ascend.constant dense<3.0> : tensor<2x16xf32>
  %b = ascend.constant dense<5.0> : tensor<16xf32>
  %q = ascend.matmul %x, %wq : (tensor<1x4x2xf32>, tensor<2x16xf32>) -> tensor<1x4x16xf32>
  %k0 = ascend.matmul %x, %wk : (tensor<1x4x2xf32>, tensor<2x16xf32>) -> tensor<1x4x16xf32>
  %k = ascend.add %b, %k0 : (tensor<16xf32>, tensor<1x4x16xf32>) -> tensor<1x4x16xf32>
  %v = ascend.matmul %x, %wv : (tensor<1x4x2xf32>, tensor<2x16xf32>) -> tensor<1x4x16xf32>
  %y = ascend.attention %q, %k, %v {heads = 1 : i64} : (tensor<1x4x16xf32>, tensor<1x4x16xf32>, tensor<1x4x16xf32>) -> tensor<1x4x16xf32>
  return %y : tensor<1x4x16xf32>
}

// -----

// Keys and values of another input than the query; matrices of rows.
// CHECK-LABEL: func.func @two(
// CHECK: %[[Q:.*]] = ascend.matmul %arg0, %{{.*}} -> tensor<1x4x16xf32>
// CHECK: %[[P:.*]] = ascend.matmul %arg1, %{{.*}} -> tensor<6x48xf32>
// CHECK: %[[R:.*]] = ascend.reshape %[[P]], %{{.*}} -> tensor<1x6x48xf32>
// CHECK: ascend.attention %[[Q]], %[[R]], %[[R]] {columns = array<i64: 0, 0, 16>, heads = 1 : i64, value_width = 32 : i64, width = 16 : i64}
func.func @two(%x: tensor<1x4x2xf32>, %z: tensor<6x2xf32>) -> tensor<1x4x32xf32> {
  %wq = ascend.constant dense<1.0> : tensor<2x16xf32>
  %wv = ascend.constant dense<3.0> : tensor<2x32xf32>
  %s = ascend.constant dense<[1, 6, 16]> : tensor<3xi64>
  %t = ascend.constant dense<[1, 6, 32]> : tensor<3xi64>
  %q = ascend.matmul %x, %wq : (tensor<1x4x2xf32>, tensor<2x16xf32>) -> tensor<1x4x16xf32>
  %k0 = ascend.matmul %z, %wq : (tensor<6x2xf32>, tensor<2x16xf32>) -> tensor<6x16xf32>
  %v0 = ascend.matmul %z, %wv : (tensor<6x2xf32>, tensor<2x32xf32>) -> tensor<6x32xf32>
  %k = ascend.reshape %k0, %s : (tensor<6x16xf32>, tensor<3xi64>) -> tensor<1x6x16xf32>
  %v = ascend.reshape %v0, %t : (tensor<6x32xf32>, tensor<3xi64>) -> tensor<1x6x32xf32>
  %y = ascend.attention %q, %k, %v {heads = 1 : i64} : (tensor<1x4x16xf32>, tensor<1x6x16xf32>, tensor<1x6x32xf32>) -> tensor<1x4x32xf32>
  return %y : tensor<1x4x32xf32>
}

// -----

// A product that the model itself splits, by split and by slice.
// CHECK-LABEL: func.func @split(
// CHECK: ascend.attention %arg0, %arg0, %arg0 {columns = array<i64: 0, 32, 64>, heads = 2 : i64, value_width = 16 : i64, width = 16 : i64}
func.func @split(%x: tensor<1x4x96xf32>) -> tensor<1x4x32xf32> {
  %from = ascend.constant dense<-32> : tensor<1xi64>
  %to = ascend.constant dense<9223372036854775807> : tensor<1xi64>
  %last = ascend.constant dense<2> : tensor<1xi64>
  %q, %k, %r = ascend.split %x {axis = -1 : i64, num_outputs = 3 : i64} : (tensor<1x4x96xf32>) -> (tensor<1x4x32xf32>, tensor<1x4x32xf32>, tensor<1x4x32xf32>)
  %v = ascend.slice %x, %from, %to axes %last : (tensor<1x4x96xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x4x32xf32>
  %y = ascend.attention %q, %k, %v {heads = 2 : i64} : (tensor<1x4x32xf32>, tensor<1x4x32xf32>, tensor<1x4x32xf32>) -> tensor<1x4x32xf32>
  return %y : tensor<1x4x32xf32>
}

// -----

// Somebody else reads the keys; columns 8 and on begin inside a block.
// CHECK-LABEL: func.func @stays(
// CHECK-COUNT-2: ascend.matmul
// CHECK: ascend.attention %{{.*}} {heads = 1 : i64} :
func.func @stays(%x: tensor<1x4x2xf32>, %z: tensor<1x4x24xf32>) -> (tensor<1x4x16xf32>, tensor<1x4x16xf32>) {
  %w = ascend.constant dense<1.0> : tensor<2x16xf32>
  %sizes = ascend.constant dense<[8, 16]> : tensor<2xi64>
  %q = ascend.matmul %x, %w : (tensor<1x4x2xf32>, tensor<2x16xf32>) -> tensor<1x4x16xf32>
  %k = ascend.matmul %x, %w : (tensor<1x4x2xf32>, tensor<2x16xf32>) -> tensor<1x4x16xf32>
  %n, %v = ascend.split %z sizes %sizes {axis = 2 : i64, num_outputs = 2 : i64} : (tensor<1x4x24xf32>, tensor<2xi64>) -> (tensor<1x4x8xf32>, tensor<1x4x16xf32>)
  %y = ascend.attention %q, %k, %v {heads = 1 : i64} : (tensor<1x4x16xf32>, tensor<1x4x16xf32>, tensor<1x4x16xf32>) -> tensor<1x4x16xf32>
  return %y, %k : tensor<1x4x16xf32>, tensor<1x4x16xf32>
}
