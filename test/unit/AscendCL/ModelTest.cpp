//===- ModelTest.cpp - Loading, describing and running models -------------===//

#include "AclTest.h"

using namespace openatc;

namespace {

using Model = test::ModelTest;

TEST_F(Model, OutputsChosenByNodeHaveNoThirdPart) {
  om::Model chosen = test::sampleModel();
  chosen.outputs[0].name = "Relu_1:0";
  chosen.outputs[0].producer.clear();
  std::vector<uint8_t> bytes = test::sampleFile(chosen);
  uint32_t id = 0;
  ASSERT_EQ(aclmdlLoadFromMem(bytes.data(), bytes.size(), &id), ACL_SUCCESS);
  aclmdlDesc *names = aclmdlCreateDesc();
  ASSERT_EQ(aclmdlGetDesc(names, id), ACL_SUCCESS);
  EXPECT_STREQ(aclmdlGetOutputNameByIndex(names, 0), "Relu_1:0");
  EXPECT_EQ(aclmdlDestroyDesc(names), ACL_SUCCESS);
}

TEST_F(Model, RunsSynchronously) {
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  expectResult(deviceOut);
}

TEST_F(Model, DescriptionOfInputsAndOutputs) {
  EXPECT_EQ(aclmdlGetNumInputs(desc), 1u);
  EXPECT_EQ(aclmdlGetNumOutputs(desc), 1u);
  EXPECT_EQ(aclmdlGetInputSizeByIndex(desc, 0), test::kBytes);
  EXPECT_EQ(aclmdlGetOutputSizeByIndex(desc, 0), test::kBytes);
  EXPECT_EQ(aclmdlGetInputSizeByIndex(desc, 1), 0u);
  EXPECT_STREQ(aclmdlGetInputNameByIndex(desc, 0), "x");
  EXPECT_STREQ(aclmdlGetOutputNameByIndex(desc, 0), "Relu_1:0:y");
  EXPECT_STREQ(aclmdlGetInputNameByIndex(desc, 9), "");
  EXPECT_EQ(aclmdlGetInputDataType(desc, 0), ACL_FLOAT);
  EXPECT_EQ(aclmdlGetOutputFormat(desc, 0), ACL_FORMAT_ND);
  aclmdlIODims dims;
  ASSERT_EQ(aclmdlGetOutputDims(desc, 0, &dims), ACL_SUCCESS);
  EXPECT_EQ(dims.dimCount, 2u);
  EXPECT_EQ(dims.dims[1], test::kColumns);
  EXPECT_STREQ(dims.name, "Relu_1:0:y");
  EXPECT_EQ(aclmdlGetInputDims(desc, 1, &dims), ACL_ERROR_INVALID_PARAM);
  size_t index = 9;
  EXPECT_EQ(aclmdlGetInputIndexByName(desc, "x", &index), ACL_SUCCESS);
  EXPECT_EQ(index, 0u);
  EXPECT_EQ(aclmdlGetInputIndexByName(desc, ACL_DYNAMIC_TENSOR_NAME, &index),
            ACL_ERROR_INVALID_PARAM);
  aclmdlBatch batch;
  EXPECT_EQ(aclmdlGetDynamicBatch(desc, &batch), ACL_SUCCESS);
  EXPECT_EQ(batch.batchCount, 0u);
}

TEST_F(Model, AippInputsAreDescribedAsBytes) {
  om::Model aipp = test::sampleModel();
  aipp.tasks.clear();
  std::string longName(200, 'n');
  aipp.inputs[0] = {
      longName,
      DType::U8,
      {1, 24, 32, 1},
      768,
      "NHWC",
      "",
      om::AippInfo{
          "static", "YUV420SP_U8", 32, 16, {1, 16, 32, 3}, DType::F32, {1, 3, 16, 32}, "NCHW"}};
  std::vector<uint8_t> file = test::sampleFile(aipp);
  uint32_t id = 0;
  ASSERT_EQ(aclmdlLoadFromMem(file.data(), file.size(), &id), ACL_SUCCESS);
  ASSERT_EQ(aclmdlGetDesc(desc, id), ACL_SUCCESS);
  EXPECT_EQ(aclmdlGetInputDataType(desc, 0), ACL_UINT8);
  EXPECT_EQ(aclmdlGetInputFormat(desc, 0), ACL_FORMAT_NHWC);
  EXPECT_EQ(aclmdlGetInputSizeByIndex(desc, 0), 768u);
  aclmdlIODims dims;
  ASSERT_EQ(aclmdlGetInputDims(desc, 0, &dims), ACL_SUCCESS);
  EXPECT_EQ(dims.dims[1], 16);
  EXPECT_EQ(dims.dims[3], 3);
  std::string label = "acl_modelId_" + std::to_string(id) + "_input_0";
  EXPECT_EQ(dims.name, label);
  EXPECT_EQ(aclmdlGetTensorRealName(desc, label.c_str()), longName);
  ASSERT_EQ(aclmdlGetInputDimsV2(desc, 0, &dims), ACL_SUCCESS);
  EXPECT_EQ(dims.dims[1], 24);
  aclmdlInputAippType type;
  size_t attached = 0;
  ASSERT_EQ(aclmdlGetAippType(id, 0, &type, &attached), ACL_SUCCESS);
  EXPECT_EQ(type, ACL_DATA_WITH_STATIC_AIPP);
}

TEST_F(Model, CallerSuppliesTheMemory) {
  test::TemporaryFile file("with_mem.om");
  const std::string &path = file.path;
  ASSERT_TRUE(om::writeFile(test::sampleModel(), path).ok());
  size_t workSize = 0, weightSize = 0;
  ASSERT_EQ(aclmdlQuerySize(path.c_str(), &workSize, &weightSize), ACL_SUCCESS);
  EXPECT_GE(workSize, 512u);
  EXPECT_GE(weightSize, test::kBytes);
  void *work = nullptr, *weight = nullptr;
  ASSERT_EQ(aclrtMalloc(&work, workSize, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtMalloc(&weight, weightSize, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  uint32_t id = 0;
  ASSERT_EQ(aclmdlLoadFromFileWithMem(path.c_str(), &id, work, workSize, weight, weightSize),
            ACL_SUCCESS);
  EXPECT_NE(id, model);
  ASSERT_EQ(aclmdlExecute(id, inputs, outputs), ACL_SUCCESS);
  expectResult(deviceOut);
  expectFailure(aclmdlLoadFromFileWithMem(path.c_str(), &id, work, 100, weight, weightSize),
                aclError(ACL_ERROR_GE_PARAM_INVALID));
  expectFailure(aclmdlLoadFromFileWithMem(path.c_str(), &id, &work, workSize, weight, weightSize),
                aclError(ACL_ERROR_GE_EXEC_MODEL_ADDR_INVALID));
}

TEST_F(Model, OutputMemoryCanComeFromTheRun) {
  ASSERT_EQ(aclUpdateDataBuffer(outBuffer, nullptr, 0), ACL_SUCCESS);
  expectFailure(aclmdlExecuteAsync(model, inputs, outputs, nullptr), ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  void *made = aclGetDataBufferAddr(outBuffer);
  ASSERT_NE(made, nullptr);
  EXPECT_EQ(aclGetDataBufferSizeV2(outBuffer), test::kBytes);
  expectResult(made);
  EXPECT_EQ(aclrtFree(made), ACL_SUCCESS);
}

TEST_F(Model, UnloadWhileQueuedIsSafe) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  for (int i = 0; i < 10; ++i)
    ASSERT_EQ(aclmdlExecuteAsync(model, inputs, outputs, stream), ACL_SUCCESS);
  EXPECT_EQ(aclmdlUnload(model), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  expectResult(deviceOut);
}

class Load : public test::AclTest {};

TEST_F(Load, MissingFileAndWrongContent) {
  uint32_t id = 0;
  expectFailure(aclmdlLoadFromFile("/nonexistent/a.om", &id),
                aclError(ACL_ERROR_GE_EXEC_MODEL_PATH_INVALID));
  expectFailure(aclmdlLoadFromFile("/", &id), aclError(ACL_ERROR_GE_EXEC_MODEL_PATH_INVALID));
  expectFailure(aclmdlLoadFromFile(nullptr, &id), ACL_ERROR_INVALID_PARAM);
  test::TemporaryFile text("not_a_model.om");
  const std::string &path = text.path;
  std::ofstream(path) << "hello";
  expectFailure(aclmdlLoadFromFile(path.c_str(), &id),
                aclError(ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID));
  std::vector<uint8_t> file = test::sampleFile();
  expectFailure(aclmdlLoadFromMem(file.data(), file.size() - 1, &id),
                aclError(ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID));
  expectFailure(aclmdlLoadFromMem(nullptr, 10, &id), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclmdlLoadFromMem(file.data(), file.size(), nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Load, ModelOfAnotherSocChoosesTheDevice) {
  om::Model model = test::sampleModel();
  model.socVersion = "Ascend910A";
  model.socText = printSoc(*findSoc("Ascend910A"));
  std::vector<uint8_t> file = test::sampleFile(model), other = test::sampleFile();
  uint32_t id = 0;
  EXPECT_STREQ(aclrtGetSocName(), "Ascend310P3");
  ASSERT_EQ(aclmdlLoadFromMem(file.data(), file.size(), &id), ACL_SUCCESS);
  EXPECT_STREQ(aclrtGetSocName(), "Ascend910A");
  uint32_t second = 0;
  expectFailure(aclmdlLoadFromMem(other.data(), other.size(), &second), ACL_ERROR_RT_SOC_VERSION);
}

} // namespace
