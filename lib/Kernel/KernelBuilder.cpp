//===- KernelBuilder.cpp - Writes davinci kernels -------------------------===//

#include "openatc/Kernel/KernelBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/ADT/APFloat.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {

int64_t bytesOf(Elem e) {
  switch (e) {
  case Elem::U8:
  case Elem::S8:
    return 1;
  case Elem::F16:
  case Elem::S16:
  case Elem::U16:
    return 2;
  case Elem::F32:
  case Elem::S32:
  case Elem::U32:
    return 4;
  case Elem::S64:
    return 8;
  }
  return 0;
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

Value KernelBuilder::val(Num n) {
  if (!n.isConst())
    return n.getValue();
  return arith::ConstantIndexOp::create(b, loc, n.getConst());
}

Num KernelBuilder::add(Num a, Num c) {
  if (a.isConst() && c.isConst())
    return a.getConst() + c.getConst();
  if (a.isConst(0))
    return c;
  if (c.isConst(0))
    return a;
  return arith::AddIOp::create(b, loc, val(a), val(c)).getResult();
}

Num KernelBuilder::sub(Num a, Num c) {
  if (a.isConst() && c.isConst())
    return a.getConst() - c.getConst();
  if (c.isConst(0))
    return a;
  if (!a.isConst() && a.getValue() == c.getValue())
    return 0;
  return arith::SubIOp::create(b, loc, val(a), val(c)).getResult();
}

Num KernelBuilder::mul(Num a, Num c) {
  if (a.isConst() && c.isConst())
    return a.getConst() * c.getConst();
  if (a.isConst(0) || c.isConst(0))
    return 0;
  if (a.isConst(1))
    return c;
  if (c.isConst(1))
    return a;
  return arith::MulIOp::create(b, loc, val(a), val(c)).getResult();
}

Num KernelBuilder::div(Num a, Num c) {
  if (a.isConst() && c.isConst() && c.getConst() != 0)
    return a.getConst() / c.getConst();
  if (c.isConst(1))
    return a;
  return arith::DivSIOp::create(b, loc, val(a), val(c)).getResult();
}

Num KernelBuilder::rem(Num a, Num c) {
  if (a.isConst() && c.isConst() && c.getConst() != 0)
    return a.getConst() % c.getConst();
  if (c.isConst(1))
    return 0;
  return arith::RemSIOp::create(b, loc, val(a), val(c)).getResult();
}

Num KernelBuilder::min(Num a, Num c) {
  if (a.isConst() && c.isConst())
    return std::min(a.getConst(), c.getConst());
  return arith::MinSIOp::create(b, loc, val(a), val(c)).getResult();
}

Num KernelBuilder::max(Num a, Num c) {
  if (a.isConst() && c.isConst())
    return std::max(a.getConst(), c.getConst());
  return arith::MaxSIOp::create(b, loc, val(a), val(c)).getResult();
}

Num KernelBuilder::shl(Num a, Num c) {
  if (a.isConst() && c.isConst())
    return a.getConst() << c.getConst();
  if (c.isConst(0))
    return a;
  return arith::ShLIOp::create(b, loc, val(a), val(c)).getResult();
}

Num KernelBuilder::orr(Num a, Num c) {
  if (a.isConst() && c.isConst())
    return a.getConst() | c.getConst();
  if (a.isConst(0))
    return c;
  if (c.isConst(0))
    return a;
  return arith::OrIOp::create(b, loc, val(a), val(c)).getResult();
}

Num KernelBuilder::cmp(arith::CmpIPredicate cond, Num a, Num c) {
  if (a.isConst() && c.isConst())
    return int64_t(arith::applyCmpPredicate(cond, llvm::APInt(64, a.getConst(), true),
                                            llvm::APInt(64, c.getConst(), true)));
  Value bit = arith::CmpIOp::create(b, loc, cond, val(a), val(c));
  return arith::IndexCastUIOp::create(b, loc, b.getIndexType(), bit).getResult();
}

Num KernelBuilder::select(Num c, Num a, Num d) {
  if (c.isConst())
    return c.getConst() ? a : d;
  Value bit = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, val(c), val(0));
  return arith::SelectOp::create(b, loc, bit, val(a), val(d)).getResult();
}

