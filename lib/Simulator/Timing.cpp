//===- Timing.cpp - When every instruction of a launch starts and ends ----===//

#include "Timing.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

namespace openatc::sim {
namespace {

/// Transfers give way to each other after so many bytes.
constexpr uint64_t kSliceBytes = 8192;

} // namespace

LaunchTiming::LaunchTiming(const SocDescription &soc, CacheModel &cache)
    : soc(soc), cache(cache),
      dramMBs(uint64_t(std::max<long long>(1, std::llround(soc.dramGBs * 1000)))),
      ringMask(std::bit_ceil(size_t(soc.queueDepth)) - 1) {}

LaunchTiming::Core::Core(size_t ring) {
  for (Pipe &p : pipes) {
    p.dispatched.resize(ring);
    p.started.resize(ring);
  }
}

Ticks LaunchTiming::cyclesOf(uint64_t bytes, int64_t rate) const {
  return bytes * kTicksPerCycle / uint64_t(rate);
}

void LaunchTiming::recordTrace(uint32_t core, unsigned pipe, Ticks start, Ticks end, uint32_t pc) {
  if (trace && end > start)
    trace->push_back({core, isa::Pipe(pipe), start / kTicksPerCycle,
                      (end + kTicksPerCycle - 1) / kTicksPerCycle, pc});
}

void LaunchTiming::beginBlock(Core &core) {
  core.running = true;
  core.nextIssue = 0;
  core.now = core.end;
  for (Pipe &p : core.pipes) {
    p.entered = p.next = 0;
    p.free = p.complete = core.end;
    p.waitsForGm = false;
    p.waitsFor = nullptr;
  }
  core.waitsFor = nullptr;
  core.fullPipe = nullptr;
}

void LaunchTiming::run(std::span<const BlockLog> blocks, std::vector<TraceEvent> *bars,
                       KernelStats &stats) {
  logs = blocks;
  trace = bars;
  total = {};
  const size_t used = std::min<size_t>(size_t(soc.aiCores), logs.size());
  while (allCores.size() < used)
    allCores.emplace_back(ringMask + 1);
  cores = std::span(allCores).first(used);
  for (uint32_t i = 0; i < cores.size(); ++i) {
    cores[i].block = i;
    cores[i].end = 0;
    beginBlock(cores[i]);
    advance(i);
  }
  while (!turns.empty()) {
    std::pop_heap(turns.begin(), turns.end(), std::greater<>());
    Turn turn = turns.back();
    turns.pop_back();
    // Go on with it for as long as no other one is earlier.
    bool last;
    do
      last = serve(turn);
    while (!last && (turns.empty() || turns.front() > turn));
    if (last)
      complete(turn);
    else
      pushTurn(turn);
  }
  finish(stats);
}

/// Lets a core go on until all of its queues wait for global memory.
void LaunchTiming::advance(uint32_t index) {
  Core &core = cores[index];
  while (core.running) {
    const BlockLog &log = logs[core.block];
    // Look before calling: most queues wait for something most of the time.
    bool progress = false;
    if (!(core.waitsFor && core.waitsFor->empty()) &&
        !(core.fullPipe && core.fullPipe->next <= core.oldest))
      progress = advanceIssue(core, log);
    for (unsigned p = 1; p < kNumPipes; ++p)
      if (core.pipes[p].canAdvance())
        progress |= advancePipe(index, p, log);
    if (progress)
      continue;
    bool done = core.nextIssue == log.issue.size();
    for (unsigned p = 1; p < kNumPipes; ++p)
      done &= core.pipes[p].next == log.pipes[p].size() && !core.pipes[p].waitsForGm;
    if (!done)
      return;
    core.end = core.now;
    for (const Pipe &p : core.pipes)
      core.end = std::max(core.end, p.complete);
    core.block += cores.size();
    core.running = core.block < logs.size();
    if (core.running)
      beginBlock(core);
  }
}

bool LaunchTiming::advanceIssue(Core &core, const BlockLog &log) {
  const size_t depth = size_t(soc.queueDepth);
  const size_t before = core.nextIssue;
  core.waitsFor = nullptr;
  core.fullPipe = nullptr;
  for (; core.nextIssue < log.issue.size(); ++core.nextIssue) {
    const IssueRecord &r = log.issue[core.nextIssue];
    Pipe &pipe = core.pipes[r.pipe];
    const Ticks worked = r.before * kTicksPerCycle;
    Ticks now = core.now + worked;
    Ticks cost = kTicksPerCycle;
    switch (r.kind) {
    case IssueRecord::Scalar:
      cost = 0;
      break;
    case IssueRecord::Dispatch: {
      // A full queue holds up the scalar unit until its oldest record starts.
      const size_t n = pipe.entered;
      if (n >= depth) {
        if (pipe.next <= n - depth) {
          core.fullPipe = &pipe;
          core.oldest = n - depth;
          return core.nextIssue != before;
        }
        now = std::max(now, pipe.started[(n - depth) & ringMask]);
      }
      pipe.dispatched[n & ringMask] = now + cost;
      ++pipe.entered;
      break;
    }
    case IssueRecord::Set:
      core.flags[0][r.pipe][r.id].times.push_back(now + cost);
      break;
    case IssueRecord::Wait: {
      FlagQueue &flag = core.flags[r.pipe][0][r.id];
      if (flag.empty()) {
        core.waitsFor = &flag;
        return core.nextIssue != before;
      }
      now = std::max(now, flag.take());
      break;
    }
    case IssueRecord::BarrierAll:
      for (const Pipe &p : core.pipes)
        if (p.next != p.entered || p.waitsForGm)
          return core.nextIssue != before;
      for (const Pipe &p : core.pipes)
        now = std::max(now, p.complete);
      break;
    }
    core.now = now + cost;
    total.busy[0] += worked + cost;
  }
  return core.nextIssue != before;
}

bool LaunchTiming::advancePipe(uint32_t index, unsigned p, const BlockLog &log) {
  Core &core = cores[index];
  Pipe &pipe = core.pipes[p];
  const size_t before = pipe.next;
  pipe.waitsFor = nullptr;
  while (!pipe.waitsForGm && pipe.next < pipe.entered) {
    const PipeRecord &r = log.pipes[p][pipe.next];
    Ticks start = std::max(pipe.dispatched[pipe.next & ringMask], pipe.free);
    switch (r.kind) {
    case PipeRecord::Exec:
      pipe.free = start + r.busy * kTicksPerCycle;
      pipe.complete = std::max(pipe.complete, pipe.free + r.latency * kTicksPerCycle);
      total.busy[p] += r.busy * kTicksPerCycle;
      recordTrace(index, p, start, pipe.free, r.pc);
      break;
    case PipeRecord::Gm:
      pipe.waitsForGm = true;
      pipe.transfer = {start};
      pushTurn({start, index, p});
      break;
    case PipeRecord::Set:
      // Takes effect when everything before it is complete; later records go on.
      core.flags[p][r.peer][r.id].times.push_back(std::max(start, pipe.complete) + kTicksPerCycle);
      break;
    case PipeRecord::Wait: {
      FlagQueue &flag = core.flags[r.peer][p][r.id];
      if (flag.empty()) {
        pipe.waitsFor = &flag;
        return pipe.next != before;
      }
      start = std::max(start, flag.take());
      pipe.free = start;
      break;
    }
    case PipeRecord::Barrier:
      start = std::max(start, pipe.complete);
      pipe.free = start;
      break;
    }
    pipe.started[pipe.next & ringMask] = start;
    ++pipe.next;
  }
  return pipe.next != before;
}

void LaunchTiming::pushTurn(const Turn &turn) {
  turns.push_back(turn);
  std::push_heap(turns.begin(), turns.end(), std::greater<>());
}

/// Touches the next slice of a transfer; true when it was the last.
bool LaunchTiming::slice(const GmTransfer &gm, Transfer &transfer, CacheTraffic &traffic) const {
  const uint64_t inSector = uint64_t(soc.gmRequestBytes) - 1;
  if (gm.len == 0)
    return true;
  for (uint64_t moved = 0; transfer.burst < gm.n;) {
    if (moved >= kSliceBytes)
      return false;
    const uint64_t address = gm.address + transfer.burst * gm.stride + transfer.offset;
    const uint64_t left = gm.len - transfer.offset, skipped = address & inSector;
    // Cut long bursts at a sector boundary, so that no sector counts twice.
    const uint64_t bytes = std::min(left, kSliceBytes - moved - skipped);
    cache.access(address, bytes, gm.write, traffic);
    moved += (skipped + bytes + inSector) & ~inSector;
    transfer.offset += uint32_t(bytes);
    if (transfer.offset == gm.len) {
      transfer.offset = 0;
      ++transfer.burst;
    }
  }
  return true;
}

bool LaunchTiming::serve(Turn &turn) {
  Core &core = cores[turn.core];
  Pipe &pipe = core.pipes[turn.pipe];
  Transfer &transfer = pipe.transfer;
  const BlockLog &log = logs[core.block];
  const GmTransfer &gm = log.gm[log.pipes[turn.pipe][pipe.next - 1].busy];
  const uint64_t sector = uint64_t(soc.gmRequestBytes);

  Ticks now = turn.time;
  if (!transfer.begun)
    now += Ticks(gm.write ? soc.gmWriteLatency : soc.gmReadLatency) * kTicksPerCycle;
  transfer.begun = true;
  CacheTraffic traffic;
  const bool last = slice(gm, transfer, traffic);
  auto dram = [&](uint64_t sectors) {
    const Ticks ticks = sectors * sector * kTicksPerCycle * uint64_t(soc.clockMHz) / dramMBs;
    total.dramFree = std::max(total.dramFree, now) + ticks;
    total.dramBusy += ticks;
  };
  Ticks end;
  if (gm.write) {
    // Writes go to L2; they wait for DRAM only when it is behind with write-backs.
    const uint64_t sectors = traffic.hits + traffic.misses;
    end = now + cyclesOf(sectors * sector, std::min(soc.l2WriteRate, soc.ubToL2Rate));
    if (traffic.writeBacks > 0)
      end = std::max(end, total.dramFree);
    total.writeSectors += sectors;
  } else {
    if (traffic.misses > 0 && !transfer.missed) {
      now += Ticks(soc.dramLatency) * kTicksPerCycle;
      transfer.missed = true;
    }
    const Ticks missed =
        cyclesOf(traffic.misses * sector, std::min(soc.ddrReadRate, soc.l2ReadRate));
    end = now + cyclesOf(traffic.hits * sector, soc.l2ReadRate) + missed;
    if (traffic.misses > 0) {
      dram(traffic.misses);
      end = std::max(end, total.dramFree);
    }
    total.missTicks += missed;
    total.readSectors += traffic.hits + traffic.misses;
    total.dramReadSectors += traffic.misses;
  }
  if (traffic.writeBacks > 0) {
    dram(traffic.writeBacks);
    total.dramWriteSectors += traffic.writeBacks;
  }
  turn.time = end;
  return last;
}

void LaunchTiming::complete(const Turn &turn) {
  Core &core = cores[turn.core];
  Pipe &pipe = core.pipes[turn.pipe];
  const Ticks start = pipe.transfer.start, end = turn.time;
  pipe.free = end;
  pipe.complete = std::max(pipe.complete, end);
  pipe.waitsForGm = false;
  total.busy[turn.pipe] += end - start;
  total.gmTicks += end - start;
  recordTrace(turn.core, turn.pipe, start, end,
              logs[core.block].pipes[turn.pipe][pipe.next - 1].pc);
  advance(turn.core);
}

void LaunchTiming::finish(KernelStats &stats) {
  Ticks end = 0;
  for (const Core &core : cores)
    end = std::max(end, core.end);
  stats.cycles = (end + kTicksPerCycle - 1) / kTicksPerCycle;
  stats.us = double(stats.cycles) / double(soc.clockMHz) + soc.kernelLaunchUs;
  const uint64_t sector = uint64_t(soc.gmRequestBytes);
  stats.gmReadBytes = total.readSectors * sector;
  stats.gmWriteBytes = total.writeSectors * sector;
  stats.dramReadBytes = total.dramReadSectors * sector;
  stats.dramWriteBytes = total.dramWriteSectors * sector;
  const double capacity = double(std::max<Ticks>(end, 1)) * double(cores.size());
  unsigned busiest = 0;
  for (unsigned p = 0; p < kNumPipes; ++p) {
    stats.busy[p] = total.busy[p] / kTicksPerCycle;
    stats.share[p] = double(total.busy[p]) / capacity;
    if (total.busy[p] > total.busy[busiest])
      busiest = p;
  }
  static const char *const names[] = {"scalar", "vector", "cube", "mte1", "mte2", "mte3"};
  const bool moves = busiest >= 4;
  // Mostly waiting for DRAM: the chip's rate is used up, or the ports' share of it is.
  const bool dramBound =
      double(total.dramBusy) > 0.8 * double(end) || (moves && total.missTicks * 2 > total.gmTicks);
  if (stats.us < 2 * soc.kernelLaunchUs)
    stats.bound = "launch";
  else
    stats.bound = dramBound ? "dram" : names[busiest];
}

} // namespace openatc::sim
