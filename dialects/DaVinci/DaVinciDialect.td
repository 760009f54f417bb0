//===- DaVinciDialect.td - The core's dialect -----------------------------===//
#ifndef DAVINCI_DIALECT
#define DAVINCI_DIALECT

include "mlir/IR/OpBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/AttrTypeBase.td"

def DaVinci_Dialect : Dialect {
  let name = "davinci";
  let cppNamespace = "::openatc::davinci";
  let summary = "One core: on-chip memories, pipes, flags and instructions";
  let description = [{
    Ops map one to one to the instructions of `lib/ISA`; loops are `scf.for`,
    address arithmetic is `arith` on `index`. On-chip memory is reached through
    pools: `davinci.pool` reserves slots, `davinci.acquire` begins a new
    generation in the next slot, and everything that touches the generation
    does so through pointers derived from it. See RATIONALE.md.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::scf::SCFDialect"];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
}

def MemSpace : I32Enum<"MemSpace", "memory of the chip", [
    I32EnumCase<"GM", 0, "gm">, I32EnumCase<"L1", 1, "l1">, I32EnumCase<"L0A", 2, "l0a">,
    I32EnumCase<"L0B", 3, "l0b">, I32EnumCase<"L0C", 4, "l0c">, I32EnumCase<"UB", 5, "ub">]> {
  let cppNamespace = "::openatc::davinci";
}

// The numbers of these three enums are those of lib/ISA.
def PipeEnum : I32Enum<"PipeKind", "instruction queue", [
    I32EnumCase<"S", 0, "s">, I32EnumCase<"V", 1, "v">, I32EnumCase<"M", 2, "m">,
    I32EnumCase<"MTE1", 3, "mte1">, I32EnumCase<"MTE2", 4, "mte2">,
    I32EnumCase<"MTE3", 5, "mte3">, I32EnumCase<"All", 6, "all">]> {
  let cppNamespace = "::openatc::davinci";
}
def DaVinci_PipeAttr : EnumAttr<DaVinci_Dialect, PipeEnum, "pipe">;

def ElemEnum : I32Enum<"Elem", "element type of an instruction", [
    I32EnumCase<"F16", 0, "f16">, I32EnumCase<"F32", 1, "f32">, I32EnumCase<"S32", 2, "s32">,
    I32EnumCase<"S16", 3, "s16">, I32EnumCase<"U8", 4, "u8">, I32EnumCase<"S8", 5, "s8">,
    I32EnumCase<"U16", 6, "u16">, I32EnumCase<"U32", 7, "u32">, I32EnumCase<"S64", 8, "s64">]> {
  let cppNamespace = "::openatc::davinci";
}
def DaVinci_ElemAttr : EnumAttr<DaVinci_Dialect, ElemEnum, "elem">;

def CondEnum : I32Enum<"CondKind", "comparison", [
    I32EnumCase<"EQ", 0, "eq">, I32EnumCase<"NE", 1, "ne">, I32EnumCase<"LT", 2, "lt">,
    I32EnumCase<"LE", 3, "le">, I32EnumCase<"GT", 4, "gt">, I32EnumCase<"GE", 5, "ge">]> {
  let cppNamespace = "::openatc::davinci";
}
def DaVinci_CondAttr : EnumAttr<DaVinci_Dialect, CondEnum, "cond">;

def RoundEnum : I32Enum<"RoundKind", "rounding of a conversion", [
    I32EnumCase<"Rint", 0, "rint">, I32EnumCase<"Away", 1, "away">,
    I32EnumCase<"Floor", 2, "floor">, I32EnumCase<"Ceil", 3, "ceil">,
    I32EnumCase<"Trunc", 4, "trunc">]> {
  let cppNamespace = "::openatc::davinci";
}
def DaVinci_RoundAttr : EnumAttr<DaVinci_Dialect, RoundEnum, "round">;

class DaVinci_Type<string name, string typeMnemonic> : TypeDef<DaVinci_Dialect, name> {
  let mnemonic = typeMnemonic;
}

def DaVinci_Ptr : DaVinci_Type<"Ptr", "ptr"> {
  let summary = "A byte address in one memory";
  let parameters = (ins EnumParameter<MemSpace>:$space);
  let assemblyFormat = "`<` $space `>`";
}

def DaVinci_Pool : DaVinci_Type<"Pool", "pool"> {
  let summary = "Slots of equal size in one on-chip memory";
  let parameters = (ins EnumParameter<MemSpace>:$space);
  let assemblyFormat = "`<` $space `>`";
}

class PtrIn<string space> : Type<
    CPred<"::llvm::isa<::openatc::davinci::PtrType>($_self) && "
          "::llvm::cast<::openatc::davinci::PtrType>($_self).getSpace() == "
          "::openatc::davinci::MemSpace::" # space>,
    "pointer into " # space, "::openatc::davinci::PtrType">;
def GmPtr : PtrIn<"GM">;
def L1Ptr : PtrIn<"L1">;
def L0aPtr : PtrIn<"L0A">;
def L0bPtr : PtrIn<"L0B">;
def L0cPtr : PtrIn<"L0C">;
def UbPtr : PtrIn<"UB">;

#endif // DAVINCI_DIALECT
