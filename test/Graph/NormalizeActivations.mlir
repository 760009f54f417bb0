// RUN: ascend-opt %s --ascend-normalize --split-input-file | FileCheck %s
// RUN: ascend-opt %s --ascend-normalize=functions=false --split-input-file | FileCheck %s --check-prefix=OFF
// OFF-NOT: ascend.gelu

// x / sqrt(2) -> erf -> + 1 -> * x -> * 0.5.
// CHECK-LABEL: func.func @erf_form(
// CHECK-NEXT: %[[Y:.*]] = ascend.gelu %arg0 : (tensor<2x8xf32>) -> tensor<2x8xf32>
// CHECK-NEXT: return %[[Y]]
func.func @erf_form(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %r = ascend.constant dense<1.41421354> : tensor<f32>
  %1 = ascend.constant dense<1.0> : tensor<f32>
  %h = ascend.constant dense<0.5> : tensor<f32>
  %a = ascend.div %x, %r : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %b = ascend.erf %a : (tensor<2x8xf32>) -> tensor<2x8xf32>
  %c = ascend.add %b, %1 : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  %d = ascend.mul %x, %c : (tensor<2x8xf32>, tensor<2x8xf32>) -> tensor<2x8xf32>
  %e = ascend.mul %d, %h : (tensor<2x8xf32>, tensor<f32>) -> tensor<2x8xf32>
  return %e : tensor<2x8xf32>
}

// -----

// (x * 0.5) * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3))).
// CHECK-LABEL: func.func @tanh_form(
// CHECK: %[[Y:.*]] = ascend.gelu %arg0 {approximate = "tanh"}
// CHECK-NEXT: return %[[Y]]
func.func @tanh_form(%x: tensor<8xf32>) -> tensor<8xf32> {
  %3 = ascend.constant dense<3.0> : tensor<f32>
  %k = ascend.constant dense<4.471500e-02> : tensor<f32>
  %q = ascend.constant dense<0.797884583> : tensor<f32>
  %1 = ascend.constant dense<1.0> : tensor<f32>
  %h = ascend.constant dense<0.5> : tensor<f32>
  %a = ascend.pow %x, %3 : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %b = ascend.mul %k, %a : (tensor<f32>, tensor<8xf32>) -> tensor<8xf32>
  %c = ascend.add %x, %b : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %d = ascend.mul %c, %q : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %e = ascend.tanh %d : (tensor<8xf32>) -> tensor<8xf32>
  %f = ascend.add %1, %e : (tensor<f32>, tensor<8xf32>) -> tensor<8xf32>
  %g = ascend.mul %x, %h : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %i = ascend.mul %g, %f : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  return %i : tensor<8xf32>
}

// -----

// Another factor than one half is no GELU, nor is another operand.
// CHECK-LABEL: func.func @others(
// CHECK-NOT: ascend.gelu
// CHECK: return
func.func @others(%x: tensor<8xf32>, %y: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %r = ascend.constant dense<0.707106769> : tensor<f32>
  %1 = ascend.constant dense<1.0> : tensor<f32>
  %h = ascend.constant dense<0.5> : tensor<f32>
  %q = ascend.constant dense<0.25> : tensor<f32>
  %a = ascend.mul %x, %r : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %b = ascend.erf %a : (tensor<8xf32>) -> tensor<8xf32>
  %c = ascend.add %b, %1 : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %d = ascend.mul %x, %c : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %e = ascend.mul %d, %q : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %f = ascend.mul %y, %c : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %g = ascend.mul %f, %h : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  return %e, %g : tensor<8xf32>, tensor<8xf32>
}
