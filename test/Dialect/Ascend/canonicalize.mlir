// RUN: ascend-opt %s --canonicalize --split-input-file | FileCheck %s

// Ops that change nothing vanish.
// CHECK-LABEL: func.func @nothing
// CHECK-SAME: (%[[X:.*]]: tensor<2x4xf32>)
// CHECK-NEXT: return %[[X]]
func.func @nothing(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %shape = ascend.constant dense<[2, 4]> : tensor<2xi64>
  %zeros = ascend.constant dense<0> : tensor<4xi64>
  %start = ascend.constant dense<0> : tensor<1xi64>
  %end = ascend.constant dense<9> : tensor<1xi64>
  %0 = ascend.identity %x : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %1 = ascend.dropout %0 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %2 = ascend.reshape %1, %shape : (tensor<2x4xf32>, tensor<2xi64>) -> tensor<2x4xf32>
  %3 = ascend.cast %2 {to = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %4 = ascend.pad %3, %zeros : (tensor<2x4xf32>, tensor<4xi64>) -> tensor<2x4xf32>
  %5 = ascend.slice %4, %start, %end
      : (tensor<2x4xf32>, tensor<1xi64>, tensor<1xi64>) -> tensor<2x4xf32>
  %6 = ascend.expand %5, %shape : (tensor<2x4xf32>, tensor<2xi64>) -> tensor<2x4xf32>
  %7 = ascend.transpose %6 {perm = array<i64: 0, 1>} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %8 = ascend.concat %7 {axis = 0 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  return %8 : tensor<2x4xf32>
}

// -----

// What keeps the shape but not the data stays: a reversal, a shift, a transposition.
// CHECK-LABEL: func.func @something
// CHECK: ascend.slice
// CHECK: ascend.pad
// CHECK: ascend.transpose
func.func @something(%x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %start = ascend.constant dense<-1> : tensor<1xi64>
  %end = ascend.constant dense<-9> : tensor<1xi64>
  %zero = ascend.constant dense<0> : tensor<1xi64>
  %pads = ascend.constant dense<[1, 0, -1, 0]> : tensor<4xi64>
  %0 = ascend.slice %x, %start, %end axes %zero steps %start
      : (tensor<4x4xf32>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>, tensor<1xi64>)
      -> tensor<4x4xf32>
  %1 = ascend.pad %0, %pads : (tensor<4x4xf32>, tensor<4xi64>) -> tensor<4x4xf32>
  %2 = ascend.transpose %1 : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return %2 : tensor<4x4xf32>
}

// -----

// Moving only dimensions of extent one changes nothing.
// CHECK-LABEL: func.func @unitDimensions
// CHECK-NEXT: return %arg0
func.func @unitDimensions(%x: tensor<1x1x4xf32>) -> tensor<1x1x4xf32> {
  %0 = ascend.transpose %x {perm = array<i64: 1, 0, 2>}
      : (tensor<1x1x4xf32>) -> tensor<1x1x4xf32>
  return %0 : tensor<1x1x4xf32>
}

// -----

// CHECK-LABEL: func.func @chains
// CHECK: %[[S:.*]] = ascend.constant dense<[4, 6]> : tensor<2xi64>
// CHECK: %[[R:.*]] = ascend.reshape %arg0, %[[S]] : (tensor<2x3x4xf32>, tensor<2xi64>)
// CHECK: ascend.transpose %arg0 {perm = array<i64: 2, 1, 0>}
func.func @chains(%x: tensor<2x3x4xf32>) -> (tensor<4x6xf32>, tensor<4x3x2xf32>) {
  %shape = ascend.constant dense<[4, -1]> : tensor<2xi64>
  %0 = ascend.flatten %x : (tensor<2x3x4xf32>) -> tensor<2x12xf32>
  %1 = ascend.reshape %0, %shape : (tensor<2x12xf32>, tensor<2xi64>) -> tensor<4x6xf32>
  %2 = ascend.transpose %x {perm = array<i64: 1, 2, 0>}
      : (tensor<2x3x4xf32>) -> tensor<3x4x2xf32>
  %3 = ascend.transpose %2 {perm = array<i64: 1, 0, 2>}
      : (tensor<3x4x2xf32>) -> tensor<4x3x2xf32>
  return %1, %3 : tensor<4x6xf32>, tensor<4x3x2xf32>
}

// -----

// CHECK-LABEL: func.func @layouts
// CHECK-NEXT: return %arg0
func.func @layouts(%x: tensor<1x3x8x8xf16>) -> tensor<1x3x8x8xf16> {
  %0 = ascend.trans_data %x
      : (tensor<1x3x8x8xf16>) -> tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0>>
  %1 = ascend.trans_data %0
      : (tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0>>) -> tensor<1x3x8x8xf16>
  return %1 : tensor<1x3x8x8xf16>
}

// -----

// The mask of a dropout is all true; training is not inference.
// CHECK-LABEL: func.func @dropout
// CHECK: %[[M:.*]] = ascend.constant dense<true> : tensor<4xi1>
// CHECK: return %arg0, %[[M]]
func.func @dropout(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi1>) {
  %0:2 = ascend.dropout %x {with_mask = true} : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi1>)
  return %0#0, %0#1 : tensor<4xf32>, tensor<4xi1>
}
