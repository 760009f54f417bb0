//===- KernelBuilder.h - Writes davinci kernels ---------------------------===//
//
// What kernel authors write in. Numbers are `index` values; constants fold at
// once. Memory is taken from pools: `acquire` begins a generation in the next
// slot and ordering between pipes follows from who touches it (see
// dialects/DaVinci/RATIONALE.md), so authors write program order only.
//
//===----------------------------------------------------------------------===//
#ifndef OPENATC_KERNEL_KERNELBUILDER_H
#define OPENATC_KERNEL_KERNELBUILDER_H

#include "DaVinci/DaVinci.h"
#include "openatc/Target/SocDescription.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace openatc::kernel {

/// A number in a kernel: a compile-time constant or an SSA index value.
class Num {
public:
  Num(int64_t v) : constant(v) {}
  Num(int v) : constant(v) {}
  Num(mlir::Value v) : value(v) {}
  bool isConst() const { return !value; }
  bool isConst(int64_t v) const { return !value && constant == v; }
  int64_t getConst() const { return constant; }
  mlir::Value getValue() const { return value; }

private:
  int64_t constant = 0;
  mlir::Value value;
};

/// How a vector instruction walks its operands.
struct VecShape {
  Num repeat = 1; ///< ignored in counter mode
  Num count = 0;  ///< lanes per repeat; in counter mode all elements
  Num strides = int64_t(isa::kContiguous);
  bool counter = true;

  /// `n` contiguous elements, any n.
  static VecShape flat(Num n) { return {1, n, int64_t(isa::kContiguous), true}; }
  /// `repeat` rows of `lanes` elements with packed strides (isa::packStrides).
  static VecShape rows(Num repeat, Num lanes, uint64_t strides) {
    return {repeat, lanes, int64_t(strides), false};
  }
};

/// Builds the body of one davinci.kernel. Emits at the builder's insertion point.
class KernelBuilder {
public:
  KernelBuilder(mlir::OpBuilder &b, mlir::Location loc, const SocDescription &soc)
      : b(b), loc(loc), soc(soc) {}

  mlir::OpBuilder &b;
  mlir::Location loc; ///< location of the instructions emitted from here on
  const SocDescription &soc;
  /// Conversions from f32 to f16 give finite values: what an f16 network wants; off,
  /// infinity and NaN pass as ONNX has it.
  bool saturate = false;

  // --- Numbers -------------------------------------------------------------
  mlir::Value val(Num n);
  Num add(Num a, Num c);
  Num sub(Num a, Num c);
  Num mul(Num a, Num c);
  Num div(Num a, Num c); ///< truncating; operands are not negative
  Num rem(Num a, Num c);
  Num min(Num a, Num c);
  Num max(Num a, Num c);
  Num shl(Num a, Num c);
  Num orr(Num a, Num c);
  Num ceilDiv(Num a, int64_t c) { return div(add(a, c - 1), c); }
  Num alignUp(Num a, int64_t c) { return mul(ceilDiv(a, c), c); }
  /// a <cond> c as 0 or 1.
  Num cmp(mlir::arith::CmpIPredicate cond, Num a, Num c);
  Num select(Num c, Num a, Num d);
  Num blockId();

  // --- Control flow --------------------------------------------------------
  /// for (i = lo; i < hi; i += step). A loop of one known trip is emitted inline,
  /// one of no trips not at all.
  void loop(Num lo, Num hi, Num step, llvm::function_ref<void(Num)> body);
  /// Runs `body` when c != 0. Generations must begin and end on the same side.
  void when(Num c, llvm::function_ref<void()> body);
  /// Work item i in 0..total of this block: blocks take items in turn.
  void forEachTile(Num total, int64_t blockDim, llvm::function_ref<void(Num)> body) {
    loop(blockId(), total, blockDim, body);
  }

  // --- Memory --------------------------------------------------------------
  /// Reserves a pool at the kernel's top. `bytes` is rounded up to the memory's granularity.
  mlir::Value pool(llvm::StringRef name, davinci::MemSpace space, int64_t bytes, int64_t slots);
  mlir::Value acquire(mlir::Value pool);
  mlir::Value at(mlir::Value ptr, Num bytes);

