// RUN: ascend-opt %s --ascend-schedule-kernels --split-input-file --verify-diagnostics

// One output position of this convolution reads more than L1 holds twice.
!image = tensor<1x16x130x130xf16, #ascend.layout<nc1hwc0>>
!filter = tensor<16x16x130x130xf16, #ascend.layout<fractal_z>>
!one = tensor<1x16x1x1xf16, #ascend.layout<nc1hwc0>>
func.func @main(%i: !image, %f: !filter) -> !one {
  // expected-error @+1 {{no tile of this convolution fits the core}}
  %3 = ascend.kernel "conv" <cube_conv> (%i, %f) : (!image, !filter) -> !one {
  ^bb0(%v: !image, %w: !filter):
    %r = ascend.conv %v, %w : (!image, !filter) -> !one
    ascend.yield %r : !one
  }
  return %3 : !one
}

// -----

!pooled = tensor<1x16x200x200xf16, #ascend.layout<nc1hwc0>>
!point = tensor<1x16x1x1xf16, #ascend.layout<nc1hwc0>>
func.func @main(%i: !pooled) -> !point {
  // expected-error @+1 {{no tile of this pooling fits the core}}
  %3 = ascend.kernel "pool" <pool> (%i) : (!pooled) -> !point {
  ^bb0(%v: !pooled):
    %r = ascend.max_pool %v {kernel_shape = array<i64: 200, 200>} : (!pooled) -> !point
    ascend.yield %r : !point
  }
  return %3 : !point
}

// -----

func.func @main(%x: tensor<4xf16>) -> tensor<4xf16> {
  // expected-error @+1 {{no kernel exists for kind host}}
  %0 = ascend.kernel "host" <host> (%x) : (tensor<4xf16>) -> tensor<4xf16> {
  ^bb0(%v: tensor<4xf16>):
    ascend.yield %v : tensor<4xf16>
  }
  return %0 : tensor<4xf16>
}
