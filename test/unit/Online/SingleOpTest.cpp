//===- SingleOpTest.cpp - Operators loaded and compiled at run time -------===//

#include "OpTester.h"

#include "openatc/Compiler/CompilerAbi.h"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

using namespace openatc::test;

namespace {

/// The .om of an operator, through the compiler's own interface.
std::vector<uint8_t> compiled(const std::string &json) {
  const char *options[] = {"--soc_version=Ascend310P3"};
  openatcCompileRequest request;
  std::memset(&request, 0, sizeof request);
  request.structSize = sizeof request;
  request.singleOp = json.c_str();
  request.options = options;
  request.optionCount = 1;
  openatcCompileResult *result = nullptr;
  EXPECT_EQ(openatcCompile(&request, &result), OPENATC_COMPILE_OK) << openatcResultErrors(result);
  size_t size = 0;
  const auto *data = static_cast<const uint8_t *>(openatcResultModel(result, &size));
  std::vector<uint8_t> bytes(data, data + size);
  openatcFreeResult(result);
  return bytes;
}

const std::string addJson = R"({"op": "Add",
  "input_desc": [{"format": "ND", "shape": [3, 20], "type": "float"},
                 {"format": "ND", "shape": [3, 20], "type": "float"}],
  "output_desc": [{"format": "ND", "shape": [3, 20], "type": "float"}]})";

constexpr size_t kCount = 60;

class AddTest : public OpTest {
protected:
  void SetUp() override {
    OpTest::SetUp();
    x = numbers(kCount, 1);
    y = numbers(kCount, 2);
    deviceX = upload(x);
    deviceY = upload(y);
    result = memory(kCount * 4);
    tensor = desc(ACL_FLOAT, {3, 20});
    inputDescs[0] = inputDescs[1] = outputDescs[0] = tensor;
    inputs[0] = buffer(deviceX, kCount * 4);
    inputs[1] = buffer(deviceY, kCount * 4);
    outputs[0] = buffer(result, kCount * 4);
  }

  aclError execute(const char *type = "Add", aclopAttr *attr = nullptr) {
    return aclopExecuteV2(type, 2, inputDescs, inputs, 1, outputDescs, outputs, attr, stream);
  }

  void expectSum() {
    synchronize();
    std::vector<float> z = download<float>(result, kCount);
    for (size_t i = 0; i < kCount; ++i)
      ASSERT_EQ(z[i], x[i] + y[i]) << i;
  }

  std::vector<float> x, y;
  void *deviceX = nullptr, *deviceY = nullptr, *result = nullptr;
  aclTensorDesc *tensor = nullptr;
  aclTensorDesc *inputDescs[2], *outputDescs[1];
  aclDataBuffer *inputs[2], *outputs[1];
};

TEST_F(AddTest, LoadsAndExecutes) {
  std::vector<uint8_t> om = compiled(addJson);
  ASSERT_EQ(aclopLoad(om.data(), om.size()), ACL_SUCCESS) << lastText();
  ASSERT_EQ(execute(), ACL_SUCCESS) << lastText();
  expectSum();
  EXPECT_EQ(aclopUpdateParams("Add", 2, inputDescs, 1, outputDescs, nullptr), ACL_SUCCESS);
}

TEST_F(AddTest, LoadsAFolder) {
  std::string folder = testing::TempDir() + "/openatc-ops-XXXXXX";
  ASSERT_NE(::mkdtemp(folder.data()), nullptr);
  EXPECT_EQ(aclopSetModelDir(folder.c_str()), ACL_ERROR_READ_MODEL_FAILURE); // no .om in it
  EXPECT_EQ(aclopSetModelDir((folder + "/none").c_str()), ACL_ERROR_READ_MODEL_FAILURE);
  std::vector<uint8_t> om = compiled(addJson);
  std::ofstream(folder + "/add.om", std::ios::binary)
      .write(reinterpret_cast<const char *>(om.data()), std::streamsize(om.size()));
  ASSERT_EQ(aclopSetModelDir(folder.c_str()), ACL_SUCCESS) << lastText();
  ASSERT_EQ(execute(), ACL_SUCCESS) << lastText();
  expectSum();
  std::ofstream(folder + "/bad.om") << "no model";
  EXPECT_EQ(aclopSetModelDir(folder.c_str()), ACL_ERROR_OP_LOAD_FAILED);
  std::filesystem::remove_all(folder);
}

