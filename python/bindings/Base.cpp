//===- Base.cpp - Functions of acl itself ---------------------------------===//

#include "Namespaces.h"

#include "openatc/AscendCL/RunStatistics.h"

namespace openatc::python {

namespace {

aclError init(const Optional<const char *> &configPath) { return aclInit(configPath.value); }

void appLog(aclLogLevel level, const char *message) {
  aclAppLog(level, "python", "python", 0, "%s", message);
}

aclTensorDesc *createTensorDesc(aclDataType type, const std::vector<int64_t> &dims,
                                aclFormat format) {
  return aclCreateTensorDesc(type, int(dims.size()), dims.data(), format);
}

} // namespace

void bindBase(Scope &acl) {
  bind<init>(acl, "init", "config_path", "Starts the library; the configuration is a JSON file.");
  bind<aclFinalize>(acl, "finalize", "", "Releases everything that belongs to the process.");
  bind<aclrtGetVersion>(acl, "get_version", "", "Major, minor and patch version of the interface.");
  bind<aclrtGetSocName>(acl, "get_soc_name", "", "Name of the device's chip.");
  bind<openatcRunStatistics>(
      acl, "_run_statistics", "",
      "What the simulator measured of this thread's last execution, as JSON.");
  bind<aclGetRecentErrMsg>(acl, "get_recent_err_msg", "",
                           "Explains this thread's last failure; reading forgets it.");
  bind<appLog>(acl, "app_log", "level, message",
               "Writes a line to the log, which is standard error.");
  bind<aclDataTypeSize>(acl, "data_type_size", "data_type", "Bytes of one element.");
  bind<aclFloat16ToFloat>(acl, "float16_to_float", "value", "Value of a half, given by its bits.");
  bind<aclFloatToFloat16>(acl, "float_to_float16", "value",
                          "Bits of the half nearest to a number.");

  bind<aclCreateDataBuffer>(acl, "create_data_buffer", "ptr, size",
                            "An address and a size; owns no memory.");
  bind<aclDestroyDataBuffer>(acl, "destroy_data_buffer", "buffer",
                             "Ends the data buffer, not the memory it names.");
  bind<aclUpdateDataBuffer>(acl, "update_data_buffer", "buffer, ptr, size",
                            "Gives the data buffer another address and size.");
  bind<aclGetDataBufferAddr>(acl, "get_data_buffer_addr", "buffer", "Address in a data buffer.");
  bind<aclGetDataBufferSize>(acl, "get_data_buffer_size", "buffer", "Size in a data buffer.");
  bind<aclGetDataBufferSizeV2>(acl, "get_data_buffer_size_v2", "buffer", "Size in a data buffer.");

  bind<createTensorDesc>(acl, "create_tensor_desc", "data_type, dims, format",
                         "Describes a tensor; 0 if an argument is out of range.");
  bind<aclDestroyTensorDesc>(acl, "destroy_tensor_desc", "desc", "Ends a description.");
  bind<aclGetTensorDescType>(acl, "get_tensor_desc_type", "desc", "Data type.");
  bind<aclGetTensorDescFormat>(acl, "get_tensor_desc_format", "desc", "Format.");
  bind<aclGetTensorDescSize>(acl, "get_tensor_desc_size", "desc", "Bytes of the tensor.");
  bind<aclGetTensorDescElementCount>(acl, "get_tensor_desc_element_count", "desc",
                                     "Number of elements.");
  bind<aclGetTensorDescNumDims>(acl, "get_tensor_desc_num_dims", "desc", "Number of dimensions.");
  bind<aclGetTensorDescDim>(acl, "get_tensor_desc_dim", "desc, index",
                            "One dimension; -1 if there is none of that index.");
  bind<aclGetTensorDescDimV2>(acl, "get_tensor_desc_dim_v2", "desc, index", "One dimension.");
  bind<aclGetTensorDescName>(acl, "get_tensor_desc_name", "desc", "Name of the tensor.");
  bind<aclSetTensorDescName>(acl, "set_tensor_desc_name", "desc, name", "Names the tensor.");
}

} // namespace openatc::python
