#pragma once

#include <cstddef>
#include <optional>

namespace octet {

// A model of the walk of Recipe::min_fidelity and max_drop (steps/quantize.h).
struct TradeoffStep {
  std::size_t wide_layers = 0;  // in float
  double fidelity = 0;          // AP in points, in the pictures that were held out
  std::optional<double> drop;   // of AP in points, there, where Recipe::max_drop was asked for and objects are annotated
  double relative_latency = 1;  // by quant::price(), over that of none in float
  bool chosen = false;
};

}  // namespace octet
