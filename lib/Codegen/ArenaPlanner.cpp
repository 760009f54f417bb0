//===- ArenaPlanner.cpp - Greedy orders, then a search over orders --------===//
//
// Any plan without gaps results from placing its tensors in the order of their addresses,
// each as low as possible. So the problem is to find an order: greedy ones first, and where
// all of them need more than the liveness bound, a local search that starts from the best.
//
//===----------------------------------------------------------------------===//
#include "openatc/Codegen/ArenaPlanner.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace openatc::codegen {
namespace {

using Order = std::vector<uint32_t>;

/// A tensor with its size rounded up.
struct Item {
  uint64_t size;
  uint32_t first, last;
};

/// How an item chooses among the gaps between items that are alive with it.
enum class Fit : uint8_t { Tightest, Lowest };

/// How good a placement is: its peak, then the bytes above the bound in all.
struct Score {
  uint64_t peak = UINT64_MAX, excess = UINT64_MAX;
  auto operator<=>(const Score &) const = default;
};

/// The same numbers on every machine (SplitMix64).
class Random {
public:
  size_t below(size_t count) {
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return size_t((z ^ (z >> 31)) % count);
  }

private:
  uint64_t state = 0;
};

class Planner {
public:
  Planner(std::span<const Lifetime> lifetimes, uint64_t alignment) {
    for (const Lifetime &life : lifetimes)
      items.push_back({(life.bytes + alignment - 1) / alignment * alignment, life.first,
                       std::max(life.first, life.last)});
    findBound();
  }

  /// Every item after the one before it.
  void stack(ArenaPlan &plan) const {
    for (const Item &item : items) {
      plan.offsets.push_back(plan.peak);
      plan.peak += item.size;
    }
  }

  void describeBound(ArenaPlan &plan) const {
    plan.bound = bound;
    for (uint32_t i = 0; i < items.size(); ++i)
      if (items[i].size && items[i].first <= fullest && fullest <= items[i].last)
        plan.aliveAtPeak.push_back(i);
  }

  void plan(ArenaPlan &plan) {
    findNeighbours();
    offsets.resize(items.size());
    tryGreedy();
    if (best.peak > bound)
      search();
    plan.offsets = std::move(bestOffsets);
    plan.peak = best.peak;
  }

private:
  /// Most bytes alive at one task. Only the start of a lifetime can raise the sum, so a
  /// sweep over starts and ends finds the maximum.
  void findBound() {
    uint32_t tasks = 0;
    for (const Item &item : items)
      tasks = std::max(tasks, item.last + 1);
    std::vector<uint64_t> begins(tasks + 1), ends(tasks + 1);
    for (const Item &item : items) {
      begins[item.first] += item.size;
      ends[item.last + 1] += item.size;
    }
    uint64_t alive = 0;
    aliveBytes.resize(tasks);
    for (uint32_t t = 0; t < tasks; ++t) {
      aliveBytes[t] = alive = alive + begins[t] - ends[t];
      if (alive > bound) {
        bound = alive;
        fullest = t;
      }
    }
  }

  /// The items alive with each item, by a sweep in the order of first tasks.
  void findNeighbours() {
    neighbours.resize(items.size());
    Order byFirst = identity(), alive;
    std::stable_sort(byFirst.begin(), byFirst.end(),
                     [&](uint32_t a, uint32_t b) { return items[a].first < items[b].first; });
    for (uint32_t index : byFirst) {
      std::erase_if(alive, [&](uint32_t other) { return items[other].last < items[index].first; });
      for (uint32_t other : alive) {
        neighbours[index].push_back(other);
        neighbours[other].push_back(index);
      }
      alive.push_back(index);
    }
  }

  Order identity() const {
    Order order(items.size());
    std::iota(order.begin(), order.end(), 0);
    return order;
  }

  /// The offset for `index` among its neighbours that have one.
  uint64_t fit(uint32_t index, Fit how) {
    taken.clear();
    for (uint32_t other : neighbours[index])
      if (offsets[other] != unplaced)
        taken.push_back({offsets[other], offsets[other] + items[other].size});
    std::sort(taken.begin(), taken.end());
    uint64_t size = items[index].size, end = 0, at = unplaced, tightest = UINT64_MAX;
    for (auto [low, high] : taken) {
      if (low >= end && low - end >= size && low - end < tightest) {
        at = end;
        tightest = low - end;
        if (how == Fit::Lowest)
          break;
      }
      end = std::max(end, high);
    }
    return at == unplaced ? end : at;
  }

  /// Fills `offsets` by placing the items one after the other.
  Score place(const Order &order, Fit how) {
    std::fill(offsets.begin(), offsets.end(), unplaced);
    Score score{0, 0};
    for (uint32_t index : order) {
      offsets[index] = fit(index, how);
      uint64_t top = offsets[index] + items[index].size;
      score.peak = std::max(score.peak, top);
      score.excess += top > bound ? top - bound : 0;
    }
    if (score < best) {
      best = score;
      bestOffsets = offsets;
      bestOrder = order;
    }
    return score;
  }

