//===- OpExecute.cpp - Loading and running single operators ---------------===//

#include "Error.h"
#include "SingleOp.h"

#include "openatc/OfflineModel/Reader.h"
#include "openatc/SingleOp/OpFile.h"

#include <algorithm>
#include <filesystem>

using namespace openatc;
using namespace openatc::acl;

namespace {

aclError addOp(const char *function, Expected<om::Model> model, const std::string &what) {
  if (!model)
    return fail(ACL_ERROR_OP_LOAD_FAILED, function, model.message());
  if (!model->singleOp)
    return fail(ACL_ERROR_OP_LOAD_FAILED, function,
                what + " is no single operator but the model '" + model->name + "'");
  // The application allocates after this, so it is the last moment to choose the chip. When it
  // is too late the first run says so.
  if (std::shared_ptr<Context> context = state().currentContext())
    if (Expected<SocDescription> soc = parseSoc(model->socText))
      (void)context->device->become(*soc);
  opStore().add(std::move(*model), "");
  return ACL_SUCCESS;
}

/// All of aclopExecute and aclopExecuteV2 but for output descriptions.
aclError execute(const char *function, const OpCall &call, const aclDataBuffer *const *inputs,
                 aclDataBuffer *const *outputs, aclrtStream stream,
                 std::shared_ptr<OpModel> &model) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  om::OpDescription op;
  std::vector<OpMemory> in, out;
  aclError code = describeCall(function, call, op);
  if (code == ACL_SUCCESS)
    code = readBuffers(function, "input", call.numInputs, inputs, call.inputDesc, in);
  if (code == ACL_SUCCESS)
    code = readBuffers(function, "output", call.numOutputs, outputs, call.outputDesc, out);
  if (code == ACL_SUCCESS)
    code = findOp(function, op, model);
  return code == ACL_SUCCESS ? runOp(function, *model, in, out, stream) : code;
}

aclError makeHandle(const om::OpDescription &op, std::shared_ptr<OpModel> model,
                    aclopHandle **handle) {
  auto made = std::make_shared<OpHandle>();
  made->call = op;
  made->model = std::move(model);
  *handle = opStore().handles.add<aclopHandle>(std::move(made));
  return ACL_SUCCESS;
}

/// Cast with its attributes. Models of older files have no attribute `truncate`.
aclError describeCast(const char *function, const aclTensorDesc *from, const aclTensorDesc *to,
                      bool truncate, om::OpDescription &op) {
  aclError code = describeCall(function, {"Cast", 1, &from, 1, &to, nullptr}, op);
  if (code != ACL_SUCCESS)
    return code;
  std::shared_ptr<TensorDescription> target = state().tensorDescs.find(to);
  op.attributes = {singleop::intAttribute("dst_type", target ? int64_t(target->dataType) : 0)};
  om::OpDescription full = op;
  full.attributes.push_back(singleop::boolAttribute("truncate", truncate));
  std::shared_ptr<Context> context = state().currentContext();
  bool old = context && opStore().find(op, context->device->soc().name, nullptr);
  if (!old)
    op = std::move(full);
  return ACL_SUCCESS;
}

} // namespace

aclError aclopSetModelDir(const char *modelDir) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(modelDir);
  std::error_code failure;
  std::filesystem::directory_iterator folder(modelDir, failure);
  ACL_REQUIRE(!failure, ACL_ERROR_READ_MODEL_FAILURE,
              std::string("the folder '") + modelDir + "' cannot be read: " + failure.message());
  std::vector<std::string> files; // sorted, so that equal folders behave equally
  for (const std::filesystem::directory_entry &entry : folder)
    if (entry.path().extension() == ".om" && entry.is_regular_file(failure))
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  ACL_REQUIRE(!files.empty(), ACL_ERROR_READ_MODEL_FAILURE,
              std::string("the folder '") + modelDir + "' has no .om file");
  for (const std::string &file : files)
    if (aclError code = addOp(__func__, om::readFile(file), "'" + file + "'"); code != ACL_SUCCESS)
      return code;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclopLoad(const void *model, size_t modelSize) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(model);
  ACL_REQUIRE(modelSize, ACL_ERROR_INVALID_PARAM, "the model has no bytes");
  return addOp(__func__, om::readBytes({static_cast<const uint8_t *>(model), modelSize}),
               "the content of the memory");
}
ACL_CATCH

aclError aclopExecute(const char *opType, int numInputs, const aclTensorDesc *const inputDesc[],
                      const aclDataBuffer *const inputs[], int numOutputs,
                      const aclTensorDesc *const outputDesc[], aclDataBuffer *const outputs[],
                      const aclopAttr *attr, aclrtStream stream) try {
  std::shared_ptr<OpModel> model;
  return execute(__func__, {opType, numInputs, inputDesc, numOutputs, outputDesc, attr}, inputs,
                 outputs, stream, model);
}
ACL_CATCH

aclError aclopExecuteV2(const char *opType, int numInputs, aclTensorDesc *inputDesc[],
                        aclDataBuffer *inputs[], int numOutputs, aclTensorDesc *outputDesc[],
                        aclDataBuffer *outputs[], aclopAttr *attr, aclrtStream stream) try {
  std::shared_ptr<OpModel> model;
  aclError code = execute(__func__, {opType, numInputs, inputDesc, numOutputs, outputDesc, attr},
                          inputs, outputs, stream, model);
  if (code == ACL_SUCCESS)
    updateOutputs(*model, numOutputs, outputDesc);
  return code;
}
ACL_CATCH

