//===- CodesTest.cpp - CANN's numbers of element types and formats --------===//

#include "openatc/SingleOp/Codes.h"

#include <gtest/gtest.h>

using namespace openatc;
using namespace openatc::singleop;

namespace {

TEST(Codes, TypesHaveTheNumbersOfAclDataType) {
  EXPECT_EQ(codeOf(DType::F32), 0);
  EXPECT_EQ(codeOf(DType::F16), 1);
  EXPECT_EQ(codeOf(DType::I8), 2);
  EXPECT_EQ(codeOf(DType::I64), 9);
  EXPECT_EQ(codeOf(DType::BF16), 27);
  EXPECT_EQ(codeOf(DType::Undefined), -1);
  EXPECT_EQ(dtypeOfCode(12), DType::Bool);
  EXPECT_EQ(dtypeOfCode(13), DType::Undefined); // strings
  EXPECT_EQ(dtypeOfCode(-1), DType::Undefined);
}

TEST(Codes, TypesHaveSeveralNames) {
  for (const char *name : {"float16", "FP16", "half", "DT_FLOAT16"})
    EXPECT_EQ(dtypeOfName(name), DType::F16) << name;
  EXPECT_EQ(dtypeOfName("float32"), DType::F32);
  EXPECT_EQ(dtypeOfName("complex64"), DType::Undefined);
  EXPECT_STREQ(dtypeName(DType::F32), "float");
}

TEST(Codes, FormatsHaveTheNumbersOfAclFormat) {
  EXPECT_EQ(formatCode("NCHW"), 0);
  EXPECT_EQ(formatCode("ND"), 2);
  EXPECT_EQ(formatCode("FRACTAL_NZ"), 29);
  EXPECT_EQ(formatCode("nchw"), -1);
  EXPECT_EQ(formatName(16), "HWCN");
  EXPECT_EQ(formatName(99), "");
}

} // namespace
