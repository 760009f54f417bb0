// RUN: ascend-opt %s --split-input-file --ascend-verify-import --verify-diagnostics

func.func @main(%x: tensor<4xf32> {ascend.name = "x"})
    -> (tensor<4xf32> {ascend.name = "y"}) {
  %0 = ascend.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// expected-error @below {{argument 0 has no 'ascend.name'}}
func.func @main(%x: tensor<4xf32>) -> (tensor<4xf32> {ascend.name = "y"}) {
  return %x : tensor<4xf32>
}

// -----

// expected-error @below {{must hold a function 'main'}}
module {
  func.func @other() {
    return
  }
}

// -----

func.func @main(%x: tensor<4xf32> {ascend.name = "x"})
    -> (tensor<4xf32> {ascend.name = "y"}) {
  // expected-error @below {{is not an operator that HostOps implements}}
  %0 = arith.addf %x, %x : tensor<4xf32>
  return %0 : tensor<4xf32>
}
