#include "steps/quantize.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "data/first_look.h"
#include "detector/detect_images.h"
#include "eval/fidelity.h"
#include "image/decode.h"
#include "image/resize.h"
#include "model/model_info.h"
#include "quant/price.h"
#include "quant/wide_layers.h"
#include "steps/detection_error.h"

namespace octet {
namespace {

// The pictures as the model takes them. Both must outlive the result.
quant::CalibrationImages calibration_images(const ModelDescription& description, const Dataset& pictures) {
  const auto load = [&](std::size_t index) -> Result<Tensor> {
    OCTET_ASSIGN(const Image image, read_image(pictures.images[index].path, pictures.decode));
    Tensor input(ElementType::kF32, {1, Image::kChannels, description.input.height, description.input.width});
    resize_to_planes(image, description.resize, description.input, input.mutable_values<float>(), description.pad_value);
    return input;
  };
  return {pictures.images.size(), load, [&](std::size_t index) { return pictures.images[index].path.string(); }};
}

// What layers in float may cost under the default recipe: 5 % but for what the price does not know of.
constexpr double kMostLatency = 0.04;
// At most one layer of so many convolutions stays in float then, whatever it costs here: other engines pay for every way between integers
// and floats.
constexpr std::size_t kConvolutionsOfWide = 10;
// Pictures by whose detections single layers are judged: fewer for a model that takes long.
constexpr double kFewestJudged = 2, kMostJudged = 6;
constexpr double kJudgedPicoseconds = 60e9;  // quant::price() of all of them
// One of so many pictures is held out.
constexpr std::size_t kHeldOut = 3;

Progress stage(const Progress& progress, double from, double to) {
  constexpr std::int64_t kTotal = 1000;
  if (!progress) return {};
  return [progress, from, to](std::int64_t done, std::int64_t total) {
    const double share = total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 1;
    progress(static_cast<std::int64_t>(kTotal * (from + (to - from) * share)), kTotal);
  };
}

Dataset part_of(const Dataset& pictures, bool held_out) {
  Dataset part = pictures;
  part.images.clear();
  for (std::size_t i = 0; i < pictures.images.size(); ++i)
    if ((i % kHeldOut == kHeldOut - 1) == held_out) part.images.push_back(pictures.images[i]);
  return part;
}

// Of classes as the model numbers them, which serves to compare it with itself.
std::vector<CocoResult> results_of(const Dataset& pictures, const DetectionRun& run) {
  std::vector<CocoResult> results;
  for (std::size_t i = 0; i < run.detections.size(); ++i)
    for (const Detection& each : run.detections[i])
      results.push_back({pictures.images[i].id, each.class_index, ltwh_from_xyxy(each.box_px), static_cast<double>(each.score)});
  return results;
}

class RecipeRun {
 public:
  RecipeRun(const Graph& graph, const std::filesystem::path& path, const ModelDescription& description, const Dataset& pictures,
            const quant::CalibrationOptions& options, const Recipe& recipe)
      : graph_(graph), path_(path), description_(description), pictures_(pictures), options_(options), recipe_(recipe) {}

  Result<QuantizationResult> run() {
    if (recipe_.min_fidelity) return reach(*recipe_.min_fidelity);
    if (recipe_.kind == Recipe::Kind::kPlain || recipe_.strict_int8) {
      OCTET_ASSIGN(const auto model, calibrate(pictures_, options_.progress));
      return result_with(model, {});
    }
    OCTET_ASSIGN(const auto model, calibrate(pictures_, stage(options_.progress, 0, 0.6)));
    const auto ranking = rank(model, pictures_, kMostLatency, stage(options_.progress, 0.6, 1));
    if (!ranking.ok() && ranking.error().code == ErrorCode::kNotFound) {
      if (options_.warn) options_.warn("every layer computes in integers, as none can be judged: the model " + ranking.error().message);
      return result_with(model, {});
    }
    OCTET_RETURN_IF_ERROR(ranking);
    return result_with(model, layers_within(model, *ranking, kMostLatency, model.plan().convolutions.size() / kConvolutionsOfWide));
  }

 private:
  Result<quant::CalibratedModel> calibrate(const Dataset& pictures, const Progress& progress) const {
    quant::CalibrationOptions options = options_;
    options.progress = progress;
    return quant::CalibratedModel::calibrate(graph_, calibration_images(description_, pictures), options);
  }

  Result<std::vector<quant::LayerCost>> rank(const quant::CalibratedModel& model, const Dataset& pictures, double most_latency,
                                             const Progress& progress) const {
    const double affordable = kJudgedPicoseconds / quant::price(model.graph(), model.plan(), model.plan());
    const auto judged = static_cast<std::int64_t>(std::clamp(affordable, kFewestJudged, kMostJudged));
    const Dataset some = random_subset(pictures, 8 * judged, 0);  // in some of which there is nothing
    OCTET_ASSIGN(const auto judge, DetectionErrorJudge::make(model.graph(), path_, some, static_cast<std::size_t>(judged)));
    const auto error_of = [&judge](const Graph& graph) { return judge.error_of(graph); };
    return quant::rank_layers(model, most_latency, error_of, options_.threads, progress);
  }

