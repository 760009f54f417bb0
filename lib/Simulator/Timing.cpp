//===- Timing.cpp - When every instruction of a launch starts and ends ----===//

#include "Timing.h"

#include <algorithm>
#include <cmath>

namespace openatc::sim {
namespace {

/// Transfers give way to each other after so many bytes.
constexpr uint64_t kSliceBytes = 8192;

} // namespace

LaunchTiming::LaunchTiming(const SocDescription &soc, CacheModel &cache,
                           std::span<const BlockLog> logs, std::vector<TraceEvent> *trace)
    : soc(soc), cache(cache), logs(logs), trace(trace),
      cores(std::min<size_t>(size_t(soc.aiCores), logs.size())),
      dramMBs(uint64_t(std::max<long long>(1, std::llround(soc.dramGBs * 1000)))) {}

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
    p.dispatched.clear();
    p.started.assign(size_t(soc.queueDepth), 0);
    p.next = 0;
    p.free = p.complete = core.end;
    p.waitsForGm = false;
  }
}

void LaunchTiming::run(KernelStats &stats) {
  for (uint32_t i = 0; i < cores.size(); ++i) {
    cores[i].block = i;
    beginBlock(cores[i]);
    advance(i);
  }
  while (!transfers.empty()) {
    Transfer next = transfers.top();
    transfers.pop();
    serve(next);
  }
  finish(stats);
}

/// Lets a core go on until all of its queues wait for global memory.
void LaunchTiming::advance(uint32_t index) {
  Core &core = cores[index];
  while (core.running) {
    const BlockLog &log = logs[core.block];
    bool progress = advanceIssue(core, log);
    for (unsigned p = 1; p < kNumPipes; ++p)
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
  for (; core.nextIssue < log.issue.size(); ++core.nextIssue) {
    const IssueRecord &r = log.issue[core.nextIssue];
    Pipe &pipe = core.pipes[r.pipe];
    switch (r.kind) {
    case IssueRecord::Scalar:
      break;
    case IssueRecord::Dispatch: {
      // A full queue holds up the scalar unit until its oldest record starts.
      const size_t n = pipe.dispatched.size();
      if (n >= depth) {
        if (pipe.next <= n - depth)
          return core.nextIssue != before;
        core.now = std::max(core.now, pipe.started[(n - depth) % depth]);
      }
      pipe.dispatched.push_back(core.now + r.cycles * kTicksPerCycle);
      break;
    }
    case IssueRecord::Set:
      core.flags[0][r.pipe][r.id].times.push_back(core.now + r.cycles * kTicksPerCycle);
      break;
    case IssueRecord::Wait: {
      FlagQueue &flag = core.flags[r.pipe][0][r.id];
      if (flag.empty())
        return core.nextIssue != before;
      core.now = std::max(core.now, flag.take());
      break;
    }
    case IssueRecord::BarrierAll:
      for (const Pipe &p : core.pipes)
        if (p.next != p.dispatched.size() || p.waitsForGm)
          return core.nextIssue != before;
      for (const Pipe &p : core.pipes)
        core.now = std::max(core.now, p.complete);
      break;
    }
    core.now += r.cycles * kTicksPerCycle;
    busy[0] += r.cycles * kTicksPerCycle;
  }
  return core.nextIssue != before;
}

bool LaunchTiming::advancePipe(uint32_t index, unsigned p, const BlockLog &log) {
  Core &core = cores[index];
  Pipe &pipe = core.pipes[p];
  const size_t depth = size_t(soc.queueDepth);
  const size_t before = pipe.next;
  while (!pipe.waitsForGm && pipe.next < pipe.dispatched.size()) {
    const PipeRecord &r = log.pipes[p][pipe.next];
    Ticks start = std::max(pipe.dispatched[pipe.next], pipe.free);
    switch (r.kind) {
    case PipeRecord::Exec:
      pipe.free = start + r.busy * kTicksPerCycle;
      pipe.complete = std::max(pipe.complete, pipe.free + r.latency * kTicksPerCycle);
      busy[p] += r.busy * kTicksPerCycle;
      recordTrace(index, p, start, pipe.free, r.pc);
      break;
    case PipeRecord::Gm:
      pipe.waitsForGm = true;
      transfers.push({start, index, uint8_t(p), start});
      break;
    case PipeRecord::Set:
      // Takes effect when everything before it is complete; later records go on.
      core.flags[p][r.peer][r.id].times.push_back(std::max(start, pipe.complete) + kTicksPerCycle);
      break;
    case PipeRecord::Wait: {
      FlagQueue &flag = core.flags[r.peer][p][r.id];
      if (flag.empty())
        return pipe.next != before;
      start = std::max(start, flag.take());
      pipe.free = start;
      break;
    }
    case PipeRecord::Barrier:
      start = std::max(start, pipe.complete);
      pipe.free = start;
      break;
    }
    pipe.started[pipe.next % depth] = start;
    ++pipe.next;
  }
  return pipe.next != before;
}

/// Touches the next slice of a transfer; true when it was the last.
bool LaunchTiming::slice(const GmTransfer &gm, Transfer &transfer, CacheTraffic &traffic) const {
  const uint64_t sector = uint64_t(soc.gmRequestBytes);
  for (uint64_t moved = 0; transfer.burst < gm.n && gm.len > 0;) {
    if (moved >= kSliceBytes)
      return false;
    const uint64_t address = gm.address + transfer.burst * gm.stride + transfer.offset;
    const uint64_t left = gm.len - transfer.offset;
    // Cut long bursts at a sector boundary, so that no sector counts twice.
    const uint64_t room = kSliceBytes - moved - address % sector;
    const uint64_t bytes = std::min(left, room);
    cache.access(address, bytes, gm.write, traffic);
    moved += (address % sector + bytes + sector - 1) / sector * sector;
    transfer.offset += uint32_t(bytes);
    if (transfer.offset == gm.len) {
      transfer.offset = 0;
      ++transfer.burst;
    }
  }
  return true;
}

void LaunchTiming::serve(Transfer transfer) {
  Core &core = cores[transfer.core];
  Pipe &pipe = core.pipes[transfer.pipe];
  const PipeRecord &record = logs[core.block].pipes[transfer.pipe][pipe.next - 1];
  const GmTransfer &gm = logs[core.block].gm[record.gm];
  const uint64_t sector = uint64_t(soc.gmRequestBytes);

  Ticks now = transfer.time;
  if (transfer.time == transfer.start && transfer.burst == 0 && transfer.offset == 0)
    now += Ticks(gm.write ? soc.gmWriteLatency : soc.gmReadLatency) * kTicksPerCycle;
  CacheTraffic traffic;
  const bool last = slice(gm, transfer, traffic);
  auto dram = [&](uint64_t sectors) {
    const Ticks ticks = sectors * sector * kTicksPerCycle * uint64_t(soc.clockMHz) / dramMBs;
    dramFree = std::max(dramFree, now) + ticks;
    dramBusy += ticks;
  };
  Ticks end;
  if (gm.write) {
    // Writes go to L2; they wait for DRAM only when it is behind with write-backs.
    const uint64_t sectors = traffic.hits + traffic.misses;
    end = now + cyclesOf(sectors * sector, std::min(soc.l2WriteRate, soc.ubToL2Rate));
    if (traffic.writeBacks > 0)
      end = std::max(end, dramFree);
    writeSectors += sectors;
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
      end = std::max(end, dramFree);
    }
    missTicks += missed;
    readSectors += traffic.hits + traffic.misses;
    dramReadSectors += traffic.misses;
  }
  if (traffic.writeBacks > 0) {
    dram(traffic.writeBacks);
    dramWriteSectors += traffic.writeBacks;
  }
  transfer.time = end;
  if (!last) {
    transfers.push(transfer);
    return;
  }
  pipe.free = end;
  pipe.complete = std::max(pipe.complete, end);
  pipe.waitsForGm = false;
  busy[transfer.pipe] += end - transfer.start;
  gmTicks += end - transfer.start;
  recordTrace(transfer.core, transfer.pipe, transfer.start, end, record.pc);
  advance(transfer.core);
}

