//===- Operators.cpp - acl.op and acl.blas --------------------------------===//

#include "Namespaces.h"

#include "acl/acl_op_compiler.h"
#include "acl/ops/acl_cblas.h"

namespace openatc::python {

namespace {

using Descs = std::vector<aclTensorDesc *>;
using Buffers = std::vector<aclDataBuffer *>;

aclError executeV2(const char *type, Descs inputDescs, Buffers inputs, Descs outputDescs,
                   Buffers outputs, aclopAttr *attr, aclrtStream stream) {
  if (inputDescs.size() != inputs.size() || outputDescs.size() != outputs.size())
    throw BadArgument();
  return aclopExecuteV2(type, int(inputs.size()), inputDescs.data(), inputs.data(),
                        int(outputs.size()), outputDescs.data(), outputs.data(), attr, stream);
}

aclError execute(const char *type, Descs inputDescs, Buffers inputs, Descs outputDescs,
                 Buffers outputs, aclopAttr *attr, aclrtStream stream) {
  if (inputDescs.size() != inputs.size() || outputDescs.size() != outputs.size())
    throw BadArgument();
  return aclopExecute(type, int(inputs.size()), inputDescs.data(), inputs.data(),
                      int(outputs.size()), outputDescs.data(), outputs.data(), attr, stream);
}

nb::object createHandle(const char *type, Descs inputs, Descs outputs, aclopAttr *attr) {
  aclopHandle *handle = nullptr;
  aclError status = aclopCreateHandle(type, int(inputs.size()), inputs.data(), int(outputs.size()),
                                      outputs.data(), attr, &handle);
  return nb::make_tuple(Value<aclopHandle *>::to(handle), status);
}

aclError execWithHandle(aclopHandle *handle, Buffers inputs, Buffers outputs, aclrtStream stream) {
  return aclopExecWithHandle(handle, int(inputs.size()), inputs.data(), int(outputs.size()),
                             outputs.data(), stream);
}

aclError inferShape(const char *type, Descs inputDescs, Buffers inputs, Descs outputDescs,
                    aclopAttr *attr) {
  if (inputDescs.size() != inputs.size())
    throw BadArgument();
  return aclopInferShape(type, int(inputs.size()), inputDescs.data(), inputs.data(),
                         int(outputDescs.size()), outputDescs.data(), attr);
}

aclError updateParams(const char *type, Descs inputs, Descs outputs, aclopAttr *attr) {
  return aclopUpdateParams(type, int(inputs.size()), inputs.data(), int(outputs.size()),
                           outputs.data(), attr);
}

aclError compile(const char *type, Descs inputs, Descs outputs, aclopAttr *attr,
                 aclopEngineType engine, aclopCompileType flag, const char *path) {
  return aclopCompile(type, int(inputs.size()), inputs.data(), int(outputs.size()), outputs.data(),
                      attr, engine, flag, path);
}

aclError compileAndExecute(const char *type, Descs inputDescs, Buffers inputs, Descs outputDescs,
                           Buffers outputs, aclopAttr *attr, aclopEngineType engine,
                           aclopCompileType flag, const char *path, aclrtStream stream) {
  if (inputDescs.size() != inputs.size() || outputDescs.size() != outputs.size())
    throw BadArgument();
  return aclopCompileAndExecute(type, int(inputs.size()), inputDescs.data(), inputs.data(),
                                int(outputs.size()), outputDescs.data(), outputs.data(), attr,
                                engine, flag, path, stream);
}

aclError setAttrListBool(aclopAttr *attr, const char *name, std::vector<uint8_t> values) {
  return aclopSetAttrListBool(attr, name, int(values.size()), values.data());
}
aclError setAttrListInt(aclopAttr *attr, const char *name, std::vector<int64_t> values) {
  return aclopSetAttrListInt(attr, name, int(values.size()), values.data());
}
aclError setAttrListFloat(aclopAttr *attr, const char *name, std::vector<float> values) {
  return aclopSetAttrListFloat(attr, name, int(values.size()), values.data());
}
aclError setAttrListString(aclopAttr *attr, const char *name, std::vector<const char *> values) {
  return aclopSetAttrListString(attr, name, int(values.size()), values.data());
}
aclError setAttrListDataType(aclopAttr *attr, const char *name, std::vector<aclDataType> values) {
  return aclopSetAttrListDataType(attr, name, int(values.size()), values.data());
}
aclError setAttrListListInt(aclopAttr *attr, const char *name,
                            const std::vector<std::vector<int64_t>> &values) {
  std::vector<int> counts;
  std::vector<const int64_t *> lists;
  for (const std::vector<int64_t> &list : values) {
    counts.push_back(int(list.size()));
    lists.push_back(list.data());
  }
  return aclopSetAttrListListInt(attr, name, int(lists.size()), counts.data(), lists.data());
}

nb::object getCompileopt(aclCompileOpt option) {
  std::string value(aclGetCompileoptSize(option), '\0');
  aclError status = aclGetCompileopt(option, value.data(), value.size());
  return nb::make_tuple(toText(value.c_str()), status);
}

void bindAttributes(Scope &op) {
  bind<aclopCreateAttr>(op, "create_attr", "", "Makes an empty set of attributes.");
  bind<aclopDestroyAttr>(op, "destroy_attr", "attr", "Ends a set of attributes.");
  bind<aclopSetAttrBool>(op, "set_attr_bool", "attr, name, value", "Sets a truth value.");
  bind<aclopSetAttrInt>(op, "set_attr_int", "attr, name, value", "Sets an integer.");
  bind<aclopSetAttrFloat>(op, "set_attr_float", "attr, name, value", "Sets a number.");
  bind<aclopSetAttrString>(op, "set_attr_string", "attr, name, value", "Sets a text.");
  bind<aclopSetAttrDataType>(op, "set_attr_data_type", "attr, name, value", "Sets a data type.");
  bind<setAttrListBool>(op, "set_attr_list_bool", "attr, name, values", "Sets truth values.");
  bind<setAttrListInt>(op, "set_attr_list_int", "attr, name, values", "Sets integers.");
  bind<setAttrListFloat>(op, "set_attr_list_float", "attr, name, values", "Sets numbers.");
  bind<setAttrListString>(op, "set_attr_list_string", "attr, name, values", "Sets texts.");
  bind<setAttrListDataType>(op, "set_attr_list_data_type", "attr, name, values",
                            "Sets data types.");
  bind<setAttrListListInt>(op, "set_attr_list_list_int", "attr, name, values",
                           "Sets lists of integers.");
}

} // namespace

void bindOperators(Scope &op) {
  bindAttributes(op);
  bind<aclopSetModelDir>(op, "set_model_dir", "path", "Loads every single operator of a folder.");
  bind<aclopLoad>(op, "load", "ptr, size", "Loads a single operator from memory.");
  bind<execute>(op, "execute", "op_type, input_descs, inputs, output_descs, outputs, attr, stream",
                "Runs a loaded operator of fixed shapes.");
  bind<executeV2>(op, "execute_v2",
                  "op_type, input_descs, inputs, output_descs, outputs, attr, stream",
                  "Runs a loaded operator and completes the descriptions of its outputs.");
  bind<createHandle>(op, "create_handle",
                     "op_type, input_descs, output_descs, attr -> tuple[int, int]",
                     "Binds a loaded operator of fixed shapes.");
  bind<aclopDestroyHandle>(op, "destroy_handle", "handle", "Ends a bound operator.");
  bind<execWithHandle>(op, "execute_with_handle", "handle, inputs, outputs, stream",
                       "Runs a bound operator.");
  bind<aclopCast>(op, "cast", "src_desc, src_buffer, dst_desc, dst_buffer, truncate, stream",
                  "Converts element types.");
  bind<aclopCreateHandleForCast>(op, "create_handle_for_cast", "src_desc, dst_desc, truncate",
                                 "Binds a conversion of element types.");
  bind<inferShape>(op, "infer_shape", "op_type, input_descs, inputs, output_descs, attr",
                   "Fills in the descriptions of an operator's outputs.");
  bind<updateParams>(op, "update_params", "op_type, input_descs, output_descs, attr",
                     "Prepares an operator for these shapes.");
  bind<compile>(op, "compile",
                "op_type, input_descs, output_descs, attr, engine_type, compile_flag, op_path",
                "Compiles an operator.");
  bind<compileAndExecute>(op, "compile_and_execute",
                          "op_type, input_descs, inputs, output_descs, outputs, attr, engine_type, "
                          "compile_flag, op_path, stream",
                          "Compiles an operator, once, and runs it.");
  bind<aclopSetMaxOpQueueNum>(op, "set_max_op_queue_num", "count",
                              "Number of operators that are kept ready.");
  bind<aclSetCompileopt>(op, "set_compileopt", "option, value", "Sets an option of compilations.");
  bind<getCompileopt>(op, "get_compileopt", "option -> tuple[str, int]",
                      "Value of an option of compilations.");
  bind<aclGetCompileoptSize>(op, "get_compileopt_size", "option", "Bytes of an option's value.");
  bind<aclopSetCompileFlag>(op, "set_compile_flag", "flag", "Accepted without effect.");
}

void bindProducts(Scope &blas) {
  bind<aclblasGemmEx>(blas, "gemm_ex",
                      "trans_a, trans_b, trans_c, m, n, k, alpha, matrix_a, lda, type_a, matrix_b, "
                      "ldb, type_b, beta, matrix_c, ldc, type_c, compute_type, stream",
                      "C = alpha A B + beta C.");
  bind<aclblasGemvEx>(blas, "gemv_ex",
                      "trans_a, m, n, alpha, a, lda, type_a, x, incx, type_x, beta, y, incy, "
                      "type_y, compute_type, stream",
                      "y = alpha A x + beta y.");
  bind<addresses<aclblasHgemm>>(blas, "hgemm",
                                "trans_a, trans_b, trans_c, m, n, k, alpha, matrix_a, lda, "
                                "matrix_b, ldb, beta, matrix_c, ldc, compute_type, stream",
                                "C = alpha A B + beta C of halves.");
  bind<addresses<aclblasHgemv>>(blas, "hgemv",
                                "trans_a, m, n, alpha, a, lda, x, incx, beta, y, incy, "
                                "compute_type, stream",
                                "y = alpha A x + beta y of halves.");
  bind<addresses<aclblasS8gemm>>(blas, "s8gemm",
                                 "trans_a, trans_b, trans_c, m, n, k, alpha, matrix_a, lda, "
                                 "matrix_b, ldb, beta, matrix_c, ldc, compute_type, stream",
                                 "C = alpha A B + beta C of bytes, with sums of 32 bits.");
  bind<addresses<aclblasS8gemv>>(blas, "s8gemv",
                                 "trans_a, m, n, alpha, a, lda, x, incx, beta, y, incy, "
                                 "compute_type, stream",
                                 "y = alpha A x + beta y of bytes, with sums of 32 bits.");
  bind<aclblasCreateHandleForGemmEx>(
      blas, "create_handle_for_gemm_ex",
      "trans_a, trans_b, trans_c, m, n, k, type_a, type_b, type_c, compute_type",
      "Binds a product of matrices.");
  bind<aclblasCreateHandleForGemvEx>(blas, "create_handle_for_gemv_ex",
                                     "trans_a, m, n, type_a, type_x, type_y, compute_type",
                                     "Binds a product of a matrix and a vector.");
  bind<aclblasCreateHandleForHgemm>(blas, "create_handle_for_hgemm",
                                    "trans_a, trans_b, trans_c, m, n, k, compute_type",
                                    "Binds a product of matrices of halves.");
  bind<aclblasCreateHandleForHgemv>(blas, "create_handle_for_hgemv", "trans_a, m, n, compute_type",
                                    "Binds a product of a matrix and a vector of halves.");
  bind<aclblasCreateHandleForS8gemm>(blas, "create_handle_for_s8gemm",
                                     "trans_a, trans_b, trans_c, m, n, k, compute_type",
                                     "Binds a product of matrices of bytes.");
  bind<aclblasCreateHandleForS8gemv>(blas, "create_handle_for_s8gemv",
                                     "trans_a, m, n, compute_type",
                                     "Binds a product of a matrix and a vector of bytes.");
}

} // namespace openatc::python
