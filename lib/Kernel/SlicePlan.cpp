//===- SlicePlan.cpp - Which kernels run depth-first over the batch -------===//

#include "SlicePlan.h"

#include "openatc/Target/CostModel.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <tuple>

namespace openatc::kernel {
namespace {

/// Part of L2 that a working set may take: replacement is exact LRU, but what else passes by
/// (second reads, tails of lines) takes its share.
constexpr double kUsableL2 = 0.96;

/// Part of waiting for DRAM that does not hide behind computing, or the other way round.
constexpr double kSerial = 0.2;
/// Longer ranges are not considered; the time to plan grows with their square.
constexpr size_t kMaxKernels = 96;

class Planner {
public:
  Planner(const PlanProblem &problem, const SocDescription &soc)
      : problem(problem), soc(soc), usable(int64_t(kUsableL2 * double(soc.l2Size))),
        uses(problem.tensors.size()), writers(problem.tensors.size()) {
    for (size_t k = 0; k < problem.kernels.size(); ++k) {
      for (const PlanUse &use : kernel(k).reads)
        note(use.tensor, k);
      for (size_t t : kernel(k).writes) {
        note(t, k);
        writers[t] = k;
      }
    }
  }

  bool mayGain();
  std::vector<PlanSegment> run();

private:
  struct Traffic {
    int64_t readMisses = 0, writeBacks = 0;
  };

  /// What one run of a segment keeps in memory, per kernel of the segment.
  struct Run {
    std::vector<int64_t> live;    ///< bytes alive of tensors that only live in a run
    std::vector<int64_t> streams; ///< bytes of slices and weights from outside, first touches
    int64_t working = 0;          ///< all that the next run finds in L2 if it fits
  };

  const PlanKernel &kernel(size_t k) const { return problem.kernels[k]; }
  const PlanTensor &tensor(size_t t) const { return problem.tensors[t]; }

  void note(size_t t, size_t k) {
    if (uses[t].empty() || uses[t].back() != k)
      uses[t].push_back(k);
  }

  /// The tensor whose memory result `i` of kernel `k` takes.
  std::optional<size_t> overwritten(size_t k, size_t i) const {
    size_t t = kernel(k).writes[i];
    std::optional<size_t> over =
        i < kernel(k).over.size() ? kernel(k).over[i] : std::optional<size_t>();
    if (!over || !writers[*over] || uses[*over].back() != k || tensor(t).isOutput ||
        tensor(*over).isOutput || tensor(*over).bytes != tensor(t).bytes)
      return std::nullopt;
    return over;
  }

  /// Distinct bytes that kernels [begin, end] touch on one slice.
  int64_t footprint(size_t begin, size_t end, int64_t count) {
    auto [it, isNew] = footprints.try_emplace({count, begin, end}, 0);
    if (!isNew)
      return it->second;
    // What kernel `end` adds to those before it.
    int64_t bytes = 0;
    std::vector<size_t> seen;
    auto add = [&](size_t t, bool isCut) {
      std::optional<size_t> before = useBefore(t, end);
      bool known =
          (before && *before >= begin) || std::find(seen.begin(), seen.end(), t) != seen.end();
      seen.push_back(t);
      bytes += known ? 0 : tensor(t).bytes / (isCut ? count : 1);
    };
    for (const PlanUse &use : kernel(end).reads)
      add(use.tensor, use.isCut);
    for (size_t i = 0; i < kernel(end).writes.size(); ++i)
      if (!overwritten(end, i))
        add(kernel(end).writes[i], true);
    if (end > begin)
      bytes += footprint(begin, end - 1, count);
    return footprints[{count, begin, end}] = bytes;
  }

  /// Bytes touched between the uses of a tensor by kernels a < b. Both stream: a place that
  /// `a` touched early `b` touches early, so only one of them counts.
  int64_t distance(size_t a, size_t b, int64_t count) {
    return std::max(footprint(a, b - 1, count), footprint(a + 1, b, count));
  }

