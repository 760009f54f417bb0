//===- Callbacks.cpp - acl.rt: Python functions that the library calls ----===//

#include "Namespaces.h"

#include <memory>

namespace openatc::python {

namespace {

/// Calls a Python function. There is nobody to pass an exception to: it is printed.
void call(const nb::object &function, nb::handle argument) {
  if (!nb::steal(PyObject_CallFunctionObjArgs(function.ptr(), argument.ptr(), nullptr)))
    PyErr_WriteUnraisable(function.ptr());
}

struct Callback {
  nb::object function, argument;
};

void runCallback(void *data) {
  nb::gil_scoped_acquire held;
  std::unique_ptr<Callback> callback(static_cast<Callback *>(data));
  call(callback->function, callback->argument);
}

nb::object launchCallback(const nb::object &function, const nb::object &argument,
                          aclrtCallbackBlockType blockType, aclrtStream stream) {
  if (!PyCallable_Check(function.ptr()))
    throw BadArgument();
  auto callback = std::make_unique<Callback>(Callback{function, argument});
  aclError status;
  {
    nb::gil_scoped_release released;
    status = aclrtLaunchCallback(runCallback, callback.get(), blockType, stream);
  }
  if (status == ACL_SUCCESS)
    callback.release(); // runCallback owns it
  return nb::int_(status);
}

/// What acl.rt.set_exception_info_callback set; guarded by the interpreter's lock.
nb::object &exceptionCallback() {
  // Never destroyed: at exit the interpreter is gone before static objects are.
  static auto &instance = *new nb::object;
  return instance;
}

void runExceptionCallback(aclrtExceptionInfo *info) {
  nb::gil_scoped_acquire held;
  if (nb::object function = exceptionCallback(); function)
    call(function, Value<aclrtExceptionInfo *>::to(info));
}

nb::object setExceptionInfoCallback(const nb::object &function) {
  if (!function.is_none() && !PyCallable_Check(function.ptr()))
    throw BadArgument();
  aclError status =
      aclrtSetExceptionInfoCallback(function.is_none() ? nullptr : runExceptionCallback);
  if (status == ACL_SUCCESS)
    exceptionCallback() = function.is_none() ? nb::object() : function;
  return nb::int_(status);
}

} // namespace

void bindCallbacks(Scope &rt) {
  bind<aclrtSubscribeReport>(rt, "subscribe_report", "thread_id, stream",
                             "Makes a thread run the callbacks of a stream.");
  bind<aclrtUnSubscribeReport>(rt, "unsubscribe_report", "thread_id, stream",
                               "Ends a thread's work for a stream.");
  bind<aclrtProcessReport>(rt, "process_report", "timeout",
                           "Runs callbacks; waits for one for at most so many milliseconds.");
  bind<launchCallback>(rt, "launch_callback", "function, args, block_type, stream -> int",
                       "Queues function(args) in a stream.");
  bind<setExceptionInfoCallback>(rt, "set_exception_info_callback", "function -> int",
                                 "Calls function(info) when a task fails; None ends that.");
  bind<aclrtGetTaskIdFromExceptionInfo>(rt, "get_task_id_from_exception_info", "info",
                                        "The task that failed.");
  bind<aclrtGetStreamIdFromExceptionInfo>(rt, "get_stream_id_from_exception_info", "info",
                                          "The stream of the task that failed.");
  bind<aclrtGetThreadIdFromExceptionInfo>(rt, "get_thread_id_from_exception_info", "info",
                                          "The thread that queued the task that failed.");
  bind<aclrtGetDeviceIdFromExceptionInfo>(rt, "get_device_id_from_exception_info", "info",
                                          "The device of the task that failed.");
  bind<aclrtGetErrorCodeFromExceptionInfo>(rt, "get_error_code_from_exception_info", "info",
                                           "The code of the failure.");
}

} // namespace openatc::python
