//===- OpCall.cpp - From an application's call to a queued operator -------===//

#include "Error.h"
#include "SingleOp.h"
#include "Tasks.h"

#include "openatc/SingleOp/Codes.h"

#include <algorithm>

namespace openatc::acl {

namespace {

constexpr int kMaxTensors = 1024;

aclError describeSide(const char *function, const char *what, int count,
                      const aclTensorDesc *const *descs, std::vector<om::OpTensor> &out) {
  if (count < 0 || count > kMaxTensors || (count > 0 && !descs))
    return fail(ACL_ERROR_INVALID_PARAM, function,
                std::string("the ") + what + " descriptions are missing or of a wrong number");
  for (int i = 0; i < count; ++i) {
    std::string name = std::string("the description of ") + what + " " + std::to_string(i);
    if (aclError code = describeTensor(function, name, descs[i], out.emplace_back());
        code != ACL_SUCCESS)
      return code;
  }
  return ACL_SUCCESS;
}

/// Device memory that goes with the object.
struct Temporary {
  std::shared_ptr<rt::Device> device;
  uint64_t address = 0;
  Temporary(std::shared_ptr<rt::Device> device, uint64_t address)
      : device(std::move(device)), address(address) {}
  Temporary(const Temporary &) = delete;
  ~Temporary() { (void)device->free(address); }
};

/// What a queued operator needs besides its model.
struct Launch {
  rt::Bindings bindings;
  std::vector<std::shared_ptr<Temporary>> memory;
  struct CopyBack {
    uint64_t to, from, bytes;
  };
  std::vector<CopyBack> copies; ///< results that could not be computed in place
};

aclError allocate(const char *function, const std::shared_ptr<rt::Device> &device, uint64_t bytes,
                  Launch &launch, uint64_t &address) {
  Expected<uint64_t> given = device->allocate(std::max<uint64_t>(bytes, 1));
  if (!given)
    return fail(ACL_ERROR_RT_MEMORY_ALLOCATION, function, given.message());
  address = *given;
  launch.memory.push_back(std::make_shared<Temporary>(device, address));
  return ACL_SUCCESS;
}

/// The address of one operand, checked; host operands are copied to the device.
aclError place(const char *function, const std::string &what, const OpMemory &memory,
               uint64_t bytes, const std::shared_ptr<rt::Device> &device, int32_t deviceId,
               Launch &launch, uint64_t &address) {
  if (memory.size < bytes)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                what + " needs " + std::to_string(bytes) + " bytes, its buffer has " +
                    std::to_string(memory.size));
  if (!memory.data && bytes)
    return fail(ACL_ERROR_INVALID_PARAM, function, what + " has a NULL address");
  if (memory.onHost) {
    if (aclError code = allocate(function, device, bytes, launch, address); code != ACL_SUCCESS)
      return code;
    Status status = bytes ? device->write(address, memory.data, bytes) : Status::success();
    return status.ok() ? ACL_SUCCESS
                       : fail(ACL_ERROR_RT_MEMORY_ALLOCATION, function, status.message());
  }
  address = toAddress(memory.data);
  if (bytes && !address)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                what + " is host memory; operators need device memory");
  if (bytes && toDevice(memory.data) != deviceId)
    return fail(ACL_ERROR_INVALID_PARAM, function, what + " is memory of another device");
  if (bytes && device->bytesFrom(address) < bytes)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                what + " lies in memory that is freed or shorter than its buffer says");
  return ACL_SUCCESS;
}

bool overlap(uint64_t a, uint64_t aBytes, uint64_t b, uint64_t bBytes) {
  return a < b + bBytes && b < a + aBytes;
}

} // namespace

aclError describeTensor(const char *function, const std::string &what, const aclTensorDesc *desc,
                        om::OpTensor &out) {
  std::shared_ptr<TensorDescription> found = state().tensorDescs.find(desc);
  if (!found)
    return fail(ACL_ERROR_INVALID_PARAM, function, what + (desc ? " does not exist" : " is NULL"));
  if (found->dataType == ACL_DT_UNDEFINED && found->format == ACL_FORMAT_UNDEFINED) {
    out.format = "RESERVED";
    return ACL_SUCCESS;
  }
  out.dtype = singleop::dtypeOfCode(found->dataType);
  if (out.dtype == DType::Undefined)
    return fail(ACL_ERROR_UNSUPPORTED_DATA_TYPE, function,
                what + " has the unsupported type " + std::to_string(int(found->dataType)));
  out.format = singleop::formatName(found->storageFormat.value_or(found->format));
  if (out.format.empty() || out.format.find("C0") != std::string::npos ||
      out.format.starts_with("FRACTAL"))
    return fail(ACL_ERROR_FORMAT_NOT_MATCH, function,
                what + " has the format " +
                    (out.format.empty() ? std::to_string(int(found->format)) : out.format) +
                    "; operators take dense tensors: ND, NCHW, NHWC, HWCN, NCDHW, NDHWC");
  out.shape = found->storageDims.value_or(found->dims);
  if (found->constData)
    out.value = *found->constData;
  return ACL_SUCCESS;
}

