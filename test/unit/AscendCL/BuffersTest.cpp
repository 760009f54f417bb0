//===- BuffersTest.cpp - Data buffers, datasets, element types ------------===//

#include "AclTest.h"

extern "C" int useFromC(void);

namespace {

TEST(Base, HalfConversions) {
  // Values of the IEEE 754 binary16 format.
  EXPECT_EQ(aclFloat16ToFloat(0x3c00), 1.0f);
  EXPECT_EQ(aclFloat16ToFloat(0x7bff), 65504.0f);
  EXPECT_EQ(aclFloat16ToFloat(0x0001), 0x1p-24f);
  EXPECT_EQ(aclFloatToFloat16(-2.0f), 0xc000);
  EXPECT_EQ(aclFloatToFloat16(1e6f), 0x7c00);
  EXPECT_EQ(aclFloatToFloat16(2049.0f), 0x6800); // ties to even
}

TEST(Base, DataTypeSizes) {
  EXPECT_EQ(useFromC(), 4);
  EXPECT_EQ(aclDataTypeSize(ACL_DOUBLE), 8u);
  EXPECT_EQ(aclDataTypeSize(ACL_BF16), 2u);
  EXPECT_EQ(aclDataTypeSize(ACL_INT4), 0u);
  EXPECT_EQ(aclDataTypeSize(ACL_DT_UNDEFINED), 0u);
  EXPECT_EQ(aclDataTypeSize(static_cast<aclDataType>(99)), 0u);
}

TEST(DataBuffer, HoldsAddressAndSize) {
  char memory[8];
  aclDataBuffer *buffer = aclCreateDataBuffer(memory, sizeof memory);
  EXPECT_EQ(aclGetDataBufferAddr(buffer), memory);
  EXPECT_EQ(aclGetDataBufferSizeV2(buffer), 8u);
  EXPECT_EQ(aclUpdateDataBuffer(buffer, nullptr, 0), ACL_SUCCESS);
  EXPECT_EQ(aclGetDataBufferSize(buffer), 0u);
  EXPECT_EQ(aclDestroyDataBuffer(buffer), ACL_SUCCESS);
}

TEST(DataBuffer, DestroyedNullAndForeign) {
  aclDataBuffer *buffer = aclCreateDataBuffer(nullptr, 0);
  ASSERT_EQ(aclDestroyDataBuffer(buffer), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyDataBuffer(buffer), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclDestroyDataBuffer(nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclGetDataBufferAddr(buffer), nullptr);
  EXPECT_EQ(aclUpdateDataBuffer(buffer, nullptr, 0), ACL_ERROR_INVALID_PARAM);
  auto *wild = reinterpret_cast<aclDataBuffer *>(uintptr_t(0x10));
  EXPECT_EQ(aclGetDataBufferSizeV2(wild), 0u);
  // A handle of another kind is not a data buffer.
  aclmdlDataset *dataset = aclmdlCreateDataset();
  EXPECT_EQ(aclDestroyDataBuffer(reinterpret_cast<aclDataBuffer *>(dataset)),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlDestroyDataset(dataset), ACL_SUCCESS);
}

TEST(Dataset, KeepsOrder) {
  aclmdlDataset *dataset = aclmdlCreateDataset();
  aclDataBuffer *a = aclCreateDataBuffer(nullptr, 1), *b = aclCreateDataBuffer(nullptr, 2);
  EXPECT_EQ(aclmdlAddDatasetBuffer(dataset, a), ACL_SUCCESS);
  EXPECT_EQ(aclmdlAddDatasetBuffer(dataset, b), ACL_SUCCESS);
  EXPECT_EQ(aclmdlGetDatasetNumBuffers(dataset), 2u);
  EXPECT_EQ(aclmdlGetDatasetBuffer(dataset, 1), b);
  EXPECT_EQ(aclmdlGetDatasetBuffer(dataset, 2), nullptr);
  EXPECT_EQ(aclmdlAddDatasetBuffer(dataset, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlDestroyDataset(dataset), ACL_SUCCESS);
  EXPECT_EQ(aclmdlDestroyDataset(dataset), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlGetDatasetNumBuffers(dataset), 0u);
  // The data buffers are the application's own.
  EXPECT_EQ(aclDestroyDataBuffer(a), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyDataBuffer(b), ACL_SUCCESS);
}

TEST(TensorDesc, DescribesAndCopies) {
  int64_t dims[] = {2, 3, 4};
  aclTensorDesc *desc = aclCreateTensorDesc(ACL_FLOAT16, 3, dims, ACL_FORMAT_ND);
  dims[0] = 7;
  EXPECT_EQ(aclGetTensorDescNumDims(desc), 3u);
  EXPECT_EQ(aclGetTensorDescDim(desc, 0), 2);
  EXPECT_EQ(aclGetTensorDescElementCount(desc), 24u);
  EXPECT_EQ(aclGetTensorDescSize(desc), 48u);
  aclmdlDataset *dataset = aclmdlCreateDataset();
  aclDataBuffer *buffer = aclCreateDataBuffer(nullptr, 0);
  aclmdlAddDatasetBuffer(dataset, buffer);
  EXPECT_EQ(aclmdlSetDatasetTensorDesc(dataset, desc, 0), ACL_SUCCESS);
  EXPECT_EQ(aclmdlSetDatasetTensorDesc(dataset, desc, 1), ACL_ERROR_INVALID_PARAM);
  aclDestroyTensorDesc(desc);
  aclTensorDesc *copy = aclmdlGetDatasetTensorDesc(dataset, 0);
  EXPECT_EQ(aclGetTensorDescSize(copy), 48u);
  aclmdlDestroyDataset(dataset);
  EXPECT_EQ(aclGetTensorDescType(copy), ACL_DT_UNDEFINED);
  EXPECT_EQ(aclCreateTensorDesc(ACL_FLOAT, 2, nullptr, ACL_FORMAT_ND), nullptr);
  EXPECT_EQ(aclCreateTensorDesc(ACL_FLOAT, -1, dims, ACL_FORMAT_ND), nullptr);
  aclDestroyDataBuffer(buffer);
}

} // namespace
