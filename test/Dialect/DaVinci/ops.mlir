// RUN: ascend-opt %s | ascend-opt | FileCheck %s
// RUN: ascend-opt %s --mlir-print-op-generic | ascend-opt | FileCheck %s

// Structure, moves and the cube: every op is printed as it was read.
// CHECK-LABEL: davinci.kernel @structure block_dim 8
davinci.kernel @structure block_dim 8 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c16 = arith.constant 16 : index
  %c512 = arith.constant 512 : index
  // CHECK: %[[UB:.*]] = davinci.pool "tile" bytes 4096 slots 2 : <ub>
  %ubp = davinci.pool "tile" bytes 4096 slots 2 : !davinci.pool<ub>
  // CHECK: davinci.pool "window" bytes 8192 slots 1 at 512 : <l1>
  %l1p = davinci.pool "window" bytes 8192 slots 1 at 512 : !davinci.pool<l1>
  %l0ap = davinci.pool "a" bytes 512 slots 2 : !davinci.pool<l0a>
  %l0bp = davinci.pool "b" bytes 512 slots 2 : !davinci.pool<l0b>
  %l0cp = davinci.pool "c" bytes 1024 slots 2 : !davinci.pool<l0c>
  // CHECK: %[[T:.*]] = davinci.acquire %[[UB]] : <ub> -> <ub>
  %ub = davinci.acquire %ubp : !davinci.pool<ub> -> !davinci.ptr<ub>
  %l1 = davinci.acquire %l1p : !davinci.pool<l1> -> !davinci.ptr<l1>
  %a = davinci.acquire %l0ap : !davinci.pool<l0a> -> !davinci.ptr<l0a>
  %b = davinci.acquire %l0bp : !davinci.pool<l0b> -> !davinci.ptr<l0b>
  %c = davinci.acquire %l0cp : !davinci.pool<l0c> -> !davinci.ptr<l0c>
  // CHECK: davinci.slot %[[T]] : <ub>
  %slot = davinci.slot %ub : !davinci.ptr<ub>
  // CHECK: davinci.block_id
  %id = davinci.block_id
  // CHECK: davinci.offset %[[T]][%{{.*}}] : <ub>
  %next = davinci.offset %ub[%id] : !davinci.ptr<ub>
  // CHECK: davinci.load_scalar %{{.*}} s64 : <gm>
  %index = davinci.load_scalar %x s64 : !davinci.ptr<gm>
  // CHECK: davinci.set_flag mte2 v %{{.*}}
  davinci.set_flag mte2 v %slot
  // CHECK: davinci.wait_flag mte2 v %{{.*}}
  davinci.wait_flag mte2 v %slot
  // CHECK: davinci.pipe_barrier all
  davinci.pipe_barrier all

  // CHECK: davinci.dma_gm_l1 {{.*}} : !davinci.ptr<l1>, !davinci.ptr<gm>, index, index, index, index
  davinci.dma_gm_l1 %l1, %x, %c1, %c512, %c0, %c0 : !davinci.ptr<l1>, !davinci.ptr<gm>, index, index, index, index
  // CHECK: davinci.dma_gm_ub {{.*}} : !davinci.ptr<ub>, !davinci.ptr<gm>
  davinci.dma_gm_ub %ub, %x, %c1, %c512, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
  // CHECK: davinci.dma_ub_gm {{.*}} : !davinci.ptr<gm>, !davinci.ptr<ub>
  davinci.dma_ub_gm %y, %ub, %c1, %c512, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.dma_ub_l1 {{.*}} : !davinci.ptr<l1>, !davinci.ptr<ub>
  davinci.dma_ub_l1 %l1, %ub, %c1, %c512, %c0, %c0 : !davinci.ptr<l1>, !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.dma_l1_ub {{.*}} : !davinci.ptr<ub>, !davinci.ptr<l1>
  davinci.dma_l1_ub %ub, %l1, %c1, %c512, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<l1>, index, index, index, index
  // CHECK: davinci.dma_ub_ub {{.*}} : !davinci.ptr<ub>, !davinci.ptr<ub>
  davinci.dma_ub_ub %next, %ub, %c1, %c512, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.fill_l1 {{.*}} : !davinci.ptr<l1>, index, index
  davinci.fill_l1 %l1, %c512, %c0 : !davinci.ptr<l1>, index, index
  // CHECK: davinci.load2d_a {{.*}} : !davinci.ptr<l0a>, !davinci.ptr<l1>, index, index, index
  davinci.load2d_a %a, %l1, %c1, %c1, %c1 : !davinci.ptr<l0a>, !davinci.ptr<l1>, index, index, index
  // CHECK: davinci.load2d_b {{.*}} {trans} : !davinci.ptr<l0b>, !davinci.ptr<l1>
  davinci.load2d_b %b, %l1, %c1, %c1, %c1 {trans} : !davinci.ptr<l0b>, !davinci.ptr<l1>, index, index, index
  // CHECK: davinci.load3d_a {{.*}} : !davinci.ptr<l0a>, !davinci.ptr<l1>
  davinci.load3d_a %a, %l1, %c1, %c1, %c0, %c16, %c0, %c16 : !davinci.ptr<l0a>, !davinci.ptr<l1>, index, index, index, index, index, index
  // CHECK: davinci.load3d_a {{.*}} {c04} : !davinci.ptr<l0a>, !davinci.ptr<l1>
  davinci.load3d_a %a, %l1, %c1, %c1, %c0, %c16, %c0, %c16 {c04} : !davinci.ptr<l0a>, !davinci.ptr<l1>, index, index, index, index, index, index
  // CHECK: davinci.mmad {{.*}} : !davinci.ptr<l0c>, !davinci.ptr<l0a>, !davinci.ptr<l0b>
  davinci.mmad %c, %a, %b, %c16, %c16, %c16, %c1 : !davinci.ptr<l0c>, !davinci.ptr<l0a>, !davinci.ptr<l0b>, index, index, index, index
  // CHECK: davinci.l0c_ub {{.*}} {elem = #davinci<elem f16>, relu} : !davinci.ptr<ub>, !davinci.ptr<l0c>
  davinci.l0c_ub %ub, %c, %c1, %c1, %c0, %c0 {elem = #davinci<elem f16>, relu} : !davinci.ptr<ub>, !davinci.ptr<l0c>, index, index, index, index
}

// An offset of zero is no offset.
// RUN: ascend-opt %s --canonicalize | FileCheck %s --check-prefix=FOLD
// FOLD-LABEL: davinci.kernel @fold
// FOLD-NOT: davinci.offset
// FOLD: davinci.dma_ub_gm
davinci.kernel @fold block_dim 1 {
^bb0(%y: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %p = davinci.pool "x" bytes 32 slots 1 : !davinci.pool<ub>
  %x = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
  %z = davinci.offset %x[%c0] : !davinci.ptr<ub>
  davinci.dma_ub_gm %y, %z, %c1, %c1, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
}
