// RUN: ascend-opt %s --davinci-insert-sync=event-ids=1 --split-input-file --verify-diagnostics

// Even with one buffer each, two channels between the same pipes want two flags.
// expected-error @+1 {{needs 2 flags from mte2 to mte3, the core has 1}}
davinci.kernel @flags block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %p = davinci.pool "a" bytes 256 slots 2 : !davinci.pool<ub>
  %q = davinci.pool "b" bytes 256 slots 2 : !davinci.pool<ub>
  %a = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
  davinci.dma_gm_ub %a, %x, %c1, %c1, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
  davinci.dma_ub_gm %y, %a, %c1, %c1, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
  %b = davinci.acquire %q : !davinci.pool<ub> -> !davinci.ptr<ub>
  davinci.dma_gm_ub %b, %x, %c1, %c1, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
  davinci.dma_ub_gm %y, %b, %c1, %c1, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
}

// -----

davinci.kernel @two_pipes block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c8 = arith.constant 8 : index
  %p = davinci.pool "tile" bytes 256 slots 1 : !davinci.pool<ub>
  %a = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
  scf.for %i = %c0 to %c8 step %c1 {
    // expected-error @+1 {{generation of "tile" is used by two pipes inside one nested op; acquire it in there}}
    davinci.dma_gm_ub %a, %x, %c1, %c1, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
    davinci.dma_ub_gm %y, %a, %c1, %c1, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
  }
}

// -----

davinci.kernel @ends block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %p = davinci.pool "tile" bytes 256 slots 1 : !davinci.pool<ub>
  %a = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
  davinci.dma_gm_ub %a, %x, %c1, %c1, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
  davinci.dma_ub_gm %y, %a, %c1, %c1, %c0, %c0 : !davinci.ptr<gm>, !davinci.ptr<ub>, index, index, index, index
  // expected-error @+1 {{generations of "tile" begin or end on different pipes}}
  %b = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
  davinci.dma_gm_ub %b, %x, %c1, %c1, %c0, %c0 : !davinci.ptr<ub>, !davinci.ptr<gm>, index, index, index, index
}
