#pragma once

#include <set>
#include <vector>

#include "graph/graph.h"
#include "quant/calibrate.h"
#include "quant/picture_curve.h"
#include "quant/placement.h"
#include "quant/quantized_model.h"
#include "quant/weight_rounding.h"

namespace octet::quant {

// A model in floats whose channels were made alike, and what a calibration found of its values: ready to be quantized, with any of its
// layers left in float. Immutable, safe from several threads.
class CalibratedModel {
 public:
  // Errors as of quantize() below.
  // `options.known` are those of the shares of the same images together; kMalformed where they do not fit. A source that nobody else
  // holds is freed once its channels are alike.
  static Result<CalibratedModel> calibrate(Graph source, const CalibrationImages& images, const CalibrationOptions& options);

  const Graph& graph() const { return graph_; }
  const CalibrationStatistics& statistics() const { return statistics_; }
  // How the ranges came to rest; empty where several processes or runs observed the images.
  const std::vector<CurvePoint>& curve() const { return curve_; }
  // Everything that integers can compute.
  const QuantizationPlan& plan() const { return plan_; }
  // By some of the images: weights of second order (weight_rounding.h) where what the usual rounding does to the heads is worth it and
  // there are images enough, else none. kNotFound where none of these images can be used.
  Result<RoundedWeights> better_weights(const CalibrationImages& images, int threads) const;
  // `wide` are of plan().layers and keep floats for weights and inputs. Weights that are not in `rounded` are rounded each for itself.
  Result<QuantizedModel> quantize(const std::set<NodeId>& wide, const RoundedWeights& rounded = {}) const;

 private:
  CalibratedModel(Graph graph, const CalibrationOptions& options)
      : graph_(std::move(graph)),
        plan_(plan_quantization(graph_)),
        settings_{options.pair_safe, options.preset, options.estimator, options.threads} {}

  // Of the usual rounding of the weights, for the heads.
  Result<bool> rounding_matters(const CalibrationImages& images, int threads) const;
  // Before its numbers are settled (settle.h).
  Result<QuantizedModel> unsettled(const std::set<NodeId>& wide, const RoundedWeights& rounded) const;

  Graph graph_;
  QuantizationPlan plan_;
  CalibrationStatistics statistics_;
  std::vector<CurvePoint> curve_;
  QuantizationSettings settings_;
};

// Post-training quantization of a graph with one image input of 0..255, f32 [1,C,H,W] or what run_reading_passes makes so, and weights of
// f32 or f16; the result has the former and computes in f32 what it does not in integers: statistics over the images, 8-bit
// FakeQuantize nodes where plan_quantization says, weights stored as i8 with a scale a channel, biases corrected by the mean error
// of the rounded weights. The result runs as integers here and in OpenVINO. kMalformed if the graph is quantized
// already, or where a weight or an activation is infinite or no number; with the name of its node.
Result<QuantizedModel> quantize(const Graph& graph, const CalibrationImages& images, const CalibrationOptions& options);

}  // namespace octet::quant
