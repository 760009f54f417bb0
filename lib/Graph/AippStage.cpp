//===- AippStage.cpp - The ops of a pre-processing stage ------------------===//
#include "AippStage.h"

#include "Constants.h"

#include "openatc/Support/Half.h"

using namespace mlir;
using namespace openatc::ascend;
using openatc::aipp::AippParams;
using openatc::aipp::InputFormat;

namespace openatc::graph {
namespace {

/// Builds the ops of one stage. Bytes, and halves up to 2048, are exact in f16; the
/// colour conversion computes in f32, where its integers are exact too.
class StageBuilder {
public:
  StageBuilder(OpBuilder &builder, Location loc, const AippParams &params)
      : b(builder), loc(loc), p(params) {}

  /// From the picture buffer to [N, channels, outH, outW], f16 or u8.
  Value build(Value buffer) {
    Value planes = sourcePlanes(buffer);
    // Bytes that are only moved stay bytes.
    if (p.bytes && !p.csc && !p.padding)
      return convert(planes, byteType());
    planes = convert(planes, b.getF16Type());
    if (p.csc)
      planes = convertColour(planes);
    if (p.bytes)
      return convert(pad(planes, static_cast<uint8_t>(static_cast<int>(p.paddingValue))),
                     byteType());
    return pad(normalise(planes), p.paddingValue);
  }

  Value convert(Value value, Type element) {
    if (elementOf(value) == element)
      return value;
    auto to = int64_t(toDType(element));
    auto op = CastOp::create(b, loc, typeOf(shapeOf(value), element), value, to, /*saturate=*/true);
    // Bytes fit into halves: no need for a conversion that gives infinities.
    if (element.isF16())
      op->setAttr("ascend.precision", b.getStringAttr("f16"));
    return op;
  }

  /// From the stage's result to the network's element type and order of dimensions.
  Value finish(Value planes, Type element) {
    planes = convert(planes, element);
    if (!p.nhwc)
      return planes;
    ArrayRef<int64_t> from = shapeOf(planes);
    SmallVector<int64_t> shape = {from[0], from[2], from[3], from[1]};
    return TransposeOp::create(b, loc, typeOf(shape, element), planes,
                               b.getDenseI64ArrayAttr({0, 2, 3, 1}));
  }

  Type byteType() { return IntegerType::get(b.getContext(), 8, IntegerType::Unsigned); }

private:
  OpBuilder &b;
  Location loc;
  const AippParams &p;

  RankedTensorType typeOf(ArrayRef<int64_t> shape, Type element) {
    return RankedTensorType::get(shape, element);
  }

  /// Elements [begin, end) of dimension `axis`.
  Value slice(Value value, int64_t axis, int64_t begin, int64_t end) {
    SmallVector<int64_t> shape(shapeOf(value));
    if (begin == 0 && end == shape[size_t(axis)])
      return value;
    shape[size_t(axis)] = end - begin;
    return SliceOp::create(b, loc, typeOf(shape, elementOf(value)), value,
                           createIntegers(b, loc, {begin}), createIntegers(b, loc, {end}),
                           createIntegers(b, loc, {axis}), Value());
  }

  /// The crop window of rows (dimension `rows`) and columns (the next one), in one op.
  Value crop(Value value, int64_t rows) {
    SmallVector<int64_t> shape(shapeOf(value));
    if (shape[size_t(rows)] == p.cropH && shape[size_t(rows) + 1] == p.cropW)
      return value;
    shape[size_t(rows)] = p.cropH;
    shape[size_t(rows) + 1] = p.cropW;
    return SliceOp::create(b, loc, typeOf(shape, elementOf(value)), value,
                           createIntegers(b, loc, {p.cropY, p.cropX}),
                           createIntegers(b, loc, {p.cropY + p.cropH, p.cropX + p.cropW}),
                           createIntegers(b, loc, {rows, rows + 1}), Value());
  }

  /// From [N, H, W, C] to [N, C, H, W].
  Value channelsFirst(Value value) {
    ArrayRef<int64_t> from = shapeOf(value);
    SmallVector<int64_t> shape = {from[0], from[3], from[1], from[2]};
    return TransposeOp::create(b, loc, typeOf(shape, elementOf(value)), value,
                               b.getDenseI64ArrayAttr({0, 3, 1, 2}));
  }

  Value joinChannels(ArrayRef<Value> values) {
    SmallVector<int64_t> shape(shapeOf(values[0]));
    shape[1] = 0;
    for (Value value : values)
      shape[1] += shapeOf(value)[1];
    return ConcatOp::create(b, loc, typeOf(shape, elementOf(values[0])), values, /*axis=*/1);
  }

  Value channel(Value planes, int64_t index) { return slice(planes, 1, index, index + 1); }

  /// An op that is marked to compute in the type of `a` whatever the precision mode.
  template <typename Op, typename... Args> Value exact(Value a, Args... args) {
    auto op = Op::create(b, loc, a.getType(), a, args...);
    op->setAttr("ascend.precision", b.getStringAttr(elementOf(a).isF16() ? "f16" : "f32"));
    return op;
  }

  Value f32Scalar(double value) { return makeScalar(b, loc, b.getF32Type(), value); }

