#include "steps/quantize.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>

#include "data/first_look.h"
#include "detector/detect_images.h"
#include "eval/fidelity.h"
#include "image/decode.h"
#include "image/resize.h"
#include "model/model_info.h"
#include "quant/price.h"
#include "quant/wide_layers.h"
#include "steps/channel_order.h"
#include "steps/check.h"
#include "steps/goal.h"
#include "steps/layer_judge.h"

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
constexpr double kMostLatency = 0.03;
// At most one layer of so many convolutions stays in float then, whatever it costs here: other engines pay for every way between integers
// and floats.
constexpr std::size_t kConvolutionsOfWide = 10;
// For each of which so many are tried.
constexpr std::size_t kTriedOfWide = 3;
// Of a model that takes long no more than take as long as the calibration; quant::price() of one that does not, of all trials.
constexpr double kTriedPicoseconds = 2e12;
constexpr double kAnyLatency = std::numeric_limits<double>::infinity();
constexpr std::size_t kAllLayers = std::numeric_limits<std::size_t>::max();
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
  for (std::size_t i = 0; i < run.detections.images(); ++i)
    for (const Detection& each : run.detections[i])
      results.push_back({pictures.images[i].id, each.class_index, ltwh_from_xyxy(each.box_px), static_cast<double>(each.score)});
  return results;
}

class RecipeRun {
 public:
  RecipeRun(Graph graph, const std::filesystem::path& path, const ModelDescription& description, const Dataset& pictures,
            const quant::CalibrationOptions& options, const Recipe& recipe)
      : graph_(std::move(graph)), path_(path), description_(description), pictures_(pictures), options_(options), recipe_(recipe) {}

  Result<QuantizationResult> run() {
    if (recipe_.min_fidelity || recipe_.max_drop) return reach();
    if (recipe_.kind == Recipe::Kind::kPlain || recipe_.strict_int8) {
      OCTET_ASSIGN(const auto model, calibrate(pictures_, options_.progress));
      if (recipe_.kind != Recipe::Kind::kPlain) OCTET_RETURN_IF_ERROR(round_weights(model, pictures_));
      return result_with(model, {});
    }
    OCTET_ASSIGN(const auto model, calibrate(pictures_, stage(options_.progress, 0, 0.8)));
    OCTET_RETURN_IF_ERROR(round_weights(model, pictures_));
    const std::size_t most_wide = model.plan().convolutions.size() / kConvolutionsOfWide;
    const auto ranking = rank(model, pictures_, kMostLatency, layers_to_try(model, most_wide), stage(options_.progress, 0.8, 1));
    if (!ranking.ok() && ranking.error().code == ErrorCode::kNotFound) {
      if (options_.warn) options_.warn("every layer computes in integers, as none can be judged: the model " + ranking.error().message);
      return result_with(model, {});
    }
    OCTET_RETURN_IF_ERROR(ranking);
    return result_with(model, layers_within(model, *ranking, kMostLatency, most_wide));
  }

 private:
  // Once: the graph goes.
  Result<quant::CalibratedModel> calibrate(const Dataset& pictures, const Progress& progress) {
    quant::CalibrationOptions options = options_;
    options.progress = progress;
    return quant::CalibratedModel::calibrate(std::move(graph_), calibration_images(description_, pictures), options);
  }

  Status round_weights(const quant::CalibratedModel& model, const Dataset& pictures) {
    auto rounded = model.better_weights(calibration_images(description_, pictures), options_.threads);
    if (rounded.ok())
      rounded_ = *std::move(rounded);
    else if (rounded.error().code != ErrorCode::kNotFound)
      return rounded.error();
    else if (options_.warn)
      options_.warn("weights are rounded each for itself, as none of the pictures to do better by can be read");
    return {};
  }

  static std::int64_t pictures_to_judge(const quant::CalibratedModel& model) {
    const double affordable = kJudgedPicoseconds / quant::price(model.graph(), model.plan(), model.plan());
    return static_cast<std::int64_t>(std::clamp(affordable, kFewestJudged, kMostJudged));
  }

  std::size_t layers_to_try(const quant::CalibratedModel& model, std::size_t most_wide) const {
    const double runs =
        std::max(static_cast<double>(pictures_.images.size()), kTriedPicoseconds / quant::price(model.graph(), model.plan(), model.plan()));
    const double affordable = runs / static_cast<double>(pictures_to_judge(model));
    return std::min(kTriedOfWide * most_wide, static_cast<std::size_t>(std::min(affordable, 1e6)));
  }

  // Says how long a search takes, by what each picture of a calibration took.
  void announce_search(const quant::CalibratedModel& model, std::size_t held_out, double seconds_of_picture) const {
    constexpr double kOfTrial = 0.6, kShort = 10;  // a trial computes a part of the model; seconds that nobody need be told of
    const auto layers = static_cast<double>(model.plan().layers.size());
    const double trials = static_cast<double>(pictures_to_judge(model)) * layers * kOfTrial;
    const double walk = static_cast<double>(held_out) * (2 + std::log2(layers + 1));
    const double seconds = (trials + walk) * seconds_of_picture;
    if (options_.warn && seconds > kShort)
      options_.warn(fmt::format("the search among {:.0f} layers takes about {:.0f} s", layers, seconds));
  }

