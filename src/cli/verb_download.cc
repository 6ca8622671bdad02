// octet download: the files of a known model, fetched and checked, into the output folder.

#include <memory>

#include <fmt/format.h>

#include "cli/options.h"
#include "cli/verb.h"
#include "zoo/catalogue.h"
#include "zoo/obtain.h"

namespace octet::cli {
namespace {

struct Options {
  std::string model;
  std::filesystem::path output;
  ObtainOptions from;
};

Result<Outcome> run(const Options& options, Console& console) {
  OCTET_ASSIGN(const ZooModel model, find_description(options.model, console.warnings()));
  ObtainOptions from = options.from;
  from.progress = console.bar("download " + model.name);
  from.warn = console.warnings();
  OCTET_ASSIGN(const FetchedFiles fetched, obtain_model(model, options.output, from));
  Outcome outcome;
  outcome.json = {{"model", model.name}, {"folder", fetched.folder.string()}, {"files", Json::array()}};
  outcome.text = fetched.folder.string();
  for (const auto& file : fetched.all) {
    outcome.json["files"].push_back(file.string());
    outcome.text += fmt::format("\n  {}", file.filename().string());
  }
  return outcome;
}

}  // namespace

Run add_download(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("download", "Fetch a known model's files, checked and cached");
  verb->footer(
      "What was interrupted goes on, and what the cache has (OCTET_CACHE) is not fetched again. docs/download.md says where files come "
      "from\n"
      "and how to put them in place by hand.\n"
      "Examples: octet download ssdlite_mobilenet_v2 --output out\n"
      "          octet download yolov4-tiny.yml --model-dir downloads --output out");
  verb->add_option("model", options->model, "Name of a known model, or a description F.yml")->required()->type_name(kModelName);
  verb->add_option("--model-dir", options->from.model_dir, "Folder to look into for the files, before they are fetched");
  verb->add_option("--jobs,-j", options->from.jobs, "Downloads at a time")->check(CLI::Range(1, 64))->capture_default_str();
  add_output(*verb, options->output);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
