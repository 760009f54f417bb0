//===- Reference.cpp - A network computed node by node on the host --------===//
//
// Works on the IR as it is imported: no pass of the compiler has touched it, and since
// all values are known when an operation runs, so are all shapes.
//
//===----------------------------------------------------------------------===//

#include "Reference.h"

#include "Ascend/AscendDialect.h"
#include "Ascend/HostBridge.h"
#include "openatc/Importer/Importer.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"

namespace openatc::tool {

using namespace mlir;

namespace {

std::string nodeName(Operation *op) {
  std::string name = op->getName().stripDialect().str();
  op->getLoc()->walk([&](Location part) {
    if (auto named = dyn_cast<NameLoc>(part))
      name = named.getName().str();
    return WalkResult::advance();
  });
  return name;
}

class Interpreter {
public:
  Interpreter(const std::set<std::string> &wanted, Reference &result)
      : wanted(wanted), result(result) {}

  void define(Value value, HostTensor tensor) {
    values[value] = std::make_shared<HostTensor>(std::move(tensor));
  }

  Status run(func::FuncOp main) {
    for (Operation &op : main.getBody().front()) {
      if (auto ret = dyn_cast<func::ReturnOp>(op)) {
        for (Value value : ret.getOperands()) {
          Expected<std::shared_ptr<HostTensor>> tensor = lookUp(value);
          if (!tensor)
            return tensor.status();
          result.outputs.push_back(**tensor);
        }
        return Status::success();
      }
      if (op.hasTrait<OpTrait::ConstantLike>())
        continue; // read where it is used
      if (Status status = compute(&op); !status.ok())
        return Status::error("node '" + nodeName(&op) +
                             "' cannot be computed on the host: " + status.message());
      release(&op);
    }
    return Status::error("the function does not return");
  }

private:
  Expected<std::shared_ptr<HostTensor>> lookUp(Value value) {
    if (auto at = values.find(value); at != values.end())
      return at->second;
    std::optional<ascend::ConstantData> data = ascend::getConstantData(value);
    if (!data)
      return Status::error("an operand has no value");
    auto tensor = std::make_shared<HostTensor>();
    tensor->dtype = data->view.dtype;
    tensor->shape = data->view.shape;
    Expected<int64_t> count = host::numElements(tensor->shape);
    if (!count)
      return count.status();
    const auto *bytes = static_cast<const uint8_t *>(data->view.data);
    tensor->bytes.assign(bytes, bytes + *count * sizeOf(tensor->dtype));
    return tensor;
  }

  Status compute(Operation *op) {
    std::vector<std::shared_ptr<HostTensor>> alive;
    std::vector<host::TensorView> views;
    std::vector<host::InferOperand> types;
    for (Value operand : ascend::hostOperands(op)) {
      if (!operand) {
        views.emplace_back();
        types.emplace_back();
        continue;
      }
      Expected<std::shared_ptr<HostTensor>> tensor = lookUp(operand);
      if (!tensor)
        return tensor.status();
      const HostTensor &t = **tensor;
      const void *data = t.bytes.empty() ? static_cast<const void *>("") : t.bytes.data();
      views.push_back({t.dtype, t.shape, data});
      types.push_back({{t.dtype, t.shape}, data});
      alive.push_back(std::move(*tensor));
    }
    host::Attributes attributes = ascend::toHostAttributes(op);
    std::string name = ascend::hostOpName(op).str();
    std::vector<host::TensorType> inferred;
    OPENATC_TRY(host::inferTypes(name, attributes, types, inferred));
    if (inferred.size() != op->getNumResults())
      return Status::error("the number of results differs");
    std::vector<HostTensor> tensors(inferred.size());
    std::vector<host::MutableTensorView> results;
    for (size_t i = 0; i < inferred.size(); ++i) {
      if (!inferred[i].shape)
        return Status::error("the shape of a result is unknown");
      Expected<int64_t> count = host::numElements(*inferred[i].shape);
      if (!count)
        return count.status();
      tensors[i] = {inferred[i].dtype, *inferred[i].shape, {}};
      tensors[i].bytes.resize(std::max<size_t>(*count * sizeOf(inferred[i].dtype), 1));
      results.push_back({tensors[i].dtype, tensors[i].shape, tensors[i].bytes.data()});
    }
    OPENATC_TRY(host::compute(name, attributes, views, results));
    keep(op, tensors);
    return Status::success();
  }

  void keep(Operation *op, std::vector<HostTensor> &tensors) {
    std::string node = nodeName(op);
    for (size_t i = 0; i < tensors.size(); ++i) {
      Expected<int64_t> count = host::numElements(tensors[i].shape);
      tensors[i].bytes.resize(count ? *count * sizeOf(tensors[i].dtype) : 0);
      std::string name = i ? node + ":" + std::to_string(i) : node;
      if (wanted.count(name))
        result.tensors[name] = tensors[i];
      define(op->getResult(i), std::move(tensors[i]));
    }
  }

  /// Forgets operands whose last user was `op`; a network's activations need not fit
  /// memory at once.
  void release(Operation *op) {
    for (Value operand : op->getOperands())
      if (llvm::all_of(operand.getUsers(),
                       [&](Operation *user) { return user == op || user->isBeforeInBlock(op); }))
        values.erase(operand);
  }

  const std::set<std::string> &wanted;
  Reference &result;
  llvm::DenseMap<Value, std::shared_ptr<HostTensor>> values;
};

} // namespace

Expected<Reference> computeReference(const std::string &path,
                                     const std::map<std::string, HostTensor> &inputs,
                                     const std::set<std::string> &wanted) {
  MLIRContext context;
  importer::ImportOptions options;
  for (const auto &[name, tensor] : inputs)
    options.inputShapes[name] = tensor.shape;
  importer::ImportReport report;
  OwningOpRef<ModuleOp> module = importer::importOnnx(context, path, options, report);
  if (!report.errors.empty())
    return Status::error("cannot import '" + path + "': " + report.errors.front().message);
  if (!report.unsupported.empty())
    return Status::error("cannot import '" + path + "': operator " +
                         report.unsupported.front().opType + " is not supported");
  auto main = module ? module->lookupSymbol<func::FuncOp>("main") : func::FuncOp();
  if (!main)
    return Status::error("cannot import '" + path + "'");

  Reference result;
  Interpreter interpreter(wanted, result);
  for (BlockArgument argument : main.getArguments()) {
    auto name = main.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "ascend.name");
    auto at = name ? inputs.find(name.str()) : inputs.end();
    host::TensorType type = ascend::toHostType(argument.getType());
    if (at == inputs.end() || at->second.dtype != type.dtype ||
        (type.shape && *type.shape != at->second.shape))
      return Status::error("input '" + (name ? name.str() : std::string()) +
                           "' of the ONNX model is not an input of the offline model");
    interpreter.define(argument, at->second);
  }
  OPENATC_TRY(interpreter.run(main));
  return result;
}

} // namespace openatc::tool
