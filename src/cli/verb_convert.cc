// octet convert: a published model file to an FP32 or FP16 IR.

#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "cli/options.h"
#include "cli/resources.h"
#include "cli/verb.h"
#include "importers/importer.h"
#include "workflow/convert.h"

namespace octet::cli {
namespace {

struct Options {
  std::filesystem::path source, output;
  BesideModel beside;
  std::vector<std::string> outputs;
  WriteOptions written;
};

Json ports_json(const std::vector<Port>& ports) {
  Json json = Json::array();
  for (const Port& port : ports) json.push_back({{"name", port.name}, {"shape", port.type.shape}});
  return json;
}

Result<Outcome> run(const Options& options, Console& console) {
  const Stopwatch watch;
  OCTET_ASSIGN(ConvertOptions settings, model_options(options.beside, console.warnings()));
  settings.outputs = options.outputs;
  const Progress progress = console.bar("convert");
  OCTET_ASSIGN(const ConvertedIr converted, convert_source(options.source, options.output, settings, options.written));
  progress(1, 1);
  Outcome outcome;
  outcome.json = {{"model", converted.xml.string()},
                  {"inputs", ports_json(converted.inputs)},
                  {"outputs", ports_json(converted.outputs)},
                  {"seconds", watch.seconds()},
                  {"peak_rss_mb", peak_rss_mb()}};
  if (!converted.onnx.empty()) outcome.json["onnx"] = converted.onnx.string();
  outcome.text = fmt::format("{}\n{:.1f} s, {:.0f} MB", converted.xml.string(), watch.seconds(), peak_rss_mb());
  return outcome;
}

}  // namespace

Run add_convert(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("convert", "Make an IR of a published model file");
  verb->footer(
      "Examples: octet convert yolov4-tiny.cfg --output out\n"
      "          octet convert frozen_inference_graph.pb --model ssdlite_mobilenet_v2_coco --output out");
  verb->add_option("source", options->source, importable_kinds())->required();
  add_beside_model(*verb, options->beside);
  add_cut(*verb, options->outputs);
  add_labels(*verb, options->beside.labels);
  add_written(*verb, options->written);
  add_output(*verb, options->output);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
