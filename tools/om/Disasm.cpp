//===- Disasm.cpp - om disasm: kernels as assembly ------------------------===//

#include "Command.h"

#include "openatc/ISA/Instruction.h"
#include "openatc/OfflineModel/Reader.h"

#include <algorithm>
#include <cstdio>

namespace openatc::tool {

namespace {

constexpr std::string_view kHelp =
    R"(om disasm: print the kernels of an offline model as assembly

usage: om disasm MODEL.om [--kernel NAME]

  --kernel NAME   only the kernel of that name, or number N as in 'kernel N'

Each line has the byte offset, the instruction and, where it changes, the ONNX node that
the instructions from there on implement. A kernel that several tasks share shows
the nodes of the first. docs/isa.md explains the instructions.
)";

void print(const om::Model &model, size_t index) {
  const om::Kernel &kernel = model.kernels[index];
  const om::KernelTask *user = nullptr;
  size_t users = 0;
  auto count = [&](const om::Plan &plan) {
    for (const om::Task &task : plan.tasks)
      if (const auto *launch = std::get_if<om::KernelTask>(&task);
          launch && launch->kernel == index && ++users == 1)
        user = launch;
  };
  count(model);
  for (const om::Gear &gear : model.gears)
    count(gear);
  std::printf("kernel %zu '%s': %zu bytes, %zu task%s", index, kernel.name.c_str(),
              kernel.code.size(), users, users == 1 ? "" : "s");
  if (user)
    std::printf(", %u blocks, %zu arguments", user->blockDim, user->args.size());
  std::printf("\n");
  Expected<isa::DecodedProgram> program = isa::decodeProgram(kernel.code.bytes());
  if (!program) // the reader has decoded it before
    return;
  auto entry = kernel.debug.begin();
  for (size_t i = 0; i < program->instructions.size(); ++i) {
    uint32_t offset = program->offsets[i];
    std::string node;
    for (; entry != kernel.debug.end() && entry->pc <= offset; ++entry)
      node = user && entry->node < user->nodes.size() ? user->nodes[entry->node] : "";
    std::string text = isa::print(program->instructions[i]);
    std::printf(node.empty() ? "  %06x  %s\n" : "  %06x  %-60s ; %s\n", offset, text.c_str(),
                node.c_str());
  }
}

Result run(const Arguments &arguments) {
  Expected<om::Model> model = om::readFile(arguments.positional[0]);
  if (!model)
    return failure(model.message());
  std::string wanted = arguments.value("--kernel");
  bool found = wanted.empty();
  for (size_t i = 0; i < model->kernels.size(); ++i) {
    if (!wanted.empty() && wanted != model->kernels[i].name && wanted != std::to_string(i))
      continue;
    found = true;
    print(*model, i);
  }
  if (!found)
    return failure("the model has no kernel '" + wanted + "'");
  return std::nullopt;
}

} // namespace

const Command disasmCommand = {"disasm", "print kernels as assembly with their ONNX nodes",
                               kHelp,    {{"--kernel", OptionSpec::One}},
                               1,        run};

} // namespace openatc::tool