  // The layers that are affordable, but for those that the error of their own results puts behind `most_tried` others.
  Result<std::vector<quant::LayerCost>> rank(const quant::CalibratedModel& model, const Dataset& pictures, double most_latency,
                                             std::size_t most_tried, const Progress& progress) const {
    const std::int64_t judged = pictures_to_judge(model);
    const Dataset some = random_subset(pictures, 8 * judged, 0);  // in some of which there is nothing
    OCTET_ASSIGN(const auto quantized, model.quantize({}, rounded_));
    std::vector<quant::LayerCost> layers = quant::affordable_layers(model, most_latency);
    const quant::LayerTrials trials = quant::try_layers(model.graph(), quantized.graph, names_of(model, layers));
    OCTET_ASSIGN(const auto judge, LayerJudge::make(trials, description_, some, static_cast<std::size_t>(judged), options_.threads));
    take_errors(model, judge.noise(), layers);
    layers.resize(std::min(layers.size(), most_tried));
    OCTET_ASSIGN(const auto errors, judge.errors(names_of(model, layers), progress));
    take_errors(model, errors, layers);
    return layers;
  }

  static std::set<std::string> names_of(const quant::CalibratedModel& model, const std::vector<quant::LayerCost>& layers) {
    std::set<std::string> names;
    for (const quant::LayerCost& each : layers) names.insert(model.graph().node(each.layer).name);
    return names;
  }

  // A layer without an error, as all that it reads is constant, goes.
  static void take_errors(const quant::CalibratedModel& model, const std::map<std::string, double>& errors,
                          std::vector<quant::LayerCost>& layers) {
    const auto name_of = [&](const quant::LayerCost& each) { return model.graph().node(each.layer).name; };
    std::erase_if(layers, [&](const quant::LayerCost& each) { return !errors.contains(name_of(each)); });
    for (quant::LayerCost& each : layers) each.error = errors.at(name_of(each));
    quant::sort_by_worth(layers);
  }

  Result<QuantizationResult> result_with(const quant::CalibratedModel& model, const std::set<NodeId>& wide) const {
    OCTET_ASSIGN(auto quantized, model.quantize(wide, rounded_));
    return QuantizationResult{std::move(quantized), relative_latency(model, wide), {}, model.curve(), {}};
  }

  // Walks over the ranking by halves, as what is lost falls with each layer.
  Result<QuantizationResult> reach() {
    const Dataset held_out = part_of(pictures_, true), others = part_of(pictures_, false);
    const auto start = std::chrono::steady_clock::now();
    OCTET_ASSIGN(const auto model, calibrate(others, stage(options_.progress, 0, 0.3)));
    OCTET_RETURN_IF_ERROR(round_weights(model, others));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    announce_search(model, held_out.images.size(), took.count() / static_cast<double>(std::max<std::size_t>(1, others.images.size())));
    OCTET_ASSIGN(const auto reference, Reference::make(*this, model.graph(), held_out));
    const bool by_drop = recipe_.max_drop.has_value();
    if (by_drop && !reference.is_annotated() && options_.warn)
      options_.warn("no object in the pictures that were held out is annotated: the drop is that against what the FP32 model finds there");
    OCTET_ASSIGN(const auto ranking, rank(model, others, kAnyLatency, kAllLayers, stage(options_.progress, 0.3, 0.8)));
    const auto wide_of = [&ranking](std::size_t count) {
      std::set<NodeId> wide;
      for (std::size_t i = 0; i < count; ++i) wide.insert(ranking[i].layer);
      return wide;
    };
    std::vector<TradeoffStep> steps;
    const auto measure = [&](std::size_t count) -> Result<double> {
      OCTET_ASSIGN(const auto quantized, model.quantize(wide_of(count), rounded_));
      OCTET_ASSIGN(TradeoffStep step, reference.compare(*this, quantized.graph));
      step.wide_layers = count;
      step.relative_latency = relative_latency(model, wide_of(count));
      steps.push_back(step);
      return loss_of(step);
    };
    const double allowed = by_drop ? *recipe_.max_drop : 100 - *recipe_.min_fidelity;
    // With all layers in float nothing is lost, and nothing gained: one stays.
    std::size_t fails = 0, holds = ranking.empty() ? 0 : ranking.size() - 1;
    OCTET_ASSIGN(const double most, measure(fails));
    OCTET_ASSIGN(const double least, measure(holds));
    Status status;
    if (least > allowed) status = goal_out_of_reach(recipe_, least);
    if (most <= allowed) holds = 0;
    while (status.ok() && holds > fails + 1) {
      const std::size_t middle = fails + (holds - fails) / 2;
      OCTET_ASSIGN(const double lost, measure(middle));
      (lost <= allowed ? holds : fails) = middle;
    }
    std::ranges::sort(steps, {}, &TradeoffStep::wide_layers);
    OCTET_ASSIGN(auto result, result_with(model, wide_of(holds)));
    for (TradeoffStep& step : steps) step.chosen = step.wide_layers == holds;
    result.tradeoff = std::move(steps);
    result.goal = status;
    return result;
  }

