//===- Blas.cpp - Products of matrices ------------------------------------===//

#include "Error.h"
#include "SingleOp.h"

#include "acl/ops/acl_cblas.h"

#include "openatc/SingleOp/Codes.h"
#include "openatc/SingleOp/OpFile.h"

using namespace openatc;
using namespace openatc::acl;

namespace {

/// A product as the interface gives it.
struct Product {
  aclTransType transA, transB, transC;
  int m, n, k;
  aclDataType a, b, c;
  aclComputeType type;
};

/// Checks the arguments and describes the operator GEMM.
aclError describe(const char *function, const Product &p, om::OpDescription &op) {
  auto invalid = [&](const std::string &why) {
    return fail(ACL_ERROR_INVALID_PARAM, function, why);
  };
  if (p.m <= 0 || p.n <= 0 || p.k <= 0)
    return invalid("m, n and k must be positive; they are " + std::to_string(p.m) + ", " +
                   std::to_string(p.n) + " and " + std::to_string(p.k));
  for (aclTransType trans : {p.transA, p.transB, p.transC})
    if (int(trans) < ACL_TRANS_N || int(trans) > ACL_TRANS_NZ_T)
      return invalid("there is no transposition type " + std::to_string(int(trans)));
  if (p.transA == ACL_TRANS_NZ_T || p.transB == ACL_TRANS_NZ_T)
    return invalid("transA and transB must be ACL_TRANS_N or ACL_TRANS_T");
  if (p.transC == ACL_TRANS_T || p.transC == ACL_TRANS_NZ_T)
    return invalid("transC must be ACL_TRANS_N");
  if (p.transA == ACL_TRANS_NZ || p.transB == ACL_TRANS_NZ || p.transC == ACL_TRANS_NZ)
    return fail(ACL_ERROR_FORMAT_NOT_MATCH, function,
                "matrices in FRACTAL_NZ (ACL_TRANS_NZ) are not supported; pass them row by row");
  if (p.type != ACL_COMPUTE_HIGH_PRECISION)
    return invalid("the compute type must be ACL_COMPUTE_HIGH_PRECISION");
  bool half = p.a == ACL_FLOAT16 && p.b == ACL_FLOAT16 && (p.c == ACL_FLOAT16 || p.c == ACL_FLOAT);
  bool integer = p.a == ACL_INT8 && p.b == ACL_INT8 && (p.c == ACL_INT32 || p.c == ACL_FLOAT);
  if (!half && !integer)
    return fail(ACL_ERROR_UNSUPPORTED_DATA_TYPE, function,
                "the element types " + std::to_string(int(p.a)) + ", " + std::to_string(int(p.b)) +
                    " and " + std::to_string(int(p.c)) +
                    " are not supported together; A and B may be float16 with C float16 or float, "
                    "or int8 with C int32 or float");
  auto tensor = [](aclDataType type, host::Shape shape) {
    return om::OpTensor{singleop::dtypeOfCode(type), "ND", std::move(shape), std::nullopt};
  };
  bool flipA = p.transA == ACL_TRANS_T, flipB = p.transB == ACL_TRANS_T;
  om::OpTensor c = tensor(p.c, {p.m, p.n}), scalar = tensor(p.c, {});
  op.type = "GEMM";
  op.inputs = {tensor(p.a, flipA ? host::Shape{p.k, p.m} : host::Shape{p.m, p.k}),
               tensor(p.b, flipB ? host::Shape{p.n, p.k} : host::Shape{p.k, p.n}), c, scalar,
               scalar};
  op.outputs = {c};
  op.attributes = {singleop::boolAttribute("transpose_a", flipA),
                   singleop::boolAttribute("transpose_b", flipB)};
  return ACL_SUCCESS;
}

aclError multiply(const char *function, const Product &p, const void *alpha, const void *a,
                  const void *b, const void *beta, void *c, bool dense, aclrtStream stream) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  for (auto [pointer, name] :
       {std::pair(alpha, "alpha"), std::pair(a, "A"), std::pair(b, "B"), std::pair(beta, "beta"),
        std::pair<const void *, const char *>(c, "C")})
    if (!pointer)
      return fail(ACL_ERROR_INVALID_PARAM, function, std::string(name) + " is NULL");
  if (!dense)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "leading dimensions and increments must be -1: matrices are dense");
  om::OpDescription op;
  std::shared_ptr<OpModel> model;
  aclError code = describe(function, p, op);
  if (code == ACL_SUCCESS)
    code = findOrCompileOp(function, op, model);
  if (code != ACL_SUCCESS)
    return code;
  auto bytes = [&](size_t i) {
    Expected<uint64_t> size =
        om::storageBytes(op.inputs[i].dtype, om::Layout::ND, op.inputs[i].shape);
    return size ? size_t(*size) : 0;
  };
  std::vector<OpMemory> inputs = {{const_cast<void *>(a), bytes(0)},
                                  {const_cast<void *>(b), bytes(1)},
                                  {c, bytes(2)},
                                  {const_cast<void *>(alpha), bytes(3)},
                                  {const_cast<void *>(beta), bytes(4)}};
  return runOp(function, *model, inputs, {{c, bytes(2)}}, stream);
}

