#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

namespace octet::quant {

// Least and greatest value of a tensor that is computed from pixels alone: one entry, or one a channel.
struct PixelRange {
  std::vector<double> low{0}, high{255};
};

// The range of `value` if it is the model's input but for scales and shifts of the whole or of each channel. Pixels are 0..255
// whatever the calibration images hold, so that no statistics are needed for it. Nothing for any other value.
std::optional<PixelRange> pixel_range(const Graph& graph, Value value);

}  // namespace octet::quant
