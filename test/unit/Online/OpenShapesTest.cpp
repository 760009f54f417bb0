//===- OpenShapesTest.cpp - Shapes that are known when a model runs -------===//

#include "OpTester.h"

#include "openatc/Compiler/CompilerAbi.h"
#include "openatc_onnx.pb.h"

#include <chrono>
#include <thread>

using namespace openatc;
using namespace openatc::test;

namespace {

constexpr int64_t kWidth = 16, kOut = 4;

void describe(onnx::ValueInfoProto &info, const char *name, std::vector<int64_t> dims) {
  info.set_name(name);
  auto &type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(1);
  for (int64_t dim : dims)
    if (dim < 0)
      type.mutable_shape()->add_dim()->set_dim_param("n");
    else
      type.mutable_shape()->add_dim()->set_dim_value(dim);
}

std::vector<float> weights() { return numbers(size_t(kWidth * kOut), 9); }

/// y = relu(x * w) for x [n, 16], w [16, 4].
std::string network() {
  onnx::ModelProto proto;
  proto.set_ir_version(8);
  proto.add_opset_import()->set_version(17);
  onnx::GraphProto &graph = *proto.mutable_graph();
  graph.set_name("g");
  describe(*graph.add_input(), "x", {-1, kWidth});
  describe(*graph.add_output(), "y", {-1, kOut});
  onnx::TensorProto &w = *graph.add_initializer();
  w.set_name("w");
  w.set_data_type(1);
  w.add_dims(kWidth);
  w.add_dims(kOut);
  w.set_raw_data(weights().data(), size_t(kWidth * kOut) * 4);
  onnx::NodeProto &product = *graph.add_node();
  product.set_op_type("MatMul");
  product.set_name("product");
  product.add_input("x");
  product.add_input("w");
  product.add_output("s");
  onnx::NodeProto &relu = *graph.add_node();
  relu.set_op_type("Relu");
  relu.set_name("relu");
  relu.add_input("s");
  relu.add_output("y");
  return proto.SerializeAsString();
}

std::vector<uint8_t> compiled(const char *shape) {
  std::string bytes = network();
  std::string option = std::string("--input_shape=") + shape;
  const char *options[] = {"--soc_version=Ascend310P3", option.c_str()};
  openatcCompileRequest request;
  std::memset(&request, 0, sizeof request);
  request.structSize = sizeof request;
  request.modelData = bytes.data();
  request.modelSize = bytes.size();
  request.modelName = "net.onnx";
  request.options = options;
  request.optionCount = 2;
  openatcCompileResult *result = nullptr;
  EXPECT_EQ(openatcCompile(&request, &result), OPENATC_COMPILE_OK) << openatcResultErrors(result);
  size_t size = 0;
  const auto *data = static_cast<const uint8_t *>(openatcResultModel(result, &size));
  std::vector<uint8_t> om(data, data + size);
  openatcFreeResult(result);
  return om;
}

class OpenShapes : public OpTest {
protected:
  void load(const char *shape) {
    std::vector<uint8_t> om = compiled(shape);
    ASSERT_EQ(aclmdlLoadFromMem(om.data(), om.size(), &model), ACL_SUCCESS) << lastText();
    modelDesc = aclmdlCreateDesc();
    ASSERT_EQ(aclmdlGetDesc(modelDesc, model), ACL_SUCCESS);
    inputs = aclmdlCreateDataset();
    outputs = aclmdlCreateDataset();
  }
  void TearDown() override {
    if (inputs)
      aclmdlDestroyDataset(inputs);
    if (outputs)
      aclmdlDestroyDataset(outputs);
    if (modelDesc)
      aclmdlDestroyDesc(modelDesc);
    OpTest::TearDown();
  }

  /// Input x of `rows` rows.
  void setInput(int64_t rows) {
    x = numbers(size_t(rows * kWidth), int(rows));
    aclDataBuffer *data =
        aclmdlGetDatasetNumBuffers(inputs) ? aclmdlGetDatasetBuffer(inputs, 0) : buffer(nullptr, 0);
    if (!aclmdlGetDatasetNumBuffers(inputs))
      ASSERT_EQ(aclmdlAddDatasetBuffer(inputs, data), ACL_SUCCESS);
    ASSERT_EQ(aclUpdateDataBuffer(data, upload(x), x.size() * 4), ACL_SUCCESS);
    ASSERT_EQ(aclmdlSetDatasetTensorDesc(inputs, desc(ACL_FLOAT, {rows, kWidth}), 0), ACL_SUCCESS);
  }

