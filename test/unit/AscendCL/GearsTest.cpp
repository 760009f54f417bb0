//===- GearsTest.cpp - Choosing and listing gears -------------------------===//

#include "AclTest.h"
#include "GearModel.h"

using namespace openatc;

namespace {

constexpr size_t kReserved = size_t(-1); // the only index that the queries take

/// A model with gears loaded, with device buffers of the sizes that its description says.
class Gears : public test::AclTest {
protected:
  void load(const om::Model &content) {
    std::vector<uint8_t> file = test::sampleFile(content);
    ASSERT_EQ(aclmdlLoadFromMem(file.data(), file.size(), &model), ACL_SUCCESS);
    desc = aclmdlCreateDesc();
    ASSERT_EQ(aclmdlGetDesc(desc, model), ACL_SUCCESS);
    inputs = aclmdlCreateDataset();
    outputs = aclmdlCreateDataset();
    for (size_t i = 0; i < aclmdlGetNumInputs(desc); ++i)
      addBuffer(inputs, aclmdlGetInputSizeByIndex(desc, i));
    addBuffer(outputs, aclmdlGetOutputSizeByIndex(desc, 0));
    ASSERT_EQ(aclmdlGetInputIndexByName(desc, ACL_DYNAMIC_TENSOR_NAME, &gearIndex), ACL_SUCCESS);
    std::vector<float> x(test::kElements, 8.0f);
    ASSERT_EQ(aclrtMemcpy(address(inputs, 0), test::kBytes, x.data(), test::kBytes,
                          ACL_MEMCPY_HOST_TO_DEVICE),
              ACL_SUCCESS);
  }

  static void addBuffer(aclmdlDataset *dataset, size_t bytes) {
    void *memory = nullptr;
    ASSERT_EQ(aclrtMalloc(&memory, bytes, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
    ASSERT_EQ(aclmdlAddDatasetBuffer(dataset, aclCreateDataBuffer(memory, bytes)), ACL_SUCCESS);
  }

  static void *address(aclmdlDataset *dataset, size_t index) {
    return aclGetDataBufferAddr(aclmdlGetDatasetBuffer(dataset, index));
  }

  /// The numbers in the buffer for the gear.
  std::vector<int32_t> written(size_t count) {
    std::vector<int32_t> values(count);
    EXPECT_EQ(aclrtMemcpy(values.data(), count * 4, address(inputs, gearIndex), count * 4,
                          ACL_MEMCPY_DEVICE_TO_HOST),
              ACL_SUCCESS);
    return values;
  }

  /// Runs and expects y = relu(x + w) for x = 8 in `rows` rows, the rest of y untouched.
  void expectRows(int64_t rows) {
    std::vector<float> y(test::kElements, -1.0f);
    void *device = address(outputs, 0);
    ASSERT_EQ(aclrtMemcpy(device, test::kBytes, y.data(), test::kBytes, ACL_MEMCPY_HOST_TO_DEVICE),
              ACL_SUCCESS);
    ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS) << aclGetRecentErrMsg();
    ASSERT_EQ(aclrtMemcpy(y.data(), test::kBytes, device, test::kBytes, ACL_MEMCPY_DEVICE_TO_HOST),
              ACL_SUCCESS);
    for (int64_t i = 0; i < test::kElements; ++i)
      ASSERT_EQ(y[i], i < rows * test::kColumns ? std::max(0.0f, 8.0f + float(i - 32)) : -1.0f)
          << i;
  }

  /// Expects `code` and `text` in the error text.
  static void expectError(aclError code, aclError want, const std::string &text) {
    EXPECT_EQ(code, want);
    const char *message = aclGetRecentErrMsg();
    ASSERT_NE(message, nullptr);
    EXPECT_NE(std::string(message).find(text), std::string::npos) << message;
  }

  aclmdlIODims dimsOf(std::vector<int64_t> values) {
    aclmdlIODims dims = {};
    dims.dimCount = values.size();
    std::copy(values.begin(), values.end(), dims.dims);
    return dims;
  }

  int64_t currentRows() {
    aclmdlIODims dims = {};
    EXPECT_EQ(aclmdlGetCurOutputDims(desc, 0, &dims), ACL_SUCCESS);
    return dims.dims[0];
  }

  uint32_t model = 0;
  aclmdlDesc *desc = nullptr;
  aclmdlDataset *inputs = nullptr, *outputs = nullptr;
  size_t gearIndex = 0;
};

TEST_F(Gears, BatchIsChosenAndStaysWithTheDataset) {
  load(test::gearModel());
  EXPECT_EQ(gearIndex, 1u);
  expectRows(2); // nothing chosen: the largest
  EXPECT_EQ(currentRows(), 2);
  ASSERT_EQ(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 1), ACL_SUCCESS);
  EXPECT_EQ(written(1), std::vector<int32_t>{1});
  expectRows(1);
  expectRows(1);
  EXPECT_EQ(currentRows(), 1);
  ASSERT_EQ(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 2), ACL_SUCCESS);
  EXPECT_EQ(written(1), std::vector<int32_t>{2});
  expectRows(2);
}

