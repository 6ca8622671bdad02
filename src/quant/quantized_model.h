#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "quant/calibrate.h"
#include "quant/placement.h"
#include "quant/weight_rounding.h"

namespace octet::quant {

// A layer that integers could compute, and in how many bits it does: 8, or 32 for one that was left in float.
struct QuantizedLayer {
  std::string node;
  int bits = 8;
};

struct QuantizedModel {
  Graph graph;
  std::int64_t images = 0;       // used for calibration
  std::size_t convolutions = 0;  // that compute in integers now
  std::size_t points = 0;        // FakeQuantize nodes
  bool is_second_order = false;  // how the weights were rounded: together, or each for itself (weight_rounding.h)
  // For explain.h: the model in floats from which `graph` differs by quantizers, weights and biases alone, and in words how the range of
  // each FakeQuantize was found.
  Graph floats{};
  std::map<std::string, std::string> methods{};
  std::vector<QuantizedLayer> layers{};  // all that integers could compute
};

// How numbers become integers, beside what the images say of them.
struct QuantizationSettings {
  bool pair_safe = false;  // weights for CPUs with AVX2 alone (pair_safe.h)
  Preset preset = Preset::kMixed;
  std::optional<RangeEstimator> estimator{};  // of activations, in place of octet's own way to find ranges
  int threads = 1;
};

// The graph with the quantizers of `plan`, which is of it: ranges by `statistics`, weights stored as i8 with a scale a channel, biases
// corrected by what the rounding of the weights does to the mean. Weights that are not in `rounded` are rounded each for itself. `layers`
// are all that integers could compute. kMalformed where a bias or a range leaves float, with the name of its node.
Result<QuantizedModel> quantized_model(const Graph& graph, const QuantizationPlan& plan, const std::vector<NodeId>& layers,
                                       const CalibrationStatistics& statistics, const RoundedWeights& rounded,
                                       const QuantizationSettings& settings);

}  // namespace octet::quant
