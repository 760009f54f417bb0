//===- TasksTest.cpp - Tasks and memory of loops over the batch -----------===//
#include "openatc/Codegen/Tasks.h"

#include "Ascend/AscendOps.h"
#include "DaVinci/DaVinci.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

using namespace openatc;

namespace {

/// The model of `main`, which may launch @unary and @binary; the error text when there is none.
struct Built {
  std::optional<om::Model> model;
  std::string error;
};

Built build(const std::string &main) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<ascend::AscendDialect, davinci::DaVinciDialect, mlir::func::FuncDialect>();
  Built built;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &d) {
    built.error += d.str();
    return mlir::success();
  });
  auto module = mlir::parseSourceString<mlir::ModuleOp>(main + R"(
    davinci.kernel @unary block_dim 1 {
    ^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
    }
    davinci.kernel @binary block_dim 1 {
    ^bb0(%x: !davinci.ptr<gm>, %w: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
    }
  )",
                                                        &context);
  codegen::ModelOptions options;
  options.soc = "Ascend310P3";
  if (!module)
    return built;
  auto model = codegen::buildModel(*module, options);
  if (mlir::succeeded(model))
    built.model = std::move(model->model);
  return built;
}

om::BufferRef arg(const om::Model &model, size_t task, size_t index) {
  return std::get<om::KernelTask>(model.tasks.at(task)).args.at(index);
}

/// 4 slices of 1024 bytes: a value from outside, a local one, and a result.
constexpr const char *kLoop = R"(
  func.func @main(%x: tensor<8x256xf16>, %w: tensor<256xf16>) -> (tensor<8x256xf16>, tensor<8x256xf16>) {
    %0 = ascend.launch @unary(%x) block_dim 1 : (tensor<8x256xf16>) -> tensor<8x256xf16>
    %1:2 = ascend.batch_loop 4 (%0) : (tensor<8x256xf16>) -> (tensor<8x256xf16>, tensor<8x256xf16>) {
    ^bb0(%s: tensor<2x256xf16>):
      %a = ascend.launch @binary(%s, %w) block_dim 1 : (tensor<2x256xf16>, tensor<256xf16>) -> tensor<2x256xf16>
      %b = ascend.launch @unary(%a) block_dim 1 : (tensor<2x256xf16>) -> tensor<2x256xf16>
      %c = ascend.launch @unary(%b) block_dim 1 : (tensor<2x256xf16>) -> tensor<2x256xf16>
      ascend.yield %b, %c : tensor<2x256xf16>, tensor<2x256xf16>
    }
    %2 = ascend.launch @unary(%1#1) block_dim 1 : (tensor<8x256xf16>) -> tensor<8x256xf16>
    return %2, %1#0 : tensor<8x256xf16>, tensor<8x256xf16>
  })";

TEST(Tasks, ALoopIsItsTasksOncePerSlice) {
  Built built = build(kLoop);
  ASSERT_TRUE(built.model) << built.error;
  const om::Model &model = *built.model;
  ASSERT_EQ(model.tasks.size(), 1u + 4 * 3 + 1);
  EXPECT_EQ(model.kernels.size(), 2u);
  const om::BufferRef whole = arg(model, 0, 1), local = arg(model, 1, 2), result = arg(model, 3, 1);
  for (size_t run = 0; run < 4; ++run) {
    size_t first = 1 + 3 * run;
    uint64_t offset = 1024 * run;
    // Slices move on; what is whole and what is local stays.
    EXPECT_EQ(arg(model, first, 0), (om::BufferRef{whole.kind, 0, whole.offset + offset}));
    EXPECT_EQ(arg(model, first, 1), (om::BufferRef{om::BufferKind::Input, 1, 0}));
    EXPECT_EQ(arg(model, first, 2), local);
    EXPECT_EQ(arg(model, first + 1, 0), local);
    EXPECT_EQ(arg(model, first + 1, 1), (om::BufferRef{om::BufferKind::Output, 1, offset}));
    EXPECT_EQ(arg(model, first + 2, 0), (om::BufferRef{om::BufferKind::Output, 1, offset}));
    EXPECT_EQ(arg(model, first + 2, 1),
              (om::BufferRef{om::BufferKind::Arena, 0, result.offset + offset}));
  }
  EXPECT_EQ(arg(model, 13, 0), result);
}

TEST(Tasks, WhatALoopReadsAndWritesLivesThroughAllOfIt) {
  Built built = build(kLoop);
  ASSERT_TRUE(built.model) << built.error;
  // The loop's operand and its result, 4 KiB each, and one slice.
  EXPECT_EQ(built.model->arenaBytes, 4096u + 4096u + 1024u);
  EXPECT_EQ(built.model->arenaBoundBytes, 4096u + 4096u + 1024u);
}

TEST(Tasks, OnlyWholeResultsOfALoopAreNamed) {
  Built built = build(kLoop);
  ASSERT_TRUE(built.model) << built.error;
  for (size_t task = 1; task < 13; ++task) {
    const auto &outputs = std::get<om::KernelTask>(built.model->tasks[task]).outputs;
    bool isResult = task == 11 || task == 12; // of the last run
    ASSERT_EQ(outputs.size(), size_t(isResult)) << task;
    if (isResult)
      EXPECT_EQ(outputs[0].logicalShape, (host::Shape{8, 256}));
  }
}

TEST(Tasks, LoopsAreNotNested) {
  Built built = build(R"(
  func.func @main(%x: tensor<8x256xf16>) -> tensor<8x256xf16> {
    %1 = ascend.batch_loop 4 (%x) : (tensor<8x256xf16>) -> tensor<8x256xf16> {
    ^bb0(%s: tensor<2x256xf16>):
      %2 = ascend.batch_loop 2 (%s) : (tensor<2x256xf16>) -> tensor<2x256xf16> {
      ^bb0(%t: tensor<1x256xf16>):
        %a = ascend.launch @unary(%t) block_dim 1 : (tensor<1x256xf16>) -> tensor<1x256xf16>
        ascend.yield %a : tensor<1x256xf16>
      }
      ascend.yield %2 : tensor<2x256xf16>
    }
    return %1 : tensor<8x256xf16>
  })");
  EXPECT_FALSE(built.model);
  EXPECT_NE(built.error.find("cannot be nested"), std::string::npos) << built.error;
}

TEST(Tasks, ALoopYieldsNoViews) {
  Built built = build(R"(
  func.func @main(%x: tensor<8x256xf16>) -> tensor<8x16x16xf16> {
    %shape = ascend.constant dense<[2, 16, 16]> : tensor<3xi64>
    %1 = ascend.batch_loop 4 (%x) : (tensor<8x256xf16>) -> tensor<8x16x16xf16> {
    ^bb0(%s: tensor<2x256xf16>):
      %a = ascend.launch @unary(%s) block_dim 1 : (tensor<2x256xf16>) -> tensor<2x256xf16>
      %r = ascend.reshape %a, %shape : (tensor<2x256xf16>, tensor<3xi64>) -> tensor<2x16x16xf16>
      ascend.yield %r : tensor<2x16x16xf16>
    }
    return %1 : tensor<8x16x16xf16>
  })");
  EXPECT_FALSE(built.model);
  EXPECT_NE(built.error.find("must be computed by a task"), std::string::npos) << built.error;
}

} // namespace
