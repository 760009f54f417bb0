//===- ArenaPlanner.cpp - Greedy best-fit placement -----------------------===//
#include "openatc/Codegen/ArenaPlanner.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace openatc::codegen {
namespace {

/// A tensor with its size rounded up.
struct Item {
  uint64_t size;
  uint32_t first, last;
};

bool meet(const Item &a, const Item &b) { return a.first <= b.last && b.first <= a.last; }

/// Most bytes alive at one task. Only the start of a lifetime can raise the sum, so a
/// sweep over starts and ends finds the maximum.
uint64_t livenessBound(const std::vector<Item> &items) {
  uint32_t tasks = 0;
  for (const Item &item : items)
    tasks = std::max(tasks, item.last + 1);
  std::vector<uint64_t> begins(tasks + 1), ends(tasks + 1);
  for (const Item &item : items) {
    begins[item.first] += item.size;
    ends[item.last + 1] += item.size;
  }
  uint64_t alive = 0, most = 0;
  for (uint32_t t = 0; t < tasks; ++t) {
    alive = alive + begins[t] - ends[t];
    most = std::max(most, alive);
  }
  return most;
}

/// Places the items one after the other in the given order, each into the tightest
/// gap that the already placed items alive at the same time leave.
uint64_t place(const std::vector<Item> &items, const std::vector<uint32_t> &order,
               std::vector<uint64_t> &offsets) {
  std::vector<uint32_t> placed; // ascending offset
  uint64_t peak = 0;
  for (uint32_t index : order) {
    const Item &item = items[index];
    uint64_t end = 0, best = 0, bestGap = UINT64_MAX;
    for (uint32_t other : placed) {
      if (!meet(item, items[other]))
        continue;
      uint64_t start = offsets[other];
      if (start > end && start - end >= item.size && start - end < bestGap) {
        bestGap = start - end;
        best = end;
      }
      end = std::max(end, start + items[other].size);
    }
    offsets[index] = bestGap == UINT64_MAX ? end : best;
    peak = std::max(peak, offsets[index] + item.size);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), index,
                                   [&](uint32_t a, uint32_t b) { return offsets[a] < offsets[b]; }),
                  index);
  }
  return peak;
}

} // namespace

ArenaPlan planArena(std::span<const Lifetime> lifetimes, uint64_t alignment, bool reuse) {
  std::vector<Item> items;
  items.reserve(lifetimes.size());
  for (const Lifetime &life : lifetimes)
    items.push_back({(life.bytes + alignment - 1) / alignment * alignment, life.first,
                     std::max(life.first, life.last)});

  ArenaPlan plan;
  plan.offsets.resize(items.size());
  plan.bound = livenessBound(items);
  if (!reuse) {
    for (size_t i = 0; i < items.size(); ++i) {
      plan.offsets[i] = plan.peak;
      plan.peak += items[i].size;
    }
    return plan;
  }

  // Large tensors first leaves small holes for small ones; long-lived first keeps them
  // at the bottom; program order suits chains where sizes shrink.
  auto area = [&](uint32_t i) { return items[i].size * (items[i].last - items[i].first + 1); };
  const std::function<bool(uint32_t, uint32_t)> orders[] = {
      [&](uint32_t a, uint32_t b) { return items[a].size > items[b].size; },
      [&](uint32_t a, uint32_t b) { return area(a) > area(b); },
      [&](uint32_t a, uint32_t b) {
        return items[a].last - items[a].first > items[b].last - items[b].first;
      },
      [&](uint32_t a, uint32_t b) { return items[a].first < items[b].first; },
      [&](uint32_t a, uint32_t b) { return items[a].last > items[b].last; },
  };
  plan.peak = UINT64_MAX;
  for (const auto &before : orders) {
    std::vector<uint32_t> order(items.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), before);
    std::vector<uint64_t> offsets(items.size());
    uint64_t peak = place(items, order, offsets);
    if (peak < plan.peak) {
      plan.peak = peak;
      plan.offsets = std::move(offsets);
    }
    if (plan.peak == plan.bound)
      break;
  }
  return plan;
}

} // namespace openatc::codegen
