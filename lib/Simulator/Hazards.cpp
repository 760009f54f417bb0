//===- Hazards.cpp - Accesses that nothing orders -------------------------===//

#include "Hazards.h"

#include <algorithm>

namespace openatc::sim {

using isa::Opcode;
using isa::Pipe;
using isa::Space;

namespace {

constexpr const char *kSpaceNames[] = {"GM", "L1", "L0A", "L0B", "L0C", "UB"};

std::string instructionText(const isa::DecodedProgram &program, uint32_t pc) {
  auto it = std::lower_bound(program.offsets.begin(), program.offsets.end(), pc);
  size_t index = size_t(it - program.offsets.begin());
  return "offset " + std::to_string(pc) + " '" + isa::print(program.instructions[index]) + "'";
}

void join(std::array<uint32_t, kNumPipes> &into, const std::array<uint32_t, kNumPipes> &from) {
  for (unsigned i = 0; i < kNumPipes; ++i)
    into[i] = std::max(into[i], from[i]);
}

} // namespace

HazardTracker::HazardTracker(const SocDescription &soc) {
  auto size = [&](Space space, int64_t bytes) {
    blocks[unsigned(space)].resize(size_t(bytes) / kBlockBytes);
  };
  size(Space::L1, soc.l1Size);
  size(Space::L0A, soc.l0aSize);
  size(Space::L0B, soc.l0bSize);
  size(Space::L0C, soc.l0cSize);
  size(Space::UB, soc.ubSize);
}

void HazardTracker::start(const isa::DecodedProgram &next) {
  program = &next;
  base = *std::max_element(sequence.begin(), sequence.end());
  if (base > UINT32_MAX / 2) { // a block has fewer instructions than the other half
    for (std::vector<BlockState> &states : blocks)
      std::fill(states.begin(), states.end(), BlockState());
    base = 0;
  }
  sequence.fill(base);
  for (Clock &clock : known)
    clock.fill(base);
  flags = {};
  granules.clear();
  message.clear();
}

void HazardTracker::begin(const isa::Instruction &inst, uint32_t offset) {
  pc = offset;
  pipe = isa::infoOf(uint8_t(inst.opcode))->pipe;
  // Flags and barriers are queued in the pipe that their modifiers name.
  if (inst.opcode == Opcode::SetFlag)
    pipe = inst.mods.pipeA;
  else if (inst.opcode == Opcode::WaitFlag)
    pipe = inst.mods.pipeB;
  else if (inst.opcode == Opcode::Barrier)
    pipe = inst.mods.pipeA == Pipe::All ? Pipe::S : inst.mods.pipeA;
  const unsigned p = unsigned(pipe);
  // The scalar unit is done with everything before a dispatch.
  known[0][0] = sequence[0];
  if (pipe != Pipe::S)
    join(known[p], known[0]);
  ++sequence[p];
}

void HazardTracker::setFlag(Pipe from, Pipe to, unsigned id) {
  const unsigned p = unsigned(from), q = unsigned(to);
  Flag &flag = flags[p][q][id];
  if (flag.lastWait > known[p][q]) {
    message = "hazard: the flag can be set again before the wait of its last use has taken it";
    return;
  }
  flag.clock = known[p];
  flag.clock[p] = sequence[p]; // all earlier instructions of the pipe are complete
}

void HazardTracker::waitFlag(Pipe from, Pipe to, unsigned id) {
  const unsigned q = unsigned(to);
  Flag &flag = flags[unsigned(from)][q][id];
  join(known[q], flag.clock);
  flag.lastWait = sequence[q];
}

void HazardTracker::barrier(Pipe which) {
  if (which != Pipe::All) {
    known[unsigned(which)][unsigned(which)] = sequence[unsigned(which)];
    return;
  }
  // What every pipe knew is known to the scalar unit, which dispatches the rest.
  for (unsigned p = 0; p < kNumPipes; ++p)
    join(known[0], known[p]);
  join(known[0], sequence);
}

bool HazardTracker::ordered(Pipe earlier, uint32_t earlierSequence, bool earlierWrites,
                            bool write) const {
  if (!earlierWrites && !write)
    return true;
  if (earlier == pipe) {
    // Scalar and cube instructions complete in order; transfer engines may only not
    // write the same place twice.
    if (pipe == Pipe::S || pipe == Pipe::M)
      return true;
    if (earlierSequence == sequence[unsigned(pipe)])
      return true; // the same instruction
    if (pipe != Pipe::V && !(earlierWrites && write))
      return true;
  }
  return known[unsigned(pipe)][unsigned(earlier)] >= earlierSequence;
}

void HazardTracker::report(Space space, uint64_t address, uint64_t bytes, uint32_t earlierPc,
                           bool earlierWrites, bool write) {
  if (failed())
    return;
  message = std::string("hazard: ") + (write ? "write" : "read") + " of " +
            kSpaceNames[unsigned(space)] + " [" + std::to_string(address) + ", +" +
            std::to_string(bytes) + ") is not ordered after the " +
            (earlierWrites ? "write" : "read") + " by " + instructionText(*program, earlierPc);
}

void HazardTracker::access(Space space, const Bursts &b, bool write) {
  if (b.n > 1 && b.stride == b.len)
    return access(space, {b.address, 1, b.n * b.len, 0}, write);
  for (int64_t i = 0; i < b.n && !failed(); ++i) {
    const uint64_t address = uint64_t(b.address + i * b.stride);
    if (space == Space::GM)
      global(address, uint64_t(b.len), write);
    else
      onChip(space, address, uint64_t(b.len), write);
  }
}

void HazardTracker::onChip(Space space, uint64_t address, uint64_t bytes, bool write) {
  const Stamp now{sequence[unsigned(pipe)], pc};
  std::vector<BlockState> &states = blocks[unsigned(space)];
  for (uint64_t i = address / kBlockBytes; i <= (address + bytes - 1) / kBlockBytes; ++i) {
    BlockState &state = states[i];
    if (state.write.sequence > base && !ordered(state.writer, state.write.sequence, true, write))
      return report(space, i * kBlockBytes, kBlockBytes, state.write.pc, true, write);
    if (!write) {
      state.reads[unsigned(pipe)] = now;
      continue;
    }
    for (unsigned p = 0; p < kNumPipes; ++p)
      if (state.reads[p].sequence > base && !ordered(Pipe(p), state.reads[p].sequence, false, true))
        return report(space, i * kBlockBytes, kBlockBytes, state.reads[p].pc, false, true);
    state.write = now;
    state.writer = pipe;
  }
}

void HazardTracker::global(uint64_t address, uint64_t bytes, bool write) {
  for (const uint64_t end = address + bytes; address < end;) {
    const uint64_t granule = address / kGranuleBytes;
    const uint64_t stop = std::min(end, (granule + 1) * kGranuleBytes);
    GmSpan span{uint16_t(address % kGranuleBytes),
                uint16_t(stop - granule * kGranuleBytes),
                pipe,
                write,
                sequence[unsigned(pipe)],
                pc};
    std::vector<GmSpan> &list = granules[granule];
    for (const GmSpan &e : list)
      if (e.begin < span.end && span.begin < e.end && !ordered(e.pipe, e.sequence, e.write, write))
        return report(Space::GM, granule * kGranuleBytes + std::max(e.begin, span.begin),
                      std::min(e.end, span.end) - std::max(e.begin, span.begin), e.pc, e.write,
                      write);
    // Whoever is ordered after the new access is ordered after what it covers.
    std::erase_if(list, [&](const GmSpan &e) {
      return e.pipe == span.pipe && e.write == span.write && e.begin >= span.begin &&
             e.end <= span.end;
    });
    list.push_back(span);
    address = stop;
  }
}

GmFootprint HazardTracker::takeFootprint() {
  GmFootprint footprint;
  footprint.reserve(granules.size());
  for (auto &[granule, list] : granules)
    footprint.emplace_back(granule, std::move(list));
  granules.clear();
  std::sort(footprint.begin(), footprint.end(),
            [](const auto &a, const auto &b) { return a.first < b.first; });
  return footprint;
}

Status checkBlocks(const isa::DecodedProgram &program, const std::vector<GmFootprint> &footprints) {
  struct Item {
    uint32_t block;
    GmSpan span;
  };
  // Walk all footprints in address order; each granule is looked at once.
  std::vector<size_t> position(footprints.size(), 0);
  std::vector<Item> items;
  while (true) {
    uint64_t granule = UINT64_MAX;
    for (size_t b = 0; b < footprints.size(); ++b)
      if (position[b] < footprints[b].size())
        granule = std::min(granule, footprints[b][position[b]].first);
    if (granule == UINT64_MAX)
      return Status::success();
    items.clear();
    bool anyWrite = false;
    for (size_t b = 0; b < footprints.size(); ++b) {
      if (position[b] >= footprints[b].size() || footprints[b][position[b]].first != granule)
        continue;
      for (const GmSpan &span : footprints[b][position[b]++].second) {
        items.push_back({uint32_t(b), span});
        anyWrite |= span.write;
      }
    }
    if (!anyWrite)
      continue;
    for (size_t i = 0; i < items.size(); ++i)
      for (size_t j = i + 1; j < items.size(); ++j) {
        const GmSpan &a = items[i].span, &b = items[j].span;
        if (items[i].block == items[j].block || !(a.write || b.write) || a.begin >= b.end ||
            b.begin >= a.end)
          continue;
        auto describe = [&](const Item &item) {
          return "the " + std::string(item.span.write ? "write" : "read") + " by block " +
                 std::to_string(item.block) + ", " + instructionText(program, item.span.pc);
        };
        return Status::error(
            "hazard: GM [" + std::to_string(granule * kGranuleBytes + std::max(a.begin, b.begin)) +
            ", +" + std::to_string(std::min(a.end, b.end) - std::max(a.begin, b.begin)) +
            "): " + describe(items[i]) + ", and " + describe(items[j]) + ", are not ordered");
      }
  }
}

} // namespace openatc::sim
