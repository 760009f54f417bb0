// RUN: ascend-opt %s --split-input-file --verify-diagnostics

func.func @shapes(%x: tensor<4xf32>, %y: tensor<3xf32>) {
  // expected-error @below {{failed to infer returned types}}
  // expected-error-re @below {{'ascend.add' op {{.*}}broadcast}}
  %0 = ascend.add %x, %y : (tensor<4xf32>, tensor<3xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @wrongResult(%x: tensor<4xf32>) {
  // expected-error @below {{failed to infer returned types}}
  // expected-error @below {{'ascend.relu' op inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<5xf32>'}}
  %0 = ascend.relu %x : (tensor<4xf32>) -> tensor<5xf32>
  return
}

// -----

func.func @elementType(%x: tensor<4xf32>) {
  // expected-error @below {{failed to infer returned types}}
  // expected-error @below {{are incompatible with return type(s) of operation 'tensor<4xf16>'}}
  %0 = ascend.relu %x : (tensor<4xf32>) -> tensor<4xf16>
  return
}

// -----

func.func @axis(%x: tensor<4x4xf32>) {
  // expected-error @below {{failed to infer returned types}}
  // expected-error-re @below {{'ascend.softmax' op {{.*}}axis}}
  %0 = ascend.softmax %x {axis = 5 : i64} : (tensor<4x4xf32>) -> tensor<4x4xf32>
  return
}

// -----

func.func @missingAttribute(%x: tensor<1x8x2x2xf32>) {
  // expected-error @below {{'ascend.depth_to_space' op requires attribute 'blocksize'}}
  %0 = ascend.depth_to_space %x : (tensor<1x8x2x2xf32>) -> tensor<1x2x4x4xf32>
  return
}

// -----

func.func @constantType() {
  // expected-error @below {{'ascend.constant' op value type 'tensor<2xi64>' differs from result type 'tensor<3xi64>'}}
  %0 = "ascend.constant"() <{value = dense<1> : tensor<2xi64>}> : () -> tensor<3xi64>
  return
}

// -----

func.func @resourceSize() {
  // expected-error @below {{'ascend.constant' op resource has 8 bytes, but its type 'tensor<3xf32>' needs 12}}
  %0 = ascend.constant dense_resource<short> : tensor<3xf32>
  return
}

{-#
  dialect_resources: {
    builtin: {
      short: "0x080000000000803F00000040"
    }
  }
#-}

// -----

func.func @transData(%x: tensor<1x3x8x8xf16>) {
  // expected-error @below {{'ascend.trans_data' op cannot change the element type from 'f16' to 'f32'}}
  %0 = ascend.trans_data %x
      : (tensor<1x3x8x8xf16>) -> tensor<1x3x8x8xf32, #ascend.layout<nc1hwc0>>
  return
}

// -----

func.func @transDataShape(%x: tensor<1x3x8x8xf16>) {
  // expected-error @below {{'ascend.trans_data' op cannot change the logical shape}}
  %0 = ascend.trans_data %x
      : (tensor<1x3x8x8xf16>) -> tensor<1x3x8x4xf16, #ascend.layout<nc1hwc0>>
  return
}

// -----

// expected-error @below {{layout nc1hwc0_c04 needs rank 4 and at most 4 channels}}
func.func @layoutFewChannels(%x: tensor<1x5x8x8xf16, #ascend.layout<nc1hwc0_c04>>) {
  return
}

// -----

// expected-error @below {{layout nc1hwc0 needs rank 4, not 2}}
func.func @layoutRank(%x: tensor<8x8xf16, #ascend.layout<nc1hwc0>>) {
  return
}

// -----

func.func @kernelArguments(%x: tensor<4xf32>) {
  // expected-error @below {{'ascend.kernel' op block arguments ('tensor<5xf32>') must have the types of the operands ('tensor<4xf32>')}}
  %y = ascend.kernel "k" <elementwise>(%x) : (tensor<4xf32>) -> tensor<5xf32> {
  ^bb0(%a: tensor<5xf32>):
    ascend.yield %a : tensor<5xf32>
  }
  return
}

// -----

func.func @kernelResults(%x: tensor<4xf32>) {
  // expected-error @below {{'ascend.kernel' op yields ('tensor<4xf32>') but has the results ('tensor<5xf32>')}}
  %y = ascend.kernel "k" <elementwise>(%x) : (tensor<4xf32>) -> tensor<5xf32> {
  ^bb0(%a: tensor<4xf32>):
    ascend.yield %a : tensor<4xf32>
  }
  return
}

// -----

func.func @engine(%x: tensor<4xf32>) {
  // expected-error @below {{'ascend.engine' must be "aicpu"}}
  %y = ascend.relu %x {ascend.engine = "gpu"} : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @attentionHeads(%x: tensor<1x4x8xf32>) {
  // expected-error @below {{failed to infer returned types}}
  // expected-error @below {{'ascend.attention' op the columns of attention, 8 and 8, are no multiples of 3 heads}}
  %0 = ascend.attention %x, %x, %x {heads = 3 : i64} : (tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @attentionKeys(%x: tensor<1x4x8xf32>, %k: tensor<1x5x8xf32>) {
  // expected-error @below {{failed to infer returned types}}
  // expected-error @below {{'ascend.attention' op query [1, 4, 8], key [1, 5, 8] and value [1, 4, 8] of attention do not match}}
  %0 = ascend.attention %x, %k, %x {heads = 2 : i64} : (tensor<1x4x8xf32>, tensor<1x5x8xf32>, tensor<1x4x8xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @attentionColumns(%x: tensor<1x4x24xf32>) {
  // expected-error @below {{failed to infer returned types}}
  // expected-error @below {{'ascend.attention' op operand 2 of attention has 24 columns, which 2 heads of 4 from column 17 on exceed}}
  %0 = ascend.attention %x, %x, %x {heads = 2 : i64, width = 4 : i64, value_width = 4 : i64, columns = array<i64: 0, 8, 17>} : (tensor<1x4x24xf32>, tensor<1x4x24xf32>, tensor<1x4x24xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @attentionMask(%x: tensor<1x4x8xf32>, %m: tensor<1x1x1x5xf32>) {
  // expected-error @below {{failed to infer returned types}}
  // expected-error-re @below {{'ascend.attention' op the mask {{.*}} of attention does not broadcast to}}
  %0 = ascend.attention %x, %x, %x mask %m {heads = 2 : i64} : (tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x4x8xf32>, tensor<1x1x1x5xf32>) -> tensor<1x4x8xf32>
  return
}

// -----

func.func @loopCount(%x: tensor<8x4xf32>) {
  // expected-error @below {{'ascend.batch_loop' op operand 0 of type 'tensor<8x4xf32>' cannot be cut into equal slices}}
  %y = ascend.batch_loop 3 (%x) : (tensor<8x4xf32>) -> tensor<8x4xf32> {
  ^bb0(%a: tensor<2x4xf32>):
    %0 = ascend.relu %a : (tensor<2x4xf32>) -> tensor<2x4xf32>
    ascend.yield %0 : tensor<2x4xf32>
  }
  return
}

// -----

func.func @loopNegative(%x: tensor<8x4xf32>) {
  // expected-error @below {{'ascend.batch_loop' op needs a positive count, not -2}}
  %y = ascend.batch_loop -2 (%x) : (tensor<8x4xf32>) -> tensor<8x4xf32> {
  ^bb0(%a: tensor<4x4xf32>):
    %0 = ascend.relu %a : (tensor<4x4xf32>) -> tensor<4x4xf32>
    ascend.yield %0 : tensor<4x4xf32>
  }
  return
}

// -----

func.func @loopArgument(%x: tensor<8x4xf32>) {
  // expected-error @below {{'ascend.batch_loop' op operand 0 of type 'tensor<8x4xf32>' does not have the type of a slice in the body}}
  %y = ascend.batch_loop 4 (%x) : (tensor<8x4xf32>) -> tensor<8x4xf32> {
  ^bb0(%a: tensor<8x4xf32>):
    %0 = ascend.relu %a : (tensor<8x4xf32>) -> tensor<8x4xf32>
    ascend.yield %0 : tensor<8x4xf32>
  }
  return
}

// -----

func.func @loopArguments(%x: tensor<8x4xf32>) {
  // expected-error @below {{'ascend.batch_loop' op has 1 operands and 0 block arguments}}
  ascend.batch_loop 4 (%x) : (tensor<8x4xf32>) -> () {
    ascend.yield
  }
  return
}

// -----

func.func @loopScalar(%x: tensor<f32>) {
  // expected-error @below {{'ascend.batch_loop' op operand 0 of type 'tensor<f32>' has no static first dimension}}
  ascend.batch_loop 4 (%x) : (tensor<f32>) -> () {
  ^bb0(%a: tensor<f32>):
    ascend.yield
  }
  return
}

// -----

func.func @loopLayout(%x: tensor<8x4xf16, #ascend.layout<nz>>) {
  // expected-error @below {{has no contiguous slices}}
  ascend.batch_loop 4 (%x) : (tensor<8x4xf16, #ascend.layout<nz>>) -> () {
  ^bb0(%a: tensor<2x4xf16, #ascend.layout<nz>>):
    ascend.yield
  }
  return
}

// -----

func.func @loopResults(%x: tensor<8x4xf32>) {
  // expected-error @below {{'ascend.batch_loop' op yields 1 values but has 2 results}}
  %y:2 = ascend.batch_loop 4 (%x) : (tensor<8x4xf32>) -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  ^bb0(%a: tensor<2x4xf32>):
    %0 = ascend.relu %a : (tensor<2x4xf32>) -> tensor<2x4xf32>
    ascend.yield %0 : tensor<2x4xf32>
  }
  return
}

// -----

func.func @loopResult(%x: tensor<8x4xf32>) {
  // expected-error @below {{'ascend.batch_loop' op result 0 of type 'tensor<2x4xf32>' cannot be cut into equal slices}}
  %y = ascend.batch_loop 4 (%x) : (tensor<8x4xf32>) -> tensor<2x4xf32> {
  ^bb0(%a: tensor<2x4xf32>):
    %0 = ascend.relu %a : (tensor<2x4xf32>) -> tensor<2x4xf32>
    ascend.yield %0 : tensor<2x4xf32>
  }
  return
}

// -----

func.func @loopYieldsArgument(%x: tensor<8x4xf32>) {
  // expected-error @below {{'ascend.batch_loop' op must yield results of ops of its body, each once}}
  %y = ascend.batch_loop 4 (%x) : (tensor<8x4xf32>) -> tensor<8x4xf32> {
  ^bb0(%a: tensor<2x4xf32>):
    ascend.yield %a : tensor<2x4xf32>
  }
  return
}

// -----

func.func @loopYieldsTwice(%x: tensor<8x4xf32>) {
  // expected-error @below {{'ascend.batch_loop' op must yield results of ops of its body, each once}}
  %y:2 = ascend.batch_loop 4 (%x) : (tensor<8x4xf32>) -> (tensor<8x4xf32>, tensor<8x4xf32>) {
  ^bb0(%a: tensor<2x4xf32>):
    %0 = ascend.relu %a : (tensor<2x4xf32>) -> tensor<2x4xf32>
    ascend.yield %0, %0 : tensor<2x4xf32>, tensor<2x4xf32>
  }
  return
}

// -----

func.func @launchOverCount(%x: tensor<4xf32>) {
  // expected-error @below {{'ascend.launch' op names 2 operands for 1 results}}
  %y = ascend.launch @k(%x) block_dim 1 over [0, -1] : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @launchOverOperand(%x: tensor<4xf32>) {
  // expected-error @below {{'ascend.launch' op has no operand 1}}
  %y = ascend.launch @k(%x) block_dim 1 over [1] : (tensor<4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @launchOverType(%x: tensor<4xf32>) {
  // expected-error @below {{'ascend.launch' op cannot put a result of type 'tensor<8xf16>' over an operand of type 'tensor<4xf32>'}}
  %y = ascend.launch @k(%x) block_dim 1 over [0] : (tensor<4xf32>) -> tensor<8xf16>
  return
}
