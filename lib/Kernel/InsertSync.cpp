//===- InsertSync.cpp - Order the pipes by flags and barriers -------------===//
//
// Flags follow from generations alone: inside one, runs of one pipe hand over to
// the next run; the last run hands the slot back to the first run of the slot's
// next generation. Because every flag is raised earlier in program order than it
// is waited for, the result cannot deadlock.
//
//===----------------------------------------------------------------------===//

#include "VectorAccess.h"
#include "openatc/Kernel/Passes.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace openatc::davinci;

namespace openatc::kernel {
#define GEN_PASS_DEF_INSERTSYNCPASS
#include "openatc/Kernel/Passes.h.inc"

namespace {

/// Consecutive block-level ops that touch a generation on one pipe.
struct Run {
  PipeKind pipe;
  Operation *first;
  Operation *last;
};

/// One acquire with the runs that touch it, in program order.
struct Generation {
  AcquireOp acquire;
  SmallVector<Run> runs;
};

/// Pools that rotate in step and share their flags.
struct Channel {
  SmallVector<PoolOp> pools;
  SmallVector<Generation> generations; // of the first pool; runs cover all pools
  int64_t slots;

  ArrayRef<Run> shape() const { return generations.front().runs; }
};

using Pair = std::pair<PipeKind, PipeKind>;

PipeKind pipeOf(InstOpInterface inst) { return static_cast<PipeKind>(inst.getIsaPipe()); }

/// All instructions that use a pointer derived from `root`.
void collectUsers(Value root, llvm::SetVector<Operation *> &users) {
  for (Operation *user : root.getUsers()) {
    if (mlir::isa<OffsetOp>(user))
      collectUsers(user->getResult(0), users);
    else if (mlir::isa<InstOpInterface>(user))
      users.insert(user);
  }
}

struct InsertSync : impl::InsertSyncPassBase<InsertSync> {
  using InsertSyncPassBase::InsertSyncPassBase;

  LogicalResult collect(PoolOp pool, Channel &channel);
  bool tryMerge(Channel &into, Channel &from);
  LogicalResult assignIds(SmallVectorImpl<Channel> &channels);
  void emit(Channel &channel, KernelOp kernel);
  void insertVectorBarriers(Block &block, SmallVectorImpl<VectorAccess> &pending);
  void runOnOperation() override;

