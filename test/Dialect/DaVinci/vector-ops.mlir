// RUN: ascend-opt %s | ascend-opt | FileCheck %s
// RUN: ascend-opt %s --mlir-print-op-generic | ascend-opt | FileCheck %s

// Every vector instruction with its modifiers is printed as it was read.
// CHECK-LABEL: davinci.kernel @vector
davinci.kernel @vector block_dim 1 {
^bb0:
  %n = arith.constant 1 : index
  %s = arith.constant 34630287489 : index
  %p = davinci.pool "x" bytes 4096 slots 1 : !davinci.pool<ub>
  %d = davinci.acquire %p : !davinci.pool<ub> -> !davinci.ptr<ub>
  %a = davinci.offset %d[%n] : !davinci.ptr<ub>
  %b = davinci.offset %d[%s] : !davinci.ptr<ub>
  // CHECK: davinci.vadd %{{.*}} {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vadd %d, %a, %b, %n, %n, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vsub %{{.*}} {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vsub %d, %a, %b, %n, %n, %s {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vmul %{{.*}} {counter, elem = #davinci<elem s32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vmul %d, %a, %b, %n, %n, %s {counter, elem = #davinci<elem s32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vdiv %{{.*}} {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vdiv %d, %a, %b, %n, %n, %s {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vmax %{{.*}} {counter, elem = #davinci<elem s16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vmax %d, %a, %b, %n, %n, %s {counter, elem = #davinci<elem s16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vmin %{{.*}} {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vmin %d, %a, %b, %n, %n, %s {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vand %{{.*}} {counter, elem = #davinci<elem u16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vand %d, %a, %b, %n, %n, %s {counter, elem = #davinci<elem u16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vor %{{.*}} {elem = #davinci<elem u32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vor %d, %a, %b, %n, %n, %s {elem = #davinci<elem u32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vmla %{{.*}} {counter, elem = #davinci<elem f32>, widen} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vmla %d, %a, %b, %n, %n, %s {counter, elem = #davinci<elem f32>, widen} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vmadd %{{.*}} {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vmadd %d, %a, %b, %n, %n, %s {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vabs %{{.*}} {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vabs %d, %a, %n, %n, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vrelu %{{.*}} {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vrelu %d, %a, %n, %n, %s {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vexp %{{.*}} {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vexp %d, %a, %n, %n, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vln %{{.*}} {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vln %d, %a, %n, %n, %s {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vsqrt %{{.*}} {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vsqrt %d, %a, %n, %n, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vrsqrt %{{.*}} {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vrsqrt %d, %a, %n, %n, %s {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vrec %{{.*}} {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vrec %d, %a, %n, %n, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vnot %{{.*}} {elem = #davinci<elem u16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vnot %d, %a, %n, %n, %s {elem = #davinci<elem u16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vadds %{{.*}} {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  davinci.vadds %d, %a, %n, %n, %n, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.vmuls %{{.*}} {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  davinci.vmuls %d, %a, %n, %n, %n, %s {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.vmaxs %{{.*}} {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  davinci.vmaxs %d, %a, %n, %n, %n, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.vmins %{{.*}} {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  davinci.vmins %d, %a, %n, %n, %n, %s {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.vlrelu %{{.*}} {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  davinci.vlrelu %d, %a, %n, %n, %n, %s {counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.vshl %{{.*}} {elem = #davinci<elem s32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  davinci.vshl %d, %a, %n, %n, %n, %s {elem = #davinci<elem s32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.vshr %{{.*}} {counter, elem = #davinci<elem u32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  davinci.vshr %d, %a, %n, %n, %n, %s {counter, elem = #davinci<elem u32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.vaxpy %{{.*}} {elem = #davinci<elem f32>, widen} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  davinci.vaxpy %d, %a, %n, %n, %n, %s {elem = #davinci<elem f32>, widen} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.vcadd %{{.*}} {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vcadd %d, %a, %n, %n, %s {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vcmax %{{.*}} {elem = #davinci<elem f32>, with_index} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vcmax %d, %a, %n, %n, %s {elem = #davinci<elem f32>, with_index} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vcmin %{{.*}} {counter, elem = #davinci<elem f16>, with_index} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vcmin %d, %a, %n, %n, %s {counter, elem = #davinci<elem f16>, with_index} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vcgadd %{{.*}} {elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vcgadd %d, %a, %n, %n, %s {elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vcgmax %{{.*}} {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vcgmax %d, %a, %n, %n, %s {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vcgmin %{{.*}} {elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vcgmin %d, %a, %n, %n, %s {elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vdup %{{.*}} {counter, elem = #davinci<elem s32>} : !davinci.ptr<ub>, index, index, index, index
  davinci.vdup %d, %n, %n, %n, %s {counter, elem = #davinci<elem s32>} : !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.vcmpv %{{.*}} {cond = #davinci<cond eq>, counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vcmpv %d, %a, %b, %n, %n, %s {cond = #davinci<cond eq>, counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vcmpv %{{.*}} {cond = #davinci<cond ne>, counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vcmpv %d, %a, %b, %n, %n, %s {cond = #davinci<cond ne>, counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vcmpv %{{.*}} {cond = #davinci<cond lt>, counter, elem = #davinci<elem s32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vcmpv %d, %a, %b, %n, %n, %s {cond = #davinci<cond lt>, counter, elem = #davinci<elem s32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vcmpv %{{.*}} {cond = #davinci<cond le>, counter, elem = #davinci<elem s16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vcmpv %d, %a, %b, %n, %n, %s {cond = #davinci<cond le>, counter, elem = #davinci<elem s16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vcmpv %{{.*}} {cond = #davinci<cond gt>, counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vcmpv %d, %a, %b, %n, %n, %s {cond = #davinci<cond gt>, counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vcmpv %{{.*}} {cond = #davinci<cond ge>, counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vcmpv %d, %a, %b, %n, %n, %s {cond = #davinci<cond ge>, counter, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vcmpvs %{{.*}} {cond = #davinci<cond gt>, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  davinci.vcmpvs %d, %a, %n, %n, %n, %s {cond = #davinci<cond gt>, elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
  // CHECK: davinci.vsel %{{.*}} {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vsel %d, %a, %b, %b, %n, %n, %s {counter, elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vconv %{{.*}} {counter, elem = #davinci<elem f16>, round = #davinci<round rint>, to = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vconv %d, %a, %n, %n, %s {counter, elem = #davinci<elem f16>, round = #davinci<round rint>, to = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vconv %{{.*}} {counter, elem = #davinci<elem f32>, round = #davinci<round away>, to = #davinci<elem s32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vconv %d, %a, %n, %n, %s {counter, elem = #davinci<elem f32>, round = #davinci<round away>, to = #davinci<elem s32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vconv %{{.*}} {counter, elem = #davinci<elem f32>, round = #davinci<round floor>, to = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vconv %d, %a, %n, %n, %s {counter, elem = #davinci<elem f32>, round = #davinci<round floor>, to = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vconv %{{.*}} {counter, elem = #davinci<elem s64>, round = #davinci<round ceil>, to = #davinci<elem s32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vconv %d, %a, %n, %n, %s {counter, elem = #davinci<elem s64>, round = #davinci<round ceil>, to = #davinci<elem s32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vconv %{{.*}} {counter, elem = #davinci<elem u8>, round = #davinci<round trunc>, to = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vconv %d, %a, %n, %n, %s {counter, elem = #davinci<elem u8>, round = #davinci<round trunc>, to = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vconv %{{.*}} {elem = #davinci<elem s8>, round = #davinci<round rint>, to = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vconv %d, %a, %n, %n, %s {elem = #davinci<elem s8>, round = #davinci<round rint>, to = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vbrcb %{{.*}} {elem = #davinci<elem u16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  davinci.vbrcb %d, %a, %n, %n, %n {elem = #davinci<elem u16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
  // CHECK: davinci.vtrans %{{.*}} {elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index, index
  davinci.vtrans %d, %a, %n, %n, %n, %n, %n {elem = #davinci<elem f32>} : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index, index
  // CHECK: davinci.vgather %{{.*}} {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index
  davinci.vgather %d, %a, %b, %n {elem = #davinci<elem f16>} : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index
}
