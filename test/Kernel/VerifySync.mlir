// RUN: ascend-opt %s --davinci-verify-sync --split-input-file --verify-diagnostics

// Loaded, handed over, stored, handed back: in order.
davinci.kernel @ordered block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %p = davinci.pool "tile" bytes 256 slots 2 : !davinci.pool<ub>
  davinci.set_flag mte3 mte2 %c0
  davinci.set_flag mte3 mte2 %c1
  scf.for %i = %c0 to %c8 step %c1 {
    %t = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
    %s = davinci.slot %t : !davinci.ptr<ub>
    davinci.wait_flag mte3 mte2 %s
    davinci.dma_gm_ub %t, %x, %c1, %c1, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
    davinci.set_flag mte2 mte3 %s
    davinci.wait_flag mte2 mte3 %s
    davinci.dma_ub_gm %y, %t, %c1, %c1, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
    davinci.set_flag mte3 mte2 %s
  }
  davinci.wait_flag mte3 mte2 %c0
  davinci.wait_flag mte3 mte2 %c1
}

// -----

// The consumer does not wait for the producer.
davinci.kernel @no_flag block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %p = davinci.pool "tile" bytes 256 slots 1 : !davinci.pool<ub>
  %t = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
  davinci.dma_gm_ub %t, %x, %c1, %c1, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
  // expected-error @+1 {{touches "tile" before mte2 is done with it}}
  davinci.dma_ub_gm %y, %t, %c1, %c1, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
}

// -----

// The next generation of a slot does not wait for the last one's reader.
davinci.kernel @no_flag_back block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %p = davinci.pool "tile" bytes 256 slots 2 : !davinci.pool<ub>
  scf.for %i = %c0 to %c8 step %c1 {
    %t = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
    // expected-error @+1 {{touches "tile" before mte3 is done with it}}
    davinci.dma_gm_ub %t, %x, %c1, %c1, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
    davinci.set_flag mte2 mte3 %c0
    davinci.wait_flag mte2 mte3 %c0
    davinci.dma_ub_gm %y, %t, %c1, %c1, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
  }
}

// -----

// A flag that was raised before the access does not cover it.
davinci.kernel @early_flag block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %p = davinci.pool "tile" bytes 256 slots 1 : !davinci.pool<ub>
  %t = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
  davinci.set_flag mte2 mte3 %c0
  davinci.dma_gm_ub %t, %x, %c1, %c1, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
  davinci.wait_flag mte2 mte3 %c0
  // expected-error @+1 {{touches "tile" before mte2 is done with it}}
  davinci.dma_ub_gm %y, %t, %c1, %c1, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
}

// -----

// expected-error @+1 {{flag 3 from v to mte3 is left raised}}
davinci.kernel @left_raised block_dim 1 {
^bb0:
  %c3 = arith.constant 3 : index
  davinci.set_flag v mte3 %c3
}

// -----

davinci.kernel @double_raise block_dim 1 {
^bb0:
  %c0 = arith.constant 0 : index
  davinci.set_flag v mte3 %c0
  // expected-error @+1 {{flag 0 is already raised}}
  davinci.set_flag v mte3 %c0
  davinci.wait_flag v mte3 %c0
}

// -----

davinci.kernel @never_raised block_dim 1 {
^bb0:
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  davinci.set_flag v mte3 %c0
  // expected-error @+1 {{flag 1 is never raised before this}}
  davinci.wait_flag v mte3 %c1
}

// -----

davinci.kernel @unknown_set block_dim 1 {
^bb0:
  %i = davinci.block_id
  // expected-error @+1 {{flag id cannot be determined}}
  davinci.set_flag v mte3 %i
}

// -----

davinci.kernel @unknown_wait block_dim 1 {
^bb0:
  %i = davinci.block_id
  // expected-error @+1 {{flag id cannot be determined}}
  davinci.wait_flag v mte3 %i
}

// -----

// The vector unit overlaps its own instructions: a dependence needs a barrier.
davinci.kernel @no_barrier block_dim 1 {
^bb0:
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c128 = arith.constant 128 : index
  %s = arith.constant 34630287489 : index
  %p = davinci.pool "a" bytes 256 slots 1 : !davinci.pool<ub>
  %a = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
  davinci.vdup %a, %c1, %c0, %c128, %s {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, index, index, index, index
  davinci.pipe_barrier v
  davinci.vexp %a, %a, %c0, %c128, %s {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // expected-error @+1 {{touches "a" before an earlier vector instruction is done with it}}
  davinci.vrelu %a, %a, %c0, %c128, %s {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
}
