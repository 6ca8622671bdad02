#include "runtime/row_groups.h"

#include <algorithm>
#include <map>
#include <optional>

namespace octet {
namespace {

// Measured with yolo-fastest and an SSD of MobileNet v2 in floats and bytes, one and two threads. What a block begins and ends with has few
// channels: to join two blocks saves little and makes strips lower. Nor do strips lower than these, of the highest image that is written,
// gain by one step more.
constexpr std::size_t kMostSteps = 4;  // expand, depthwise, project and a sum
constexpr std::int64_t kLowestStrip = 4;

Rows hull(const Rows& a, const Rows& b) {
  if (a.empty()) return b;
  return {std::min(a.begin, b.begin), std::max(a.end, b.end)};
}

class GroupFinder {
 public:
  GroupFinder(const PlanData& plan, std::int64_t cache_bytes) : plan_(plan), cache_bytes_(cache_bytes), touches_(plan.slots.size()) {
    for (std::size_t step = 0; step < plan.steps.size(); ++step) {
      const auto touch = [&](SlotId id) {
        const Slot& slot = plan.slot(id);
        if (slot.memory == Slot::Memory::kArena) touches_[slot.index].push_back({step, id});
      };
      std::ranges::for_each(plan.steps[step].reads, touch);
      std::ranges::for_each(plan.steps[step].writes, touch);
      for (const auto& shown : plan.steps[step].shows) touch(shown.second);
    }
  }

  // Of all ways to cut the steps into groups the one that keeps most bytes from being written as a whole, from the last step backwards.
  std::vector<RowGroup> find() const {
    std::vector<Cut> cuts(plan_.steps.size() + 1);
    for (std::size_t first = plan_.steps.size(); first-- > 0;) {
      cuts[first].kept_bytes = cuts[first + 1].kept_bytes;
      for (RowGroup& group : groups_from(first)) {
        const std::int64_t kept_bytes = bytes_between(group) + cuts[first + group.steps()].kept_bytes;
        if (kept_bytes > cuts[first].kept_bytes) cuts[first] = {kept_bytes, std::move(group)};
      }
    }
    std::vector<RowGroup> groups;
    for (std::size_t first = 0; first < plan_.steps.size();) {
      std::optional<RowGroup>& group = cuts[first].group;
      first += group ? group->steps() : 1;
      if (group) groups.push_back(std::move(*group));
    }
    return groups;
  }

 private:
  struct Touch {
    std::size_t step;
    SlotId slot;
  };
  // How the steps from one on are cut: the group that it begins, if any.
  struct Cut {
    std::int64_t kept_bytes = 0;  // by all groups from there on
    std::optional<RowGroup> group;
  };

  const Slot& written(std::size_t step) const { return plan_.slot(plan_.steps[step].writes[0]); }

  std::vector<RowGroup> groups_from(std::size_t first) const {
    std::vector<RowGroup> groups;
    const std::size_t end = std::min(plan_.steps.size(), first + kMostSteps);
    for (std::size_t last = first; last < end && goes_by_rows(plan_.steps[last]); ++last) {
      if (last == first || !is_closed(first, last)) continue;
      RowGroup group = joined(first, last);
      choose_strips(group);
      if (is_low(group) || group.cost_of_border > RowGroup::kMostTwice) continue;
      set_memory(group);
      groups.push_back(std::move(group));
    }
    return groups;
  }

  std::int64_t bytes_between(const RowGroup& group) const {
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < group.between.size(); ++i)
      bytes += written(group.first + i).height() * static_cast<std::int64_t>(group.between[i].row_bytes);
    return bytes;
  }

  // No window lies outside of the image as a whole, so that strips ask for rows one after the other.
  bool goes_by_rows(const Step& step) const {
    if (step.windows.empty() || !step.shows.empty()) return false;
    const Slot& out = plan_.slot(step.writes[0]);
    for (std::size_t i = 0; i < step.reads.size(); ++i) {
      const Slot& in = plan_.slot(step.reads[i]);
      const RowWindow& window = step.windows[i];
      if (window.pad < 0 || window.pad >= window.extent || (out.height() - 1) * window.stride - window.pad >= in.height()) return false;
      if (in.batch() != out.batch() || std::ranges::find(step.writes, step.reads[i]) != step.writes.end()) return false;
    }
    return true;
  }

  // Whether each of the steps before the last writes one image, which is read among them and by nobody else.
  bool is_closed(std::size_t first, std::size_t last) const {
    for (std::size_t step = first; step < last; ++step) {
      if (plan_.steps[step].writes.size() != 1) return false;
      const Slot& slot = written(step);
      if (slot.memory != Slot::Memory::kArena || slot.batch() != written(last).batch()) return false;
      const auto& touches = touches_[slot.index];
      const bool inside = touches.size() > 1 && std::ranges::all_of(touches, [&](const Touch& touch) {
                            return touch.slot == plan_.steps[step].writes[0] && touch.step >= step && touch.step <= last;
                          });
      if (!inside) return false;
    }
    return true;
  }

  RowGroup joined(std::size_t first, std::size_t last) const {
    RowGroup group;
    group.first = first;
    group.height = written(last).height();
    for (std::size_t step = first; step <= last; ++step) {
      group.integer = group.integer && plan_.steps[step].info.integer;
      std::vector<std::int64_t>& producers = group.producers.emplace_back();
      for (const SlotId read : plan_.steps[step].reads) {
        std::int64_t producer = -1;
        for (std::size_t before = first; before < step; ++before)
          if (plan_.steps[before].writes[0] == read) producer = static_cast<std::int64_t>(before - first);
        producers.push_back(producer);
      }
      if (step < last) group.between.push_back({0, static_cast<std::size_t>(row_bytes(written(step)))});
    }
    return group;
  }

