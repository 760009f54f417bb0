//===- Contractions.cpp - Products of matrices ----------------------------===//
#include "OpBuilder.h"

#include <algorithm>

namespace openatc::singleop {
namespace {

/// The last two dimensions exchanged.
std::string transposed(OpBuilder &b, const std::string &value, int64_t rank, bool really) {
  if (!really)
    return value;
  if (rank < 2)
    b.fail("a matrix has at least two dimensions");
  std::vector<int64_t> order(size_t(std::max<int64_t>(rank, 2)));
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = int64_t(i);
  std::swap(order.back(), order[order.size() - 2]);
  return b.node("Transpose", {value}, {{"perm", order}});
}

/// The product of integers of 8 bits, which is exact: single precision holds all sums of
/// 1024 products, so longer ones are added up as integers of 32 bits.
std::string integerProduct(OpBuilder &b, const std::string &x, const std::string &y, int64_t k,
                           int64_t rank) {
  constexpr int64_t exact = 1024;
  std::string left = b.cast(x, DType::F32), right = b.cast(y, DType::F32), sum;
  for (int64_t at = 0; at < k; at += exact) {
    std::string a = left, c = right;
    if (k > exact) {
      std::string from = b.list({at}), to = b.list({std::min(k, at + exact)});
      a = b.node("Slice", {left, from, to, b.list({rank - 1})});
      c = b.node("Slice", {right, from, to, b.list({rank - 2})});
    }
    std::string part = b.cast(b.node("MatMul", {a, c}), DType::I32);
    sum = sum.empty() ? part : b.node("Add", {sum, part});
  }
  return sum;
}

/// Inputs 0 and 1, transposed as the attributes say, multiplied. With `single`, the product of
/// halves is not rounded to halves.
std::string product(OpBuilder &b, const char *transposeA, const char *transposeB, bool single) {
  bool flipA = b.boolean(transposeA, false), flipB = b.boolean(transposeB, false);
  std::string x = transposed(b, b.required(0), b.rank(0), flipA);
  std::string y = transposed(b, b.required(1), b.rank(1), flipB);
  bool narrow = b.typeOf(x) == DType::I8 || b.typeOf(x) == DType::U8;
  if (!narrow && single)
    return b.node("MatMul", {b.cast(x, DType::F32), b.cast(y, DType::F32)});
  if (!narrow)
    return b.node("MatMul", {x, y});
  const host::Shape &shape = b.inputDesc(0).shape;
  if (shape.size() < 2 || shape.size() != b.inputDesc(1).shape.size()) {
    b.fail("products of 8-bit integers need two matrices of the same rank");
    return x;
  }
  int64_t k = flipA ? shape[shape.size() - 2] : shape.back();
  if (k < 0)
    b.fail("products of 8-bit integers need a known shape");
  return integerProduct(b, x, y, k, int64_t(shape.size()));
}

void finish(OpBuilder &b, std::string y) {
  if (b.has(2))
    y = b.node("Add", {y, b.cast(b.input(2), b.typeOf(y))});
  b.output(0, y);
}

void checkPlain(OpBuilder &b) {
  if (b.has(3))
    b.fail("offset_w is not supported");
  if (b.integer("offset_x", 0) != 0)
    b.fail("offset_x must be 0");
}

void matMul(OpBuilder &b) {
  checkPlain(b);
  finish(b, product(b, "transpose_x1", "transpose_x2", false));
}

void batchMatMul(OpBuilder &b) {
  checkPlain(b);
  finish(b, product(b, "adj_x1", "adj_x2", false));
}

/// alpha * a * b + beta * c with scalars that are inputs.
void gemm(OpBuilder &b) {
  DType dtype = b.numOutputs() ? b.outputDesc(0).dtype : DType::Undefined;
  std::string y = product(b, "transpose_a", "transpose_b", dtype == DType::F32);
  auto scaled = [&](const std::string &value, size_t i) {
    return b.has(i) ? b.node("Mul", {b.cast(value, dtype), b.cast(b.input(i), dtype)})
                    : b.cast(value, dtype);
  };
  y = scaled(y, 3);
  if (b.has(2))
    y = b.node("Add", {y, scaled(b.input(2), 4)});
  b.output(0, y);
}

/// Everything from dimension `axis` on against rows of weights.
void fullyConnection(OpBuilder &b) {
  int64_t axis = b.integer("axis", 1);
  std::string x = b.node("Flatten", {b.required(0)}, {{"axis", axis}});
  std::string w = b.node("Flatten", {b.required(1)}, {{"axis", int64_t(1)}});
  if (!b.boolean("transpose", false))
    w = b.node("Transpose", {w}, {{"perm", std::vector<int64_t>{1, 0}}});
  std::string y = b.node("MatMul", {x, w});
  if (b.has(2))
    y = b.node("Add", {y, b.input(2)});
  b.output(0, y);
}

} // namespace

void addContractions(TranslationTable &table) {
  table["MatMul"] = table["MatMulV2"] = table["MatMulV3"] = matMul;
  table["BatchMatMul"] = table["BatchMatMulV2"] = table["BatchMatMulV3"] = batchMatMul;
  table["GEMM"] = gemm;
  table["FullyConnection"] = fullyConnection;
}

} // namespace openatc::singleop
