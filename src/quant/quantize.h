#pragma once

#include <map>
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
  // For explain.h: the model in floats from which `graph` differs by quantizers, weights and biases alone, and in words how the range of
  // each FakeQuantize was found.
  Graph floats{};
  std::map<std::string, std::string> methods{};
};

// Post-training quantization of a graph with one image input of 0..255, f32 [1,C,H,W] or what run_reading_passes makes so, and weights of
// f32 or f16; the result has the former and computes in f32 what it does not in integers: statistics over the images, 8-bit
// FakeQuantize nodes where plan_quantization says, weights stored as i8 with a scale a channel, biases corrected by the mean error
// of the rounded weights. The result runs as integers here and in OpenVINO. kMalformed if the graph is quantized
// already, or where a weight or an activation is infinite or no number; with the name of its node.
Result<QuantizedModel> quantize(const Graph& graph, const CalibrationImages& images, const CalibrationOptions& options);

}  // namespace octet::quant