  void expectResult(const void *device, int64_t rows) {
    std::vector<float> y = download<float>(device, size_t(rows * kOut)), w = weights();
    for (int64_t i = 0; i < rows; ++i)
      for (int64_t j = 0; j < kOut; ++j) {
        float sum = 0;
        for (int64_t k = 0; k < kWidth; ++k)
          sum += x[size_t(i * kWidth + k)] * w[size_t(k * kOut + j)];
        ASSERT_NEAR(y[size_t(i * kOut + j)], std::max(sum, 0.0f), 0.02f) << i << ", " << j;
      }
  }

  void expectOutputDims(std::vector<int64_t> dims) {
    aclTensorDesc *got = aclmdlGetDatasetTensorDesc(outputs, 0);
    ASSERT_NE(got, nullptr);
    EXPECT_EQ(aclGetTensorDescType(got), ACL_FLOAT);
    ASSERT_EQ(aclGetTensorDescNumDims(got), dims.size());
    for (size_t i = 0; i < dims.size(); ++i)
      EXPECT_EQ(aclGetTensorDescDim(got, i), dims[i]);
  }

  uint32_t model = 0;
  aclmdlDesc *modelDesc = nullptr;
  aclmdlDataset *inputs = nullptr, *outputs = nullptr;
  std::vector<float> x;
};

TEST_F(OpenShapes, QueriesSayWhatIsOpen) {
  load("x:-1,16");
  aclmdlIODims dims;
  ASSERT_EQ(aclmdlGetInputDims(modelDesc, 0, &dims), ACL_SUCCESS);
  EXPECT_EQ(dims.dims[0], -1);
  EXPECT_EQ(dims.dims[1], kWidth);
  ASSERT_EQ(aclmdlGetOutputDims(modelDesc, 0, &dims), ACL_SUCCESS);
  EXPECT_EQ(dims.dims[0], -1);
  EXPECT_EQ(dims.dims[1], kOut);
  EXPECT_EQ(aclmdlGetInputSizeByIndex(modelDesc, 0), 0u);
  EXPECT_EQ(aclmdlGetOutputSizeByIndex(modelDesc, 0), 0u);
  expectFailure(aclmdlGetCurOutputDims(modelDesc, 0, &dims), ACL_ERROR_API_NOT_SUPPORT,
                {"aclmdlGetDatasetTensorDesc"});
  aclmdlIODimsRange range;
  ASSERT_EQ(aclmdlGetInputDimsRange(modelDesc, 0, &range), ACL_SUCCESS);
  ASSERT_EQ(range.rangeCount, 2u);
  EXPECT_EQ(range.range[0][0], 0);
  EXPECT_EQ(range.range[0][1], -1);
  EXPECT_EQ(range.range[1][1], kWidth);
  aclmdlBatch batch;
  ASSERT_EQ(aclmdlGetDynamicBatch(modelDesc, &batch), ACL_SUCCESS);
  EXPECT_EQ(batch.batchCount, 0u);
}

TEST_F(OpenShapes, BoundedRangesGiveSizes) {
  load("x:2~8,16");
  EXPECT_EQ(aclmdlGetInputSizeByIndex(modelDesc, 0), 8u * kWidth * 4);
  EXPECT_EQ(aclmdlGetOutputSizeByIndex(modelDesc, 0), 8u * kOut * 4);
  aclmdlIODimsRange range;
  ASSERT_EQ(aclmdlGetInputDimsRange(modelDesc, 0, &range), ACL_SUCCESS);
  EXPECT_EQ(range.range[0][0], 2);
  EXPECT_EQ(range.range[0][1], 8);
  setInput(9);
  ASSERT_EQ(aclmdlAddDatasetBuffer(outputs, buffer(nullptr, 0)), ACL_SUCCESS);
  expectFailure(aclmdlExecute(model, inputs, outputs), aclError(ACL_ERROR_GE_SHAPE_INVALID),
                {"[9,16]", "input 0 'x'", "[2~8,16]"});
  setInput(1);
  EXPECT_EQ(aclmdlExecute(model, inputs, outputs), aclError(ACL_ERROR_GE_SHAPE_INVALID));
  ASSERT_EQ(aclmdlSetDatasetTensorDesc(inputs, desc(ACL_FLOAT, {4, 15}), 0), ACL_SUCCESS);
  EXPECT_EQ(aclmdlExecute(model, inputs, outputs), aclError(ACL_ERROR_GE_SHAPE_INVALID));
  ASSERT_EQ(aclmdlSetDatasetTensorDesc(inputs, desc(ACL_FLOAT, {4}), 0), ACL_SUCCESS);
  EXPECT_EQ(aclmdlExecute(model, inputs, outputs), aclError(ACL_ERROR_GE_SHAPE_INVALID));
}

TEST_F(OpenShapes, RunsSeveralShapesAndAllocatesOutputs) {
  load("x:-1,16");
  aclDataBuffer *output = buffer(nullptr, 0);
  ASSERT_EQ(aclmdlAddDatasetBuffer(outputs, output), ACL_SUCCESS);
  for (int64_t rows : {1, 5, 33, 5}) {
    setInput(rows);
    ASSERT_EQ(aclUpdateDataBuffer(output, nullptr, 0), ACL_SUCCESS);
    ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS) << lastText();
    EXPECT_EQ(aclGetDataBufferSizeV2(output), size_t(rows * kOut * 4));
    expectOutputDims({rows, kOut});
    expectResult(aclGetDataBufferAddr(output), rows);
    EXPECT_EQ(aclrtFree(aclGetDataBufferAddr(output)), ACL_SUCCESS);
  }
}