TEST_F(AddTest, WhatDoesNotFitIsExplained) {
  expectFailure(execute(), ACL_ERROR_OP_NOT_FOUND, {"no operator of this type is loaded"});
  std::vector<uint8_t> om = compiled(addJson);
  ASSERT_EQ(aclopLoad(om.data(), om.size()), ACL_SUCCESS) << lastText();
  expectFailure(execute("Sub"), ACL_ERROR_OP_NOT_FOUND, {"Sub(", "aclopSetModelDir"});
  inputDescs[1] = desc(ACL_FLOAT, {3, 4});
  expectFailure(execute(), ACL_ERROR_OP_NOT_FOUND, {"input 1: its shape is another one"});
  inputDescs[1] = desc(ACL_FLOAT16, {3, 20});
  expectFailure(execute(), ACL_ERROR_OP_NOT_FOUND, {"input 1: its type is another one"});
  inputDescs[1] = desc(ACL_FLOAT, {3, 20}, ACL_FORMAT_NCHW);
  expectFailure(execute(), ACL_ERROR_OP_NOT_FOUND, {"its format is ND, not NCHW"});
  inputDescs[1] = desc(ACL_FLOAT, {3, 20}, ACL_FORMAT_NC1HWC0);
  expectFailure(execute(), ACL_ERROR_FORMAT_NOT_MATCH, {"NC1HWC0", "dense"});
  inputDescs[1] = desc(ACL_COMPLEX64, {3, 20});
  expectFailure(execute(), ACL_ERROR_UNSUPPORTED_DATA_TYPE, {"type 16"});
  inputDescs[1] = tensor;
  aclopAttr *attr = aclopCreateAttr();
  ASSERT_EQ(aclopSetAttrInt(attr, "axis", 1), ACL_SUCCESS);
  expectFailure(execute("Add", attr), ACL_ERROR_OP_NOT_FOUND, {"number of attributes"});
  aclopDestroyAttr(attr);
  expectFailure(execute("Add", attr), ACL_ERROR_INVALID_PARAM, {"attribute set does not exist"});
}

TEST_F(AddTest, BuffersAreChecked) {
  std::vector<uint8_t> om = compiled(addJson);
  ASSERT_EQ(aclopLoad(om.data(), om.size()), ACL_SUCCESS) << lastText();
  outputs[0] = buffer(result, 100);
  expectFailure(execute(), ACL_ERROR_INVALID_PARAM, {"output 0 needs 240 bytes", "100"});
  outputs[0] = buffer(x.data(), kCount * 4);
  expectFailure(execute(), ACL_ERROR_INVALID_PARAM, {"output 0 is host memory"});
  outputs[0] = buffer(result, kCount * 4);
  ASSERT_EQ(aclUpdateDataBuffer(inputs[1], nullptr, kCount * 4), ACL_SUCCESS);
  expectFailure(execute(), ACL_ERROR_INVALID_PARAM, {"input 1 has a NULL address"});
  inputs[1] = nullptr;
  expectFailure(execute(), ACL_ERROR_INVALID_PARAM, {"data buffer of input 1"});
  expectFailure(
      aclopExecuteV2(nullptr, 2, inputDescs, inputs, 1, outputDescs, outputs, nullptr, stream),
      ACL_ERROR_INVALID_PARAM, {"operator type"});
  expectFailure(
      aclopExecuteV2("Add", -1, inputDescs, inputs, 1, outputDescs, outputs, nullptr, stream),
      ACL_ERROR_INVALID_PARAM, {"input descriptions"});
  uint8_t junk[16] = {};
  EXPECT_EQ(aclopLoad(junk, sizeof junk), ACL_ERROR_OP_LOAD_FAILED);
  EXPECT_EQ(aclopLoad(nullptr, 16), ACL_ERROR_INVALID_PARAM);
}

