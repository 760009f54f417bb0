//===- OpModelTest.cpp - Operators as ONNX models -------------------------===//
//
// What the models compute is compared with NumPy in python/tests/test_singleop.py.
//
//===----------------------------------------------------------------------===//
#include "openatc/SingleOp/OpModel.h"

#include "openatc_onnx.pb.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>

using namespace openatc;
using namespace openatc::singleop;

namespace {

om::OpTensor tensor(host::Shape shape, DType dtype = DType::F32) {
  return {dtype, "ND", std::move(shape), std::nullopt};
}

om::OpDescription op(const char *type, std::vector<om::OpTensor> inputs,
                     std::vector<om::OpTensor> outputs) {
  return {type, std::move(inputs), std::move(outputs), {}};
}

TEST(OpModel, NamesFollowThePositionsOfTheOperator) {
  om::OpTensor absent;
  absent.format = "RESERVED";
  om::OpDescription matmul =
      op("MatMulV2", {tensor({2, 3}), tensor({3, 4}), absent}, {tensor({2, 4})});
  OpError error;
  Expected<std::string> bytes = onnxModelOf(matmul, error);
  ASSERT_TRUE(bytes) << error.text;
  onnx::ModelProto model;
  ASSERT_TRUE(model.ParseFromString(*bytes));
  ASSERT_EQ(model.graph().input_size(), 2);
  EXPECT_EQ(model.graph().input(1).name(), "input1");
  EXPECT_EQ(model.graph().output(0).name(), "output0");
  EXPECT_EQ(model.graph().node(0).op_type(), "MatMul");
  EXPECT_EQ(model.graph().node(0).name(), "MatMulV2");
}

TEST(OpModel, UnknownOperatorsHaveACode) {
  OpError error;
  EXPECT_FALSE(onnxModelOf(op("matmul", {}, {tensor({1})}), error));
  EXPECT_EQ(error.code, "E10501");
}

/// No description of any operator may end the process: inputs, outputs and attributes are
/// missing, of other types and of other shapes.
TEST(OpModel, EveryOperatorSurvivesEveryDescription) {
  std::vector<om::OpTensor> kinds = {tensor({}), tensor({2, 3}), tensor({1, 2, 3, 4}),
                                     tensor({0, 5}), tensor({2}, DType::I8)};
  om::OpTensor constant = tensor({2}, DType::I32), last = tensor({1, 4, 4, 2}), absent;
  constant.value = std::vector<uint8_t>{255, 255, 255, 127, 0, 0, 0, 128};
  last.format = "NHWC";
  absent.format = "RESERVED";
  kinds.insert(kinds.end(), {constant, last, absent});
  std::vector<om::OpAttribute> attributes;
  for (const char *name :
       {"axes", "axis", "ksize", "strides", "pads", "begin", "end", "size", "perm", "offsets",
        "multiples", "paddings", "size_splits", "dilations", "begin_norm_axis", "split_dim"})
    attributes.push_back(intsAttribute(name, {-9, INT64_MAX, 3}));
  std::sort(attributes.begin(), attributes.end(),
            [](const auto &a, const auto &b) { return a.name < b.name; });
  size_t made = 0;
  for (const std::string &type : knownOps())
    for (size_t inputs = 0; inputs <= 6; ++inputs)
      for (const om::OpTensor &kind : kinds)
        for (bool strange : {false, true}) {
          om::OpDescription candidate = op(type.c_str(), std::vector(inputs, kind), {kind});
          if (strange)
            candidate.attributes = attributes;
          if (!candidate.outputs[0].present())
            candidate.outputs[0] = kinds[1];
          OpError error;
          Expected<std::string> bytes = onnxModelOf(candidate, error);
          made += bool(bytes);
          EXPECT_TRUE(bytes || error.code == "E14001") << error.text;
        }
  EXPECT_GT(made, 100u);
}

TEST(OpModel, TheDocumentationListsEveryOperator) {
  std::ifstream file(OPENATC_DOCS "/single-operators.md");
  std::string page((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  size_t table = page.find("## Operators");
  ASSERT_NE(table, std::string::npos);
  std::set<std::string> listed;
  std::string word;
  for (char c : page.substr(table + 12) + " ")
    if (std::isalnum(static_cast<unsigned char>(c)))
      word += c;
    else if (!word.empty()) {
      if (std::isupper(static_cast<unsigned char>(word[0])))
        listed.insert(word);
      word.clear();
    }
  std::vector<std::string> known = knownOps();
  EXPECT_EQ(listed, std::set<std::string>(known.begin(), known.end()));
}

} // namespace