  /// Next free id of each pair.
  llvm::MapVector<Pair, int64_t> nextId;
};

/// Finds the runs of every generation of `pool`.
LogicalResult InsertSync::collect(PoolOp pool, Channel &channel) {
  channel.pools.push_back(pool);
  channel.slots = pool.getSlots();
  for (Operation *user : pool->getUsers()) {
    auto acquire = mlir::cast<AcquireOp>(user);
    Generation generation{acquire, {}};
    llvm::SetVector<Operation *> users;
    collectUsers(acquire.getPtr(), users);
    SmallVector<std::pair<Operation *, PipeKind>> nodes;
    llvm::SmallDenseMap<Operation *, PipeKind> pipeOfNode;
    for (Operation *inst : users) {
      Operation *node = acquire->getBlock()->findAncestorOpInBlock(*inst);
      PipeKind pipe = pipeOf(mlir::cast<InstOpInterface>(inst));
      auto [it, isNew] = pipeOfNode.try_emplace(node, pipe);
      if (isNew)
        nodes.push_back({node, pipe});
      else if (it->second != pipe)
        return inst->emitError("generation of \"")
               << pool.getBufferName()
               << "\" is used by two pipes inside one nested op; acquire it in there";
    }
    llvm::stable_sort(nodes, [](auto &a, auto &b) { return a.first->isBeforeInBlock(b.first); });
    for (auto [node, pipe] : nodes) {
      if (generation.runs.empty() || generation.runs.back().pipe != pipe)
        generation.runs.push_back({pipe, node, node});
      else
        generation.runs.back().last = node;
    }
    if (!generation.runs.empty())
      channel.generations.push_back(std::move(generation));
  }
  // Users come in reverse order of creation; flags must not depend on that.
  llvm::stable_sort(channel.generations, [](const Generation &a, const Generation &b) {
    return a.acquire->getBlock() == b.acquire->getBlock() && a.acquire->isBeforeInBlock(b.acquire);
  });
  for (Generation &g : channel.generations)
    if (g.runs.front().pipe != channel.shape().front().pipe ||
        g.runs.back().pipe != channel.shape().back().pipe)
      return g.acquire.emitError("generations of \"")
             << pool.getBufferName() << "\" begin or end on different pipes";
  return success();
}

/// Joins `from` into `into` when both are acquired once in the same block, pass
/// the same pipes, and no run of one comes before an earlier run of the other.
bool InsertSync::tryMerge(Channel &into, Channel &from) {
  if (into.slots != from.slots || into.generations.size() != 1 || from.generations.size() != 1)
    return false;
  Generation &a = into.generations.front();
  Generation &b = from.generations.front();
  if (a.acquire->getBlock() != b.acquire->getBlock() || a.runs.size() != b.runs.size())
    return false;
  for (size_t i = 0; i < a.runs.size(); ++i)
    if (a.runs[i].pipe != b.runs[i].pipe)
      return false;
  auto before = [](Operation *x, Operation *y) { return x->isBeforeInBlock(y); };
  for (size_t i = 0; i + 1 < a.runs.size(); ++i)
    if (!before(a.runs[i].last, b.runs[i + 1].first) ||
        !before(b.runs[i].last, a.runs[i + 1].first))
      return false;
  if (before(b.acquire, a.acquire))
    a.acquire = b.acquire;
  for (size_t i = 0; i < a.runs.size(); ++i) {
    if (before(b.runs[i].first, a.runs[i].first))
      a.runs[i].first = b.runs[i].first;
    if (before(a.runs[i].last, b.runs[i].last))
      a.runs[i].last = b.runs[i].last;
  }
  llvm::append_range(into.pools, from.pools);
  return true;
}

/// Pairs of pipes that need flags: neighbours of runs, and last back to first.
static SmallVector<Pair> pairsOf(Channel &channel) {
  SmallVector<Pair> pairs;
  for (Generation &g : channel.generations)
    for (size_t i = 0; i + 1 < g.runs.size(); ++i)
      if (!llvm::is_contained(pairs, Pair{g.runs[i].pipe, g.runs[i + 1].pipe}))
        pairs.push_back({g.runs[i].pipe, g.runs[i + 1].pipe});
  Pair back{channel.shape().back().pipe, channel.shape().front().pipe};
  if (back.first != back.second && !llvm::is_contained(pairs, back))
    pairs.push_back(back);
  return pairs;
}

/// Checks that the ids suffice; where they do not, channels give up their second
/// buffer, last ones first.
LogicalResult InsertSync::assignIds(SmallVectorImpl<Channel> &channels) {
  while (true) {
    llvm::MapVector<Pair, int64_t> wanted;
    for (Channel &c : channels)
      for (Pair p : pairsOf(c))
        wanted[p] += c.slots;
    auto over = llvm::find_if(wanted, [&](auto &entry) { return entry.second > eventIds; });
    if (over == wanted.end())
      return success();
    Channel *victim = nullptr;
    for (Channel &c : channels)
      if (c.slots > 1 && llvm::is_contained(pairsOf(c), over->first))
        victim = &c;
    if (!victim)
      return getOperation().emitError("needs ")
             << over->second << " flags from " << stringifyPipeKind(over->first.first) << " to "
             << stringifyPipeKind(over->first.second) << ", the core has " << int64_t(eventIds);
    victim->slots = 1;
    for (PoolOp pool : victim->pools)
      pool.setSlots(1);
  }
}

void InsertSync::emit(Channel &channel, KernelOp kernel) {
  llvm::MapVector<Pair, int64_t> base;
  for (Pair p : pairsOf(channel)) {
    base[p] = nextId[p];
    nextId[p] += channel.slots;
  }
  Location loc = kernel.getLoc();
  Pair back{channel.shape().back().pipe, channel.shape().front().pipe};
  bool needsBack = back.first != back.second;
  auto constant = [&](OpBuilder &b, int64_t v) -> Value {
    return arith::ConstantIndexOp::create(b, loc, v);
  };
  for (Generation &g : channel.generations) {
    OpBuilder b(g.acquire);
    b.setInsertionPointAfter(g.acquire);
    Value slot;
    if (channel.slots > 1)
      slot = SlotOp::create(b, loc, b.getIndexType(), g.acquire.getPtr());
    auto id = [&](OpBuilder &b, Pair p) -> Value {
      Value first = constant(b, base[p]);
      return slot ? arith::AddIOp::create(b, loc, slot, first).getResult() : first;
    };
    for (size_t i = 0; i + 1 < g.runs.size(); ++i) {
      Pair p{g.runs[i].pipe, g.runs[i + 1].pipe};
      b.setInsertionPointAfter(g.runs[i].last);
      SetFlagOp::create(b, loc, p.first, p.second, id(b, p));
      b.setInsertionPoint(g.runs[i + 1].first);
      WaitFlagOp::create(b, loc, p.first, p.second, id(b, p));
    }
    if (!needsBack)
      continue;
    b.setInsertionPoint(g.runs.front().first);
    WaitFlagOp::create(b, loc, back.first, back.second, id(b, back));
    b.setInsertionPointAfter(g.runs.back().last);
    SetFlagOp::create(b, loc, back.first, back.second, id(b, back));
  }
  if (!needsBack)
    return;
  OpBuilder b(&getContext());
  for (int64_t s = 0; s < channel.slots; ++s) {
    b.setInsertionPointAfter(channel.pools.front());
    Value id = constant(b, base[back] + s);
    SetFlagOp::create(b, loc, back.first, back.second, id);
    b.setInsertionPointToEnd(&kernel.getBody().front());
    WaitFlagOp::create(b, loc, back.first, back.second, constant(b, base[back] + s));
  }
}

/// Adds those of `from` that `to` does not hold yet: branches and loops give the same ones
/// again and again.
static void addNew(SmallVectorImpl<VectorAccess> &to, ArrayRef<VectorAccess> from) {
  for (const VectorAccess &access : from)
    if (!llvm::is_contained(to, access))
      to.push_back(access);
}

/// Parts dependent vector instructions. `pending` holds the accesses since the
/// last barrier on entry and on exit; the body of a loop also meets its own.
void InsertSync::insertVectorBarriers(Block &block, SmallVectorImpl<VectorAccess> &pending) {
  for (Operation &op : llvm::make_early_inc_range(block)) {
    if (auto inst = mlir::dyn_cast<InstOpInterface>(op)) {
      if (inst.getIsaPipe() != openatc::isa::Pipe::V)
        continue;
      auto accesses = vectorAccesses(inst);
      bool conflict = llvm::any_of(accesses, [&](const VectorAccess &a) {
        return llvm::any_of(pending, [&](const VectorAccess &p) { return a.conflictsWith(p); });
      });
      if (conflict) {
        OpBuilder b(&op);
        BarrierOp::create(b, op.getLoc(), PipeKind::V);
        pending.clear();
      }
      addNew(pending, accesses);
      continue;
    }
    for (Region &region : op.getRegions()) {
      if (region.empty())
        continue;
      SmallVector<VectorAccess> entry(pending.begin(), pending.end());
      if (mlir::isa<scf::ForOp>(op))
        region.walk([&](InstOpInterface inst) {
          if (inst.getIsaPipe() == openatc::isa::Pipe::V)
            addNew(entry, vectorAccesses(inst));
        });
      insertVectorBarriers(region.front(), entry);
      addNew(pending, entry);
    }
  }
}

void InsertSync::runOnOperation() {
  KernelOp kernel = getOperation();
  SmallVector<Channel> channels;
  for (PoolOp pool : kernel.getBody().getOps<PoolOp>()) {
    Channel channel;
    if (failed(collect(pool, channel)))
      return signalPassFailure();
    // Nothing to order: unused, or one pipe only.
    if (channel.generations.empty() ||
        llvm::all_of(channel.generations, [](const Generation &g) { return g.runs.size() == 1; }))
      continue;
    bool merged = false;
    for (Channel &other : channels)
      if ((merged = tryMerge(other, channel)))
        break;
    if (!merged)
      channels.push_back(std::move(channel));
  }
  if (failed(assignIds(channels)))
    return signalPassFailure();
  nextId.clear();
  for (Channel &channel : channels)
    emit(channel, kernel);
  SmallVector<VectorAccess> pending;
  insertVectorBarriers(kernel.getBody().front(), pending);
}

} // namespace
} // namespace openatc::kernel