TEST_F(OpenShapes, ASecondRunOfAShapeDoesNotCompile) {
  load("x:-1,16");
  setInput(7);
  ASSERT_EQ(aclmdlAddDatasetBuffer(outputs, buffer(memory(7 * kOut * 4), 7 * kOut * 4)),
            ACL_SUCCESS);
  auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS) << lastText();
  auto middle = std::chrono::steady_clock::now();
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  auto end = std::chrono::steady_clock::now();
  EXPECT_LT((end - middle) * 2, middle - begin);
}

TEST_F(OpenShapes, MissingShapesAndSmallBuffersAreNamed) {
  load("x:-1,16");
  ASSERT_EQ(aclmdlAddDatasetBuffer(inputs, buffer(memory(1024), 1024)), ACL_SUCCESS);
  aclDataBuffer *output = buffer(memory(16), 16);
  ASSERT_EQ(aclmdlAddDatasetBuffer(outputs, output), ACL_SUCCESS);
  expectFailure(aclmdlExecute(model, inputs, outputs), ACL_ERROR_INVALID_PARAM,
                {"input 0 'x' is open", "aclmdlSetDatasetTensorDesc"});
  setInput(4);
  EXPECT_NE(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  std::string text = lastText();
  EXPECT_NE(text.find("needs 64 bytes"), std::string::npos) << text;
  EXPECT_NE(text.find("16"), std::string::npos) << text;
  expectFailure(aclmdlSetDynamicBatchSize(model, inputs, 0, 4),
                aclError(ACL_ERROR_GE_DYNAMIC_BATCH_SIZE_INVALID), {"shapes are open"});
}

TEST_F(OpenShapes, RunsAsynchronously) {
  load("x:-1,16");
  setInput(6);
  void *result = memory(6 * kOut * 4);
  ASSERT_EQ(aclmdlAddDatasetBuffer(outputs, buffer(result, 6 * kOut * 4)), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecuteAsync(model, inputs, outputs, stream), ACL_SUCCESS) << lastText();
  expectOutputDims({6, kOut});
  synchronize();
  expectResult(result, 6);
}

TEST_F(OpenShapes, ManyShapesKeepMemoryFlat) {
  load("x:-1,16");
  aclDataBuffer *output = buffer(memory(64 * kOut * 4), 64 * kOut * 4);
  ASSERT_EQ(aclmdlAddDatasetBuffer(outputs, output), ACL_SUCCESS);
  std::vector<size_t> free;
  for (int64_t rows = 1; rows <= 40; ++rows) {
    setInput(rows);
    ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS) << lastText();
    aclrtFree(memories.back()); // the input
    memories.pop_back();
    size_t now = 0, total = 0;
    ASSERT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &now, &total), ACL_SUCCESS);
    free.push_back(now);
  }
  // From the 16 sets of shapes that are kept on, one goes when another comes.
  EXPECT_NEAR(double(free[39]), double(free[20]), 65536.0);
}

TEST_F(OpenShapes, ThreadsShareACompilation) {
  load("x:-1,16");
  aclrtContext context = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&context), ACL_SUCCESS);
  setInput(12);
  std::vector<void *> results = {memory(12 * kOut * 4), memory(12 * kOut * 4)};
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  for (void *result : results)
    threads.emplace_back([&, result] {
      if (aclrtSetCurrentContext(context) != ACL_SUCCESS)
        return;
      aclmdlDataset *own = aclmdlCreateDataset();
      aclDataBuffer *data = aclCreateDataBuffer(result, 12 * kOut * 4);
      aclmdlAddDatasetBuffer(own, data);
      right += aclmdlExecute(model, inputs, own) == ACL_SUCCESS;
      aclmdlDestroyDataset(own);
      aclDestroyDataBuffer(data);
    });
  for (std::thread &thread : threads)
    thread.join();
  ASSERT_EQ(right, 2);
  for (void *result : results)
    expectResult(result, 12);
}

} // namespace
