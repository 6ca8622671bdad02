// octet doctor: whether pictures enter a model as they should.

#include <memory>

#include <fmt/format.h>

#include "cli/options.h"
#include "cli/verb.h"
#include "data/words.h"
#include "steps/doctor.h"

namespace octet::cli {
namespace {

struct Options {
  std::filesystem::path model;
  BesideModel beside;
  DataSource source;
  double score_threshold = 0.001;
  std::int64_t limit = 50;
  int threads = 1;
};

Json to_json(const DoctorTrial& trial) { return {{"change", trial.change}, {"settings", trial.settings}, {"AP", trial.ap}}; }

Json to_json(const DoctorResult& result) {
  Json trials = Json::array();
  for (const DoctorTrial& trial : result.trials) trials.push_back(to_json(trial));
  return {{"present", to_json(result.trials[0])},
          {"best", to_json(result.trials[result.best])},
          {"loss", result.loss()},
          {"loss_interval", {result.loss_low, result.loss_high}},
          {"loss_is_certain", result.loss_is_certain()},
          {"trials", trials},
          {"images", result.images}};
}

std::string settings_text(const ModelInfo& settings) {
  std::string text;
  for (const auto& [key, value] : settings) text += fmt::format("\n  {}: {}", key, value);
  return text;
}

std::string to_text(const DoctorResult& result) {
  std::string text = fmt::format("{:>6}  on {}", "AP", counted(result.images, "image"));
  for (const DoctorTrial& trial : result.trials)
    text += fmt::format("\n{:>6.2f}  {}", 100 * trial.ap, trial.change.empty() ? "as it is used now" : trial.change);
  if (result.best == 0) return text + "\nNothing that was tried is better than the present setting.";
  text += fmt::format("\nThe present setting {} {:.2f} points of AP ({:.2f} to {:.2f} with 95 % confidence",
                      result.loss_is_certain() ? "loses" : "may lose", 100 * result.loss(), 100 * result.loss_low, 100 * result.loss_high);
  if (!result.loss_is_certain()) text += fmt::format(": {} cannot tell it from none", counted(result.images, "image"));
  return text + "); the best is, in a description's model_info:" + settings_text(result.trials[result.best].settings);
}

Result<Outcome> run(const Options& options, Console& console) {
  OCTET_ASSIGN(const Dataset dataset, open_pictures(options.source, options.limit, console.warnings()));
  OCTET_ASSIGN(const ConvertOptions opened, model_options(options.beside, console.warnings()));
  const DetectRunOptions settings{{.score_threshold = options.score_threshold}, options.threads, console.bar("doctor"), console.warnings()};
  OCTET_ASSIGN(const DoctorResult result, examine(options.model, opened, dataset, settings));
  return Outcome{to_json(result), to_text(result)};
}

}  // namespace

Run add_doctor(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("doctor", "Look for a wrong way of using a model: channels, mean, scale, resize, labels");
  verb->footer("Example: octet doctor model.onnx --data coco --limit 50");
  verb->add_option("model", options->model, "IR (.xml) or source file")->required();
  add_pictures(*verb, options->source);
  add_limit(*verb, options->limit);
  add_labels(*verb, options->beside.labels);
  add_beside_model(*verb, options->beside);
  add_score_threshold(*verb, options->score_threshold);
  add_threads(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
