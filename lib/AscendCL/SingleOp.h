//===- SingleOp.h - Operators by their descriptions -----------------------===//
#ifndef OPENATC_LIB_ASCENDCL_SINGLEOP_H
#define OPENATC_LIB_ASCENDCL_SINGLEOP_H

#include "State.h"

#include "acl/acl_op_compiler.h"

namespace openatc::acl {

/// Content of an aclopAttr: replaced as a whole when an attribute is set.
struct OpAttributes {
  std::mutex mutex;
  std::map<std::string, om::OpAttribute> byName;
};

/// A compiled operator. Its memory on a device is taken at the first run there.
struct OpModel {
  om::OpDescription op;
  om::Model model;
  std::string compiledWith; ///< options, when it was compiled in this process
  uint64_t lastUse = 0;     ///< guarded by the store

  /// The operator on a device; an error is recorded for `function`.
  aclError load(const char *function, const std::shared_ptr<rt::Device> &device,
                std::shared_ptr<rt::LoadedModel> &result);
  /// Gives the memory on a device back; null means on all.
  void unload(const rt::Device *device);

private:
  std::mutex mutex;
  std::map<const rt::Device *, std::shared_ptr<rt::LoadedModel>> loaded;
};

/// Content of an aclopHandle.
struct OpHandle {
  om::OpDescription call; ///< as the application described it
  std::shared_ptr<OpModel> model;
};

/// All operators of the process.
class OpStore {
public:
  /// Adds an operator, or returns an equal one that is there.
  std::shared_ptr<OpModel> add(om::Model model, std::string compiledWith);
  /// The operator for a call on a chip, where open dimensions of outputs fit any; null when
  /// there is none. One that was compiled here must be so with `options`, unless these are
  /// null.
  std::shared_ptr<OpModel> find(const om::OpDescription &call, const std::string &soc,
                                const std::string *options);
  /// Why `find` fails: what the operators of the type have else.
  std::string explain(const om::OpDescription &call);
  /// Keeps at most this many operators that were compiled here.
  void limit(uint64_t count);
  /// Gives the memory on a device back.
  void unload(const rt::Device *device);
  /// Gives all device memory back and forgets what is loaded and compiled.
  void clear();

  Registry<OpAttributes> attributes;
  Registry<OpHandle> handles;

private:
  void evict();

  std::mutex mutex;
  std::vector<std::shared_ptr<OpModel>> models;
  uint64_t clock = 0, most = 1024;
};

OpStore &opStore();

/// What an application says about a call.
struct OpCall {
  const char *opType;
  int numInputs;
  const aclTensorDesc *const *inputDesc;
  int numOutputs;
  const aclTensorDesc *const *outputDesc;
  const aclopAttr *attr;
};

/// Reads descriptions and attributes; errors are recorded.
aclError describeCall(const char *function, const OpCall &call, om::OpDescription &op);

/// A tensor as operators are matched by; errors are recorded.
aclError describeTensor(const char *function, const std::string &what, const aclTensorDesc *desc,
                        om::OpTensor &out);

/// A loaded operator for the call; ACL_ERROR_OP_NOT_FOUND with the nearest ones otherwise.
aclError findOp(const char *function, const om::OpDescription &op, std::shared_ptr<OpModel> &model);

/// The same, or one compiled now for the thread's device.
aclError findOrCompileOp(const char *function, const om::OpDescription &op,
                         std::shared_ptr<OpModel> &model);

/// Memory of one operand.
struct OpMemory {
  void *data = nullptr;
  size_t size = 0;
  bool onHost = false; ///< its description says so
};

/// Reads data buffers; `descs` (may be null) say which are host memory.
aclError readBuffers(const char *function, const char *what, int count,
                     const aclDataBuffer *const *buffers, const aclTensorDesc *const *descs,
                     std::vector<OpMemory> &out);

/// Queues the operator. Outputs may overlap inputs.
aclError runOp(const char *function, OpModel &model, const std::vector<OpMemory> &inputs,
               const std::vector<OpMemory> &outputs, aclrtStream stream);

/// Fills open dimensions of output descriptions from the operator.
void updateOutputs(const OpModel &model, int numOutputs, aclTensorDesc *const *outputDesc);

} // namespace openatc::acl

#endif // OPENATC_LIB_ASCENDCL_SINGLEOP_H
