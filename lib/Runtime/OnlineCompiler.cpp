//===- OnlineCompiler.cpp - The compiler, loaded when it is needed --------===//

#include "openatc/Runtime/OnlineCompiler.h"

#include "openatc/Compiler/CompilerAbi.h"
#include "openatc/OfflineModel/Reader.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <filesystem>
#include <memory>
#include <mutex>

namespace openatc::rt {
namespace {

constexpr const char *kLibrary = "libopenatc_compiler.so";

/// The functions of the library. It is never unloaded: LLVM cannot be.
struct Compiler {
  decltype(&openatcCompilerAbiVersion) abiVersion = nullptr;
  decltype(&openatcCompile) compile = nullptr;
  decltype(&openatcResultModel) model = nullptr;
  decltype(&openatcResultErrorCount) errorCount = nullptr;
  decltype(&openatcResultErrorCode) errorCode = nullptr;
  decltype(&openatcResultErrorText) errorText = nullptr;
  decltype(&openatcFreeResult) freeResult = nullptr;
};

/// Folder of the file that this code was loaded from, behind all links.
std::filesystem::path ownFolder() {
  Dl_info info;
  if (!::dladdr(reinterpret_cast<const void *>(&ownFolder), &info) || !info.dli_fname)
    return ".";
  std::filesystem::path path = info.dli_fname;
  if (!path.has_parent_path()) // a program that was found in PATH
    path = "/proc/self/exe";
  std::error_code failure;
  std::filesystem::path real = std::filesystem::canonical(path, failure);
  return (failure ? path : real).parent_path();
}

void *open(std::string &why) {
  constexpr int mode = RTLD_NOW | RTLD_LOCAL;
  const char *given = std::getenv("OPENATC_COMPILER_LIBRARY");
  std::vector<std::string> paths;
  if (given && *given)
    paths = {given};
  else
    paths = {ownFolder() / kLibrary, ownFolder() / "../lib" / kLibrary,
             ownFolder() / "../lib64" / kLibrary, kLibrary};
  for (const std::string &path : paths) {
    if (void *library = ::dlopen(path.c_str(), mode))
      return library;
    const char *text = ::dlerror();
    why = text ? text : path;
  }
  return nullptr;
}

template <typename Function> bool find(void *library, const char *name, Function &function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

/// The library, or null with the reason. A failure is not remembered, so that an
/// application may set the variable and try again.
const Compiler *compiler(std::string &why) {
  static std::mutex mutex;
  static std::unique_ptr<Compiler> loaded;
  std::lock_guard guard(mutex);
  if (loaded)
    return loaded.get();
  void *library = open(why);
  if (!library)
    return nullptr;
  auto found = std::make_unique<Compiler>();
  bool complete = find(library, "openatcCompilerAbiVersion", found->abiVersion) &&
                  find(library, "openatcCompile", found->compile) &&
                  find(library, "openatcResultModel", found->model) &&
                  find(library, "openatcResultErrorCount", found->errorCount) &&
                  find(library, "openatcResultErrorCode", found->errorCode) &&
                  find(library, "openatcResultErrorText", found->errorText) &&
                  find(library, "openatcFreeResult", found->freeResult);
  if (!complete || found->abiVersion() != OPENATC_COMPILER_ABI_VERSION) {
    why = complete ? "it has another version of the interface" : "it is no OpenATC compiler";
    return nullptr;
  }
  loaded = std::move(found);
  return loaded.get();
}

} // namespace

CompileOutcome compileOnline(const CompileRequest &request) {
  CompileOutcome outcome;
  std::string why;
  const Compiler *found = compiler(why);
  if (!found) {
    outcome.failure = CompileOutcome::Failure::NoCompiler;
    outcome.message = std::string("compiling at run time needs ") + kLibrary +
                      ", which cannot be loaded (" + why +
                      "); install OpenATC's compiler beside this library or set "
                      "OPENATC_COMPILER_LIBRARY to its path";
    return outcome;
  }
  std::vector<const char *> options;
  for (const std::string &option : request.options)
    options.push_back(option.c_str());
  std::vector<openatcFile> files;
  for (const auto &[name, bytes] : request.files)
    files.push_back({name.c_str(), bytes.data(), bytes.size()});
  openatcCompileRequest abi;
  std::memset(&abi, 0, sizeof abi);
  abi.structSize = sizeof abi;
  abi.options = options.data();
  abi.optionCount = options.size();
  if (!request.singleOp.empty()) {
    abi.singleOp = request.singleOp.c_str();
  } else {
    abi.modelData = request.model.data();
    abi.modelSize = request.model.size();
    abi.modelName = request.modelName.c_str();
    abi.files = files.data();
    abi.fileCount = files.size();
  }
  openatcCompileResult *raw = nullptr;
  int32_t status = found->compile(&abi, &raw);
  std::unique_ptr<openatcCompileResult, decltype(found->freeResult)> result(raw, found->freeResult);
  outcome.failure = CompileOutcome::Failure::Refused;
  if (status == OPENATC_COMPILE_OK) {
    size_t size = 0;
    const auto *data = static_cast<const uint8_t *>(found->model(raw, &size));
    Expected<om::Model> model = om::readBytes({data, size});
    if (!model) {
      outcome.message = "the compiled model cannot be read: " + model.message();
      return outcome;
    }
    outcome.failure = CompileOutcome::Failure::None;
    outcome.model = std::move(*model);
    return outcome;
  }
  if (!raw) {
    outcome.message = status == OPENATC_COMPILE_OUT_OF_MEMORY ? "the compiler is out of memory"
                                                              : "the model has no bytes";
    return outcome;
  }
  outcome.code = found->errorCode(raw, 0);
  for (size_t i = 0; i < found->errorCount(raw); ++i) {
    outcome.message += outcome.message.empty() ? "" : " ";
    outcome.message += std::string(found->errorCode(raw, i)) + ": " + found->errorText(raw, i);
  }
  return outcome;
}

} // namespace openatc::rt
