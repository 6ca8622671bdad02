#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "runtime/plan_data.h"

namespace octet {

// Runs the strips of one thread: has the memory for what lies between the steps of any group of a plan. Not for use from two threads at
// once.
class StripRunner {
 public:
  // `plan` must outlive it.
  explicit StripRunner(const PlanData& plan);

  // Computes rows of the output of a group's last step, of image `n` of the batch. Where `timed`, step_us() grows by what each step took.
  void run(const Workspace& whole, const RowGroup& group, std::int64_t n, Rows rows, bool timed);

  std::span<double> step_us() { return step_us_; }  // one for each step of the plan

 private:
  struct Free {
    void operator()(std::byte* data) const;
  };

  void run_strip(const Workspace& whole, const RowGroup& group, std::int64_t n, bool timed);
  void drop_rows(const RowGroup& group, std::size_t step);
  std::byte* row_between(const RowGroup& group, std::size_t step, std::int64_t y) const;

  const PlanData& plan_;
  ThreadPool alone_{1};
  std::unique_ptr<std::byte, Free> memory_;
  std::vector<Rows> made_, needed_, fresh_;  // of each step of the group that is being run; what is made is in memory
  std::vector<RowView> views_;
  std::vector<double> step_us_;
};

}  // namespace octet
