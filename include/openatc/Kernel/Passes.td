//===- Passes.td - Kernel and core phases ---------------------------------===//
#ifndef OPENATC_KERNEL_PASSES
#define OPENATC_KERNEL_PASSES

include "mlir/Pass/PassBase.td"

def SliceBatchPass : Pass<"ascend-slice-batch", "::mlir::ModuleOp"> {
  let summary = "Run kernels depth-first over slices of a large batch";
  let description = [{
    Tensors of a large batch do not fit the L2 cache: each would be written to DRAM by one kernel and
    read back by the next. Ranges of consecutive kernels whose results can be cut along
    their first dimension are put into an `ascend.batch_loop`, which runs the whole range on one
    slice after the other, so that what passes between the kernels stays in L2. The
    ranges and the numbers of slices are those of least estimated time: launches and smaller kernels
    stand against the DRAM traffic that is saved (`lib/Kernel/SlicePlan.h`). Nothing changes where
    everything fits.

    ```mlir
    %1 = ascend.kernel "conv0" <cube_conv> (%x, %f) : (tensor<64x..>, ..) -> tensor<64x..> {..}
    %2 = ascend.kernel "conv1" <cube_conv> (%1, %g) : (tensor<64x..>, ..) -> tensor<64x..> {..}
    // becomes
    %2 = ascend.batch_loop 16 (%x) : (tensor<64x..>) -> tensor<64x..> {
    ^bb0(%s: tensor<4x..>):
      %3 = ascend.kernel "conv0" <cube_conv> (%s, %f) : (tensor<4x..>, ..) -> tensor<4x..> {..}
      %4 = ascend.kernel "conv1" <cube_conv> (%3, %g) : (tensor<4x..>, ..) -> tensor<4x..> {..}
      ascend.yield %4 : tensor<4x..>
    }
    ```
  }];
  let options = [Option<"soc", "soc", "std::string", "\"Ascend310P3\"", "target soc_version">,
                 Option<"l2Size", "l2-size", "int64_t", "0",
                        "bytes of L2 to plan with; 0: those of the chip">];
  let dependentDialects = ["::openatc::davinci::DaVinciDialect"];
}

def ScheduleKernelsPass : Pass<"ascend-schedule-kernels", "::mlir::ModuleOp"> {
  let summary = "Choose tiles, core split and buffer counts of every kernel";
  let description = [{
    Each `ascend.kernel` is given a `schedule` dictionary by the author of its
    kind: the tile sizes that fit the on-chip memories, the number of blocks and
    the estimated cycles of the cost model. A schedule that is already there is
    kept, so that a person or a tuner can override it.

    ```mlir
    ascend.kernel ... {kind = "elementwise"}
    // becomes
    ascend.kernel ... {kind = "elementwise", schedule = {block_dim = 8, tile = 8192}}
    ```
  }];
  let options = [Option<"soc", "soc", "std::string", "\"Ascend310P3\"", "target soc_version">];
  let dependentDialects = ["::openatc::davinci::DaVinciDialect"];
}

def LowerKernelsPass : Pass<"ascend-lower-kernels", "::mlir::ModuleOp"> {
  let summary = "Turn scheduled kernel groups into davinci kernels and launches";
  let description = [{
    Every distinct `ascend.kernel` becomes one `davinci.kernel`; groups with equal
    bodies, types and schedules share it. The group itself becomes a launch.

    ```mlir
    %r = ascend.kernel(%a, %b) {...} : (...) -> tensor<8xf16>
    // becomes
    %r = ascend.launch @k0(%a, %b) : (...) -> tensor<8xf16>
    ```
  }];
  let options = [Option<"soc", "soc", "std::string", "\"Ascend310P3\"", "target soc_version">,
                 Option<"saturate", "saturate", "bool", "false",
                        "conversions from f32 to f16 give finite values">];
  let dependentDialects = ["::openatc::davinci::DaVinciDialect", "::mlir::scf::SCFDialect",
                           "::mlir::arith::ArithDialect"];
}

def InsertSyncPass : Pass<"davinci-insert-sync", "::openatc::davinci::KernelOp"> {
  let summary = "Order the pipes that touch each generation of a pool";
  let description = [{
    A generation (one `davinci.acquire`) is touched by runs of instructions, each
    run on one pipe. Between two runs the pass raises a flag behind the first and
    waits for it before the second; from the last run back to the first run of the
    slot's next generation it does the same, raised once before the kernel and
    drained at its end. Each slot has its own flags, so that with two slots the
    producer of the next tile runs while the consumer works on this one. Pools
    that are used in step share their flags. Dependent vector instructions are
    parted by `pipe_barrier`.

    ```mlir
    %x = davinci.acquire %pool
    davinci.dma_gm_ub %x, ...
    davinci.vexp %y, %x, ...
    // becomes
    %x = davinci.acquire %pool
    %s = davinci.slot %x
    davinci.wait_flag v mte2 %s
    davinci.dma_gm_ub %x, ...
    davinci.set_flag mte2 v %s
    davinci.wait_flag mte2 v %s
    davinci.vexp %y, %x, ...
    davinci.set_flag v mte2 %s
    ```
  }];
  let options = [Option<"eventIds", "event-ids", "int64_t", "8",
                        "hardware flags of each ordered pair of pipes">];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def PlaceBuffersPass : Pass<"davinci-place-buffers", "::openatc::davinci::KernelOp"> {
  let summary = "Give every pool its address";
  let description = [{
    Pools of one memory are placed one behind the other in the order in which they
    are declared; a kernel that does not fit is an error that names the buffer, the
    bytes wanted and the bytes there.

    ```mlir
    %a = davinci.pool "x" bytes 512 slots 2 : !davinci.pool<ub>
    // becomes
    %a = davinci.pool "x" bytes 512 slots 2 at 0 : !davinci.pool<ub>
    ```
  }];
  let options = [Option<"soc", "soc", "std::string", "\"Ascend310P3\"", "target soc_version">];
}

def VerifySyncPass : Pass<"davinci-verify-sync", "::openatc::davinci::KernelOp"> {
  let summary = "Prove that flags order every generation and pair up";
  let description = [{
    Walks the kernel as the queues would and checks, for every generation, that each change
    of pipe is covered by a flag and that every flag raised is lowered. Changes nothing.
  }];
}

def VerifyKernelPass : Pass<"ascend-verify-kernel", "::mlir::ModuleOp"> {
  let summary = "Prove that every kernel group is scheduled";
  let description = [{
    Ends the kernel phase: each `ascend.kernel` has a schedule whose `block_dim` lies
    between 1 and the number of cores. Changes nothing.
  }];
  let options = [Option<"soc", "soc", "std::string", "\"Ascend310P3\"", "target soc_version">];
}

def VerifyCorePass : Pass<"ascend-verify-core", "::mlir::ModuleOp"> {
  let summary = "Prove that only launches of complete kernels are left";
  let description = [{
    Ends the core phase: no `ascend.kernel` is left, each `ascend.launch` names a
    `davinci.kernel` with one argument for each operand and result, and each pool has an
    address. Changes nothing.
  }];
}

#endif // OPENATC_KERNEL_PASSES
