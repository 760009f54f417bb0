// RUN: ascend-opt %s --ascend-assign-layout --split-input-file | FileCheck %s

// Two convolutions with their per-channel constant and activation share one region. The first
// one reads 3 channels as pixels of 4 halves.
// CHECK-LABEL: func.func @region(
// CHECK: %[[X:.*]] = ascend.trans_data %arg0 {{.*}} -> tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0_c04>>
// CHECK: %[[A:.*]] = ascend.conv %[[X]], %{{.*}} tensor<16x3x1x1xf16, #ascend.layout<fractal_z_c04>>) -> tensor<1x16x8x8xf16, #ascend.layout<nc1hwc0>>
// CHECK: %[[B:.*]] = ascend.add %[[A]], %{{.*}} tensor<1x16x1x1xf16, #ascend.layout<nc1hwc0>>)
// CHECK: %[[R:.*]] = ascend.relu %[[B]]
// CHECK: %[[P:.*]] = ascend.max_pool %[[R]]
// CHECK: %[[C:.*]] = ascend.conv %[[P]]
// CHECK: %[[Y:.*]] = ascend.trans_data %[[C]] {{.*}} -> tensor<1x4x4x4xf16>
// CHECK: return %[[Y]]
func.func @region(%x: tensor<1x3x8x8xf16>) -> tensor<1x4x4x4xf16> {
  %w = ascend.constant dense<1.0> : tensor<16x3x1x1xf16>
  %v = ascend.constant dense<1.0> : tensor<4x16x1x1xf16>
  %b = ascend.constant dense<2.0> : tensor<16x1x1xf16>
  %0 = ascend.conv %x, %w : (tensor<1x3x8x8xf16>, tensor<16x3x1x1xf16>) -> tensor<1x16x8x8xf16>
  %1 = ascend.add %0, %b : (tensor<1x16x8x8xf16>, tensor<16x1x1xf16>) -> tensor<1x16x8x8xf16>
  %2 = ascend.relu %1 : (tensor<1x16x8x8xf16>) -> tensor<1x16x8x8xf16>
  %3 = ascend.max_pool %2 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (tensor<1x16x8x8xf16>) -> tensor<1x16x4x4xf16>
  %4 = ascend.conv %3, %v : (tensor<1x16x4x4xf16>, tensor<4x16x1x1xf16>) -> tensor<1x4x4x4xf16>
  return %4 : tensor<1x4x4x4xf16>
}

// -----

// The logarithm of padding lanes, which hold -1, stays row-major; with whole blocks of
// channels there are none.
// CHECK-LABEL: func.func @lanes(
// CHECK: %[[A:.*]] = ascend.conv
// CHECK: %[[N:.*]] = ascend.trans_data
// CHECK: ascend.log %[[N]] : (tensor<1x4x8x8xf16>)
// CHECK: %[[B:.*]] = ascend.conv
// CHECK: ascend.log %[[B]] : (tensor<1x16x8x8xf16, #ascend.layout<nc1hwc0>>)
func.func @lanes(%x: tensor<1x16x8x8xf16>) -> (tensor<1x4x8x8xf16>, tensor<1x16x8x8xf16>) {
  %w = ascend.constant dense<1.0> : tensor<4x16x1x1xf16>
  %v = ascend.constant dense<1.0> : tensor<16x16x1x1xf16>
  %one = ascend.constant dense<1.0> : tensor<f16>
  %0 = ascend.conv %x, %w : (tensor<1x16x8x8xf16>, tensor<4x16x1x1xf16>) -> tensor<1x4x8x8xf16>
  %m = ascend.sub %0, %one : (tensor<1x4x8x8xf16>, tensor<f16>) -> tensor<1x4x8x8xf16>
  %1 = ascend.log %m : (tensor<1x4x8x8xf16>) -> tensor<1x4x8x8xf16>
  %2 = ascend.conv %x, %v : (tensor<1x16x8x8xf16>, tensor<16x16x1x1xf16>) -> tensor<1x16x8x8xf16>
  %3 = ascend.log %2 : (tensor<1x16x8x8xf16>) -> tensor<1x16x8x8xf16>
  return %1, %3 : tensor<1x4x8x8xf16>, tensor<1x16x8x8xf16>
}

// -----

