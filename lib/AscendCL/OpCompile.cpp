//===- OpCompile.cpp - Single operators compiled at run time --------------===//

#include "Error.h"
#include "SingleOp.h"

#include "openatc/Runtime/OnlineCompiler.h"
#include "openatc/SingleOp/OpFile.h"

#include <cstring>

using namespace openatc;
using namespace openatc::acl;

namespace {

/// What aclSetCompileopt set.
struct CompileOptions {
  std::mutex mutex;
  std::map<int, std::string> values;
};

CompileOptions &compileOptions() {
  static CompileOptions *instance = new CompileOptions; // like state()
  return *instance;
}

/// The options that decide what is compiled, as the compiler takes them.
std::vector<std::string> optionWords(const std::string &soc) {
  std::vector<std::string> words = {"--soc_version=" + soc};
  CompileOptions &options = compileOptions();
  std::lock_guard guard(options.mutex);
  for (auto [option, name] : {std::pair(ACL_PRECISION_MODE, "--precision_mode="),
                              std::pair(ACL_PRECISION_MODE_V2, "--precision_mode_v2=")})
    if (auto at = options.values.find(option); at != options.values.end())
      words.push_back(name + at->second);
  return words;
}

/// The number is an option; an error is recorded otherwise.
bool isOption(const char *function, aclCompileOpt option) {
  if (int(option) >= ACL_PRECISION_MODE && int(option) <= ACL_OP_DEBUG_OPTION)
    return true;
  fail(ACL_ERROR_INVALID_PARAM, function,
       "there is no compile option " + std::to_string(int(option)));
  return false;
}

aclError checkCompile(const char *function, aclopEngineType engine, aclopCompileType type) {
  if (int(engine) < ACL_ENGINE_SYS || int(engine) > ACL_ENGINE_VECTOR)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "there is no engine type " + std::to_string(int(engine)));
  if (type == ACL_COMPILE_SYS)
    return ACL_SUCCESS;
  return fail(ACL_ERROR_API_NOT_SUPPORT, function,
              type == ACL_COMPILE_UNREGISTERED
                  ? "operators with an implementation of their own (ACL_COMPILE_UNREGISTERED) are "
                    "not supported"
                  : "there is no compile type " + std::to_string(int(type)));
}

aclError compileCall(const char *function, const OpCall &call, aclopEngineType engine,
                     aclopCompileType type, std::shared_ptr<OpModel> &model) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  om::OpDescription op;
  aclError code = checkCompile(function, engine, type);
  if (code == ACL_SUCCESS)
    code = describeCall(function, call, op);
  return code == ACL_SUCCESS ? findOrCompileOp(function, op, model) : code;
}

aclError compileAndRun(const char *function, const OpCall &call, const aclDataBuffer *const *inputs,
                       aclDataBuffer *const *outputs, aclopEngineType engine, aclopCompileType type,
                       aclrtStream stream, std::shared_ptr<OpModel> &model) {
  std::vector<OpMemory> in, out;
  aclError code = readBuffers(function, "input", call.numInputs, inputs, call.inputDesc, in);
  if (code == ACL_SUCCESS)
    code = readBuffers(function, "output", call.numOutputs, outputs, call.outputDesc, out);
  if (code == ACL_SUCCESS)
    code = compileCall(function, call, engine, type, model);
  return code == ACL_SUCCESS ? runOp(function, *model, in, out, stream) : code;
}

} // namespace

namespace openatc::acl {

aclError findOp(const char *function, const om::OpDescription &op,
                std::shared_ptr<OpModel> &model) {
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  model = opStore().find(op, context->device->soc().name, nullptr);
  return model ? ACL_SUCCESS
               : fail(ACL_ERROR_OP_NOT_FOUND, function,
                      "no loaded operator fits " + singleop::describe(op) + ": " +
                          opStore().explain(op));
}

aclError findOrCompileOp(const char *function, const om::OpDescription &op,
                         std::shared_ptr<OpModel> &model) {
  std::shared_ptr<Context> context = state().currentContext();
  if (!context)
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  std::string soc = context->device->soc().name, options;
  rt::CompileRequest request;
  request.options = optionWords(soc);
  for (const std::string &word : request.options)
    options += word + " ";
  model = opStore().find(op, soc, &options);
  if (model)
    return ACL_SUCCESS;
  request.singleOp = singleop::printOp(op);
  rt::CompileOutcome outcome = rt::compileOnline(request);
  std::string what = "operator " + singleop::describe(op) + " cannot be compiled: ";
  switch (outcome.failure) {
  case rt::CompileOutcome::Failure::None:
    break;
  case rt::CompileOutcome::Failure::NoCompiler:
    return fail(ACL_ERROR_FEATURE_UNSUPPORTED, function, what + outcome.message);
  case rt::CompileOutcome::Failure::Refused:
    return fail(outcome.code == "E10501" ? ACL_ERROR_OP_NOT_FOUND : ACL_ERROR_GE_FAILURE, function,
                what + outcome.message);
  }
  if (!outcome.model->singleOp)
    return fail(ACL_ERROR_GE_FAILURE, function, what + "the compiler made something else");
  model = opStore().add(std::move(*outcome.model), options);
  return ACL_SUCCESS;
}

} // namespace openatc::acl

