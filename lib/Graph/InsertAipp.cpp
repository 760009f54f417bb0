//===- InsertAipp.cpp - Image pre-processing in front of a network --------===//
#include "openatc/Graph/InsertAipp.h"

#include "AippStage.h"

#include "Ascend/HostBridge.h"
#include "openatc/Aipp/DynamicParams.h"
#include "openatc/Graph/Passes.h"

#include "llvm/Support/MemoryBuffer.h"

namespace openatc::graph {
#define GEN_PASS_DEF_INSERTAIPPPASS
#include "openatc/Graph/Passes.h.inc"
} // namespace openatc::graph

using namespace mlir;
using namespace openatc::ascend;
using openatc::aipp::AippParams;

namespace openatc::graph {
namespace {

/// Builds the dictionaries `ascend.aipp`, from which the offline model is filled.
class Description {
public:
  explicit Description(OpBuilder &builder) : b(builder) {}

  Description &text(StringRef name, StringRef value) { return add(name, b.getStringAttr(value)); }
  Description &number(StringRef name, int64_t value) {
    return add(name, b.getI64IntegerAttr(value));
  }
  template <typename T> Description &integers(StringRef name, const T &values) {
    return add(name, b.getDenseI64ArrayAttr(SmallVector<int64_t>(values.begin(), values.end())));
  }
  template <typename T> Description &reals(StringRef name, const T &values) {
    return add(name, b.getDenseF64ArrayAttr(SmallVector<double>(values.begin(), values.end())));
  }
  Description &add(StringRef name, Attribute value) {
    entries.push_back(b.getNamedAttr(name, value));
    return *this;
  }
  DictionaryAttr get() const { return b.getDictionaryAttr(entries); }

private:
  OpBuilder &b;
  SmallVector<NamedAttribute> entries;
};

/// The stage as the application may ask for it, under the names of the configuration.
DictionaryAttr settings(OpBuilder &b, const AippParams &p) {
  using Sizes = std::initializer_list<int>;
  Description out(b);
  out.integers("crop", p.crop ? Sizes{p.cropX, p.cropY, p.cropW, p.cropH} : Sizes{});
  out.integers("padding",
               p.padding ? Sizes{p.padLeft, p.padRight, p.padTop, p.padBottom} : Sizes{});
  out.number("rbuv_swap_switch", p.rbuvSwap).number("ax_swap_switch", p.axSwap);
  if (p.csc)
    out.integers("matrix", p.matrix)
        .integers("input_bias", p.inputBias)
        .integers("output_bias", p.outputBias);
  out.integers("mean_chn", p.mean).reals("min_chn", p.min).reals("var_reci_chn", p.varReci);
  return out.get();
}

/// What the offline model tells about an input with AIPP. `partner`: of a dynamic stage,
/// the input with its parameters.
DictionaryAttr describe(OpBuilder &b, const AippParams &p, RankedTensorType origin,
                        int64_t partner) {
  Description out(b);
  out.text("mode", p.isDynamic() ? "dynamic" : "static")
      .number("origin_dtype", int64_t(toDType(origin.getElementType())))
      .text("origin_format", p.nhwc ? "NHWC" : "NCHW")
      .integers("origin_shape", origin.getShape())
      .integers("reported_shape", aipp::inputDims(p));
  if (p.isDynamic())
    return out.text("source_format", "").number("partner", partner).get();
  return out.text("source_format", aipp::nameOf(p.format))
      .number("source_height", p.srcH)
      .number("source_width", p.srcW)
      .add("settings", settings(b, p))
      .get();
}

/// Adds the argument that takes the parameter block of a dynamic stage.
BlockArgument addParameters(OpBuilder &b, func::FuncOp main, Location loc, StringRef name,
                            int64_t pictures, int64_t partner) {
  int64_t bytes = int64_t(aipp::dynamicBlockBytes(uint64_t(pictures)));
  Type byte = IntegerType::get(b.getContext(), 8, IntegerType::Unsigned);
  unsigned index = main.getNumArguments();
  DictionaryAttr aipp = Description(b)
                            .text("mode", "parameters")
                            .number("partner", partner)
                            .text("source_format", "")
                            .text("origin_format", "ND")
                            .number("origin_dtype", int64_t(DType::U8))
                            .integers("origin_shape", ArrayRef<int64_t>(bytes))
                            .integers("reported_shape", ArrayRef<int64_t>(bytes))
                            .get();
  DictionaryAttr attributes = b.getDictionaryAttr(
      {b.getNamedAttr("ascend.aipp", aipp), b.getNamedAttr("ascend.name", b.getStringAttr(name))});
  LogicalResult added =
      main.insertArgument(index, RankedTensorType::get({bytes}, byte), attributes, loc);
  assert(succeeded(added) && "a function of the dialect func takes arguments");
  (void)added;
  return main.getArgument(index);
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
    AippOptions options{{int(maxPaddedWidth)}, nhwc, batch};
    auto ops = aipp::parseAippConfig((*file)->getBuffer(), config);
    if (!ops) {
      main.emitError() << ops.message();
      return signalPassFailure();
    }
    auto params = aipp::resolveAippConfig(*ops, networkInputs(main, nhwc), options.limits);
    if (!params) {
      main.emitError() << params.message();
      return signalPassFailure();
    }
    insertAipp(main, *params, options);
  }
};

} // namespace

