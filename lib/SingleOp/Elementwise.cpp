//===- Elementwise.cpp - Operators of one element at a time ---------------===//
#include "OpBuilder.h"

namespace openatc::singleop {
namespace {

/// A literal as a template argument.
template <size_t N> struct Literal {
  char text[N];
  consteval Literal(const char (&from)[N]) {
    for (size_t i = 0; i < N; ++i)
      text[i] = from[i];
  }
};

template <Literal onnx> void unary(OpBuilder &b) {
  b.output(0, b.node(onnx.text, {b.required(0)}));
}

template <Literal onnx> void binary(OpBuilder &b) {
  b.output(0, b.node(onnx.text, {b.required(0), b.required(1)}));
}

template <Literal onnx> void compare(OpBuilder &b) {
  b.output(0, b.node(DType::Bool, onnx.text, {b.required(0), b.required(1)}));
}

/// A binary operator whose second operand is the attribute `value`.
template <Literal onnx> void withValue(OpBuilder &b) {
  std::string x = b.required(0);
  b.output(0, b.node(onnx.text, {x, b.scalar(b.real("value", 1), b.typeOf(x))}));
}

void square(OpBuilder &b) {
  std::string x = b.required(0);
  b.output(0, b.node("Mul", {x, x}));
}

void squaredDifference(OpBuilder &b) {
  std::string d = b.node("Sub", {b.required(0), b.required(1)});
  b.output(0, b.node("Mul", {d, d}));
}

void rsqrt(OpBuilder &b) { b.output(0, b.node("Reciprocal", {b.node("Sqrt", {b.required(0)})})); }

/// x * scale + shift, without what changes nothing.
std::string affine(OpBuilder &b, std::string x, float scale, float shift) {
  if (scale != 1)
    x = b.node("Mul", {x, b.scalar(scale, b.typeOf(x))});
  if (shift != 0)
    x = b.node("Add", {x, b.scalar(shift, b.typeOf(x))});
  return x;
}

/// base ^ (scale * x + shift); a base of -1 stands for e.
void exp(OpBuilder &b) {
  float base = b.real("base", -1);
  std::string x = affine(b, b.required(0), b.real("scale", 1), b.real("shift", 0));
  if (base != -1)
    b.output(0, b.node("Pow", {b.scalar(base, b.typeOf(x)), x}));
  else
    b.output(0, b.node("Exp", {x}));
}

/// The logarithm of scale * x + shift to a base; -1 stands for e.
void log(OpBuilder &b) {
  float base = b.real("base", -1);
  if (base != -1 && (base <= 0 || base == 1))
    b.fail("attribute base must be positive and not 1, or -1");
  std::string x = affine(b, b.required(0), b.real("scale", 1), b.real("shift", 0));
  std::string y = b.node("Log", {x});
  if (base != -1) {
    std::string natural = b.node("Log", {b.scalar(base, b.typeOf(x))});
    y = b.node("Div", {y, natural});
  }
  b.output(0, y);
}

/// (scale * x + shift) ^ power.
void power(OpBuilder &b) {
  std::string x = affine(b, b.required(0), b.real("scale", 1), b.real("shift", 0));
  float exponent = b.real("power", 1);
  b.output(0, exponent == 1 ? x : b.node("Pow", {x, b.scalar(exponent, b.typeOf(x))}));
}

void axpy(OpBuilder &b) {
  std::string scaled = affine(b, b.required(1), b.real("alpha", 1), 0);
  b.output(0, b.node("Add", {b.required(0), scaled}));
}

void addN(OpBuilder &b) {
  std::vector<std::string> inputs;
  for (size_t i = 0; i < b.numInputs(); ++i)
    inputs.push_back(b.required(i));
  if (inputs.empty())
    b.fail("there are no inputs");
  b.output(0, b.node("Sum", inputs));
}

/// The bias belongs to the channels, which come second unless the format is NHWC or ND.
void biasAdd(OpBuilder &b) {
  std::string bias = b.required(1);
  std::string layout = b.text("data_format", "NHWC");
  if (b.has(0) && b.inputDesc(0).format == "NCHW")
    layout = "NCHW";
  if (layout == "NCHW" && b.rank(0) > 2) {
    std::vector<int64_t> shape(size_t(b.rank(0) - 1), 1);
    shape[0] = -1;
    bias = b.node("Reshape", {bias, b.list(shape)});
  }
  b.output(0, b.node("Add", {b.required(0), bias}));
}

void clipByValue(OpBuilder &b) {
  std::string least = b.node("Max", {b.required(0), b.required(1)});
  b.output(0, b.node("Min", {least, b.required(2)}));
}

void relu6(OpBuilder &b) {
  std::string x = b.required(0);
  b.output(0, b.node("Clip", {x, b.scalar(0, b.typeOf(x)), b.scalar(6, b.typeOf(x))}));
}

void leakyRelu(OpBuilder &b) {
  b.output(0, b.node("LeakyRelu", {b.required(0)}, {{"alpha", b.real("negative_slope", 0)}}));
}

void elu(OpBuilder &b) {
  b.output(0, b.node("Elu", {b.required(0)}, {{"alpha", b.real("alpha", 1)}}));
}

void hardSigmoid(OpBuilder &b) {
  b.output(0, b.node("HardSigmoid", {b.required(0)},
                     {{"alpha", b.real("alpha", 0.16666666f)}, {"beta", b.real("beta", 0.5f)}}));
}

void gelu(OpBuilder &b) {
  b.output(0, b.node("Gelu", {b.required(0)}, {{"approximate", std::string("tanh")}}));
}

void geluV2(OpBuilder &b) {
  b.output(0, b.node("Gelu", {b.required(0)}, {{"approximate", b.text("approximate", "none")}}));
}

/// x * sigmoid(scale * x).
void gated(OpBuilder &b, float scale) {
  std::string x = b.required(0);
  b.output(0, b.node("Mul", {x, b.node("Sigmoid", {affine(b, x, scale, 0)})}));
}
void fastGelu(OpBuilder &b) { gated(b, 1.702f); }
void swish(OpBuilder &b) { gated(b, b.real("scale", 1)); }

void floorDiv(OpBuilder &b) {
  b.output(0, b.node("Floor", {b.node("Div", {b.required(0), b.required(1)})}));
}

void select(OpBuilder &b) {
  std::string x = b.required(1);
  b.output(0, b.node(b.typeOf(x), "Where", {b.required(0), x, b.required(2)}));
}

/// dst_type repeats the type of the output.
void cast(OpBuilder &b) { b.output(0, b.required(0)); }

template <int value> void fill(OpBuilder &b) {
  std::string x = b.required(0);
  std::string zero = b.node("Sub", {x, x});
  b.output(0, value ? b.node("Add", {zero, b.scalar(value, b.typeOf(x))}) : zero);
}

} // namespace

void addElementwise(TranslationTable &table) {
  table["Abs"] = unary<"Abs">;
  table["Ceil"] = unary<"Ceil">;
  table["Cos"] = unary<"Cos">;
  table["Erf"] = unary<"Erf">;
  table["Floor"] = unary<"Floor">;
  table["HardSwish"] = unary<"HardSwish">;
  table["Identity"] = unary<"Identity">;
  table["LogicalNot"] = unary<"Not">;
  table["Mish"] = unary<"Mish">;
  table["Neg"] = unary<"Neg">;
  table["Reciprocal"] = unary<"Reciprocal">;
  table["Relu"] = unary<"Relu">;
  table["Round"] = unary<"Round">;
  table["Sigmoid"] = unary<"Sigmoid">;
  table["Sign"] = unary<"Sign">;
  table["Sin"] = unary<"Sin">;
  table["Softplus"] = unary<"Softplus">;
  table["Softsign"] = unary<"Softsign">;
  table["Sqrt"] = unary<"Sqrt">;
  table["Tanh"] = unary<"Tanh">;

  table["Add"] = table["AddV2"] = binary<"Add">;
  table["Div"] = table["RealDiv"] = binary<"Div">;
  table["LogicalAnd"] = binary<"And">;
  table["LogicalOr"] = binary<"Or">;
  table["Maximum"] = binary<"Max">;
  table["Minimum"] = binary<"Min">;
  table["Mul"] = binary<"Mul">;
  table["Pow"] = binary<"Pow">;
  table["PRelu"] = binary<"PRelu">;
  table["Sub"] = binary<"Sub">;

  table["Equal"] = compare<"Equal">;
  table["Greater"] = compare<"Greater">;
  table["GreaterEqual"] = compare<"GreaterOrEqual">;
  table["Less"] = compare<"Less">;
  table["LessEqual"] = compare<"LessOrEqual">;
  table["NotEqual"] = [](OpBuilder &b) {
    b.output(0, b.node("Not", {b.node(DType::Bool, "Equal", {b.required(0), b.required(1)})}));
  };

  table["Adds"] = withValue<"Add">;
  table["Muls"] = withValue<"Mul">;
  table["AddN"] = addN;
  table["Axpy"] = axpy;
  table["BiasAdd"] = biasAdd;
  table["Cast"] = cast;
  table["ClipByValue"] = clipByValue;
  table["Elu"] = elu;
  table["Exp"] = exp;
  table["FastGelu"] = fastGelu;
  table["FloorDiv"] = floorDiv;
  table["Gelu"] = gelu;
  table["GeluV2"] = geluV2;
  table["HardSigmoid"] = hardSigmoid;
  table["LeakyRelu"] = leakyRelu;
  table["Log"] = log;
  table["OnesLike"] = fill<1>;
  table["Power"] = power;
  table["Relu6"] = relu6;
  table["Rsqrt"] = rsqrt;
  table["Select"] = table["SelectV2"] = select;
  table["Square"] = square;
  table["SquaredDifference"] = squaredDifference;
  table["Swish"] = swish;
  table["ZerosLike"] = fill<0>;
}

} // namespace openatc::singleop
