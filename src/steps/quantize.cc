#include "steps/quantize.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/freed_memory.h"
#include "data/first_look.h"
#include "data/words.h"
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
#include "steps/run_results.h"
#include "steps/search_store.h"

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
  return {pictures.images.size(), load, [&](std::size_t index) { return pictures.images[index].path; }};
}

// What layers in float may cost under the default recipe: 5 % but for what the price does not know of.
constexpr double kMostLatency = 0.03;
// At most one layer of so many convolutions stays in float then, whatever it costs here: other engines pay for every way between integers
// and floats.
constexpr std::size_t kConvolutionsOfWide = 10;
// Of a model that takes long no more than take as long as the calibration; quant::price() of one that does not, of all trials.
constexpr double kTriedPicoseconds = 2e12;
constexpr double kAnyLatency = std::numeric_limits<double>::infinity();
constexpr double kAllTrials = std::numeric_limits<double>::infinity();
// Pictures by whose detections single layers are judged: fewer for a model that takes long.
constexpr double kFewestJudged = 2, kMostJudged = 4;
constexpr double kJudgedPicoseconds = 60e9;  // quant::price() of all of them
// Of so many layers the one that is worth the most is judged by so many times the pictures more: few pictures overrate some layers.
constexpr std::size_t kLayersOfBest = 6;
constexpr double kMorePictures = 2;
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
  part.images = {};
  for (std::size_t i = 0; i < pictures.images.size(); ++i)
    if ((i % kHeldOut == kHeldOut - 1) == held_out) part.images.push_back(pictures.images[i]);
  return part;
}

class RecipeRun {
 public:
  RecipeRun(Graph graph, const std::filesystem::path& path, const ModelDescription& description, const Dataset& pictures,
            const quant::CalibrationOptions& options, const Recipe& recipe)
      : graph_(std::move(graph)), path_(path), description_(description), pictures_(pictures), options_(options), recipe_(recipe) {}

  Result<QuantizationResult> run() {
    if (recipe_.has_goal()) return reach();
    if (recipe_.kind == Recipe::Kind::kPlain || recipe_.strict_int8) {
      OCTET_ASSIGN(const auto model, calibrate(pictures_, options_.progress));
      if (recipe_.kind != Recipe::Kind::kPlain) OCTET_RETURN_IF_ERROR(round_weights(model, pictures_));
      return result_with(model, {});
    }
    OCTET_ASSIGN(const auto model, calibrate(pictures_, stage(options_.progress, 0, 0.8)));
    OCTET_RETURN_IF_ERROR(round_weights(model, pictures_));
    OCTET_RETURN_IF_ERROR(begin_search(model, {}));
    const std::size_t most_wide = model.plan().convolutions.size() / kConvolutionsOfWide;
    const auto ranking = rank(model, pictures_, kMostLatency, affordable_trials(model), stage(options_.progress, 0.8, 1));
    if (!ranking.ok() && ranking.error().code == ErrorCode::kNotFound) {
      if (options_.warn) options_.warn("every layer computes in integers, as none can be judged: the model " + ranking.error().message);
      return result_with(model, {});
    }
    OCTET_RETURN_IF_ERROR(ranking);
    return result_with(model, layers_within(model, *ranking, kMostLatency, most_wide), *ranking);
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
    if (!rounded_.empty()) give_back_freed_memory();  // covariances are as much as the model
    return {};
  }

  static std::int64_t pictures_to_judge(const quant::CalibratedModel& model) {
    const double affordable = kJudgedPicoseconds / quant::price(model.graph(), model.plan(), model.plan());
    return static_cast<std::int64_t>(std::clamp(affordable, kFewestJudged, kMostJudged));
  }

  // How many times single layers are tried, each in one picture.
  double affordable_trials(const quant::CalibratedModel& model) const {
    return std::max(static_cast<double>(pictures_.images.size()),
                    kTriedPicoseconds / quant::price(model.graph(), model.plan(), model.plan()));
  }

