//===- ModelConfigTest.cpp - Loading and executing with options -----------===//

#include "AclTest.h"

#include <filesystem>

using namespace openatc;

namespace {

class LoadWithConfig : public test::ModelTest {
protected:
  void SetUp() override {
    ModelTest::SetUp();
    handle = aclmdlCreateConfigHandle();
  }
  template <typename T> aclError set(aclmdlConfigAttr attr, T value) {
    return aclmdlSetConfigOpt(handle, attr, &value, sizeof value);
  }
  aclmdlConfigHandle *handle = nullptr;
  std::vector<uint8_t> file = test::sampleFile();
  uint32_t id = 0;
};

TEST_F(LoadWithConfig, FromMemory) {
  ASSERT_EQ(set(ACL_MDL_LOAD_TYPE_SIZET, size_t(ACL_MDL_LOAD_FROM_MEM)), ACL_SUCCESS);
  expectFailure(aclmdlLoadWithConfig(handle, &id), ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(set(ACL_MDL_MEM_ADDR_PTR, static_cast<const void *>(file.data())), ACL_SUCCESS);
  ASSERT_EQ(set(ACL_MDL_MEM_SIZET, file.size()), ACL_SUCCESS);
  ASSERT_EQ(set(ACL_MDL_PRIORITY_INT32, int32_t(3)), ACL_SUCCESS);
  ASSERT_EQ(aclmdlLoadWithConfig(handle, &id), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(id, inputs, outputs), ACL_SUCCESS);
  expectResult(deviceOut);
  EXPECT_EQ(aclmdlDestroyConfigHandle(handle), ACL_SUCCESS);
  expectFailure(aclmdlLoadWithConfig(handle, &id), ACL_ERROR_INVALID_PARAM);
}

TEST_F(LoadWithConfig, FromAFileWithMemory) {
  test::TemporaryFile om("config.om");
  std::ofstream(om.path, std::ios::binary)
      .write(reinterpret_cast<const char *>(file.data()), std::streamsize(file.size()));
  size_t workSize = 0, weightSize = 0;
  ASSERT_EQ(aclmdlQuerySize(om.path.c_str(), &workSize, &weightSize), ACL_SUCCESS);
  void *work = nullptr, *weight = nullptr;
  ASSERT_EQ(aclrtMalloc(&work, workSize, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(aclrtMalloc(&weight, weightSize, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  ASSERT_EQ(set(ACL_MDL_LOAD_TYPE_SIZET, size_t(ACL_MDL_LOAD_FROM_FILE_WITH_MEM)), ACL_SUCCESS);
  ASSERT_EQ(set(ACL_MDL_PATH_PTR, om.path.c_str()), ACL_SUCCESS);
  ASSERT_EQ(set(ACL_MDL_WORKSPACE_ADDR_PTR, work), ACL_SUCCESS);
  ASSERT_EQ(set(ACL_MDL_WORKSPACE_SIZET, workSize), ACL_SUCCESS);
  ASSERT_EQ(set(ACL_MDL_WEIGHT_ADDR_PTR, weight), ACL_SUCCESS);
  ASSERT_EQ(set(ACL_MDL_WEIGHT_SIZET, weightSize), ACL_SUCCESS);
  ASSERT_EQ(aclmdlLoadWithConfig(handle, &id), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(id, inputs, outputs), ACL_SUCCESS);
  expectResult(deviceOut);
}

TEST_F(LoadWithConfig, WeightsInFilesOfTheirOwn) {
  std::string folder = std::filesystem::temp_directory_path() / "openatc-acl-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  om::Model model = test::sampleModel();
  model.weightFiles = {{"weight/weight_a", 96}, {"weight/weight_b", test::kBytes - 96}};
  ASSERT_TRUE(om::writeFile(model, folder + "/m.om").ok());
  uint32_t beside = 0;
  EXPECT_EQ(aclmdlLoadFromFile((folder + "/m.om").c_str(), &beside), ACL_SUCCESS);

  std::filesystem::rename(folder + "/weight", folder + "/elsewhere");
  std::string path = folder + "/m.om", weights = folder + "/elsewhere";
  EXPECT_EQ(aclmdlLoadFromFile(path.c_str(), &id), ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID);
  const char *text = aclGetRecentErrMsg();
  ASSERT_NE(text, nullptr);
  EXPECT_NE(std::string(text).find("weight_a"), std::string::npos) << text;
  ASSERT_EQ(set(ACL_MDL_LOAD_TYPE_SIZET, size_t(ACL_MDL_LOAD_FROM_FILE)), ACL_SUCCESS);
  ASSERT_EQ(set(ACL_MDL_PATH_PTR, path.c_str()), ACL_SUCCESS);
  ASSERT_EQ(set(ACL_MDL_WEIGHT_PATH_PTR, weights.c_str()), ACL_SUCCESS);
  ASSERT_EQ(aclmdlLoadWithConfig(handle, &id), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(id, inputs, outputs), ACL_SUCCESS);
  expectResult(deviceOut);

  std::vector<uint8_t> bytes = test::sampleFile(model);
  expectFailure(aclmdlLoadFromMem(bytes.data(), bytes.size(), &id),
                ACL_ERROR_GE_EXEC_MODEL_DATA_SIZE_INVALID);
  ASSERT_EQ(set(ACL_MDL_LOAD_TYPE_SIZET, size_t(ACL_MDL_LOAD_FROM_MEM)), ACL_SUCCESS);
  ASSERT_EQ(set(ACL_MDL_MEM_ADDR_PTR, static_cast<const void *>(bytes.data())), ACL_SUCCESS);
  ASSERT_EQ(set(ACL_MDL_MEM_SIZET, bytes.size()), ACL_SUCCESS);
  ASSERT_EQ(aclmdlLoadWithConfig(handle, &id), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(id, inputs, outputs), ACL_SUCCESS);
  expectResult(deviceOut);
  std::filesystem::remove_all(folder);
}

TEST_F(LoadWithConfig, WrongOptions) {
  expectFailure(aclmdlLoadWithConfig(handle, &id), ACL_ERROR_INVALID_PARAM);
  expectFailure(set(ACL_MDL_LOAD_TYPE_SIZET, int32_t(1)), ACL_ERROR_INVALID_PARAM);
  expectFailure(set(ACL_MDL_LOAD_TYPE_SIZET, size_t(7)), ACL_ERROR_INVALID_PARAM);
  expectFailure(set(ACL_MDL_PRIORITY_INT32, int32_t(8)), ACL_ERROR_INVALID_PARAM);
  expectFailure(set(ACL_MDL_PATH_PTR, static_cast<const char *>(nullptr)), ACL_ERROR_INVALID_PARAM);
  expectFailure(set(ACL_MDL_INPUTQ_NUM_SIZET, size_t(1)), ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  expectFailure(set(static_cast<aclmdlConfigAttr>(99), size_t(1)), ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(set(ACL_MDL_LOAD_TYPE_SIZET, size_t(ACL_MDL_LOAD_FROM_FILE_WITH_Q)), ACL_SUCCESS);
  expectFailure(aclmdlLoadWithConfig(handle, &id), ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  expectFailure(aclmdlLoadFromFileWithQ("a.om", &id, nullptr, 0, nullptr, 0),
                ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
}

TEST_F(LoadWithConfig, APackageOfOne) {
  uint32_t bundle = 0;
  size_t models = 0;
  ASSERT_EQ(aclmdlBundleLoadFromMem(file.data(), file.size(), &bundle), ACL_SUCCESS);
  ASSERT_EQ(aclmdlBundleGetModelNum(bundle, &models), ACL_SUCCESS);
  EXPECT_EQ(models, 1u);
  ASSERT_EQ(aclmdlBundleGetModelId(bundle, 0, &id), ACL_SUCCESS);
  expectFailure(aclmdlBundleGetModelId(bundle, 1, &id), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlExecute(id, inputs, outputs), ACL_SUCCESS);
  EXPECT_EQ(aclmdlBundleUnload(bundle), ACL_SUCCESS);
  expectFailure(aclmdlBundleUnload(bundle), ACL_ERROR_INVALID_BUNDLE_MODEL_ID);
  expectFailure(aclmdlExecute(id, inputs, outputs), aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID));
}

using ExecuteV2 = test::ModelTest;

TEST_F(ExecuteV2, RunsInOrderOnAStream) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  aclmdlExecConfigHandle *config = aclmdlCreateExecConfigHandle();
  int32_t limit = 60000;
  ASSERT_EQ(aclmdlSetExecConfigOpt(config, ACL_MDL_STREAM_SYNC_TIMEOUT, &limit, sizeof limit),
            ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecuteV2(model, inputs, outputs, stream, config), ACL_SUCCESS);
  expectResult(deviceOut);
  ASSERT_EQ(aclrtMemset(deviceOut, test::kBytes, 0, test::kBytes), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecuteAsyncV2(model, inputs, outputs, stream, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  expectResult(deviceOut);
  limit = 0;
  expectFailure(aclmdlSetExecConfigOpt(config, ACL_MDL_STREAM_SYNC_TIMEOUT, &limit, sizeof limit),
                ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlDestroyExecConfigHandle(config), ACL_SUCCESS);
  expectFailure(aclmdlExecuteV2(model, inputs, outputs, stream, config), ACL_ERROR_INVALID_PARAM);
}

TEST_F(ExecuteV2, NamesOfTheNodesOfAnOp) {
  EXPECT_STREQ(aclmdlGetOpAttr(desc, "Add_0", "_datadump_original_op_names"), "[5]Add_0");
  EXPECT_EQ(aclmdlGetOpAttr(desc, "absent", "_datadump_original_op_names"), nullptr);
  EXPECT_EQ(aclmdlGetOpAttr(desc, "Add_0", "other"), nullptr);
}

} // namespace
