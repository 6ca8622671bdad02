#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"
#include "quant/calibrate.h"

namespace octet::quant {

struct QuantizedModel {
  Graph graph;
  std::int64_t images = 0;       // used for calibration
  std::size_t convolutions = 0;  // that compute in integers now
  std::size_t points = 0;        // FakeQuantize nodes
};

// Post-training quantization of an FP32 graph with one image input [1,C,H,W] of 0..255: statistics over the images, 8-bit
// FakeQuantize nodes where plan_quantization says, weights stored as i8 with a scale a channel, biases corrected by the mean error
// of the rounded weights. The result runs as integers here and in OpenVINO. kMalformed if the graph is quantized already.
Result<QuantizedModel> quantize(const Graph& graph, const CalibrationImages& images, const CalibrationOptions& options);

}  // namespace octet::quant
