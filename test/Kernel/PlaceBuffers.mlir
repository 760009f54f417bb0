// RUN: ascend-opt %s --davinci-place-buffers --split-input-file --verify-diagnostics | FileCheck %s

// Each memory is filled from its start, in the order of declaration.
// CHECK-LABEL: davinci.kernel @places
// CHECK: davinci.pool "a" bytes 4096 slots 2 at 0 : <ub>
// CHECK: davinci.pool "window" bytes 512 slots 1 at 0 : <l1>
// CHECK: davinci.pool "b" bytes 32 slots 1 at 8192 : <ub>
// CHECK: davinci.pool "c" bytes 64 slots 3 at 8224 : <ub>
// CHECK: davinci.pool "filter" bytes 512 slots 2 at 512 : <l1>
davinci.kernel @places block_dim 1 {
^bb0:
  %a = davinci.pool "a" bytes 4096 slots 2 : !davinci.pool<ub>
  %w = davinci.pool "window" bytes 512 slots 1 : !davinci.pool<l1>
  %b = davinci.pool "b" bytes 32 slots 1 : !davinci.pool<ub>
  %c = davinci.pool "c" bytes 64 slots 3 : !davinci.pool<ub>
  %f = davinci.pool "filter" bytes 512 slots 2 : !davinci.pool<l1>
}

// -----

// A memory may be filled to its last byte.
// CHECK-LABEL: davinci.kernel @full
// CHECK: davinci.pool "b" bytes 32768 slots 1 at 32768 : <l0a>
davinci.kernel @full block_dim 1 {
^bb0:
  %a = davinci.pool "a" bytes 16384 slots 2 : !davinci.pool<l0a>
  %b = davinci.pool "b" bytes 32768 slots 1 : !davinci.pool<l0a>
}

// -----

davinci.kernel @overflow block_dim 1 {
^bb0:
  %a = davinci.pool "a" bytes 200000 slots 1 : !davinci.pool<ub>
  // expected-error @+1 {{buffer "operand" wants 65536 bytes of ub, 62144 of 262144 are left}}
  %b = davinci.pool "operand" bytes 32768 slots 2 : !davinci.pool<ub>
}