  static Result<QuantizationResult> result_with(const quant::CalibratedModel& model, const std::set<NodeId>& wide) {
    OCTET_ASSIGN(auto quantized, model.quantize(wide));
    return QuantizationResult{std::move(quantized), relative_latency(model, wide), {}, {}};
  }

  // Walks over the ranking by halves, as what is lost falls with each layer.
  Result<QuantizationResult> reach(double goal) {
    const Dataset held_out = part_of(pictures_, true), others = part_of(pictures_, false);
    OCTET_ASSIGN(const auto model, calibrate(others, stage(options_.progress, 0, 0.3)));
    OCTET_ASSIGN(const auto ranking, rank(model, others, std::numeric_limits<double>::infinity(), stage(options_.progress, 0.3, 0.8)));
    const auto wide_of = [&ranking](std::size_t count) {
      std::set<NodeId> wide;
      for (std::size_t i = 0; i < count; ++i) wide.insert(ranking[i].layer);
      return wide;
    };
    OCTET_ASSIGN(const auto reference, detect(model.graph(), held_out));
    std::vector<TradeoffStep> steps;
    const auto measure = [&](std::size_t count) -> Result<double> {
      OCTET_ASSIGN(const auto quantized, model.quantize(wide_of(count)));
      OCTET_ASSIGN(const auto found, detect(quantized.graph, held_out));
      OCTET_ASSIGN(const Fidelity fidelity, evaluate_fidelity(reference, found, ids_of(held_out), kReferenceScore, options_.threads));
      if (fidelity.reference_boxes == 0)
        return Error{ErrorCode::kNotFound, "finds nothing in the pictures that were held out, so that no fidelity can be measured"};
      steps.push_back({count, 100 * fidelity.numbers.AP, relative_latency(model, wide_of(count))});
      return steps.back().fidelity;
    };
    // With all layers in float nothing is lost, and nothing gained: one stays.
    std::size_t fails = 0, holds = ranking.empty() ? 0 : ranking.size() - 1;
    OCTET_ASSIGN(const double least, measure(fails));
    OCTET_ASSIGN(const double most, measure(holds));
    Status status;
    if (most < goal)
      status = Error{ErrorCode::kRequirement, "fidelity AP " + points(goal) + " cannot be reached: " + points(most) +
                                                  " is what the model has with all layers but one in float"};
    if (least >= goal) holds = 0;
    while (status.ok() && holds > fails + 1) {
      const std::size_t middle = fails + (holds - fails) / 2;
      OCTET_ASSIGN(const double found, measure(middle));
      (found >= goal ? holds : fails) = middle;
    }
    std::ranges::sort(steps, {}, &TradeoffStep::wide_layers);
    OCTET_ASSIGN(auto result, result_with(model, wide_of(holds)));
    result.tradeoff = std::move(steps);
    result.goal = status;
    return result;
  }

  Result<std::vector<CocoResult>> detect(const Graph& graph, const Dataset& pictures) const {
    OCTET_ASSIGN(const Detector detector, make_detector(graph, path_));
    DetectRunOptions how;
    how.threads = options_.threads;
    OCTET_ASSIGN(const DetectionRun found, detect_images(detector, pictures, how));
    return results_of(pictures, found);
  }

  static std::vector<std::int64_t> ids_of(const Dataset& pictures) {
    std::vector<std::int64_t> ids;
    for (const ImageEntry& image : pictures.images) ids.push_back(image.id);
    return ids;
  }

  static std::string points(double value) { return fmt::format("{:.2f}", value); }

  const Graph& graph_;
  const std::filesystem::path& path_;
  const ModelDescription& description_;
  const Dataset& pictures_;
  const quant::CalibrationOptions& options_;
  const Recipe& recipe_;
};

}  // namespace

Result<QuantizationResult> quantize_model(const Graph& graph, const std::filesystem::path& path, const Dataset& pictures,
                                          const quant::CalibrationOptions& options, const Recipe& recipe) {
  OCTET_ASSIGN_AT(const ModelDescription description, read_model_info(graph.model_info), path.string());
  look_first(pictures, {.calibrates = true}, options.warn);
  auto quantized = RecipeRun(graph, path, description, pictures, options, recipe).run();
  if (!quantized.ok()) return quantized.error().at(path.string());
  return quantized;
}

Result<quant::CalibrationStatistics> calibrate_share(const Graph& graph, const std::filesystem::path& path, const Dataset& pictures,
                                                     const quant::CalibrationOptions& options, const Recipe& recipe) {
  OCTET_ASSIGN_AT(const ModelDescription description, read_model_info(graph.model_info), path.string());
  const Dataset calibrated = recipe.min_fidelity ? part_of(pictures, false) : pictures;
  const auto model = quant::CalibratedModel::calibrate(graph, calibration_images(description, calibrated), options);
  if (!model.ok()) return model.error().at(path.string());
  return model->statistics();
}

Result<quant::Explanation> explain_model(const quant::QuantizedModel& model, const std::filesystem::path& path, const Dataset& pictures,
                                         const quant::CalibrationOptions& options) {
  OCTET_ASSIGN_AT(const ModelDescription description, read_model_info(model.graph.model_info), path.string());
  auto explanation = quant::explain(model, calibration_images(description, pictures), options);
  if (!explanation.ok()) return explanation.error().at(path.string());
  return explanation;
}

}  // namespace octet