Num KernelBuilder::blockId() { return BlockIdOp::create(b, loc).getResult(); }

//===----------------------------------------------------------------------===//
// Control flow
//===----------------------------------------------------------------------===//

void KernelBuilder::loop(Num lo, Num hi, Num step, llvm::function_ref<void(Num)> body) {
  if (lo.isConst() && hi.isConst() && step.isConst()) {
    if (lo.getConst() >= hi.getConst())
      return;
    if (lo.getConst() + step.getConst() >= hi.getConst())
      return body(lo);
  }
  auto op = scf::ForOp::create(b, loc, val(lo), val(hi), val(step));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(op.getBody());
  body(op.getInductionVar());
}

void KernelBuilder::when(Num c, llvm::function_ref<void()> body) {
  if (c.isConst()) {
    if (c.getConst())
      body();
    return;
  }
  Value bit = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, val(c), val(0));
  auto op = scf::IfOp::create(b, loc, bit, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(op.thenBlock());
  body();
}

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

/// Smallest unit of the memory's addresses, in bytes.
static int64_t granularity(MemSpace space) {
  switch (space) {
  case MemSpace::L0A:
  case MemSpace::L0B:
    return 512;
  case MemSpace::L0C:
    return 1024;
  default:
    return 32;
  }
}

Value KernelBuilder::pool(StringRef name, MemSpace space, int64_t bytes, int64_t slots) {
  OpBuilder::InsertionGuard guard(b);
  Operation *parent = b.getInsertionBlock()->getParentOp();
  auto kernel = mlir::dyn_cast<KernelOp>(parent);
  if (!kernel)
    kernel = parent->getParentOfType<KernelOp>();
  b.setInsertionPointToStart(&kernel.getBody().front());
  int64_t unit = granularity(space);
  bytes = (std::max<int64_t>(bytes, 1) + unit - 1) / unit * unit;
  return PoolOp::create(b, loc, PoolType::get(b.getContext(), space), b.getStringAttr(name),
                        b.getI64IntegerAttr(bytes), b.getI64IntegerAttr(slots), IntegerAttr());
}

Value KernelBuilder::acquire(Value pool) {
  auto space = mlir::cast<PoolType>(pool.getType()).getSpace();
  return AcquireOp::create(b, loc, PtrType::get(b.getContext(), space), pool);
}

Value KernelBuilder::at(Value ptr, Num bytes) {
  if (bytes.isConst(0))
    return ptr;
  return OffsetOp::create(b, loc, ptr, val(bytes));
}

//===----------------------------------------------------------------------===//
// Moves
//===----------------------------------------------------------------------===//

void KernelBuilder::gmToUb(Value d, Value s, Num n, Num len, Num ds, Num ss) {
  DmaGmToUbOp::create(b, loc, d, s, val(n), val(len), val(ds), val(ss));
}
void KernelBuilder::ubToGm(Value d, Value s, Num n, Num len, Num ds, Num ss) {
  DmaUbToGmOp::create(b, loc, d, s, val(n), val(len), val(ds), val(ss));
}
void KernelBuilder::gmToL1(Value d, Value s, Num n, Num len, Num ds, Num ss) {
  DmaGmToL1Op::create(b, loc, d, s, val(n), val(len), val(ds), val(ss));
}
void KernelBuilder::ubToL1(Value d, Value s, Num n, Num len, Num ds, Num ss) {
  DmaUbToL1Op::create(b, loc, d, s, val(n), val(len), val(ds), val(ss));
}
void KernelBuilder::ubToUb(Value d, Value s, Num n, Num len, Num ds, Num ss) {
  DmaUbToUbOp::create(b, loc, d, s, val(n), val(len), val(ds), val(ss));
}
void KernelBuilder::fillL1(Value d, Num len, uint32_t pattern) {
  FillL1Op::create(b, loc, d, val(len), val(int64_t(pattern)));
}

void KernelBuilder::barrier(PipeKind pipe) { BarrierOp::create(b, loc, pipe); }

//===----------------------------------------------------------------------===//
// Cube
//===----------------------------------------------------------------------===//