  /// The last kernel before `k`, or the first one after it, that touches `t`.
  std::optional<size_t> useBefore(size_t t, size_t k) const {
    auto it = std::lower_bound(uses[t].begin(), uses[t].end(), k);
    return it == uses[t].begin() ? std::nullopt : std::optional(*(it - 1));
  }
  std::optional<size_t> useAfter(size_t t, size_t k) const {
    auto it = std::upper_bound(uses[t].begin(), uses[t].end(), k);
    return it == uses[t].end() ? std::nullopt : std::optional(*it);
  }
  /// Whether the segment, which computes `t`, must keep all of it.
  bool leaves(size_t t, const PlanSegment &s) const {
    return tensor(t).isOutput || uses[t].back() >= s.end;
  }
  bool isInside(size_t t, const PlanSegment &s) const {
    return writers[t] && *writers[t] >= s.begin && *writers[t] < s.end;
  }

  bool isValid(const PlanSegment &s) const;
  double cost(const PlanSegment &s);
  Run describe(const PlanSegment &s) const;
  bool isRewritten(size_t t, const PlanSegment &s, const Run &run) const;
  Traffic traffic(size_t k, const PlanSegment &s, const Run &run, bool first);

  const PlanProblem &problem;
  const SocDescription &soc;
  int64_t usable;
  std::vector<std::vector<size_t>> uses; ///< kernels that touch each tensor, ascending
  std::vector<std::optional<size_t>> writers;
  std::map<std::tuple<int64_t, size_t, size_t>, int64_t> footprints; ///< by count and range
};

/// What crosses the segment's border must be contiguous slices, or whole and from outside.
bool Planner::isValid(const PlanSegment &s) const {
  for (size_t k = s.begin; k < s.end; ++k) {
    for (const PlanUse &use : kernel(k).reads)
      if (isInside(use.tensor, s) ? !use.isCut : use.isCut && !tensor(use.tensor).isContiguous)
        return false;
    for (size_t t : kernel(k).writes)
      if (leaves(t, s) && !tensor(t).isContiguous)
        return false;
  }
  return true;
}

Planner::Run Planner::describe(const PlanSegment &s) const {
  size_t length = s.end - s.begin;
  Run run{std::vector<int64_t>(length), std::vector<int64_t>(length), 0};
  auto stream = [&](size_t k, size_t t, int64_t bytes) {
    std::optional<size_t> before = useBefore(t, k);
    if (!before || *before < s.begin)
      run.streams[k - s.begin] += bytes;
  };
  for (size_t k = s.begin; k < s.end; ++k) {
    for (const PlanUse &use : kernel(k).reads)
      if (!isInside(use.tensor, s))
        stream(k, use.tensor, tensor(use.tensor).bytes / (use.isCut ? s.count : 1));
    for (size_t i = 0; i < kernel(k).writes.size(); ++i) {
      size_t t = kernel(k).writes[i];
      int64_t bytes = tensor(t).bytes / s.count;
      if (leaves(t, s)) {
        stream(k, t, bytes);
        continue;
      }
      std::optional<size_t> over = overwritten(k, i);
      size_t first = over && isInside(*over, s) ? k + 1 : k;
      for (size_t alive = first; alive <= uses[t].back(); ++alive)
        run.live[alive - s.begin] += bytes;
    }
  }
  run.working = *std::max_element(run.live.begin(), run.live.end());
  for (int64_t bytes : run.streams)
    run.working += bytes;
  return run;
}

/// Whether the memory of a tensor that only lives in a run is written again, in this run or the
/// next, before its dead bytes leave L2: by the next kernel that needs as much memory.
bool Planner::isRewritten(size_t t, const PlanSegment &s, const Run &run) const {
  if (run.working <= usable)
    return true;
  size_t user = uses[t].back();
  for (size_t i = 0; i < kernel(user).writes.size(); ++i)
    if (overwritten(user, i) == t && !leaves(kernel(user).writes[i], s))
      return true;
  size_t length = s.end - s.begin, last = user - s.begin;
  int64_t height = run.live[*writers[t] - s.begin], touched = height;
  for (size_t i = 1; i <= length; ++i) {
    size_t k = last + i;
    if (k >= length && s.count == 1)
      return touched <= usable;
    touched += run.streams[k % length];
    if (run.live[k % length] >= height)
      return touched <= usable;
  }
  return false;
}

/// DRAM traffic of kernel `k` in one run of the segment, `first` or a later one.
Planner::Traffic Planner::traffic(size_t k, const PlanSegment &s, const Run &run, bool first) {
  Traffic out;
  for (const PlanUse &use : kernel(k).reads) {
    size_t t = use.tensor;
    std::optional<size_t> before = useBefore(t, k);
    bool hit;
    if (before && *before >= s.begin)
      hit = distance(*before, k, s.count) <= usable;
    else if (!use.isCut && !first)
      hit = run.working <= usable;
    else
      hit = before && distance(*before, k, 1) <= usable;
    out.readMisses += hit ? 0 : tensor(t).bytes / (use.isCut ? s.count : 1);
  }
  for (size_t t : kernel(k).writes) {
    std::optional<size_t> after = useAfter(t, k);
    bool stays;
    if (leaves(t, s))
      stays = after && *after >= s.end && distance(k, *after, 1) <= usable;
    else
      stays = after && distance(k, *after, s.count) <= usable && isRewritten(t, s, run);
    out.writeBacks += stays ? 0 : tensor(t).bytes / s.count;
  }
  return out;
}

double Planner::cost(const PlanSegment &s) {
  const double launch = cost::launchCycles(soc), dram = cost::dramBytesPerCycle(soc);
  const double port = double(soc.aiCores * std::min(soc.ddrReadRate, soc.l2ReadRate));
  const double near = double(soc.aiCores * soc.l2ReadRate);
  Run run = describe(s);
  double cycles = 0;
  for (size_t k = s.begin; k < s.end; ++k) {
    PlanCycles core = problem.cycles(k, s.count);
    if (core.all < 0)
      return std::numeric_limits<double>::infinity();
    double passes = std::max(double(footprint(k, k, s.count)) / near, double(core.reads));
    double compute = std::max(double(core.all), passes);
    auto time = [&](bool first) {
      Traffic t = traffic(k, s, run, first);
      double misses = double(t.readMisses);
      double extra = misses * (1 / port - 1 / near) + double(t.writeBacks) / dram;
      return launch + std::max(compute, passes + extra) + kSerial * std::min(compute, extra);
    };
    cycles += time(true);
    if (s.count > 1)
      cycles += double(s.count - 1) * time(false);
  }
  return cycles;
}

bool Planner::mayGain() {
  for (size_t k = 0; k < problem.kernels.size(); ++k)
    for (const PlanUse &use : kernel(k).reads)
      if (std::optional<size_t> before = useBefore(use.tensor, k);
          before && use.isCut && distance(*before, k, 1) > usable)
        return true;
  return false;
}

std::vector<PlanSegment> Planner::run() {
  const size_t n = problem.kernels.size();
  std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
  std::vector<PlanSegment> last(n + 1);
  best[0] = 0;
  for (size_t end = 1; end <= n; ++end) {
    auto consider = [&](const PlanSegment &s) {
      double total = best[s.begin] + cost(s);
      if (total < best[end]) {
        best[end] = total;
        last[end] = s;
      }
    };
    consider({end - 1, end, 1});
    if (last[end].end != end) // a kernel without an estimate
      best[end] = best[end - 1], last[end] = {end - 1, end, 1};
    for (int64_t count : problem.counts)
      for (size_t begin = end; begin-- > 0;) {
        if (kernel(begin).divisor % count != 0 || end - begin > kMaxKernels)
          break;
        PlanSegment s{begin, end, count};
        if (end - begin >= 2 && isValid(s))
          consider(s);
        if (kernel(begin).startsBlock)
          break;
      }
  }
  std::vector<PlanSegment> segments;
  for (size_t end = n; end > 0; end = last[end].begin)
    segments.push_back(last[end]);
  std::reverse(segments.begin(), segments.end());
  return segments;
}

} // namespace

bool mayGainFromSlices(const PlanProblem &problem, const SocDescription &soc) {
  return Planner(problem, soc).mayGain();
}

std::vector<PlanSegment> planSlices(const PlanProblem &problem, const SocDescription &soc) {
  return Planner(problem, soc).run();
}

} // namespace openatc::kernel
