//===- AippConfiguration.cpp - --insert_op_conf against a network ---------===//
#include "AippConfiguration.h"

#include "ImportMessages.h"
#include "openatc/Aipp/AippConfig.h"
#include "openatc/Target/SocDescription.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MemoryBuffer.h"

namespace openatc::compiler {

graph::AippOptions aippOptions(const CompileOptions &options) {
  graph::AippOptions result;
  if (Expected<SocDescription> soc = findSoc(options.soc))
    result.limits.maxPaddedWidth = int(soc->aippMaxPaddedWidth);
  result.nhwc = options.inputFormat == "NHWC";
  // Dynamic stages have parameters for the largest batch.
  if (options.gears.kind == om::GearKind::Batch)
    for (const std::vector<int64_t> &gear : options.gears.values)
      result.batch = std::max(result.batch, gear.front());
  return result;
}

static bool invalid(const std::string &reason, Messages &messages) {
  messages.error({"E10052",
                  "AIPP configuration is invalid. Reason: " + reason + ".",
                  {},
                  "",
                  "Correct the file; the sizes must suit the inputs of the model."});
  return false;
}

/// The gears of --dynamic_image_size are the sizes of the pictures.
static Status checkImageGears(const std::vector<aipp::AippOp> &ops) {
  for (const aipp::AippOp &op : ops) {
    if (op.isDynamic())
      continue;
    for (const char *stage : {"crop", "padding"})
      if (op.flag(stage))
        return op.error(stage, "When --dynamic_image_size is set, crop and padding cannot be set "
                               "to 'true'");
    for (const char *size : {"src_image_size_w", "src_image_size_h"})
      if (op.integer(size))
        return op.error(size, "When --dynamic_image_size is set, src_image_size_w and "
                              "src_image_size_h must be set to '0'");
  }
  return Status::success();
}

bool readAipp(const CompileOptions &options, mlir::func::FuncOp main, Messages &messages,
              std::vector<std::string> &notes) {
  const std::string &path = options.insertOpConf;
  if (path.empty())
    return true;
  if (!checkReadable(path, "insert_op_conf", messages))
    return false;
  auto file = llvm::MemoryBuffer::getFile(path);
  if (!file)
    return invalid(file.getError().message(), messages);
  auto ops = aipp::parseAippConfig((*file)->getBuffer(), path);
  if (!ops)
    return invalid(ops.message(), messages);
  if (options.gears.kind == om::GearKind::Image)
    if (Status status = checkImageGears(*ops); !status.ok())
      return invalid(status.message(), messages);
  graph::AippOptions aipp = aippOptions(options);
  std::vector<aipp::NetworkInput> inputs = graph::networkInputs(main, aipp.nhwc);
  auto params = aipp::resolveAippConfig(*ops, inputs, aipp.limits);
  if (!params)
    return invalid(params.message(), messages);
  for (const aipp::AippParams &stage : *params) {
    const std::string &name = inputs[size_t(stage.inputRank)].name;
    if (!llvm::is_contained(options.inputFp16Nodes, name))
      continue;
    messages.error({"E10034",
                    "Input " + name +
                        " of --input_fp16_nodes has an AIPP block in --insert_op_conf and can "
                        "therefore not be of type fp16.",
                    {},
                    "",
                    "Take the input out of one of the two options."});
    return false;
  }
  for (const aipp::AippParams &stage : *params) {
    std::string note = aipp::describeInput(stage, inputs[size_t(stage.inputRank)].name);
    if (!llvm::is_contained(notes, note))
      notes.push_back(std::move(note));
  }
  return true;
}

} // namespace openatc::compiler
