// RUN: ascend-opt %s --davinci-place-buffers=soc=Ascend310P3 | FileCheck %s
// RUN: not ascend-opt %s --davinci-place-buffers=soc=Ascend310 2>&1 | FileCheck %s --check-prefix=SMALL
// RUN: not ascend-opt %s --davinci-place-buffers=soc=Ascend7 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// 8 KiB less of UB are free on Ascend310.
// CHECK: davinci.pool "tile" bytes 262144 slots 1 at 0
// SMALL: error: buffer "tile" wants 262144 bytes of ub, 253952 of 253952 are left
// UNKNOWN: error: {{.*}}Ascend7
davinci.kernel @k block_dim 1 {
^bb0:
  %a = davinci.pool "tile" bytes 262144 slots 1 : !davinci.pool<ub>
}