  /// The source as [N, C, cropH, cropW], channels swapped, padding bytes dropped. What is only
  /// moved stays bytes, so that all arithmetic behind it is one kernel.
  Value sourcePlanes(Value pixels) {
    if (p.format == InputFormat::YUV420SP_U8) {
      pixels = convert(pixels, b.getF16Type()); // chroma is resized
      Value rows = reshapeTo(b, loc, pixels, {p.batch, 1, p.srcH * 3 / 2, p.srcW});
      Value chroma = slice(rows, 2, p.srcH, p.srcH * 3 / 2);
      chroma = channelsFirst(reshapeTo(b, loc, chroma, {p.batch, p.srcH / 2, p.srcW / 2, 2}));
      if (p.rbuvSwap)
        chroma = joinChannels({channel(chroma, 1), channel(chroma, 0)});
      return crop(joinChannels({slice(rows, 2, 0, p.srcH), doubled(chroma)}), 2);
    }
    Value planes = channelsFirst(crop(pixels, 1));
    if (p.format == InputFormat::XRGB8888_U8)
      planes = p.axSwap ? slice(planes, 1, 1, 4) : slice(planes, 1, 0, 3);
    if (p.rbuvSwap)
      planes = joinChannels({channel(planes, 2), channel(planes, 1), channel(planes, 0)});
    return planes;
  }

  /// Every pixel repeated in both directions: two by two pixels share one U,V pair.
  Value doubled(Value chroma) {
    SmallVector<int64_t> shape(shapeOf(chroma));
    shape[2] *= 2;
    shape[3] *= 2;
    Value scales = makeFloats(b, loc, typeOf({4}, b.getF32Type()), {1, 1, 2, 2});
    auto op = ResizeOp::create(b, loc, TypeRange{typeOf(shape, elementOf(chroma))},
                               ValueRange{chroma, scales});
    op.getProperties().setOperandSegmentSizes({1, 0, 1, 0});
    op.setMode("nearest");
    op.setCoordinateTransformationMode("asymmetric");
    op.setNearestMode("floor");
    return op.getOutput();
  }

  /// clamp(((M * (in - inputBias)) >> 8) + outputBias): the shift is a floor after an
  /// exact division by 256.
  Value convertColour(Value planes) {
    planes = convert(planes, b.getF32Type());
    SmallVector<Value> in, out;
    for (int i = 0; i < 3; ++i) {
      in.push_back(channel(planes, i));
      if (p.inputBias[i])
        in.back() = exact<SubOp>(in.back(), f32Scalar(p.inputBias[i]));
    }
    for (int i = 0; i < p.channels; ++i) {
      Value sum;
      for (int j = 0; j < 3; ++j) {
        if (!p.matrix[3 * i + j])
          continue;
        Value product = exact<MulOp>(in[j], f32Scalar(p.matrix[3 * i + j]));
        sum = sum ? exact<AddOp>(sum, product) : product;
      }
      sum = sum ? sum : exact<MulOp>(in[0], f32Scalar(0));
      Value shifted = exact<FloorOp>(exact<MulOp>(sum, f32Scalar(1.0 / 256)));
      if (p.outputBias[i])
        shifted = exact<AddOp>(shifted, f32Scalar(p.outputBias[i]));
      shifted = exact<MaximumOp>(shifted, f32Scalar(0));
      out.push_back(exact<MinimumOp>(shifted, f32Scalar(255)));
    }
    Value result = out.size() == 1 ? out[0] : joinChannels(out);
    return convert(result, b.getF16Type());
  }

  /// One f16 constant of shape [channels, 1, 1], or null when all entries are `neutral`.
  template <typename T> Value perChannel(const std::array<T, 4> &values, T neutral) {
    ArrayRef<T> used = ArrayRef<T>(values).take_front(size_t(p.channels));
    if (llvm::all_of(used, [&](T value) { return value == neutral; }))
      return {};
    std::vector<uint16_t> halves;
    for (T value : used)
      halves.push_back(floatToHalf(float(value)));
    return makeHalves(b, loc, typeOf({p.channels, 1, 1}, b.getF16Type()), std::move(halves));
  }

  /// (in - mean - min) * varReci, every step an f16 instruction of its own.
  Value normalise(Value planes) {
    if (Value constant = perChannel<int16_t>(p.mean, 0))
      planes = exact<SubOp>(planes, constant);
    if (Value constant = perChannel<float>(p.min, 0))
      planes = exact<SubOp>(planes, constant);
    if (Value constant = perChannel<float>(p.varReci, 1))
      planes = exact<MulOp>(planes, constant);
    return planes;
  }

  Value pad(Value planes, float value) {
    if (p.outW == p.cropW && p.outH == p.cropH)
      return planes;
    Value pads = createIntegers(b, loc, {0, 0, p.padTop, p.padLeft, 0, 0, p.padBottom, p.padRight});
    Value border = makeScalar(b, loc, b.getF16Type(), halfToFloat(floatToHalf(value)));
    return PadOp::create(b, loc, typeOf({p.batch, p.channels, p.outH, p.outW}, b.getF16Type()),
                         planes, pads, border, Value(), "constant");
  }
};

} // namespace

Value buildStaticAipp(OpBuilder &builder, Location loc, const AippParams &params, Value pictures,
                      Type element) {
  StageBuilder stage(builder, loc, params);
  return stage.finish(stage.build(pictures), element);
}

Value buildDynamicAipp(OpBuilder &builder, Location loc, const AippParams &params, Value pictures,
                       Value parameters, const aipp::AippLimits &limits, Type element) {
  StageBuilder stage(builder, loc, params);
  Type computed = params.bytes ? stage.byteType() : builder.getF16Type();
  SmallVector<int64_t> shape = {params.batch, params.channels, params.outH, params.outW};
  auto op = DynamicAippOp::create(builder, loc, RankedTensorType::get(shape, computed), pictures,
                                  parameters, builder.getDenseI64ArrayAttr(shape),
                                  int64_t(toDType(computed)), limits.maxPaddedWidth);
  op->setAttr("ascend.engine", builder.getStringAttr("aicpu"));
  op->setAttr("ascend.engine_reason",
              builder.getStringAttr("dynamic AIPP gets its parameters at run time"));
  return stage.finish(op.getResult(), element);
}

} // namespace openatc::graph
