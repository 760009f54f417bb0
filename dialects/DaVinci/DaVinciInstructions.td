//===- DaVinciInstructions.td - One op per instruction --------------------===//
//
// Operand order is the encoding order of include/openatc/ISA/Instructions.def.
// Counts, lengths and strides are `index` values in the units given there.
//
//===----------------------------------------------------------------------===//
#ifndef DAVINCI_INSTRUCTIONS
#define DAVINCI_INSTRUCTIONS

class DaVinci_Inst<string mnemonic, string isaOpcode, string isaPipe, list<int> reads,
                   list<int> writes> : DaVinci_Op<mnemonic, [
    DeclareOpInterfaceMethods<InstOpInterface>]> {
  // Statements that fill `mods`; empty when the opcode has no modifiers.
  code mods = "";
  string readList = !interleave(reads, ", ");
  string writeList = !interleave(writes, ", ");
  let assemblyFormat = "operands attr-dict `:` type(operands)";
  let extraClassDefinition = [{
    ::openatc::isa::Opcode $cppClass::getIsaOpcode() {
      return ::openatc::isa::Opcode::}] # isaOpcode # [{;
    }
    ::openatc::isa::Pipe $cppClass::getIsaPipe() {
      return ::openatc::isa::Pipe::}] # isaPipe # [{;
    }
    ::openatc::isa::Modifiers $cppClass::getIsaModifiers() {
      ::openatc::isa::Modifiers mods;
      }] # mods # [{
      return mods;
    }
    ::llvm::ArrayRef<unsigned> $cppClass::getReadOperands() {
      static const ::std::vector<unsigned> list{}] # readList # [{};
      return list;
    }
    ::llvm::ArrayRef<unsigned> $cppClass::getWrittenOperands() {
      static const ::std::vector<unsigned> list{}] # writeList # [{};
      return list;
    }
  }];
}

// Statements shared by the modifier lists below.
defvar elemMods = "mods.type = static_cast<::openatc::isa::Type>(getElem());";
defvar counterMods = elemMods # " mods.counter = getCounter();";

// --- Data moves -------------------------------------------------------------
class DaVinci_Dma<string mnemonic, string isaOpcode, string isaPipe, Type dstType, Type srcType>
    : DaVinci_Inst<mnemonic, isaOpcode, isaPipe, [1], [0]> {
  let summary = "Moves `n` bursts of `len` bytes; strides in bytes, start to start";
  let arguments = (ins dstType:$dst, srcType:$src, Index:$n, Index:$len, Index:$dst_stride,
                       Index:$src_stride);
}
def DaVinci_DmaGmToL1Op : DaVinci_Dma<"dma_gm_l1", "DmaGmToL1", "MTE2", L1Ptr, GmPtr>;
def DaVinci_DmaGmToUbOp : DaVinci_Dma<"dma_gm_ub", "DmaGmToUb", "MTE2", UbPtr, GmPtr>;
def DaVinci_DmaUbToGmOp : DaVinci_Dma<"dma_ub_gm", "DmaUbToGm", "MTE3", GmPtr, UbPtr>;
def DaVinci_DmaUbToL1Op : DaVinci_Dma<"dma_ub_l1", "DmaUbToL1", "MTE3", L1Ptr, UbPtr>;
def DaVinci_DmaL1ToUbOp : DaVinci_Dma<"dma_l1_ub", "DmaL1ToUb", "MTE1", UbPtr, L1Ptr>;
def DaVinci_DmaUbToUbOp : DaVinci_Dma<"dma_ub_ub", "DmaUbToUb", "V", UbPtr, UbPtr>;

def DaVinci_FillL1Op : DaVinci_Inst<"fill_l1", "FillL1", "MTE2", [], [0]> {
  let summary = "Fills `len` bytes of L1 with a 32-bit pattern";
  let arguments = (ins L1Ptr:$dst, Index:$len, Index:$value);
}

class DaVinci_Load2d<string mnemonic, string isaOpcode, Type dstType>
    : DaVinci_Inst<mnemonic, isaOpcode, "MTE1", [1], [0]> {
  let summary = "Copies `n` 512-byte fractals from L1; strides in fractals";
  let arguments = (ins dstType:$dst, L1Ptr:$src, Index:$n, Index:$dst_stride, Index:$src_stride,
                       UnitAttr:$trans);
  let mods = "mods.trans = getTrans();";
}
def DaVinci_Load2dAOp : DaVinci_Load2d<"load2d_a", "Load2dA", L0aPtr>;
def DaVinci_Load2dBOp : DaVinci_Load2d<"load2d_b", "Load2dB", L0bPtr>;

def DaVinci_Load3dAOp : DaVinci_Inst<"load3d_a", "Load3dA", "MTE1", [1], [0]> {
  let summary = "Reads a tile of the img2col matrix of an L1 window into L0A";
  let arguments = (ins L0aPtr:$dst, L1Ptr:$src, Index:$fmatrix, Index:$filter, Index:$m_start,
                       Index:$m_ext, Index:$k_start, Index:$k_ext);
}

