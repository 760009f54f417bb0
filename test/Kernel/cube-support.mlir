// RUN: ascend-opt %s --ascend-assign-engine --split-input-file | FileCheck %s

// What load3d, the on-chip memories and the pool kernel cannot do goes to the AI CPU, with a
// sentence that says why. The first op of each function has a kernel.
// CHECK-LABEL: func.func @convolutions(
// CHECK: ascend.conv %arg0, %{{.*}} : (
// CHECK: ascend.conv {{.*}}"a kernel above 255, a stride above 63 or a dilation above 255 has no instruction"
// CHECK: ascend.conv {{.*}}"padding as large as the kernel has no instruction"
// CHECK: ascend.conv {{.*}}"the kernel window is too large for the on-chip memory"
// CHECK: ascend.conv {{.*}}"convolution filters that are no constants have no AI core kernel"
// CHECK: ascend.conv {{.*}}"convolutions over other than two dimensions have no AI core kernel"
func.func @convolutions(%x: tensor<1x1x200x200xf32>, %f: tensor<1x1x1x1xf32>, %v: tensor<1x1x4x4x4xf32>)
    -> (tensor<1x1x200x200xf32>, tensor<1x1x4x4xf32>, tensor<1x1x204x204xf32>, tensor<1x1x1x1xf32>, tensor<1x1x200x200xf32>, tensor<1x1x4x4x4xf32>) {
  %c1 = ascend.constant dense<1.0> : tensor<1x1x1x1xf32>
  %c3 = ascend.constant dense<1.0> : tensor<1x1x1x1x1xf32>
  %c200 = ascend.constant dense<1.0> : tensor<1x1x200x200xf32>
  %0 = ascend.conv %x, %c1 : (tensor<1x1x200x200xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x200x200xf32>
  %1 = ascend.conv %x, %c1 {strides = array<i64: 64, 64>} : (tensor<1x1x200x200xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x4x4xf32>
  %2 = ascend.conv %x, %c1 {pads = array<i64: 2, 2, 2, 2>} : (tensor<1x1x200x200xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x204x204xf32>
  %3 = ascend.conv %x, %c200 : (tensor<1x1x200x200xf32>, tensor<1x1x200x200xf32>) -> tensor<1x1x1x1xf32>
  %4 = ascend.conv %x, %f : (tensor<1x1x200x200xf32>, tensor<1x1x1x1xf32>) -> tensor<1x1x200x200xf32>
  %5 = ascend.conv %v, %c3 : (tensor<1x1x4x4x4xf32>, tensor<1x1x1x1x1xf32>) -> tensor<1x1x4x4x4xf32>
  return %0, %1, %2, %3, %4, %5 : tensor<1x1x200x200xf32>, tensor<1x1x4x4xf32>, tensor<1x1x204x204xf32>, tensor<1x1x1x1xf32>, tensor<1x1x200x200xf32>, tensor<1x1x4x4x4xf32>
}

// -----

// Output padding beyond the kernel is zeros on chip; cropping more than the kernel is not there.
// CHECK-LABEL: func.func @transposed(
// CHECK: ascend.conv_transpose
// CHECK-NOT: aicpu
// CHECK: ascend.conv_transpose {{.*}}"padding as large as the kernel has no instruction"
func.func @transposed(%x: tensor<1x1x4x4xf32>) -> (tensor<1x1x17x17xf32>, tensor<1x1x9x9xf32>) {
  %c = ascend.constant dense<1.0> : tensor<1x1x2x2xf32>
  %0 = ascend.conv_transpose %x, %c {strides = array<i64: 4, 4>, output_padding = array<i64: 3, 3>} : (tensor<1x1x4x4xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x17x17xf32>
  %1 = ascend.conv_transpose %x, %c {strides = array<i64: 4, 4>, pads = array<i64: 3, 3, 2, 2>} : (tensor<1x1x4x4xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x9x9xf32>
  return %0, %1 : tensor<1x1x17x17xf32>, tensor<1x1x9x9xf32>
}

// -----

// CHECK-LABEL: func.func @others(
// CHECK: ascend.max_pool %arg0 {kernel_shape = array<i64: 2, 2>} :
// CHECK: ascend.max_pool {{.*}}"pools with indices have no AI core kernel"
// CHECK: ascend.max_pool {{.*}}"the pooling window is too large for the on-chip memory"
// CHECK: ascend.matmul {{.*}}"products with vectors have no AI core kernel"
// CHECK: ascend.slice {{.*}}"parameters that are no constants have no AI core kernel"
// CHECK: ascend.gather %{{.*}} : (
func.func @others(%x: tensor<1x1x90x90xf32>, %m: tensor<4x4xf32>, %v: tensor<4xf32>, %s: tensor<1xi64>)
    -> (tensor<1x1x89x89xf32>, tensor<1x1x89x89xf32>, tensor<1x1x1x1xf32>, tensor<4xf32>, tensor<1x4xf32>, tensor<1x4xf32>) {
  %i = ascend.constant dense<1> : tensor<1xi32>
  %0 = ascend.max_pool %x {kernel_shape = array<i64: 2, 2>} : (tensor<1x1x90x90xf32>) -> tensor<1x1x89x89xf32>
  %1:2 = ascend.max_pool %x {kernel_shape = array<i64: 2, 2>, with_indices = true} : (tensor<1x1x90x90xf32>) -> (tensor<1x1x89x89xf32>, tensor<1x1x89x89xi64>)
  %2 = ascend.max_pool %x {kernel_shape = array<i64: 90, 90>} : (tensor<1x1x90x90xf32>) -> tensor<1x1x1x1xf32>
  %3 = ascend.matmul %m, %v : (tensor<4x4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %4 = ascend.slice %m, %s, %s : (tensor<4x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<1x4xf32>
  %5 = ascend.gather %m, %i : (tensor<4x4xf32>, tensor<1xi32>) -> tensor<1x4xf32>
  return %0, %1#0, %2, %3, %4, %5 : tensor<1x1x89x89xf32>, tensor<1x1x89x89xf32>, tensor<1x1x1x1xf32>, tensor<4xf32>, tensor<1x4xf32>, tensor<1x4xf32>
}
