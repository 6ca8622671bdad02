#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "quant/explain.h"
#include "quant/quantize.h"
#include "steps/tradeoff.h"

namespace octet {

class SearchStore;

// How much work the quantizer takes, and what it may leave in float.
struct Recipe {
  enum class Kind {
    kPlain,    // every layer that integers can compute does; no search
    kDefault,  // the layers that lose the most for the time they save stay in float, up to 5 % of the model's time
  };
  Kind kind = Kind::kDefault;
  bool strict_int8 = false;  // no layer stays in float: kDefault is as kPlain
  // At most one of: as many layers in float as this fidelity AP, or no more than this drop of AP, takes, in points, whatever their time.
  std::optional<double> min_fidelity = {}, max_drop = {};
  SearchStore* store = nullptr;  // where there is one, what it knows of the search is not measured again

  bool has_goal() const { return min_fidelity || max_drop; }
};

// How long a search took, and how long it was expected to when it began.
struct SearchTime {
  double estimated_s = 0, s = 0;
};

// What leaving one layer in float is worth, as the search found it.
struct LayerDecision {
  std::string node;
  double error = 0;    // detection_error() that its integers alone make: what is gained
  double latency = 0;  // by quant::price(), of it alone in float, over that of none, less one: what it costs
  bool is_wide = false;
};

struct QuantizationResult {
  quant::QuantizedModel model;
  double relative_latency = 1;             // by quant::price(), over that of the plain recipe
  std::vector<TradeoffStep> tradeoff{};    // by number of layers; empty without a goal
  std::optional<SearchTime> search{};      // for a goal
  std::vector<LayerDecision> decisions{};  // of the layers that were tried, those worth the most first
  std::vector<quant::CurvePoint> curve;    // CalibratedModel::curve()
  Status goal;                             // kRequirement where it was not reached; the model is then the best that was found
};

// Quantizes an FP32 model that describes itself with the pictures of a data set. Pictures that cannot give good ranges are warned of
// before they are run. `path` is where the model came from, for messages. For a goal every third picture is held out of the
// calibration to be judged by; where none of them has annotations, Recipe::max_drop is held against what the FP32 model itself finds there
// with a score of at least 0.3, so that the drop is 100 less the fidelity, and `options.warn` is told. Errors are those of
// quant::quantize(); kMalformed for a graph that does not say how pictures enter it or what its outputs mean; kNotFound where pictures are
// to be judged by and none of them has a detection. Most of the memory of a graph that is moved here is free again soon.
Result<QuantizationResult> quantize_model(Graph graph, const std::filesystem::path& path, const Dataset& pictures,
                                          const quant::CalibrationOptions& options, const Recipe& recipe = {});

// The part of the calibration of quantize_model() that machines can share: statistics of the share `options.share` of its pictures. All of
// the shares, added up, are what it takes as `options.known`; it needs the pictures all the same, of which some make channels alike and
// others judge layers.
Result<quant::CalibrationStatistics> calibrate_share(Graph graph, const std::filesystem::path& path, const Dataset& pictures,
                                                     const quant::CalibrationOptions& options, const Recipe& recipe);

// For a goal the pictures that are held out of the calibration, else all.
Dataset judged_pictures(const Dataset& pictures, const Recipe& recipe);

// What each layer of what quantize_model() made costs, from a few of the same pictures. Errors are those of quant::explain().
Result<quant::Explanation> explain_model(const quant::QuantizedModel& model, const std::filesystem::path& path, const Dataset& pictures,
                                         const quant::CalibrationOptions& options);

}  // namespace octet