aclError aclopCreateHandle(const char *opType, int numInputs,
                           const aclTensorDesc *const inputDesc[], int numOutputs,
                           const aclTensorDesc *const outputDesc[], const aclopAttr *opAttr,
                           aclopHandle **handle) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(handle);
  om::OpDescription op;
  std::shared_ptr<OpModel> model;
  aclError code =
      describeCall(__func__, {opType, numInputs, inputDesc, numOutputs, outputDesc, opAttr}, op);
  if (code == ACL_SUCCESS)
    code = findOp(__func__, op, model);
  return code == ACL_SUCCESS ? makeHandle(op, std::move(model), handle) : code;
}
ACL_CATCH

void aclopDestroyHandle(aclopHandle *handle) try {
  if (!opStore().handles.remove(handle))
    fail(ACL_ERROR_INVALID_PARAM, __func__, "the operator handle does not exist");
} catch (...) {
  ::openatc::acl::failException(__func__);
}

aclError aclopExecWithHandle(aclopHandle *handle, int numInputs,
                             const aclDataBuffer *const inputs[], int numOutputs,
                             aclDataBuffer *const outputs[], aclrtStream stream) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(handle);
  std::shared_ptr<OpHandle> found = opStore().handles.find(handle);
  ACL_REQUIRE(found, ACL_ERROR_INVALID_PARAM, "the operator handle does not exist");
  std::vector<OpMemory> in, out;
  aclError code = readBuffers(__func__, "input", numInputs, inputs, nullptr, in);
  if (code == ACL_SUCCESS)
    code = readBuffers(__func__, "output", numOutputs, outputs, nullptr, out);
  return code == ACL_SUCCESS ? runOp(__func__, *found->model, in, out, stream) : code;
}
ACL_CATCH

aclError aclopCast(const aclTensorDesc *srcDesc, const aclDataBuffer *srcBuffer,
                   const aclTensorDesc *dstDesc, aclDataBuffer *dstBuffer, uint8_t truncate,
                   aclrtStream stream) try {
  ACL_REQUIRE_INIT();
  om::OpDescription op;
  std::shared_ptr<OpModel> model;
  std::vector<OpMemory> in, out;
  aclError code = describeCast(__func__, srcDesc, dstDesc, truncate, op);
  if (code == ACL_SUCCESS)
    code = readBuffers(__func__, "input", 1, &srcBuffer, &srcDesc, in);
  if (code == ACL_SUCCESS)
    code = readBuffers(__func__, "output", 1, &dstBuffer, &dstDesc, out);
  if (code == ACL_SUCCESS)
    code = findOrCompileOp(__func__, op, model);
  return code == ACL_SUCCESS ? runOp(__func__, *model, in, out, stream) : code;
}
ACL_CATCH

aclError aclopCreateHandleForCast(aclTensorDesc *srcDesc, aclTensorDesc *dstDesc, uint8_t truncate,
                                  aclopHandle **handle) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(handle);
  om::OpDescription op;
  std::shared_ptr<OpModel> model;
  aclError code = describeCast(__func__, srcDesc, dstDesc, truncate, op);
  if (code == ACL_SUCCESS)
    code = findOrCompileOp(__func__, op, model);
  return code == ACL_SUCCESS ? makeHandle(op, std::move(model), handle) : code;
}
ACL_CATCH

aclError aclopInferShape(const char *opType, int numInputs, aclTensorDesc *inputDesc[],
                         aclDataBuffer *inputs[], int numOutputs, aclTensorDesc *outputDesc[],
                         aclopAttr *attr) try {
  ACL_REQUIRE_INIT();
  om::OpDescription op;
  std::shared_ptr<OpModel> model;
  std::vector<OpMemory> memory;
  aclError code =
      describeCall(__func__, {opType, numInputs, inputDesc, numOutputs, outputDesc, attr}, op);
  if (code == ACL_SUCCESS && inputs)
    code = readBuffers(__func__, "input", numInputs, inputs, inputDesc, memory);
  if (code != ACL_SUCCESS)
    return code;
  for (om::OpTensor &tensor : op.outputs)
    tensor.shape = om::kUnknownRank; // what the descriptions say is not asked
  code = findOrCompileOp(__func__, op, model);
  if (code == ACL_SUCCESS)
    updateOutputs(*model, numOutputs, outputDesc);
  return code;
}
ACL_CATCH

aclError aclopUpdateParams(const char *opType, int numInputs,
                           const aclTensorDesc *const inputDesc[], int numOutputs,
                           const aclTensorDesc *const outputDesc[], const aclopAttr *attr) try {
  ACL_REQUIRE_INIT();
  om::OpDescription op;
  std::shared_ptr<OpModel> model;
  aclError code =
      describeCall(__func__, {opType, numInputs, inputDesc, numOutputs, outputDesc, attr}, op);
  return code == ACL_SUCCESS ? findOp(__func__, op, model) : code;
}
ACL_CATCH

aclError aclopSetMaxOpQueueNum(uint64_t maxOpNum) try {
  ACL_REQUIRE(maxOpNum != 0, ACL_ERROR_INVALID_PARAM, "at least one operator must be kept");
  opStore().limit(maxOpNum);
  return ACL_SUCCESS;
}
ACL_CATCH