  // What the search keeps is of these statistics and weights, and of these pictures that were held out. Weights that are rounded together
  // come from pictures that are read anew.
  Status begin_search(const quant::CalibratedModel& model, const std::vector<bool>& held_out) const {
    if (!recipe_.store) return {};
    OCTET_ASSIGN(const auto quantized, model.quantize({}, rounded_));
    Sha256 digest;
    digest.update(bytes_of(quant::digest_of_constants(quantized.graph)));
    digest.update(bytes_of(quant::encode_statistics(model.statistics())));
    for (const bool is_done : held_out) digest.update(bytes_of(is_done ? "1" : "0"));
    return recipe_.store->begin(digest.hex());
  }

  // How long the search takes that is left once the model with all layers in integers is known, by the time of a picture in floats on all
  // threads.
  double estimated_seconds(const quant::CalibratedModel& model, std::size_t held_out, double seconds_of_picture) const {
    constexpr double kOfTrial = 0.6;  // which computes a part of the model, and a picture a thread
    const auto layers = static_cast<double>(model.plan().layers.size()), judged = static_cast<double>(pictures_to_judge(model));
    const double tried = layers * (1 + kMorePictures / static_cast<double>(kLayersOfBest));
    const double trials = judged * tried - (recipe_.store ? static_cast<double>(recipe_.store->trials()) : 0);
    // As if the root of their number reached the goal.
    const double steps = 2 + std::log2(layers + 1) - (recipe_.store ? static_cast<double>(recipe_.store->steps()) : 1);
    const double idle = std::max(1.0, options_.threads / judged);
    return seconds_of_picture * (std::max(0.0, trials) * kOfTrial * idle + std::max(0.0, steps) * static_cast<double>(held_out));
  }

  void announce_search(const quant::CalibratedModel& model, double seconds) const {
    constexpr double kShort = 10;  // that nobody need be told of
    if (options_.warn && seconds > kShort)
      options_.warn(fmt::format("the search among {} layers takes about {:.0f} s", model.plan().layers.size(), seconds));
  }

  // The layers that are affordable. Where that takes more than `most_trials`, all are tried in fewer pictures, and where not even that
  // does, those are left out that the error of their own results puts behind others.
  Result<std::vector<quant::LayerCost>> rank(const quant::CalibratedModel& model, const Dataset& pictures, double most_latency,
                                             double most_trials, const Progress& progress) const {
    OCTET_ASSIGN(const auto quantized, model.quantize({}, rounded_));
    std::vector<quant::LayerCost> layers = quant::affordable_layers(model, most_latency);
    const double affordable = most_trials / static_cast<double>(std::max<std::size_t>(1, layers.size()));
    const std::int64_t judged =
        static_cast<std::int64_t>(std::clamp(affordable, kFewestJudged, static_cast<double>(pictures_to_judge(model))));
    const quant::LayerTrials trials = quant::try_layers(model.graph(), quantized.graph, names_of(model, layers));
    OCTET_ASSIGN(LayerJudge judge, LayerJudge::make(trials, description_, options_.threads));
    OCTET_RETURN_IF_ERROR(judge.judge_by(some_of(pictures, judged, 0), static_cast<std::size_t>(judged)));
    take_errors(model, judge.noise(), layers);
    const double most_layers = most_trials / static_cast<double>(judged);
    if (most_layers < static_cast<double>(layers.size())) layers.resize(static_cast<std::size_t>(most_layers));
    OCTET_ASSIGN(auto errors, judge.errors(names_of(model, layers), recipe_.store, stage(progress, 0, 0.6)));
    take_errors(model, errors, layers);
    const std::span best(layers.data(), layers.size() / kLayersOfBest);
    if (best.empty()) return layers;
    const std::int64_t more = static_cast<std::int64_t>(kMorePictures) * judged;
    const Status found = judge.judge_by(some_of(pictures, more, 1), static_cast<std::size_t>(more));
    if (!found.ok() && found.error().code == ErrorCode::kNotFound) return layers;
    OCTET_RETURN_IF_ERROR(found);
    OCTET_ASSIGN(const auto of_others, judge.errors(names_of(model, best), recipe_.store, stage(progress, 0.6, 1)));
    for (const auto& [name, error] : of_others) errors[name] = (errors[name] + kMorePictures * error) / (1 + kMorePictures);
    take_errors(model, errors, layers);
    return layers;
  }