TEST_F(AddTest, OutputsMayBeInputs) {
  std::vector<uint8_t> om = compiled(addJson);
  ASSERT_EQ(aclopLoad(om.data(), om.size()), ACL_SUCCESS) << lastText();
  outputs[0] = buffer(deviceX, kCount * 4);
  ASSERT_EQ(execute(), ACL_SUCCESS) << lastText();
  result = deviceX;
  expectSum();
}

TEST_F(AddTest, Handles) {
  aclopHandle *handle = nullptr;
  expectFailure(aclopCreateHandle("Add", 2, inputDescs, 1, outputDescs, nullptr, &handle),
                ACL_ERROR_OP_NOT_FOUND, {"Add"});
  std::vector<uint8_t> om = compiled(addJson);
  ASSERT_EQ(aclopLoad(om.data(), om.size()), ACL_SUCCESS) << lastText();
  ASSERT_EQ(aclopCreateHandle("Add", 2, inputDescs, 1, outputDescs, nullptr, &handle), ACL_SUCCESS);
  ASSERT_EQ(aclopExecWithHandle(handle, 2, inputs, 1, outputs, stream), ACL_SUCCESS) << lastText();
  expectSum();
  expectFailure(aclopExecWithHandle(handle, 1, inputs, 1, outputs, stream),
                ACL_ERROR_OP_INPUT_NOT_MATCH, {"2 inputs"});
  expectFailure(aclopExecWithHandle(handle, 2, inputs, 0, outputs, stream),
                ACL_ERROR_OP_OUTPUT_NOT_MATCH, {"1 outputs"});
  aclopDestroyHandle(handle);
  expectFailure(aclopExecWithHandle(handle, 2, inputs, 1, outputs, stream), ACL_ERROR_INVALID_PARAM,
                {"handle does not exist"});
}

TEST_F(AddTest, CompilesOnceAndExecutes) {
  auto run = [&] {
    return aclopCompileAndExecute("Add", 2, inputDescs, inputs, 1, outputDescs, outputs, nullptr,
                                  ACL_ENGINE_SYS, ACL_COMPILE_SYS, nullptr, stream);
  };
  auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(run(), ACL_SUCCESS) << lastText();
  auto middle = std::chrono::steady_clock::now();
  expectSum();
  auto later = std::chrono::steady_clock::now();
  ASSERT_EQ(run(), ACL_SUCCESS) << lastText();
  auto end = std::chrono::steady_clock::now();
  // The second call finds what the first one compiled.
  EXPECT_LT((end - later) * 2, middle - begin);
  ASSERT_EQ(execute(), ACL_SUCCESS) << lastText();
  expectSum();
}

TEST_F(AddTest, OpenOutputsAreFilled) {
  outputDescs[0] = desc(ACL_FLOAT, {-1, -1});
  ASSERT_EQ(aclopCompileAndExecuteV2("Add", 2, inputDescs, inputs, 1, outputDescs, outputs, nullptr,
                                     ACL_ENGINE_AICORE, ACL_COMPILE_SYS, nullptr, stream),
            ACL_SUCCESS)
      << lastText();
  expectSum();
  EXPECT_EQ(aclGetTensorDescDim(outputDescs[0], 0), 3);
  EXPECT_EQ(aclGetTensorDescDim(outputDescs[0], 1), 20);
  aclTensorDesc *unknown = desc(ACL_FLOAT, {7});
  ASSERT_EQ(aclopInferShape("Add", 2, inputDescs, inputs, 1, &unknown, nullptr), ACL_SUCCESS)
      << lastText();
  EXPECT_EQ(aclGetTensorDescNumDims(unknown), 2u);
  EXPECT_EQ(aclGetTensorDescDim(unknown, 1), 20);
}

