//===- SystemOptions.cpp - Options and limits of process and context ------===//

#include "Error.h"
#include "State.h"

using namespace openatc;
using namespace openatc::acl;

namespace {

/// Options of the process; results never depend on them, because they are always
/// deterministic and no kernel is for debugging.
struct Options {
  std::mutex mutex;
  std::map<int, int64_t> values; ///< aclrtSetSysParamOpt
  std::array<aclrtFloatOverflowMode, kMaxDevices> overflowModes{};
};

Options &options() {
  static auto *instance = new Options;
  return *instance;
}

aclError checkOption(const char *function, aclSysParamOpt opt) {
  if (opt >= ACL_OPT_DETERMINISTIC && opt <= ACL_OPT_STRONG_CONSISTENCY)
    return ACL_SUCCESS;
  return fail(ACL_ERROR_INVALID_PARAM, function,
              "the argument 'opt' is " + std::to_string(int(opt)) + ", which is no aclSysParamOpt");
}

aclError setOption(const char *function, std::mutex &mutex, std::map<int, int64_t> &values,
                   aclSysParamOpt opt, int64_t value) {
  if (aclError code = checkOption(function, opt); code != ACL_SUCCESS)
    return code;
  if (value != 0 && value != 1)
    return fail(ACL_ERROR_INVALID_PARAM, function,
                "the argument 'value' is " + std::to_string(value) + "; it is 0 (off) or 1 (on)");
  std::lock_guard guard(mutex);
  values[opt] = value;
  return ACL_SUCCESS;
}

aclError getOption(const char *function, std::mutex &mutex, const std::map<int, int64_t> &values,
                   aclSysParamOpt opt, int64_t *value) {
  if (!value)
    return failNull(function, "value");
  if (aclError code = checkOption(function, opt); code != ACL_SUCCESS)
    return code;
  std::lock_guard guard(mutex);
  auto at = values.find(opt);
  if (at == values.end())
    return fail(ACL_ERROR_RT_SYSPARAMOPT_NOT_SET, function,
                "option " + std::to_string(int(opt)) + " was not set");
  *value = at->second;
  return ACL_SUCCESS;
}

/// Simulated tasks always end, so that a limit only has to be a good one.
aclError checkLimit(const char *function) {
  if (!state().initialized())
    return fail(ACL_ERROR_UNINITIALIZE, function, "aclInit has not been called");
  if (!state().currentContext())
    return fail(ACL_ERROR_RT_CONTEXT_NULL, function, "the thread has no current context");
  return ACL_SUCCESS;
}

} // namespace

aclError aclrtSetSysParamOpt(aclSysParamOpt opt, int64_t value) try {
  return setOption(__func__, options().mutex, options().values, opt, value);
}
ACL_CATCH

aclError aclrtGetSysParamOpt(aclSysParamOpt opt, int64_t *value) try {
  return getOption(__func__, options().mutex, options().values, opt, value);
}
ACL_CATCH

aclError aclrtCtxSetSysParamOpt(aclSysParamOpt opt, int64_t value) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_CONTEXT(context);
  return setOption(__func__, context->mutex, context->options, opt, value);
}
ACL_CATCH

aclError aclrtCtxGetSysParamOpt(aclSysParamOpt opt, int64_t *value) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_CONTEXT(context);
  return getOption(__func__, context->mutex, context->options, opt, value);
}
ACL_CATCH

aclError aclrtSetOpWaitTimeout(uint32_t) try { return checkLimit(__func__); }
ACL_CATCH

aclError aclrtSetOpExecuteTimeOut(uint32_t) try { return checkLimit(__func__); }
ACL_CATCH

aclError aclrtSetOpExecuteTimeOutWithMs(uint32_t) try { return checkLimit(__func__); }
ACL_CATCH

aclError aclrtSetDeviceSatMode(aclrtFloatOverflowMode mode) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE(mode == ACL_RT_OVERFLOW_MODE_SATURATION || mode == ACL_RT_OVERFLOW_MODE_INFNAN,
              ACL_ERROR_INVALID_PARAM,
              "the argument 'mode' is " + std::to_string(int(mode)) +
                  "; it is ACL_RT_OVERFLOW_MODE_SATURATION (0) or ACL_RT_OVERFLOW_MODE_INFNAN (1)");
  ACL_REQUIRE_CONTEXT(context);
  std::lock_guard guard(options().mutex);
  options().overflowModes[size_t(context->deviceId)] = mode;
  return ACL_SUCCESS;
}
ACL_CATCH

aclError aclrtGetDeviceSatMode(aclrtFloatOverflowMode *mode) try {
  ACL_REQUIRE_INIT();
  ACL_REQUIRE_POINTER(mode);
  ACL_REQUIRE_CONTEXT(context);
  std::lock_guard guard(options().mutex);
  *mode = options().overflowModes[size_t(context->deviceId)];
  return ACL_SUCCESS;
}
ACL_CATCH
