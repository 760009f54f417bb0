//===- ModelConfig.cpp - acl.mdl: loading and running with options --------===//

#include "Namespaces.h"

#include <map>

namespace openatc::python {

namespace {

/// Texts that a handle points to, by handle: the library takes the pointer.
std::map<void *, std::vector<nb::object>> &keptTexts() {
  // Never destroyed: at exit the interpreter is gone before static objects are.
  static auto &instance = *new std::map<void *, std::vector<nb::object>>;
  return instance;
}

aclError setConfigOpt(aclmdlConfigHandle *handle, aclmdlConfigAttr attr, const nb::object &value) {
  if (attr == ACL_MDL_PRIORITY_INT32) {
    int32_t number = Value<int32_t>::from(value);
    return aclmdlSetConfigOpt(handle, attr, &number, sizeof number);
  }
  if (nb::isinstance<nb::str>(value)) {
    const char *path = text(value);
    aclError status = aclmdlSetConfigOpt(handle, attr, &path, sizeof path);
    if (status == ACL_SUCCESS)
      keptTexts()[handle].push_back(value);
    return status;
  }
  // Sizes and addresses are 64 bits alike.
  uint64_t number = Value<uint64_t>::from(value);
  return aclmdlSetConfigOpt(handle, attr, &number, sizeof number);
}

nb::object setConfig(aclmdlConfigHandle *handle, aclmdlConfigAttr attr, const nb::object &value) {
  return nb::int_(setConfigOpt(handle, attr, value));
}

nb::object destroyConfigHandle(aclmdlConfigHandle *handle) {
  aclError status = aclmdlDestroyConfigHandle(handle);
  if (status == ACL_SUCCESS)
    keptTexts().erase(handle);
  return nb::int_(status);
}

aclError setExecConfigOpt(aclmdlExecConfigHandle *handle, aclmdlExecConfigAttr attr,
                          uint64_t value) {
  if (attr == ACL_MDL_STREAM_SYNC_TIMEOUT || attr == ACL_MDL_EVENT_SYNC_TIMEOUT) {
    auto milliseconds = int32_t(value);
    return aclmdlSetExecConfigOpt(handle, attr, &milliseconds, sizeof milliseconds);
  }
  return aclmdlSetExecConfigOpt(handle, attr, &value, sizeof value);
}

nb::object createAndGetOpDesc(uint32_t device, uint32_t stream, uint32_t task,
                              const Optional<size_t> &nameBytes) {
  std::string name(nameBytes.value ? nameBytes.value : 256, '\0');
  aclTensorDesc *inputs = nullptr, *outputs = nullptr;
  size_t inputCount = 0, outputCount = 0;
  aclError status = aclmdlCreateAndGetOpDesc(device, stream, task, name.data(), name.size(),
                                             &inputs, &inputCount, &outputs, &outputCount);
  return nb::make_tuple(toText(name.c_str()), Value<aclTensorDesc *>::to(inputs), inputCount,
                        Value<aclTensorDesc *>::to(outputs), outputCount, status);
}

} // namespace

void bindModelConfig(Scope &mdl) {
  bind<aclmdlCreateConfigHandle>(mdl, "create_config_handle", "", "Makes a set of load options.");
  bind<setConfig>(mdl, "set_config_opt", "handle, attr, value -> int",
                  "Sets a load option: a number, an address or a path.");
  bind<aclmdlLoadWithConfig>(mdl, "load_with_config", "handle", "Loads a model as options say.");
  bind<destroyConfigHandle>(mdl, "destroy_config_handle", "handle -> int",
                            "Ends a set of load options.");
  bind<aclmdlCreateExecConfigHandle>(mdl, "create_exec_config_handle", "",
                                     "Makes a set of execution options.");
  bind<setExecConfigOpt>(mdl, "set_exec_config_opt", "handle, attr, value",
                         "Sets an execution option.");
  bind<aclmdlDestroyExecConfigHandle>(mdl, "destroy_exec_config_handle", "handle",
                                      "Ends a set of execution options.");
  bind<aclmdlExecuteV2>(mdl, "execute_v2", "model_id, input, output, stream, handle",
                        "Runs a model with options.");
  bind<aclmdlExecuteAsyncV2>(mdl, "execute_async_v2", "model_id, input, output, stream, handle",
                             "Runs a model in a stream with options.");
  bind<aclmdlBundleLoadFromFile>(mdl, "bundle_load_from_file", "path",
                                 "Loads a package of models.");
  bind<aclmdlBundleLoadFromMem>(mdl, "bundle_load_from_mem", "ptr, size",
                                "Loads a package of models from memory.");
  bind<aclmdlBundleGetModelNum>(mdl, "bundle_get_model_num", "bundle_id",
                                "Number of models in a package.");
  bind<aclmdlBundleGetModelId>(mdl, "bundle_get_model_id", "bundle_id, index",
                               "One model of a package.");
  bind<aclmdlBundleUnload>(mdl, "bundle_unload", "bundle_id", "Unloads a package.");
  bind<aclmdlGetInputDimsRange>(mdl, "get_input_dims_range", "desc, index",
                                "Least and largest extents of an input.");
  bind<aclmdlInitDump>(mdl, "init_dump", "", "Allows dumps, before models are loaded.");
  bind<aclmdlSetDump>(mdl, "set_dump", "path", "Says in a JSON file what is dumped.");
  bind<aclmdlFinalizeDump>(mdl, "finalize_dump", "", "Ends dumps.");
  bind<aclmdlGetOpAttr>(mdl, "get_op_attr", "desc, op_name, attr", "Attribute of an operator.");
  bind<createAndGetOpDesc>(
      mdl, "create_and_get_op_desc",
      "device_id, stream_id, task_id, op_name_len -> tuple[str, int, int, int, "
      "int, int]",
      "Name, inputs, their number, outputs and their number of the operator of a "
      "failed task.");
}

} // namespace openatc::python
