// RUN: ascend-opt %s --ascend-schedule-kernels | FileCheck %s
// RUN: ascend-opt %s --ascend-schedule-kernels=soc=Ascend310 | FileCheck %s --check-prefix=TWO
// RUN: not ascend-opt %s --ascend-schedule-kernels=soc=Ascend9 2>&1 | FileCheck %s --check-prefix=UNKNOWN

// Work is spread over the cores of the chip; a schedule that is there already stays.
// CHECK-LABEL: func.func @main
// CHECK: ascend.kernel "relu" <elementwise>(%arg0) schedule {{.*}}block_dim = 8 : i64
// CHECK: ascend.kernel "small" <elementwise>(%arg1) schedule {{.*}}block_dim = 1 : i64
// CHECK: ascend.kernel "tuned" <elementwise>(%arg0) schedule {block_dim = 3 : i64, tile = 256 : i64}
// CHECK: ascend.kernel "conv" <cube_conv>({{.*}}) schedule {acc_slots = {{[12]}} : i64, {{.*}}block_dim = {{[0-9]+}} : i64, chunk_c1 = {{[0-9]+}} : i64, {{.*}}estimate_cycles = {{[0-9]+}} : i64, {{.*}}step_k1 = {{[0-9]+}} : i64, {{.*}}tile_w = 20 : i64, {{.*}}}
// CHECK: ascend.kernel "matmul" <cube_matmul>({{.*}}) schedule {block_dim = {{[0-9]+}} : i64, chunk_k1 = {{[0-9]+}} : i64, estimate_cycles = {{[0-9]+}} : i64, step_k1 = {{[0-9]+}} : i64, tile_m1 = 1 : i64, tile_n1 = {{[0-9]+}} : i64, whole_rows = 1 : i64}
// TWO: ascend.kernel "relu" <elementwise>(%arg0) schedule {{.*}}block_dim = 2 : i64
// UNKNOWN: error: {{.*}}Ascend9
!image = tensor<1x32x20x20xf16, #ascend.layout<nc1hwc0>>
!filter = tensor<32x32x3x3xf16, #ascend.layout<fractal_z>>
func.func @main(%x: tensor<400000xf16>, %y: tensor<16xf16>, %i: !image, %f: !filter, %a: tensor<1x100xf16>, %b: tensor<100x40xf16>)
    -> (tensor<400000xf16>, tensor<16xf16>, tensor<400000xf16>, !image, tensor<1x40xf16>) {
  %0 = ascend.kernel "relu" <elementwise> (%x) : (tensor<400000xf16>) -> tensor<400000xf16> {
  ^bb0(%v: tensor<400000xf16>):
    %r = ascend.relu %v : (tensor<400000xf16>) -> tensor<400000xf16>
    ascend.yield %r : tensor<400000xf16>
  }
  %1 = ascend.kernel "small" <elementwise> (%y) : (tensor<16xf16>) -> tensor<16xf16> {
  ^bb0(%v: tensor<16xf16>):
    %r = ascend.relu %v : (tensor<16xf16>) -> tensor<16xf16>
    ascend.yield %r : tensor<16xf16>
  }
  %2 = ascend.kernel "tuned" <elementwise> (%x) schedule {block_dim = 3, tile = 256} : (tensor<400000xf16>) -> tensor<400000xf16> {
  ^bb0(%v: tensor<400000xf16>):
    %r = ascend.relu %v : (tensor<400000xf16>) -> tensor<400000xf16>
    ascend.yield %r : tensor<400000xf16>
  }
  %3 = ascend.kernel "conv" <cube_conv> (%i, %f) : (!image, !filter) -> !image {
  ^bb0(%v: !image, %w: !filter):
    %r = ascend.conv %v, %w {pads = array<i64: 1, 1, 1, 1>} : (!image, !filter) -> !image
    ascend.yield %r : !image
  }
  %4 = ascend.kernel "matmul" <cube_matmul> (%a, %b) : (tensor<1x100xf16>, tensor<100x40xf16>) -> tensor<1x40xf16> {
  ^bb0(%v: tensor<1x100xf16>, %w: tensor<100x40xf16>):
    %r = ascend.matmul %v, %w : (tensor<1x100xf16>, tensor<100x40xf16>) -> tensor<1x40xf16>
    ascend.yield %r : tensor<1x40xf16>
  }
  return %0, %1, %2, %3, %4 : tensor<400000xf16>, tensor<16xf16>, tensor<400000xf16>, !image, tensor<1x40xf16>
}
