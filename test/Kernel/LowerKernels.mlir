// RUN: ascend-opt %s --ascend-schedule-kernels --ascend-lower-kernels --split-input-file | FileCheck %s

// Equal groups share a kernel whatever their names and operands; another body or another
// schedule gives another kernel.
// CHECK-LABEL: func.func @main
// CHECK: %[[A:.*]] = ascend.launch @k0(%arg0)
// CHECK: %[[B:.*]] = ascend.launch @k0(%[[A]])
// CHECK: %[[C:.*]] = ascend.launch @k1(%[[B]])
// CHECK: %[[D:.*]] = ascend.launch @k2(%[[C]])
// CHECK: return %[[D]]
// CHECK-NOT: ascend.kernel
// CHECK: davinci.kernel @k0 block_dim 1 {
// CHECK-NEXT: ^bb0(%{{.*}}: !davinci.ptr<gm>, %{{.*}}: !davinci.ptr<gm>):
// CHECK: davinci.vrelu
// CHECK: davinci.kernel @k1 block_dim 1
// CHECK: davinci.vabs
// CHECK: davinci.kernel @k2 block_dim 2
// CHECK: davinci.vrelu
// CHECK-NOT: davinci.kernel
!t = tensor<64xf16>
func.func @main(%x: !t) -> !t {
  %0 = ascend.kernel "first" <elementwise> (%x) : (!t) -> !t {
  ^bb0(%v: !t):
    %r = ascend.relu %v : (!t) -> !t
    ascend.yield %r : !t
  }
  %1 = ascend.kernel "second" <elementwise> (%0) : (!t) -> !t {
  ^bb0(%v: !t):
    %r = ascend.relu %v : (!t) -> !t
    ascend.yield %r : !t
  }
  %2 = ascend.kernel "other" <elementwise> (%1) : (!t) -> !t {
  ^bb0(%v: !t):
    %r = ascend.abs %v : (!t) -> !t
    ascend.yield %r : !t
  }
  %3 = ascend.kernel "tuned" <elementwise> (%2) schedule {block_dim = 2, tile = 32} : (!t) -> !t {
  ^bb0(%v: !t):
    %r = ascend.relu %v : (!t) -> !t
    ascend.yield %r : !t
  }
  return %3 : !t
}

// -----

// The estimate of the schedule goes along with the launch.
// CHECK-LABEL: func.func @main
// CHECK: ascend.launch @k0(%arg0, %arg1) {{.*}}estimate
!a = tensor<4x32xf16>
!b = tensor<32x16xf16>
func.func @main(%x: !a, %y: !b) -> tensor<4x16xf16> {
  %0 = ascend.kernel "matmul" <cube_matmul> (%x, %y) : (!a, !b) -> tensor<4x16xf16> {
  ^bb0(%v: !a, %w: !b):
    %r = ascend.matmul %v, %w : (!a, !b) -> tensor<4x16xf16>
    ascend.yield %r : tensor<4x16xf16>
  }
  return %0 : tensor<4x16xf16>
}

// -----

// A residual operand is read where the result is written, so the result may take its memory; the
// operand of the contraction itself is read by other tiles, too.
// CHECK-LABEL: func.func @main
// CHECK: ascend.launch @k0(%arg0, %arg1, %arg2) block_dim {{.*}} over [2]
// CHECK: ascend.launch @k1(%arg0, %arg1) block_dim {{[0-9]+}} estimated_cycles {{[0-9]+}} :
!image = tensor<1x32x8x8xf16, #ascend.layout<nc1hwc0>>
!filter = tensor<32x32x1x1xf16, #ascend.layout<fractal_z>>
func.func @main(%x: !image, %f: !filter, %r: !image) -> (!image, !image) {
  %0 = ascend.kernel "residual" <cube_conv> (%x, %f, %r) : (!image, !filter, !image) -> !image {
  ^bb0(%v: !image, %w: !filter, %u: !image):
    %c = ascend.conv %v, %w : (!image, !filter) -> !image
    %s = ascend.add %c, %u : (!image, !image) -> !image
    ascend.yield %s : !image
  }
  %1 = ascend.kernel "own" <cube_conv> (%x, %f) : (!image, !filter) -> !image {
  ^bb0(%v: !image, %w: !filter):
    %c = ascend.conv %v, %w : (!image, !filter) -> !image
    %s = ascend.add %c, %v : (!image, !image) -> !image
    ascend.yield %s : !image
  }
  return %0, %1 : !image, !image
}
