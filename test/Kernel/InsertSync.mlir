// RUN: ascend-opt %s --davinci-insert-sync --split-input-file | FileCheck %s
// RUN: ascend-opt %s --davinci-insert-sync --davinci-verify-sync --split-input-file -o /dev/null
// RUN: ascend-opt %s --davinci-insert-sync=event-ids=2 --split-input-file | FileCheck %s --check-prefix=FEW

// Load, compute in place, store: three pipes hand a generation on, the last hands the slot back
// to the first. Two slots have two flags, raised before the loop and drained behind it.
// CHECK-LABEL: davinci.kernel @two_slots
// CHECK: davinci.pool "tile" bytes 256 slots 2
// CHECK-DAG: davinci.set_flag mte3 mte2 %[[F0:[a-z0-9_]+]]
// CHECK-DAG: davinci.set_flag mte3 mte2 %[[F1:[a-z0-9_]+]]
// CHECK: scf.for
// CHECK: %[[T:.*]] = davinci.acquire
// CHECK-NEXT: %[[S:.*]] = davinci.slot %[[T]]
// CHECK: davinci.wait_flag mte3 mte2
// CHECK-NEXT: davinci.dma_gm_ub
// CHECK: davinci.set_flag mte2 v
// CHECK: davinci.wait_flag mte2 v
// CHECK: davinci.vexp
// CHECK: davinci.set_flag v mte3
// CHECK: davinci.wait_flag v mte3
// CHECK-NEXT: davinci.dma_ub_gm
// CHECK: davinci.set_flag mte3 mte2
// CHECK: }
// CHECK: davinci.wait_flag mte3 mte2
// CHECK: davinci.wait_flag mte3 mte2
// CHECK-NOT: davinci.wait_flag
davinci.kernel @two_slots block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c128 = arith.constant 128 : index
  %c256 = arith.constant 256 : index
  %s = arith.constant 34630287489 : index
  %p = davinci.pool "tile" bytes 256 slots 2 : !davinci.pool<ub>
  scf.for %i = %c0 to %c8 step %c1 {
    %t = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
    davinci.dma_gm_ub %t, %x, %c1, %c256, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
    davinci.vexp %t, %t, %c0, %c128, %s {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
    davinci.dma_ub_gm %y, %t, %c1, %c256, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
  }
}

// -----

// Two operands that are loaded, read and given back together share their flags: one pair each.
// CHECK-LABEL: davinci.kernel @in_step
// CHECK: davinci.wait_flag v mte2
// CHECK-NEXT: davinci.dma_gm_ub
// CHECK-NEXT: davinci.dma_gm_ub
// CHECK: davinci.set_flag mte2 v
// CHECK-NOT: davinci.set_flag mte2 v
// CHECK: davinci.wait_flag mte2 v
// CHECK: davinci.vadd
// CHECK: davinci.set_flag v mte2
// CHECK-NOT: davinci.set_flag v mte2
// CHECK: davinci.dma_ub_gm
davinci.kernel @in_step block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>, %z: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c128 = arith.constant 128 : index
  %c256 = arith.constant 256 : index
  %s = arith.constant 34630287489 : index
  %p = davinci.pool "a" bytes 256 slots 2 : !davinci.pool<ub>
  %q = davinci.pool "b" bytes 256 slots 2 : !davinci.pool<ub>
  %r = davinci.pool "out" bytes 256 slots 2 : !davinci.pool<ub>
  scf.for %i = %c0 to %c8 step %c1 {
    %a = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
    %b = davinci.acquire %q : !davinci.pool<ub> -> !davinci.ptr<ub>
    %o = davinci.acquire %r : !davinci.pool<ub> -> !davinci.ptr<ub>
    davinci.dma_gm_ub %a, %x, %c1, %c256, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
    davinci.dma_gm_ub %b, %y, %c1, %c256, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
    davinci.vadd %o, %a, %b, %c0, %c128, %s {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
    davinci.dma_ub_gm %z, %o, %c1, %c256, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
  }
}

