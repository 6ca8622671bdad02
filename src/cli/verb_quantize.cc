// octet quantize: an FP32 model to an INT8 IR.

#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "base/bytes.h"
#include "base/files.h"
#include "cli/options.h"
#include "cli/recording.h"
#include "cli/report_json.h"
#include "cli/resources.h"
#include "cli/sharing.h"
#include "data/words.h"
#include "steps/calibration_parts.h"
#include "steps/quantization_journal.h"
#include "workflow/quantize.h"
#include "zoo/catalogue.h"

namespace octet::cli {
namespace {

struct Options {
  std::filesystem::path model;
  SharingOptions sharing;  // its output is that of the verb
  BesideModel beside;
  DataSource source;
  std::int64_t limit = 0, subset = 0;
  std::uint64_t seed = 0;
  int threads = 1;
  std::string target = "any", preset = "mixed", recipe = "default";
  std::string range_estimator = "octet";
  bool strict_int8 = false, annotated = false, all_pictures = false;
  std::optional<double> min_fidelity, max_drop;
  WriteOptions written;
  std::filesystem::path explain;
  std::filesystem::path resume;  // folder of the journal; empty: none is kept
};

void add_explanation(const quant::Explanation& explanation, Json& json) {
  json["heads_snr_db"] = explanation.snr_db;
  json["explained_with_images"] = explanation.images;
  json["tensors"] = json["floats"] = Json::array();
  for (const quant::TensorFigures& tensor : explanation.tensors)
    json["tensors"].push_back({{"node", tensor.node},
                               {"tensor", tensor.tensor},
                               {"method", tensor.method},
                               {"bits", tensor.bits},
                               {"ranges", tensor.ranges},
                               {"low", tensor.low},
                               {"high", tensor.high},
                               {"step", tensor.step},
                               {"least", tensor.least},
                               {"greatest", tensor.greatest},
                               {"clipped_share", tensor.clipped_share},
                               {"snr_db", tensor.snr_db},
                               {"histogram", tensor.shares}});
  for (const quant::FloatLayer& layer : explanation.floats) json["floats"].push_back({{"node", layer.node}, {"reason", layer.reason}});
}

Json decisions_json(const std::vector<LayerDecision>& decisions) {
  Json rows = Json::array();
  for (const LayerDecision& each : decisions)
    rows.push_back({{"node", each.node}, {"error", each.error}, {"latency", each.latency}, {"in_float", each.is_wide}});
  return rows;
}

Json found_json(const FoundByBoth& found) {
  Json json = to_json(found.check);
  json["truth"] = found.is_annotated ? "annotations" : "FP32";
  json["held_out"] = found.is_held_out;
  json["pictures"] = Json::array();
  for (const FoundByBoth::Picture& each : found.pictures)
    json["pictures"].push_back({{"file_name", each.file}, {"kept", each.kept}, {"lost", each.lost}, {"new", each.added}});
  return json;
}

Recipe recipe_of(const Options& options) {
  return {options.recipe == "plain" ? Recipe::Kind::kPlain : Recipe::Kind::kDefault, options.strict_int8, options.min_fidelity,
          options.max_drop};
}

// Every layer that integers could compute, with its figures where they were measured.
Json layers_json(const QuantizedIr& done) {
  std::map<std::string, const quant::LayerFigures*> figures;
  for (const quant::LayerFigures& layer : done.explanation.layers) figures[layer.node] = &layer;
  Json layers = Json::array();
  for (const quant::QuantizedLayer& layer : done.layers) {
    Json json = {{"node", layer.node}, {"bits", layer.bits}};
    if (!figures.empty()) json["error_share"] = 0;  // of what stays in float
    if (const auto found = figures.find(layer.node); found != figures.end())
      json.update(
          {{"operation", found->second->operation}, {"snr_db", found->second->snr_db}, {"error_share", found->second->error_share}});
    layers.push_back(std::move(json));
  }
  return layers;
}

Json tradeoff_json(const std::vector<TradeoffStep>& tradeoff) {
  Json steps = Json::array();
  for (const TradeoffStep& step : tradeoff)
    steps.push_back({{"wide_layers", step.wide_layers},
                     {"fidelity", step.fidelity},
                     {"drop", step.drop ? Json(*step.drop) : Json()},
                     {"relative_latency", step.relative_latency},
                     {"chosen", step.chosen}});
  return steps;
}

Json curve_json(const std::vector<quant::CurvePoint>& curve) {
  Json points = Json::array();
  for (const quant::CurvePoint& point : curve) points.push_back({{"images", point.images}, {"range_distance", point.distance}});
  return points;
}

std::string wide_layers_text(const QuantizedIr& done) {
  std::string names;
  std::int64_t count = 0;
  for (const quant::QuantizedLayer& layer : done.layers) {
    if (layer.bits == 8) continue;
    ++count;
    names += "\n  " + layer.node;
  }
  if (count == 0) return "";
  return fmt::format("\n{} in float, where integers lose the most for the time that they save ({:.1f} % of latency, estimated):{}",
                     counted(count, "layer"), 100 * (done.relative_latency - 1), names);
}

std::string tradeoff_text(const std::vector<TradeoffStep>& tradeoff) {
  if (tradeoff.empty()) return "";
  std::string text = fmt::format("\n{:>15} {:>11} {:>10} {:>20}", "layers in float", "fidelity AP", "drop of AP", "latency, estimated");
  for (const TradeoffStep& step : tradeoff)
    text += fmt::format("\n{:>15} {:>11.1f} {:>10} {:>20.2f}{}", step.wide_layers, step.fidelity,
                        step.drop ? fmt::format("{:.2f}", *step.drop) : "-", step.relative_latency, step.chosen ? "  taken" : "");
  return text;
}

bool searches(const Options& options) { return options.min_fidelity || options.max_drop; }

struct Inputs {
  Dataset dataset;
  ConvertOptions opening;
};

Result<Inputs> open_inputs(const Options& options, const Talk& talk) {
  Inputs inputs;
  const DataUse use = options.max_drop || options.annotated ? DataUse::kCalibrateAndMeasure : DataUse::kCalibrate;
  OCTET_ASSIGN(inputs.dataset, open_dataset(options.source, use, talk.warn));
  if (options.annotated) {
    OCTET_ASSIGN(inputs.dataset, annotated_images(std::move(inputs.dataset)));
  }
  inputs.dataset = first_images(std::move(inputs.dataset), options.limit);
  inputs.dataset = random_subset(std::move(inputs.dataset), options.subset, options.seed);
  OCTET_ASSIGN(inputs.opening, model_options(options.beside, talk.warn));
  return inputs;
}

quant::CalibrationOptions calibration_of(const Options& options, const Talk& talk) {
  quant::CalibrationOptions calibration{options.threads, talk.bar("calibrate"), talk.warn_of_pictures, options.target == "avx2",
                                        options.preset == "performance" ? quant::Preset::kPerformance : quant::Preset::kMixed};
  if (options.range_estimator != "octet") calibration.estimator = *quant::parse_range_estimator(options.range_estimator);
  return calibration;
}

// What is wrong with the word, for the reader of the command line; empty for a right one.
std::string check_range_estimator(const std::string& word) {
  if (word == "octet") return {};
  const auto estimator = quant::parse_range_estimator(word);
  return estimator.ok() ? std::string() : estimator.error().message;
}

Result<PartSetup> setup_for(const Options& options, const CLI::App& verb, const Share& share, std::vector<std::filesystem::path> files,
                            const Dataset& dataset) {
  if (options.max_drop && !dataset.annotation_file.empty()) files.push_back(dataset.annotation_file);
  if (!options.beside.labels.empty()) files.push_back(options.beside.labels);
  if (is_description_file(options.beside.description)) files.emplace_back(options.beside.description);
  return setup_of(verb, share, files, dataset);
}

Result<PartSetup> setup_for(const Options& options, const CLI::App& verb, const Share& share, const Inputs& inputs) {
  OCTET_ASSIGN(const OpenedModel opened, open_model_with(options.model, inputs.opening, {}));
  return setup_for(options, verb, share, opened.files, inputs.dataset);
}

// That of the whole work; null where none is kept.
Result<std::unique_ptr<QuantizationJournal>> open_journal(const Options& options, const CLI::App& verb, const Inputs& inputs,
                                                          const Talk& talk) {
  if (options.resume.empty()) return std::unique_ptr<QuantizationJournal>();
  OCTET_ASSIGN(const PartSetup setup, setup_for(options, verb, {}, inputs));
  return QuantizationJournal::open(options.resume, setup, talk.warn_of_pictures);
}

// Makes a part of each share that this process is given, in the blocks of the share's journal where one is kept.
class PartMaker : public quant::CalibrationStore {
 public:
  PartMaker(NextShare next, TakePart take, PartSetup setup, std::filesystem::path resume, Warn warn)
      : next_share_(std::move(next)),
        take_part_(std::move(take)),
        setup_(std::move(setup)),
        resume_(std::move(resume)),
        warn_(std::move(warn)) {}

