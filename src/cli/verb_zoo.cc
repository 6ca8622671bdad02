// octet list, octet info: the models that can be had by name.

#include <memory>

#include <fmt/format.h>

#include "cli/verb.h"
#include "download/source.h"
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

}  // namespace

Run add_list(CLI::App& app) {
  CLI::App* verb = app.add_subcommand("list", "What can be had by name: size, input, published accuracy, licence, where from");
  verb->footer("Example: octet list");
  return [](Console&) -> Result<Outcome> { return list(); };
}

Run add_info(CLI::App& app) {
  auto name = std::make_shared<std::string>();
  CLI::App* verb = app.add_subcommand("info", "All that is known of one model");
  verb->footer("Example: octet info yolo-v4-tiny-tf");
  verb->add_option("model", *name, "Name of a known model, or a description F.yml")->required();
  return [name](Console& console) -> Result<Outcome> {
    OCTET_ASSIGN(const ZooModel model, find_description(*name, console.warnings()));
    return info(model);
  };
}

}  // namespace octet::cli
