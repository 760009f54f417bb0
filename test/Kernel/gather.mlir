// RUN: ascend-opt %s --ascend-schedule-kernels --ascend-lower-kernels --cse --canonicalize --split-input-file | FileCheck %s

// The scalar unit reads each index, counts negative ones from the end, clamps, and sends one
// burst; the tile of rows leaves in one move.
// CHECK-LABEL: davinci.kernel @k0 block_dim 8
// CHECK: ^bb0(%[[TABLE:[a-z0-9]+]]: {{.*}}, %[[INDEX:[a-z0-9]+]]: {{.*}}, %[[Y:[a-z0-9]+]]:
// CHECK: scf.for
// CHECK: %[[TILE:.*]] = davinci.acquire
// CHECK: scf.for
// CHECK: %[[AT:.*]] = davinci.offset %[[INDEX]]
// CHECK: davinci.load_scalar %[[AT]] s64
// CHECK: arith.cmpi slt
// CHECK: arith.maxsi
// CHECK: arith.minsi
// CHECK: %[[ROW:.*]] = davinci.offset %[[TABLE]]
// CHECK: davinci.dma_gm_ub %{{.*}}, %[[ROW]], %c1, %c1536
// CHECK: }
// CHECK: davinci.dma_ub_gm %{{.*}}, %[[TILE]], %{{.*}}, %c1536, %c1536, %c1536 :
func.func @main(%x: tensor<30522x768xf16>, %i: tensor<1x128xi64>) -> tensor<1x128x768xf16> {
  %0 = ascend.kernel "gather" <gather> (%x, %i) : (tensor<30522x768xf16>, tensor<1x128xi64>) -> tensor<1x128x768xf16> {
  ^bb0(%v: tensor<30522x768xf16>, %w: tensor<1x128xi64>):
    %1 = ascend.gather %v, %w : (tensor<30522x768xf16>, tensor<1x128xi64>) -> tensor<1x128x768xf16>
    ascend.yield %1 : tensor<1x128x768xf16>
  }
  return %0 : tensor<1x128x768xf16>
}