// -----

// Two buffers of two slots that do not rotate in step want four flags of each pair: with two,
// both give up their second buffer.
// CHECK-LABEL: davinci.kernel @scarce
// CHECK-DAG: davinci.pool "a" bytes 256 slots 2
// CHECK-DAG: davinci.pool "b" bytes 256 slots 2
// FEW-LABEL: davinci.kernel @scarce
// FEW-DAG: davinci.pool "a" bytes 256 slots 1
// FEW-DAG: davinci.pool "b" bytes 256 slots 1
// FEW: scf.for
// FEW-NOT: davinci.slot
// FEW: davinci.kernel @barriers
davinci.kernel @scarce block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c256 = arith.constant 256 : index
  %p = davinci.pool "a" bytes 256 slots 2 : !davinci.pool<ub>
  %q = davinci.pool "b" bytes 256 slots 2 : !davinci.pool<ub>
  scf.for %i = %c0 to %c8 step %c1 {
    %a = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
    davinci.dma_gm_ub %a, %x, %c1, %c256, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
    davinci.dma_ub_gm %y, %a, %c1, %c256, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
    %b = davinci.acquire %q : !davinci.pool<ub> -> !davinci.ptr<ub>
    davinci.dma_gm_ub %b, %x, %c1, %c256, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
    davinci.dma_ub_gm %y, %b, %c1, %c256, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
  }
}

// -----

// Vector instructions that depend on each other are parted by a barrier, others are not; the
// second instruction of the loop meets the first one of the next trip too.
// CHECK-LABEL: davinci.kernel @barriers
// CHECK: davinci.vdup
// CHECK-NEXT: davinci.vdup
// CHECK-NEXT: davinci.pipe_barrier v
// CHECK-NEXT: davinci.vadd
// CHECK: scf.for
// CHECK-NEXT: davinci.pipe_barrier v
// CHECK-NEXT: davinci.vmuls
// CHECK-NOT: davinci.set_flag
davinci.kernel @barriers block_dim 1 {
^bb0:
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c128 = arith.constant 128 : index
  %s = arith.constant 34630287489 : index
  %p = davinci.pool "a" bytes 256 slots 1 : !davinci.pool<ub>
  %q = davinci.pool "b" bytes 256 slots 1 : !davinci.pool<ub>
  %r = davinci.pool "c" bytes 256 slots 1 : !davinci.pool<ub>
  %a = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
  %b = davinci.acquire %q : !davinci.pool<ub> -> !davinci.ptr<ub>
  %c = davinci.acquire %r : !davinci.pool<ub> -> !davinci.ptr<ub>
  davinci.vdup %a, %c1, %c0, %c128, %s {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, index, index, index, index
  davinci.vdup %b, %c1, %c0, %c128, %s {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, index, index, index, index
  davinci.vadd %c, %a, %b, %c0, %c128, %s {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  scf.for %i = %c0 to %c8 step %c1 {
    davinci.vmuls %c, %c, %c1, %c0, %c128, %s {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  }
}

// -----

// A nested loop that touches the generation from one pipe counts as one access of that pipe.
// CHECK-LABEL: davinci.kernel @nested
// CHECK: davinci.wait_flag mte3 mte2
// CHECK-NEXT: scf.for
// CHECK-NEXT: davinci.dma_gm_ub
// CHECK-NEXT: }
// CHECK: davinci.set_flag mte2 mte3
// CHECK: davinci.wait_flag mte2 mte3
// CHECK-NEXT: davinci.dma_ub_gm
davinci.kernel @nested block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %c256 = arith.constant 256 : index
  %p = davinci.pool "a" bytes 256 slots 2 : !davinci.pool<ub>
  scf.for %i = %c0 to %c8 step %c1 {
    %a = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
    scf.for %j = %c0 to %c8 step %c1 {
      davinci.dma_gm_ub %a, %x, %c1, %c256, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
    }
    davinci.dma_ub_gm %y, %a, %c1, %c256, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
  }
}
