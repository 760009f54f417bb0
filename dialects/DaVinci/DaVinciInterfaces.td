//===- DaVinciInterfaces.td - What passes ask of an instruction -----------===//
#ifndef DAVINCI_INTERFACES
#define DAVINCI_INTERFACES

include "mlir/IR/OpBase.td"

def InstOpInterface : OpInterface<"InstOpInterface"> {
  let cppNamespace = "::openatc::davinci";
  let description = [{
    An op that becomes exactly one instruction. Its SSA operands are the
    instruction's operands in encoding order.
  }];
  let methods = [
    InterfaceMethod<"Opcode of the instruction.", "::openatc::isa::Opcode", "getIsaOpcode">,
    InterfaceMethod<"Modifier fields of the header.", "::openatc::isa::Modifiers",
                    "getIsaModifiers">,
    InterfaceMethod<"The queue that executes it.", "::openatc::isa::Pipe", "getIsaPipe">,
    InterfaceMethod<"Numbers of the pointer operands that are read.",
                    "::llvm::ArrayRef<unsigned>", "getReadOperands">,
    InterfaceMethod<"Numbers of the pointer operands that are written.",
                    "::llvm::ArrayRef<unsigned>", "getWrittenOperands">,
  ];
}

#endif // DAVINCI_INTERFACES