TEST_F(AddTest, CompileErrorsAreTheCompilers) {
  outputDescs[0] = desc(ACL_FLOAT, {20, 3});
  auto compile = [&](const char *type, aclopCompileType flag = ACL_COMPILE_SYS,
                     aclopEngineType engine = ACL_ENGINE_SYS) {
    return aclopCompile(type, 2, inputDescs, 1, outputDescs, nullptr, engine, flag, nullptr);
  };
  expectFailure(compile("Add"), ACL_ERROR_GE_FAILURE, {"E10027", "the operator gives [3, 20]"});
  expectFailure(compile("NoSuchOp"), ACL_ERROR_OP_NOT_FOUND, {"E10501", "NoSuchOp"});
  expectFailure(compile("Add", ACL_COMPILE_UNREGISTERED), ACL_ERROR_API_NOT_SUPPORT,
                {"ACL_COMPILE_UNREGISTERED"});
  expectFailure(compile("Add", ACL_COMPILE_SYS, aclopEngineType(9)), ACL_ERROR_INVALID_PARAM,
                {"engine type 9"});
}

TEST_F(OpTest, ConstantsAndAttributes) {
  std::vector<float> x = numbers(60, 3);
  aclTensorDesc *in[2] = {desc(ACL_FLOAT, {3, 20}), desc(ACL_INT32, {1})};
  int32_t axis = 1;
  ASSERT_EQ(aclSetTensorConst(in[1], &axis, sizeof axis), ACL_SUCCESS);
  aclTensorDesc *out = desc(ACL_INT32, {3});
  aclDataBuffer *inputs[2] = {buffer(upload(x), 240), buffer(nullptr, 0)};
  void *result = memory(12);
  aclDataBuffer *output = buffer(result, 12);
  ASSERT_EQ(aclopCompileAndExecute("ArgMaxV2", 2, in, inputs, 1, &out, &output, nullptr,
                                   ACL_ENGINE_SYS, ACL_COMPILE_SYS, nullptr, stream),
            ACL_SUCCESS)
      << lastText();
  synchronize();
  std::vector<int32_t> best = download<int32_t>(result, 3);
  for (size_t row = 0; row < 3; ++row)
    EXPECT_EQ(best[row], std::max_element(&x[row * 20], &x[row * 20] + 20) - &x[row * 20]);
  // Another value of the constant is another operator.
  axis = 0;
  ASSERT_EQ(aclSetTensorConst(in[1], &axis, sizeof axis), ACL_SUCCESS);
  expectFailure(aclopExecuteV2("ArgMaxV2", 2, in, inputs, 1, &out, &output, nullptr, stream),
                ACL_ERROR_OP_NOT_FOUND, {"another constant value"});

  aclopAttr *attr = aclopCreateAttr();
  std::vector<int64_t> perm = {1, 0};
  ASSERT_EQ(aclopSetAttrListInt(attr, "perm", 2, perm.data()), ACL_SUCCESS);
  aclTensorDesc *turned = desc(ACL_FLOAT, {20, 3});
  void *flipped = memory(240);
  aclDataBuffer *turnedBuffer = buffer(flipped, 240);
  ASSERT_EQ(aclopCompileAndExecute("TransposeD", 1, in, inputs, 1, &turned, &turnedBuffer, attr,
                                   ACL_ENGINE_SYS, ACL_COMPILE_SYS, nullptr, stream),
            ACL_SUCCESS)
      << lastText();
  synchronize();
  std::vector<float> y = download<float>(flipped, 60);
  for (size_t i = 0; i < 3; ++i)
    for (size_t j = 0; j < 20; ++j)
      ASSERT_EQ(y[j * 3 + i], x[i * 20 + j]);
  aclopDestroyAttr(attr);
}

