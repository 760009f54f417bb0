//===- Base.cpp - Functions of acl itself ---------------------------------===//

#include "Namespaces.h"

#include "openatc/AscendCL/RunStatistics.h"

namespace openatc::python {

namespace {

aclError init(const Optional<const char *> &configPath) { return aclInit(configPath.value); }

void appLog(aclLogLevel level, const char *message) {
  aclAppLog(level, "python", "python", 0, "%s", message);
}

nb::object getCannAttributeList() {
  const aclCannAttr *attributes = nullptr;
  size_t count = 0;
  aclError status = aclGetCannAttributeList(&attributes, &count);
  return nb::make_tuple(Value<std::vector<aclCannAttr>>::to({attributes, attributes + count}),
                        status);
}

nb::object getCannVersion(aclCANNPackageName package) {
  aclCANNPackageVersion version{};
  aclError status = aclsysGetCANNVersion(package, &version);
  nb::dict out;
  out["version"] = toText(version.version);
  out["majorVersion"] = toText(version.majorVersion);
  out["minorVersion"] = toText(version.minorVersion);
  out["releaseVersion"] = toText(version.releaseVersion);
  out["patchVersion"] = toText(version.patchVersion);
  return nb::make_tuple(out, status);
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

  bind<getCannAttributeList>(acl, "get_cann_attribute_list", "-> tuple[list[int], int]",
                             "Features that can be asked for.");
  bind<aclGetCannAttribute>(acl, "get_cann_attribute", "attr", "1: the chip has the feature.");
  bind<aclGetDeviceCapability>(acl, "get_device_capability", "device_id, info",
                               "Number of cores or size of the L2 cache.");
  bind<getCannVersion>(acl, "get_cann_version", "package -> tuple[dict, int]",
                       "Version of the release whose interface this is.");
  bindDescriptions(acl);
}

} // namespace openatc::python
