// octet list, octet info: the models that can be had by name, and what is recognised of a file.

#include <memory>

#include <fmt/format.h>

#include "cli/options.h"
#include "cli/verb.h"
#include "download/source.h"
#include "model/model_info.h"
#include "recognise/picture.h"
#include "zoo/catalogue.h"

namespace octet::cli {
namespace {

// Of all files whose size is stated.
std::int64_t stated_bytes(const ZooModel& model) {
  std::int64_t bytes = 0;
  for (const RemoteFile& file : model.files) bytes += file.size_bytes.value_or(0);
  return bytes;
}

// Where a source lies, in a word or two: the host, or the package.
std::string place_of(const Source& source) {
  if (const auto* url = std::get_if<UrlSource>(&source)) {
    const std::size_t scheme = url->url.find("://");
    const std::string rest = scheme == std::string::npos ? url->url : url->url.substr(scheme + 3);
    return rest.substr(0, rest.find('/'));
  }
  if (const auto* npm = std::get_if<NpmSource>(&source)) return "npm " + npm->package;
  if (const auto* wheel = std::get_if<WheelSource>(&source)) return "wheel " + wheel->package;
  return "Google Drive";
}

// The places that the largest file comes from, in the order in which they are tried.
std::vector<std::string> places_of(const ZooModel& model) {
  std::vector<std::string> places;
  const RemoteFile* largest = nullptr;
  for (const RemoteFile& file : model.files)
    if (!largest || file.size_bytes.value_or(0) > largest->size_bytes.value_or(0)) largest = &file;
  if (!largest) return places;
  for (const Source& source : largest->sources) places.push_back(place_of(source));
  return places;
}

Json files_of(const ZooModel& model) {
  Json files = Json::array();
  for (const RemoteFile& file : model.files) {
    Json sources = Json::array();
    for (const Source& source : file.sources) sources.push_back(where_published(source));
    files.push_back({{"name", file.name},
                     {"bytes", file.size_bytes ? Json(*file.size_bytes) : Json()},
                     {"sha384", file.sha384.empty() ? Json() : Json(file.sha384)},
                     {"sources", sources}});
  }
  return files;
}

Json json_of(const ZooModel& model) {
  Json inputs = Json::array();
  for (const ZooInput& input : model.inputs) inputs.push_back({{"name", input.name}, {"shape", input.shape}, {"layout", input.layout}});
  return {{"name", model.name},
          {"aliases", model.aliases},
          {"description", model.description},
          {"task_type", model.task_type},
          {"framework", model.framework},
          {"bytes", stated_bytes(model)},
          {"inputs", inputs},
          {"accuracy", model.accuracy},
          {"license", model.license},
          {"from", places_of(model)},
          {"files", files_of(model)}};
}

std::string shape_of(const ZooModel& model) {
  return model.inputs.empty() ? "?" : fmt::format("{}", fmt::join(model.inputs[0].shape, "x"));
}

Outcome list() {
  Outcome outcome;
  outcome.json = {{"models", Json::array()}};
  outcome.text = fmt::format("{:<26} {:>8}  {:<14} {:<44} {}", "name", "MB", "input", "accuracy, as published", "from");
  for (const ZooModel& model : zoo_models()) {
    outcome.json["models"].push_back(json_of(model));
    outcome.text +=
        fmt::format("\n{:<26} {:>8.1f}  {:<14} {:<44} {}\n{:<26} licence: {}", model.name, static_cast<double>(stated_bytes(model)) / 1e6,
                    shape_of(model), model.accuracy, fmt::join(places_of(model), ", "), "", model.license);
  }
  return outcome;
}

Outcome info(const ZooModel& model) {
  Outcome outcome{json_of(model), model.name};
  const auto say = [&](std::string_view what, const std::string& value) {
    if (!value.empty()) outcome.text += fmt::format("\n{:<12} {}", what, value);
  };
  say("aliases", fmt::format("{}", fmt::join(model.aliases, ", ")));
  say("description", model.description);
  say("task", model.task_type);
  say("framework", model.framework);
  for (const ZooInput& input : model.inputs) say("input", fmt::format("{} {} {}", input.name, fmt::join(input.shape, "x"), input.layout));
  say("accuracy", model.accuracy);
  say("licence", model.license);
  for (const RemoteFile& file : model.files) {
    say("file", file.name + (file.size_bytes ? fmt::format(", {} bytes", *file.size_bytes) : ""));
    for (const Source& source : file.sources) say("", "  from " + where_published(source));
  }
  return outcome;
}

struct InfoOptions {
  std::string model;
  BesideModel beside;
  std::vector<std::string> outputs;
};

bool names_file(const std::string& word) {
  std::error_code ignored;
  return !is_description_file(word) && std::filesystem::exists(word, ignored);
}

Json ports_json(const Graph& graph, const std::vector<NodeId>& ids) {
  Json ports = Json::array();
  for (const NodeId id : ids) {
    const Node& node = graph.node(id);
    ports.push_back({{"name", node.name}, {"shape", node.inputs.empty() ? node.outputs[0].shape : graph.shape(node.inputs[0])}});
  }
  return ports;
}

// What its description would say where the file says nothing.
Json settings_of(const OpenedModel& model) {
  Json settings = Json::object();
  for (const auto& [key, value] : write_model_info(model.description))
    if (key.starts_with("octet_") || key == "confidence_threshold") settings[key] = value;
  for (const auto& [key, value] : declaration_of(model.description.resize, model.steps)) settings[key] = value;
  return settings;
}

Result<Outcome> info_of_file(const InfoOptions& options, Console& console) {
  OCTET_ASSIGN(ConvertOptions opened, model_options(options.beside, console.warnings()));
  opened.outputs = options.outputs;
  OCTET_ASSIGN(const OpenedModel model, open_model_with(options.model, opened, {}));
  Outcome outcome;
  outcome.json = {{"file", options.model},
                  {"format", model.format},
                  {"inputs", ports_json(model.graph, model.graph.parameters())},
                  {"outputs", ports_json(model.graph, model.graph.outputs())},
                  {"recognised", model.reasons},
                  {"model_info", settings_of(model)}};
  outcome.text = fmt::format("{}: {}", options.model, model.format);
  for (const char* what : {"inputs", "outputs"})
    for (const Json& port : outcome.json[what])
      outcome.text += fmt::format("\n{:<12} {} {}", what, port["name"].get<std::string>(), port["shape"].dump());
  for (const std::string& reason : model.reasons) outcome.text += fmt::format("\n{:<12} {}", "recognised", reason);
  outcome.text += "\nWhat a description (--model F.yml) can say otherwise, as it is now:\nmodel_info:";
  for (const auto& [key, value] : outcome.json["model_info"].items())
    outcome.text += fmt::format("\n  {}: {}", key, value.get<std::string>().substr(0, 120));
  return outcome;
}

}  // namespace

Run add_list(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("list", "What can be had by name: size, input, published accuracy, licence, where from");
  verb->footer("Example: octet list");
  return [](Console&) -> Result<Outcome> { return list(); };
}

Run add_info(CLI::App& app) {
  auto options = std::make_shared<InfoOptions>();
  CLI::App* verb = app.add_subcommand("info", "All that is known of one model, or what is recognised of a file and why");
  verb->footer(
      "Examples: octet info yolo-v4-tiny-tf\n"
      "          octet info model.onnx");
  verb->add_option("model", options->model, "Name of a known model, a description F.yml, an IR (.xml) or a source file")
      ->required()
      ->type_name(kModelName);
  add_beside_model(*verb, options->beside);
  add_cut(*verb, options->outputs);
  return [options](Console& console) -> Result<Outcome> {
    if (names_file(options->model)) return info_of_file(*options, console);
    OCTET_ASSIGN(const ZooModel model, find_description(options->model, console.warnings()));
    return info(model);
  };
}

}  // namespace octet::cli
