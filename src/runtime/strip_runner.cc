#include "runtime/strip_runner.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>

#include "runtime/row_groups.h"

namespace octet {
namespace {

constexpr std::align_val_t kLine{64};

}  // namespace

StripRunner::StripRunner(const PlanData& plan) : plan_(plan), step_us_(plan.steps.size()) {
  std::size_t bytes = 0, steps = 0, views = 0;
  for (const RowGroup& group : plan.groups) {
    bytes = std::max(bytes, group.bytes);
    steps = std::max(steps, group.steps());
    for (std::size_t i = 0; i < group.steps(); ++i) {
      const Step& step = plan.steps[group.first + i];
      views = std::max(views, step.reads.size() + step.writes.size());
    }
  }
  if (bytes > 0) memory_.reset(static_cast<std::byte*>(::operator new(bytes, kLine)));
  for (auto* rows : {&made_, &needed_, &fresh_}) rows->resize(steps);
  views_.reserve(views);
  alone_.reserve_scratch(plan.scratch_bytes);
}

void StripRunner::Free::operator()(std::byte* data) const { ::operator delete(data, kLine); }

void StripRunner::run(const Workspace& whole, const RowGroup& group, std::int64_t n, Rows rows, bool timed) {
  std::ranges::fill(made_, Rows{});
  for (std::int64_t y = rows.begin; y < rows.end; y += group.strip_rows) {
    const Rows strip{y, std::min(y + group.strip_rows, rows.end)};
    const std::size_t steps = group.steps();
    rows_of_strip(plan_, group, strip, std::span(made_).first(steps), std::span(needed_).first(steps), std::span(fresh_).first(steps));
    run_strip(whole, group, n, timed);
  }
}

void StripRunner::run_strip(const Workspace& whole, const RowGroup& group, std::int64_t n, bool timed) {
  using Clock = std::chrono::steady_clock;
  auto begin = timed ? Clock::now() : Clock::time_point{};
  for (std::size_t i = 0; i < group.steps(); ++i) {
    const Rows& fresh = fresh_[i];
    if (fresh.empty()) continue;
    const Step& step = plan_.steps[group.first + i];
    const bool last = i + 1 == group.steps();
    views_.clear();
    for (std::size_t read = 0; read < step.reads.size(); ++read) {
      const SlotId from = step.reads[read];
      const Slot& slot = plan_.slot(from);
      const RowWindow& window = step.windows[read];
      const std::int64_t y = fresh.begin * window.stride, producer = group.producers[i][read];
      std::byte* const data =
          producer < 0 ? whole.rows_of(from, n) + y * row_bytes(slot) : row_between(group, static_cast<std::size_t>(producer), y);
      views_.push_back({from, data, window.below(fresh, slot.height()).end - y, y});
    }
    if (!last) drop_rows(group, i);
    for (const SlotId to : step.writes) {
      std::byte* const data = last ? whole.rows_of(to, n) + fresh.begin * row_bytes(plan_.slot(to)) : row_between(group, i, fresh.begin);
      views_.push_back({to, data, fresh.count(), fresh.begin});
    }
    step.run(Workspace(whole, views_, alone_));
    made_[i].end = fresh.end;
    if (!timed) continue;
    const auto end = Clock::now();
    step_us_[group.first + i] += std::chrono::duration<double, std::micro>(end - begin).count();
    begin = end;
  }
}

// Leaves the rows that are needed still and moves them to the beginning.
void StripRunner::drop_rows(const RowGroup& group, std::size_t step) {
  Rows& made = made_[step];
  const std::int64_t begin = needed_[step].begin;
  if (made.empty()) {
    made = {fresh_[step].begin, fresh_[step].begin};
    return;
  }
  if (begin <= made.begin) return;
  std::byte* const memory = memory_.get() + group.between[step].offset;
  const std::int64_t kept = std::max<std::int64_t>(0, made.end - begin);
  if (kept > 0) std::memmove(memory, row_between(group, step, begin), static_cast<std::size_t>(kept) * group.between[step].row_bytes);
  made.begin = kept > 0 ? begin : fresh_[step].begin;
}

std::byte* StripRunner::row_between(const RowGroup& group, std::size_t step, std::int64_t y) const {
  const RowGroup::Between& between = group.between[step];
  return memory_.get() + between.offset + (y - made_[step].begin) * static_cast<std::int64_t>(between.row_bytes);
}

}  // namespace octet
