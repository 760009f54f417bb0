//===- CompilerAbi.cpp - The compiler as a shared library -----------------===//
#include "openatc/Compiler/CompilerAbi.h"

#include "openatc/Codegen/Tasks.h"
#include "openatc/Compiler/CommandLine.h"
#include "openatc/Compiler/Compiler.h"
#include "openatc/Compiler/SingleOps.h"
#include "openatc/OfflineModel/Writer.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

using namespace openatc;
using namespace openatc::compiler;

struct openatcCompileResult {
  std::vector<uint8_t> model;
  Messages messages;
  std::string block; ///< all errors, formatted
};

namespace {

/// The request with all fields of this version: those that its caller does not know are zero.
bool readRequest(const openatcCompileRequest *given, openatcCompileRequest &request) {
  if (!given || given->structSize < offsetof(openatcCompileRequest, optionCount) + sizeof(size_t))
    return false;
  std::memset(&request, 0, sizeof request);
  std::memcpy(&request, given, std::min(given->structSize, sizeof request));
  bool bytes = request.modelData && request.modelSize;
  if (bool(request.modelPath) + bytes + bool(request.singleOp) != 1 ||
      (request.fileCount && !request.files) || (request.optionCount && !request.options))
    return false;
  for (size_t i = 0; i < request.fileCount; ++i)
    if (!request.files[i].name || (request.files[i].size && !request.files[i].data))
      return false;
  return std::none_of(request.options, request.options + request.optionCount,
                      [](const char *option) { return option == nullptr; });
}

std::span<const uint8_t> bytesOf(const void *data, size_t size) {
  return {static_cast<const uint8_t *>(data), size};
}

void compileRequest(const openatcCompileRequest &request, openatcCompileResult &result) {
  Messages &messages = result.messages;
  const char *name = request.modelPath   ? request.modelPath
                     : request.modelName ? request.modelName
                                         : "model";
  std::vector<std::string> words = {"--output=model"};
  if (request.singleOp) {
    words.push_back("--singleop=op");
  } else {
    words.push_back(std::string("--model=") + name);
    words.push_back("--framework=5");
  }
  words.insert(words.end(), request.options, request.options + request.optionCount);
  CommandLine line = parseCommandLine(words);
  messages = std::move(line.messages);
  if (!line.syntaxError.empty())
    messages.error({"E10001", line.syntaxError, {}, "", "Correct the option."});
  if (messages.failed())
    return;
  auto wanted = request.singleOp ? CommandLine::Action::SingleOps : CommandLine::Action::Compile;
  if (line.action != wanted || line.options.compileTo)
    return messages.error({"E10055",
                           "The options ask for something else than compiling a model.",
                           {},
                           "",
                           "Leave out --mode, --help and --compile_to."});
  if (!request.modelPath && !request.singleOp)
    line.options.modelBytes = bytesOf(request.modelData, request.modelSize);
  for (size_t i = 0; i < request.fileCount; ++i)
    line.options.files[request.files[i].name] =
        bytesOf(request.files[i].data, request.files[i].size);
  CompileResult compiled = request.singleOp ? compileOp(request.singleOp, line.options, messages)
                                            : compile(line.options, messages);
  messages.warnings.insert(messages.warnings.end(), compiled.notes.begin(), compiled.notes.end());
  if (messages.failed() || !compiled.model)
    return;
  Expected<std::vector<uint8_t>> bytes = om::writeBytes(*compiled.model);
  if (bytes)
    result.model = std::move(*bytes);
  else
    messages.error(
        {"E13004", "The offline model cannot be written: " + bytes.message(), {}, "", ""});
}

} // namespace

uint32_t openatcCompilerAbiVersion(void) { return OPENATC_COMPILER_ABI_VERSION; }

const char *openatcCompilerVersion(void) { return codegen::kCompilerVersion; }

int32_t openatcCompile(const openatcCompileRequest *request, openatcCompileResult **result) {
  openatcCompileRequest full;
  if (!result)
    return OPENATC_COMPILE_BAD_REQUEST;
  *result = nullptr;
  if (!readRequest(request, full))
    return OPENATC_COMPILE_BAD_REQUEST;
  try {
    auto out = std::make_unique<openatcCompileResult>();
    compileRequest(full, *out);
    out->block = format(out->messages.errors);
    *result = out.release();
  } catch (const std::exception &) { // only memory runs out
    return OPENATC_COMPILE_OUT_OF_MEMORY;
  }
  return (*result)->messages.failed() ? OPENATC_COMPILE_FAILED : OPENATC_COMPILE_OK;
}

const void *openatcResultModel(const openatcCompileResult *result, size_t *size) {
  bool there = result && !result->model.empty();
  if (size)
    *size = there ? result->model.size() : 0;
  return there ? result->model.data() : nullptr;
}

size_t openatcResultErrorCount(const openatcCompileResult *result) {
  return result ? result->messages.errors.size() : 0;
}

const char *openatcResultErrorCode(const openatcCompileResult *result, size_t index) {
  return index < openatcResultErrorCount(result) ? result->messages.errors[index].code.c_str() : "";
}

const char *openatcResultErrorText(const openatcCompileResult *result, size_t index) {
  return index < openatcResultErrorCount(result) ? result->messages.errors[index].text.c_str() : "";
}

const char *openatcResultErrorSolution(const openatcCompileResult *result, size_t index) {
  return index < openatcResultErrorCount(result) ? result->messages.errors[index].solution.c_str()
                                                 : "";
}

const char *openatcResultErrors(const openatcCompileResult *result) {
  return result ? result->block.c_str() : "";
}

size_t openatcResultWarningCount(const openatcCompileResult *result) {
  return result ? result->messages.warnings.size() : 0;
}

const char *openatcResultWarning(const openatcCompileResult *result, size_t index) {
  return index < openatcResultWarningCount(result) ? result->messages.warnings[index].c_str() : "";
}

void openatcFreeResult(openatcCompileResult *result) { delete result; }
