//===- DaVinciOps.td - Structure, synchronisation and scalar ops ----------===//
#ifndef DAVINCI_OPS
#define DAVINCI_OPS

include "DaVinciDialect.td"
include "DaVinciInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"

class DaVinci_Op<string mnemonic, list<Trait> traits = []>
    : Op<DaVinci_Dialect, mnemonic, traits>;

def DaVinci_KernelOp : DaVinci_Op<"kernel", [IsolatedFromAbove, Symbol, SingleBlock,
                                             NoTerminator]> {
  let summary = "A program of one core, run by `block_dim` blocks";
  let description = [{
    Block arguments are GM pointers: the inputs of the kernel, then its outputs.
    `block_dim` is the number of blocks of a launch.

    ```mlir
    davinci.kernel @k0 block_dim 8 {
    ^bb0(%x: !davinci.ptr<gm>, %y: !davinci.ptr<gm>):
      ...
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, I64Attr:$block_dim);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name `block_dim` $block_dim attr-dict-with-keyword $body";
  let hasVerifier = 1;
}

def DaVinci_PoolOp : DaVinci_Op<"pool"> {
  let summary = "Reserves on-chip memory for `slots` buffers of `bytes` each";
  let description = [{
    Stands at the top of a kernel. `address` is set by `davinci-place-buffers`.

    ```mlir
    %a = davinci.pool "x" bytes 32768 slots 2 : !davinci.pool<ub>
    ```
  }];
  let arguments = (ins StrAttr:$buffer_name, I64Attr:$bytes, I64Attr:$slots,
                       OptionalAttr<I64Attr>:$address);
  let results = (outs DaVinci_Pool:$pool);
  let assemblyFormat = [{
    $buffer_name `bytes` $bytes `slots` $slots (`at` $address^)? attr-dict `:` type($pool)
  }];
  let hasVerifier = 1;
}

def DaVinci_AcquireOp : DaVinci_Op<"acquire"> {
  let summary = "Begins a new generation in the pool's next slot";
  let description = [{
    Slots are used in turn. The generation lasts until the last use of any
    pointer derived from the result, all of which are in this block or nested
    in it. `davinci-insert-sync` makes the first access wait until the
    slot's previous generation is finished, and orders the pipes inside it.

    ```mlir
    %tile = davinci.acquire %pool : !davinci.pool<ub> -> !davinci.ptr<ub>
    ```
  }];
  let arguments = (ins DaVinci_Pool:$pool);
  let results = (outs DaVinci_Ptr:$ptr);
  let assemblyFormat = "$pool attr-dict `:` type($pool) `->` type($ptr)";
  let hasVerifier = 1;
}

def DaVinci_SlotOp : DaVinci_Op<"slot"> {
  let summary = "Slot number of the generation that `ptr` begins";
  let description = [{
    `davinci-insert-sync` computes flag ids from it.

    ```mlir
    %s = davinci.slot %tile : !davinci.ptr<ub>
    ```
  }];
  let arguments = (ins DaVinci_Ptr:$ptr);
  let results = (outs Index:$slot);
  let assemblyFormat = "$ptr attr-dict `:` type($ptr)";
  let hasVerifier = 1;
}

def DaVinci_OffsetOp : DaVinci_Op<"offset", [Pure, AllTypesMatch<["base", "ptr"]>]> {
  let summary = "Pointer `bytes` behind another pointer";
  let description = [{
    An offset of zero folds to its base.

    ```mlir
    %row = davinci.offset %tile[%bytes] : !davinci.ptr<ub>
    ```
  }];
  let arguments = (ins DaVinci_Ptr:$base, Index:$bytes);
  let results = (outs DaVinci_Ptr:$ptr);
  let assemblyFormat = "$base `[` $bytes `]` attr-dict `:` type($base)";
  let hasFolder = 1;
}

def DaVinci_BlockIdOp : DaVinci_Op<"block_id", [Pure]> {
  let summary = "Index of the running block";
  let description = [{
    From 0 to `block_dim` - 1.

    ```mlir
    %id = davinci.block_id
    ```
  }];
  let results = (outs Index:$id);
  let assemblyFormat = "attr-dict";
}

def DaVinci_LoadScalarOp : DaVinci_Op<"load_scalar"> {
  let summary = "Loads one integer from GM into a scalar register";
  let description = [{
    The address is aligned to the element; signed types are sign extended.

    ```mlir
    %i = davinci.load_scalar %indices s64 : !davinci.ptr<gm>
    ```
  }];
  let arguments = (ins GmPtr:$src, DaVinci_ElemAttr:$elem);
  let results = (outs Index:$value);
  let assemblyFormat = "$src $elem attr-dict `:` type($src)";
}

def DaVinci_SetFlagOp : DaVinci_Op<"set_flag"> {
  let summary = "Raises flag `id` of a pipe pair when `src` has finished what is before";
  let description = [{
    Raising a raised flag is an error of the program.

    ```mlir
    davinci.set_flag mte2 v %id
    ```
  }];
  let arguments = (ins DaVinci_PipeAttr:$src, DaVinci_PipeAttr:$dst, Index:$id);
  let assemblyFormat = "$src $dst $id attr-dict";
  let hasVerifier = 1;
}

def DaVinci_WaitFlagOp : DaVinci_Op<"wait_flag"> {
  let summary = "Stops `dst` until flag `id` of the pipe pair is up, then lowers it";
  let description = [{
    Waiting for a flag that nothing earlier raises is an error of the program.

    ```mlir
    davinci.wait_flag mte2 v %id
    ```
  }];
  let arguments = (ins DaVinci_PipeAttr:$src, DaVinci_PipeAttr:$dst, Index:$id);
  let assemblyFormat = "$src $dst $id attr-dict";
  let hasVerifier = 1;
}

def DaVinci_BarrierOp : DaVinci_Op<"pipe_barrier"> {
  let summary = "The pipe starts nothing before everything earlier in it is complete";
  let description = [{
    `all` holds the scalar unit until every pipe is empty.

    ```mlir
    davinci.pipe_barrier v
    ```
  }];
  let arguments = (ins DaVinci_PipeAttr:$pipe);
  let assemblyFormat = "$pipe attr-dict";
}

include "DaVinciInstructions.td"

#endif // DAVINCI_OPS
