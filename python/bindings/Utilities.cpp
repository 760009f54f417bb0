//===- Utilities.cpp - acl.util -------------------------------------------===//

#include "Namespaces.h"

#include <map>
#include <mutex>

namespace openatc::python {

namespace {

/// PyBUF_WRITE, which is part of the stable ABI only since Python 3.11.
constexpr int kWritable = 0x200;

/// NumPy's type numbers, which pyACL passes through.
const std::map<int, const char *> &typeNumbers() {
  static const std::map<int, const char *> names = {
      {0, "bool"},    {1, "int8"},     {2, "uint8"},    {3, "int16"},   {4, "uint16"},
      {5, "int32"},   {6, "uint32"},   {7, "int64"},    {8, "uint64"},  {9, "int64"},
      {10, "uint64"}, {11, "float32"}, {12, "float64"}, {23, "float16"}};
  return names;
}

/// Python reads only host memory; a device address would end the process.
void requireHostMemory(uintptr_t address, size_t bytes) {
  constexpr unsigned kAddressBits = 47;
  if (address >> kAddressBits)
    throw nb::value_error("the address is device memory; copy it to the host with acl.rt.memcpy");
  if (!address && bytes)
    throw nb::value_error("the address is 0");
}

uintptr_t addressOf(nb::handle array) {
  if (!nb::hasattr(array, "__array_interface__"))
    throw BadArgument();
  return nb::cast<uintptr_t>(array.attr("__array_interface__")["data"][0]);
}

nb::object numpyToPtr(const nb::object &array) { return nb::int_(addressOf(array)); }

nb::object numpyContiguousToPtr(const nb::object &array) {
  addressOf(array);
  nb::object whole = nb::module_::import_("numpy").attr("ascontiguousarray")(array);
  return nb::make_tuple(addressOf(whole), whole);
}

nb::object ptrToNumpy(uintptr_t address, const std::vector<size_t> &shape, int typeNumber) {
  auto name = typeNumbers().find(typeNumber);
  if (name == typeNumbers().end())
    throw BadArgument();
  nb::module_ numpy = nb::module_::import_("numpy");
  nb::object type = numpy.attr("dtype")(name->second);
  size_t bytes = nb::cast<size_t>(type.attr("itemsize"));
  for (size_t dim : shape)
    if (__builtin_mul_overflow(bytes, dim, &bytes) || bytes > PTRDIFF_MAX)
      throw BadArgument();
  requireHostMemory(address, bytes);
  nb::tuple dims(Value<std::vector<size_t>>::to(shape));
  if (!bytes)
    return numpy.attr("zeros")(dims, type);
  nb::object memory = nb::steal(
      PyMemoryView_FromMemory(reinterpret_cast<char *>(address), Py_ssize_t(bytes), kWritable));
  return numpy.attr("ndarray")(dims, type, memory);
}

nb::object bytesToPtr(const nb::object &bytes) {
  if (!nb::isinstance<nb::bytes>(bytes))
    throw BadArgument();
  return nb::int_(reinterpret_cast<uintptr_t>(nb::borrow<nb::bytes>(bytes).data()));
}

nb::object ptrToBytes(uintptr_t address, size_t size) {
  requireHostMemory(address, size);
  if (size > PTRDIFF_MAX)
    throw BadArgument();
  return nb::bytes(reinterpret_cast<const void *>(address), size);
}

/// Threads of start_thread that stop_thread has not seen.
std::map<uint64_t, nb::object> &threads() {
  // Never destroyed: at exit the interpreter is gone before static objects are.
  static auto &instance = *new std::map<uint64_t, nb::object>;
  return instance;
}

/// Runs function(args) in a thread; its identifier is the one that subscribe_report takes.
nb::object startThread(const nb::object &function, const nb::object &arguments) {
  if (!PyCallable_Check(function.ptr()))
    throw BadArgument();
  nb::object thread =
      nb::module_::import_("threading")
          .attr("Thread")(nb::arg("target") = function, nb::arg("args") = nb::make_tuple(arguments),
                          nb::arg("daemon") = true);
  thread.attr("start")();
  uint64_t identifier = nb::cast<uint64_t>(thread.attr("ident"));
  threads().insert_or_assign(identifier, thread);
  return nb::make_tuple(identifier, ACL_SUCCESS);
}

nb::object stopThread(uint64_t identifier) {
  auto node = threads().extract(identifier);
  if (!node)
    return nb::int_(ACL_ERROR_INVALID_PARAM);
  node.mapped().attr("join")();
  return nb::int_(ACL_SUCCESS);
}

} // namespace

void bindUtilities(Scope &util) {
  bind<numpyToPtr>(util, "numpy_to_ptr", "array -> int",
                   "Address of an array's data; the array must be contiguous and stay alive.");
  bind<numpyContiguousToPtr>(util, "numpy_contiguous_to_ptr", "array -> tuple[int, object]",
                             "Address of an array's data and the array, copied if it had gaps.");
  bind<ptrToNumpy>(util, "ptr_to_numpy", "ptr, shape, npy_type -> object",
                   "An array over host memory, without a copy; types have NumPy's numbers.");
  bind<bytesToPtr>(util, "bytes_to_ptr", "data -> int",
                   "Address of a bytes object, which must stay alive.");
  bind<ptrToBytes>(util, "ptr_to_bytes", "ptr, size -> bytes", "A copy of host memory.");
  bind<startThread>(util, "start_thread", "function, args -> tuple[int, int]",
                    "Runs function(args) in a thread.");
  bind<stopThread>(util, "stop_thread", "thread_id -> int",
                   "Waits for the end of a thread of start_thread.");
}

} // namespace openatc::python
