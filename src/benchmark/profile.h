#pragma once

#include <vector>

#include "base/result.h"
#include "engines/engine.h"

namespace octet {

struct StepTime {
  StepInfo step;
  double median_us = 0;
};

// Median time of each step of a model over `rounds` inferences, in the order of execution; inputs as in compare_latency. Empty where the
// engine tells no steps.
Result<std::vector<StepTime>> profile_steps(const EngineModel& model, int threads, int rounds);

}  // namespace octet
