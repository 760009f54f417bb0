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
  let description = [{
    The side in GM is exact to the byte, on-chip addresses and strides are multiples of 32. A burst
    from GM that ends inside a 32-byte block fills the rest of the block with zeros. A source
    stride of zero repeats one burst.

    ```mlir
    davinci.}] # mnemonic # [{ %dst, %src, %n, %len, %dst_stride, %src_stride
        : !davinci.ptr<...>, !davinci.ptr<...>, index, index, index, index
    ```
  }];
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
  let description = [{
    `len` is a multiple of 32. A move into the range needs a barrier of MTE2 first.

    ```mlir
    davinci.fill_l1 %window, %bytes, %zero : !davinci.ptr<l1>, index, index
    ```
  }];
  let arguments = (ins L1Ptr:$dst, Index:$len, Index:$value);
}

class DaVinci_Load2d<string mnemonic, string isaOpcode, Type dstType>
    : DaVinci_Inst<mnemonic, isaOpcode, "MTE1", [1], [0]> {
  let summary = "Copies `n` 512-byte fractals from L1; strides in fractals";
  let description = [{
    With `trans`, rows and columns of each 16 x 16 fractal change places.

    ```mlir
    davinci.}] # mnemonic # [{ %dst, %src, %n, %dst_stride, %src_stride {trans}
        : !davinci.ptr<...>, !davinci.ptr<l1>, index, index, index
    ```
  }];
  let arguments = (ins dstType:$dst, L1Ptr:$src, Index:$n, Index:$dst_stride, Index:$src_stride,
                       UnitAttr:$trans);
  let mods = "mods.trans = getTrans();";
}
def DaVinci_Load2dAOp : DaVinci_Load2d<"load2d_a", "Load2dA", L0aPtr>;
def DaVinci_Load2dBOp : DaVinci_Load2d<"load2d_b", "Load2dB", L0bPtr>;

def DaVinci_Load3dAOp : DaVinci_Inst<"load3d_a", "Load3dA", "MTE1", [1], [0]> {
  let summary = "Reads a tile of the img2col matrix of an L1 window into L0A";
  let description = [{
    The window lies in L1 as (C1, H, W, 16 halves). Rows of the matrix are output positions,
    columns run over (C1, KH, KW, 16); `fmatrix` packs W, H and the four pads, `filter` packs
    kernel, strides and dilations (docs/isa.md). Positions in the padding read as zero. With
    `c04` the window is (H, W, 4 halves) and columns run over (KH, KW, 4) without gaps.

    ```mlir
    davinci.load3d_a %a, %window, %fmatrix, %filter, %m0, %m, %k0, %k
        : !davinci.ptr<l0a>, !davinci.ptr<l1>, index, index, index, index, index, index
    ```
  }];
  let arguments = (ins L0aPtr:$dst, L1Ptr:$src, Index:$fmatrix, Index:$filter, Index:$m_start,
                       Index:$m_ext, Index:$k_start, Index:$k_ext, UnitAttr:$c04);
  let mods = "mods.c04 = getC04();";
}

// --- Cube -------------------------------------------------------------------
def DaVinci_MmadOp : DaVinci_Inst<"mmad", "Mmad", "M", [1, 2], [0]> {
  let summary = "L0C tile = (init ? 0 : L0C tile) + L0A tile * L0B tile";
  let description = [{
    Halves are multiplied exactly and summed in f32 in ascending order of k. `m`, `k` and `n`
    count elements; L0C holds columns of 16 x 16 fractals.

    ```mlir
    davinci.mmad %c, %a, %b, %m, %k, %n, %init
        : !davinci.ptr<l0c>, !davinci.ptr<l0a>, !davinci.ptr<l0b>, index, index, index, index
    ```
  }];
  let arguments = (ins L0cPtr:$c, L0aPtr:$a, L0bPtr:$b, Index:$m, Index:$k, Index:$n,
                       Index:$init);
}

def DaVinci_L0cToUbOp : DaVinci_Inst<"l0c_ub", "L0cToUb", "V", [1], [0]> {
  let summary = "Reads fractals of the accumulator, converting to `elem`, optionally with ReLU";
  let description = [{
    `n` bursts of `len` fractals; the source stride counts fractals, the destination stride
    bytes. `elem` is f16 or f32.

    ```mlir
    davinci.l0c_ub %tile, %acc, %n, %len, %dst_stride, %src_stride
        {elem = #davinci<elem f16>, relu}
        : !davinci.ptr<ub>, !davinci.ptr<l0c>, index, index, index, index
    ```
  }];
  let arguments = (ins UbPtr:$dst, L0cPtr:$src, Index:$n, Index:$len, Index:$dst_stride,
                       Index:$src_stride, DaVinci_ElemAttr:$elem, UnitAttr:$relu,
                       UnitAttr:$saturate);
  let mods = elemMods # " mods.relu = getRelu(); mods.saturate = getSaturate();";
}