  void tryGreedy() {
    auto area = [&](uint32_t i) { return items[i].size * (items[i].last - items[i].first + 1); };
    // The fullest task that an item is alive at: what is alive there has the least choice.
    std::vector<uint64_t> pressure(items.size());
    for (uint32_t i = 0; i < items.size(); ++i)
      pressure[i] = *std::max_element(aliveBytes.begin() + items[i].first,
                                      aliveBytes.begin() + items[i].last + 1);
    // Large tensors first leaves small holes for small ones; long-lived first keeps them
    // at the bottom; program order suits chains where sizes shrink.
    const std::function<bool(uint32_t, uint32_t)> orders[] = {
        [&](uint32_t a, uint32_t b) { return items[a].size > items[b].size; },
        [&](uint32_t a, uint32_t b) { return area(a) > area(b); },
        [&](uint32_t a, uint32_t b) {
          return items[a].last - items[a].first > items[b].last - items[b].first;
        },
        [&](uint32_t a, uint32_t b) { return items[a].first < items[b].first; },
        [&](uint32_t a, uint32_t b) { return items[a].last > items[b].last; },
        [&](uint32_t a, uint32_t b) {
          return pressure[a] != pressure[b] ? pressure[a] > pressure[b]
                                            : items[a].size > items[b].size;
        },
        [&](uint32_t a, uint32_t b) {
          return pressure[a] != pressure[b] ? pressure[a] > pressure[b] : area(a) > area(b);
        },
    };
    for (const auto &before : orders)
      for (Fit how : {Fit::Tightest, Fit::Lowest}) {
        Order order = identity();
        std::stable_sort(order.begin(), order.end(), before);
        place(order, how);
        if (best.peak == bound)
          return;
      }
  }

  /// Moves an item that sticks out of the bound in front of one that is in its way, or any
  /// item to any place, and keeps what is not worse. Starts again from the best order, slightly
  /// shuffled, when nothing got better for long.
  void search() {
    Order order = identity();
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return bestOffsets[a] < bestOffsets[b]; });
    Score current = place(order, Fit::Lowest);
    uint64_t cost = items.size();
    for (const Order &list : neighbours)
      cost += 4 * list.size();
    constexpr uint64_t work = 40'000'000; // visits of neighbours, about a tenth of a second
    uint64_t rounds = std::min<uint64_t>(work / cost, 20'000), stale = 0;
    Random random;
    for (uint64_t round = 0; round < rounds && best.peak > bound; ++round) {
      Order next = order;
      move(next, random);
      Score score = place(next, Fit::Lowest);
      stale = score < current ? 0 : stale + 1;
      if (score <= current) {
        current = score;
        order = std::move(next);
      } else if (stale > patience) {
        order = bestOrder;
        for (int i = 0; i < shuffles; ++i)
          moveTo(order, random.below(order.size()), random.below(order.size()));
        current = place(order, Fit::Lowest);
        stale = 0;
      }
    }
  }

  static void moveTo(Order &order, size_t from, size_t to) {
    auto begin = order.begin();
    if (to < from)
      std::rotate(begin + to, begin + from, begin + from + 1);
    else
      std::rotate(begin + from, begin + from + 1, begin + to + 1);
  }

  void move(Order &order, Random &random) {
    std::vector<size_t> above;
    for (size_t i = 0; i < order.size(); ++i)
      if (offsets[order[i]] + items[order[i]].size > bound)
        above.push_back(i);
    if (above.empty() || random.below(4) == 0)
      return moveTo(order, random.below(order.size()), random.below(order.size()));
    size_t from = above[random.below(above.size())];
    const Order &ways = neighbours[order[from]];
    if (ways.empty())
      return;
    uint32_t other = ways[random.below(ways.size())];
    moveTo(order, from, std::find(order.begin(), order.end(), other) - order.begin());
  }

  static constexpr uint64_t unplaced = UINT64_MAX;
  static constexpr uint64_t patience = 400;
  static constexpr int shuffles = 4;

  std::vector<Item> items;
  std::vector<uint64_t> aliveBytes; ///< by task
  std::vector<Order> neighbours;
  uint64_t bound = 0;
  uint32_t fullest = 0; ///< first task at which `bound` bytes are alive

  std::vector<uint64_t> offsets, bestOffsets;
  std::vector<std::pair<uint64_t, uint64_t>> taken; ///< of fit(), kept for its memory
  Order bestOrder;
  Score best;
};

} // namespace

ArenaPlan planArena(std::span<const Lifetime> lifetimes, uint64_t alignment, bool reuse) {
  Planner planner(lifetimes, alignment);
  ArenaPlan plan;
  planner.describeBound(plan);
  if (reuse)
    planner.plan(plan);
  else
    planner.stack(plan);
  return plan;
}

} // namespace openatc::codegen
