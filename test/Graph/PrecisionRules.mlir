// RUN: ascend-opt %s --ascend-assign-precision=mode=mixed_float16 --split-input-file | FileCheck %s --check-prefixes=CHECK,MIXED
// RUN: ascend-opt %s --ascend-assign-precision=mode=allow_fp32_to_fp16 --split-input-file | FileCheck %s --check-prefixes=CHECK,ALLOW
// RUN: ascend-opt %s --ascend-assign-precision=mode=cube_fp16in_fp32out --split-input-file | FileCheck %s --check-prefixes=CHECK,CUBE
// RUN: ascend-opt %s --ascend-assign-precision --split-input-file | FileCheck %s --check-prefix=FORCE
// RUN: ascend-opt %s --ascend-assign-precision=mode=must_keep_origin_dtype --split-input-file | FileCheck %s --check-prefix=KEEP
// RUN: not ascend-opt %s --ascend-assign-precision=mode=bf16 --split-input-file 2>&1 | FileCheck %s --check-prefix=WRONG
// WRONG: unknown precision mode 'bf16'

// Mixed: the convolution is white, relu grey behind it, exp black, the sum grey behind that.
// CHECK-LABEL: func.func @lists(
// CHECK: %[[X:.*]] = ascend.cast %arg0 {{.*}} -> tensor<1x16x4x4xf16>
// CHECK: %[[C:.*]] = ascend.conv %[[X]],
// MIXED-SAME: -> tensor<1x16x4x4xf16>
// ALLOW-SAME: -> tensor<1x16x4x4xf16>
// CUBE-SAME: -> tensor<1x16x4x4xf32>
// CHECK-NOT: ascend.conv
// MIXED: %[[R:.*]] = ascend.relu %[[C]] : (tensor<1x16x4x4xf16>)
// MIXED: %[[S:.*]] = ascend.cast %[[R]] {{.*}} -> tensor<1x16x4x4xf32>
// MIXED: %[[E:.*]] = ascend.exp %[[S]]
// ALLOW: %[[S:.*]] = ascend.cast %[[C]] {{.*}} -> tensor<1x16x4x4xf32>
// ALLOW: %[[R:.*]] = ascend.relu %[[S]]
// ALLOW: %[[E:.*]] = ascend.exp %[[R]]
// CUBE: %[[R:.*]] = ascend.relu %[[C]]
// CUBE: %[[E:.*]] = ascend.exp %[[R]]
// CHECK: %[[Y:.*]] = ascend.add %[[E]], %[[E]] : (tensor<1x16x4x4xf32>
// CHECK: return %[[Y]]
func.func @lists(%x: tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32> {
  %w = ascend.constant dense<2.0> : tensor<16x16x1x1xf32>
  %0 = ascend.conv %x, %w : (tensor<1x16x4x4xf32>, tensor<16x16x1x1xf32>) -> tensor<1x16x4x4xf32>
  %1 = ascend.relu %0 : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %2 = ascend.exp %1 : (tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %3 = ascend.add %2, %2 : (tensor<1x16x4x4xf32>, tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  return %3 : tensor<1x16x4x4xf32>
}

// -----

// Grey ops follow the network's input, too, and what is behind a product is in halves.
// CHECK-LABEL: func.func @grey(
// CHECK: ascend.add %arg0, %arg0 : (tensor<16x16xf32>
// MIXED: %[[P:.*]] = ascend.matmul {{.*}} -> tensor<16x16xf16>
// MIXED: ascend.mul %[[P]], %[[P]] : (tensor<16x16xf16>
// ALLOW: %[[P:.*]] = ascend.matmul {{.*}} -> tensor<16x16xf32>
// ALLOW: ascend.mul %[[P]], %[[P]] : (tensor<16x16xf32>
// CUBE: %[[P:.*]] = ascend.matmul {{.*}} -> tensor<16x16xf32>
// CUBE: ascend.mul %[[P]], %[[P]] : (tensor<16x16xf32>
func.func @grey(%x: tensor<16x16xf32>) -> tensor<16x16xf32> {
  %0 = ascend.add %x, %x : (tensor<16x16xf32>, tensor<16x16xf32>) -> tensor<16x16xf32>
  %1 = ascend.matmul %0, %0 : (tensor<16x16xf32>, tensor<16x16xf32>) -> tensor<16x16xf32>
  %2 = ascend.mul %1, %1 : (tensor<16x16xf32>, tensor<16x16xf32>) -> tensor<16x16xf32>
  return %2 : tensor<16x16xf32>
}

// -----

// A pool has no kernel for f32: where nothing must keep its type it takes halves.
// CHECK-LABEL: func.func @pool(
// MIXED: ascend.global_average_pool {{.*}}f16
// ALLOW: ascend.global_average_pool {{.*}}f16
// CUBE: ascend.global_average_pool %arg0 {ascend.engine = "aicpu"
func.func @pool(%x: tensor<1x16x4x4xf32>) -> tensor<1x16x1x1xf32> {
  %0 = ascend.global_average_pool %x : (tensor<1x16x4x4xf32>) -> tensor<1x16x1x1xf32>
  return %0 : tensor<1x16x1x1xf32>
}

// -----

// The policy speaks of nodes. A product that is kept in f32 is made of three, its neighbour of
// one; under must_keep_origin_dtype a node can be given to halves.
// FORCE-LABEL: func.func @nodes(
// FORCE-COUNT-3: ascend.matmul
// FORCE: %[[M:.*]] = ascend.mul {{.*}} : (tensor<16x16xf32>
// FORCE: ascend.cast %[[M]] {{.*}} -> tensor<16x16xf16>
// FORCE: ascend.matmul
// FORCE-NOT: ascend.matmul
// KEEP-LABEL: func.func @nodes(
// KEEP: ascend.mul {{.*}} : (tensor<16x16xf32>
// KEEP: ascend.matmul {{.*}} -> tensor<16x16xf16>
// KEEP-NOT: ascend.matmul
// KEEP: return
func.func @nodes(%x: tensor<16x16xf32>) -> tensor<16x16xf32> attributes {
    ascend.precision_policy = {nodes = {"a/kept" = "keep_f32", half = "f16"}}} {
  %0 = ascend.matmul %x, %x : (tensor<16x16xf32>, tensor<16x16xf32>) -> tensor<16x16xf32> loc("a/kept")
  %1 = ascend.mul %0, %0 : (tensor<16x16xf32>, tensor<16x16xf32>) -> tensor<16x16xf32> loc("a/kept")
  %2 = ascend.matmul %1, %1 : (tensor<16x16xf32>, tensor<16x16xf32>) -> tensor<16x16xf32> loc("half")
  return %2 : tensor<16x16xf32>
}

// -----

// Of several nodes that an op stands for, the one that keeps most of f32 counts; ops that
// fusion made go by their own name.
// FORCE-LABEL: func.func @fused(
// FORCE: ascend.add {{.*}} : (tensor<16x16xf32>
// FORCE: ascend.gelu {{.*}} : (tensor<16x16xf32>
func.func @fused(%x: tensor<16x16xf16>) -> tensor<16x16xf16> attributes {
    ascend.precision_policy = {nodes = {a = "f16", b = "keep_f32"}, ops = {gelu = "keep_f32"}}} {
  %s = ascend.cast %x {to = 1 : i64} : (tensor<16x16xf16>) -> tensor<16x16xf32>
  %0 = ascend.add %s, %s : (tensor<16x16xf32>, tensor<16x16xf32>) -> tensor<16x16xf32> loc(fused["a", "b"])
  %1 = ascend.gelu %0 {approximate = "none"} : (tensor<16x16xf32>) -> tensor<16x16xf32> loc("c")
  %2 = ascend.cast %1 {to = 10 : i64} : (tensor<16x16xf32>) -> tensor<16x16xf16>
  return %2 : tensor<16x16xf16>
}
