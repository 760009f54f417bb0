// RUN: ascend-opt %s --ascend-verify-core --split-input-file --verify-diagnostics

func.func @complete(%x: tensor<64xf16>) -> tensor<64xf16> {
  %y = ascend.launch @k0(%x) block_dim 1 : (tensor<64xf16>) -> tensor<64xf16>
  return %y : tensor<64xf16>
}
davinci.kernel @k0 block_dim 1 {
^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
  %p = davinci.pool "x" bytes 128 slots 1 at 0 : !davinci.pool<ub>
}

// -----

func.func @group_left(%x: tensor<64xf16>) -> tensor<64xf16> {
  // expected-error @+1 {{kernel group is not lowered}}
  %y = ascend.kernel "relu_0" <elementwise>(%x) : (tensor<64xf16>) -> tensor<64xf16> {
  ^bb0(%a: tensor<64xf16>):
    %0 = ascend.relu %a : (tensor<64xf16>) -> tensor<64xf16>
    ascend.yield %0 : tensor<64xf16>
  }
  return %y : tensor<64xf16>
}

// -----

func.func @no_kernel(%x: tensor<64xf16>) -> tensor<64xf16> {
  // expected-error @+1 {{launches 'k7', which does not exist}}
  %y = ascend.launch @k7(%x) block_dim 1 : (tensor<64xf16>) -> tensor<64xf16>
  return %y : tensor<64xf16>
}

// -----

func.func @arguments(%x: tensor<64xf16>) -> tensor<64xf16> {
  // expected-error @+1 {{passes 2 buffers to a kernel of 1}}
  %y = ascend.launch @k0(%x) block_dim 1 : (tensor<64xf16>) -> tensor<64xf16>
  return %y : tensor<64xf16>
}
davinci.kernel @k0 block_dim 1 {
^bb0(%x: !davinci.ptr<gm>):
}

// -----

davinci.kernel @k0 block_dim 1 {
^bb0(%x: !davinci.ptr<gm>):
  // expected-error @+1 {{buffer "x" has no address}}
  %p = davinci.pool "x" bytes 128 slots 1 : !davinci.pool<ub>
}