  Result<std::optional<Share>> next(std::size_t images) override {
    images_ = images;
    if (journal_) {
      OCTET_ASSIGN(const auto block, journal_->next(images));
      if (block) return block;
    }
    OCTET_RETURN_IF_ERROR(finish());
    const auto share = next_share_(images, std::max(kPicturesOfCalibration, images / kMostCalibrations));
    if (!share) return share;
    setup_.share = *share;
    watch_ = {};
    if (resume_.empty()) return share;
    OCTET_ASSIGN(journal_, QuantizationJournal::open(resume_, setup_, warn_));
    return journal_->next(images);
  }

  const quant::CalibrationStatistics* known(const Share& block) override {
    const auto* found = journal_ ? journal_->known(block) : nullptr;
    return found && add(*found).ok() ? found : nullptr;
  }

  Status keep(const Share& block, const quant::CalibrationStatistics& statistics) override {
    if (journal_) OCTET_RETURN_IF_ERROR(journal_->keep(block, statistics));
    return add(statistics);
  }

  // Of the share that is at work.
  std::int64_t images() const { return static_cast<std::int64_t>(setup_.share.size(images_)); }

 private:
  Status add(const quant::CalibrationStatistics& statistics) {
    if (sum_) return quant::add_statistics(statistics, *sum_);
    sum_ = statistics;
    return {};
  }

