//===- TasksTest.cpp - Tasks and memory of loops over the batch -----------===//
#include "openatc/Codegen/Tasks.h"

#include "Ascend/AscendOps.h"
#include "DaVinci/DaVinci.h"
#include "openatc/OfflineModel/Reader.h"

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

TEST(Tasks, AResultMayLieOverADeadOperand) {
  Built built = build(R"(
  func.func @main(%x: tensor<8x256xf16>) -> tensor<8x256xf16> {
    %a = ascend.launch @unary(%x) block_dim 1 : (tensor<8x256xf16>) -> tensor<8x256xf16>
    %b = ascend.launch @unary(%a) block_dim 1 : (tensor<8x256xf16>) -> tensor<8x256xf16>
    %c = ascend.launch @binary(%b, %a) block_dim 1 over [1] : (tensor<8x256xf16>, tensor<8x256xf16>) -> tensor<8x256xf16>
    %d = ascend.launch @binary(%b, %c) block_dim 1 over [0] : (tensor<8x256xf16>, tensor<8x256xf16>) -> tensor<8x256xf16>
    %e = ascend.launch @binary(%c, %d) block_dim 1 over [0] : (tensor<8x256xf16>, tensor<8x256xf16>) -> tensor<8x256xf16>
    return %e : tensor<8x256xf16>
  })");
  ASSERT_TRUE(built.model) << built.error;
  const om::Model &model = *built.model;
  EXPECT_EQ(arg(model, 2, 2), arg(model, 0, 1));
  EXPECT_EQ(arg(model, 3, 2), arg(model, 1, 1));
  EXPECT_EQ(arg(model, 4, 2).kind, om::BufferKind::Output);
  EXPECT_EQ(model.arenaBytes, 2 * 4096u);
  EXPECT_EQ(model.arenaBoundBytes, 2 * 4096u);
}

/// main(x) = binary(unary(x), w) for rows of 256 halves; w holds `value` in all of them.
std::string gearText(int rows, int value) {
  std::string x = "tensor<" + std::to_string(rows) + "x256xf16>", w = "tensor<256xf16>";
  return "func.func @main(%x: " + x + " {ascend.name = \"x\"}) -> " + x + R"( {
    %w = ascend.constant dense<)" +
         std::to_string(value) + ".0> : " + w + R"(
    %0 = ascend.launch @unary(%x) block_dim 1 : ()" +
         x + ") -> " + x + R"(
    %1 = ascend.launch @binary(%0, %w) block_dim 1 : ()" +
         x + ", " + w + ") -> " + x + R"(
    return %1 : )" +
         x + "\n}" + R"(
    davinci.kernel @unary block_dim 1 {
    ^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
    }
    davinci.kernel @binary block_dim 1 {
    ^bb0(%x: !davinci.ptr<gm>, %w: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
    })";
}

TEST(Tasks, GearsShareWeightsAndKernels) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<ascend::AscendDialect, davinci::DaVinciDialect, mlir::func::FuncDialect>();
  codegen::ModelOptions options;
  options.soc = "Ascend310P3";
  options.gearKind = om::GearKind::Batch;
  options.dynamicAxes = {{"x", {0}}};
  codegen::ModelAssembler assembler(options);
  // The third gear has another constant.
  const std::pair<int, int> gears[] = {{2, 1}, {8, 1}, {4, 3}};
  mlir::OwningOpRef<mlir::ModuleOp> module;
  for (auto [rows, value] : gears) {
    module = mlir::parseSourceString<mlir::ModuleOp>(gearText(rows, value), &context);
    ASSERT_TRUE(module);
    ASSERT_TRUE(mlir::succeeded(rows == 4 ? assembler.addLast(*module, {rows})
                                          : assembler.add(*module, {rows})));
  }
  om::Model model = assembler.finish().model;
  EXPECT_EQ(model.gearKind, om::GearKind::Batch);
  EXPECT_EQ(model.kernels.size(), 2u);
  EXPECT_EQ(model.weights.size(), 1024u);
  ASSERT_EQ(model.gears.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const om::Gear &gear = model.gears[i];
    ASSERT_EQ(gear.tasks.size(), 2u);
    for (uint32_t task = 0; task < 2; ++task)
      EXPECT_EQ(std::get<om::KernelTask>(gear.tasks[task]).kernel, task);
    om::BufferRef weight{om::BufferKind::Weight, 0, i == 2 ? 512u : 0u};
    EXPECT_EQ(std::get<om::KernelTask>(gear.tasks[1]).args[1], weight);
    EXPECT_EQ(gear.values, std::vector<int64_t>{gears[i].first});
    EXPECT_EQ(gear.arenaBytes, uint64_t(gears[i].first) * 512);
    EXPECT_EQ(gear.inputs[0].shape, (host::Shape{gears[i].first, 256}));
  }
  // The model's own buffers and arena are those of the largest gear.
  EXPECT_TRUE(model.tasks.empty());
  EXPECT_EQ(model.arenaBytes, 8 * 512u);
  ASSERT_EQ(model.inputs.size(), 2u);
  EXPECT_EQ(model.inputs[0].bytes, 8 * 512u);
  EXPECT_EQ(model.inputs[0].dynamicAxes, std::vector<uint32_t>{0});
  EXPECT_EQ(model.inputs[1].name, "ascend_mbatch_shape_data");
  EXPECT_EQ(model.outputs[0].bytes, 8 * 512u);
  EXPECT_EQ(model.outputs[0].dynamicAxes, std::vector<uint32_t>{0});
  EXPECT_TRUE(om::checkModel(model).ok()) << om::checkModel(model).message();
}