// --- Vector -----------------------------------------------------------------
class DaVinci_VBin<string mnemonic, string isaOpcode, list<int> reads = [1, 2]>
    : DaVinci_Inst<mnemonic, isaOpcode, "V", reads, [0]> {
  let summary = "Element by element over two sources";
  let description = [{
    In counter mode `count` elements are walked; otherwise `repeat` times 256 bytes, of which the
    first `count` lanes are enabled. `strides` packs block and repeat strides in units of 32
    bytes (isa::packStrides). With `widen` the sources are f16 and the destination f32.

    ```mlir
    davinci.}] # mnemonic # [{ %dst, %src0, %src1, %repeat, %count, %strides
        {counter, elem = #davinci<elem f16>}
        : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
    ```
  }];
  let arguments = (ins UbPtr:$dst, UbPtr:$src0, UbPtr:$src1, Index:$repeat, Index:$count,
                       Index:$strides, DaVinci_ElemAttr:$elem, UnitAttr:$counter, UnitAttr:$widen);
  let mods = counterMods # " mods.widen = getWiden();";
}
class DaVinci_VUn<string mnemonic, string isaOpcode, list<int> reads = [1]>
    : DaVinci_Inst<mnemonic, isaOpcode, "V", reads, [0]> {
  let summary = "Element by element over one source";
  let description = [{
    Repeats, lanes and strides are those of the instructions with two sources.

    ```mlir
    davinci.}] # mnemonic # [{ %dst, %src, %repeat, %count, %strides
        {counter, elem = #davinci<elem f32>}
        : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
    ```
  }];
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$repeat, Index:$count, Index:$strides,
                       DaVinci_ElemAttr:$elem, UnitAttr:$counter);
  let mods = counterMods;
}
class DaVinci_VRed<string mnemonic, string isaOpcode>
    : DaVinci_Inst<mnemonic, isaOpcode, "V", [1], [0]> {
  let summary = "Reduces the lanes of each repeat (vc*) or of each 32-byte block (vcg*)";
  let description = [{
    Results are packed from `dst` on: one a repeat, or eight a repeat for vcg*. `with_index` gives
    pairs of value and lane (vcmax and vcmin only).

    ```mlir
    davinci.}] # mnemonic # [{ %dst, %src, %repeat, %count, %strides
        {elem = #davinci<elem f32>}
        : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
    ```
  }];
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$repeat, Index:$count, Index:$strides,
                       DaVinci_ElemAttr:$elem, UnitAttr:$counter, UnitAttr:$with_index);
  let mods = counterMods # " mods.index = getWithIndex();";
}
class DaVinci_VSc<string mnemonic, string isaOpcode, list<int> reads = [1]>
    : DaVinci_Inst<mnemonic, isaOpcode, "V", reads, [0]> {
  let summary = "Element by element with a scalar, given as the element's bit pattern";
  let description = [{
    Repeats, lanes and strides are those of the instructions with two sources.

    ```mlir
    davinci.}] # mnemonic # [{ %dst, %src, %scalar, %repeat, %count, %strides
        {counter, elem = #davinci<elem f16>}
        : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
    ```
  }];
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
  let description = [{
    The scalar is the element's bit pattern.

    ```mlir
    davinci.vdup %dst, %bits, %repeat, %count, %strides {counter, elem = #davinci<elem f16>}
        : !davinci.ptr<ub>, index, index, index, index
    ```
  }];
  let arguments = (ins UbPtr:$dst, Index:$scalar, Index:$repeat, Index:$count, Index:$strides,
                       DaVinci_ElemAttr:$elem, UnitAttr:$counter);
  let mods = counterMods;
}

def DaVinci_VCmpvOp : DaVinci_Inst<"vcmpv", "VCmpv", "V", [1, 2], [0]> {
  let summary = "Compares two sources; one bit a lane, packed";
  let description = [{
    Repeat r writes its bits lanes/8 bytes behind those of repeat r-1; disabled lanes give 0.

    ```mlir
    davinci.vcmpv %mask, %a, %b, %repeat, %count, %strides
        {cond = #davinci<cond lt>, counter, elem = #davinci<elem f16>}
        : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
    ```
  }];
  let arguments = (ins UbPtr:$dst, UbPtr:$src0, UbPtr:$src1, Index:$repeat, Index:$count,
                       Index:$strides, DaVinci_ElemAttr:$elem, DaVinci_CondAttr:$cond,
                       UnitAttr:$counter);
  let mods = counterMods # " mods.cond = static_cast<::openatc::isa::Cond>(getCond());";
}

