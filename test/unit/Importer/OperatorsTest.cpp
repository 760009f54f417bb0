//===- OperatorsTest.cpp - Differences between operator set versions ------===//
#include "TestModel.h"

using namespace openatc;
using namespace openatc::importer;

namespace {

/// The integers of operand `index` of `op`.
std::vector<int64_t> operandValues(mlir::Operation *op, unsigned index) {
  auto values = ascend::getConstantIntegers(op->getOperand(index));
  EXPECT_TRUE(values);
  return values ? std::vector<int64_t>(values->begin(), values->end()) : std::vector<int64_t>();
}

std::vector<int64_t> shapeOf(mlir::Value value) {
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType());
  EXPECT_TRUE(type);
  return type ? type.getShape().vec() : std::vector<int64_t>();
}

TEST(Operators, AxesAttributesBecomeOperands) {
  TestModel model(11);
  model.input("x", {1, 4, 1, 8});
  TestModel::integers(model.node("Squeeze", {"x"}, {"a"}), "axes", {0, 2});
  TestModel::integers(model.node("Unsqueeze", {"a"}, {"b"}), "axes", {1});
  TestModel::integers(model.node("ReduceSum", {"b"}, {"c"}), "axes", {-1});
  onnx::NodeProto &mean = model.node("ReduceMean", {"c"}, {"d"});
  TestModel::integers(mean, "axes", {0});
  TestModel::integer(mean, "keepdims", 0);
  model.output("d");
  EXPECT_EQ(model.importOps(), (Names{"squeeze", "unsqueeze", "reduce_sum", "reduce_mean"}));
  EXPECT_EQ(operandValues(model.first<ascend::SqueezeOp>(), 1), (std::vector<int64_t>{0, 2}));
  EXPECT_EQ(operandValues(model.first<ascend::ReduceSumOp>(), 1), (std::vector<int64_t>{-1}));
  EXPECT_EQ(shapeOf(model.first<ascend::ReduceMeanOp>().getOutput()), (std::vector<int64_t>{1, 1}));
}

TEST(Operators, AxesOperands) {
  TestModel model(18);
  model.input("x", {4, 8});
  model.initializer("axes", {1}, 7).add_int64_data(1);
  model.node("ReduceMax", {"x", "axes"}, {"y"});
  model.output("y");
  EXPECT_EQ(model.importOps(), Names{"reduce_max"});
  EXPECT_EQ(shapeOf(model.first<ascend::ReduceMaxOp>().getOutput()), (std::vector<int64_t>{4, 1}));
}

TEST(Operators, SliceAndPadAttributes) {
  TestModel model(9);
  model.input("x", {8});
  onnx::NodeProto &slice = model.node("Slice", {"x"}, {"a"});
  TestModel::integers(slice, "starts", {2});
  TestModel::integers(slice, "ends", {6});
  onnx::NodeProto &pad = model.node("Pad", {"a"}, {"y"});
  TestModel::integers(pad, "pads", {1, 2});
  TestModel::attribute(pad, "value").set_f(3);
  model.output("y");
  EXPECT_EQ(model.importOps(), (Names{"slice", "pad"}));
  auto op = model.first<ascend::PadOp>();
  EXPECT_EQ(shapeOf(op.getOutput()), (std::vector<int64_t>{7}));
  auto value = ascend::getConstantData(op.getValue());
  ASSERT_TRUE(value);
  EXPECT_EQ(value->values<float>()[0], 3.0f);
}

TEST(Operators, SoftmaxFlattensBefore13) {
  TestModel old(12);
  old.input("x", {2, 3, 4});
  old.node("Softmax", {"x"}, {"y"});
  old.output("y");
  old.importOps();
  auto op = old.first<ascend::SoftmaxOp>();
  EXPECT_TRUE(op.getFlatten());
  EXPECT_EQ(op.getAxis(), 1);

  TestModel current(13);
  current.input("x", {2, 3, 4});
  current.node("Softmax", {"x"}, {"y"});
  current.output("y");
  current.importOps();
  op = current.first<ascend::SoftmaxOp>();
  EXPECT_FALSE(op.getFlatten());
  EXPECT_EQ(op.getAxis(), -1);
}

TEST(Operators, ClipBounds) {
  TestModel old(6);
  old.input("x", {4}, /*FLOAT16*/ 10);
  TestModel::attribute(old.node("Clip", {"x"}, {"y"}), "max").set_f(6);
  old.output("y");
  EXPECT_EQ(old.importOps(), Names{"clip"});
  auto op = old.first<ascend::ClipOp>();
  EXPECT_FALSE(op.getMin());
  auto bound = ascend::getConstantData(op.getMax());
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->view.dtype, DType::F16);
  EXPECT_EQ(bound->values<uint16_t>()[0], 0x4600); // 6.0

  TestModel current(13);
  current.input("x", {4});
  current.floats("high", {}, {6});
  current.node("Clip", {"x", "", "high"}, {"y"});
  current.output("y");
  EXPECT_EQ(current.importOps(), Names{"clip"});
  EXPECT_FALSE(current.first<ascend::ClipOp>().getMin());
  EXPECT_TRUE(current.first<ascend::ClipOp>().getMax());
}

TEST(Operators, ChainsOfManyOperands) {
  TestModel model;
  model.input("a", {4});
  model.input("b", {2, 4});
  model.input("c", {1});
  model.node("Max", {"a", "b", "c"}, {"m"});
  model.node("Sum", {"m"}, {"s"});
  model.node("Mean", {"s", "a"}, {"y"});
  model.output("y");
  EXPECT_EQ(model.importOps(), (Names{"maximum", "maximum", "identity", "add", "div"}));
}

