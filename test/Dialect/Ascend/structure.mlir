// RUN: ascend-opt %s | ascend-opt | FileCheck %s

// CHECK-LABEL: func.func @constants
func.func @constants() -> (tensor<2xi64>, tensor<4xi1>, tensor<2xf32>) {
  // CHECK: ascend.constant dense<[1, 2]> : tensor<2xi64>
  %0 = ascend.constant dense<[1, 2]> : tensor<2xi64>
  // CHECK: ascend.constant dense<[true, false, true, true]> : tensor<4xi1>
  %1 = ascend.constant dense<[true, false, true, true]> : tensor<4xi1>
  // CHECK: ascend.constant dense_resource<weights> : tensor<2xf32>
  %2 = ascend.constant dense_resource<weights> : tensor<2xf32>
  return %0, %1, %2 : tensor<2xi64>, tensor<4xi1>, tensor<2xf32>
}

// CHECK-LABEL: func.func @layouts
func.func @layouts(%x: tensor<1x3x8x8xf16>)
    -> tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0>> {
  // CHECK: ascend.trans_data %{{.*}} -> tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0>>
  %0 = ascend.trans_data %x
      : (tensor<1x3x8x8xf16>) -> tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0>>
  // The shape stays the logical one, so inference does not mind the layout.
  // CHECK: ascend.relu
  %1 = ascend.relu %0 : (tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0>>)
      -> tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0>>
  return %1 : tensor<1x3x8x8xf16, #ascend.layout<nc1hwc0>>
}

// CHECK-LABEL: func.func @fewChannels
func.func @fewChannels(%x: tensor<2x3x8x8xf16>) -> tensor<2x3x8x8xf16, #ascend.layout<nc1hwc0_c04>> {
  // CHECK: ascend.trans_data %{{.*}} -> tensor<2x3x8x8xf16, #ascend.layout<nc1hwc0_c04>>
  %0 = ascend.trans_data %x : (tensor<2x3x8x8xf16>) -> tensor<2x3x8x8xf16, #ascend.layout<nc1hwc0_c04>>
  return %0 : tensor<2x3x8x8xf16, #ascend.layout<nc1hwc0_c04>>
}

// CHECK-LABEL: func.func @rows
func.func @rows(%x: tensor<2x5x48xf16>) -> tensor<10x48xf16, #ascend.layout<nz>> {
  %s = ascend.constant dense<[10, 48]> : tensor<2xi64>
  // CHECK: ascend.trans_data %{{.*}} -> tensor<2x5x48xf16, #ascend.layout<nz>>
  %0 = ascend.trans_data %x : (tensor<2x5x48xf16>) -> tensor<2x5x48xf16, #ascend.layout<nz>>
  // CHECK: ascend.reshape %{{.*}} -> tensor<10x48xf16, #ascend.layout<nz>>
  %1 = ascend.reshape %0, %s : (tensor<2x5x48xf16, #ascend.layout<nz>>, tensor<2xi64>)
      -> tensor<10x48xf16, #ascend.layout<nz>>
  return %1 : tensor<10x48xf16, #ascend.layout<nz>>
}

// CHECK-LABEL: func.func @kernel
func.func @kernel(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: ascend.kernel "relu_0" <elementwise>(%{{.*}}) schedule {tile = 4 : i64}
  // CHECK-SAME: : (tensor<4xf32>) -> tensor<4xf32>
  // CHECK-NEXT: ^bb0(%[[A:.*]]: tensor<4xf32>):
  // CHECK-NEXT: %[[R:.*]] = ascend.relu %[[A]]
  // CHECK-NEXT: ascend.yield %[[R]] : tensor<4xf32>
  %y = ascend.kernel "relu_0" <elementwise>(%x) schedule {tile = 4 : i64}
      : (tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%a: tensor<4xf32>):
    %0 = ascend.relu %a : (tensor<4xf32>) -> tensor<4xf32>
    ascend.yield %0 : tensor<4xf32>
  }
  // CHECK: ascend.sqrt %{{.*}} {ascend.engine = "aicpu", ascend.engine_reason = "a test"}
  %z = ascend.sqrt %y {ascend.engine = "aicpu", ascend.engine_reason = "a test"}
      : (tensor<4xf32>) -> tensor<4xf32>
  return %z : tensor<4xf32>
}

{-#
  dialect_resources: {
    builtin: {
      weights: "0x080000000000803F00000040"
    }
  }
#-}

// CHECK-LABEL: func.func @loop
func.func @loop(%x: tensor<8x4xf32>, %b: tensor<4xf32>) -> tensor<8x4xf32> {
  // CHECK: ascend.batch_loop 4(%{{.*}}) : (tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK-NEXT: ^bb0(%[[SLICE:.*]]: tensor<2x4xf32>):
  // CHECK-NEXT: ascend.add %[[SLICE]], %{{.*}} : (tensor<2x4xf32>, tensor<4xf32>)
  %y = ascend.batch_loop 4 (%x) : (tensor<8x4xf32>) -> tensor<8x4xf32> {
  ^bb0(%a: tensor<2x4xf32>):
    %0 = ascend.add %a, %b : (tensor<2x4xf32>, tensor<4xf32>) -> tensor<2x4xf32>
    ascend.yield %0 : tensor<2x4xf32>
  }
  return %y : tensor<8x4xf32>
}

// CHECK-LABEL: func.func @over
func.func @over(%x: tensor<8xf16>, %r: tensor<4xf16>) -> tensor<4xf16> {
  // CHECK: ascend.launch @k(%{{.*}}, %{{.*}}) block_dim 8 over [1] : (tensor<8xf16>, tensor<4xf16>) -> tensor<4xf16>
  %y = ascend.launch @k(%x, %r) block_dim 8 over [1] : (tensor<8xf16>, tensor<4xf16>) -> tensor<4xf16>
  return %y : tensor<4xf16>
}

// CHECK-LABEL: func.func @dynamicAipp
func.func @dynamicAipp(%x: tensor<1x999xui8>, %p: tensor<256xui8>) -> tensor<2x3x8x8xui8> {
  // CHECK: ascend.dynamic_aipp %{{.*}}, %{{.*}} {max_padded_width = 4096 : i64,
  // CHECK-SAME: output_shape = array<i64: 2, 3, 8, 8>, to = 2 : i64}
  %0 = ascend.dynamic_aipp %x, %p
      {output_shape = array<i64: 2, 3, 8, 8>, to = 2 : i64, max_padded_width = 4096 : i64}
      : (tensor<1x999xui8>, tensor<256xui8>) -> tensor<2x3x8x8xui8>
  return %0 : tensor<2x3x8x8xui8>
}
