//===- ErrorText.cpp - The layout of error texts --------------------------===//

#include "ErrorText.h"

#include "acl/acl_base.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iterator>

#include <unistd.h>

namespace openatc::acl {

namespace {

/// What CANN's tables say of a class of errors; an empty cause or solution has no line.
struct Kind {
  const char *id, *title, *cause, *solution;
};

constexpr Kind kArgument = {"EH0001", "Invalid_Argument", "", ""};
constexpr Kind kNull = {"EH0002", "Invalid_Argument_Null_Pointer", "",
                        "Try again with a correct pointer argument."};
constexpr Kind kPath = {"EH0003", "File_Operation_Error_Invalid_Path",
                        "The path is relative to another working directory, or the file cannot be "
                        "read.",
                        "Check the path and the permissions of the file."};
constexpr Kind kFile = {"EH0004", "File_Operation_Error", "",
                        "Check the content of the file named above."};
constexpr Kind kUnsupported = {"EH0006", "Not_Supported", "",
                               "See docs/generated/acl-functions.md for what the simulated devices "
                               "offer."};
constexpr Kind kRuntimeArgument = {"EE1001", "Invalid_Argument", "",
                                   "1. Check the input parameter range of the function. 2. Check "
                                   "the function invocation relationship."};
constexpr Kind kTimeout = {"EE1002", "Execution_Error_Stream_Synchronize_Timeout",
                           "The simulated work takes longer than the limit, or waits for a "
                           "callback that no thread runs.",
                           "Give a longer limit, and run aclrtProcessReport in the subscribed "
                           "thread."};
constexpr Kind kContext = {"EE1010", "Execution_Error_Invalid_Context",
                           "The thread did not choose a context, chose that of another device, or "
                           "its context was destroyed.",
                           "Call aclrtSetDevice, or aclrtSetCurrentContext with the context that "
                           "the object was made in."};
constexpr Kind kHostMemory = {"EH0010", "Resource_Error_Insufficient_Host_Memory",
                              "The host is out of memory.",
                              "Stop other processes or use smaller models."};
constexpr Kind kResource = {"EE1023", "Resource_Error",
                            "Memory, streams or models that are no longer needed are still held.",
                            "Release them: aclrtFree, aclmdlUnload, aclrtDestroyStream."};
constexpr Kind kSequence = {"EE1018", "Invalid_Argument_API_Call_Sequence", "",
                            "Call aclInit once before and aclFinalize once after all other "
                            "functions."};
constexpr Kind kCallbacks = {"EE1018", "Invalid_Argument_API_Call_Sequence", "",
                             "Call aclrtSubscribeReport for thread and stream before "
                             "aclrtLaunchCallback and aclrtProcessReport."};
constexpr Kind kEnvironment = {"EE2002", "Config_Error_Invalid_Environment_Variable", "",
                               "Set the variable to one of the values named above, or unset it."};
constexpr Kind kModelDevice = {"EE1009", "Execution_Error_Model",
                               "The model is for another chip than the device, which takes the "
                               "chip of the first model that is loaded.",
                               "Compile all models of a device for one --soc_version."};
constexpr Kind kExecution = {
    "EZ2001", "Execution_Error",
    "Input values are outside of what the operator named above takes, for "
    "example an index out of range, or the model is damaged.",
    "Check the inputs of the run; compare the layers with \"om compare\"."};
constexpr Kind kInner = {"EE9999", "Inner_Error", "", ""};

struct Entry {
  int code;
  Kind kind;
};

/// Codes whose kind does not follow from their range; ascending.
constexpr Entry kEntries[] = {
    {100001, kSequence},   {100002, kSequence},    {100003, kPath},        {100004, kPath},
    {100005, kFile},       {100006, kFile},        {100007, kFile},        {100008, kFile},
    {100009, kFile},       {100010, kFile},        {100034, kCallbacks},   {100035, kCallbacks},
    {100036, kTimeout},    {100037, kSequence},    {107002, kContext},     {107003, kContext},
    {107004, kContext},    {107011, kCallbacks},   {107012, kCallbacks},   {107015, kCallbacks},
    {107019, kTimeout},    {107020, kTimeout},     {145002, kPath},        {145006, kFile},
    {200000, kHostMemory}, {200001, kUnsupported}, {200006, kUnsupported}, {207000, kUnsupported},
    {207001, kResource},   {207005, kResource},    {207008, kResource},    {207018, kResource},
    {245000, kResource},   {507008, kModelDevice}, {507012, kTimeout},     {507033, kEnvironment},
    {507046, kTimeout},    {507047, kTimeout},
};

const Kind &kindOf(int code, bool isNull) {
  if (isNull)
    return kNull;
  const Entry *at = std::lower_bound(std::begin(kEntries), std::end(kEntries), code,
                                     [](const Entry &entry, int c) { return entry.code < c; });
  if (at != std::end(kEntries) && at->code == code)
    return at->kind;
  if (code / 1000 == 107)
    return kRuntimeArgument;
  if (code < 200000)
    return kArgument;
  return code / 1000 == 507 ? kExecution : kInner;
}

std::string now() {
  using namespace std::chrono;
  auto time = system_clock::now().time_since_epoch();
  std::time_t whole = duration_cast<seconds>(time).count();
  long micros = long(duration_cast<microseconds>(time).count() % 1000000);
  std::tm parts{};
  ::localtime_r(&whole, &parts);
  char date[40], text[64];
  std::strftime(date, sizeof date, "%Y-%m-%d-%H:%M:%S", &parts);
  std::snprintf(text, sizeof text, "%s.%03ld.%03ld", date, micros / 1000, micros % 1000);
  return text;
}

} // namespace

std::string errorBlock(int code, const std::string &line, bool isNull) {
  const Kind &kind = kindOf(code, isNull);
  std::string out = "[PID: " + std::to_string(::getpid()) + "] " + now() + " " + kind.title + "(" +
                    kind.id + "): " + line + "\n";
  for (const auto &[label, text] :
       {std::pair("Possible Cause: ", kind.cause), std::pair("Solution: ", kind.solution)})
    if (*text)
      out += std::string("        ") + label + text + "\n";
  return out;
}

} // namespace openatc::acl
