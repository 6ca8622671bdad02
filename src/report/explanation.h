#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "report/report.h"

// One page that tells what quantization does to each layer and tensor of a model, made of plain results.
namespace octet {

struct ExplainedLayer {
  std::string node, operation;
  int bits = 8;
  double snr_db = 0;       // of its result, it alone being quantized
  double error_share = 0;  // a fraction of the error at the heads
};

struct ExplainedTensor {
  std::string name;
  std::string method;  // how its range was found; may be empty
  int bits = 8;
  std::size_t ranges = 1;          // one, or one a channel
  double low = 0, high = 0;        // limits
  double least = 0, greatest = 0;  // what was seen
  double step = 0, snr_db = 0;
  double below_share = 0, above_share = 0;  // fractions of the elements, beyond the limits,
  std::vector<double> shares;               // and between them, in equal parts
};

struct KeptInFloats {
  std::string node, reason;  // "is kept ...", what follows the name
};

// A model that a search measured.
struct ExplainedStep {
  std::size_t wide_layers = 0;                // in float
  double fidelity = 0, relative_latency = 1;  // AP in points; over the latency of none in float
  std::optional<double> drop = {};            // of AP in points, where that was asked for
  bool chosen = false;
};

// A layer that a search tried.
struct ExplainedDecision {
  std::string node;
  double error = 0;    // that its integers alone make in what is found: what is gained in float
  double latency = 0;  // what that costs, a fraction
  bool is_wide = false;
};

// What quantization does to what the model finds.
struct ExplainedDetections {
  ReportInput compared;  // labels, accuracy, classes, pictures
  bool is_annotated = false, is_held_out = false;
};

// How far the ranges were from those of all pictures after some of them.
struct ExplainedCurvePoint {
  std::int64_t images = 0;
  double distance = 0;  // a fraction of a range
};

struct ExplanationInput {
  std::string model_name;
  std::size_t images = 0;  // that the figures were measured on
  double snr_db = 0;       // of the heads with all layers quantized
  std::vector<ExplainedLayer> layers;
  std::vector<ExplainedTensor> tensors;
  std::vector<KeptInFloats> floats;
  std::vector<ExplainedStep> tradeoff = {};       // by latency; empty where nothing was searched for
  std::vector<ExplainedCurvePoint> curve = {};    // by pictures, the last that of all; empty where that is not known
  std::vector<ExplainedDecision> decisions = {};  // those worth the most first; empty where nothing was tried
  std::optional<ExplainedDetections> detections = {};
};

// The whole page as UTF-8 HTML, which loads nothing. The same input gives the same bytes. All text of `input` is escaped.
std::string render_explanation(const ExplanationInput& input);

}  // namespace octet