  Status finish() {
    if (sum_) {
      const std::int64_t resumed = journal_ ? journal_->resumed_images() : 0;
      const std::string bytes = part_of_statistics(setup_, *sum_, watch_.seconds(), resumed);
      const auto write = [&bytes](const FileTransaction::Sink& sink) { return sink(bytes_of(bytes)); };
      OCTET_RETURN_IF_ERROR(take_part_({setup_, write, images_of(*sum_)}));
    }
    sum_.reset();
    journal_.reset();
    return {};
  }

  NextShare next_share_;
  TakePart take_part_;
  PartSetup setup_;  // of the share that is at work
  std::filesystem::path resume_;
  Warn warn_;
  std::size_t images_ = 0;  // of all shares
  Stopwatch watch_;
  std::unique_ptr<QuantizationJournal> journal_;
  std::optional<quant::CalibrationStatistics> sum_;
};

Status make_parts(const Options& options, const CLI::App& verb, const NextShare& next, const TakePart& take, const Talk& talk) {
  OCTET_ASSIGN(const Inputs inputs, open_inputs(options, talk));
  OCTET_ASSIGN(PartSetup setup, setup_for(options, verb, {}, inputs));
  PartMaker maker(next, take, std::move(setup), options.resume, talk.warn_of_pictures);
  quant::CalibrationOptions calibration = calibration_of(options, talk);
  calibration.store = &maker;
  if (calibration.progress)
    calibration.progress = [&maker, bar = calibration.progress](std::int64_t done, std::int64_t) { bar(done, maker.images()); };
  OCTET_RETURN_IF_ERROR(calibrate_ir_share(options.model, inputs.dataset, calibration, recipe_of(options), inputs.opening));
  return {};
}

//   journal   of the search; may be null
Result<Outcome> quantize(const Options& options, const Inputs& inputs, const quant::CalibrationOptions& calibration,
                         QuantizationJournal* journal, const Talk& talk, const Stopwatch& watch) {
  Recipe recipe = recipe_of(options);
  recipe.store = journal;
  OCTET_ASSIGN(const QuantizedIr done,
               quantize_ir(options.model, inputs.dataset, options.sharing.output, calibration, recipe, options.written, inputs.opening,
                           {options.explain, [&] { return talk.bar("explain"); }}));
  Outcome outcome;
  outcome.json = {{"model", done.xml.string()},
                  {"record", done.record.string()},
                  {"images", done.images},
                  {"seconds", watch.seconds()},
                  {"wall_s", watch.seconds()},
                  {"peak_rss_mb", peak_rss_mb()},
                  {"peak_mb", peak_rss_mb()},
                  {"relative_latency", done.relative_latency},
                  {"weights", done.is_second_order ? "second order" : "nearest"},
                  {"layers", layers_json(done)}};
  if (!done.curve.empty()) outcome.json["pictures"] = curve_json(done.curve);
  if (searches(options)) outcome.json["tradeoff"] = tradeoff_json(done.tradeoff);
  if (done.search) outcome.json["search"] = {{"estimated_s", done.search->estimated_s}, {"seconds", done.search->s}};
  if (journal) outcome.json["resumed_trials"] = journal->resumed_trials();
  if (!done.onnx.empty()) outcome.json["onnx"] = done.onnx.string();
  if (!options.explain.empty()) {
    add_explanation(done.explanation, outcome.json);
    outcome.json["decisions"] = decisions_json(done.decisions);
    outcome.json["found"] = done.found ? found_json(*done.found) : Json();
  }
  outcome.text = fmt::format(
      "{}\n{} convolutions compute in 8-bit integers, weights rounded {}, {} activations are quantized; {}, {:.1f} s, {:.0f} MB{}{}",
      done.xml.string(), done.convolutions, done.is_second_order ? "by second order" : "each for itself", done.points,
      counted(done.images, "image"), watch.seconds(), peak_rss_mb(), wide_layers_text(done), tradeoff_text(done.tradeoff));
  outcome.requirements = done.goal;
  return outcome;
}

Result<Outcome> join(const Options& options, const CLI::App& verb, const std::vector<Part>& parts, const Talk& talk,
                     const Stopwatch& watch) {
  OCTET_ASSIGN(const Inputs inputs, open_inputs(options, talk));
  OCTET_ASSIGN(const OpenedModel opened, open_model_with(options.model, inputs.opening, {}));
  const Part& first = parts.front();
  OCTET_ASSIGN(const PartSetup setup, setup_for(options, verb, first.setup.share, opened.files, inputs.dataset));
  if (const auto difference = difference_of(setup, first.setup))
    return Error{ErrorCode::kMalformed, first.name + ": is of other work than this: it " + *difference};
  OCTET_ASSIGN(auto statistics, statistics_of_parts(parts));
  quant::CalibrationOptions calibration = calibration_of(options, talk);
  calibration.known = std::make_shared<const quant::CalibrationStatistics>(std::move(statistics));
  OCTET_ASSIGN(const auto journal, open_journal(options, verb, inputs, talk));  // of the search, which is nobody's share
  OCTET_ASSIGN(Outcome outcome, quantize(options, inputs, calibration, journal.get(), talk, watch));
  if (journal) outcome.json["resumed_images"] = resumed_in(parts);
  return outcome;
}

Result<Outcome> do_all(const Options& options, const CLI::App& verb, const Talk& talk, const Stopwatch& watch) {
  OCTET_ASSIGN(const Inputs inputs, open_inputs(options, talk));
  OCTET_ASSIGN(const auto journal, open_journal(options, verb, inputs, talk));
  quant::CalibrationOptions calibration = calibration_of(options, talk);
  calibration.store = journal.get();
  calibration.stops_when_enough = !journal && !options.all_pictures;
  OCTET_ASSIGN(Outcome outcome, quantize(options, inputs, calibration, journal.get(), talk, watch));
  if (journal) outcome.json["resumed_images"] = journal->resumed_images();
  return outcome;
}

Result<Outcome> run(const Options& options, const CLI::App& verb, Console& console) {
  const Stopwatch watch;
  if (searches(options) && options.recipe == "plain")
    return Error{ErrorCode::kInvalidArgument, "--min-fidelity and --max-drop search for layers, which --recipe plain does not"};
  if (!options.sharing.shard.empty() && !options.explain.empty())
    return Error{ErrorCode::kInvalidArgument, "--shard makes no model that could be explained: --explain is for who takes all --parts"};
  OCTET_RETURN_IF_ERROR(check_output_folder(options.sharing.output));
  OCTET_RETURN_IF_ERROR(check_output_file(options.explain));
  return run_shared(
      options.sharing,
      {[&](const NextShare& next, const TakePart& take, const Talk& talk) { return make_parts(options, verb, next, take, talk); },
       [&](const std::vector<Part>& parts, const Talk& talk) { return join(options, verb, parts, talk, watch); },
       [&](const Talk& talk) { return do_all(options, verb, talk, watch); }},
      console);
}

}  // namespace

Run add_quantize(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("quantize", "Make an INT8 IR of an FP32 model");
  verb->footer(
      "Takes the training pictures of --data where there are some.\n"
      "Example: octet quantize out/public/yolov4-tiny/FP32/yolov4-tiny.xml --data coco --output out\n"
      "         octet quantize my_model.onnx --model my.yml --data coco --output out");
  verb->add_option("model", options->model, "FP32 IR (.xml) or source file")->required();
  add_labels(*verb, options->beside.labels);
  add_beside_model(*verb, options->beside);
  add_pictures(*verb, options->source);
  verb->add_flag("--annotated", options->annotated, "Only images that have annotations");
  auto* limit = verb->add_option("--limit", options->limit, "Only the first N images, by their ids; 0 is all")->check(whole_number());
  verb->add_option("--subset", options->subset, "Only N images, drawn at random; 0 is all")->check(whole_number())->excludes(limit);
  verb->add_option("--seed", options->seed, "Of the draw")->check(whole_number())->capture_default_str();
  verb->add_flag("--all-pictures", options->all_pictures,
                 "Also those of more than 512 that would move no range by a step, as --shard and --resume always do");
  verb->add_option("--target", options->target, "Weights that are fastest on any CPU, or on those with AVX2 alone, a little less exact")
      ->check(CLI::IsMember({"any", "avx2"}))
      ->capture_default_str();
  verb->add_option("--preset", options->preset,
                   "Limits of activations about zero: performance: symmetric; mixed: as the values lie; accuracy: as mixed, on CPUs")
      ->check(CLI::IsMember({"performance", "mixed", "accuracy"}))
      ->capture_default_str();
  verb->add_option("--range-estimator", options->range_estimator,
                   "How ranges of activations are found: octet's way, or as DefaultQuantization has it, by its names: default, quantile, "
                   "max.aggregator=median, ..., separated by commas")
      ->check(CLI::Validator(check_range_estimator, "ESTIMATOR"))
      ->capture_default_str();
  verb->add_option("--explain", options->explain, "Measure what each layer costs, and write a page about it (.html)");
  verb->add_option("--recipe", options->recipe, "plain: every layer in integers; default: up to 5 % of latency for layers in float")
      ->check(CLI::IsMember({"plain", "default"}))
      ->capture_default_str();
  auto* strict = verb->add_flag("--strict-int8", options->strict_int8, "No layer that integers can compute is left in float");
  auto* fidelity = verb->add_option("--min-fidelity", options->min_fidelity,
                                    "As many layers in float as this fidelity AP takes, in points; status 4 if it cannot be reached")
                       ->check(number_between(0, 100))
                       ->excludes(strict);
  verb->add_option("--max-drop", options->max_drop,
                   "The same until no more points of AP are lost, in pictures held out that are annotated, else against what FP32 finds")
      ->check(number_between(0, 100))
      ->excludes(strict)
      ->excludes(fidelity);
  add_written(*verb, options->written);
  add_output(*verb, options->sharing.output);
  add_sharing(*verb, options->sharing);
  add_resume(*verb, options->resume);
  add_threads(*verb, options->threads);
  return add_recording(*verb, [options, verb](Console& console) { return run(*options, *verb, console); });
}

}  // namespace octet::cli
