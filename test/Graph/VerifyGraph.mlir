// RUN: ascend-opt %s --ascend-verify-graph --split-input-file --verify-diagnostics

func.func @good(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<2x2xf32>) {
  %s = ascend.constant dense<[2, 2]> : tensor<2xi64>
  %0 = ascend.sin %x {ascend.engine = "aicpu"} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = ascend.reshape %x, %s : (tensor<4xf32>, tensor<2xi64>) -> tensor<2x2xf32>
  %2 = ascend.kernel "n" <elementwise>(%0) : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %3 = ascend.relu %a : (tensor<4xf32>) -> tensor<4xf32>
    ascend.yield %3 : tensor<4xf32>
  }
  return %2, %1 : tensor<4xf32>, tensor<2x2xf32>
}

// -----

func.func @left_over(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{relu was neither given to an engine nor grouped into a kernel}}
  %0 = ascend.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

func.func @dynamic(%x: tensor<*xf32>) -> tensor<*xf32> {
  // expected-error@+1 {{the shape of a result of sin is not known at compile time}}
  %0 = ascend.sin %x {ascend.engine = "aicpu"} : (tensor<*xf32>) -> tensor<*xf32>
  return %0 : tensor<*xf32>
}
