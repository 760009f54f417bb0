//===- Model.cpp - A loaded model and its buffers -------------------------===//

#include "Model.h"

#include "Results.h"

#include <cstdarg>
#include <cstdio>
#include <fstream>

namespace msame {

namespace {

void line(const char *level, const char *format, va_list arguments) {
  std::printf("[%s] ", level);
  std::vprintf(format, arguments);
  std::printf("\n");
}

/// Frees the memory of a dataset, its buffers and itself.
void destroy(aclmdlDataset *&dataset) {
  if (!dataset)
    return;
  for (size_t i = 0; i < aclmdlGetDatasetNumBuffers(dataset); ++i) {
    aclDataBuffer *buffer = aclmdlGetDatasetBuffer(dataset, i);
    if (void *data = aclGetDataBufferAddr(buffer))
      (void)aclrtFree(data);
    (void)aclDestroyDataBuffer(buffer);
  }
  (void)aclmdlDestroyDataset(dataset);
  dataset = nullptr;
}

std::string listed(const int64_t *dims, size_t count) {
  std::string out;
  for (size_t i = 0; i < count; ++i)
    out += (i ? "," : "") + std::to_string(dims[i]);
  return out;
}

} // namespace

void info(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  line("INFO", format, arguments);
  va_end(arguments);
}

void error(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  line("ERROR", format, arguments);
  va_end(arguments);
}

void aclFailure(const char *format, ...) {
  if (const char *text = aclGetRecentErrMsg())
    std::printf("%s\n", text);
  va_list arguments;
  va_start(arguments, format);
  line("ERROR", format, arguments);
  va_end(arguments);
}

Model::~Model() {
  destroyInputs();
  destroyOutputs();
  if (desc)
    (void)aclmdlDestroyDesc(desc);
  if (!loaded)
    return;
  if (aclmdlUnload(id) == ACL_SUCCESS)
    info("unload model success, model Id is %u", id);
  else
    aclFailure("unload model failed, modelId is %u", id);
}

bool Model::load(const Options &options) {
  if (aclmdlLoadFromFile(options.model.c_str(), &id) != ACL_SUCCESS) {
    aclFailure("load model from file failed, model file is %s", options.model.c_str());
    return false;
  }
  loaded = true;
  info("load model %s success", options.model.c_str());
  desc = aclmdlCreateDesc();
  if (!desc || aclmdlGetDesc(desc, id) != ACL_SUCCESS) {
    aclFailure("get model description failed");
    return false;
  }
  info("create model description success");
  return true;
}

bool Model::checkBatch(const Options &options) {
  aclmdlBatch gears;
  if (aclmdlGetDynamicBatch(desc, &gears) != ACL_SUCCESS) {
    aclFailure("get DynamicBatch failed");
    return false;
  }
  std::string known;
  for (size_t i = 0; i < gears.batchCount; ++i) {
    if (gears.batch[i] == options.batch) {
      info("check dynamic batch success");
      return true;
    }
    known += " " + std::to_string(gears.batch[i]);
  }
  if (gears.batchCount)
    error("the dymBatch parameter is not correct; the model has the batch sizes%s", known.c_str());
  else
    error("the dynamic_batch_size parameter is not specified for model conversion");
  return false;
}

bool Model::checkImageSize(const Options &options) {
  aclmdlHW gears;
  if (aclmdlGetDynamicHW(desc, size_t(-1), &gears) != ACL_SUCCESS) {
    aclFailure("get DynamicHW failed");
    return false;
  }
  std::string known;
  for (size_t i = 0; i < gears.hwCount; ++i) {
    if (gears.hw[i][0] == options.hw->first && gears.hw[i][1] == options.hw->second) {
      info("check dynamic image size success.");
      return true;
    }
    known += " " + std::to_string(gears.hw[i][0]) + "," + std::to_string(gears.hw[i][1]);
  }
  if (gears.hwCount)
    error("the dymHW parameter is not correct; the model has the image sizes%s", known.c_str());
  else
    error("the dynamic_image_size parameter is not specified for model conversion");
  return false;
}

bool Model::checkDims(const Options &options) {
  size_t count = 0;
  if (aclmdlGetInputDynamicGearCount(desc, size_t(-1), &count) != ACL_SUCCESS) {
    aclFailure("get input dynamic gear count failed");
    return false;
  }
  if (options.dims.empty()) {
    if (count == 0)
      return true;
    error("model has dynamic_dims, please add dymDims parameter");
    return false;
  }
  if (count == 0) {
    error("the dynamic_dims parameter is not specified for model conversion");
    return false;
  }
  std::vector<aclmdlIODims> gears(count);
  if (aclmdlGetInputDynamicDims(desc, size_t(-1), gears.data(), count) != ACL_SUCCESS) {
    aclFailure("get input dynamic dims failed");
    return false;
  }
  std::vector<int64_t> wanted;
  for (const NamedShape &shape : options.dims)
    wanted.insert(wanted.end(), shape.dims.begin(), shape.dims.end());
  std::string known;
  for (const aclmdlIODims &gear : gears) {
    if (std::vector<int64_t>(gear.dims, gear.dims + gear.dimCount) == wanted) {
      info("check dynamic dims success");
      return true;
    }
    known += " [" + listed(gear.dims, gear.dimCount) + "]";
  }
  error("the dymDims parameter is not correct; the model has the dims%s", known.c_str());
  return false;
}

bool Model::checkShape(const Options &options) {
  if (options.batch && !checkBatch(options))
    return false;
  if (options.hw && !checkImageSize(options))
    return false;
  if (!checkDims(options))
    return false;
  for (const NamedShape &shape : options.shapes) {
    size_t index = 0;
    if (aclmdlGetInputIndexByName(desc, shape.name.c_str(), &index) != ACL_SUCCESS) {
      aclFailure("the dymShape parameter set error, please check input name");
      return false;
    }
  }
  // Models with gears have the input whether or not a gear is chosen.
  if (aclmdlGetInputIndexByName(desc, ACL_DYNAMIC_TENSOR_NAME, &shapeInput) != ACL_SUCCESS) {
    shapeInput = SIZE_MAX;
    (void)aclGetRecentErrMsg();
  }
  return true;
}

void Model::describe() const {
  auto one = [](const char *side, size_t index, size_t size, const aclmdlIODims &dims,
                const char *name, int format, int type) {
    std::printf("[DEBUG] the size of %zu %s: %zu\n", index, side, size);
    std::printf("[DEBUG] the dims of %zu %s:\n", index, side);
    for (size_t j = 0; j < dims.dimCount; ++j)
      std::printf("%lld ", (long long)dims.dims[j]);
    std::printf("\n[DEBUG] the name of %zu %s: %s\n", index, side, name);
    std::printf("[DEBUG] the Format of %zu %s: %d\n", index, side, format);
    std::printf("[DEBUG] the DataType of %zu %s: %d\n", index, side, type);
  };
  std::printf("[DEBUG] start print model description\n");
  std::printf("[DEBUG] NumInputs: %zu\n", aclmdlGetNumInputs(desc));
  std::printf("[DEBUG] NumOutputs: %zu\n", aclmdlGetNumOutputs(desc));
  for (size_t i = 0; i < aclmdlGetNumInputs(desc); ++i) {
    aclmdlIODims dims = {};
    (void)aclmdlGetInputDims(desc, i, &dims);
    one("input", i, aclmdlGetInputSizeByIndex(desc, i), dims, aclmdlGetInputNameByIndex(desc, i),
        aclmdlGetInputFormat(desc, i), aclmdlGetInputDataType(desc, i));
  }
  for (size_t i = 0; i < aclmdlGetNumOutputs(desc); ++i) {
    aclmdlIODims dims = {};
    (void)aclmdlGetOutputDims(desc, i, &dims);
    one("output", i, aclmdlGetOutputSizeByIndex(desc, i), dims, aclmdlGetOutputNameByIndex(desc, i),
        aclmdlGetOutputFormat(desc, i), aclmdlGetOutputDataType(desc, i));
  }
  std::printf("[DEBUG] end print model description\n");
}

bool Model::addBuffer(aclmdlDataset *dataset, size_t size, const void *data) {
  void *memory = nullptr;
  if (aclrtMalloc(&memory, size, ACL_MEM_MALLOC_HUGE_FIRST) != ACL_SUCCESS) {
    aclFailure("malloc device buffer failed. size is %zu", size);
    return false;
  }
  aclError code = data ? aclrtMemcpy(memory, size, data, size, ACL_MEMCPY_HOST_TO_DEVICE)
                       : aclrtMemset(memory, size, 0, size);
  aclDataBuffer *buffer = aclCreateDataBuffer(memory, size);
  if (code != ACL_SUCCESS || !buffer || aclmdlAddDatasetBuffer(dataset, buffer) != ACL_SUCCESS) {
    aclFailure("create data buffer failed. size is %zu", size);
    (void)aclrtFree(memory);
    if (buffer)
      (void)aclDestroyDataBuffer(buffer);
    return false;
  }
  return true;
}

bool Model::createOutputs(const Options &options) {
  outputs = aclmdlCreateDataset();
  size_t count = aclmdlGetNumOutputs(desc);
  if (!options.outputSizes.empty() && options.outputSizes.size() != count) {
    error("om has %zu output, but outputSize parametet give %zu", count,
          options.outputSizes.size());
    return false;
  }
  for (size_t i = 0; i < count; ++i) {
    size_t size =
        options.outputSizes.empty() ? aclmdlGetOutputSizeByIndex(desc, i) : options.outputSizes[i];
    if (size == 0) {
      error("the size of output %zu depends on the shape; give it with outputSize", i);
      return false;
    }
    if (!addBuffer(outputs, size, nullptr))
      return false;
  }
  info("create model output success");
  return true;
}

bool Model::createInputs(const std::vector<std::string> &files) {
  inputs = aclmdlCreateDataset();
  size_t count = aclmdlGetNumInputs(desc), own = count - (shapeInput != SIZE_MAX);
  if (!files.empty() && files.size() != own) {
    error("om has %zu input, but the input parameter gives %zu", own, files.size());
    return false;
  }
  for (size_t i = 0, file = 0; i < count; ++i) {
    if (i == shapeInput || files.empty()) {
      if (!addBuffer(inputs, aclmdlGetInputSizeByIndex(desc, i), nullptr))
        return false;
      continue;
    }
    info("start to process file:%s", files[file].c_str());
    std::ifstream in(files[file], std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    if (!in || bytes.empty()) {
      error(in ? "binfile is empty, filename is %s" : "open file %s failed", files[file].c_str());
      return false;
    }
    if (!addBuffer(inputs, bytes.size(), bytes.data()))
      return false;
    ++file;
  }
  return true;
}

void Model::destroyInputs() {
  if (inputs)
    info("destroy model input success");
  destroy(inputs);
}

void Model::destroyOutputs() { destroy(outputs); }

bool Model::chooseShape(const Options &options) {
  aclError code = ACL_SUCCESS;
  if (options.batch) {
    code = aclmdlSetDynamicBatchSize(id, inputs, shapeInput, options.batch);
  } else if (options.hw) {
    code = aclmdlSetDynamicHWSize(id, inputs, shapeInput, options.hw->first, options.hw->second);
  } else if (!options.dims.empty()) {
    aclmdlIODims dims = {};
    for (const NamedShape &shape : options.dims)
      for (int64_t d : shape.dims)
        if (dims.dimCount < ACL_MAX_DIM_CNT)
          dims.dims[dims.dimCount++] = d;
    code = aclmdlSetInputDynamicDims(id, inputs, shapeInput, &dims);
  }
  for (const NamedShape &shape : options.shapes) {
    size_t index = 0;
    (void)aclmdlGetInputIndexByName(desc, shape.name.c_str(), &index);
    aclTensorDesc *tensor =
        aclCreateTensorDesc(aclmdlGetInputDataType(desc, index), int(shape.dims.size()),
                            shape.dims.data(), aclmdlGetInputFormat(desc, index));
    if (code == ACL_SUCCESS)
      code = aclmdlSetDatasetTensorDesc(inputs, tensor, index);
    aclDestroyTensorDesc(tensor);
  }
  if (code != ACL_SUCCESS)
    aclFailure("set dynamic shape failed %d", code);
  return code == ACL_SUCCESS;
}

bool Model::execute() {
  if (aclmdlExecute(id, inputs, outputs) != ACL_SUCCESS) {
    aclFailure("execute model failed, modelId is %u", id);
    return false;
  }
  info("model execute success");
  return true;
}

std::vector<int64_t> Model::outputShape(const Options &options, size_t index) const {
  std::vector<int64_t> shape;
  if (!options.shapes.empty()) {
    const aclTensorDesc *tensor = aclmdlGetDatasetTensorDesc(outputs, index);
    for (size_t i = 0; tensor && i < aclGetTensorDescNumDims(tensor); ++i)
      if (aclGetTensorDescDimV2(tensor, i, &shape.emplace_back()) != ACL_SUCCESS)
        shape.back() = 0;
    return shape;
  }
  aclmdlIODims dims = {};
  if (aclmdlGetCurOutputDims(desc, index, &dims) == ACL_SUCCESS)
    shape.assign(dims.dims, dims.dims + dims.dimCount);
  return shape;
}

bool Model::writeOutputs(const Options &options, const std::string &folder,
                         const std::string &name) {
  for (size_t i = 0; i < aclmdlGetDatasetNumBuffers(outputs); ++i) {
    aclDataBuffer *buffer = aclmdlGetDatasetBuffer(outputs, i);
    Result result{aclmdlGetOutputDataType(desc, i), outputShape(options, i), {}};
    result.bytes.resize(std::min(aclGetDataBufferSizeV2(buffer), bytesOf(result)));
    if (!result.bytes.empty() &&
        aclrtMemcpy(result.bytes.data(), result.bytes.size(), aclGetDataBufferAddr(buffer),
                    result.bytes.size(), ACL_MEMCPY_DEVICE_TO_HOST) != ACL_SUCCESS) {
      aclFailure("aclrtMemcpy failed");
      return false;
    }
    std::string path =
        folder + "/" + name + "_output_" + std::to_string(i) + (options.text ? ".txt" : ".bin");
    std::ofstream out(path, std::ios::binary);
    if (options.text)
      writeText(out, result);
    else
      out.write(result.bytes.data(), std::streamsize(result.bytes.size()));
    out.close();
    if (!out) {
      error("cannot write %s", path.c_str());
      return false;
    }
  }
  info("output data success");
  return true;
}

} // namespace msame