void KernelBuilder::load2dA(Value d, Value s, Num n, Num ds, Num ss, bool trans) {
  Load2dAOp::create(b, loc, d, s, val(n), val(ds), val(ss), trans);
}
void KernelBuilder::load2dB(Value d, Value s, Num n, Num ds, Num ss, bool trans) {
  Load2dBOp::create(b, loc, d, s, val(n), val(ds), val(ss), trans);
}
void KernelBuilder::load3dA(Value d, Value s, Num fmatrix, Num filter, Num mStart, Num mExt,
                            Num kStart, Num kExt, bool c04) {
  Load3dAOp::create(b, loc, d, s, val(fmatrix), val(filter), val(mStart), val(mExt), val(kStart),
                    val(kExt), c04);
}
void KernelBuilder::mmad(Value c, Value a, Value bb, Num m, Num k, Num n, Num init) {
  MmadOp::create(b, loc, c, a, bb, val(m), val(k), val(n), val(init));
}
void KernelBuilder::l0cToUb(Value d, Value s, Num n, Num len, Num ds, Num ss, Elem e, bool relu) {
  L0cToUbOp::create(b, loc, d, s, val(n), val(len), val(ds), val(ss), e, relu,
                    saturate && e == Elem::F16);
}

//===----------------------------------------------------------------------===//
// Vector
//===----------------------------------------------------------------------===//

int64_t KernelBuilder::scalarBits(Elem e, double s) {
  if (e == Elem::F16 || e == Elem::F32) {
    llvm::APFloat f(s);
    bool lossy;
    f.convert(e == Elem::F16 ? llvm::APFloat::IEEEhalf() : llvm::APFloat::IEEEsingle(),
              llvm::APFloat::rmNearestTiesToEven, &lossy);
    return int64_t(f.bitcastToAPInt().getZExtValue());
  }
  uint64_t bits = uint64_t(int64_t(s));
  int64_t size = bytesOf(e);
  return int64_t(size == 8 ? bits : bits & ((uint64_t(1) << (8 * size)) - 1));
}

void KernelBuilder::dup(Elem e, Value dst, double s, const VecShape &v) {
  VDupOp::create(b, loc, dst, val(scalarBits(e, s)), val(v.repeat), val(v.count), val(v.strides), e,
                 v.counter);
}
void KernelBuilder::conv(Elem from, Elem to, Value dst, Value src, const VecShape &v,
                         RoundKind round) {
  VConvOp::create(b, loc, dst, src, val(v.repeat), val(v.count), val(v.strides), from, to, round,
                  v.counter, saturate && from == Elem::F32 && to == Elem::F16);
}
void KernelBuilder::cmpv(Elem e, CondKind c, Value dst, Value s0, Value s1, const VecShape &v) {
  VCmpvOp::create(b, loc, dst, s0, s1, val(v.repeat), val(v.count), val(v.strides), e, c,
                  v.counter);
}
void KernelBuilder::cmpvs(Elem e, CondKind c, Value dst, Value src, double s, const VecShape &v) {
  VCmpvsOp::create(b, loc, dst, src, val(scalarBits(e, s)), val(v.repeat), val(v.count),
                   val(v.strides), e, c, v.counter);
}
void KernelBuilder::sel(Elem e, Value dst, Value s0, Value s1, Value mask, const VecShape &v) {
  VSelOp::create(b, loc, dst, s0, s1, mask, val(v.repeat), val(v.count), val(v.strides), e,
                 v.counter);
}
void KernelBuilder::brcb(Elem e, Value dst, Value src, Num repeat, Num dstBlk, Num dstRep) {
  VBrcbOp::create(b, loc, dst, src, val(repeat), val(dstBlk), val(dstRep), e);
}
void KernelBuilder::trans(Elem e, Value dst, Value src, Num n, Num dstRow, Num srcRow,
                          Num dstStride, Num srcStride) {
  VTransOp::create(b, loc, dst, src, val(n), val(dstRow), val(srcRow), val(dstStride),
                   val(srcStride), e);
}
void KernelBuilder::gather(Elem e, Value dst, Value src, Value offsets, Num count) {
  VGatherOp::create(b, loc, dst, src, offsets, val(count), e);
}

} // namespace openatc::kernel
