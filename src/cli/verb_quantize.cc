// octet quantize: an FP32 model to an INT8 IR.

#include <memory>

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
  std::string target = "any";
  WriteOptions written;
  std::filesystem::path explain;
};

void add_explanation(const quant::Explanation& explanation, Json& json) {
  json["heads_snr_db"] = explanation.snr_db;
  json["explained_with_images"] = explanation.images;
  json["layers"] = json["tensors"] = json["floats"] = Json::array();
  for (const quant::LayerFigures& layer : explanation.layers)
    json["layers"].push_back({{"node", layer.node},
                              {"operation", layer.operation},
                              {"bits", layer.bits},
                              {"snr_db", layer.snr_db},
                              {"error_share", layer.error_share}});
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

Result<Outcome> run(const Options& options, Console& console) {
  const Stopwatch watch;
  OCTET_ASSIGN(Dataset dataset, open_dataset(options.source, DataUse::kCalibrate, console.warnings()));
  dataset = random_subset(std::move(dataset), options.subset, options.seed);
  OCTET_ASSIGN(ConvertOptions opening, model_options(options.beside, console.warnings()));
  const quant::CalibrationOptions calibration{options.threads, console.bar("calibrate"), console.warnings(), options.target == "avx2"};
  OCTET_ASSIGN(const QuantizedIr done, quantize_ir(options.model, dataset, options.output, calibration, options.written, std::move(opening),
                                                   {options.explain, [&] { return console.bar("explain"); }}));
  Outcome outcome;
  outcome.json = {{"model", done.xml.string()},
                  {"record", done.record.string()},
                  {"images", done.images},
                  {"seconds", watch.seconds()},
                  {"peak_rss_mb", peak_rss_mb()}};
  if (!done.onnx.empty()) outcome.json["onnx"] = done.onnx.string();
  if (!options.explain.empty()) add_explanation(done.explanation, outcome.json);
  outcome.text =
      fmt::format("{}\n{} convolutions compute in 8-bit integers, {} activations are quantized; {}, {:.1f} s, {:.0f} MB", done.xml.string(),
                  done.convolutions, done.points, counted(done.images, "image"), watch.seconds(), peak_rss_mb());
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
  add_written(*verb, options->written);
  add_output(*verb, options->output);
  add_threads(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