std::vector<aipp::NetworkInput> networkInputs(func::FuncOp main, bool nhwc) {
  std::vector<aipp::NetworkInput> inputs;
  for (auto [i, argument] : llvm::enumerate(main.getArguments())) {
    aipp::NetworkInput input;
    auto name = main.getArgAttrOfType<StringAttr>(unsigned(i), "ascend.name");
    input.name = name ? name.str() : "input" + std::to_string(i);
    input.nhwc = nhwc;
    if (auto type = dyn_cast<RankedTensorType>(argument.getType()); type && type.hasStaticShape()) {
      input.dtype = toDType(type.getElementType());
      input.dims = type.getShape().vec();
    }
    inputs.push_back(std::move(input));
  }
  return inputs;
}

void insertAipp(func::FuncOp main, ArrayRef<AippParams> params, const AippOptions &options) {
  Operation *first = &main.getBody().front().front();
  OpBuilder b(first);
  std::vector<aipp::NetworkInput> inputs = networkInputs(main);
  bool hasDynamic = false;
  for (const AippParams &p : params) {
    BlockArgument argument = main.getArgument(unsigned(p.inputRank));
    auto origin = cast<RankedTensorType>(argument.getType());
    // CANN calls the inserted node after the input, its output and the stage.
    std::string node = inputs[size_t(p.inputRank)].name + "_0_aipp";
    Location loc = NameLoc::get(b.getStringAttr(node));
    Type byte = IntegerType::get(b.getContext(), 8, IntegerType::Unsigned);
    argument.setType(RankedTensorType::get(aipp::bufferDims(p), byte));
    main.setFunctionType(FunctionType::get(main.getContext(),
                                           main.getBody().front().getArgumentTypes(),
                                           main.getFunctionType().getResults()));
    main.setArgAttr(unsigned(p.inputRank), "ascend.aipp",
                    describe(b, p, origin, main.getNumArguments()));
    Value result;
    if (p.isDynamic()) {
      std::string name(aipp::dynamicInputName);
      if (std::exchange(hasDynamic, true))
        name += "_" + node;
      Value parameters =
          addParameters(b, main, loc, name, std::max(options.batch, p.batch), p.inputRank);
      result = buildDynamicAipp(b, loc, p, argument, parameters, options.limits,
                                origin.getElementType());
    } else {
      result = buildStaticAipp(b, loc, p, argument, origin.getElementType());
    }
    // Everything that was there before takes the stage's result.
    argument.replaceUsesWithIf(
        result, [&](OpOperand &use) { return !use.getOwner()->isBeforeInBlock(first); });
  }
}

} // namespace openatc::graph
