//===- InsertAipp.cpp - Image pre-processing in front of a network --------===//
#include "openatc/Graph/InsertAipp.h"

#include "Constants.h"

#include "openatc/Graph/Passes.h"
#include "openatc/Support/Half.h"

#include "llvm/Support/MemoryBuffer.h"

namespace openatc::graph {
#define GEN_PASS_DEF_INSERTAIPPPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

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

  /// From the picture buffer to f16 [N, channels, outH, outW].
  Value build(Value buffer) {
    Value planes = convert(sourcePlanes(buffer), b.getF16Type());
    if (p.csc)
      planes = convertColour(planes);
    return pad(normalise(planes));
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
  Value perChannel(ArrayRef<uint16_t> bits, uint16_t neutral) {
    ArrayRef<uint16_t> used = bits.take_front(size_t(p.channels));
    if (llvm::all_of(used, [&](uint16_t value) { return value == neutral; }))
      return {};
    return makeHalves(b, loc, typeOf({p.channels, 1, 1}, b.getF16Type()), used.vec());
  }

  /// (in - mean - min) * varReci, every step an f16 instruction of its own.
  Value normalise(Value planes) {
    SmallVector<uint16_t> mean;
    for (uint8_t value : p.mean)
      mean.push_back(floatToHalf(value));
    if (Value constant = perChannel(mean, 0))
      planes = exact<SubOp>(planes, constant);
    if (Value constant = perChannel(p.min, 0))
      planes = exact<SubOp>(planes, constant);
    if (Value constant = perChannel(p.varReci, floatToHalf(1)))
      planes = exact<MulOp>(planes, constant);
    return planes;
  }

  Value pad(Value planes) {
    if (p.outW == p.cropW && p.outH == p.cropH)
      return planes;
    Value pads = createIntegers(b, loc, {0, 0, p.padTop, p.padLeft, 0, 0, p.padBottom, p.padRight});
    Value value = makeScalar(b, loc, b.getF16Type(), halfToFloat(p.paddingValue));
    return PadOp::create(b, loc, typeOf({p.batch, p.channels, p.outH, p.outW}, b.getF16Type()),
                         planes, pads, value, Value(), "constant");
  }
};

/// What the offline model tells about an input with AIPP.
DictionaryAttr describe(OpBuilder &b, const AippParams &p, RankedTensorType origin) {
  auto text = [&](StringRef value) { return b.getStringAttr(value); };
  return b.getDictionaryAttr({
      b.getNamedAttr("mode", text("static")),
      b.getNamedAttr("origin_dtype",
                     b.getI64IntegerAttr(int64_t(toDType(origin.getElementType())))),
      b.getNamedAttr("origin_format", text("NCHW")),
      b.getNamedAttr("origin_shape", b.getDenseI64ArrayAttr(origin.getShape())),
      b.getNamedAttr("reported_shape", b.getDenseI64ArrayAttr(aipp::inputDims(p))),
      b.getNamedAttr("source_format", text(aipp::nameOf(p.format))),
      b.getNamedAttr("source_height", b.getI64IntegerAttr(p.srcH)),
      b.getNamedAttr("source_width", b.getI64IntegerAttr(p.srcW)),
  });
}

struct InsertAippPass : impl::InsertAippPassBase<InsertAippPass> {
  using InsertAippPassBase::InsertAippPassBase;

  void runOnOperation() override {
    func::FuncOp main = getOperation();
    auto file = llvm::MemoryBuffer::getFile(config);
    if (!file) {
      main.emitError() << "cannot read '" << config << "'";
      return signalPassFailure();
    }
    auto ops = aipp::parseAippConfig((*file)->getBuffer(), config);
    if (!ops) {
      main.emitError() << ops.message();
      return signalPassFailure();
    }
    auto params = aipp::resolveAippConfig(*ops, networkInputs(main));
    if (!params) {
      main.emitError() << params.message();
      return signalPassFailure();
    }
    insertAipp(main, *params);
  }
};

} // namespace

std::vector<aipp::NetworkInput> networkInputs(func::FuncOp main) {
  std::vector<aipp::NetworkInput> inputs;
  for (auto [i, argument] : llvm::enumerate(main.getArguments())) {
    aipp::NetworkInput input;
    auto name = main.getArgAttrOfType<StringAttr>(unsigned(i), "ascend.name");
    input.name = name ? name.str() : "input" + std::to_string(i);
    if (isStatic(argument)) {
      input.dtype = toDType(elementOf(argument));
      input.dims = shapeOf(argument).vec();
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

void insertAipp(func::FuncOp main, ArrayRef<AippParams> params) {
  Operation *first = &main.getBody().front().front();
  OpBuilder b(first);
  std::vector<aipp::NetworkInput> inputs = networkInputs(main);
  for (const AippParams &p : params) {
    BlockArgument argument = main.getArgument(unsigned(p.inputRank));
    auto origin = cast<RankedTensorType>(argument.getType());
    // CANN calls the inserted node after the input, its output and the stage.
    Location loc = NameLoc::get(b.getStringAttr(inputs[size_t(p.inputRank)].name + "_0_aipp"));
    Type byte = IntegerType::get(b.getContext(), 8, IntegerType::Unsigned);
    argument.setType(RankedTensorType::get(aipp::bufferDims(p), byte));
    main.setArgAttr(unsigned(p.inputRank), "ascend.aipp", describe(b, p, origin));

    StageBuilder stage(b, loc, p);
    Value result = stage.convert(stage.build(argument), origin.getElementType());
    // Everything that was there before takes the stage's result.
    argument.replaceUsesWithIf(
        result, [&](OpOperand &use) { return !use.getOwner()->isBeforeInBlock(first); });
  }
  main.setFunctionType(FunctionType::get(main.getContext(),
                                         main.getBody().front().getArgumentTypes(),
                                         main.getFunctionType().getResults()));
}

} // namespace openatc::graph
