#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/plan.h"

namespace octet {

struct StepTime {
  StepInfo step;
  double median_us = 0;
  std::int64_t bytes = 0;  // of the tensors that it reads and writes
};

// Median time of each step of a plan over `rounds` inferences, in the order of execution; inputs as in compare_latency.
Result<std::vector<StepTime>> profile_steps(const std::shared_ptr<const Plan>& plan, int threads, int rounds);

}  // namespace octet
