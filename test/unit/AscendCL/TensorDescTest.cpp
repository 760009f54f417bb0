//===- TensorDescTest.cpp - Descriptions of tensors -----------------------===//

#include "AclTest.h"

namespace {

std::vector<int64_t> dimsOf(const aclTensorDesc *desc) {
  std::vector<int64_t> dims;
  for (size_t i = 0; i < aclGetTensorDescNumDims(desc); ++i)
    dims.push_back(aclGetTensorDescDim(desc, i));
  return dims;
}

TEST(TensorDescription, ScalarsAndUnknownSizes) {
  aclTensorDesc *scalar = aclCreateTensorDesc(ACL_FLOAT, 0, nullptr, ACL_FORMAT_ND);
  EXPECT_EQ(aclGetTensorDescNumDims(scalar), 0u);
  EXPECT_EQ(aclGetTensorDescElementCount(scalar), 1u);
  EXPECT_EQ(aclGetTensorDescSize(scalar), 4u);
  int64_t unknownDim[] = {-1, 3}, unknownRank[] = {-2}, huge[] = {INT64_MAX, INT64_MAX};
  aclTensorDesc *dim = aclCreateTensorDesc(ACL_FLOAT, 2, unknownDim, ACL_FORMAT_ND);
  EXPECT_EQ(aclGetTensorDescElementCount(dim), 0u);
  aclTensorDesc *rank = aclCreateTensorDesc(ACL_FLOAT, 1, unknownRank, ACL_FORMAT_ND);
  EXPECT_EQ(aclGetTensorDescNumDims(rank), ACL_UNKNOWN_RANK);
  aclTensorDesc *big = aclCreateTensorDesc(ACL_FLOAT, 2, huge, ACL_FORMAT_ND);
  EXPECT_EQ(aclGetTensorDescSize(big), 0u);
  for (aclTensorDesc *desc : {scalar, dim, rank, big})
    aclDestroyTensorDesc(desc);
}

TEST(TensorDescription, Ranges) {
  int64_t dims[] = {-1, 3}, ranges[][2] = {{1, 8}, {3, 3}}, range[2] = {};
  aclTensorDesc *desc = aclCreateTensorDesc(ACL_FLOAT, 2, dims, ACL_FORMAT_ND);
  EXPECT_EQ(aclGetTensorDescDimRange(desc, 0, 2, range), ACL_ERROR_INVALID_PARAM); // not known
  EXPECT_EQ(aclGetTensorDescDimRange(desc, 1, 2, range), ACL_SUCCESS);
  EXPECT_EQ(range[0], 3);
  ASSERT_EQ(aclSetTensorShapeRange(desc, 2, ranges), ACL_SUCCESS);
  ASSERT_EQ(aclSetTensorValueRange(desc, 2, ranges), ACL_SUCCESS);
  EXPECT_EQ(aclGetTensorDescDimRange(desc, 0, 2, range), ACL_SUCCESS);
  EXPECT_EQ(range[1], 8);
  EXPECT_EQ(aclGetTensorDescDimRange(desc, 0, 1, range), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorShapeRange(desc, 2, nullptr), ACL_ERROR_INVALID_PARAM);
  aclDestroyTensorDesc(desc);
}

TEST(TensorDescription, NamesLiveAsLongAsTheDescription) {
  aclTensorDesc *desc = aclCreateTensorDesc(ACL_FLOAT, 0, nullptr, ACL_FORMAT_ND);
  EXPECT_STREQ(aclGetTensorDescName(desc), "");
  aclSetTensorDescName(desc, "input0");
  const char *name = aclGetTensorDescName(desc);
  EXPECT_EQ(aclSetTensorFormat(desc, ACL_FORMAT_NC1HWC0), ACL_SUCCESS);
  EXPECT_STREQ(name, "input0");
  aclDestroyTensorDesc(desc);
}

TEST(TensorDescription, OtherFormats) {
  int64_t dims[] = {2, 20, 5, 7};
  aclTensorDesc *nchw = aclCreateTensorDesc(ACL_FLOAT16, 4, dims, ACL_FORMAT_NCHW), *out = nullptr;
  ASSERT_EQ(aclTransTensorDescFormat(nchw, ACL_FORMAT_NHWC, &out), ACL_SUCCESS);
  EXPECT_EQ(dimsOf(out), (std::vector<int64_t>{2, 5, 7, 20}));
  EXPECT_EQ(aclGetTensorDescFormat(out), ACL_FORMAT_NHWC);
  aclDestroyTensorDesc(out);
  ASSERT_EQ(aclTransTensorDescFormat(nchw, ACL_FORMAT_NC1HWC0, &out), ACL_SUCCESS);
  EXPECT_EQ(dimsOf(out), (std::vector<int64_t>{2, 2, 5, 7, 16}));
  aclDestroyTensorDesc(out);
  EXPECT_EQ(aclTransTensorDescFormat(nchw, ACL_FORMAT_FRACTAL_Z, &out), ACL_ERROR_FORMAT_NOT_MATCH);
  aclDestroyTensorDesc(nchw);
}

TEST(TensorDescription, SettersCheckTheirArguments) {
  int64_t dims[] = {1, 2};
  uint8_t data[4] = {};
  aclTensorDesc *desc = aclCreateTensorDesc(ACL_FLOAT, 2, dims, ACL_FORMAT_ND);
  EXPECT_EQ(aclSetTensorShape(desc, 2, dims), ACL_SUCCESS);
  EXPECT_EQ(aclSetTensorOriginShape(desc, 2, dims), ACL_SUCCESS);
  EXPECT_EQ(aclSetTensorOriginFormat(desc, ACL_FORMAT_ND), ACL_SUCCESS);
  EXPECT_EQ(aclSetTensorStorageShape(desc, -1, dims), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorShape(desc, 2, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorConst(desc, data, sizeof data), ACL_SUCCESS);
  EXPECT_EQ(aclSetTensorConst(desc, nullptr, 4), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorConst(desc, data, 0), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorPlaceMent(desc, ACL_MEMTYPE_HOST), ACL_SUCCESS);
  EXPECT_EQ(aclSetTensorPlaceMent(desc, static_cast<aclMemType>(3)), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetTensorDynamicInput(desc, "x"), ACL_SUCCESS);
  EXPECT_EQ(aclGetTensorDescByIndex(desc, 0), desc);
  aclDestroyTensorDesc(desc);
  EXPECT_EQ(aclSetTensorShape(desc, 2, dims), ACL_ERROR_INVALID_PARAM);
}

} // namespace
