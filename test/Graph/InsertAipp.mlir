// RUN: ascend-opt %s -split-input-file --ascend-insert-aipp=config=%S/Inputs/aipp-grey.cfg \
// RUN:   | FileCheck %s --check-prefix=GREY
// RUN: sed s/1x1x8x8/1x3x5x4/g %s \
// RUN:   | ascend-opt --ascend-insert-aipp=config=%S/Inputs/aipp-yuv.cfg | FileCheck %s --check-prefix=YUV
// RUN: ascend-opt %s --ascend-insert-aipp="config=%S/Inputs/aipp-dynamic.cfg batch=4" \
// RUN:   | FileCheck %s --check-prefix=DYN
// RUN: sed s/1x1x8x8/1x8x8x1/g %s \
// RUN:   | ascend-opt --ascend-insert-aipp="config=%S/Inputs/aipp-grey.cfg nhwc" \
// RUN:   | FileCheck %s --check-prefix=NHWC
// RUN: not ascend-opt %s --ascend-insert-aipp=config=%S/Inputs/aipp-wrong.cfg 2>&1 \
// RUN:   | FileCheck %s --check-prefix=WRONG
// RUN: not ascend-opt %s --ascend-insert-aipp=config=%S/Inputs/none.cfg 2>&1 \
// RUN:   | FileCheck %s --check-prefix=NONE

// The argument becomes bytes, in the order of the picture, and keeps what it was.
// GREY-LABEL: func.func @main(
// GREY-SAME: %[[P:.*]]: tensor<1x8x8x1xui8> {ascend.aipp = {mode = "static", origin_dtype = 1 : i64,
// GREY-SAME: origin_format = "NCHW", origin_shape = array<i64: 1, 1, 8, 8>,
// GREY-SAME: reported_shape = array<i64: 1, 8, 8, 1>, settings = {ax_swap_switch = 0 : i64,
// GREY-SAME: mean_chn = array<i64: 0, 0, 0, 0>
// GREY-SAME: source_format = "YUV400_U8"
// GREY: %[[T:.*]] = ascend.transpose %[[P]] {perm = array<i64: 0, 3, 1, 2>}
// GREY: %[[H:.*]] = ascend.cast %[[T]] {ascend.precision = "f16", to = 10 : i64}
// GREY: %[[C:.*]] = ascend.constant dense<6.250000e-02> : tensor<1x1x1xf16>
// GREY: %[[M:.*]] = ascend.mul %[[H]], %[[C]]
// GREY: %[[X:.*]] = ascend.cast %[[M]] {to = 1 : i64}
// GREY: ascend.relu %[[X]] : (tensor<1x1x8x8xf32>)

// Luma and doubled chroma are joined, cropped, converted in f32 and padded.
// YUV: func.func @main(%[[P:.*]]: tensor<1x9x8x1xui8>
// YUV: ascend.resize
// YUV-SAME: nearest_mode = "floor"
// YUV-SAME: (tensor<1x2x3x4xf16>, tensor<4xf32>) -> tensor<1x2x6x8xf16>
// YUV: ascend.concat {{.*}} -> tensor<1x3x6x8xf16>
// YUV: ascend.slice {{.*}} -> tensor<1x3x4x4xf16>
// YUV: ascend.sub {{.*}} {ascend.precision = "f32"}
// YUV: ascend.floor {{.*}} {ascend.precision = "f32"}
// YUV: ascend.pad {{.*}} -> tensor<1x3x5x4xf16>

// A dynamic stage is one op; its parameters, for the largest batch, are the last argument.
// DYN: func.func @main(%[[P:.*]]: tensor<1x256xui8> {ascend.aipp = {mode = "dynamic",
// DYN-SAME: partner = 1 : i64
// DYN-SAME: %[[B:.*]]: tensor<448xui8> {ascend.aipp = {mode = "parameters",
// DYN-SAME: partner = 0 : i64
// DYN-SAME: ascend.name = "ascend_dynamic_aipp_data"
// DYN: %[[Y:.*]] = ascend.dynamic_aipp %[[P]], %[[B]] {ascend.engine = "aicpu"
// DYN-SAME: output_shape = array<i64: 1, 1, 8, 8>
// DYN-SAME: -> tensor<1x1x8x8xf16>
// DYN: ascend.cast %[[Y]]

// The network gets its own order of dimensions back.
// NHWC: origin_format = "NHWC"
// NHWC: %[[X:.*]] = ascend.transpose {{.*}} {perm = array<i64: 0, 2, 3, 1>}
// NHWC: ascend.relu %[[X]] : (tensor<1x8x8x1xf32>)

// WRONG: error: {{.*}}aipp-wrong.cfg:3: AIPP gives 3 channels but input 'image' takes 1
// NONE: error: cannot read '{{.*}}none.cfg'

func.func @main(%x: tensor<1x1x8x8xf32> {ascend.name = "image"}) -> tensor<1x1x8x8xf32> {
  %0 = ascend.relu %x : (tensor<1x1x8x8xf32>) -> tensor<1x1x8x8xf32>
  return %0 : tensor<1x1x8x8xf32>
}
