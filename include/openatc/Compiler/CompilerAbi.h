/*===- CompilerAbi.h - The compiler as a shared library -------------------===

  The C interface of libopenatc_compiler.so, for programs that compile while they run
  and for other languages. Nothing of the compiler is visible through it, so that a
  program may load it beside any other LLVM or protobuf.

  Every structure begins with its size and every later version only appends to it, so a
  program works with any newer library. All functions may be called from several threads
  at once; a result belongs to one thread at a time.

===----------------------------------------------------------------------===*/
#ifndef OPENATC_COMPILER_COMPILERABI_H
#define OPENATC_COMPILER_COMPILERABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised when a program that knows only older versions would misunderstand the library. */
#define OPENATC_COMPILER_ABI_VERSION 1

#ifdef OPENATC_COMPILER_BUILD
#define OPENATC_COMPILER_EXPORT __attribute__((visibility("default")))
#else
#define OPENATC_COMPILER_EXPORT
#endif

/* Outcome of openatcCompile. */
enum {
  OPENATC_COMPILE_OK = 0,
  OPENATC_COMPILE_FAILED = 1,       /* the result holds the errors */
  OPENATC_COMPILE_BAD_REQUEST = 2,  /* the request itself is malformed; there is no result */
  OPENATC_COMPILE_OUT_OF_MEMORY = 3 /* there is no result */
};

/* Bytes under a name. */
typedef struct openatcFile {
  const char *name;
  const void *data;
  size_t size;
} openatcFile;

/* What to compile. Zero everything that is not used. */
typedef struct openatcCompileRequest {
  size_t structSize; /* sizeof(openatcCompileRequest) */

  /* The model: the path of an ONNX file, or its bytes. A model given as bytes has the
     name `modelName` (NULL: "model") and reads its external data, by location, from
     `files` alone. The bytes must stay until openatcCompile returns. */
  const char *modelPath;
  const void *modelData;
  size_t modelSize;
  const char *modelName;
  const openatcFile *files;
  size_t fileCount;

  /* Options as on the command line of atc, one word each: "--soc_version=Ascend310P3",
     "--input_shape=x:1,3,224,224". --model, --framework and --output are not needed. */
  const char *const *options;
  size_t optionCount;

  /* One CANN operator instead of a model, as a JSON object with the keys of a --singleop
     file: op, input_desc, output_desc, attr. */
  const char *singleOp;
} openatcCompileRequest;

/* What came out: a model and warnings, or errors. */
typedef struct openatcCompileResult openatcCompileResult;

/* OPENATC_COMPILER_ABI_VERSION of the library. */
OPENATC_COMPILER_EXPORT uint32_t openatcCompilerAbiVersion(void);

/* Version of the compiler, e.g. "OpenATC 0.1.0", as it stands in the models it makes. */
OPENATC_COMPILER_EXPORT const char *openatcCompilerVersion(void);

/* Compiles; takes from milliseconds for one operator to minutes for a large network, on
   all host threads unless --threads says otherwise. After OK and FAILED `*result` is an
   object to be freed with openatcFreeResult. */
OPENATC_COMPILER_EXPORT int32_t openatcCompile(const openatcCompileRequest *request,
                                               openatcCompileResult **result);

/* The bytes of the offline model (.om), which live as long as the result; NULL and 0 after
   a failure. */
OPENATC_COMPILER_EXPORT const void *openatcResultModel(const openatcCompileResult *result,
                                                       size_t *size);

/* Errors in the order found: their number, and the code ("E10016"), the sentence and the
   advice of one. An index out of range gives "". */
OPENATC_COMPILER_EXPORT size_t openatcResultErrorCount(const openatcCompileResult *result);
OPENATC_COMPILER_EXPORT const char *openatcResultErrorCode(const openatcCompileResult *result,
                                                           size_t index);
OPENATC_COMPILER_EXPORT const char *openatcResultErrorText(const openatcCompileResult *result,
                                                           size_t index);
OPENATC_COMPILER_EXPORT const char *openatcResultErrorSolution(const openatcCompileResult *result,
                                                               size_t index);

/* All errors as the block of text that atc prints; "" without any. */
OPENATC_COMPILER_EXPORT const char *openatcResultErrors(const openatcCompileResult *result);

/* Warnings, one line each. */
OPENATC_COMPILER_EXPORT size_t openatcResultWarningCount(const openatcCompileResult *result);
OPENATC_COMPILER_EXPORT const char *openatcResultWarning(const openatcCompileResult *result,
                                                         size_t index);

/* Releases the result and the model in it. NULL is allowed. */
OPENATC_COMPILER_EXPORT void openatcFreeResult(openatcCompileResult *result);

#ifdef __cplusplus
}
#endif

#endif /* OPENATC_COMPILER_COMPILERABI_H */