aclError makeHandle(const char *function, const Product &p, aclopHandle **handle) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  if (!handle)
    return fail(ACL_ERROR_INVALID_PARAM, function, "the argument 'handle' is NULL");
  auto made = std::make_shared<OpHandle>();
  aclError code = describe(function, p, made->call);
  if (code == ACL_SUCCESS)
    code = findOrCompileOp(function, made->call, made->model);
  if (code == ACL_SUCCESS)
    *handle = opStore().handles.add<aclopHandle>(std::move(made));
  return code;
}

} // namespace

aclError aclblasGemmEx(aclTransType transA, aclTransType transB, aclTransType transC, int m, int n,
                       int k, const void *alpha, const void *matrixA, int lda,
                       aclDataType dataTypeA, const void *matrixB, int ldb, aclDataType dataTypeB,
                       const void *beta, void *matrixC, int ldc, aclDataType dataTypeC,
                       aclComputeType type, aclrtStream stream) try {
  return multiply(__func__,
                  {transA, transB, transC, m, n, k, dataTypeA, dataTypeB, dataTypeC, type}, alpha,
                  matrixA, matrixB, beta, matrixC, lda == -1 && ldb == -1 && ldc == -1, stream);
}
ACL_CATCH

aclError aclblasCreateHandleForGemmEx(aclTransType transA, aclTransType transB, aclTransType transC,
                                      int m, int n, int k, aclDataType dataTypeA,
                                      aclDataType dataTypeB, aclDataType dataTypeC,
                                      aclComputeType type, aclopHandle **handle) try {
  return makeHandle(
      __func__, {transA, transB, transC, m, n, k, dataTypeA, dataTypeB, dataTypeC, type}, handle);
}
ACL_CATCH

aclError aclblasHgemm(aclTransType transA, aclTransType transB, aclTransType transC, int m, int n,
                      int k, const aclFloat16 *alpha, const aclFloat16 *matrixA, int lda,
                      const aclFloat16 *matrixB, int ldb, const aclFloat16 *beta,
                      aclFloat16 *matrixC, int ldc, aclComputeType type, aclrtStream stream) try {
  return aclblasGemmEx(transA, transB, transC, m, n, k, alpha, matrixA, lda, ACL_FLOAT16, matrixB,
                       ldb, ACL_FLOAT16, beta, matrixC, ldc, ACL_FLOAT16, type, stream);
}
ACL_CATCH

aclError aclblasCreateHandleForHgemm(aclTransType transA, aclTransType transB, aclTransType transC,
                                     int m, int n, int k, aclComputeType type,
                                     aclopHandle **handle) try {
  return aclblasCreateHandleForGemmEx(transA, transB, transC, m, n, k, ACL_FLOAT16, ACL_FLOAT16,
                                      ACL_FLOAT16, type, handle);
}
ACL_CATCH

