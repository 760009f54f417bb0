// RUN: ascend-opt %s --ascend-lower-kernels --split-input-file --verify-diagnostics

func.func @main(%x: tensor<4xf16>) -> tensor<4xf16> {
  // expected-error @+1 {{kernel could not be lowered}}
  %0 = ascend.kernel "host" <host> (%x) : (tensor<4xf16>) -> tensor<4xf16> {
  ^bb0(%v: tensor<4xf16>):
    ascend.yield %v : tensor<4xf16>
  }
  return %0 : tensor<4xf16>
}

// -----

// Sixteen chunks that stay in L1 want more flags than there are.
!image = tensor<1x256x8x8xf16, #ascend.layout<nc1hwc0>>
!filter = tensor<16x256x1x1xf16, #ascend.layout<fractal_z>>
!result = tensor<1x16x8x8xf16, #ascend.layout<nc1hwc0>>
func.func @main(%x: !image, %w: !filter) -> !result {
  // expected-error @+2 {{the schedule keeps more chunks in L1 than the core has flags for}}
  // expected-error @+1 {{kernel could not be lowered}}
  %0 = ascend.kernel "conv" <cube_conv> (%x, %w) schedule {block_dim = 1 : i64, tile_w = 64 : i64, tile_n1 = 1 : i64, chunk_c1 = 1 : i64, step_k1 = 1 : i64, keep_b = 1 : i64, acc_slots = 2 : i64} : (!image, !filter) -> !result {
  ^bb0(%v: !image, %f: !filter):
    %1 = ascend.conv %v, %f : (!image, !filter) -> !result
    ascend.yield %1 : !result
  }
  return %0 : !result
}
