// RUN: ascend-opt %s --split-input-file --ascend-slice-batch | FileCheck %s
// RUN: ascend-opt %s --split-input-file --ascend-slice-batch=l2-size=1000000000 | FileCheck %s --check-prefix=FITS

// FITS-NOT: ascend.batch_loop

// Two of three tensors of 25 MB are read and written by kernels of one loop: what passes
// between them is a slice. Weights and per-channel values stay whole.
!image = tensor<64x64x56x56xf16, #ascend.layout<nc1hwc0>>
!filter = tensor<64x64x3x3xf16, #ascend.layout<fractal_z>>
!bias = tensor<1x64x1x1xf16, #ascend.layout<nc1hwc0>>
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%[[X:.*]]: [[IMAGE:tensor<64x64x56x56.*>>]], %[[F:.*]]: [[FILTER:tensor<64x64x3x3.*>>]], %[[B:.*]]: tensor<1x64x1x1
// CHECK-NEXT: %[[Y:.*]] = ascend.batch_loop [[COUNT:[0-9]+]](%[[X]]) : ([[IMAGE]]) -> [[IMAGE]] {
// CHECK-NEXT: ^bb0(%[[S:.*]]: [[SLICE:tensor<[0-9]x64x56x56xf16, #ascend.layout<nc1hwc0>>]]):
// CHECK-NEXT: %[[A:.*]] = ascend.kernel "first" <cube_conv>(%[[S]], %[[F]], %[[B]]) : ([[SLICE]], [[FILTER]], {{.*}}) -> [[SLICE]] {
// CHECK-NEXT: ^bb0(%{{.*}}: [[SLICE]], %{{.*}}: [[FILTER]], %{{.*}}: tensor<1x64x1x1
// CHECK: %[[R:.*]] = ascend.kernel "second" <cube_conv>(%[[A]], %[[F]], %[[S]]) : ([[SLICE]], [[FILTER]], [[SLICE]]) -> [[SLICE]] {
// CHECK: ascend.yield %[[R]] : [[SLICE]]
// CHECK-NEXT: }
// CHECK-NEXT: return %[[Y]]
func.func @main(%x: !image, %f: !filter, %b: !bias) -> !image {
  %0 = ascend.kernel "first" <cube_conv> (%x, %f, %b) : (!image, !filter, !bias) -> !image {
  ^bb0(%v: !image, %w: !filter, %c: !bias):
    %r = ascend.conv %v, %w {pads = array<i64: 1, 1, 1, 1>} : (!image, !filter) -> !image
    %s = ascend.add %r, %c : (!image, !bias) -> !image
    ascend.yield %s : !image
  }
  %1 = ascend.kernel "second" <cube_conv> (%0, %f, %x) : (!image, !filter, !image) -> !image {
  ^bb0(%v: !image, %w: !filter, %c: !image):
    %r = ascend.conv %v, %w {pads = array<i64: 1, 1, 1, 1>} : (!image, !filter) -> !image
    %s = ascend.add %r, %c : (!image, !image) -> !image
    ascend.yield %s : !image
  }
  return %1 : !image
}

// -----

// A reshape between kernels is made again in the loop; a form of a result that is used
// behind the loop stays there. The softmax over the batch is left out.
!matrix = tensor<64x262144xf16>
!rows = tensor<4096x4096xf16>
// CHECK-LABEL: func.func @main
// CHECK: %[[L:.*]] = ascend.batch_loop [[COUNT:[0-9]+]](%arg0) : (tensor<64x262144xf16>) -> tensor<4096x4096xf16> {
// CHECK: %[[A:.*]] = ascend.kernel "first"
// CHECK: %[[SHAPE:.*]] = ascend.constant dense<[{{[0-9]+}}, 4096]>
// CHECK: %[[F:.*]] = ascend.reshape %[[A]], %[[SHAPE]]
// CHECK: %[[R:.*]] = ascend.kernel "rows" <reduce>(%[[F]])
// CHECK: ascend.yield %[[R]]
// CHECK: %[[V:.*]] = ascend.reshape %[[L]]
// CHECK: ascend.kernel "columns" <reduce>(%[[L]]) : (tensor<4096x4096xf16>)
// CHECK: return %{{.*}}, %[[V]]
func.func @main(%x: !matrix) -> (!rows, !matrix) {
  %shape = ascend.constant dense<[4096, 4096]> : tensor<2xi64>
  %back = ascend.constant dense<[64, 262144]> : tensor<2xi64>
  %0 = ascend.kernel "first" <elementwise> (%x) : (!matrix) -> !matrix {
  ^bb0(%v: !matrix):
    %r = ascend.relu %v : (!matrix) -> !matrix
    ascend.yield %r : !matrix
  }
  %1 = ascend.reshape %0, %shape : (!matrix, tensor<2xi64>) -> !rows
  %2 = ascend.kernel "rows" <reduce> (%1) : (!rows) -> !rows {
  ^bb0(%v: !rows):
    %r = ascend.softmax %v {axis = 1} : (!rows) -> !rows
    ascend.yield %r : !rows
  }
  %3 = ascend.reshape %2, %back : (!rows, tensor<2xi64>) -> !matrix
  %4 = ascend.kernel "columns" <reduce> (%2) : (!rows) -> !rows {
  ^bb0(%v: !rows):
    %r = ascend.softmax %v {axis = 0} : (!rows) -> !rows
    ascend.yield %r : !rows
  }
  return %4, %3 : !rows, !matrix
}

// -----

// Small tensors pass through L2 as they are.
!small = tensor<64x1024xf16>
// CHECK-LABEL: func.func @main
// CHECK-NOT: ascend.batch_loop
// CHECK: return
func.func @main(%x: !small) -> !small {
  %0 = ascend.kernel "a" <elementwise> (%x) : (!small) -> !small {
  ^bb0(%v: !small):
    %r = ascend.relu %v : (!small) -> !small
    ascend.yield %r : !small
  }
  %1 = ascend.kernel "b" <reduce> (%0) : (!small) -> !small {
  ^bb0(%v: !small):
    %r = ascend.softmax %v {axis = 1} : (!small) -> !small
    ascend.yield %r : !small
  }
  return %1 : !small
}

// -----

// Blocks of columns lie outside of the rows: such a tensor cannot be cut at a loop's border,
// and an operator of the AI CPU stands between two others.
!nd = tensor<64x512x1024xf16>
!nz = tensor<64x512x1024xf16, #ascend.layout<nz>>
// CHECK-LABEL: func.func @main
// CHECK-NOT: ascend.batch_loop
// CHECK: return
func.func @main(%x: !nz) -> !nd {
  %0 = ascend.kernel "a" <elementwise> (%x) : (!nz) -> !nz {
  ^bb0(%v: !nz):
    %r = ascend.relu %v : (!nz) -> !nz
    ascend.yield %r : !nz
  }
  %1 = ascend.kernel "b" <move> (%0) : (!nz) -> !nd {
  ^bb0(%v: !nz):
    %r = ascend.trans_data %v : (!nz) -> !nd
    ascend.yield %r : !nd
  }
  %2 = ascend.erf %1 {ascend.engine = "aicpu"} : (!nd) -> !nd
  %3 = ascend.kernel "c" <elementwise> (%2) : (!nd) -> !nd {
  ^bb0(%v: !nd):
    %r = ascend.relu %v : (!nd) -> !nd
    ascend.yield %r : !nd
  }
  return %3 : !nd
}
