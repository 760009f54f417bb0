//===- KernelIdentity.cpp - Groups that are the same kernel ---------------===//

#include "KernelIdentity.h"

using namespace mlir;

namespace openatc::kernel {

std::string identityOf(ascend::KernelOp op) {
  std::string text;
  llvm::raw_string_ostream os(text);
  StringAttr name = op.getNameAttr();
  op.setName("");
  op->print(os, OpPrintingFlags().useLocalScope());
  op.setNameAttr(name);
  // Operand names come first in the text and differ from use to use.
  size_t types = text.find(") : ");
  size_t kind = text.find('<');
  size_t operands = text.find('(');
  return text.substr(kind, operands - kind) +
         text.substr(std::min(text.find(')', operands), types));
}

} // namespace openatc::kernel
