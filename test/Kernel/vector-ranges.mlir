// RUN: ascend-opt %s --pass-pipeline='builtin.module(davinci.kernel(davinci-insert-sync,davinci-verify-sync))' | FileCheck %s

// Strides 8 blocks (contiguous) are 2252349703782657; steps of 16 blocks for all operands are
// 4504699407499521 = 1 | 1 << 8 | 1 << 16 | 16 << 24 | 16 << 36 | 16 << 48.

// CHECK-LABEL: davinci.kernel @disjoint
// CHECK: davinci.vabs
// CHECK-NOT: davinci.pipe_barrier
// CHECK: davinci.vabs
davinci.kernel @disjoint block_dim 1 {
^bb0(%gm: !davinci.ptr<gm>):
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %c256 = arith.constant 256 : index
  %s = arith.constant 2252349703782657 : index
  %pool = davinci.pool "x" bytes 1024 slots 1 : !davinci.pool<ub>
  %p = davinci.acquire %pool : !davinci.pool<ub> -> !davinci.ptr<ub>
  %q = davinci.offset %p[%c256] : !davinci.ptr<ub>
  davinci.vabs %p, %p, %c1, %c64, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vabs %q, %q, %c1, %c64, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
}

// CHECK-LABEL: davinci.kernel @overlapping
// CHECK: davinci.vabs
// CHECK: davinci.pipe_barrier
// CHECK: davinci.vabs
davinci.kernel @overlapping block_dim 1 {
^bb0(%gm: !davinci.ptr<gm>):
  %c1 = arith.constant 1 : index
  %c65 = arith.constant 65 : index
  %c256 = arith.constant 256 : index
  %s = arith.constant 2252349703782657 : index
  %pool = davinci.pool "x" bytes 1024 slots 1 : !davinci.pool<ub>
  %p = davinci.acquire %pool : !davinci.pool<ub> -> !davinci.ptr<ub>
  %q = davinci.offset %p[%c256] : !davinci.ptr<ub>
  davinci.vabs %p, %p, %c1, %c65, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vabs %q, %q, %c1, %c65, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
}

// Rows of two chunks each: the chunks interleave.
// CHECK-LABEL: davinci.kernel @interleaved
// CHECK: davinci.vabs
// CHECK-NOT: davinci.pipe_barrier
// CHECK: davinci.vabs
davinci.kernel @interleaved block_dim 1 {
^bb0(%gm: !davinci.ptr<gm>):
  %c3 = arith.constant 3 : index
  %c64 = arith.constant 64 : index
  %c256 = arith.constant 256 : index
  %s = arith.constant 4504699407499521 : index
  %pool = davinci.pool "x" bytes 2048 slots 1 : !davinci.pool<ub>
  %p = davinci.acquire %pool : !davinci.pool<ub> -> !davinci.ptr<ub>
  %q = davinci.offset %p[%c256] : !davinci.ptr<ub>
  davinci.vabs %p, %p, %c3, %c64, %s {elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vabs %q, %q, %c3, %c64, %s {elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
}

// Transposes whose rows take turns in memory, then one that reads what they wrote.
// CHECK-LABEL: davinci.kernel @transposes
// CHECK: davinci.vtrans
// CHECK-NOT: davinci.pipe_barrier
// CHECK: davinci.vtrans
// CHECK: davinci.pipe_barrier
// CHECK: davinci.vtrans
davinci.kernel @transposes block_dim 1 {
^bb0(%gm: !davinci.ptr<gm>):
  %c1 = arith.constant 1 : index
  %c32 = arith.constant 32 : index
  %c64 = arith.constant 64 : index
  %c512 = arith.constant 512 : index
  %c1024 = arith.constant 1024 : index
  %x = davinci.pool "x" bytes 1024 slots 1 : !davinci.pool<ub>
  %y = davinci.pool "y" bytes 1024 slots 1 : !davinci.pool<ub>
  %p = davinci.acquire %x : !davinci.pool<ub> -> !davinci.ptr<ub>
  %q = davinci.acquire %y : !davinci.pool<ub> -> !davinci.ptr<ub>
  %p1 = davinci.offset %p[%c512] : !davinci.ptr<ub>
  %q1 = davinci.offset %q[%c32] : !davinci.ptr<ub>
  davinci.vtrans %q, %p, %c1, %c64, %c32, %c1024, %c512 {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index, index
  davinci.vtrans %q1, %p1, %c1, %c64, %c32, %c1024, %c512 {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index, index
  davinci.vtrans %p, %q, %c1, %c32, %c64, %c512, %c1024 {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index, index
}

// Chunks of rows whose number is not known: they interleave as well.
// CHECK-LABEL: davinci.kernel @unknown_rows
// CHECK: davinci.vabs
// CHECK-NOT: davinci.pipe_barrier
// CHECK: davinci.vabs
davinci.kernel @unknown_rows block_dim 1 {
^bb0(%gm: !davinci.ptr<gm>):
  %rows = davinci.block_id
  %c64 = arith.constant 64 : index
  %c256 = arith.constant 256 : index
  %s = arith.constant 4504699407499521 : index
  %pool = davinci.pool "x" bytes 2048 slots 1 : !davinci.pool<ub>
  %p = davinci.acquire %pool : !davinci.pool<ub> -> !davinci.ptr<ub>
  %q = davinci.offset %p[%c256] : !davinci.ptr<ub>
  davinci.vabs %p, %p, %rows, %c64, %s {elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vabs %q, %q, %rows, %c64, %s {elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
}

// An unknown number of elements may reach whatever lies behind.
// CHECK-LABEL: davinci.kernel @unknown_count
// CHECK: davinci.vabs
// CHECK: davinci.pipe_barrier
// CHECK: davinci.vabs
davinci.kernel @unknown_count block_dim 1 {
^bb0(%gm: !davinci.ptr<gm>):
  %count = davinci.block_id
  %c1 = arith.constant 1 : index
  %c64 = arith.constant 64 : index
  %c256 = arith.constant 256 : index
  %s = arith.constant 2252349703782657 : index
  %pool = davinci.pool "x" bytes 2048 slots 1 : !davinci.pool<ub>
  %p = davinci.acquire %pool : !davinci.pool<ub> -> !davinci.ptr<ub>
  %q = davinci.offset %p[%c256] : !davinci.ptr<ub>
  davinci.vabs %p, %p, %c1, %count, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vabs %q, %q, %c1, %c64, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
}
