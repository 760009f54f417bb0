//===- InputsTest.cpp - Inputs, their shapes, outputs ---------------------===//
#include "TestModel.h"

using namespace openatc;
using namespace openatc::importer;

namespace {

void addRelu(TestModel &model) {
  model.input("x", {0, 3});
  model.node("Relu", {"x"}, {"y"});
  model.output("y");
}

TEST(Inputs, NamesAndTypes) {
  TestModel model;
  model.input("x", {2, 3}, /*UINT8*/ 2);
  model.node("Identity", {"x"}, {"y"}, "copy");
  model.output("y");
  EXPECT_EQ(model.importOps(), Names{"identity"});
  auto function = model.first<mlir::func::FuncOp>();
  EXPECT_EQ(function.getName(), "main");
  EXPECT_EQ(function.getArgAttrOfType<mlir::StringAttr>(0, "ascend.name"), "x");
  EXPECT_EQ(function.getResultAttrOfType<mlir::StringAttr>(0, "ascend.name"), "y");
  auto type = mlir::cast<mlir::RankedTensorType>(function.getArgumentTypes()[0]);
  EXPECT_TRUE(type.getElementType().isUnsignedInteger(8));
  EXPECT_EQ(type.getShape(), (llvm::ArrayRef<int64_t>{2, 3}));
  auto loc = mlir::cast<mlir::NameLoc>(model.first<openatc::ascend::IdentityOp>().getLoc());
  EXPECT_EQ(loc.getName(), "copy");
}

TEST(Inputs, DynamicDimensionNeedsAShape) {
  TestModel model;
  addRelu(model);
  EXPECT_FALSE(model.import());
  ASSERT_EQ(model.report.errors.size(), 1u);
  EXPECT_EQ(model.report.errors[0].kind, ImportError::Kind::DynamicInput);
  EXPECT_EQ(model.report.errors[0].name, "x");
  EXPECT_EQ(model.report.errors[0].message,
            "dimension 0 of input 'x' is dynamic ('n'); give --input_shape");
}

TEST(Inputs, GivenShape) {
  TestModel model;
  addRelu(model);
  model.options.inputShapes["x"] = {5, 3};
  EXPECT_EQ(model.importOps(), Names{"relu"});
  auto type = mlir::cast<mlir::RankedTensorType>(
      model.first<openatc::ascend::ReluOp>().getOutput().getType());
  EXPECT_EQ(type.getShape(), (llvm::ArrayRef<int64_t>{5, 3}));
}

TEST(Inputs, AreListedAsTheFileDeclaresThem) {
  TestModel model;
  addRelu(model);
  model.input("ids", {2, 0}, /*INT64*/ 7);
  model.floats("w", {1}, {1});
  model.input("w", {1});
  model.options.inputShapes["nobody"] = {1};
  EXPECT_FALSE(model.import());
  std::vector<std::string> inputs;
  for (const InputInfo &input : model.report.inputs)
    inputs.push_back(input.name + " " + input.type);
  EXPECT_EQ(inputs, (Names{"x FLOAT[n,3]", "ids INT64[2,n]"}));
  ASSERT_EQ(model.report.nodes.size(), 1u);
  EXPECT_EQ(model.report.nodes[0].opType, "Relu");
  EXPECT_EQ(model.report.errors.back().kind, ImportError::Kind::InputName);
}

TEST(Inputs, OperatorSetsAreUnambiguous) {
  TestModel model;
  addRelu(model);
  model.options.inputShapes["x"] = {1, 3};
  model.proto.add_opset_import()->set_domain("com.example"); // without nodes
  model.proto.mutable_opset_import(1)->set_version(1);
  EXPECT_TRUE(model.import());
  onnx::OperatorSetIdProto *again = model.proto.add_opset_import();
  again->set_domain("ai.onnx");
  again->set_version(17);
  EXPECT_TRUE(model.import());
  again->set_version(11);
  EXPECT_FALSE(model.import());
  ASSERT_EQ(model.report.errors.size(), 1u);
  EXPECT_EQ(model.report.errors[0].kind, ImportError::Kind::Opset);
  EXPECT_EQ(model.report.errors[0].message,
            "the model imports versions 17 and 11 of the domain ai.onnx");
}

TEST(Inputs, WrongGivenShapes) {
  for (auto [shape, message] : std::vector<std::pair<std::vector<int64_t>, std::string>>{
           {{5}, "the shape given for input 'x' has rank 1, the model's has rank 2"},
           {{5, 4}, "dimension 1 of input 'x' is 3 in the model, not 4"},
           {{0, 3}, "dimension 0 of input 'x' must be positive"},
           {{1ll << 50, 3}, "the shape of input 'x' is too large"}}) {
    TestModel model;
    addRelu(model);
    model.options.inputShapes["x"] = shape;
    EXPECT_FALSE(model.import());
    ASSERT_EQ(model.report.errors.size(), 1u);
    EXPECT_EQ(model.report.errors[0].kind,
              shape.size() == 1 ? ImportError::Kind::InputRank : ImportError::Kind::InputShape);
    EXPECT_EQ(model.report.errors[0].message, message);
  }
}

TEST(Inputs, EmptyTensors) {
  TestModel model;
  onnx::ValueInfoProto *info = model.graph().add_input();
  info->set_name("x");
  info->mutable_type()->mutable_tensor_type()->set_elem_type(1);
  info->mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(0);
  model.node("Relu", {"x"}, {"y"});
  model.output("y");
  EXPECT_EQ(model.importOps(), Names{"relu"});
  auto type =
      mlir::cast<mlir::RankedTensorType>(model.first<mlir::func::FuncOp>().getArgumentTypes()[0]);
  EXPECT_EQ(type.getShape(), llvm::ArrayRef<int64_t>(0));
}

TEST(Inputs, DeclaredShapesAreKeptForWhatIsNotInferred) {
  TestModel model;
  model.input("x", {8});
  model.input("n", {2}, /*INT64*/ 7);
  model.node("Reshape", {"x", "n"}, {"y"});
  onnx::ValueInfoProto *output = model.graph().add_output();
  output->set_name("y");
  auto *shape = output->mutable_type()->mutable_tensor_type()->mutable_shape();
  shape->add_dim()->set_dim_value(2);
  shape->add_dim()->set_dim_value(4);
  EXPECT_EQ(model.importOps(), Names{"reshape"});
  auto op = model.first<ascend::ReshapeOp>();
  EXPECT_TRUE(mlir::isa<mlir::UnrankedTensorType>(op.getType()));
  auto shapes = op->getAttrOfType<mlir::ArrayAttr>(ascend::kDeclaredShapes);
  ASSERT_TRUE(shapes);
  EXPECT_EQ(mlir::cast<mlir::DenseI64ArrayAttr>(shapes[0]).asArrayRef(),
            (llvm::ArrayRef<int64_t>{2, 4}));
}

TEST(Inputs, UnknownGivenName) {
  TestModel model;
  addRelu(model);
  model.options.inputShapes["x"] = {1, 3};
  model.options.inputShapes["z"] = {1, 3};
  EXPECT_FALSE(model.import());
  ASSERT_EQ(model.report.errors.size(), 1u);
  EXPECT_EQ(model.report.errors[0].name, "z");
}

TEST(Inputs, InitializerWins) {
  TestModel model;
  model.input("x", {2});
  model.input("w", {0});
  model.floats("w", {2}, {1, 2});
  model.node("Add", {"x", "w"}, {"y"});
  model.output("y");
  EXPECT_EQ(model.importOps(), Names{"add"});
  EXPECT_EQ(model.first<mlir::func::FuncOp>().getNumArguments(), 1u);
}

TEST(Inputs, OutputsMayBeInputsOrConstants) {
  TestModel model;
  model.input("x", {2});
  model.floats("w", {2}, {1, 2});
  model.output("x");
  model.output("w");
  EXPECT_EQ(model.importOps(), Names{});
  EXPECT_EQ(model.first<mlir::func::FuncOp>().getNumResults(), 2u);
}

TEST(Inputs, UndefinedNames) {
  TestModel model;
  model.input("x", {2});
  model.node("Add", {"x", "nowhere"}, {"y"}, "sum");
  model.output("y");
  EXPECT_FALSE(model.import());
  EXPECT_EQ(model.report.errors.at(0).message,
            "node 'sum' (Add) uses 'nowhere', which nothing defines");
}

TEST(Inputs, NodesInAnyOrderButNoCycles) {
  TestModel model;
  model.input("x", {2});
  model.node("Relu", {"a"}, {"y"});
  model.node("Exp", {"x"}, {"a"});
  model.output("y");
  EXPECT_EQ(model.importOps(), (Names{"exp", "relu"}));

  TestModel cyclic;
  cyclic.input("x", {2});
  cyclic.node("Add", {"x", "b"}, {"a"});
  cyclic.node("Relu", {"a"}, {"b"});
  cyclic.output("b");
  EXPECT_FALSE(cyclic.import());
  EXPECT_EQ(cyclic.report.errors.at(0).message, "the nodes of the graph form a cycle");
}

TEST(Inputs, NameDefinedTwice) {
  TestModel model;
  model.input("x", {2});
  model.node("Relu", {"x"}, {"y"});
  model.node("Exp", {"x"}, {"y"}, "again");
  model.output("y");
  EXPECT_FALSE(model.import());
  EXPECT_EQ(model.report.errors.at(0).message, "'y' is defined twice, again by node 'again'");
}

} // namespace