TEST_F(OpTest, EveryKindOfAttribute) {
  aclopAttr *attr = aclopCreateAttr();
  ASSERT_NE(attr, nullptr);
  int64_t ints[] = {1, -2};
  float reals[] = {0.5f, 2};
  uint8_t bools[] = {1, 0};
  const char *texts[] = {"a", "b"};
  aclDataType types[] = {ACL_FLOAT, ACL_INT8};
  const int64_t *lists[] = {ints, ints};
  int sizes[] = {2, 1};
  EXPECT_EQ(aclopSetAttrBool(attr, "b", 1), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrInt(attr, "i", -5), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrFloat(attr, "f", 0.1f), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrString(attr, "s", "text \xff"), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrDataType(attr, "d", ACL_FLOAT16), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrListBool(attr, "lb", 2, bools), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrListInt(attr, "li", 2, ints), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrListFloat(attr, "lf", 2, reals), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrListString(attr, "ls", 2, texts), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrListDataType(attr, "ld", 2, types), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrListListInt(attr, "lli", 2, sizes, lists), ACL_SUCCESS);
  aclTensorDesc *tensor = desc(ACL_FLOAT, {4});
  expectFailure(aclopExecuteV2("Relu", 1, &tensor, nullptr, 1, &tensor, nullptr, attr, stream),
                ACL_ERROR_INVALID_PARAM, {"inputs are NULL"});
  EXPECT_EQ(
      aclopCompile("Relu", 1, &tensor, 1, &tensor, attr, ACL_ENGINE_SYS, ACL_COMPILE_SYS, nullptr),
      ACL_SUCCESS)
      << lastText();
  EXPECT_EQ(aclopSetAttrInt(attr, "", 1), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclopSetAttrInt(nullptr, "a", 1), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclopSetAttrString(attr, "a", nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclopSetAttrFloat(attr, "a", NAN), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclopSetAttrListInt(attr, "a", -1, ints), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclopSetAttrListInt(attr, "a", 1, nullptr), ACL_ERROR_INVALID_PARAM);
  aclopDestroyAttr(attr);
  EXPECT_EQ(aclopSetAttrInt(attr, "a", 1), ACL_ERROR_INVALID_PARAM);
}

TEST_F(OpTest, Cast) {
  std::vector<float> x = numbers(100, 4);
  aclTensorDesc *from = desc(ACL_FLOAT, {100}), *to = desc(ACL_FLOAT16, {100});
  void *result = memory(200);
  aclDataBuffer *input = buffer(upload(x), 400), *output = buffer(result, 200);
  ASSERT_EQ(aclopCast(from, input, to, output, 0, stream), ACL_SUCCESS) << lastText();
  synchronize();
  EXPECT_EQ(download<aclFloat16>(result, 100), halves(x));
  aclopHandle *handle = nullptr;
  ASSERT_EQ(aclopCreateHandleForCast(from, to, 0, &handle), ACL_SUCCESS) << lastText();
  const aclDataBuffer *inputs[] = {input};
  ASSERT_EQ(aclopExecWithHandle(handle, 1, inputs, 1, &output, stream), ACL_SUCCESS) << lastText();
  synchronize();
  aclopDestroyHandle(handle);
}

TEST_F(OpTest, CompileOptions) {
  char text[32];
  EXPECT_EQ(aclGetCompileoptSize(ACL_OP_DEBUG_LEVEL), 0u);
  EXPECT_NE(aclGetCompileopt(ACL_OP_DEBUG_LEVEL, text, sizeof text), ACL_SUCCESS);
  ASSERT_EQ(aclSetCompileopt(ACL_OP_DEBUG_LEVEL, "2"), ACL_SUCCESS);
  EXPECT_EQ(aclGetCompileoptSize(ACL_OP_DEBUG_LEVEL), 2u);
  EXPECT_EQ(aclGetCompileopt(ACL_OP_DEBUG_LEVEL, text, 1), ACL_ERROR_FAILURE);
  ASSERT_EQ(aclGetCompileopt(ACL_OP_DEBUG_LEVEL, text, sizeof text), ACL_SUCCESS);
  EXPECT_STREQ(text, "2");
  EXPECT_EQ(aclSetCompileopt(ACL_AUTO_TUNE_MODE, "GA"), ACL_ERROR_FEATURE_UNSUPPORTED);
  EXPECT_EQ(aclSetCompileopt(aclCompileOpt(99), "1"), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetCompileopt(ACL_PRECISION_MODE, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclopSetCompileFlag(ACL_OP_COMPILE_FUZZ), ACL_SUCCESS);
  EXPECT_EQ(aclopSetCompileFlag(aclOpCompileFlag(3)), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclopSetMaxOpQueueNum(0), ACL_ERROR_INVALID_PARAM);
  // A wrong precision is the compiler's error; the right one compiles.
  aclTensorDesc *tensor = desc(ACL_FLOAT, {5});
  auto compile = [&] {
    return aclopCompile("Relu", 1, &tensor, 1, &tensor, nullptr, ACL_ENGINE_SYS, ACL_COMPILE_SYS,
                        nullptr);
  };
  ASSERT_EQ(aclSetCompileopt(ACL_PRECISION_MODE, "nonsense"), ACL_SUCCESS);
  expectFailure(compile(), ACL_ERROR_GE_FAILURE, {"precision_mode"});
  ASSERT_EQ(aclSetCompileopt(ACL_PRECISION_MODE, "force_fp16"), ACL_SUCCESS);
  EXPECT_EQ(compile(), ACL_SUCCESS) << lastText();
  ASSERT_EQ(aclSetCompileopt(ACL_PRECISION_MODE, "must_keep_origin_dtype"), ACL_SUCCESS);
}

TEST_F(OpTest, KernelsOfApplicationsAreRefused) {
  expectFailure(aclopCreateKernel("A", "a", "a", nullptr, 0, ACL_ENGINE_AICORE, nullptr),
                ACL_ERROR_API_NOT_SUPPORT, {"instruction set"});
  EXPECT_EQ(aclopRegisterCompileFunc("A", nullptr), ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_EQ(aclopUnregisterCompileFunc("A"), ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_EQ(aclopSetKernelArgs(nullptr, "a", 1, nullptr, 0), ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_EQ(aclopSetKernelWorkspaceSizes(nullptr, 0, nullptr), ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_EQ(aclCreateGraphDumpOpt(), nullptr);
}

TEST_F(OpTest, TwoThreadsCompileAndRun) {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  aclrtContext context = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&context), ACL_SUCCESS);
  std::vector<float> x = numbers(60, 7);
  void *deviceX = upload(x);
  void *results[4];
  for (void *&result : results)
    result = memory(240);
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      // Two operators, each compiled by two threads at once.
      const char *type = t % 2 ? "Neg" : "Square";
      aclrtStream own = nullptr;
      int64_t dims[] = {60};
      if (aclrtSetCurrentContext(context) != ACL_SUCCESS || aclrtCreateStream(&own) != ACL_SUCCESS)
        return;
      aclTensorDesc *tensor = aclCreateTensorDesc(ACL_FLOAT, 1, dims, ACL_FORMAT_ND);
      aclDataBuffer *in = aclCreateDataBuffer(deviceX, 240);
      aclDataBuffer *out = aclCreateDataBuffer(results[t], 240);
      bool good = true;
      for (int round = 0; round < 3; ++round)
        good &=
            aclopCompileAndExecute(type, 1, &tensor, &in, 1, &tensor, &out, nullptr, ACL_ENGINE_SYS,
                                   ACL_COMPILE_SYS, nullptr, own) == ACL_SUCCESS;
      good &= aclrtSynchronizeStream(own) == ACL_SUCCESS;
      aclDestroyDataBuffer(in);
      aclDestroyDataBuffer(out);
      aclDestroyTensorDesc(tensor);
      aclrtDestroyStream(own);
      right += good;
    });
  for (std::thread &thread : threads)
    thread.join();
  ASSERT_EQ(right, 4) << lastText();
  for (int t = 0; t < 4; ++t) {
    std::vector<float> y = download<float>(results[t], 60);
    for (size_t i = 0; i < 60; ++i)
      ASSERT_EQ(y[i], t % 2 ? -x[i] : x[i] * x[i]);
  }
}

} // namespace
