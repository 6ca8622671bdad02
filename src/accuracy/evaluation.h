#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "accuracy/adapters.h"
#include "accuracy/configuration.h"
#include "accuracy/metrics.h"
#include "accuracy/postprocessing.h"
#include "accuracy/preprocessing.h"
#include "accuracy/presenter.h"
#include "engines/engine.h"

namespace octet::accuracy {

// An evaluation with everything that its configuration names made ready, but for annotations and pictures, which were not read yet.
struct Evaluation {
  EvaluationConfig config;
  std::shared_ptr<const EngineModel> model;
  Network network;
  Preprocessing preprocessing;
  Adapter adapter;
  std::vector<Postprocessor> postprocessing;
  std::vector<MetricEntry> metrics;
  Convert convert;
  Notes notes;  // how the configuration was read where it says otherwise

  ProcessingInfo info() const { return {config.model, std::string(kLauncher), config.device, config.dataset, config.tags}; }
};

// Errors name the model and what is wrong with its configuration or its network.
Result<Evaluation> prepare(const EvaluationConfig& config, const Folders& folders);

struct RunOptions {
  int threads = 1;
  // Called for each line that upstream prints while it works, from the calling thread.
  std::function<void(std::string_view line)> print;
  std::int64_t progress_interval = 1000;  // images between two lines of progress
};

// The metrics' values, in the order of Evaluation::metrics.
struct Outcome {
  std::vector<MetricValues> values;
  std::size_t images = 0;
};

// Reads the annotations and runs the pictures through the network, whole pictures shared out among the threads; the answer does not depend
// on how many there are. An image that is missing or cannot be read is an error, as it is upstream.
Result<Outcome> run(const Evaluation& evaluation, const RunOptions& options);

}  // namespace octet::accuracy