  std::vector<Rows> needed_alone(const RowGroup& group, Rows strip) const {
    std::vector<Rows> none(group.steps()), needed(group.steps()), fresh(group.steps());
    rows_of_strip(plan_, group, strip, none, needed, fresh);
    return needed;
  }

  // Bytes of all images that a strip in the middle has to do with.
  std::int64_t strip_bytes(const RowGroup& group, std::int64_t rows) const {
    const std::int64_t begin = (group.height - rows) / 2;
    const std::vector<Rows> needed = needed_alone(group, {begin, begin + rows});
    std::int64_t bytes = 0;
    std::map<SlotId, Rows> read_from_outside;
    for (std::size_t i = 0; i < group.steps(); ++i) {
      const Step& step = plan_.steps[group.first + i];
      for (const SlotId to : step.writes) bytes += needed[i].count() * row_bytes(plan_.slot(to));
      for (std::size_t read = 0; read < step.reads.size(); ++read) {
        if (group.producers[i][read] >= 0) continue;
        Rows& rows_read = read_from_outside[step.reads[read]];
        rows_read = hull(rows_read, step.windows[read].below(needed[i], plan_.slot(step.reads[read]).height()));
      }
    }
    for (const auto& [from, rows_read] : read_from_outside) bytes += rows_read.count() * row_bytes(plan_.slot(from));
    return bytes;
  }

  bool is_low(const RowGroup& group) const {
    std::int64_t highest = group.height;
    for (std::size_t i = 0; i < group.steps(); ++i) highest = std::max(highest, written(group.first + i).height());
    return group.strip_rows * highest < std::min(kLowestStrip, highest) * group.height;
  }

  // All rows where they stay in the cache; else as many as leave half of it to weights.
  void choose_strips(RowGroup& group) const {
    group.strip_rows = group.height;
    if (strip_bytes(group, group.height) > cache_bytes_ * 3 / 4) {
      std::int64_t fits = 0;
      for (std::int64_t too_many = group.height; fits + 1 < too_many;) {
        const std::int64_t rows = (fits + too_many) / 2;
        (strip_bytes(group, rows) <= cache_bytes_ / 2 ? fits : too_many) = rows;
      }
      group.strip_rows = fits;
    }
    set_cost_of_border(group);
  }

  void set_cost_of_border(RowGroup& group) const {
    const std::int64_t middle = group.height / 2;
    if (middle == 0) {
      group.cost_of_border = 1;
      return;
    }
    const std::vector<Rows> above = needed_alone(group, {0, middle}), below = needed_alone(group, {middle, group.height});
    double all = 0, twice = 0;
    for (std::size_t i = 0; i < group.steps(); ++i) {
      const Slot& out = written(group.first + i);
      constexpr double kOfAnElement = 4;  // in products: what it takes to write a result
      const double work =
          static_cast<double>(plan_.steps[group.first + i].info.macs) + kOfAnElement * static_cast<double>(element_count(out.type.shape));
      all += work;
      twice += work * static_cast<double>(std::max<std::int64_t>(0, above[i].end - below[i].begin)) / static_cast<double>(out.height());
    }
    group.cost_of_border = twice / all;
  }

  // Room for the rows of any strip, wherever a thread's part begins.
  void set_memory(RowGroup& group) const {
    std::vector<std::int64_t> most(group.steps());
    for (std::int64_t y = 0; y < group.height; ++y) {
      const std::vector<Rows> needed = needed_alone(group, {y, std::min(y + group.strip_rows, group.height)});
      for (std::size_t i = 0; i < most.size(); ++i) most[i] = std::max(most[i], needed[i].count());
    }
    constexpr std::size_t kLine = 64;
    for (std::size_t i = 0; i < group.between.size(); ++i) {
      group.between[i].offset = group.bytes;
      const std::size_t bytes = static_cast<std::size_t>(most[i]) * group.between[i].row_bytes + kernels::kReadSlack;
      group.bytes += (bytes + kLine - 1) / kLine * kLine;
    }
  }

  const PlanData& plan_;
  std::int64_t cache_bytes_;
  std::vector<std::vector<Touch>> touches_;  // of each buffer
};

}  // namespace

std::vector<RowGroup> find_row_groups(const PlanData& plan, std::int64_t cache_bytes) { return GroupFinder(plan, cache_bytes).find(); }

void rows_of_strip(const PlanData& plan, const RowGroup& group, Rows strip, std::span<const Rows> made, std::span<Rows> needed,
                   std::span<Rows> fresh) {
  std::ranges::fill(needed, Rows{});
  needed.back() = strip;
  for (std::size_t i = group.steps(); i-- > 0;) {
    fresh[i] = {std::max(needed[i].begin, made[i].end), needed[i].end};
    if (fresh[i].empty()) continue;
    const Step& step = plan.steps[group.first + i];
    for (std::size_t read = 0; read < step.reads.size(); ++read) {
      const std::int64_t producer = group.producers[i][read];
      if (producer < 0) continue;
      Rows& rows = needed[static_cast<std::size_t>(producer)];
      rows = hull(rows, step.windows[read].below(fresh[i], plan.slot(step.reads[read]).height()));
    }
  }
}

}  // namespace octet
