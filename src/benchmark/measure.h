#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "engines/engine.h"
#include "engines/request_queue.h"

namespace octet {

// How long inferences are begun: as long as `iterations` or `seconds` is not reached; neither given: once.
struct MeasureLimits {
  std::int64_t iterations = 0;
  double seconds = 0;
  // The number of inferences ends on a multiple of this, so that each request or each input has its equal share.
  std::int64_t multiple = 1;
  // Inferences begun a second at most; 0: as fast as they go.
  double max_rate = 0;
};

struct Measurement {
  std::vector<double> latencies_ms;  // one an inference, in the order in which they were seen to end
  double seconds = 0;                // from the first start to the last result
};

// The inputs of the next inference, which `request` is going to hold; called once before each, in order. They must stay as they
// are until that request is idle.
using NextInputs = FunctionRef<std::span<const Tensor>(std::size_t request)>;

// Runs one inference after the other. The errors are those of an inference.
Result<Measurement> measure_serial(EngineSession& session, NextInputs next_inputs, const MeasureLimits& limits);

// Keeps all requests of an idle queue in flight, then waits for the last. After an error none is in flight either.
Result<Measurement> measure_requests(RequestQueue& queue, NextInputs next_inputs, const MeasureLimits& limits);

}  // namespace octet
