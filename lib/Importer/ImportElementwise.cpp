//===- ImportElementwise.cpp - Arithmetic, comparison, activations --------===//
#include "OpTable.h"

#include "Ascend/HostBridge.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace openatc::importer {

namespace {

/// Importers of ops without attributes, by the dialect's name as template argument.
template <size_t N> struct Name {
  constexpr Name(const char (&text)[N]) { std::copy_n(text, N, value); }
  operator StringRef() const { return value; }
  char value[N];
};

template <Name name> void unary(NodeImport &n) { n.output(0, n.make(name, {n.required(0)})); }

template <Name name> void binary(NodeImport &n) {
  n.output(0, n.make(name, {n.required(0), n.required(1)}));
}

/// Before operator set 7 broadcasting was asked for; aligned at the last dimension it
/// is today's, aligned elsewhere it is not.
template <Name name> void oldBinary(NodeImport &n) {
  if (n.integer("broadcast", 0) && n.has("axis"))
    return n.unsupported("attribute 'axis' of broadcasts before operator set 7");
  binary<name>(n);
}

/// n-ary functions become chains.
template <Name name> void chain(NodeImport &n) {
  Value result = n.required(0);
  if (n.allInputs().size() == 1)
    result = n.make("identity", {result});
  for (unsigned i = 1; i < n.allInputs().size(); ++i) {
    Value next = n.required(i);
    result = n.make(name, {result, next});
  }
  n.output(0, result);
}

void importMean(NodeImport &n) {
  chain<"add">(n);
  if (n.failed() || !n.results.front() || n.allInputs().size() == 1)
    return;
  Value sum = n.results.front();
  Value count = n.scalar(n.allInputs().size(), elementTypeOf(sum));
  n.output(0, n.make("div", {sum, count}));
}

void importLeakyRelu(NodeImport &n) {
  n.output(0, n.make("leaky_relu", {n.required(0)}, n.attrs().f("alpha", n.real("alpha", 0.01))));
}

void importElu(NodeImport &n) {
  n.output(0, n.make("elu", {n.required(0)}, n.attrs().f("alpha", n.real("alpha", 1))));
}

void importSelu(NodeImport &n) {
  n.output(0, n.make("selu", {n.required(0)},
                     n.attrs()
                         .f("alpha", n.real("alpha", 1.67326319217681884765625))
                         .f("gamma", n.real("gamma", 1.05070102214813232421875))));
}

void importOldSelu(NodeImport &n) {
  n.output(
      0, n.make("selu", {n.required(0)},
                n.attrs().f("alpha", n.real("alpha", 1.6732)).f("gamma", n.real("gamma", 1.0507))));
}

void importHardSigmoid(NodeImport &n) {
  n.output(0, n.make("hard_sigmoid", {n.required(0)},
                     n.attrs().f("alpha", n.real("alpha", 0.2)).f("beta", n.real("beta", 0.5))));
}

void importGelu(NodeImport &n) {
  n.output(0, n.make("gelu", {n.required(0)},
                     n.attrs().s("approximate", n.string("approximate", "none"))));
}

void importSoftsign(NodeImport &n) {
  Value x = n.required(0);
  if (!x)
    return;
  Value sum = n.make("add", {n.make("abs", {x}), n.scalar(1, elementTypeOf(x))});
  n.output(0, n.make("div", {x, sum}));
}

void importClip(NodeImport &n) {
  n.output(0, n.make("clip", {n.required(0), n.input(1), n.input(2)}));
}

void importOldClip(NodeImport &n) {
  Value x = n.required(0), low, high;
  if (x && n.has("min"))
    low = n.scalar(n.real("min", 0), elementTypeOf(x));
  if (x && n.has("max"))
    high = n.scalar(n.real("max", 0), elementTypeOf(x));
  n.output(0, n.make("clip", {x, low, high}));
}

/// Before operator set 7 a slope of rank 1 was per channel (dimension 1), not per
/// element of the last dimension.
void importOldPrelu(NodeImport &n) {
  Value x = n.required(0), slope = n.required(1);
  if (n.failed())
    return;
  auto type = dyn_cast<RankedTensorType>(x.getType());
  auto slopeType = dyn_cast<RankedTensorType>(slope.getType());
  if (!type || !slopeType)
    return n.unsupported("operands of unknown rank before operator set 7");
  if (slopeType.getRank() == 1 && slopeType.getDimSize(0) != 1 && type.getRank() > 2)
    slope = n.make("unsqueeze",
                   {slope, n.list(llvm::to_vector(llvm::seq<int64_t>(1, type.getRank() - 1)))});
  n.output(0, n.make("prelu", {x, slope}));
}

void importMod(NodeImport &n) {
  n.output(
      0, n.make("mod", {n.required(0), n.required(1)}, n.attrs().b("fmod", n.integer("fmod", 0))));
}

void importWhere(NodeImport &n) {
  n.output(0, n.make("where", {n.required(0), n.required(1), n.required(2)}));
}

void castTo(NodeImport &n, int64_t to) {
  if (dtypeOfOnnx(to) == DType::Undefined)
    return n.unsupported("conversion to " + onnxTypeName(to));
  n.output(0, n.make("cast", {n.required(0)},
                     n.attrs().i("to", to).b("saturate", n.integer("saturate", 1))));
}

void importCast(NodeImport &n) {
  if (!n.has("to"))
    return n.fail("attribute 'to' is missing");
  castTo(n, n.integer("to", 0));
}

void importCastLike(NodeImport &n) {
  if (Value like = n.required(1))
    castTo(n, int64_t(ascend::toDType(elementTypeOf(like))));
}

void importDropout(NodeImport &n) {
  // The ratio plays no part at inference; before operator set 12 it was an attribute.
  if (Value training = n.input(2)) {
    auto mode = ascend::getConstantData(training);
    if (!mode || llvm::any_of(mode->values<char>(), [](char on) { return on != 0; }))
      return n.unsupported("a training mode that is not the constant false");
  }
  bool withMask = n.wants(1);
  SmallVector<Value> results = n.makeAll("dropout", {n.required(0), n.input(1), n.input(2)},
                                         n.attrs().b("with_mask", withMask));
  if (results.empty())
    return;
  n.output(0, results[0]);
  if (!withMask)
    return;
  Value mask = results[1];
  if (n.opset < 10) // the mask had the type of the data
    mask = n.make("cast", {mask},
                  n.attrs().i("to", int64_t(ascend::toDType(elementTypeOf(results[0])))));
  n.output(1, mask);
}

} // namespace

