//===- KernelBuilder.h - Small kernels written by hand --------------------===//
#ifndef OPENATC_TEST_UNIT_SIMULATOR_KERNELBUILDER_H
#define OPENATC_TEST_UNIT_SIMULATOR_KERNELBUILDER_H

#include "openatc/Simulator/Device.h"
#include "openatc/Support/Half.h"

#include <gtest/gtest.h>

namespace openatc::test {

using isa::Cond;
using isa::Opcode;
using isa::Operand;
using isa::Pipe;
using isa::Type;

/// An operand from a number or a register.
struct Arg : Operand {
  Arg(int64_t v) : Operand(immediate(v)) {}
  Arg(int v) : Operand(immediate(v)) {}
  Arg(uint64_t v) : Operand(immediate(int64_t(v))) {}
  Arg(Operand op) : Operand(op) {}
};

inline Operand reg(uint8_t r, int64_t addend = 0) { return Operand::regPlus(r, addend); }

/// Appends instructions and runs them.
class Kernel {
public:
  isa::Instruction &add(Opcode op, std::initializer_list<Arg> args) {
    isa::Instruction inst;
    inst.opcode = op;
    for (const Arg &a : args)
      inst.operands[inst.numOperands++] = a;
    instructions.push_back(inst);
    return instructions.back();
  }
  isa::Instruction &add(Opcode op, Type type, std::initializer_list<Arg> args) {
    isa::Instruction &inst = add(op, args);
    inst.mods.type = type;
    return inst;
  }
  /// The same in counter mode.
  isa::Instruction &count(Opcode op, Type type, std::initializer_list<Arg> args) {
    isa::Instruction &inst = add(op, type, args);
    inst.mods.counter = true;
    return inst;
  }
  void set(Pipe from, Pipe to, int id = 0) { flag(Opcode::SetFlag, from, to, id); }
  void wait(Pipe from, Pipe to, int id = 0) { flag(Opcode::WaitFlag, from, to, id); }
  /// Set followed by its wait: a full hand-over.
  void sync(Pipe from, Pipe to, int id = 0) {
    set(from, to, id);
    wait(from, to, id);
  }
  void barrier(Pipe pipe) { add(Opcode::Barrier, {}).mods.pipeA = pipe; }
  void loadArg(uint8_t r, int index) { add(Opcode::SArg, {reg(r), index}); }
  isa::Instruction &at(size_t index) { return instructions[index]; }
  /// Byte offset of the next instruction, a branch target.
  int64_t here() const { return int64_t(bytes().size()); }

  std::vector<uint8_t> bytes() const {
    std::vector<uint8_t> code;
    for (const isa::Instruction &inst : instructions)
      isa::encode(inst, code);
    return code;
  }
  std::shared_ptr<const sim::Program> program() {
    add(Opcode::End, {});
    auto result = sim::Program::create("test", bytes());
    EXPECT_TRUE(result) << result.message();
    return result ? *result : nullptr;
  }

private:
  void flag(Opcode op, Pipe from, Pipe to, int id) {
    isa::Instruction &inst = add(op, {id});
    inst.mods.pipeA = from;
    inst.mods.pipeB = to;
  }
  std::vector<isa::Instruction> instructions;
};

/// A device with helpers to move vectors.
struct Machine {
  std::unique_ptr<sim::Device> device;

  explicit Machine(unsigned threads = 1, std::string soc = "Ascend310P3")
      : Machine(*findSoc(soc), threads) {}
  explicit Machine(const SocDescription &soc, unsigned threads = 1) {
    auto created = sim::Device::create(soc, threads, uint64_t(1) << 28);
    EXPECT_TRUE(created) << created.message();
    device = std::move(*created);
  }

  template <typename T> uint64_t put(const std::vector<T> &values) {
    uint64_t address = *device->allocate(values.size() * sizeof(T));
    EXPECT_TRUE(device->write(address, values.data(), values.size() * sizeof(T)).ok());
    return address;
  }
  template <typename T> std::vector<T> get(uint64_t address, size_t count) {
    std::vector<T> values(count);
    EXPECT_TRUE(device->read(address, values.data(), count * sizeof(T)).ok());
    return values;
  }
  /// Runs a kernel that must succeed.
  sim::LaunchResult run(Kernel &kernel, std::vector<uint64_t> args = {}, uint32_t blocks = 1,
                        sim::LaunchOptions options = {}) {
    auto program = kernel.program();
    auto result = device->launch(*program, blocks, args, options);
    EXPECT_TRUE(result) << result.message();
    return result ? *result : sim::LaunchResult();
  }
  /// Runs a kernel that must trap and returns the message.
  std::string trap(Kernel &kernel, std::vector<uint64_t> args = {}, uint32_t blocks = 1,
                   sim::LaunchOptions options = {}) {
    auto program = kernel.program();
    auto result = device->launch(*program, blocks, args, options);
    EXPECT_FALSE(result) << "no trap";
    return result ? "" : result.message();
  }
};

inline std::vector<uint16_t> toHalves(const std::vector<float> &values) {
  std::vector<uint16_t> out(values.size());
  floatToHalf(values.data(), out.data(), values.size());
  return out;
}

inline std::vector<float> toFloats(const std::vector<uint16_t> &values) {
  std::vector<float> out(values.size());
  halfToFloat(values.data(), out.data(), values.size());
  return out;
}

} // namespace openatc::test

#endif // OPENATC_TEST_UNIT_SIMULATOR_KERNELBUILDER_H