TEST(Operators, UpsampleAndOldResize) {
  TestModel model(8);
  model.input("x", {1, 1, 2, 2});
  onnx::AttributeProto &scales =
      TestModel::attribute(model.node("Upsample", {"x"}, {"y"}), "scales");
  for (float s : {1.f, 1.f, 2.f, 3.f})
    scales.add_floats(s);
  model.output("y");
  EXPECT_EQ(model.importOps(), Names{"resize"});
  auto op = model.first<ascend::ResizeOp>();
  EXPECT_EQ(op.getCoordinateTransformationMode(), "asymmetric");
  EXPECT_EQ(op.getNearestMode(), "floor");
  EXPECT_EQ(shapeOf(op.getOutput()), (std::vector<int64_t>{1, 1, 4, 6}));
}

TEST(Operators, ResizeWithEmptyScales) {
  TestModel model(11);
  model.input("x", {1, 1, 2, 2});
  model.floats("none", {0}, {});
  onnx::TensorProto &sizes = model.initializer("sizes", {4}, 7);
  for (int64_t s : {1, 1, 5, 7})
    sizes.add_int64_data(s);
  model.node("Resize", {"x", "none", "none", "sizes"}, {"y"});
  model.output("y");
  EXPECT_EQ(model.importOps(), Names{"resize"});
  EXPECT_FALSE(model.first<ascend::ResizeOp>().getScales());
  EXPECT_EQ(shapeOf(model.first<ascend::ResizeOp>().getOutput()),
            (std::vector<int64_t>{1, 1, 5, 7}));
}

TEST(Operators, ConstantForms) {
  TestModel model;
  TestModel::attribute(model.node("Constant", {}, {"f"}), "value_float").set_f(2);
  TestModel::integer(model.node("Constant", {}, {"i"}), "value_int", 3);
  TestModel::integers(model.node("Constant", {}, {"is"}), "value_ints", {4, 5});
  onnx::AttributeProto &floats =
      TestModel::attribute(model.node("Constant", {}, {"fs"}), "value_floats");
  floats.add_floats(6);
  onnx::TensorProto *tensor =
      TestModel::attribute(model.node("Constant", {}, {"t"}), "value").mutable_t();
  tensor->set_data_type(6);
  tensor->add_dims(1);
  tensor->add_int32_data(7);
  for (const char *name : {"f", "i", "is", "fs", "t"})
    model.output(name);
  EXPECT_EQ(model.importOps(), Names{});
  auto types = model.first<mlir::func::FuncOp>().getResultTypes();
  ASSERT_EQ(types.size(), 5u);
  EXPECT_EQ(mlir::cast<mlir::RankedTensorType>(types[0]).getRank(), 0);
  EXPECT_TRUE(mlir::cast<mlir::RankedTensorType>(types[1]).getElementType().isInteger(64));
  EXPECT_EQ(mlir::cast<mlir::RankedTensorType>(types[2]).getShape().vec(), std::vector<int64_t>{2});
  EXPECT_TRUE(mlir::cast<mlir::RankedTensorType>(types[3]).getElementType().isF32());
  EXPECT_TRUE(mlir::cast<mlir::RankedTensorType>(types[4]).getElementType().isInteger(32));
}

TEST(Operators, LastOfEqualConstantsCounts) {
  TestModel model;
  model.input("x", {2});
  TestModel::attribute(model.node("Constant", {}, {"c"}), "value_float").set_f(1);
  model.node("Mul", {"x", "c"}, {"y"});
  TestModel::attribute(model.node("Constant", {}, {"c"}), "value_float").set_f(2);
  model.output("y");
  EXPECT_EQ(model.importOps(), Names{"mul"});
  EXPECT_EQ(model.report.warnings.size(), 1u);
  auto value = ascend::getConstantData(model.first<ascend::ConstantOp>().getOutput());
  ASSERT_TRUE(value);
  EXPECT_EQ(value->values<float>()[0], 2.0f);
}

TEST(Operators, GroupNormPerGroupBefore21) {
  TestModel model(18);
  model.input("x", {1, 4, 2, 2});
  model.floats("s", {2}, {1, 2});
  TestModel::integer(model.node("GroupNormalization", {"x", "s", "s"}, {"y"}), "num_groups", 2);
  model.output("y");
  Names names = model.importOps();
  ASSERT_FALSE(names.empty());
  EXPECT_EQ(names.back(), "group_norm");
  EXPECT_EQ(std::count(names.begin(), names.end(), "tile"), 2);
}

TEST(Operators, OptionalOutputs) {
  TestModel model;
  model.input("x", {1, 1, 4, 4});
  onnx::NodeProto &pool = model.node("MaxPool", {"x"}, {"p", "indices"});
  TestModel::integers(pool, "kernel_shape", {2, 2});
  model.node("Dropout", {"p"}, {"y", ""});
  model.output("y");
  model.output("indices");
  EXPECT_EQ(model.importOps(), (Names{"max_pool", "dropout"}));
  EXPECT_TRUE(model.first<ascend::MaxPoolOp>().getIndices());
  EXPECT_FALSE(model.first<ascend::DropoutOp>().getMask());
}

TEST(Operators, ErrorsNameTheNode) {
  TestModel model;
  model.input("a", {3});
  model.input("b", {4});
  model.node("Add", {"a", "b"}, {"y"}, "sum");
  model.node("Concat", {"a"}, {"z"}, "join");
  model.output("y");
  model.output("z");
  EXPECT_FALSE(model.import());
  ASSERT_EQ(model.report.errors.size(), 2u);
  EXPECT_EQ(model.report.errors[0].name, "sum");
  EXPECT_EQ(model.report.errors[1].message, "node 'join' (Concat): attribute 'axis' is missing");
}

} // namespace
