// RUN: ascend-opt %s --ascend-lower-kernels --verify-diagnostics

func.func @main(%x: tensor<4xf16>) -> tensor<4xf16> {
  // expected-error @+1 {{kernel could not be lowered}}
  %0 = ascend.kernel "host" <host> (%x) : (tensor<4xf16>) -> tensor<4xf16> {
  ^bb0(%v: tensor<4xf16>):
    ascend.yield %v : tensor<4xf16>
  }
  return %0 : tensor<4xf16>
}
