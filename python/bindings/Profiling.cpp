//===- Profiling.cpp - acl.prof -------------------------------------------===//

#include "Namespaces.h"

#include "acl/acl_prof.h"

#include <cstring>

namespace openatc::python {

namespace {

aclError init(const char *path) { return aclprofInit(path, std::strlen(path)); }

aclprofConfig *createConfig(std::vector<uint32_t> devices, aclprofAicoreMetrics metrics,
                            const aclprofAicoreEvents *events, uint64_t types) {
  return aclprofCreateConfig(devices.data(), uint32_t(devices.size()), metrics, events, types);
}

aclError setConfig(aclprofConfigType type, const char *value) {
  return aclprofSetConfig(type, value, std::strlen(value));
}

/// Records go to the writing end of a pipe.
aclprofSubscribeConfig *createSubscribeConfig(int8_t times, aclprofAicoreMetrics metrics,
                                              int32_t fd) {
  return aclprofCreateSubscribeConfig(times, metrics, &fd);
}

nb::object getOpType(const void *records, size_t bytes, uint32_t index, size_t length) {
  std::string type(std::min<size_t>(length, ACL_PROF_MAX_OP_TYPE_LEN) + 1, '\0');
  aclError status = aclprofGetOpType(records, bytes, index, type.data(), type.size() - 1);
  return nb::make_tuple(toText(type.c_str()), status);
}

nb::object getOpName(const void *records, size_t bytes, uint32_t index, size_t length) {
  std::string name(std::min<size_t>(length, ACL_PROF_MAX_OP_NAME_LEN) + 1, '\0');
  aclError status = aclprofGetOpName(records, bytes, index, name.data(), name.size() - 1);
  return nb::make_tuple(toText(name.c_str()), status);
}

aclError setStampTraceMessage(void *stamp, const char *message) {
  return aclprofSetStampTraceMessage(stamp, message, uint32_t(std::strlen(message)));
}

} // namespace

void bindProfiling(Scope &prof) {
  bind<init>(prof, "init", "path", "Starts profiling into a folder.");
  bind<aclprofFinalize>(prof, "finalize", "", "Ends profiling.");
  bind<createConfig>(prof, "create_config",
                     "device_list, aicore_metrics, aicore_events, data_types",
                     "Says what is recorded; 0 if an argument is out of range.");
  bind<aclprofDestroyConfig>(prof, "destroy_config", "config", "Ends a configuration.");
  bind<setConfig>(prof, "set_config", "config_type, value", "Sets an option of profiling.");
  bind<aclprofStart>(prof, "start", "config", "Begins to record.");
  bind<aclprofStop>(prof, "stop", "config", "Ends recording.");

  bind<createSubscribeConfig>(prof, "create_subscribe_config", "time_info_switch, metrics, fd",
                              "Says what a subscription writes to a pipe.");
  bind<aclprofDestroySubscribeConfig>(prof, "destroy_subscribe_config", "config",
                                      "Ends such a configuration.");
  bind<aclprofModelSubscribe>(prof, "model_subscribe", "model_id, config",
                              "Writes a record of each operator of a model.");
  bind<aclprofModelUnSubscribe>(prof, "model_un_subscribe", "model_id", "Ends that.");
  bind<aclprofGetOpDescSize>(prof, "get_op_desc_size", "", "Bytes of one record.");
  bind<aclprofGetOpNum>(prof, "get_op_num", "records, size", "Number of records.");
  bind<aclprofGetOpTypeLen>(prof, "get_op_type_len", "records, size, index",
                            "Bytes of an operator's type.");
  bind<getOpType>(prof, "get_op_type", "records, size, index, length -> tuple[str, int]",
                  "Type of an operator.");
  bind<aclprofGetOpNameLen>(prof, "get_op_name_len", "records, size, index",
                            "Bytes of an operator's name.");
  bind<getOpName>(prof, "get_op_name", "records, size, index, length -> tuple[str, int]",
                  "Name of an operator.");
  bind<aclprofGetOpStart>(prof, "get_op_start", "records, size, index", "Begin in nanoseconds.");
  bind<aclprofGetOpEnd>(prof, "get_op_end", "records, size, index", "End in nanoseconds.");
  bind<aclprofGetOpDuration>(prof, "get_op_duration", "records, size, index",
                             "Duration in nanoseconds.");
  bind<aclprofGetModelId>(prof, "get_model_id", "records, size, index", "Model of the operator.");

  bind<aclprofCreateStamp>(prof, "create_stamp", "", "Makes a mark of the program.");
  bind<aclprofDestroyStamp>(prof, "destroy_stamp", "stamp", "Ends a mark.");
  bind<setStampTraceMessage>(prof, "set_stamp_trace_message", "stamp, message", "Names a mark.");
  bind<aclprofMark>(prof, "mark", "stamp", "Puts a mark on the time line.");
  bind<aclprofPush>(prof, "push", "stamp", "Begins a range of this thread.");
  bind<aclprofPop>(prof, "pop", "", "Ends the thread's last range.");
  bind<aclprofRangeStart>(prof, "range_start", "stamp", "Begins a range.");
  bind<aclprofRangeStop>(prof, "range_stop", "range_id", "Ends a range.");
}

} // namespace openatc::python
