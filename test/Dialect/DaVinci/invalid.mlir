// RUN: ascend-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{block_dim must be positive}}
davinci.kernel @blocks block_dim 0 {
^bb0:
}

// -----

// expected-error @+1 {{argument 1 must be a GM pointer}}
davinci.kernel @argument block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<ub>):
}

// -----

// expected-error @+1 {{argument 0 must be a GM pointer}}
davinci.kernel @number block_dim 1 {
^bb0(%x: index):
}

// -----

davinci.kernel @gm block_dim 1 {
^bb0:
  // expected-error @+1 {{pools are on-chip memory}}
  %p = davinci.pool "x" bytes 32 slots 1 : !davinci.pool<gm>
}

// -----

davinci.kernel @bytes block_dim 1 {
^bb0:
  // expected-error @+1 {{bytes must be a positive multiple of 32, got 48}}
  %p = davinci.pool "x" bytes 48 slots 1 : !davinci.pool<ub>
}

// -----

davinci.kernel @none block_dim 1 {
^bb0:
  // expected-error @+1 {{bytes must be a positive multiple of 32, got 0}}
  %p = davinci.pool "x" bytes 0 slots 1 : !davinci.pool<ub>
}

// -----

davinci.kernel @slots block_dim 1 {
^bb0:
  // expected-error @+1 {{slots must be 1..8, got 9}}
  %p = davinci.pool "x" bytes 32 slots 9 : !davinci.pool<ub>
}

// -----

davinci.kernel @noslots block_dim 1 {
^bb0:
  // expected-error @+1 {{slots must be 1..8, got 0}}
  %p = davinci.pool "x" bytes 32 slots 0 : !davinci.pool<ub>
}

// -----

davinci.kernel @nested block_dim 1 {
^bb0:
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %c1 step %c1 {
    // expected-error @+1 {{must stand at the top of a kernel}}
    %p = davinci.pool "x" bytes 32 slots 1 : !davinci.pool<ub>
  }
}

// -----

davinci.kernel @memories block_dim 1 {
^bb0:
  %p = davinci.pool "x" bytes 32 slots 1 : !davinci.pool<ub>
  // expected-error @+1 {{pointer and pool are in different memories}}
  %x = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<l1>
}

// -----

davinci.kernel @slot block_dim 1 {
^bb0(%x: !davinci.ptr<gm>):
  // expected-error @+1 {{operand must be the result of davinci.acquire}}
  %s = davinci.slot %x : !davinci.ptr<gm>
}

// -----

davinci.kernel @pair block_dim 1 {
^bb0:
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{needs two different pipes}}
  davinci.set_flag v v %c0
}

// -----

davinci.kernel @all block_dim 1 {
^bb0:
  %c0 = arith.constant 0 : index
  // expected-error @+1 {{needs two different pipes}}
  davinci.wait_flag mte2 all %c0
}

// -----

// Each instruction names the memories it works on.
davinci.kernel @operand block_dim 1 {
^bb0(%x: !davinci.ptr<gm>):
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{operand #0 must be pointer into UB}}
  davinci.dma_gm_ub %x, %x, %c1, %c1, %c1, %c1 : !davinci.ptr<gm>, !davinci.ptr<gm>, index, index, index, index
}

// -----

davinci.kernel @cube block_dim 1 {
^bb0:
  %c1 = arith.constant 1 : index
  %p = davinci.pool "x" bytes 512 slots 1 : !davinci.pool<l0a>
  %q = davinci.pool "y" bytes 1024 slots 1 : !davinci.pool<l0c>
  %a = davinci.acquire %p : !davinci.pool<l0a> -> !davinci.ptr<l0a>
  %c = davinci.acquire %q : !davinci.pool<l0c> -> !davinci.ptr<l0c>
  // expected-error @+1 {{operand #2 must be pointer into L0B}}
  davinci.mmad %c, %a, %a, %c1, %c1, %c1, %c1 : !davinci.ptr<l0c>, !davinci.ptr<l0a>, !davinci.ptr<l0a>, index, index, index, index
}
