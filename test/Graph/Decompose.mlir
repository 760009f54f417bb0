// RUN: ascend-opt %s --ascend-decompose=mode=must_keep_origin_dtype --split-input-file | FileCheck %s
// RUN: ascend-opt %s --ascend-decompose --split-input-file | FileCheck %s --check-prefix=HALVES

// CHECK-LABEL: func.func @sigmoid(
// CHECK: %[[N:.*]] = ascend.neg %arg0 {ascend.precision = "f32"}
// CHECK: %[[E:.*]] = ascend.exp %[[N]] {ascend.precision = "f32"}
// CHECK: %[[A:.*]] = ascend.add %[[E]], %[[ONE:.*]] {ascend.precision = "f32"} : (tensor<4xf32>, tensor<f32>)
// CHECK: %[[D:.*]] = ascend.div %{{.*}}, %[[A]] {ascend.precision = "f32"} : (tensor<f32>, tensor<4xf32>)
// CHECK: return %[[D]]
// What the network gives stays in f32, as small as it may be.
// HALVES-LABEL: func.func @sigmoid(
// HALVES: ascend.exp %{{.*}} {ascend.precision = "f32"}
func.func @sigmoid(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = ascend.sigmoid %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// CHECK-LABEL: func.func @gate(
// HALVES-LABEL: func.func @gate(
// HALVES: ascend.exp %{{.*}} {ascend.precision = "f16"}
// HALVES: ascend.div %{{.*}} {ascend.precision = "f16"} : (tensor<f32>, tensor<4xf32>)
func.func @gate(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = ascend.sigmoid %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = ascend.mul %x, %0 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// Halves are cast around the sequence.
// CHECK-LABEL: func.func @tanh_f16(
// CHECK: %[[X:.*]] = ascend.cast %arg0 {to = 1 : i64} : (tensor<4xf16>) -> tensor<4xf32>
// CHECK: ascend.mul %[[X]]
// CHECK: ascend.div
// CHECK: %[[Y:.*]] = ascend.add
// CHECK: ascend.cast %[[Y]] {{.*}} -> tensor<4xf16>
func.func @tanh_f16(%x: tensor<4xf16>) -> tensor<4xf16> {
  %0 = ascend.tanh %x : (tensor<4xf16>) -> tensor<4xf16>
  return %0 : tensor<4xf16>
}

// -----

// Piecewise linear functions stay in the type of the data.
// CHECK-LABEL: func.func @linear(
// CHECK: ascend.mul %arg0, %{{.*}} : (tensor<4xf16>, tensor<f16>)
// CHECK: ascend.add
// CHECK: %[[C:.*]] = ascend.clip %{{.*}} min %{{.*}} max %{{.*}}
// CHECK: ascend.mul %arg0, %[[C]] : (tensor<4xf16>, tensor<4xf16>)
// CHECK: ascend.minimum %arg1
// CHECK: ascend.mul %{{.*}}, %arg2
// CHECK: ascend.relu %arg1
// CHECK: ascend.add
// CHECK-NOT: ascend.cast
// CHECK: return
func.func @linear(%x: tensor<4xf16>, %y: tensor<2x3xf32>, %s: tensor<3xf32>) -> (tensor<4xf16>, tensor<2x3xf32>) {
  %0 = ascend.hard_swish %x : (tensor<4xf16>) -> tensor<4xf16>
  %1 = ascend.prelu %y, %s : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  return %0, %1 : tensor<4xf16>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @activations(
// CHECK-NOT: {{ascend.(elu|selu|softplus|mish|erf|gelu|hard_sigmoid)}}
// CHECK: return
func.func @activations(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = ascend.elu %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = ascend.selu %0 : (tensor<4xf32>) -> tensor<4xf32>
  %2 = ascend.softplus %1 : (tensor<4xf32>) -> tensor<4xf32>
  %3 = ascend.mish %2 : (tensor<4xf32>) -> tensor<4xf32>
  %4 = ascend.erf %3 : (tensor<4xf32>) -> tensor<4xf32>
  %5 = ascend.gelu %4 : (tensor<4xf32>) -> tensor<4xf32>
  %6 = ascend.gelu %5 {approximate = "tanh"} : (tensor<4xf32>) -> tensor<4xf32>
  %7 = ascend.hard_sigmoid %6 : (tensor<4xf32>) -> tensor<4xf32>
  return %7 : tensor<4xf32>
}

// -----

// x^3 by squaring, x^-0.5 by a root, x^0.3 by exp and log; a computed exponent, a large one
// and integers stay.
// CHECK-LABEL: func.func @pow(
// CHECK: %[[S:.*]] = ascend.mul %arg0, %arg0
// CHECK: ascend.mul %arg0, %[[S]]
// CHECK: %[[R:.*]] = ascend.sqrt %arg0
// CHECK: ascend.div %{{.*}}, %[[R]]
// CHECK: %[[L:.*]] = ascend.log %arg0
// CHECK: %[[M:.*]] = ascend.mul %[[L]]
// CHECK: ascend.exp %[[M]]
// CHECK-COUNT-3: ascend.pow
func.func @pow(%x: tensor<4xf32>, %e: tensor<4xf32>, %i: tensor<4xi32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xi32>) {
  %c3 = ascend.constant dense<3> : tensor<i64>
  %ch = ascend.constant dense<-0.5> : tensor<f32>
  %cf = ascend.constant dense<0.3> : tensor<f32>
  %cl = ascend.constant dense<33.0> : tensor<f32>
  %ci = ascend.constant dense<2> : tensor<i32>
  %0 = ascend.pow %x, %c3 : (tensor<4xf32>, tensor<i64>) -> tensor<4xf32>
  %1 = ascend.pow %x, %ch : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %2 = ascend.pow %x, %cf : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %3 = ascend.pow %x, %e : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %4 = ascend.pow %x, %cl : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %5 = ascend.pow %i, %ci : (tensor<4xi32>, tensor<i32>) -> tensor<4xi32>
  return %0, %1, %2, %3, %4, %5 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xi32>
}

// -----

// The reciprocal of 1e6 would be no normal half.
// CHECK-LABEL: func.func @div(
// CHECK: %[[C:.*]] = ascend.constant dense<2.500000e-01> : tensor<f32>
// CHECK: ascend.mul %arg0, %[[C]]
// CHECK: ascend.div
func.func @div(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %c = ascend.constant dense<4.0> : tensor<f32>
  %d = ascend.constant dense<1.0e6> : tensor<f32>
  %0 = ascend.div %x, %c : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  %1 = ascend.div %x, %d : (tensor<4xf32>, tensor<f32>) -> tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// -----

// CHECK-LABEL: func.func @reductions(
// CHECK: %[[S:.*]] = ascend.mul %arg0, %arg0
// CHECK: %[[R:.*]] = ascend.reduce_sum %[[S]] axes %{{.*}} {ascend.precision = "f32", keepdims = false}
// CHECK: ascend.sqrt %[[R]]
// CHECK: %[[M:.*]] = ascend.reduce_max %arg0
// CHECK: %[[D:.*]] = ascend.sub %arg0, %[[M]]
// CHECK: %[[E:.*]] = ascend.exp %[[D]]
// CHECK: %[[T:.*]] = ascend.reduce_sum %[[E]]
// CHECK: %[[L:.*]] = ascend.log %[[T]]
// CHECK: ascend.add %[[L]], %[[M]]
func.func @reductions(%x: tensor<2x4xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %a = ascend.constant dense<1> : tensor<1xi64>
  %0 = ascend.reduce_l2 %x axes %a {keepdims = false} : (tensor<2x4xf32>, tensor<1xi64>) -> tensor<2xf32>
  %1 = ascend.reduce_log_sum_exp %x axes %a {keepdims = false} : (tensor<2x4xf32>, tensor<1xi64>) -> tensor<2xf32>
  return %0, %1 : tensor<2xf32>, tensor<2xf32>
}

// -----

// CHECK-LABEL: func.func @instance_norm(
// CHECK: %[[R:.*]] = ascend.reshape %arg0, %{{.*}} -> tensor<6x16xf32>
// CHECK: %[[N:.*]] = ascend.layer_norm %[[R]]
// CHECK: %[[I:.*]] = ascend.reshape %[[N]], %{{.*}} -> tensor<2x3x4x4xf32>
// CHECK: %[[M:.*]] = ascend.mul %[[I]], %{{.*}} : (tensor<2x3x4x4xf32>, tensor<3x1x1xf32>)
// CHECK: ascend.add %[[M]]
func.func @instance_norm(%x: tensor<2x3x4x4xf32>, %s: tensor<3xf32>, %b: tensor<3xf32>) -> tensor<2x3x4x4xf32> {
  %0 = ascend.instance_norm %x, %s, %b : (tensor<2x3x4x4xf32>, tensor<3xf32>, tensor<3xf32>) -> tensor<2x3x4x4xf32>
  return %0 : tensor<2x3x4x4xf32>
}

// -----

// Three shifted copies of the squares; a base that may be negative stays.
// CHECK-LABEL: func.func @lrn(
// CHECK: %[[S:.*]] = ascend.mul %arg0, %arg0
// CHECK: %[[P:.*]] = ascend.pad %[[S]], %{{.*}} -> tensor<1x6x2x2xf32>
// CHECK-COUNT-3: ascend.slice %[[P]]
// CHECK: ascend.log
// CHECK: ascend.exp
// CHECK: ascend.mul %arg0
// CHECK: ascend.lrn
func.func @lrn(%x: tensor<1x4x2x2xf32>) -> (tensor<1x4x2x2xf32>, tensor<1x4x2x2xf32>) {
  %0 = ascend.lrn %x {size = 3 : i64} : (tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32>
  %1 = ascend.lrn %x {size = 3 : i64, bias = 0.0 : f64} : (tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32>
  return %0, %1 : tensor<1x4x2x2xf32>, tensor<1x4x2x2xf32>
}

// -----

// Half turns are taken off, the rest is a polynomial.
// CHECK-LABEL: func.func @cosine(
// CHECK: %[[N:.*]] = ascend.round
// CHECK-COUNT-4: ascend.sub
// CHECK: ascend.floor
// CHECK-NOT: ascend.cos
func.func @cosine(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = ascend.cos %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// The vector unit does not compute in f64.
// CHECK-LABEL: func.func @f64(
// CHECK: ascend.sigmoid
func.func @f64(%x: tensor<4xf64>) -> tensor<4xf64> {
  %0 = ascend.sigmoid %x : (tensor<4xf64>) -> tensor<4xf64>
  return %0 : tensor<4xf64>
}

// -----

// GELU in halves is x / (1 + exp(-x (a + b x^2))), whether the model wrote it with erf or tanh.
// HALVES-LABEL: func.func @gelu_in_halves(
// HALVES: %[[S:.*]] = ascend.mul %arg0, %arg0 {ascend.precision = "f16"}
// HALVES: %[[T:.*]] = ascend.mul %[[S]], %{{.*}} {ascend.precision = "f16"}
// HALVES: %[[A:.*]] = ascend.add %[[T]]
// HALVES: %[[U:.*]] = ascend.mul %[[A]], %arg0
// HALVES: %[[E:.*]] = ascend.exp %[[U]]
// HALVES: %[[D:.*]] = ascend.add %[[E]]
// HALVES: %[[Y:.*]] = ascend.div %arg0, %[[D]] {ascend.precision = "f16"} : (tensor<4xf32>, tensor<4xf32>)
// HALVES: return %[[Y]]
func.func @gelu_in_halves(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = ascend.gelu %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// A policy asks for f32 inside one node, or everywhere.
// HALVES-LABEL: func.func @precise_node(
// HALVES: ascend.exp {{.*}} {ascend.precision = "f32"}
// HALVES: ascend.exp {{.*}} {ascend.precision = "f16"}
func.func @precise_node(%x: tensor<4xf32>) -> tensor<4xf32> attributes {
    ascend.precision_policy = {nodes = {a = "precise"}}} {
  %0 = ascend.sigmoid %x : (tensor<4xf32>) -> tensor<4xf32> loc("a")
  %1 = ascend.sigmoid %0 : (tensor<4xf32>) -> tensor<4xf32> loc("b")
  %2 = ascend.relu %1 : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

// HALVES-LABEL: func.func @precise(
// HALVES: ascend.exp {{.*}} {ascend.precision = "f16"}
// HALVES: ascend.exp {{.*}} {ascend.precision = "f32"}
func.func @precise(%x: tensor<4xf32>) -> tensor<4xf32> attributes {
    ascend.precision_policy = {precise, ops = {gelu = "fast"}}} {
  %0 = ascend.gelu %x : (tensor<4xf32>) -> tensor<4xf32>
  %1 = ascend.sigmoid %0 : (tensor<4xf32>) -> tensor<4xf32>
  %2 = ascend.relu %1 : (tensor<4xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}