aclError aclopCompile(const char *opType, int numInputs, const aclTensorDesc *const inputDesc[],
                      int numOutputs, const aclTensorDesc *const outputDesc[],
                      const aclopAttr *attr, aclopEngineType engineType,
                      aclopCompileType compileFlag, const char *) try {
  std::shared_ptr<OpModel> model;
  return compileCall(__func__, {opType, numInputs, inputDesc, numOutputs, outputDesc, attr},
                     engineType, compileFlag, model);
}
ACL_CATCH

aclError aclopCompileAndExecute(const char *opType, int numInputs,
                                const aclTensorDesc *const inputDesc[],
                                const aclDataBuffer *const inputs[], int numOutputs,
                                const aclTensorDesc *const outputDesc[],
                                aclDataBuffer *const outputs[], const aclopAttr *attr,
                                aclopEngineType engineType, aclopCompileType compileFlag,
                                const char *, aclrtStream stream) try {
  std::shared_ptr<OpModel> model;
  return compileAndRun(__func__, {opType, numInputs, inputDesc, numOutputs, outputDesc, attr},
                       inputs, outputs, engineType, compileFlag, stream, model);
}
ACL_CATCH

aclError aclopCompileAndExecuteV2(const char *opType, int numInputs, aclTensorDesc *inputDesc[],
                                  aclDataBuffer *inputs[], int numOutputs,
                                  aclTensorDesc *outputDesc[], aclDataBuffer *outputs[],
                                  aclopAttr *attr, aclopEngineType engineType,
                                  aclopCompileType compileFlag, const char *,
                                  aclrtStream stream) try {
  std::shared_ptr<OpModel> model;
  aclError code =
      compileAndRun(__func__, {opType, numInputs, inputDesc, numOutputs, outputDesc, attr}, inputs,
                    outputs, engineType, compileFlag, stream, model);
  if (code == ACL_SUCCESS)
    updateOutputs(*model, numOutputs, outputDesc);
  return code;
}
ACL_CATCH

aclError aclSetCompileopt(aclCompileOpt opt, const char *value) try {
  ACL_REQUIRE_POINTER(value);
  if (!isOption(__func__, opt))
    return ACL_ERROR_INVALID_PARAM;
  ACL_REQUIRE(opt != ACL_AUTO_TUNE_MODE, ACL_ERROR_FEATURE_UNSUPPORTED,
              "automatic tuning (ACL_AUTO_TUNE_MODE) is not supported");
  CompileOptions &options = compileOptions();
  std::lock_guard guard(options.mutex);
  options.values[int(opt)] = value;
  return ACL_SUCCESS;
}
ACL_CATCH

size_t aclGetCompileoptSize(aclCompileOpt opt) try {
  if (!isOption(__func__, opt))
    return 0;
  CompileOptions &options = compileOptions();
  std::lock_guard guard(options.mutex);
  auto at = options.values.find(int(opt));
  return at == options.values.end() ? 0 : at->second.size() + 1;
}
ACL_CATCH_AS(0)

aclError aclGetCompileopt(aclCompileOpt opt, char *value, size_t length) try {
  ACL_REQUIRE_POINTER(value);
  if (!isOption(__func__, opt))
    return ACL_ERROR_INVALID_PARAM;
  CompileOptions &options = compileOptions();
  std::lock_guard guard(options.mutex);
  auto at = options.values.find(int(opt));
  ACL_REQUIRE(at != options.values.end(), ACL_ERROR_FAILURE, "the option is not set");
  ACL_REQUIRE(length > at->second.size(), ACL_ERROR_FAILURE,
              "the value needs " + std::to_string(at->second.size() + 1) + " bytes, there are " +
                  std::to_string(length));
  std::memcpy(value, at->second.c_str(), at->second.size() + 1);
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclopSetCompileFlag(aclOpCompileFlag flag) try {
  ACL_REQUIRE(flag == ACL_OP_COMPILE_DEFAULT || flag == ACL_OP_COMPILE_FUZZ,
              ACL_ERROR_INVALID_PARAM, "there is no compile flag " + std::to_string(int(flag)));
  return ACL_SUCCESS;
}
ACL_CATCH
