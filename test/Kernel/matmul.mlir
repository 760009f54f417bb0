// RUN: ascend-opt %s --ascend-schedule-kernels --ascend-lower-kernels --cse --canonicalize --split-input-file | FileCheck %s

// Both operands row-major: the left one keeps its rows, which load3d reads as windows, the right one
// is transposed fractal by fractal on its way to L0B. The last column of the result is 14 wide.
// CHECK-LABEL: davinci.kernel @k0 block_dim 6
// CHECK: scf.for
// CHECK: %[[ACC:.*]] = davinci.acquire %{{.*}} : <l0c> -> <l0c>
// CHECK: davinci.dma_gm_l1 %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %c128 :
// CHECK: davinci.dma_gm_l1 %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %c32, %c60 :
// CHECK: davinci.load3d_a
// CHECK: davinci.load2d_b {{.*}} {trans}
// CHECK: davinci.mmad %[[ACC]]
// CHECK: davinci.l0c_ub
// CHECK: davinci.dma_ub_gm %{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}, %c60, %c32 :
func.func @main(%x: tensor<40x64xf16>, %f: tensor<64x30xf16>) -> tensor<40x30xf16> {
  %0 = ascend.kernel "mm" <cube_matmul> (%x, %f) : (tensor<40x64xf16>, tensor<64x30xf16>) -> tensor<40x30xf16> {
  ^bb0(%v: tensor<40x64xf16>, %w: tensor<64x30xf16>):
    %1 = ascend.matmul %v, %w : (tensor<40x64xf16>, tensor<64x30xf16>) -> tensor<40x30xf16>
    ascend.yield %1 : tensor<40x30xf16>
  }
  return %0 : tensor<40x30xf16>
}

// -----

// The other form of the left operand: columns of 16 become fractals in L1.
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.dma_gm_l1 %{{.*}}, %{{.*}}, %{{.*}}, %c32, %c32, %c128 :
func.func @main(%x: tensor<40x64xf16>, %f: tensor<64x30xf16>) -> tensor<40x30xf16> {
  %0 = ascend.kernel "mm" <cube_matmul> (%x, %f) schedule {block_dim = 1 : i64, chunk_k1 = 2 : i64, step_k1 = 2 : i64, tile_m1 = 3 : i64, tile_n1 = 2 : i64, whole_rows = 0 : i64} : (tensor<40x64xf16>, tensor<64x30xf16>) -> tensor<40x30xf16> {
  ^bb0(%v: tensor<40x64xf16>, %w: tensor<64x30xf16>):
    %1 = ascend.matmul %v, %w : (tensor<40x64xf16>, tensor<64x30xf16>) -> tensor<40x30xf16>
    ascend.yield %1 : tensor<40x30xf16>
  }
  return %0 : tensor<40x30xf16>
}

// -----

// One row times a packed matrix, as a classifier has it: the row comes in one burst, and the
// fractals of the right operand are copied as they lie.
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.dma_gm_l1 %{{.*}}, %{{.*}}, %c1, %{{.*}}, %{{.*}}, %c1024 :
// CHECK-NOT: davinci.fill_l1
// CHECK: davinci.load2d_b
// CHECK-NOT: trans
// CHECK-SAME: :
// CHECK: davinci.mmad {{.*}}, %c1, %
// CHECK: davinci.vadd
!filter = tensor<512x1000xf16, #ascend.layout<fractal_z>>
func.func @main(%x: tensor<1x512xf16>, %f: !filter, %b: tensor<1000xf16>) -> tensor<1x1000xf16> {
  %0 = ascend.kernel "mm" <cube_matmul> (%x, %f, %b) : (tensor<1x512xf16>, !filter, tensor<1000xf16>) -> tensor<1x1000xf16> {
  ^bb0(%v: tensor<1x512xf16>, %w: !filter, %c: tensor<1000xf16>):
    %1 = ascend.matmul %v, %w : (tensor<1x512xf16>, !filter) -> tensor<1x1000xf16>
    %2 = ascend.add %1, %c : (tensor<1x1000xf16>, tensor<1000xf16>) -> tensor<1x1000xf16>
    ascend.yield %2 : tensor<1x1000xf16>
  }
  return %0 : tensor<1x1000xf16>
}

// -----

// K = 20 leaves 12 rows of the right operand's last fractals unwritten: they are zeroed first.
// CHECK-LABEL: davinci.kernel @k0
// CHECK: davinci.fill_l1
// CHECK-NEXT: davinci.pipe_barrier mte2
// CHECK: davinci.load3d_a
func.func @main(%x: tensor<2x4x20xf16>, %f: tensor<2x20x16xf16>) -> tensor<2x4x16xf32> {
  %0 = ascend.kernel "mm" <cube_matmul> (%x, %f) : (tensor<2x4x20xf16>, tensor<2x20x16xf16>) -> tensor<2x4x16xf32> {
  ^bb0(%v: tensor<2x4x20xf16>, %w: tensor<2x20x16xf16>):
    %1 = ascend.matmul %v, %w : (tensor<2x4x20xf16>, tensor<2x20x16xf16>) -> tensor<2x4x16xf32>
    ascend.yield %1 : tensor<2x4x16xf32>
  }
  return %0 : tensor<2x4x16xf32>
}