void addElementwiseImporters(OpTable &table) {
  table.add("Relu", 1, unary<"relu">);
  table.add("Sigmoid", 1, unary<"sigmoid">);
  table.add("Tanh", 1, unary<"tanh">);
  table.add("Softplus", 1, unary<"softplus">);
  table.add("Softsign", 1, importSoftsign);
  table.add("Mish", 18, unary<"mish">);
  table.add("HardSwish", 14, unary<"hard_swish">);
  table.add("Erf", 9, unary<"erf">);
  table.add("Sqrt", 1, unary<"sqrt">);
  table.add("Exp", 1, unary<"exp">);
  table.add("Log", 1, unary<"log">);
  table.add("Abs", 1, unary<"abs">);
  table.add("Neg", 1, unary<"neg">);
  table.add("Identity", 1, unary<"identity">);
  table.add("Floor", 1, unary<"floor">);
  table.add("Ceil", 1, unary<"ceil">);
  table.add("Round", 11, unary<"round">);
  table.add("Reciprocal", 1, unary<"reciprocal">);
  table.add("Sign", 9, unary<"sign">);
  table.add("Sin", 7, unary<"sin">);
  table.add("Cos", 7, unary<"cos">);
  table.add("Not", 1, unary<"not">);
  table.add("LeakyRelu", 1, importLeakyRelu);
  table.add("Elu", 1, importElu);
  table.add("Selu", 1, importOldSelu);
  table.add("Selu", 6, importSelu);
  table.add("HardSigmoid", 1, importHardSigmoid);
  table.add("Gelu", 20, importGelu);
  table.add("Clip", 1, importOldClip);
  table.add("Clip", 11, importClip);

  table.add("Add", 1, oldBinary<"add">);
  table.add("Add", 7, binary<"add">);
  table.add("Sub", 1, oldBinary<"sub">);
  table.add("Sub", 7, binary<"sub">);
  table.add("Mul", 1, oldBinary<"mul">);
  table.add("Mul", 7, binary<"mul">);
  table.add("Div", 1, oldBinary<"div">);
  table.add("Div", 7, binary<"div">);
  table.add("Pow", 1, oldBinary<"pow">);
  table.add("Pow", 7, binary<"pow">);
  table.add("Equal", 1, oldBinary<"equal">);
  table.add("Equal", 7, binary<"equal">);
  table.add("Greater", 1, oldBinary<"greater">);
  table.add("Greater", 7, binary<"greater">);
  table.add("Less", 1, oldBinary<"less">);
  table.add("Less", 7, binary<"less">);
  table.add("GreaterOrEqual", 12, binary<"greater_or_equal">);
  table.add("LessOrEqual", 12, binary<"less_or_equal">);
  table.add("And", 1, oldBinary<"and">);
  table.add("And", 7, binary<"and">);
  table.add("Or", 1, oldBinary<"or">);
  table.add("Or", 7, binary<"or">);
  table.add("Xor", 1, oldBinary<"xor">);
  table.add("Xor", 7, binary<"xor">);
  table.add("PRelu", 1, importOldPrelu);
  table.add("PRelu", 7, binary<"prelu">);
  table.add("Mod", 10, importMod);
  table.add("Sum", 1, chain<"add">);
  table.add("Min", 1, chain<"minimum">);
  table.add("Max", 1, chain<"maximum">);
  table.add("Mean", 1, importMean);
  table.add("Where", 9, importWhere);
  table.add("Cast", 6, importCast);
  table.add("CastLike", 15, importCastLike);
  table.add("Dropout", 1, importDropout);
}

} // namespace openatc::importer