TEST_F(Gears, EveryDatasetHasItsOwnGear) {
  load(test::gearModel());
  ASSERT_EQ(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 1), ACL_SUCCESS);
  aclmdlDataset *other = aclmdlCreateDataset();
  for (size_t i = 0; i < 2; ++i)
    ASSERT_EQ(aclmdlAddDatasetBuffer(other, aclmdlGetDatasetBuffer(inputs, i)), ACL_SUCCESS);
  std::swap(inputs, other);
  expectRows(2);
  std::swap(inputs, other);
  expectRows(1);
}

TEST_F(Gears, AsynchronousRunsKeepTheGearTheyWereQueuedWith) {
  load(test::gearModel());
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  std::vector<float> y(test::kElements, -1.0f);
  void *device = address(outputs, 0);
  ASSERT_EQ(aclrtMemcpy(device, test::kBytes, y.data(), test::kBytes, ACL_MEMCPY_HOST_TO_DEVICE),
            ACL_SUCCESS);
  ASSERT_EQ(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 1), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecuteAsync(model, inputs, outputs, stream), ACL_SUCCESS);
  ASSERT_EQ(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 2), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpy(y.data(), test::kBytes, device, test::kBytes, ACL_MEMCPY_DEVICE_TO_HOST),
            ACL_SUCCESS);
  EXPECT_EQ(y[test::kColumns - 1], 7.0f);
  EXPECT_EQ(y[test::kColumns], -1.0f);
}

TEST_F(Gears, BuffersNeedToHoldTheChosenGearOnly) {
  load(test::gearModel());
  aclDataBuffer *output = aclmdlGetDatasetBuffer(outputs, 0);
  void *memory = aclGetDataBufferAddr(output);
  ASSERT_EQ(aclUpdateDataBuffer(output, memory, test::kBytes / 2), ACL_SUCCESS);
  expectError(aclmdlExecute(model, inputs, outputs), 145000,
              "output 0 'y' needs 256 bytes for gear 2 (the largest; none was chosen)");
  ASSERT_EQ(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 1), ACL_SUCCESS);
  EXPECT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  // Without a buffer, memory of the gear's size is allocated.
  ASSERT_EQ(aclUpdateDataBuffer(output, nullptr, 0), ACL_SUCCESS);
  ASSERT_EQ(aclmdlExecute(model, inputs, outputs), ACL_SUCCESS);
  EXPECT_EQ(aclGetDataBufferSizeV2(output), test::kBytes / 2);
}

TEST_F(Gears, HeightAndWidth) {
  load(test::gearModel(om::GearKind::Image));
  ASSERT_EQ(aclmdlSetDynamicHWSize(model, inputs, gearIndex, 1, 32), ACL_SUCCESS);
  EXPECT_EQ(written(2), (std::vector<int32_t>{1, 32}));
  expectRows(1);
  expectError(aclmdlSetDynamicHWSize(model, inputs, gearIndex, 32, 1), 145013,
              "'32,1' is no gear of the model; its gears (--dynamic_image_size) are 1,32;2,32");
  expectError(aclmdlSetDynamicHWSize(model, inputs, gearIndex, 0, 32), ACL_ERROR_INVALID_PARAM,
              "the height is 0");
  aclmdlHW hw;
  ASSERT_EQ(aclmdlGetDynamicHW(desc, kReserved, &hw), ACL_SUCCESS);
  ASSERT_EQ(hw.hwCount, 2u);
  EXPECT_EQ(hw.hw[1][0], 2u);
  EXPECT_EQ(hw.hw[1][1], 32u);
  aclmdlBatch batch;
  ASSERT_EQ(aclmdlGetDynamicBatch(desc, &batch), ACL_SUCCESS);
  EXPECT_EQ(batch.batchCount, 0u);
}