void LaunchTiming::finish(KernelStats &stats) {
  Ticks end = 0;
  for (const Core &core : cores)
    end = std::max(end, core.end);
  stats.cycles = (end + kTicksPerCycle - 1) / kTicksPerCycle;
  stats.us = double(stats.cycles) / double(soc.clockMHz) + soc.kernelLaunchUs;
  const uint64_t sector = uint64_t(soc.gmRequestBytes);
  stats.gmReadBytes = readSectors * sector;
  stats.gmWriteBytes = writeSectors * sector;
  stats.dramReadBytes = dramReadSectors * sector;
  stats.dramWriteBytes = dramWriteSectors * sector;
  const double capacity = double(std::max<Ticks>(end, 1)) * double(cores.size());
  unsigned busiest = 0;
  for (unsigned p = 0; p < kNumPipes; ++p) {
    stats.busy[p] = busy[p] / kTicksPerCycle;
    stats.share[p] = double(busy[p]) / capacity;
    if (busy[p] > busy[busiest])
      busiest = p;
  }
  static const char *const names[] = {"scalar", "vector", "cube", "mte1", "mte2", "mte3"};
  const bool moves = busiest >= 4;
  // Mostly waiting for DRAM: the chip's rate is used up, or the ports' share of it is.
  const bool dramBound = double(dramBusy) > 0.8 * double(end) || (moves && missTicks * 2 > gmTicks);
  if (stats.us < 2 * soc.kernelLaunchUs)
    stats.bound = "launch";
  else
    stats.bound = dramBound ? "dram" : names[busiest];
}

} // namespace openatc::sim
