//===- LaneRangeTest.cpp - Interval arithmetic over padding lanes ---------===//
#include "LaneRange.h"

#include "Constants.h"

#include "mlir/IR/BuiltinOps.h"

#include <gtest/gtest.h>

#include <cmath>

using namespace mlir;
using namespace openatc;
using graph::LaneRange;

namespace {

class LaneRanges : public ::testing::Test {
protected:
  LaneRanges() : builder(&context), module(ModuleOp::create(UnknownLoc::get(&context))) {
    context.loadDialect<ascend::AscendDialect>();
    builder.setInsertionPointToStart(module->getBody());
  }

  Value tensor(Type element) {
    return graph::makeScalar(builder, builder.getUnknownLoc(), element, 1);
  }

  template <typename Op> LaneRange unary(LaneRange in) {
    Value x = tensor(builder.getF32Type());
    auto op = Op::create(builder, builder.getUnknownLoc(), x.getType(), x);
    return graph::rangeOfResult(op, {in});
  }
  template <typename Op> LaneRange binary(LaneRange a, LaneRange b, bool half = false) {
    Value x = tensor(half ? Type(builder.getF16Type()) : Type(builder.getF32Type()));
    auto op = Op::create(builder, builder.getUnknownLoc(), x.getType(), x, x);
    return graph::rangeOfResult(op, {a, b});
  }

  MLIRContext context;
  OpBuilder builder;
  OwningOpRef<ModuleOp> module;
};

TEST_F(LaneRanges, SigmoidOfAnythingIsFinite) {
  LaneRange e = unary<ascend::ExpOp>(unary<ascend::NegOp>(LaneRange::data()));
  EXPECT_FALSE(e.isFinite()); // exp(30000) is infinite,
  LaneRange d = binary<ascend::AddOp>(e, {1, 1});
  LaneRange y = binary<ascend::DivOp>({1, 1}, d);
  EXPECT_TRUE(y.isFinite()); // but one over it is not
  EXPECT_GE(y.lo, 0);
  EXPECT_LE(y.hi, 1);
}

TEST_F(LaneRanges, UndefinedResultsAreMarked) {
  EXPECT_TRUE(unary<ascend::LogOp>({-1, 1}).mayBeNan);
  EXPECT_TRUE(unary<ascend::SqrtOp>({-1, -1}).mayBeNan);
  EXPECT_FALSE(unary<ascend::LogOp>({0, 0}).isFinite());
  EXPECT_TRUE(binary<ascend::DivOp>({1, 1}, {-1, 1}).mayBeNan);
  LaneRange infinite{-INFINITY, INFINITY};
  EXPECT_TRUE(binary<ascend::MulOp>({0, 0}, infinite).mayBeNan);
  EXPECT_TRUE(binary<ascend::SubOp>(infinite, infinite).mayBeNan);
}

TEST_F(LaneRanges, BoundsAreThoseOfTheElementType) {
  EXPECT_TRUE(binary<ascend::AddOp>({40000, 40000}, {40000, 40000}).isFinite());
  EXPECT_FALSE(binary<ascend::AddOp>({40000, 40000}, {40000, 40000}, true).isFinite());
}

TEST_F(LaneRanges, SignsOfProducts) {
  LaneRange r = binary<ascend::MulOp>({-2, 3}, {-5, 1});
  EXPECT_EQ(r.lo, -15);
  EXPECT_EQ(r.hi, 10);
  r = unary<ascend::AbsOp>({-2, 1});
  EXPECT_EQ(r.lo, 0);
  EXPECT_EQ(r.hi, 2);
}

} // namespace
