// octet download: the files of a known model, checked, into the output folder.

#include <memory>

#include <fmt/format.h>

#include "cli/options.h"
#include "cli/verb.h"
#include "zoo/catalogue.h"
#include "zoo/fetch.h"

namespace octet::cli {
namespace {

struct Options {
  std::string model;
  std::filesystem::path model_dir, output;
};

Result<Outcome> run(const Options& options, Console& console) {
  OCTET_ASSIGN(const ZooModel model, find_description(options.model, console.warnings()));
  OCTET_ASSIGN(const FetchedFiles fetched, fetch_from(model, options.model_dir, options.output, console.bar("download " + model.name)));
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
  CLI::App* verb = app.add_subcommand("download", "Copy a known model's files from a folder, checked; nothing is fetched yet");
  verb->footer(
      "Nothing is fetched from the network yet: fetch the files by hand, and this checks size and SHA-384 and copies them to where the\n"
      "other verbs look. Where a file is missing, the error says at which address it is published.\n"
      "Example: octet download ssdlite_mobilenet_v2_coco --model-dir downloads --output out");
  verb->add_option("model", options->model, "Name of a known model, or a description F.yml")->required();
  verb->add_option("--model-dir", options->model_dir, "Folder that has the files, fetched before")->required();
  add_output(*verb, options->output);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
