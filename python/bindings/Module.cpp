//===- Module.cpp - The module acl ----------------------------------------===//

#include "Namespaces.h"

using namespace openatc::python;

NB_MODULE(acl, module) {
  module.doc() =
      "AscendCL on a simulated NPU.\n\n"
      "Handles, addresses and enums are integers with their C values. Results come first, the "
      "status (0 is success) last;\nget_recent_err_msg() explains the last failure.";
  Scope root{module, "acl"};
  bindBase(root);
  auto add = [&](const char *name, const char *documentation, void (*fill)(Scope &)) {
    Scope scope{module.def_submodule(name, documentation), "acl." + std::string(name)};
    fill(scope);
  };
  add("rt", "Devices, contexts, streams, events and memory.", bindRuntime);
  add("mdl", "Offline models.", bindModels);
  add("op", "Single operators.", bindOperators);
  add("blas", "Products of matrices.", bindProducts);
  add("media", "Pictures: JPEG files, resizing, cropping, pasting.", bindMedia);
  add("prof", "Profiling.", bindProfiling);
  add("util", "Addresses of Python data, and threads.", bindUtilities);
}