  double loss_of(const TradeoffStep& step) const { return recipe_.max_drop && step.drop ? *step.drop : 100 - step.fidelity; }

  // What the model in floats finds in the pictures that were held out, which others are compared with.
  class Reference {
   public:
    static Result<Reference> make(const RecipeRun& run, const Graph& graph, const Dataset& held_out) {
      Reference reference(held_out);
      OCTET_ASSIGN(const Detector detector, make_detector(graph, run.path_));
      OCTET_ASSIGN(const DetectionRun found, run.detect(detector, held_out));
      reference.found_ = results_of(held_out, found);
      if (held_out.truth.annotations.empty()) return reference;
      OCTET_ASSIGN(reference.classes_, map_classes({detector}, held_out, run.options_.warn));
      OCTET_ASSIGN(reference.ap_, reference.ap_of(found, run.options_.threads));
      return reference;
    }

    bool is_annotated() const { return ap_ >= 0; }

    // Fidelity and drop of another model.
    Result<TradeoffStep> compare(const RecipeRun& run, const Graph& graph) const {
      OCTET_ASSIGN(const Detector detector, make_detector(graph, run.path_));
      OCTET_ASSIGN(const DetectionRun found, run.detect(detector, held_out_));
      OCTET_ASSIGN(const Fidelity fidelity, evaluate_fidelity(ResultList(found_), ResultList(results_of(held_out_, found)),
                                                              ids_of(held_out_), kReferenceScore, run.options_.threads));
      if (fidelity.reference_boxes == 0)
        return Error{ErrorCode::kNotFound, "finds nothing in the pictures that were held out, so that no fidelity can be measured"};
      TradeoffStep step;
      step.fidelity = 100 * fidelity.numbers.AP;
      if (!is_annotated()) return step;
      OCTET_ASSIGN(const double ap, ap_of(found, run.options_.threads));
      step.drop = 100 * (ap_ - ap);
      return step;
    }

   private:
    explicit Reference(const Dataset& held_out) : held_out_(held_out) {}

    Result<double> ap_of(const DetectionRun& found, int threads) const {
      OCTET_ASSIGN(const CheckResult scored, score_runs(classes_, held_out_, {&found, 1}, {.threads = threads}));
      return scored.models[0].numbers.AP;
    }

    const Dataset& held_out_;
    std::vector<CocoResult> found_;
    std::vector<ClassMap> classes_;
    double ap_ = -1;
  };

  Result<DetectionRun> detect(const Detector& detector, const Dataset& pictures) const {
    DetectRunOptions how;
    how.threads = options_.threads;
    OCTET_ASSIGN(auto runs, detect_images({&detector, 1}, pictures, how));
    return std::move(runs.front());
  }

  static std::vector<std::int64_t> ids_of(const Dataset& pictures) {
    std::vector<std::int64_t> ids;
    for (const ImageEntry& image : pictures.images) ids.push_back(image.id);
    return ids;
  }

  Graph graph_;
  const std::filesystem::path& path_;
  const ModelDescription& description_;
  const Dataset& pictures_;
  const quant::CalibrationOptions& options_;
  const Recipe& recipe_;
  quant::RoundedWeights rounded_ = {};  // none: each for itself
};

}  // namespace

Result<QuantizationResult> quantize_model(Graph graph, const std::filesystem::path& path, const Dataset& pictures,
                                          const quant::CalibrationOptions& options, const Recipe& recipe) {
  OCTET_ASSIGN_AT(const ModelDescription description, read_model_info(graph.model_info), path.string());
  look_first(pictures, {.calibrates = true, .threads = options.threads}, options.warn);
  if (options.warn) {
    OCTET_ASSIGN(const std::string remark, channel_order_remark(graph, path, pictures, options.threads));
    if (!remark.empty()) options.warn(remark);
  }
  auto quantized = RecipeRun(std::move(graph), path, description, pictures, options, recipe).run();
  if (!quantized.ok()) return quantized.error().at(path.string());
  return quantized;
}

Result<quant::CalibrationStatistics> calibrate_share(Graph graph, const std::filesystem::path& path, const Dataset& pictures,
                                                     const quant::CalibrationOptions& options, const Recipe& recipe) {
  OCTET_ASSIGN_AT(const ModelDescription description, read_model_info(graph.model_info), path.string());
  const Dataset calibrated = recipe.min_fidelity ? part_of(pictures, false) : pictures;
  const auto model = quant::CalibratedModel::calibrate(std::move(graph), calibration_images(description, calibrated), options);
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
