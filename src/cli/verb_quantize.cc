// octet quantize: an FP32 model to an INT8 IR.

#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "cli/options.h"
#include "cli/resources.h"
#include "cli/verb.h"
#include "data/words.h"
#include "workflow/quantize.h"

namespace octet::cli {
namespace {

struct Options {
  std::filesystem::path model, output;
  BesideModel beside;
  DataSource source;
  std::int64_t subset = 0;
  std::uint64_t seed = 0;
  int threads = 1;
  std::string target = "any", recipe = "default";
  bool strict_int8 = false;
  std::optional<double> min_fidelity;
  WriteOptions written;
  std::filesystem::path explain;
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

Recipe recipe_of(const Options& options) {
  return {options.recipe == "plain" ? Recipe::Kind::kPlain : Recipe::Kind::kDefault, options.strict_int8, options.min_fidelity};
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
    steps.push_back({{"wide_layers", step.wide_layers}, {"fidelity", step.fidelity}, {"relative_latency", step.relative_latency}});
  return steps;
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
  std::string text = tradeoff.empty() ? "" : fmt::format("\n{:>15} {:>11} {:>20}", "layers in float", "fidelity AP", "latency, estimated");
  for (const TradeoffStep& step : tradeoff)
    text += fmt::format("\n{:>15} {:>11.1f} {:>20.2f}", step.wide_layers, step.fidelity, step.relative_latency);
  return text;
}

Result<Outcome> run(const Options& options, Console& console) {
  const Stopwatch watch;
  if (options.min_fidelity && options.recipe == "plain")
    return Error{ErrorCode::kInvalidArgument, "--min-fidelity searches for layers, which --recipe plain does not"};
  OCTET_ASSIGN(Dataset dataset, open_dataset(options.source, DataUse::kCalibrate, console.warnings()));
  dataset = random_subset(std::move(dataset), options.subset, options.seed);
  OCTET_ASSIGN(ConvertOptions opening, model_options(options.beside, console.warnings()));
  const quant::CalibrationOptions calibration{options.threads, console.bar("calibrate"), console.warnings(), options.target == "avx2"};
  OCTET_ASSIGN(const QuantizedIr done, quantize_ir(options.model, dataset, options.output, calibration, recipe_of(options), options.written,
                                                   std::move(opening), {options.explain, [&] { return console.bar("explain"); }}));
  Outcome outcome;
  outcome.json = {{"model", done.xml.string()}, {"record", done.record.string()},
                  {"images", done.images},      {"seconds", watch.seconds()},
                  {"wall_s", watch.seconds()},  {"peak_rss_mb", peak_rss_mb()},
                  {"peak_mb", peak_rss_mb()},   {"relative_latency", done.relative_latency},
                  {"layers", layers_json(done)}};
  if (options.min_fidelity) outcome.json["tradeoff"] = tradeoff_json(done.tradeoff);
  if (!done.onnx.empty()) outcome.json["onnx"] = done.onnx.string();
  if (!options.explain.empty()) add_explanation(done.explanation, outcome.json);
  outcome.text = fmt::format("{}\n{} convolutions compute in 8-bit integers, {} activations are quantized; {}, {:.1f} s, {:.0f} MB{}{}",
                             done.xml.string(), done.convolutions, done.points, counted(done.images, "image"), watch.seconds(),
                             peak_rss_mb(), wide_layers_text(done), tradeoff_text(done.tradeoff));
  outcome.requirements = done.goal;
  return outcome;
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
  verb->add_option("--subset", options->subset, "Only N images, drawn at random; 0 is all")->check(whole_number());
  verb->add_option("--seed", options->seed, "Of the draw")->check(whole_number())->capture_default_str();
  verb->add_option("--target", options->target, "Weights that are fastest on any CPU, or on those with AVX2 alone, a little less exact")
      ->check(CLI::IsMember({"any", "avx2"}))
      ->capture_default_str();
  verb->add_option("--explain", options->explain, "Measure what each layer costs, and write a page about it (.html)");
  verb->add_option("--recipe", options->recipe, "plain: every layer in integers; default: up to 5 % of latency for layers in float")
      ->check(CLI::IsMember({"plain", "default"}))
      ->capture_default_str();
  auto* strict = verb->add_flag("--strict-int8", options->strict_int8, "No layer that integers can compute is left in float");
  verb->add_option("--min-fidelity", options->min_fidelity,
                   "As many layers in float as this fidelity AP takes, in points; status 4 if it cannot be reached")
      ->check(number_between(0, 100))
      ->excludes(strict);
  add_written(*verb, options->written);
  add_output(*verb, options->output);
  add_threads(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
