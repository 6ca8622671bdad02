// octet reproduce: the INT8 IR of a record again, with the same bytes.

#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/options.h"
#include "cli/verb.h"
#include "workflow/reproduce.h"

namespace octet::cli {
namespace {

struct Options {
  std::filesystem::path record, output;
  ReproduceOptions reproduce;
};

Result<Outcome> run(const Options& options, Console& console) {
  ReproduceOptions settings = options.reproduce;
  settings.progress = console.bar("reproduce");
  settings.warn = console.warnings();
  OCTET_ASSIGN(const Reproduction done, reproduce(options.record, options.output, settings));
  Outcome outcome;
  outcome.json = {{"model", done.xml.empty() ? Json() : Json(done.xml.string())}, {"differences", done.differences}};
  outcome.text = done.differences.empty() ? fmt::format("{}\nthe same bytes", done.xml.string())
                                          : fmt::format("{}", fmt::join(done.differences, "\n"));
  if (!done.differences.empty())
    outcome.requirements =
        Error{ErrorCode::kInternal,
              fmt::format("{}: {}, such as: {}", options.record.string(),
                          done.xml.empty() ? "what the model was made of differs" : "other bytes came out", done.differences.front())};
  return outcome;
}

}  // namespace

Run add_reproduce(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("reproduce", "Make an INT8 IR again from its record, or say what differs");
  verb->footer(
      "The record lies beside the model. Status 1 where the same bytes cannot be made, with a line for each thing that differs.\n"
      "Example: octet reproduce out/public/yolov4-tiny/FP32-INT8/yolov4-tiny.octet.json --output again");
  verb->add_option("record", options->record, "Record of a quantization (.octet.json)")->required();
  verb->add_option("--model", options->reproduce.model, "Where the FP32 model lies, if it was moved");
  verb->add_option("--data", options->reproduce.data, "Folder of the pictures or data set with them, if they were moved");
  add_output(*verb, options->output);
  add_threads(*verb, options->reproduce.threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