TEST_F(Gears, DimsAreThoseOfAllInputs) {
  load(test::gearModel(om::GearKind::Dims));
  size_t count = 0;
  ASSERT_EQ(aclmdlGetInputDynamicGearCount(desc, kReserved, &count), ACL_SUCCESS);
  ASSERT_EQ(count, 2u);
  std::vector<aclmdlIODims> gears(2);
  ASSERT_EQ(aclmdlGetInputDynamicDims(desc, kReserved, gears.data(), 2), ACL_SUCCESS);
  ASSERT_EQ(gears[0].dimCount, 2u);
  EXPECT_EQ(gears[0].dims[0], 1);
  EXPECT_EQ(gears[0].dims[1], 32);
  expectError(aclmdlGetInputDynamicDims(desc, kReserved, gears.data(), 1), ACL_ERROR_INVALID_PARAM,
              "the model has 2 gears, there is room for 1");
  ASSERT_EQ(aclmdlSetInputDynamicDims(model, inputs, gearIndex, &gears[0]), ACL_SUCCESS);
  expectRows(1);
  aclmdlIODims onlyUnknown = dimsOf({1});
  expectError(aclmdlSetInputDynamicDims(model, inputs, gearIndex, &onlyUnknown), 145013,
              "are 1,32; 2,32");
  aclmdlIODims otherStatic = dimsOf({1, 33});
  expectError(aclmdlSetInputDynamicDims(model, inputs, gearIndex, &otherStatic), 145013,
              "the dimensions 1,33 are no gear");
  aclmdlIODims empty = dimsOf({}), broken = dimsOf({1, 32});
  broken.dimCount = 129;
  expectError(aclmdlSetInputDynamicDims(model, inputs, gearIndex, &empty), ACL_ERROR_INVALID_PARAM,
              "number of dimensions is 0");
  expectError(aclmdlSetInputDynamicDims(model, inputs, gearIndex, &broken), ACL_ERROR_INVALID_PARAM,
              "number of dimensions is 129");
}

TEST_F(Gears, Description) {
  load(test::gearModel());
  EXPECT_EQ(aclmdlGetNumInputs(desc), 2u);
  EXPECT_EQ(aclmdlGetInputSizeByIndex(desc, 0), test::kBytes);
  EXPECT_EQ(aclmdlGetInputSizeByIndex(desc, 1), 4u);
  EXPECT_EQ(aclmdlGetInputDataType(desc, 1), ACL_INT32);
  EXPECT_EQ(aclmdlGetInputFormat(desc, 1), ACL_FORMAT_ND);
  aclmdlIODims dims;
  ASSERT_EQ(aclmdlGetInputDims(desc, 0, &dims), ACL_SUCCESS);
  EXPECT_EQ(dims.dims[0], -1);
  EXPECT_EQ(dims.dims[1], 32);
  ASSERT_EQ(aclmdlGetInputDims(desc, 1, &dims), ACL_SUCCESS);
  EXPECT_EQ(dims.dimCount, 1u);
  EXPECT_EQ(dims.dims[0], 1);
  ASSERT_EQ(aclmdlGetOutputDims(desc, 0, &dims), ACL_SUCCESS);
  EXPECT_EQ(dims.dims[0], 2);
  aclmdlBatch batch;
  ASSERT_EQ(aclmdlGetDynamicBatch(desc, &batch), ACL_SUCCESS);
  ASSERT_EQ(batch.batchCount, 2u);
  EXPECT_EQ(batch.batch[0], 1u);
  EXPECT_EQ(batch.batch[1], 2u);
  aclmdlHW hw;
  EXPECT_EQ(aclmdlGetDynamicHW(desc, 99, &hw), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclmdlGetDynamicHW(desc, 0, &hw), ACL_SUCCESS);
  ASSERT_EQ(aclmdlGetDynamicHW(desc, kReserved, &hw), ACL_SUCCESS);
  EXPECT_EQ(hw.hwCount, 0u);
  size_t count = 9;
  ASSERT_EQ(aclmdlGetInputDynamicGearCount(desc, kReserved, &count), ACL_SUCCESS);
  EXPECT_EQ(count, 0u);
}

TEST_F(Gears, CurrentDimsWithoutTheModelAreThoseOfTheLargest) {
  load(test::gearModel());
  ASSERT_EQ(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 1), ACL_SUCCESS);
  std::vector<uint8_t> file = test::sampleFile(test::gearModel());
  aclmdlDesc *unloaded = aclmdlCreateDesc();
  ASSERT_EQ(aclmdlGetDescFromMem(unloaded, file.data(), file.size()), ACL_SUCCESS);
  EXPECT_EQ(currentRows(), 1);
  std::swap(desc, unloaded);
  EXPECT_EQ(currentRows(), 2);
}