aclError aclblasS8gemm(aclTransType transA, aclTransType transB, aclTransType transC, int m, int n,
                       int k, const int32_t *alpha, const int8_t *matrixA, int lda,
                       const int8_t *matrixB, int ldb, const int32_t *beta, int32_t *matrixC,
                       int ldc, aclComputeType type, aclrtStream stream) try {
  return aclblasGemmEx(transA, transB, transC, m, n, k, alpha, matrixA, lda, ACL_INT8, matrixB, ldb,
                       ACL_INT8, beta, matrixC, ldc, ACL_INT32, type, stream);
}
ACL_CATCH

aclError aclblasCreateHandleForS8gemm(aclTransType transA, aclTransType transB, aclTransType transC,
                                      int m, int n, int k, aclComputeType type,
                                      aclopHandle **handle) try {
  return aclblasCreateHandleForGemmEx(transA, transB, transC, m, n, k, ACL_INT8, ACL_INT8,
                                      ACL_INT32, type, handle);
}
ACL_CATCH

// A product with a vector is one with a matrix of a single column.

aclError aclblasGemvEx(aclTransType transA, int m, int n, const void *alpha, const void *a, int lda,
                       aclDataType dataTypeA, const void *x, int incx, aclDataType dataTypeX,
                       const void *beta, void *y, int incy, aclDataType dataTypeY,
                       aclComputeType type, aclrtStream stream) try {
  return aclblasGemmEx(transA, ACL_TRANS_N, ACL_TRANS_N, m, 1, n, alpha, a, lda, dataTypeA, x, incx,
                       dataTypeX, beta, y, incy, dataTypeY, type, stream);
}
ACL_CATCH

aclError aclblasCreateHandleForGemvEx(aclTransType transA, int m, int n, aclDataType dataTypeA,
                                      aclDataType dataTypeX, aclDataType dataTypeY,
                                      aclComputeType type, aclopHandle **handle) try {
  return aclblasCreateHandleForGemmEx(transA, ACL_TRANS_N, ACL_TRANS_N, m, 1, n, dataTypeA,
                                      dataTypeX, dataTypeY, type, handle);
}
ACL_CATCH

aclError aclblasHgemv(aclTransType transA, int m, int n, const aclFloat16 *alpha,
                      const aclFloat16 *a, int lda, const aclFloat16 *x, int incx,
                      const aclFloat16 *beta, aclFloat16 *y, int incy, aclComputeType type,
                      aclrtStream stream) try {
  return aclblasGemvEx(transA, m, n, alpha, a, lda, ACL_FLOAT16, x, incx, ACL_FLOAT16, beta, y,
                       incy, ACL_FLOAT16, type, stream);
}
ACL_CATCH

aclError aclblasCreateHandleForHgemv(aclTransType transA, int m, int n, aclComputeType type,
                                     aclopHandle **handle) try {
  return aclblasCreateHandleForGemvEx(transA, m, n, ACL_FLOAT16, ACL_FLOAT16, ACL_FLOAT16, type,
                                      handle);
}
ACL_CATCH

aclError aclblasS8gemv(aclTransType transA, int m, int n, const int32_t *alpha, const int8_t *a,
                       int lda, const int8_t *x, int incx, const int32_t *beta, int32_t *y,
                       int incy, aclComputeType type, aclrtStream stream) try {
  return aclblasGemvEx(transA, m, n, alpha, a, lda, ACL_INT8, x, incx, ACL_INT8, beta, y, incy,
                       ACL_INT32, type, stream);
}
ACL_CATCH

aclError aclblasCreateHandleForS8gemv(aclTransType transA, int m, int n, aclComputeType type,
                                      aclopHandle **handle) try {
  return aclblasCreateHandleForGemvEx(transA, m, n, ACL_INT8, ACL_INT8, ACL_INT32, type, handle);
}
ACL_CATCH