// --- Cube -------------------------------------------------------------------
def DaVinci_MmadOp : DaVinci_Inst<"mmad", "Mmad", "M", [1, 2], [0]> {
  let summary = "L0C tile = (init ? 0 : L0C tile) + L0A tile * L0B tile";
  let arguments = (ins L0cPtr:$c, L0aPtr:$a, L0bPtr:$b, Index:$m, Index:$k, Index:$n,
                       Index:$init);
}

def DaVinci_L0cToUbOp : DaVinci_Inst<"l0c_ub", "L0cToUb", "V", [1], [0]> {
  let summary = "Reads fractals of the accumulator, converting to `elem`, optionally with ReLU";
  let arguments = (ins UbPtr:$dst, L0cPtr:$src, Index:$n, Index:$len, Index:$dst_stride,
                       Index:$src_stride, DaVinci_ElemAttr:$elem, UnitAttr:$relu, UnitAttr:$saturate);
  let mods = elemMods # " mods.relu = getRelu(); mods.saturate = getSaturate();";
}

// --- Vector -----------------------------------------------------------------
class DaVinci_VBin<string mnemonic, string isaOpcode, list<int> reads = [1, 2]>
    : DaVinci_Inst<mnemonic, isaOpcode, "V", reads, [0]> {
  let summary = "Element by element over two sources";
  let arguments = (ins UbPtr:$dst, UbPtr:$src0, UbPtr:$src1, Index:$repeat, Index:$count,
                       Index:$strides, DaVinci_ElemAttr:$elem, UnitAttr:$counter, UnitAttr:$widen);
  let mods = counterMods # " mods.widen = getWiden();";
}
class DaVinci_VUn<string mnemonic, string isaOpcode, list<int> reads = [1]>
    : DaVinci_Inst<mnemonic, isaOpcode, "V", reads, [0]> {
  let summary = "Element by element over one source";
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$repeat, Index:$count, Index:$strides,
                       DaVinci_ElemAttr:$elem, UnitAttr:$counter);
  let mods = counterMods;
}
class DaVinci_VRed<string mnemonic, string isaOpcode>
    : DaVinci_Inst<mnemonic, isaOpcode, "V", [1], [0]> {
  let summary = "Reduces the lanes of each repeat (vc*) or of each 32-byte block (vcg*)";
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$repeat, Index:$count, Index:$strides,
                       DaVinci_ElemAttr:$elem, UnitAttr:$counter, UnitAttr:$with_index);
  let mods = counterMods # " mods.index = getWithIndex();";
}
class DaVinci_VSc<string mnemonic, string isaOpcode, list<int> reads = [1]>
    : DaVinci_Inst<mnemonic, isaOpcode, "V", reads, [0]> {
  let summary = "Element by element with a scalar, given as the element's bit pattern";
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$scalar, Index:$repeat, Index:$count,
                       Index:$strides, DaVinci_ElemAttr:$elem, UnitAttr:$counter, UnitAttr:$widen);
  let mods = counterMods # " mods.widen = getWiden();";
}

def DaVinci_VAddOp : DaVinci_VBin<"vadd", "VAdd">;
def DaVinci_VSubOp : DaVinci_VBin<"vsub", "VSub">;
def DaVinci_VMulOp : DaVinci_VBin<"vmul", "VMul">;
def DaVinci_VDivOp : DaVinci_VBin<"vdiv", "VDiv">;
def DaVinci_VMaxOp : DaVinci_VBin<"vmax", "VMax">;
def DaVinci_VMinOp : DaVinci_VBin<"vmin", "VMin">;
def DaVinci_VAndOp : DaVinci_VBin<"vand", "VAnd">;
def DaVinci_VOrOp : DaVinci_VBin<"vor", "VOr">;
// These also read their destination.
def DaVinci_VMlaOp : DaVinci_VBin<"vmla", "VMla", [0, 1, 2]>;
def DaVinci_VMaddOp : DaVinci_VBin<"vmadd", "VMadd", [0, 1, 2]>;

def DaVinci_VAbsOp : DaVinci_VUn<"vabs", "VAbs">;
def DaVinci_VReluOp : DaVinci_VUn<"vrelu", "VRelu">;
def DaVinci_VExpOp : DaVinci_VUn<"vexp", "VExp">;
def DaVinci_VLnOp : DaVinci_VUn<"vln", "VLn">;
def DaVinci_VSqrtOp : DaVinci_VUn<"vsqrt", "VSqrt">;
def DaVinci_VRsqrtOp : DaVinci_VUn<"vrsqrt", "VRsqrt">;
def DaVinci_VRecOp : DaVinci_VUn<"vrec", "VRec">;
def DaVinci_VNotOp : DaVinci_VUn<"vnot", "VNot">;