  // --- Moves; strides in bytes, start to start --------------------------------
  void gmToUb(mlir::Value dst, mlir::Value src, Num n, Num len, Num dstStride, Num srcStride);
  void ubToGm(mlir::Value dst, mlir::Value src, Num n, Num len, Num dstStride, Num srcStride);
  void gmToL1(mlir::Value dst, mlir::Value src, Num n, Num len, Num dstStride, Num srcStride);
  void ubToL1(mlir::Value dst, mlir::Value src, Num n, Num len, Num dstStride, Num srcStride);
  void ubToUb(mlir::Value dst, mlir::Value src, Num n, Num len, Num dstStride, Num srcStride);
  void fillL1(mlir::Value dst, Num len, uint32_t pattern);
  /// Orders instructions of one pipe that write the same range (V needs none: the
  /// sync pass parts dependent vector instructions).
  void barrier(davinci::PipeKind pipe);

  // --- Cube ------------------------------------------------------------------
  void load2dA(mlir::Value dst, mlir::Value src, Num n, Num dstStride, Num srcStride, bool trans);
  void load2dB(mlir::Value dst, mlir::Value src, Num n, Num dstStride, Num srcStride, bool trans);
  void load3dA(mlir::Value dst, mlir::Value src, Num fmatrix, Num filter, Num mStart, Num mExt,
               Num kStart, Num kExt, bool c04 = false);
  void mmad(mlir::Value c, mlir::Value a, mlir::Value bb, Num m, Num k, Num n, Num init);
  void l0cToUb(mlir::Value dst, mlir::Value src, Num n, Num len, Num dstStride, Num srcStride,
               davinci::Elem elem, bool relu = false);

  // --- Vector ------------------------------------------------------------------
  template <typename Op>
  void binary(davinci::Elem e, mlir::Value dst, mlir::Value s0, mlir::Value s1, const VecShape &v) {
    Op::create(b, loc, dst, s0, s1, val(v.repeat), val(v.count), val(v.strides), e, v.counter,
               /*widen=*/false);
  }
  template <typename Op>
  void unary(davinci::Elem e, mlir::Value dst, mlir::Value src, const VecShape &v) {
    Op::create(b, loc, dst, src, val(v.repeat), val(v.count), val(v.strides), e, v.counter);
  }
  template <typename Op>
  void scalar(davinci::Elem e, mlir::Value dst, mlir::Value src, double s, const VecShape &v) {
    Op::create(b, loc, dst, src, val(Num(scalarBits(e, s))), val(v.repeat), val(v.count),
               val(v.strides), e, v.counter, /*widen=*/false);
  }
  template <typename Op>
  void reduce(davinci::Elem e, mlir::Value dst, mlir::Value src, const VecShape &v,
              bool withIndex = false) {
    Op::create(b, loc, dst, src, val(v.repeat), val(v.count), val(v.strides), e, v.counter,
               withIndex);
  }
  void dup(davinci::Elem e, mlir::Value dst, double s, const VecShape &v);
  void conv(davinci::Elem from, davinci::Elem to, mlir::Value dst, mlir::Value src,
            const VecShape &v, davinci::RoundKind round = davinci::RoundKind::Rint);
  void cmpv(davinci::Elem e, davinci::CondKind c, mlir::Value dst, mlir::Value s0, mlir::Value s1,
            const VecShape &v);
  void cmpvs(davinci::Elem e, davinci::CondKind c, mlir::Value dst, mlir::Value src, double s,
             const VecShape &v);
  void sel(davinci::Elem e, mlir::Value dst, mlir::Value s0, mlir::Value s1, mlir::Value mask,
           const VecShape &v);
  void brcb(davinci::Elem e, mlir::Value dst, mlir::Value src, Num repeat, Num dstBlk, Num dstRep);
  void trans(davinci::Elem e, mlir::Value dst, mlir::Value src, Num n, Num dstRow, Num srcRow,
             Num dstStride, Num srcStride);
  void gather(davinci::Elem e, mlir::Value dst, mlir::Value src, mlir::Value offsets, Num count);

  /// Bit pattern of `s` as an element of type `e`.
  static int64_t scalarBits(davinci::Elem e, double s);
};

/// Bytes of one element of an instruction type.
int64_t bytesOf(davinci::Elem e);

} // namespace openatc::kernel

#endif // OPENATC_KERNEL_KERNELBUILDER_H