  // Enough for so many in which there is something.
  static Dataset some_of(const Dataset& pictures, std::int64_t count, std::uint64_t seed) {
    constexpr std::int64_t kOfThose = 8;
    return random_subset(pictures, kOfThose * count, seed);
  }

  static std::set<std::string> names_of(const quant::CalibratedModel& model, std::span<const quant::LayerCost> layers) {
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

  //   ranking   of the layers that were tried
  Result<QuantizationResult> result_with(const quant::CalibratedModel& model, const std::set<NodeId>& wide,
                                         const std::vector<quant::LayerCost>& ranking = {}) const {
    OCTET_ASSIGN(auto quantized, model.quantize(wide, rounded_));
    std::vector<LayerDecision> decisions;
    for (const quant::LayerCost& each : ranking)
      decisions.push_back({model.graph().node(each.layer).name, each.error, each.latency, wide.contains(each.layer)});
    return QuantizationResult{.model = std::move(quantized),
                              .relative_latency = relative_latency(model, wide),
                              .decisions = std::move(decisions),
                              .curve = model.curve(),
                              .goal = {}};
  }

  // Pictures to judge a goal by.
  Status expect_judges(const Dataset& held_out) const {
    constexpr std::size_t kFew = 20;
    if (held_out.images.empty())
      return Error{ErrorCode::kNotFound, fmt::format("cannot be judged: every third picture is held out to judge it by, and there {} {}",
                                                     pictures_.images.size() == 1 ? "is" : "are", pictures_.images.size())};
    if (held_out.images.size() < kFew && options_.warn)
      options_.warn(
          fmt::format("only {} to judge the model by, as every third is held out of the calibration: what holds for so few may "
                      "not hold for others",
                      counted(held_out.images.size(), "picture")));
    return {};
  }

  Result<QuantizationResult> reach() {
    const Dataset held_out = part_of(pictures_, true), others = part_of(pictures_, false);
    OCTET_RETURN_IF_ERROR(expect_judges(held_out));
    OCTET_ASSIGN(const auto model, calibrate(others, stage(options_.progress, 0, 0.3)));
    OCTET_RETURN_IF_ERROR(round_weights(model, others));
    OCTET_ASSIGN(const auto reference, Reference::make(*this, model.graph(), held_out));
    if (recipe_.max_drop && !reference.is_annotated() && options_.warn)
      options_.warn("no object in the pictures that were held out is annotated: the drop is that against what the FP32 model finds there");
    OCTET_RETURN_IF_ERROR(begin_search(model, reference.found().done));
    OCTET_ASSIGN(const TradeoffStep strict, measured_step(model, {}, reference));
    const bool is_left = !is_reached(recipe_, loss_of(strict));
    const auto start = std::chrono::steady_clock::now();
    SearchTime time{is_left ? estimated_seconds(model, held_out.images.size(), reference.seconds_of_picture()) : 0, 0};
    announce_search(model, time.estimated_s);
    std::vector<quant::LayerCost> ranking;
    if (is_left) {
      OCTET_ASSIGN(ranking, rank(model, others, kAnyLatency, kAllTrials, stage(options_.progress, 0.3, 0.8)));
    }
    OCTET_ASSIGN(auto result, walk(model, strict, ranking, reference));
    time.s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    result.search = time;
    return result;
  }

  class Reference;

  //   strict   what is known of all layers in integers
  Result<QuantizationResult> walk(const quant::CalibratedModel& model, const TradeoffStep& strict,
                                  const std::vector<quant::LayerCost>& ranking, const Reference& reference) const {
    const auto wide_of = [&ranking](std::size_t count) {
      std::set<NodeId> wide;
      for (std::size_t i = 0; i < count; ++i) wide.insert(ranking[i].layer);
      return wide;
    };
    std::vector<TradeoffStep> steps;
    const auto reaches = [&](std::size_t count) -> Result<bool> {
      TradeoffStep step = strict;
      if (count > 0) {
        OCTET_ASSIGN(step, measured_step(model, wide_of(count), reference));
      }
      step.relative_latency = relative_latency(model, wide_of(count));
      steps.push_back(step);
      return is_reached(recipe_, loss_of(step));
    };
    // With all layers in float nothing is lost, and nothing gained: one stays.
    const std::size_t most = ranking.empty() ? 0 : ranking.size() - 1;
    OCTET_ASSIGN(const auto enough, few_layers_for(most, reaches));
    const Status status = enough ? Status() : goal_out_of_reach(recipe_, loss_of(steps.back()));
    const std::size_t count = enough.value_or(most);
    std::ranges::sort(steps, {}, &TradeoffStep::wide_layers);
    OCTET_ASSIGN(auto result, result_with(model, wide_of(count), ranking));
    for (TradeoffStep& step : steps) step.chosen = step.wide_layers == count;
    result.tradeoff = std::move(steps);
    result.goal = status;
    return result;
  }

  Result<TradeoffStep> measured_step(const quant::CalibratedModel& model, const std::set<NodeId>& wide, const Reference& reference) const {
    if (const auto known = recipe_.store ? recipe_.store->known_step(wide.size()) : std::nullopt) return *known;
    OCTET_ASSIGN(const auto quantized, model.quantize(wide, rounded_));
    OCTET_ASSIGN(TradeoffStep step, reference.compare(*this, quantized.graph));
    step.wide_layers = wide.size();
    if (recipe_.store) OCTET_RETURN_IF_ERROR(recipe_.store->keep_step(step));
    return step;
  }

  double loss_of(const TradeoffStep& step) const { return recipe_.max_drop && step.drop ? *step.drop : 100 - step.fidelity; }

  // What the model in floats finds in the pictures that were held out, which others are compared with.
  class Reference {
   public:
    static Result<Reference> make(const RecipeRun& run, const Graph& graph, const Dataset& held_out) {
      Reference reference(held_out);
      OCTET_ASSIGN(const Detector detector, make_detector(graph, run.path_));
      OCTET_ASSIGN(reference.found_, run.detect(detector, held_out));
      if (held_out.truth.annotations.empty()) return reference;
      OCTET_ASSIGN(reference.classes_, map_classes({detector}, held_out, run.options_.warn));
      OCTET_ASSIGN(reference.ap_, reference.ap_of(reference.found_, run.options_.threads));
      return reference;
    }

    bool is_annotated() const { return ap_ >= 0; }
    const DetectionRun& found() const { return found_; }
    double seconds_of_picture() const { return found_.seconds / static_cast<double>(std::max<std::int64_t>(1, found_.images)); }

    // Fidelity and drop of another model.
    Result<TradeoffStep> compare(const RecipeRun& run, const Graph& graph) const {
      OCTET_ASSIGN(const Detector detector, make_detector(graph, run.path_));
      OCTET_ASSIGN(const DetectionRun found, run.detect(detector, held_out_));
      OCTET_ASSIGN(const Fidelity fidelity, evaluate_fidelity(RunResults(held_out_, found_, nullptr), RunResults(held_out_, found, nullptr),
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
    DetectionRun found_;
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
    for (std::size_t i = 0; i < pictures.images.size(); ++i) ids.push_back(pictures.images.id(i));
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
  const Dataset calibrated = recipe.has_goal() ? part_of(pictures, false) : pictures;
  const auto model = quant::CalibratedModel::calibrate(std::move(graph), calibration_images(description, calibrated), options);
  if (!model.ok()) return model.error().at(path.string());
  return model->statistics();
}

Dataset judged_pictures(const Dataset& pictures, const Recipe& recipe) { return recipe.has_goal() ? part_of(pictures, true) : pictures; }

Result<quant::Explanation> explain_model(const quant::QuantizedModel& model, const std::filesystem::path& path, const Dataset& pictures,
                                         const quant::CalibrationOptions& options) {
  OCTET_ASSIGN_AT(const ModelDescription description, read_model_info(model.graph.model_info), path.string());
  auto explanation = quant::explain(model, calibration_images(description, pictures), options);
  if (!explanation.ok()) return explanation.error().at(path.string());
  return explanation;
}

}  // namespace octet