TEST_F(Gears, WhatIsNoGearIsRefusedWithTheList) {
  load(test::gearModel());
  expectError(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 3), 145013,
              "'3' is no gear of the model; its gears (--dynamic_batch_size) are 1,2");
  expectError(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, uint64_t(1) << 63), 145013,
              "its gears (--dynamic_batch_size) are 1,2");
  expectError(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 0), ACL_ERROR_INVALID_PARAM,
              "the batch size is 0");
  expectRows(2); // a refused choice changes nothing
}

TEST_F(Gears, SettersSuitTheKindOfTheModel) {
  load(test::gearModel());
  expectError(aclmdlSetDynamicHWSize(model, inputs, gearIndex, 1, 32), 145013,
              "has gears of --dynamic_batch_size (1,2), which aclmdlSetDynamicBatchSize chooses");
  aclmdlIODims dims = dimsOf({1, 32});
  expectError(aclmdlSetInputDynamicDims(model, inputs, gearIndex, &dims), 145013,
              "which aclmdlSetDynamicBatchSize chooses");
  std::vector<uint8_t> file = test::sampleFile();
  uint32_t fixed = 0;
  ASSERT_EQ(aclmdlLoadFromMem(file.data(), file.size(), &fixed), ACL_SUCCESS);
  expectError(aclmdlSetDynamicBatchSize(fixed, inputs, gearIndex, 1), 145013, "has no gears");
}

TEST_F(Gears, WrongArguments) {
  load(test::gearModel());
  expectError(aclmdlSetDynamicBatchSize(999, inputs, gearIndex, 1), 145003, "no model 999");
  expectError(aclmdlSetDynamicBatchSize(model, nullptr, gearIndex, 1), ACL_ERROR_INVALID_PARAM,
              "dataset");
  expectError(aclmdlSetDynamicBatchSize(model, inputs, 0, 1), ACL_ERROR_INVALID_PARAM,
              "input 0 is not 'ascend_mbatch_shape_data', which is input 1");
  expectError(aclmdlSetInputDynamicDims(model, inputs, gearIndex, nullptr), ACL_ERROR_INVALID_PARAM,
              "'dims' is NULL");
  aclmdlDataset *shorter = aclmdlCreateDataset();
  expectError(aclmdlSetDynamicBatchSize(model, shorter, gearIndex, 1), ACL_ERROR_INVALID_PARAM,
              "no data buffer 1");
}

TEST_F(Gears, TheBufferMustTakeTheGear) {
  load(test::gearModel());
  aclDataBuffer *buffer = aclmdlGetDatasetBuffer(inputs, gearIndex);
  void *memory = aclGetDataBufferAddr(buffer);
  ASSERT_EQ(aclUpdateDataBuffer(buffer, memory, 3), ACL_SUCCESS);
  expectError(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 1), 145012,
              "has 3 bytes, a gear of the model takes 4");
  ASSERT_EQ(aclUpdateDataBuffer(buffer, nullptr, 4), ACL_SUCCESS);
  expectError(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 1), 145011, "is NULL");
  int32_t host = 0;
  ASSERT_EQ(aclUpdateDataBuffer(buffer, &host, 4), ACL_SUCCESS);
  expectError(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 1), 145011, "host memory");
}

TEST_F(Gears, TheInputForTheGearNeedsABuffer) {
  load(test::gearModel());
  aclmdlDataset *one = aclmdlCreateDataset();
  ASSERT_EQ(aclmdlAddDatasetBuffer(one, aclmdlGetDatasetBuffer(inputs, 0)), ACL_SUCCESS);
  expectError(aclmdlExecute(model, one, outputs), ACL_ERROR_INVALID_PARAM,
              "the model has 2 inputs, the dataset has 1 buffers; 'ascend_mbatch_shape_data' must "
              "have a buffer of its own, too");
}

TEST_F(Gears, AGearChosenForAnotherModelIsNoneOfThisOne) {
  load(test::gearModel());
  om::Model other = test::gearModel();
  other.gears[0].values = {5};
  std::vector<uint8_t> file = test::sampleFile(other);
  uint32_t id = 0;
  ASSERT_EQ(aclmdlLoadFromMem(file.data(), file.size(), &id), ACL_SUCCESS);
  ASSERT_EQ(aclmdlSetDynamicBatchSize(model, inputs, gearIndex, 1), ACL_SUCCESS);
  expectError(aclmdlExecute(id, inputs, outputs), 145013, "are 5,2");
}

} // namespace
