// RUN: ascend-opt %s --ascend-eliminate-dead-code | FileCheck %s

// CHECK-LABEL: func.func @main
// CHECK-NEXT: ascend.constant dense_resource<used>
// CHECK-NEXT: ascend.mul
// CHECK-NEXT: return
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %used = ascend.constant dense_resource<used> : tensor<2xf32>
  %unused = ascend.constant dense_resource<unused> : tensor<2xf32>
  %0 = ascend.mul %x, %used : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = ascend.mul %x, %unused : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = ascend.relu %1 : (tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// The memory of the unused constant is gone, not only the op.
// CHECK: dialect_resources
// CHECK-NOT: unused
// CHECK: used: "0x
// CHECK-NOT: unused
{-#
  dialect_resources: {
    builtin: {
      unused: "0x080000000000803F00000040",
      used: "0x080000000000803F00000040"
    }
  }
#-}