aclError describeCall(const char *function, const OpCall &call, om::OpDescription &op) {
  if (!call.opType || !*call.opType)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the operator type is NULL or empty");
  op = {};
  op.type = call.opType;
  aclError code = describeSide(function, "input", call.numInputs, call.inputDesc, op.inputs);
  if (code == ACL_SUCCESS)
    code = describeSide(function, "output", call.numOutputs, call.outputDesc, op.outputs);
  if (code != ACL_SUCCESS)
    return code;
  for (const om::OpTensor &tensor : op.inputs)
    for (int64_t dim : tensor.shape)
      if (dim < 0)
        return fail(ACL_ERROR_INVALID_PARAM, function,
                    "an input description has dimensions that are not known");
  if (call.attr) {
    std::shared_ptr<OpAttributes> found = opStore().attributes.find(call.attr);
    if (!found)
      return fail(ACL_ERROR_INVALID_PARAM, function, "the attribute set does not exist");
    std::lock_guard guard(found->mutex);
    for (const auto &[name, attribute] : found->byName)
      op.attributes.push_back(attribute);
  }
  return ACL_SUCCESS;
}

aclError readBuffers(const char *function, const char *what, int count,
                     const aclDataBuffer *const *buffers, const aclTensorDesc *const *descs,
                     std::vector<OpMemory> &out) {
  if (count > 0 && !buffers)
    return fail(ACL_ERROR_INVALID_PARAM, function, std::string("the ") + what + "s are NULL");
  for (int i = 0; i < count; ++i) {
    std::shared_ptr<DataBuffer> buffer = state().buffers.find(buffers[i]);
    if (!buffer)
      return fail(ACL_ERROR_INVALID_PARAM, function,
                  std::string("the data buffer of ") + what + " " + std::to_string(i) +
                      " is NULL or does not exist");
    std::lock_guard guard(buffer->mutex);
    OpMemory &memory = out.emplace_back(OpMemory{buffer->data, buffer->size, false});
    if (std::shared_ptr<TensorDescription> desc =
            descs ? state().tensorDescs.find(descs[i]) : nullptr)
      memory.onHost = desc->placement != ACL_MEMTYPE_DEVICE;
  }
  return ACL_SUCCESS;
}

aclError runOp(const char *function, OpModel &model, const std::vector<OpMemory> &inputs,
               const std::vector<OpMemory> &outputs, aclrtStream streamHandle) {
  aclError code = ACL_SUCCESS;
  std::string why;
  std::shared_ptr<StreamObject> stream = state().streamObject(streamHandle, code, why);
  if (!stream)
    return fail(code, function, why);
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  if (inputs.size() != model.op.inputs.size())
    return fail(ACL_ERROR_OP_INPUT_NOT_MATCH, function,
                "the operator has " + std::to_string(model.op.inputs.size()) + " inputs, " +
                    std::to_string(inputs.size()) + " are given");
  if (outputs.size() != model.op.outputs.size())
    return fail(ACL_ERROR_OP_OUTPUT_NOT_MATCH, function,
                "the operator has " + std::to_string(model.op.outputs.size()) + " outputs, " +
                    std::to_string(outputs.size()) + " are given");
  std::shared_ptr<rt::LoadedModel> loaded;
  if (code = model.load(function, context->device, loaded); code != ACL_SUCCESS)
    return code;
  const om::Model &content = loaded->model();
  auto launch = std::make_shared<Launch>();
  size_t next = 0;
  for (size_t i = 0; i < inputs.size(); ++i) {
    const om::OpTensor &tensor = model.op.inputs[i];
    if (!tensor.present() || tensor.value || next == content.inputs.size())
      continue; // not given, or part of the operator
    uint64_t &address = launch->bindings.inputs.emplace_back();
    code = place(function, "input " + std::to_string(i), inputs[i], content.inputs[next++].bytes,
                 context->device, context->deviceId, *launch, address);
    if (code != ACL_SUCCESS)
      return code;
  }
  for (size_t i = 0; i < outputs.size() && i < content.outputs.size(); ++i) {
    uint64_t bytes = content.outputs[i].bytes, address = 0;
    std::string what = "output " + std::to_string(i);
    if (outputs[i].onHost)
      return fail(ACL_ERROR_INVALID_PARAM, function,
                  what + " is described as host memory; operators write device memory");
    code = place(function, what, outputs[i], bytes, context->device, context->deviceId, *launch,
                 address);
    if (code != ACL_SUCCESS)
      return code;
    // A kernel may read an input after it wrote a result: GEMM's C is often both.
    bool shared = false;
    for (size_t j = 0; j < launch->bindings.inputs.size(); ++j)
      shared |= overlap(address, bytes, launch->bindings.inputs[j], content.inputs[j].bytes);
    if (shared) {
      uint64_t own = 0;
      if (code = allocate(function, context->device, bytes, *launch, own); code != ACL_SUCCESS)
        return code;
      launch->copies.push_back({address, own, bytes});
      address = own;
    }
    launch->bindings.outputs.push_back(address);
  }
  return queueTask(
      function, *stream,
      [loaded, launch](double &timeUs) -> rt::Outcome {
        rt::RunStats stats;
        rt::Outcome outcome = rt::Execution(*loaded, launch->bindings).run({}, stats);
        timeUs += stats.simulatedUs;
        for (const Launch::CopyBack &copy : launch->copies)
          if (outcome.ok())
            if (Status status = loaded->device().copy(copy.to, copy.from, copy.bytes); !status.ok())
              outcome = {rt::Failure::Other, status.message()};
        return outcome;
      },
      uint32_t(content.tasks.size()));
}

void updateOutputs(const OpModel &model, int numOutputs, aclTensorDesc *const *outputDesc) {
  for (int i = 0; i < numOutputs && size_t(i) < model.op.outputs.size(); ++i)
    if (std::shared_ptr<TensorDescription> desc = state().tensorDescs.find(outputDesc[i])) {
      auto changed = std::make_shared<TensorDescription>(*desc);
      changed->dims = model.op.outputs[size_t(i)].shape;
      state().tensorDescs.replace(outputDesc[i], std::move(changed));
    }
}

} // namespace openatc::acl
