//===- AippTest.cpp - AIPP of models with static and dynamic stages -------===//

#include "AclTest.h"

#include "openatc/Support/Half.h"

#include <cmath>

using namespace openatc;

namespace {

constexpr size_t kImage = 0, kPhoto = 1, kPlain = 2, kParameters = 3;
constexpr uint64_t kPictureBytes = 300, kBlockBytes = 64 + 96 * 2, kResultBytes = 2 * 3 * 4 * 6 * 2;

/// `image` goes through dynamic AIPP to an f16 input [2, 3, 4, 6], which is the output;
/// `photo` has static AIPP and `x` none.
om::Model aippModel() {
  om::Model model = test::sampleModel();
  om::AippInfo image{"dynamic",  "",           0,      0,           {1, kPictureBytes},
                     DType::F16, {2, 3, 4, 6}, "NCHW", kParameters, {}};
  om::AippInfo photo{"static",   "RGB888_U8",   16,    8, {1, 8, 16, 3},
                     DType::F32, {1, 3, 6, 12}, "NCHW"};
  photo.settings = {{"crop", std::vector<int64_t>{2, 1, 10, 4}},
                    {"padding", std::vector<int64_t>{1, 1, 2, 0}},
                    {"rbuv_swap_switch", int64_t(1)},
                    {"ax_swap_switch", int64_t(0)},
                    {"matrix", std::vector<int64_t>{66, 129, 25, -38, -74, 112, 112, -94, -18}},
                    {"input_bias", std::vector<int64_t>{0, 0, 0}},
                    {"output_bias", std::vector<int64_t>{16, 128, 127}},
                    {"mean_chn", std::vector<int64_t>{104, 117, 123, 0}},
                    {"min_chn", std::vector<double>{0.5, 1, 2, 0}},
                    {"var_reci_chn", std::vector<double>{1, 0.25, 2, 1}}};
  om::AippInfo block{"parameters",  "",   0,      0, {kBlockBytes}, DType::U8,
                     {kBlockBytes}, "ND", kImage, {}};
  om::TensorDesc x = model.inputs[0];
  model.inputs = {{"image", DType::U8, {1, kPictureBytes}, kPictureBytes, "NHWC", "", image},
                  {"photo", DType::U8, {1, 8, 16, 3}, 384, "NHWC", "", photo},
                  x,
                  {ACL_DYNAMIC_AIPP_NAME, DType::U8, {kBlockBytes}, kBlockBytes, "ND", "", block}};
  model.outputs = {{"y", DType::F16, {2, 3, 4, 6}, kResultBytes, "ND", "", std::nullopt}};
  om::HostTask task;
  task.op = "dynamic_aipp";
  task.attributes = {{"output_shape", std::vector<int64_t>{2, 3, 4, 6}}, {"to", int64_t(10)}};
  task.operands = {{false, {om::BufferKind::Input, kImage, 0}, DType::U8, {1, kPictureBytes}},
                   {false, {om::BufferKind::Input, kParameters, 0}, DType::U8, {kBlockBytes}}};
  task.results = {{false, {om::BufferKind::Output, 0, 0}, DType::F16, {2, 3, 4, 6}}};
  model.tasks = {task};
  return model;
}

/// That model loaded, with device buffers for everything.
class Aipp : public test::AclTest {
protected:
  void SetUp() override {
    AclTest::SetUp();
    std::vector<uint8_t> file = test::sampleFile(aippModel());
    ASSERT_EQ(aclmdlLoadFromMem(file.data(), file.size(), &model), ACL_SUCCESS);
    inputs = aclmdlCreateDataset();
    outputs = aclmdlCreateDataset();
    for (size_t bytes : {size_t(kPictureBytes), size_t(384), size_t(test::kBytes),
                         size_t(kBlockBytes), size_t(kResultBytes)}) {
      void *memory = nullptr;
      ASSERT_EQ(aclrtMalloc(&memory, bytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
      buffers.push_back(aclCreateDataBuffer(memory, bytes));
      aclmdlDataset *set = buffers.size() <= 4 ? inputs : outputs;
      ASSERT_EQ(aclmdlAddDatasetBuffer(set, buffers.back()), ACL_SUCCESS);
    }
    std::vector<uint8_t> zeros(kBlockBytes);
    write(kParameters, zeros);
    std::vector<uint8_t> pixels(kPictureBytes);
    for (size_t i = 0; i < pixels.size(); ++i)
      pixels[i] = uint8_t(i);
    write(kImage, pixels);
    aipp = aclmdlCreateAIPP(2);
    ASSERT_NE(aipp, nullptr);
  }
  void TearDown() override {
    aclmdlDestroyAIPP(aipp);
    AclTest::TearDown();
  }

  void write(size_t index, const std::vector<uint8_t> &bytes) {
    ASSERT_EQ(aclrtMemcpy(aclGetDataBufferAddr(buffers[index]), bytes.size(), bytes.data(),
                          bytes.size(), ACL_MEMCPY_HOST_TO_DEVICE),
              ACL_SUCCESS);
  }
  template <typename T> std::vector<T> read(size_t index, size_t count) {
    std::vector<T> out(count);
    EXPECT_EQ(aclrtMemcpy(out.data(), count * sizeof(T), aclGetDataBufferAddr(buffers[index]),
                          count * sizeof(T), ACL_MEMCPY_DEVICE_TO_HOST),
              ACL_SUCCESS);
    return out;
  }
  /// Pictures of 6 x 8 RGB, of which rows 0..3 of the first and 4..7 of the second are used.
  void setValid() {
    EXPECT_EQ(aclmdlSetAIPPInputFormat(aipp, ACL_RGB888_U8), ACL_SUCCESS);
    EXPECT_EQ(aclmdlSetAIPPSrcImageSize(aipp, 6, 8), ACL_SUCCESS);
    EXPECT_EQ(aclmdlSetAIPPCropParams(aipp, 1, 0, 0, 6, 4, 0), ACL_SUCCESS);
    EXPECT_EQ(aclmdlSetAIPPCropParams(aipp, 1, 0, 4, 6, 4, 1), ACL_SUCCESS);
  }
  /// Expects an error with a text that contains `text`.
  static void expectText(aclError code, aclError want, const std::string &text) {
    EXPECT_EQ(code, want);
    const char *message = aclGetRecentErrMsg();
    ASSERT_NE(message, nullptr);
    EXPECT_NE(std::string(message).find(text), std::string::npos) << message;
  }

  uint32_t model = 0;
  aclmdlDataset *inputs = nullptr, *outputs = nullptr;
  std::vector<aclDataBuffer *> buffers;
  aclmdlAIPP *aipp = nullptr;
};

constexpr aclError kNoAipp = aclError(ACL_ERROR_GE_AIPP_NOT_EXIST);
constexpr aclError kWrongMode = aclError(ACL_ERROR_GE_AIPP_MODE_INVALID);

TEST_F(Aipp, TypesOfInputs) {
  aclmdlInputAippType type;
  size_t attached = 0;
  auto expectType = [&](size_t index, aclmdlInputAippType wanted, size_t partner) {
    ASSERT_EQ(aclmdlGetAippType(model, index, &type, &attached), ACL_SUCCESS);
    EXPECT_EQ(type, wanted);
    EXPECT_EQ(attached, partner);
  };
  expectType(kImage, ACL_DATA_WITH_DYNAMIC_AIPP, kParameters);
  expectType(kPhoto, ACL_DATA_WITH_STATIC_AIPP, 0xFFFFFFFF);
  expectType(kPlain, ACL_DATA_WITHOUT_AIPP, 0xFFFFFFFF);
  expectType(kParameters, ACL_DYNAMIC_AIPP_NODE, 0xFFFFFFFF);
  expectFailure(aclmdlGetAippType(model, 4, &type, &attached), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclmdlGetAippType(model, 0, nullptr, &attached), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclmdlGetAippType(model + 1, 0, &type, &attached),
                aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID));
}

TEST_F(Aipp, DescriptionOfInputs) {
  aclmdlDesc *desc = aclmdlCreateDesc();
  ASSERT_EQ(aclmdlGetDesc(desc, model), ACL_SUCCESS);
  EXPECT_EQ(aclmdlGetNumInputs(desc), 4u);
  EXPECT_EQ(aclmdlGetInputDataType(desc, kImage), ACL_UINT8);
  EXPECT_EQ(aclmdlGetInputFormat(desc, kImage), ACL_FORMAT_NHWC);
  EXPECT_EQ(aclmdlGetInputSizeByIndex(desc, kImage), kPictureBytes);
  aclmdlIODims dims;
  ASSERT_EQ(aclmdlGetInputDims(desc, kImage, &dims), ACL_SUCCESS);
  ASSERT_EQ(dims.dimCount, 2u);
  EXPECT_EQ(dims.dims[1], int64_t(kPictureBytes));
  size_t index = 0;
  ASSERT_EQ(aclmdlGetInputIndexByName(desc, ACL_DYNAMIC_AIPP_NAME, &index), ACL_SUCCESS);
  EXPECT_EQ(index, kParameters);
  EXPECT_EQ(aclmdlGetInputDataType(desc, index), ACL_UINT8);
  EXPECT_EQ(aclmdlGetInputFormat(desc, index), ACL_FORMAT_ND);
  EXPECT_EQ(aclmdlGetInputSizeByIndex(desc, index), kBlockBytes);
  ASSERT_EQ(aclmdlGetInputDims(desc, index, &dims), ACL_SUCCESS);
  EXPECT_EQ(dims.dimCount, 1u);
  aclmdlDestroyDesc(desc);
}

TEST_F(Aipp, StaticStageIsTold) {
  auto info = std::make_unique<aclAippInfo>();
  ASSERT_EQ(aclmdlGetFirstAippInfo(model, kPhoto, info.get()), ACL_SUCCESS);
  EXPECT_EQ(info->inputFormat, ACL_RGB888_U8);
  EXPECT_EQ(info->srcImageSizeW, 16);
  EXPECT_EQ(info->srcImageSizeH, 8);
  EXPECT_EQ(info->cropSwitch, 1);
  EXPECT_EQ(info->loadStartPosW, 2);
  EXPECT_EQ(info->loadStartPosH, 1);
  EXPECT_EQ(info->cropSizeW, 10);
  EXPECT_EQ(info->cropSizeH, 4);
  EXPECT_EQ(info->resizeSwitch, 0);
  EXPECT_EQ(info->paddingSwitch, 1);
  EXPECT_EQ(info->leftPaddingSize, 1);
  EXPECT_EQ(info->rightPaddingSize, 1);
  EXPECT_EQ(info->topPaddingSize, 2);
  EXPECT_EQ(info->bottomPaddingSize, 0);
  EXPECT_EQ(info->cscSwitch, 1);
  EXPECT_EQ(info->rbuvSwapSwitch, 1);
  EXPECT_EQ(info->axSwapSwitch, 0);
  EXPECT_EQ(info->matrixR0C2, 25);
  EXPECT_EQ(info->matrixR1C0, -38);
  EXPECT_EQ(info->matrixR2C2, -18);
  EXPECT_EQ(info->outputBias2, 127);
  EXPECT_EQ(info->inputBias0, 0);
  EXPECT_EQ(info->meanChn1, 117);
  EXPECT_EQ(info->minChn0, 0.5f);
  EXPECT_EQ(info->varReciChn1, 0.25f);
  EXPECT_EQ(info->srcFormat, ACL_FORMAT_NCHW);
  EXPECT_EQ(info->srcDatatype, ACL_FLOAT);
  EXPECT_EQ(info->srcDimNum, 4u);
  EXPECT_EQ(info->shapeCount, 1u);
  EXPECT_EQ(info->outDims[0].srcDims.dims[3], 12);
  EXPECT_EQ(info->outDims[0].srcSize, 3u * 6 * 12 * 4);
  EXPECT_EQ(info->outDims[0].aippOutdims.dimCount, 5u);
  EXPECT_EQ(info->outDims[0].aippOutdims.dims[4], 16);
  EXPECT_EQ(info->outDims[0].aippOutSize, 6u * 12 * 16 * 2);
  EXPECT_EQ(info->aippExtend, nullptr);
  expectFailure(aclmdlGetFirstAippInfo(model, kImage, info.get()), ACL_ERROR_NOT_STATIC_AIPP);
  expectFailure(aclmdlGetFirstAippInfo(model, kParameters, info.get()), ACL_ERROR_NOT_STATIC_AIPP);
  expectFailure(aclmdlGetFirstAippInfo(model, kPlain, info.get()), kNoAipp);
  expectFailure(aclmdlGetFirstAippInfo(model, 9, info.get()), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclmdlGetFirstAippInfo(model, kPhoto, nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Aipp, RunsWithTheParametersOfTheDataset) {
  setValid();
  ASSERT_EQ(aclmdlSetInputAIPP(model, inputs, kParameters, aipp), ACL_SUCCESS);
  // Bytes 0, 1, 2 and 4 of the block: RGB888 is number 5 there, nothing is switched on, 2 pictures.
  std::vector<uint8_t> block = read<uint8_t>(kParameters, kBlockBytes);
  EXPECT_EQ(block[0], 5);
  EXPECT_EQ(block[1], 0);
  EXPECT_EQ(block[4], 2);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  std::vector<uint16_t> result = read<uint16_t>(4, kResultBytes / 2);
  auto at = [&](size_t n, size_t c, size_t y, size_t x) {
    return halfToFloat(result[((n * 3 + c) * 4 + y) * 6 + x]);
  };
  EXPECT_EQ(at(0, 0, 0, 0), 0);
  EXPECT_EQ(at(0, 2, 1, 3), 18 + 9 + 2);
  EXPECT_EQ(at(1, 1, 0, 0), uint8_t(144 + 4 * 18 + 1));

  // Other parameters for the second picture, by the index of the pictures.
  EXPECT_EQ(aclmdlSetAIPPDtcPixelMean(aipp, 1, 2, 3, 4, 1), ACL_SUCCESS);
  EXPECT_EQ(aclmdlSetAIPPDtcPixelMin(aipp, 0.5f, 0, 0, 0, 1), ACL_SUCCESS);
  EXPECT_EQ(aclmdlSetAIPPPixelVarReci(aipp, 2, 1, 1, 1, 1), ACL_SUCCESS);
  EXPECT_EQ(aclmdlSetAIPPRbuvSwapSwitch(aipp, 1), ACL_SUCCESS);
  ASSERT_EQ(aclmdlSetAIPPByInputIndex(model, inputs, kImage, aipp), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  result = read<uint16_t>(4, kResultBytes / 2);
  EXPECT_EQ(at(0, 0, 0, 0), 2);
  EXPECT_EQ(at(1, 0, 0, 0), (uint8_t(144 + 4 * 18 + 2) - 1 - 0.5f) * 2);
  EXPECT_EQ(at(1, 1, 0, 0), uint8_t(144 + 4 * 18 + 1) - 2);
}

TEST_F(Aipp, ParametersThatWereNeverSetStopTheRun) {
  EXPECT_EQ(aclmdlExecute(model, inputs, outputs), aclError(ACL_ERROR_RT_AICPU_EXCEPTION));
  const char *text = aclGetRecentErrMsg();
  ASSERT_NE(text, nullptr);
  EXPECT_NE(std::string(text).find("the AIPP parameters were never set"), std::string::npos)
      << text;
}

TEST_F(Aipp, InputsWithoutParametersAreRefused) {
  setValid();
  expectText(aclmdlSetInputAIPP(model, inputs, kImage, aipp), ACL_ERROR_INVALID_PARAM,
             "input 0 'image' takes the pictures; its parameters are input 3");
  expectFailure(aclmdlSetInputAIPP(model, inputs, kPhoto, aipp), kWrongMode);
  expectFailure(aclmdlSetInputAIPP(model, inputs, kPlain, aipp), kNoAipp);
  expectFailure(aclmdlSetInputAIPP(model, inputs, 4, aipp), ACL_ERROR_INVALID_PARAM);
  expectText(aclmdlSetAIPPByInputIndex(model, inputs, kParameters, aipp), ACL_ERROR_INVALID_PARAM,
             "input 3 'ascend_dynamic_aipp_data' takes the parameters of the pictures in input 0");
  expectFailure(aclmdlSetAIPPByInputIndex(model, inputs, kPhoto, aipp), kWrongMode);
  expectFailure(aclmdlSetAIPPByInputIndex(model, inputs, kPlain, aipp), kNoAipp);
  expectFailure(aclmdlSetInputAIPP(model, nullptr, kParameters, aipp), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclmdlSetInputAIPP(model, inputs, kParameters, nullptr), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclmdlSetInputAIPP(model, outputs, kParameters, aipp), ACL_ERROR_INVALID_PARAM);
  expectFailure(aclmdlSetInputAIPP(99, inputs, kParameters, aipp),
                aclError(ACL_ERROR_GE_EXEC_MODEL_ID_INVALID));
}

TEST_F(Aipp, ParametersAreCheckedAgainstTheModel) {
  auto set = [&] { return aclmdlSetInputAIPP(model, inputs, kParameters, aipp); };
  expectText(set(), ACL_ERROR_INVALID_PARAM, "call aclmdlSetAIPPInputFormat");
  ASSERT_EQ(aclmdlSetAIPPInputFormat(aipp, ACL_RGB888_U8), ACL_SUCCESS);
  expectText(set(), ACL_ERROR_INVALID_PARAM, "call aclmdlSetAIPPSrcImageSize");
  setValid();
  ASSERT_EQ(set(), ACL_SUCCESS);
  ASSERT_EQ(aclmdlSetAIPPSrcImageSize(aipp, 6, 9), ACL_SUCCESS);
  expectText(set(), ACL_ERROR_INVALID_PARAM, "take 324 bytes, more than max_src_image_size, 300");
  setValid();
  ASSERT_EQ(aclmdlSetAIPPCropParams(aipp, 0, -1, -1, -1, -1, 1), ACL_SUCCESS)
      << "values of a stage that is off do not count";
  expectText(set(), ACL_ERROR_INVALID_PARAM,
             "picture 1: AIPP: the result is a picture of 6x8 but the network takes 6x4");
  ASSERT_EQ(aclmdlSetAIPPCropParams(aipp, 1, 0, 7, 6, 4, 1), ACL_SUCCESS);
  expectText(set(), ACL_ERROR_INVALID_PARAM, "leaves the source of 6x8");
  setValid();
  ASSERT_EQ(aclmdlSetAIPPScfParams(aipp, 1, 16, 16, 32, 32, 0), ACL_SUCCESS);
  expectText(set(), ACL_ERROR_INVALID_PARAM, "resizing (scf) is reserved");
  aclmdlAIPP *one = aclmdlCreateAIPP(1);
  expectText(aclmdlSetInputAIPP(model, inputs, kParameters, one), ACL_ERROR_INVALID_PARAM,
             "for 1 pictures but the model takes 2");
  aclmdlDestroyAIPP(one);
  // The buffer that takes the block.
  ASSERT_EQ(aclmdlSetAIPPScfParams(aipp, 0, 0, 0, 0, 0, 0), ACL_SUCCESS);
  void *memory = aclGetDataBufferAddr(buffers[kParameters]);
  ASSERT_EQ(aclUpdateDataBuffer(buffers[kParameters], memory, kBlockBytes - 1), ACL_SUCCESS);
  expectFailure(set(), aclError(ACL_ERROR_GE_DYNAMIC_INPUT_LENGTH_INVALID));
  ASSERT_EQ(aclUpdateDataBuffer(buffers[kParameters], &model, kBlockBytes), ACL_SUCCESS);
  expectFailure(set(), aclError(ACL_ERROR_GE_DYNAMIC_INPUT_ADDR_INVALID));
}

TEST_F(Aipp, SettersCheckRanges) {
  auto bad = [](aclError code, const std::string &text) {
    expectText(code, ACL_ERROR_INVALID_PARAM, text);
  };
  EXPECT_EQ(aclmdlCreateAIPP(0), nullptr);
  EXPECT_EQ(aclmdlCreateAIPP(128), nullptr);
  aclmdlAIPP *most = aclmdlCreateAIPP(127);
  EXPECT_NE(most, nullptr);
  EXPECT_EQ(aclmdlDestroyAIPP(most), ACL_SUCCESS);
  expectFailure(aclmdlDestroyAIPP(most), ACL_ERROR_INVALID_PARAM);
  bad(aclmdlSetAIPPInputFormat(most, ACL_RGB888_U8), "do not exist");
  bad(aclmdlSetAIPPInputFormat(nullptr, ACL_RGB888_U8), "NULL");
  bad(aclmdlSetAIPPInputFormat(aipp, ACL_YUYV_U8), "input format 8 is not supported");
  bad(aclmdlSetAIPPInputFormat(aipp, aclAippInputFormat(0)), "input format 0");
  bad(aclmdlSetAIPPCscParams(aipp, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), "'cscSwitch'");
  bad(aclmdlSetAIPPRbuvSwapSwitch(aipp, -1), "'rbuvSwapSwitch' is -1, it must lie in 0..1");
  bad(aclmdlSetAIPPAxSwapSwitch(aipp, 2), "'axSwapSwitch'");
  bad(aclmdlSetAIPPSrcImageSize(aipp, 1, 1), "'srcImageSizeW' is 1, it must lie in 2..4096");
  bad(aclmdlSetAIPPSrcImageSize(aipp, 2, 4097), "'srcImageSizeH'");
  bad(aclmdlSetAIPPCropParams(aipp, 1, 4096, 0, 1, 1, 0), "'cropStartPosW'");
  bad(aclmdlSetAIPPCropParams(aipp, 1, 0, 0, 0, 1, 0), "'cropSizeW' is 0, it must lie in 1..4096");
  bad(aclmdlSetAIPPCropParams(aipp, 1, 0, 0, 1, 1, 2),
      "'batchIndex' is 2, the parameters are for 2 pictures");
  bad(aclmdlSetAIPPScfParams(aipp, 1, 15, 16, 16, 16, 0), "'scfInputSizeW'");
  bad(aclmdlSetAIPPScfParams(aipp, 1, 16, 16, 1921, 16, 0), "'scfOutputSizeW'");
  bad(aclmdlSetAIPPScfParams(aipp, 1, 16, 16, 257, 16, 0), "'scfOutputSizeW / scfInputSizeW'");
  bad(aclmdlSetAIPPPaddingParams(aipp, 1, 0, 33, 0, 0, 0), "'paddingSizeBottom' is 33");
  bad(aclmdlSetAIPPDtcPixelMean(aipp, 0, 256, 0, 0, 0), "'dtcPixelMeanChn1' is 256");
  bad(aclmdlSetAIPPDtcPixelMin(aipp, 0, 0, -0.5f, 0, 0), "'dtcPixelMinChn2' is -0.5");
  bad(aclmdlSetAIPPPixelVarReci(aipp, 0, 0, 0, NAN, 0), "'dtcPixelVarReciChn3'");
  bad(aclmdlSetAIPPPixelVarReci(aipp, 65505, 0, 0, 0, 0), "'dtcPixelVarReciChn0'");
  size_t size = 0;
  EXPECT_EQ(aclmdlGetAippDataSize(4, &size), ACL_SUCCESS);
  EXPECT_EQ(size, 64u + 96 * 4);
  expectFailure(aclmdlGetAippDataSize(0, &size), aclError(ACL_ERROR_GE_AIPP_BATCH_EMPTY));
  expectFailure(aclmdlGetAippDataSize(4, nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Aipp, CscBiasesKeepTheirOrder) {
  setValid();
  ASSERT_EQ(aclmdlSetAIPPCscParams(aipp, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
            ACL_SUCCESS);
  ASSERT_EQ(aclmdlSetInputAIPP(model, inputs, kParameters, aipp), ACL_SUCCESS);
  std::vector<uint8_t> block = read<uint8_t>(kParameters, kBlockBytes);
  EXPECT_EQ(block[16], 1) << "matrix, row 0";
  EXPECT_EQ(block[32], 9) << "matrix, last";
  EXPECT_EQ(block[40], 10) << "output bias comes first";
  EXPECT_EQ(block[43], 13) << "then the input bias";
}

TEST_F(Aipp, NothingWorksBeforeInitialisation) {
  ASSERT_EQ(aclFinalize(), ACL_SUCCESS);
  auto info = std::make_unique<aclAippInfo>();
  EXPECT_EQ(aclmdlGetFirstAippInfo(model, kPhoto, info.get()), ACL_ERROR_UNINITIALIZE);
  EXPECT_EQ(aclmdlSetInputAIPP(model, inputs, kParameters, aipp), ACL_ERROR_UNINITIALIZE);
  // Plain objects outlive the library's devices.
  EXPECT_EQ(aclmdlSetAIPPSrcImageSize(aipp, 6, 8), ACL_SUCCESS);
}

} // namespace
