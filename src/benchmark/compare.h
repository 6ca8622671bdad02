#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "benchmark/statistics.h"
#include "engines/engine.h"

namespace octet {

struct BenchOptions {
  int threads = 1;      // in all
  int streams = 1;      // inferences at a time, each with its share of the threads
  double seconds = 10;  // of measuring, all models together
  Progress progress;
};

struct ModelBench {
  std::vector<double> latencies_ms;          // in the order measured
  std::vector<double> turn_medians_ms = {};  // the median of each round; as many for all models that are compared
  LatencySummary latency;
  double throughput = 0;  // inferences a second while this model ran
  bool integer = false;   // some of its kernels compute in 8-bit integers
};

// Latency of one model, or of several in turn (A B A B ...) within one run, so that whatever else the machine does meets all
// alike. Inputs are pseudo-random pixels 0..255, the same for every run. A few inferences before the first round are not counted.
Result<std::vector<ModelBench>> compare_latency(const std::vector<std::shared_ptr<const EngineModel>>& models, const BenchOptions& options);

// How many times as fast as the first of the models the second is; nothing for one.
std::optional<double> speedup(const std::vector<ModelBench>& models);

// How that ratio moves from round to round: eight of ten rounds lie between these. Wide where something else ran on the machine.
struct SpeedupRange {
  double low = 0, high = 0;
  int rounds = 0;
};

// Nothing for one model or one round.
std::optional<SpeedupRange> speedup_range(const std::vector<ModelBench>& models);

// One inference of a new session with the same inputs, as a program makes that has just loaded a model.
Status run_once(const std::shared_ptr<const EngineModel>& model, int threads);

}  // namespace octet
