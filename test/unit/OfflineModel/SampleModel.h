//===- SampleModel.h - A small complete model for tests -------------------===//
#ifndef OPENATC_TEST_UNIT_OFFLINEMODEL_SAMPLEMODEL_H
#define OPENATC_TEST_UNIT_OFFLINEMODEL_SAMPLEMODEL_H

#include "openatc/ISA/Instruction.h"
#include "openatc/OfflineModel/Model.h"
#include "openatc/Target/SocDescription.h"

#include <cstring>
#include <initializer_list>

namespace openatc::test {

inline constexpr int64_t kRows = 2, kColumns = 32, kElements = kRows * kColumns;
inline constexpr uint64_t kBytes = kElements * 4;

inline void emit(std::vector<uint8_t> &code, isa::Opcode opcode,
                 std::initializer_list<isa::Operand> operands, isa::Modifiers mods = {}) {
  isa::Instruction inst;
  inst.opcode = opcode;
  inst.mods = mods;
  for (const isa::Operand &operand : operands)
    inst.operands[inst.numOperands++] = operand;
  isa::encode(inst, code);
}

inline void emitFlag(std::vector<uint8_t> &code, isa::Pipe from, isa::Pipe to) {
  isa::Modifiers mods;
  mods.pipeA = from;
  mods.pipeB = to;
  emit(code, isa::Opcode::SetFlag, {isa::Operand::immediate(0)}, mods);
  emit(code, isa::Opcode::WaitFlag, {isa::Operand::immediate(0)}, mods);
}

/// f32 code of out = a + b over kElements elements, arguments (a, b, out). Without
/// `ordered` the flag between the loads and the addition is left out: a hazard.
inline std::vector<uint8_t> addKernel(bool ordered = true) {
  using isa::Opcode;
  auto imm = [](int64_t v) { return isa::Operand::immediate(v); };
  auto reg = [](uint8_t r) { return isa::Operand::regPlus(r); };
  std::vector<uint8_t> code;
  for (uint8_t i = 0; i < 3; ++i)
    emit(code, Opcode::SArg, {isa::Operand::regPlus(uint8_t(i + 1)), imm(i)});
  for (uint8_t i = 0; i < 2; ++i)
    emit(code, Opcode::DmaGmToUb,
         {imm(i * kBytes), reg(uint8_t(i + 1)), imm(1), imm(kBytes), imm(kBytes), imm(kBytes)});
  if (ordered)
    emitFlag(code, isa::Pipe::MTE2, isa::Pipe::V);
  isa::Modifiers f32;
  f32.type = isa::Type::F32;
  emit(code, Opcode::VAdd,
       {imm(2 * kBytes), imm(0), imm(kBytes), imm(1), imm(kElements), imm(isa::kContiguous)}, f32);
  emitFlag(code, isa::Pipe::V, isa::Pipe::MTE3);
  emit(code, Opcode::DmaUbToGm,
       {reg(3), imm(2 * kBytes), imm(1), imm(kBytes), imm(kBytes), imm(kBytes)});
  emit(code, Opcode::End, {});
  return code;
}

/// y = relu(x + w) with w[i] = i - 32: the addition on one core, relu on the AI CPU.
inline om::Model sampleModel() {
  om::Model model;
  model.name = "sample";
  model.socVersion = "Ascend310P3";
  model.socText = printSoc(*findSoc("Ascend310P3"));
  model.commandLine = "atc --model=sample.onnx";
  model.compilerVersion = "OpenATC test";
  model.inputs = {{"x", DType::F32, {kRows, kColumns}, kBytes, "ND", "", std::nullopt}};
  model.outputs = {{"y", DType::F32, {kRows, kColumns}, kBytes, "ND", "Relu_1", std::nullopt}};
  model.arenaBytes = 512;
  model.arenaBoundBytes = kBytes;
  std::vector<uint8_t> weights(kBytes);
  for (int64_t i = 0; i < kElements; ++i) {
    float value = float(i - 32);
    std::memcpy(&weights[size_t(i) * 4], &value, 4);
  }
  model.weights = om::Blob(std::move(weights));
  model.kernels.push_back({"add_0", om::Blob(addKernel()), {{0, 0}}});

  om::BufferRef x{om::BufferKind::Input, 0, 0}, w{om::BufferKind::Weight, 0, 0},
      sum{om::BufferKind::Arena, 0, 128}, y{om::BufferKind::Output, 0, 0};
  om::KernelTask add;
  add.args = {x, w, sum};
  add.nodes = {"Add_0"};
  add.outputs = {{"sum", sum, DType::F32, om::Layout::ND, {kRows, kColumns}}};
  add.estimatedCycles = 123;
  model.tasks.push_back(add);

  om::HostTask relu;
  relu.op = "relu";
  relu.operands = {{false, sum, DType::F32, {kRows, kColumns}}};
  relu.results = {{false, y, DType::F32, {kRows, kColumns}}};
  relu.nodes = {"Relu_1"};
  relu.reason = "the test wants it there";
  relu.outputs = {{"y", y, DType::F32, om::Layout::ND, {kRows, kColumns}}};
  model.tasks.push_back(relu);
  model.aiCoreNodes = 1;
  model.aiCpuNodes = 1;
  model.reportJson = "{\"nodes\":2}";
  return model;
}

} // namespace openatc::test

#endif // OPENATC_TEST_UNIT_OFFLINEMODEL_SAMPLEMODEL_H