def DaVinci_VAddsOp : DaVinci_VSc<"vadds", "VAdds">;
def DaVinci_VMulsOp : DaVinci_VSc<"vmuls", "VMuls">;
def DaVinci_VMaxsOp : DaVinci_VSc<"vmaxs", "VMaxs">;
def DaVinci_VMinsOp : DaVinci_VSc<"vmins", "VMins">;
def DaVinci_VLreluOp : DaVinci_VSc<"vlrelu", "VLrelu">;
def DaVinci_VShlOp : DaVinci_VSc<"vshl", "VShl">;
def DaVinci_VShrOp : DaVinci_VSc<"vshr", "VShr">;
def DaVinci_VAxpyOp : DaVinci_VSc<"vaxpy", "VAxpy", [0, 1]>;

def DaVinci_VCaddOp : DaVinci_VRed<"vcadd", "VCadd">;
def DaVinci_VCmaxOp : DaVinci_VRed<"vcmax", "VCmax">;
def DaVinci_VCminOp : DaVinci_VRed<"vcmin", "VCmin">;
def DaVinci_VCgaddOp : DaVinci_VRed<"vcgadd", "VCgadd">;
def DaVinci_VCgmaxOp : DaVinci_VRed<"vcgmax", "VCgmax">;
def DaVinci_VCgminOp : DaVinci_VRed<"vcgmin", "VCgmin">;

def DaVinci_VDupOp : DaVinci_Inst<"vdup", "VDup", "V", [], [0]> {
  let summary = "Writes one scalar to every lane";
  let arguments = (ins UbPtr:$dst, Index:$scalar, Index:$repeat, Index:$count, Index:$strides,
                       DaVinci_ElemAttr:$elem, UnitAttr:$counter);
  let mods = counterMods;
}

def DaVinci_VCmpvOp : DaVinci_Inst<"vcmpv", "VCmpv", "V", [1, 2], [0]> {
  let summary = "Compares two sources; one bit a lane, packed";
  let arguments = (ins UbPtr:$dst, UbPtr:$src0, UbPtr:$src1, Index:$repeat, Index:$count,
                       Index:$strides, DaVinci_ElemAttr:$elem, DaVinci_CondAttr:$cond,
                       UnitAttr:$counter);
  let mods = counterMods # " mods.cond = static_cast<::openatc::isa::Cond>(getCond());";
}

def DaVinci_VCmpvsOp : DaVinci_Inst<"vcmpvs", "VCmpvs", "V", [1], [0]> {
  let summary = "Compares a source with a scalar; one bit a lane, packed";
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$scalar, Index:$repeat, Index:$count,
                       Index:$strides, DaVinci_ElemAttr:$elem, DaVinci_CondAttr:$cond,
                       UnitAttr:$counter);
  let mods = counterMods # " mods.cond = static_cast<::openatc::isa::Cond>(getCond());";
}

def DaVinci_VSelOp : DaVinci_Inst<"vsel", "VSel", "V", [1, 2, 3], [0]> {
  let summary = "Bit 1 of the packed mask takes src0, bit 0 src1";
  let arguments = (ins UbPtr:$dst, UbPtr:$src0, UbPtr:$src1, UbPtr:$mask, Index:$repeat,
                       Index:$count, Index:$strides, DaVinci_ElemAttr:$elem, UnitAttr:$counter);
  let mods = counterMods;
}

def DaVinci_VConvOp : DaVinci_Inst<"vconv", "VConv", "V", [1], [0]> {
  let summary = "Converts element types; lanes and strides count in the wider type";
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$repeat, Index:$count, Index:$strides,
                       DaVinci_ElemAttr:$elem, DaVinci_ElemAttr:$to, DaVinci_RoundAttr:$round,
                       UnitAttr:$counter, UnitAttr:$saturate);
  let mods = counterMods # " mods.type2 = static_cast<::openatc::isa::Type>(getTo());"
             # " mods.round = static_cast<::openatc::isa::Round>(getRound());"
             # " mods.saturate = getSaturate();";
}

def DaVinci_VBrcbOp : DaVinci_Inst<"vbrcb", "VBrcb", "V", [1], [0]> {
  let summary = "Fills one 32-byte block with each of 8 consecutive elements a repeat";
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$repeat, Index:$dst_blk, Index:$dst_rep,
                       DaVinci_ElemAttr:$elem);
  let mods = elemMods;
}

def DaVinci_VTransOp : DaVinci_Inst<"vtrans", "VTrans", "V", [1], [0]> {
  let summary = "Transposes `n` 16x16 matrices; row and matrix strides in bytes";
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$n, Index:$dst_row, Index:$src_row,
                       Index:$dst_stride, Index:$src_stride, DaVinci_ElemAttr:$elem);
  let mods = elemMods;
}

def DaVinci_VGatherOp : DaVinci_Inst<"vgather", "VGather", "V", [1, 2], [0]> {
  let summary = "dst[i] = element at byte offset offsets[i] of src";
  let arguments = (ins UbPtr:$dst, UbPtr:$src, UbPtr:$offsets, Index:$count,
                       DaVinci_ElemAttr:$elem);
  let mods = elemMods;
}

#endif // DAVINCI_INSTRUCTIONS
