//===- UnsupportedTest.cpp - The list of what cannot be compiled ----------===//
#include "TestModel.h"

using namespace openatc;
using namespace openatc::importer;

namespace {

TEST(Unsupported, AllInOneRun) {
  TestModel model;
  model.proto.add_opset_import()->set_domain("com.example");
  model.proto.mutable_opset_import(1)->set_version(3);
  model.input("x", {4});
  model.node("NonZero", {"x"}, {"a"}, "first");
  model.node("Relu", {"a"}, {"b"});
  model.node("Magic", {"b"}, {"c"}, "wand").set_domain("com.example");
  model.node("NonZero", {"c"}, {"d"});
  model.output("d");
  EXPECT_FALSE(model.import());
  EXPECT_TRUE(model.report.errors.empty());
  ASSERT_EQ(model.report.unsupported.size(), 2u);
  const UnsupportedNodes &standard = model.report.unsupported[0];
  EXPECT_EQ(standard.opType, "NonZero");
  EXPECT_EQ(standard.domain, "ai.onnx");
  EXPECT_EQ(standard.opset, 17);
  EXPECT_EQ(standard.since, 0);
  // A node without a name is called by its operator and position.
  EXPECT_EQ(standard.nodes, (Names{"first", "NonZero_3"}));
  const UnsupportedNodes &custom = model.report.unsupported[1];
  EXPECT_EQ(custom.opType, "Magic");
  EXPECT_EQ(custom.domain, "com.example");
  EXPECT_EQ(custom.opset, 3);
  EXPECT_EQ(custom.nodes, Names{"wand"});
}

TEST(Unsupported, SubgraphsAreListedToo) {
  TestModel model;
  model.input("c", {1}, /*BOOL*/ 9);
  onnx::NodeProto &branch = model.node("If", {"c"}, {"y"}, "choice");
  onnx::NodeProto *inner = TestModel::attribute(branch, "then_branch").mutable_g()->add_node();
  inner->set_op_type("NonZero");
  inner->set_name("inner");
  model.output("y");
  EXPECT_FALSE(model.import());
  ASSERT_EQ(model.report.unsupported.size(), 2u);
  EXPECT_EQ(model.report.unsupported[0].nodes, Names{"choice"});
  EXPECT_EQ(model.report.unsupported[1].nodes, Names{"choice/inner"});
}

TEST(Unsupported, PartsOfOperatorsWithReasons) {
  TestModel model;
  model.input("x", {1, 2, 4, 4});
  model.floats("s", {2}, {1, 1});
  onnx::NodeProto &training = model.node("BatchNormalization", {"x", "s", "s", "s", "s"}, {"y"});
  TestModel::integer(training, "training_mode", 1);
  onnx::NodeProto &text = model.node("Cast", {"x"}, {"t"});
  TestModel::integer(text, "to", 8);
  model.output("y");
  model.output("t");
  EXPECT_FALSE(model.import());
  ASSERT_EQ(model.report.unsupported.size(), 2u);
  EXPECT_EQ(model.report.unsupported[0].reason, "training mode");
  EXPECT_EQ(model.report.unsupported[1].reason, "conversion to STRING");
}

TEST(Unsupported, OperatorsNewerThanTheOpset) {
  TestModel model(19);
  model.input("x", {4});
  model.node("Gelu", {"x"}, {"y"}); // came with operator set 20
  model.output("y");
  EXPECT_FALSE(model.import());
  EXPECT_EQ(model.report.unsupported.at(0).opType, "Gelu");
  EXPECT_EQ(model.report.unsupported.at(0).since, 20);
}

TEST(Unsupported, OutputsOfTraining) {
  TestModel model;
  model.input("x", {1, 2, 4, 4});
  model.floats("s", {2}, {1, 1});
  model.node("BatchNormalization", {"x", "s", "s", "s", "s"}, {"y", "mean"}, "norm");
  model.node("Relu", {"mean"}, {"z"}, "use");
  model.output("y");
  EXPECT_FALSE(model.import());
  EXPECT_EQ(model.report.errors.at(0).message,
            "node 'use' (Relu) uses 'mean', an output of node 'norm' that is not supported");
}

} // namespace
