// octet infer: raw tensors in, raw tensors out, as .npz files.

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <string>

#include <fmt/format.h>

#include "cli/options.h"
#include "cli/verb.h"
#include "engines/load_network.h"
#include "formats/npz/npz.h"

namespace octet::cli {
namespace {

struct Options {
  std::filesystem::path model;
  BesideModel beside;
  std::string input, output, engine = "octet";
  InferencePrecision precision = InferencePrecision::kF32;
  int threads = 1;
};

Result<Tensor> input_for(const Port& port, const std::map<std::string, Tensor>& arrays) {
  const auto found = std::ranges::find_if(arrays, [&](const auto& array) { return port.is_called(array.first); });
  if (found == arrays.end()) return Error{ErrorCode::kNotFound, "holds no array '" + port.name + "', which the model takes as input"};
  const Shape& shape = found->second.shape();
  if (shape != port.type.shape)
    return Error{ErrorCode::kMalformed,
                 "array '" + port.name + "' has shape " + to_string(shape) + ", the model takes " + to_string(port.type.shape)};
  return converted(found->second, port.type.element);
}

// Layers of integers make some byte of it, whose result nothing marks.
void warn_of_what_is_not_finite(const Options& options, const Port& port, const Tensor& input, Console& console) {
  if (input.type() != ElementType::kF32) return;
  const auto values = input.values<float>();
  const auto count = std::ranges::count_if(values, [](float value) { return !std::isfinite(value); });
  if (count > 0)
    console.warn(
        fmt::format("{}: {} of {} values of array '{}' are infinite or no numbers", options.input, count, values.size(), port.name));
}

Result<Outcome> run(const Options& options, Console& console) {
  OCTET_ASSIGN(const ConvertOptions settings, model_options(options.beside, console.warnings()));
  OCTET_ASSIGN(const Engine* engine, engine_named(options.engine));
  OCTET_ASSIGN(const OpenedNetwork network, open_network(options.model, settings));
  const NetworkSource source{network.graph, options.model, network.original ? &*network.original : nullptr};
  OCTET_ASSIGN_AT(const auto model, load_network(*engine, source, {.precision = options.precision}, console.warnings()),
                  options.model.string());
  std::set<std::string> names;
  for (const Port& port : model->inputs()) {
    const auto all = port.names();
    names.insert(all.begin(), all.end());
  }
  OCTET_ASSIGN(const auto arrays, read_npz(options.input, names));
  std::vector<Tensor> inputs;
  for (const Port& port : model->inputs()) {
    OCTET_ASSIGN_AT(auto input, input_for(port, arrays), options.input);
    warn_of_what_is_not_finite(options, port, input, console);
    inputs.push_back(std::move(input));
  }
  const auto session = model->open_session(options.threads);
  OCTET_ASSIGN_AT(const auto outputs, session->run(inputs), options.model.string());

  Outcome outcome;
  outcome.json = {{"infer_precision", to_string(options.precision)}, {"outputs", Json::array()}};
  std::map<std::string, Tensor> results;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::string& name = model->outputs()[i].name;
    results[name] = outputs[i];
    outcome.json["outputs"].push_back({{"name", name}, {"shape", outputs[i].shape()}});
    outcome.text += fmt::format("{}{} {}", i ? "\n" : "", name, to_string(outputs[i].shape()));
  }
  OCTET_RETURN_IF_ERROR(write_npz(options.output, results));
  return outcome;
}

}  // namespace

Run add_infer(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("infer", "Run a model on raw tensors");
  verb->footer("Example: octet infer model.xml --input in.npz --output out.npz");
  verb->add_option("model", options->model, "IR (.xml) or source file")->required();
  add_beside_model(*verb, options->beside);
  verb->add_option("--input", options->input, "Arrays by the names of the inputs (.npz), of a source file as convert makes them")
      ->required();
  verb->add_option("--output,-o", options->output, "Where to write the outputs (.npz)")->required();
  add_engine(*verb, options->engine);
  add_inference_precision(*verb, options->precision);
  add_threads(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
