//===- OutputSelectionTest.cpp - Outputs chosen by node and by tensor -------===//
#include "TestModel.h"

using namespace openatc;
using namespace openatc::importer;

namespace {

/// x -> relu (a) -> split (b, c); b -> NonZero (d, not supported) is the graph's output.
struct Branches : TestModel {
  Branches() {
    input("x", {4});
    node("Relu", {"x"}, {"a"}, "relu");
    node("Split", {"a"}, {"b", "c:0"}, "split");
    node("NonZero", {"b"}, {"d"}, "tail");
    integer(*graph().mutable_node(1), "num_outputs", 2);
    proto.mutable_opset_import(0)->set_version(18);
    output("d");
  }
  /// Kind and message of the first error.
  std::pair<ImportError::Kind, std::string> errorOf(Names outputs) {
    options.outputs = std::move(outputs);
    EXPECT_FALSE(import());
    if (report.errors.empty())
      return {ImportError::Kind::File, "no error"};
    return {report.errors[0].kind, report.errors[0].message};
  }
  std::vector<std::string> resultTexts(const char *attribute) {
    auto main = module->lookupSymbol<mlir::func::FuncOp>("main");
    std::vector<std::string> texts;
    for (unsigned i = 0; i < main.getNumResults(); ++i)
      texts.push_back(main.getResultAttrOfType<mlir::StringAttr>(i, attribute).str());
    return texts;
  }
};

TEST(OutputSelection, NodesThatNoOutputNeedsAreLeftOut) {
  Branches model;
  EXPECT_FALSE(model.import());
  EXPECT_EQ(model.report.unsupported.size(), 1u);
  model.options.outputs = {"split:1", "relu:0"};
  EXPECT_EQ(model.importOps(), (Names{"relu", "split"}));
  EXPECT_EQ(model.resultTexts("ascend.name"), (Names{"split:1", "relu:0"}));
  model.options.outputs = {"relu:0"};
  EXPECT_EQ(model.importOps(), Names{"relu"});
}

TEST(OutputSelection, TensorsKeepTheirNames) {
  Branches model;
  // A tensor whose name looks like a node with an index, and an input.
  model.options.outputs = {"c:0", "a"};
  EXPECT_EQ(model.importOps(), (Names{"relu", "split"}));
  EXPECT_EQ(model.resultTexts("ascend.name"), (Names{"c:0", "a"}));
  EXPECT_EQ(model.resultTexts("ascend.source"), (Names{"split:1", "relu:0"}));
  model.options.outputs = {"x"};
  EXPECT_EQ(model.importOps(), Names{});
  EXPECT_EQ(model.resultTexts("ascend.name"), Names{"x"});
}

TEST(OutputSelection, NamelessNodesHaveNames) {
  TestModel model;
  model.input("x", {4});
  model.node("Relu", {"x"}, {"a"});
  model.node("NonZero", {"a"}, {"b"});
  model.output("b");
  model.options.outputs = {"Relu_0:0"};
  EXPECT_EQ(model.importOps(), Names{"relu"});
}

TEST(OutputSelection, ErrorsNameWhatIsThere) {
  using Kind = ImportError::Kind;
  EXPECT_EQ(Branches().errorOf({"rely:0"}),
            std::pair(Kind::OutputName, std::string("the model has no node 'rely'; the nearest "
                                                    "names are relu, split, tail")));
  EXPECT_EQ(Branches().errorOf({"c:1"}).first, Kind::OutputName);
  EXPECT_EQ(Branches().errorOf({"y"}),
            std::pair(Kind::OutputName, std::string("the model has no tensor 'y'; the nearest "
                                                    "names are a, b, d")));
  EXPECT_EQ(Branches().errorOf({"relu"}),
            std::pair(Kind::OutputName,
                      std::string("'relu' is a node; write relu:0 for its first output")));
  EXPECT_EQ(Branches().errorOf({"split:2"}),
            std::pair(Kind::OutputIndex, std::string("node 'split' has no output 2; it has 2")));
  EXPECT_EQ(
      Branches().errorOf({"split:-1"}),
      std::pair(Kind::OutputIndex, std::string("'-1' is no output of node 'split', which has 2")));
  EXPECT_EQ(Branches().errorOf({"split:99999999999"}).first, Kind::OutputIndex);
  EXPECT_EQ(Branches().errorOf({"relu:0", "b"}),
            std::pair(Kind::OutputForm,
                      std::string("'relu:0' is a node with an index, 'b' the name of a tensor")));
}

} // namespace
