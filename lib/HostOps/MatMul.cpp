//===- MatMul.cpp - MatMul and Gemm ------------------------------------------===//

#include "Broadcast.h"
#include "Gemm.h"
#include "Operators.h"

namespace openatc::host {

namespace {

constexpr TypeSet kMatMulTypes = kNumeric;

/// Operands as matrices: rank-1 operands get a dimension of 1 that the result drops again.
struct MatMulDims {
  int64_t m, n, k;
  Shape batchA, batchB, batch, result;
};

Expected<MatMulDims> matMulDims(const Shape &a, const Shape &b) {
  if (a.empty() || b.empty())
    return fail("matmul takes operands of rank 1 and above");
  MatMulDims dims;
  bool vectorA = a.size() == 1, vectorB = b.size() == 1;
  dims.k = a.back();
  dims.m = vectorA ? 1 : a[a.size() - 2];
  dims.n = vectorB ? 1 : b.back();
  if ((vectorB ? b[0] : b[b.size() - 2]) != dims.k)
    return fail("the inner dimensions of ", a, " and ", b, " differ");
  dims.batchA.assign(a.begin(), a.end() - (vectorA ? 1 : 2));
  dims.batchB.assign(b.begin(), b.end() - (vectorB ? 1 : 2));
  auto batch = broadcastShapes(dims.batchA, dims.batchB);
  if (!batch)
    return batch.status();
  dims.batch = *batch;
  dims.result = *batch;
  if (!vectorA)
    dims.result.push_back(dims.m);
  if (!vectorB)
    dims.result.push_back(dims.n);
  return dims;
}

Status inferMatMul(const OpArgs &args, std::vector<TensorType> &results) {
  if (!args.hasShape(0) || !args.hasShape(1))
    return inferUnknownShape(args, results);
  auto dims = matMulDims(args.shape(0), args.shape(1));
  if (!dims)
    return dims.status();
  return inferWithShape(args, results, dims->result);
}

/// Calls fn(W{}) with the type of the product; every integer works modulo 2^64.
template <typename Fn> auto dispatchProduct(DType type, Fn &&fn) {
  if (!isFloat(type))
    return fn(uint64_t{});
  return dispatchFloat(type, fn);
}

/// Storage type to load `type` for W: signed integers keep their sign through int64_t.
template <typename W> class Factor {
public:
  Factor(const OpArgs &args, size_t i) {
    bool isSigned = setOf(args.dtype(i)) & kSignedInts;
    if constexpr (std::is_same_v<W, uint64_t>) {
      if (isSigned) {
        asSigned.emplace(args, i);
        pointer = reinterpret_cast<const W *>(asSigned->get());
        return;
      }
    }
    direct.emplace(args, i);
    pointer = direct->get();
  }
  const W *get() const { return pointer; }

private:
  std::optional<WideInput<int64_t>> asSigned;
  std::optional<WideInput<W>> direct;
  const W *pointer;
};

Status computeMatMul(const OpArgs &args, std::span<const MutableTensorView> results) {
  MatMulDims dims = *matMulDims(args.shape(0), args.shape(1));
  dispatchProduct(args.dtype(0), [&]<typename W>(W) {
    Factor<W> a(args, 0), b(args, 1);
    WideOutput<W> out(results[0]);
    std::fill_n(out.get(), product(results[0].shape), W(0));
    int64_t m = dims.m;
    // A right operand without batch makes one tall product of all left matrices.
    Shape batch = dims.batch, batchA = dims.batchA;
    if (product(dims.batchB) == 1 && dims.batchA == dims.batch) {
      m *= product(batch);
      batch = batchA = {};
    }
    const Shape *shapes[] = {&batchA, &dims.batchB};
    BroadcastPlan plan(batch, shapes);
    plan.forEachRow([&](int64_t first, const int64_t *offsets, int64_t length) {
      for (int64_t i = 0; i < length; ++i) {
        const W *left = a.get() + (offsets[0] + i * plan.rowStride(0)) * m * dims.k;
        const W *right = b.get() + (offsets[1] + i * plan.rowStride(1)) * dims.k * dims.n;
        gemm<W>(m, dims.n, dims.k, packStrided<W>(left, 1, dims.k),
                packStrided<W>(right, dims.n, 1), out.get() + (first + i) * m * dims.n, dims.n);
      }
    });
  });
  return Status::success();
}

Status inferGemm(const OpArgs &args, std::vector<TensorType> &results) {
  for (size_t i = 0; i < 2; ++i)
    if (args.hasShape(i) && args.rank(i) != 2)
      return fail(i ? "b" : "a", " of gemm has rank ", args.rank(i), ", expected 2");
  if (!args.hasShape(0) || !args.hasShape(1))
    return inferUnknownShape(args, results);
  bool ta = args.flag("trans_a"), tb = args.flag("trans_b");
  const Shape &a = args.shape(0), &b = args.shape(1);
  if (a[ta ? 0 : 1] != b[tb ? 1 : 0])
    return fail("the inner dimensions of ", a, " and ", b, " differ");
  Shape shape{a[ta ? 1 : 0], b[tb ? 0 : 1]};
  if (args.hasShape(2)) {
    auto sum = broadcastShapes(args.shape(2), shape);
    if (!sum || *sum != shape)
      return fail("c ", args.shape(2), " does not broadcast to ", shape);
  }
  return inferWithShape(args, results, shape);
}

Status computeGemm(const OpArgs &args, std::span<const MutableTensorView> results) {
  bool ta = args.flag("trans_a"), tb = args.flag("trans_b");
  double alpha = args.floatAttr("alpha", 1), beta = args.floatAttr("beta", 1);
  int64_t m = results[0].shape[0], n = results[0].shape[1], k = args.shape(0)[ta ? 0 : 1];
  return dispatchProduct(args.dtype(0), [&]<typename W>(W) {
    Factor<W> a(args, 0), b(args, 1);
    WideOutput<W> out(results[0]);
    W *y = out.get();
    std::fill_n(y, m * n, W(0));
    gemm<W>(m, n, k, packStrided<W>(a.get(), ta ? m : 1, ta ? 1 : k),
            packStrided<W>(b.get(), tb ? 1 : n, tb ? k : 1), y, n);
    // Integer factors go through the signed form: a negative double has no unsigned one.
    auto factor = [](double v) {
      if constexpr (std::is_same_v<W, uint64_t>)
        return static_cast<W>(static_cast<int64_t>(std::clamp(v, -0x1p62, 0x1p62)));
      else
        return static_cast<W>(v);
    };
    if (alpha != 1)
      for (int64_t i = 0; i < m * n; ++i)
        y[i] *= factor(alpha);
    if (args.has(2) && beta != 0) {
      Factor<W> c(args, 2);
      const Shape *shapes[] = {&args.shape(2)};
      BroadcastPlan plan(results[0].shape, shapes);
      plan.forEachRow([&](int64_t first, const int64_t *offsets, int64_t length) {
        for (int64_t i = 0; i < length; ++i)
          y[first + i] += factor(beta) * c.get()[offsets[0] + i * plan.rowStride(0)];
      });
    }
    return Status::success();
  });
}

constexpr OpDef kOps[] = {
    {"matmul", 2, 2, kMatMulTypes, 2, inferMatMul, computeMatMul},
    {"gemm", 2, 3, kMatMulTypes, 6, inferGemm, computeGemm},
};

} // namespace

std::span<const OpDef> matMulOps() { return kOps; }

} // namespace openatc::host