TEST(Tasks, NoResultLiesOverWhatIsStillRead) {
  Built built = build(R"(
  func.func @main(%x: tensor<8x256xf16>) -> (tensor<8x256xf16>, tensor<8x16x16xf16>) {
    %shape = ascend.constant dense<[8, 16, 16]> : tensor<3xi64>
    %a = ascend.launch @unary(%x) block_dim 1 : (tensor<8x256xf16>) -> tensor<8x256xf16>
    %v = ascend.reshape %a, %shape : (tensor<8x256xf16>, tensor<3xi64>) -> tensor<8x16x16xf16>
    %b = ascend.launch @binary(%a, %v) block_dim 1 over [0] : (tensor<8x256xf16>, tensor<8x16x16xf16>) -> tensor<8x256xf16>
    %c = ascend.launch @binary(%x, %b) block_dim 1 over [1] : (tensor<8x256xf16>, tensor<8x256xf16>) -> tensor<8x256xf16>
    %d = ascend.launch @binary(%c, %b) block_dim 1 over [0] : (tensor<8x256xf16>, tensor<8x256xf16>) -> tensor<8x256xf16>
    %e = ascend.launch @unary(%d) block_dim 1 : (tensor<8x256xf16>) -> tensor<8x256xf16>
    %f = ascend.launch @unary(%v) block_dim 1 : (tensor<8x16x16xf16>) -> tensor<8x16x16xf16>
    return %e, %f : tensor<8x256xf16>, tensor<8x16x16xf16>
  })");
  ASSERT_TRUE(built.model) << built.error;
  const om::Model &model = *built.model;
  EXPECT_NE(arg(model, 1, 2), arg(model, 0, 1)); // two operands show %a, and %f reads it
  EXPECT_NE(arg(model, 2, 2), arg(model, 1, 2)); // %d reads %b
  EXPECT_EQ(arg(model, 3, 2), arg(model, 2, 2));
}

TEST(Tasks, OtherRunsOfALoopKeepWhatTheyRead) {
  Built built = build(R"(
  func.func @main(%x: tensor<2x256xf16>, %y: tensor<1x256xf16>) -> tensor<2x256xf16> {
    %w = ascend.launch @unary(%y) block_dim 1 : (tensor<1x256xf16>) -> tensor<1x256xf16>
    %l = ascend.batch_loop 2 (%x) : (tensor<2x256xf16>) -> tensor<2x256xf16> {
    ^bb0(%s: tensor<1x256xf16>):
      %a = ascend.launch @binary(%s, %w) block_dim 1 over [1] : (tensor<1x256xf16>, tensor<1x256xf16>) -> tensor<1x256xf16>
      %b = ascend.launch @binary(%s, %a) block_dim 1 over [1] : (tensor<1x256xf16>, tensor<1x256xf16>) -> tensor<1x256xf16>
      %c = ascend.launch @binary(%s, %b) block_dim 1 over [1] : (tensor<1x256xf16>, tensor<1x256xf16>) -> tensor<1x256xf16>
      ascend.yield %c : tensor<1x256xf16>
    }
    return %l : tensor<2x256xf16>
  })");
  ASSERT_TRUE(built.model) << built.error;
  const om::Model &model = *built.model;
  EXPECT_NE(arg(model, 1, 2), arg(model, 0, 1)); // all runs read %w
  EXPECT_EQ(arg(model, 2, 2), arg(model, 1, 2));
  EXPECT_EQ(arg(model, 3, 2), (om::BufferRef{om::BufferKind::Output, 0, 0}));
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
