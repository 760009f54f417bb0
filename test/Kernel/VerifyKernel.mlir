// RUN: ascend-opt %s --ascend-verify-kernel --split-input-file --verify-diagnostics

func.func @scheduled(%x: tensor<64xf16>) -> tensor<64xf16> {
  %y = ascend.kernel "relu_0" <elementwise>(%x) schedule {block_dim = 8 : i64}
      : (tensor<64xf16>) -> tensor<64xf16> {
  ^bb0(%a: tensor<64xf16>):
    %0 = ascend.relu %a : (tensor<64xf16>) -> tensor<64xf16>
    ascend.yield %0 : tensor<64xf16>
  }
  return %y : tensor<64xf16>
}

// -----

func.func @not_scheduled(%x: tensor<64xf16>) -> tensor<64xf16> {
  // expected-error @+1 {{schedule needs a block_dim between 1 and 8}}
  %y = ascend.kernel "relu_0" <elementwise>(%x) : (tensor<64xf16>) -> tensor<64xf16> {
  ^bb0(%a: tensor<64xf16>):
    %0 = ascend.relu %a : (tensor<64xf16>) -> tensor<64xf16>
    ascend.yield %0 : tensor<64xf16>
  }
  return %y : tensor<64xf16>
}

// -----

func.func @too_many_blocks(%x: tensor<64xf16>) -> tensor<64xf16> {
  // expected-error @+1 {{schedule needs a block_dim between 1 and 8}}
  %y = ascend.kernel "relu_0" <elementwise>(%x) schedule {block_dim = 9 : i64}
      : (tensor<64xf16>) -> tensor<64xf16> {
  ^bb0(%a: tensor<64xf16>):
    %0 = ascend.relu %a : (tensor<64xf16>) -> tensor<64xf16>
    ascend.yield %0 : tensor<64xf16>
  }
  return %y : tensor<64xf16>
}