def DaVinci_VCmpvsOp : DaVinci_Inst<"vcmpvs", "VCmpvs", "V", [1], [0]> {
  let summary = "Compares a source with a scalar; one bit a lane, packed";
  let description = [{
    Bits as `davinci.vcmpv` writes them; the scalar is the element's bit pattern.

    ```mlir
    davinci.vcmpvs %mask, %a, %scalar, %repeat, %count, %strides
        {cond = #davinci<cond gt>, counter, elem = #davinci<elem f32>}
        : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index
    ```
  }];
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$scalar, Index:$repeat, Index:$count,
                       Index:$strides, DaVinci_ElemAttr:$elem, DaVinci_CondAttr:$cond,
                       UnitAttr:$counter);
  let mods = counterMods # " mods.cond = static_cast<::openatc::isa::Cond>(getCond());";
}

def DaVinci_VSelOp : DaVinci_Inst<"vsel", "VSel", "V", [1, 2, 3], [0]> {
  let summary = "Bit 1 of the packed mask takes src0, bit 0 src1";
  let description = [{
    The mask is laid out as `davinci.vcmpv` writes it.

    ```mlir
    davinci.vsel %dst, %a, %b, %mask, %repeat, %count, %strides
        {counter, elem = #davinci<elem f16>}
        : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>,
          index, index, index
    ```
  }];
  let arguments = (ins UbPtr:$dst, UbPtr:$src0, UbPtr:$src1, UbPtr:$mask, Index:$repeat,
                       Index:$count, Index:$strides, DaVinci_ElemAttr:$elem, UnitAttr:$counter);
  let mods = counterMods;
}

def DaVinci_VConvOp : DaVinci_Inst<"vconv", "VConv", "V", [1], [0]> {
  let summary = "Converts element types; lanes and strides count in the wider type";
  let description = [{
    `round` is the mode from floats to integers and from f32 to f16; integers saturate.

    ```mlir
    davinci.vconv %dst, %src, %repeat, %count, %strides
        {counter, elem = #davinci<elem f16>, round = #davinci<round rint>, to = #davinci<elem f32>}
        : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
    ```
  }];
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$repeat, Index:$count, Index:$strides,
                       DaVinci_ElemAttr:$elem, DaVinci_ElemAttr:$to, DaVinci_RoundAttr:$round,
                       UnitAttr:$counter, UnitAttr:$saturate);
  let mods = counterMods # " mods.type2 = static_cast<::openatc::isa::Type>(getTo());"
             # " mods.round = static_cast<::openatc::isa::Round>(getRound());"
             # " mods.saturate = getSaturate();";
}

def DaVinci_VBrcbOp : DaVinci_Inst<"vbrcb", "VBrcb", "V", [1], [0]> {
  let summary = "Fills one 32-byte block with each of 8 consecutive elements a repeat";
  let description = [{
    Element 8r+i of the source fills block i of repeat r; strides count blocks.

    ```mlir
    davinci.vbrcb %dst, %src, %repeat, %dst_blk, %dst_rep {elem = #davinci<elem f32>}
        : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index
    ```
  }];
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$repeat, Index:$dst_blk, Index:$dst_rep,
                       DaVinci_ElemAttr:$elem);
  let mods = elemMods;
}

def DaVinci_VTransOp : DaVinci_Inst<"vtrans", "VTrans", "V", [1], [0]> {
  let summary = "Transposes `n` 16x16 matrices; row and matrix strides in bytes";
  let description = [{
    Elements have 16 or 32 bits; all strides are multiples of 32.

    ```mlir
    davinci.vtrans %dst, %src, %n, %dst_row, %src_row, %dst_stride, %src_stride
        {elem = #davinci<elem f16>}
        : !davinci.ptr<ub>, !davinci.ptr<ub>, index, index, index, index, index
    ```
  }];
  let arguments = (ins UbPtr:$dst, UbPtr:$src, Index:$n, Index:$dst_row, Index:$src_row,
                       Index:$dst_stride, Index:$src_stride, DaVinci_ElemAttr:$elem);
  let mods = elemMods;
}

def DaVinci_VGatherOp : DaVinci_Inst<"vgather", "VGather", "V", [1, 2], [0]> {
  let summary = "dst[i] = element at byte offset offsets[i] of src";
  let description = [{
    The `count` offsets are 32-bit integers, contiguous.

    ```mlir
    davinci.vgather %dst, %src, %offsets, %count {elem = #davinci<elem f16>}
        : !davinci.ptr<ub>, !davinci.ptr<ub>, !davinci.ptr<ub>, index
    ```
  }];
  let arguments = (ins UbPtr:$dst, UbPtr:$src, UbPtr:$offsets, Index:$count,
                       DaVinci_ElemAttr:$elem);
  let mods = elemMods;
}

#endif // DAVINCI_INSTRUCTIONS