// A concatenation of channels in whole blocks joins the region, another one does not.
// CHECK-LABEL: func.func @concat(
// CHECK: ascend.concat {{.*}} -> tensor<1x18x8x8xf16, #ascend.layout<nc1hwc0>>
// CHECK: ascend.concat {{.*}} -> tensor<1x18x8x8xf16>
func.func @concat(%x: tensor<1x2x8x8xf16>) -> (tensor<1x18x8x8xf16>, tensor<1x18x8x8xf16>) {
  %w = ascend.constant dense<1.0> : tensor<16x2x1x1xf16>
  %0 = ascend.conv %x, %w : (tensor<1x2x8x8xf16>, tensor<16x2x1x1xf16>) -> tensor<1x16x8x8xf16>
  %1 = ascend.concat %0, %x {axis = 1 : i64} : (tensor<1x16x8x8xf16>, tensor<1x2x8x8xf16>) -> tensor<1x18x8x8xf16>
  %2 = ascend.concat %x, %0 {axis = 1 : i64} : (tensor<1x2x8x8xf16>, tensor<1x16x8x8xf16>) -> tensor<1x18x8x8xf16>
  return %1, %2 : tensor<1x18x8x8xf16>, tensor<1x18x8x8xf16>
}

// -----

// Only halves move between layouts: arithmetic in f32 that ends row-major starts so too,
// that between two convolutions stays with the images.
// CHECK-LABEL: func.func @f32_result(
// CHECK: %[[A:.*]] = ascend.conv
// CHECK: %[[N:.*]] = ascend.trans_data %[[A]] {{.*}} -> tensor<1x16x8x8xf16>
// CHECK: %[[C:.*]] = ascend.cast %[[N]] {{.*}} -> tensor<1x16x8x8xf32>
// CHECK: %[[Y:.*]] = ascend.exp %[[C]] : (tensor<1x16x8x8xf32>)
// CHECK: %[[D:.*]] = ascend.cast %[[A]] {{.*}} -> tensor<1x16x8x8xf32, #ascend.layout<nc1hwc0>>
// CHECK: ascend.exp %[[D]]
// CHECK: return %[[Y]]
func.func @f32_result(%x: tensor<1x2x8x8xf16>) -> (tensor<1x16x8x8xf32>, tensor<1x16x4x4xf16>) {
  %w = ascend.constant dense<1.0> : tensor<16x2x1x1xf16>
  %0 = ascend.conv %x, %w : (tensor<1x2x8x8xf16>, tensor<16x2x1x1xf16>) -> tensor<1x16x8x8xf16>
  %1 = ascend.cast %0 {to = 1 : i64} : (tensor<1x16x8x8xf16>) -> tensor<1x16x8x8xf32>
  %2 = ascend.exp %1 : (tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  %3 = ascend.cast %0 {to = 1 : i64} : (tensor<1x16x8x8xf16>) -> tensor<1x16x8x8xf32>
  %4 = ascend.exp %3 : (tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  %5 = ascend.cast %4 {to = 10 : i64} : (tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf16>
  %6 = ascend.max_pool %5 {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (tensor<1x16x8x8xf16>) -> tensor<1x16x4x4xf16>
  return %2, %6 : tensor<1x16x8x8xf32>, tensor<1x16x4x4xf16>
}

// -----

// CHECK-LABEL: func.func @matmul(
// CHECK: ascend.matmul %arg0, %{{.*}} tensor<4x2xf16, #ascend.layout<fractal_z>>) -> tensor<3x2xf16>
// CHECK: ascend.matmul %arg0, %arg1 : (tensor<3x4xf16>, tensor<4x2xf16>)
func.func @matmul(%x: tensor<3x4xf16>, %y: tensor<4x2xf16>) -> (tensor<3x2xf16>, tensor<3x2xf16>) {
  %w = ascend.constant dense<1.0> : tensor<4x2xf16>
  %0 = ascend.matmul %x, %w : (tensor<3x4xf16>, tensor<4x2xf16>) -> tensor<3x2xf16>
  %1 = ascend.matmul %x, %y : (tensor<3x4xf16>, tensor<4x2xf16>) -> tensor<3x2xf16>
  return %0, %1 : tensor<3x2xf16>, tensor<3x2xf16>
}

// -----

// Without an image in the layout, arithmetic stays row-major; the AI CPU always does.
// CHECK-LABEL: func.func @row_major(
// CHECK-NEXT: ascend.add %arg0, %arg0 : (tensor<1x16x8x8xf16>
// CHECK-NOT: trans_data
// CHECK: ascend.conv %arg0, %{{.*}} {ascend.engine = "aicpu"} : (tensor<1x16x8x8xf16>, tensor<1x16x1x1xf16>) -> tensor<1x1x8x8xf16>
func.func @row_major(%x: tensor<1x16x8x8xf16>) -> (tensor<1x16x8x8xf16>, tensor<1x1x8x8xf16>) {
  %0 = ascend.add %x, %x : (tensor<1x16x8x8xf16>, tensor<1x16x8x8xf16>) -> tensor<1x16x8x8xf16>
  %w = ascend.constant dense<1.0> : tensor<1x16x1x1xf16>
  %1 = ascend.conv %x, %w {ascend.engine = "aicpu"} : (tensor<1x16x8x8xf16>, tensor<1x16x1x1xf16>) -> tensor<1x1x8x8xf16>
  return %0, %1 : tensor<1x16x8x8xf16>, tensor<1x1x8x8xf16>
}

// -----

// A sum of f32 moves as it is.
// CHECK-LABEL: func.func @f32_sum(
// CHECK: %[[S:.*]] = ascend.add {{.*}} -> tensor<1x16x8x8xf32, #ascend.layout<nc1hwc0>>
// CHECK-NEXT: %[[R:.*]] = ascend.trans_data %[[S]] : {{.*}} -> tensor<1x16x8x8xf32>
// CHECK-NEXT: return %[[R]]
func.func @f32_sum(%x: tensor<1x2x8x8xf16>) -> tensor<1x16x8x8xf32> {
  %w = ascend.constant dense<1.0> : tensor<16x2x1x1xf16>
  %0 = ascend.conv %x, %w : (tensor<1x2x8x8xf16>, tensor<16x2x1x1xf16>) -> tensor<1x16x8x8xf32>
  %1 = ascend.add %0, %0 : (tensor<1x16x8x8xf32>, tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  return %1 : tensor<1x16x8x8xf32>
}

// -----

// Pixels of 4 halves are for one group of row-major channels: not where the image is in blocks
// already, and not where whole rows would fill L1.
// CHECK-LABEL: func.func @notPixels(
// CHECK: %[[P:.*]] = ascend.max_pool
// CHECK: ascend.conv %[[P]], %{{.*}} (tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0>>, tensor<16x3x3x3xf16, #ascend.layout<fractal_z>>)
// CHECK: ascend.conv %{{.*}} (tensor<1x4x8x8xf16, #ascend.layout<nc1hwc0>>, tensor<4x2x3x3xf16, #ascend.layout<fractal_z>>)
// CHECK: ascend.conv %{{.*}} (tensor<1x1x9x20000xf16, #ascend.layout<nc1hwc0>>, tensor<1x1x3x3xf16, #ascend.layout<fractal_z>>)
func.func @notPixels(%x: tensor<1x3x16x16xf16>, %y: tensor<1x4x8x8xf16>, %z: tensor<1x1x9x20000xf16>) -> (tensor<1x16x6x6xf16>, tensor<1x4x6x6xf16>, tensor<1x1x7x19998xf16>) {
  %w = ascend.constant dense<1.0> : tensor<16x3x3x3xf16>
  %v = ascend.constant dense<1.0> : tensor<4x2x3x3xf16>
  %u = ascend.constant dense<1.0> : tensor<1x1x3x3xf16>
  %0 = ascend.max_pool %x {kernel_shape = array<i64: 2, 2>, strides = array<i64: 2, 2>} : (tensor<1x3x16x16xf16>) -> tensor<1x3x8x8xf16>
  %1 = ascend.conv %0, %w : (tensor<1x3x8x8xf16>, tensor<16x3x3x3xf16>) -> tensor<1x16x6x6xf16>
  %2 = ascend.conv %y, %v {group = 2 : i64} : (tensor<1x4x8x8xf16>, tensor<4x2x3x3xf16>) -> tensor<1x4x6x6xf16>
  %3 = ascend.conv %z, %u : (tensor<1x1x9x20000xf16>, tensor<1x1x3x3xf16>) -> tensor<1x1x7x19998xf16>
  return %1, %2, %3 : tensor<1x16x6x6xf16>, tensor<1x4x6x6xf16>, tensor<1x1x7x19998xf16>
}

// -----

// What reaches a product of many rows enters FRACTAL_NZ ahead of the first op that can
// follow; constants are packed. The value for each row stays as it is.
// CHECK-LABEL: func.func @rows(
// CHECK: %[[X:.*]] = ascend.trans_data %arg0 {{.*}} -> tensor<2x16x32xf32, #ascend.layout<nz>>
// CHECK: %[[P:.*]] = ascend.add %[[X]], %{{.*}} tensor<1x16x32xf32, #ascend.layout<nz>>) -> tensor<2x16x32xf32, #ascend.layout<nz>>
// CHECK: %[[M:.*]] = ascend.mul %[[P]], %arg1 : {{.*}}, tensor<2x16x1xf32>) -> tensor<2x16x32xf32, #ascend.layout<nz>>
// CHECK: %[[N:.*]] = ascend.layer_norm %[[M]], %{{.*}} tensor<32xf32>, tensor<32xf32>) -> tensor<2x16x32xf32, #ascend.layout<nz>>
// CHECK: %[[H:.*]] = ascend.cast %[[N]]
// CHECK: %[[Y:.*]] = ascend.matmul %[[H]], %{{.*}} -> tensor<2x16x48xf16, #ascend.layout<nz>>
// CHECK: %[[B:.*]] = ascend.add %[[Y]], %{{.*}} tensor<1x48xf16, #ascend.layout<nz>>)
// CHECK: %[[R:.*]] = ascend.reshape %[[B]], %{{.*}} -> tensor<32x48xf16, #ascend.layout<nz>>
// CHECK: %[[E:.*]] = ascend.trans_data %[[R]] : {{.*}} -> tensor<32x48xf16>
// CHECK: return %[[E]]
func.func @rows(%x: tensor<2x16x32xf32>, %m: tensor<2x16x1xf32>) -> tensor<32x48xf16> {
  %g = ascend.constant dense<2.0> : tensor<32xf32>
  %b = ascend.constant dense<1.0> : tensor<32xf32>
  %w = ascend.constant dense<1.0> : tensor<32x48xf16>
  %c = ascend.constant dense<1.0> : tensor<48xf16>
  %p = ascend.constant dense<1.0> : tensor<1x16x32xf32>
  %s = ascend.constant dense<[32, 48]> : tensor<2xi64>
  %0 = ascend.add %x, %p : (tensor<2x16x32xf32>, tensor<1x16x32xf32>) -> tensor<2x16x32xf32>
  %1 = ascend.mul %0, %m : (tensor<2x16x32xf32>, tensor<2x16x1xf32>) -> tensor<2x16x32xf32>
  %2 = ascend.layer_norm %1, %g bias %b {epsilon = 1.0e-05 : f64} : (tensor<2x16x32xf32>, tensor<32xf32>, tensor<32xf32>) -> tensor<2x16x32xf32>
  %3 = ascend.cast %2 {to = 10 : i64} : (tensor<2x16x32xf32>) -> tensor<2x16x32xf16>
  %4 = ascend.matmul %3, %w : (tensor<2x16x32xf16>, tensor<32x48xf16>) -> tensor<2x16x48xf16>
  %5 = ascend.add %4, %c : (tensor<2x16x48xf16>, tensor<48xf16>) -> tensor<2x16x48xf16>
  %6 = ascend.reshape %5, %s : (tensor<2x16x48xf16>, tensor<2xi64>) -> tensor<32x48xf16>
  return %6 : tensor<32x48xf16>
}

// -----

// Padding lanes that could be infinite do not enter a product; the sum stays row-major.
// CHECK-LABEL: func.func @padding(
// CHECK: %[[A:.*]] = ascend.matmul {{.*}} -> tensor<16x20xf16, #ascend.layout<nz>>
// CHECK: %[[E:.*]] = ascend.exp %[[A]] {{.*}} -> tensor<16x20xf16, #ascend.layout<nz>>
// CHECK: %[[F:.*]] = ascend.trans_data %[[E]]
// CHECK: ascend.div %[[F]], {{.*}} -> tensor<16x20xf16>
func.func @padding(%x: tensor<16x16xf16>, %d: tensor<16x20xf16>) -> tensor<16x16xf16> {
  %w = ascend.constant dense<1.0> : tensor<16x20xf16>
  %v = ascend.constant dense<1.0> : tensor<20x16xf16>
  %0 = ascend.matmul %x, %w : (tensor<16x16xf16>, tensor<16x20xf16>) -> tensor<16x20xf16>
  %1 = ascend.exp %0 : (tensor<16x20xf16>) -> tensor<16x20xf16>
  %2 = ascend.div %1, %d : (tensor<16x20xf16>, tensor<16x20xf16>) -> tensor<16x20xf16>
  %3 = ascend.matmul %2, %v : (tensor<16x20xf16>, tensor<20x16xf16>) -> tensor<16x16xf16>
  return %3 : tensor<16x16xf16>
}

// -----

// Channels of an image become columns without a row-major step; rows are joined, and whole
// blocks of columns parted, in FRACTAL_NZ.
// CHECK-LABEL: func.func @patches(
// CHECK: %[[C:.*]] = ascend.conv {{.*}} -> tensor<1x32x4x4xf16, #ascend.layout<nc1hwc0>>
// CHECK: %[[T:.*]] = ascend.transpose %[[C]] {perm = array<i64: 0, 2, 3, 1>} : {{.*}} -> tensor<1x4x4x32xf16, #ascend.layout<nz>>
// CHECK: %[[R:.*]] = ascend.reshape %[[T]], {{.*}} -> tensor<1x16x32xf16, #ascend.layout<nz>>
// CHECK: %[[J:.*]] = ascend.concat %{{.*}}, %[[R]] {{.*}} -> tensor<1x17x32xf16, #ascend.layout<nz>>
// CHECK: %[[M:.*]] = ascend.matmul %[[J]], {{.*}} -> tensor<1x17x32xf16, #ascend.layout<nz>>
// CHECK: %[[P:.*]]:2 = ascend.split %[[M]]{{.*}} -> (tensor<1x17x16xf16, #ascend.layout<nz>>, tensor<1x17x16xf16, #ascend.layout<nz>>)
// CHECK: ascend.slice %[[P]]#0{{.*}} -> tensor<1x2x16xf16, #ascend.layout<nz>>
func.func @patches(%x: tensor<1x2x4x4xf16>) -> (tensor<1x2x16xf16>, tensor<1x17x16xf16>) {
  %f = ascend.constant dense<1.0> : tensor<32x2x1x1xf16>
  %t = ascend.constant dense<1.0> : tensor<1x1x32xf16>
  %w = ascend.constant dense<1.0> : tensor<32x32xf16>
  %s = ascend.constant dense<[1, 32, 16]> : tensor<3xi64>
  %starts = ascend.constant dense<1> : tensor<1xi64>
  %ends = ascend.constant dense<3> : tensor<1xi64>
  %axes = ascend.constant dense<1> : tensor<1xi64>
  %0 = ascend.conv %x, %f : (tensor<1x2x4x4xf16>, tensor<32x2x1x1xf16>) -> tensor<1x32x4x4xf16>
  %1 = ascend.reshape %0, %s : (tensor<1x32x4x4xf16>, tensor<3xi64>) -> tensor<1x32x16xf16>
  %2 = ascend.transpose %1 {perm = array<i64: 0, 2, 1>} : (tensor<1x32x16xf16>) -> tensor<1x16x32xf16>
  %3 = ascend.concat %t, %2 {axis = 1 : i64} : (tensor<1x1x32xf16>, tensor<1x16x32xf16>) -> tensor<1x17x32xf16>
  %4 = ascend.matmul %3, %w : (tensor<1x17x32xf16>, tensor<32x32xf16>) -> tensor<1x17x32xf16>
  %5:2 = ascend.split %4 {axis = 2 : i64, num_outputs = 2 : i64} : (tensor<1x17x32xf16>) -> (tensor<1x17x16xf16>, tensor<1x17x16xf16>)
  %6 = ascend.slice %5#0, %starts, %ends axes %axes : (tensor<1x17x16xf16>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x2x16xf16>
  return %6, %5#1 : tensor<1x2x16xf16>, tensor<1x17x16xf16>
}

// -----

// Heads are read as they lie: rows in blocks from a product, row-major from elsewhere.
// CHECK-LABEL: func.func @attention(
// CHECK: %[[Q:.*]] = ascend.matmul {{.*}} -> tensor<1x16x32xf16, #ascend.layout<nz>>
// CHECK-NEXT: %[[Y:.*]] = ascend.attention %[[Q]], %arg1, %arg1 {heads = 2 : i64} : (tensor<1x16x32xf16, #ascend.layout<nz>>, tensor<1x16x32xf16>, tensor<1x16x32xf16>) -> tensor<1x16x32xf16, #ascend.layout<nz>>
// CHECK-NEXT: ascend.trans_data %[[Y]]
func.func @attention(%x: tensor<1x16x32xf16>, %k: tensor<1x16x32xf16>) -> tensor<1x16x32xf16> {
  %w = ascend.constant dense<1.0> : tensor<32x32xf16>
  %q = ascend.matmul %x, %w : (tensor<1x16x32xf16>, tensor<32x32xf16>) -> tensor<1x16x32xf16>
  %y = ascend.attention %q, %k, %k {heads = 2 : i64} : (tensor<1x16x32xf16>, tensor<1x16x32xf16>, tensor<1x16x32xf16>) -> tensor<1x16x32xf16>
  return %y : tensor<1x16x32xf16>
}
