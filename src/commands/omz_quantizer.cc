// omz_quantizer: INT8 IRs of the selected models' IRs.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/cpu.h"
#include "commands/command.h"
#include "commands/model_selection.h"
#include "commands/model_work.h"
#include "workflow/convert_published.h"
#include "workflow/quantization_settings.h"
#include "workflow/quantize.h"

namespace octet::commands {
namespace {
namespace fs = std::filesystem;

using Json = nlohmann::ordered_json;

constexpr std::string_view kPrecisions[] = {"FP16-INT8", "FP32-INT8"};

struct Options {
  ModelSelection selection;
  std::string model_dir = fs::current_path().string();
  std::optional<std::string> output_dir, dataset_dir, precisions, python, optimizer, target_device;
  bool dry_run = false;

  fs::path output() const { return output_dir.value_or(model_dir); }
};

void add_options(ArgumentParser& parser, Options& options) {
  parser.add({.names = {"--model_dir"},
              .metavar = "DIR",
              .help = "root of the directory tree with the full-precision model files",
              .take = store(options.model_dir)});
  parser.add(
      {.names = {"--dataset_dir"}, .metavar = "DIR", .help = "root of the dataset directory tree", .take = store(options.dataset_dir)});
  parser.add({.names = {"-o", "--output_dir"},
              .metavar = "DIR",
              .help = "root of the directory tree to place quantized model files into",
              .take = store(options.output_dir)});
  add_selection_options(parser, options.selection, "quantize");
  parser.add({.names = {"-p", "--python"}, .metavar = "PYTHON", .help = "accepted; nothing is run", .take = store(options.python)});
  parser.add({.names = {"--pot"}, .metavar = "POT", .help = "accepted; octet quantizes itself", .take = store(options.optimizer)});
  parser.add({.names = {"--dry_run", "--dry-run"},
              .arity = Arity::kNone,
              .help = "print the quantization commands without running them",
              .take = set_true(options.dry_run)});
  parser.add({.names = {"--precisions"},
              .metavar = "PREC[,PREC...]",
              .help = "quantize only to the specified precisions",
              .take = store(options.precisions)});
  parser.add({.names = {"--target_device"},
              .metavar = "DEVICE",
              .help = "written into pot-config.json; octet quantizes for CPUs",
              .take = store(options.target_device)});
}

// A file beside the model's description; empty where there is none.
fs::path beside(const ZooModel& model, const char* name) {
  const fs::path path = model.folder / name;
  return !model.folder.empty() && fs::exists(path) ? path : fs::path();
}

// One model in one precision.
class Quantization {
 public:
  Quantization(const ZooModel& model, const Options& options, const std::string& precision, const Reporter& reporter)
      : model_(model), options_(options), reporter_(reporter), precision_(precision), from_(precision.substr(0, precision.find('-'))) {}

  Status run() {
    OCTET_ASSIGN(source_, published_ir(model_, options_.model_dir, from_));
    OCTET_ASSIGN(target_, published_ir(model_, options_.output(), precision_));
    reporter_.section_heading(
        fmt::format("{}Quantizing {} from {} to {}", options_.dry_run ? "(DRY RUN) " : "", model_.name, from_, precision_));
    const fs::path quantization = beside(model_, "quantization.yml");
    if (quantization.empty())
      reporter_.line(fmt::format("Unable to locate quantization.yml in {}, loading default POT config",
                                 (model_.folder / "quantization.yml").string()));
    OCTET_ASSIGN(settings_, read_quantization_settings(quantization));
    OCTET_RETURN_IF_ERROR(write_config());
    OCTET_ASSIGN(pictures_,
                 accuracy_source(beside(model_, "accuracy-check.yml"), dataset_definitions(options_.selection), *options_.dataset_dir));
    print_command();
    reporter_.line();
    return options_.dry_run ? Status() : quantize();
  }

 private:
  // The tool's configuration, which scripts read to see what was asked of it.
  Status write_config() const {
    Json config{{"compression", Json::parse(settings_.compression)}};
    if (options_.target_device) config["compression"]["target_device"] = *options_.target_device;
    const fs::path accuracy = beside(model_, "accuracy-check.yml");
    config["engine"] = {{"config", accuracy.empty() ? Json() : Json(accuracy.string())}};
    config["model"] = {
        {"model", source_.string()}, {"weights", fs::path(source_).replace_extension(".bin").string()}, {"model_name", model_.name}};
    const fs::path path = target_.parent_path() / "pot-config.json";
    reporter_.line(fmt::format("Creating {}...", path.string()));
    return write_file(path, config.dump(4, ' ', true, Json::error_handler_t::replace) + "\n");
  }

  void print_command() const {
    reporter_.line("Quantization command: " + shell_command(command()));
    const std::pair<const char*, fs::path> environment[] = {{"ANNOTATIONS_DIR", pictures_.annotations.parent_path()},
                                                            {"DATA_DIR", *options_.dataset_dir},
                                                            {"DEFINITIONS_FILE", dataset_definitions(options_.selection)},
                                                            {"MODELS_DIR", fs::path(options_.model_dir) / model_.subdirectory}};
    std::string line = "Quantization environment:";
    for (const auto& [name, value] : environment) line += fmt::format(" {}={}", name, shell_command({value.string()}));
    reporter_.line(line);
    for (const std::string& unheeded : settings_.unheeded) reporter_.line("Not followed: " + unheeded);
  }

  // What quantize() does, in the words of octet itself.
  std::vector<std::string> command() const {
    std::vector<std::string> words{"octet", "quantize", source_.string()};
    if (pictures_.images.empty())
      words.insert(words.end(), {"--data", pictures_.folder.string()});
    else
      words.insert(words.end(), {"--images", pictures_.images[0].string(), "--annotations", pictures_.annotations.string()});
    words.insert(words.end(), {"--annotated", "--limit", std::to_string(settings_.samples), "--all-pictures", "--recipe", "plain"});
    words.insert(words.end(), {"--preset", settings_.preset == quant::Preset::kPerformance ? "performance" : "mixed"});
    if (settings_.estimator) words.insert(words.end(), {"--range-estimator", quant::to_string(*settings_.estimator)});
    words.insert(words.end(), {"--precision", from_, "--output", options_.output().string()});
    return words;
  }

  Status quantize() const {
    OCTET_ASSIGN(const Dataset samples, open_accuracy_samples(pictures_, settings_.samples, warn_by(reporter_)));
    const Precision floats = from_ == "FP16" ? Precision::kFp16 : Precision::kFp32;
    const Recipe plain{.kind = Recipe::Kind::kPlain};  // as DefaultQuantization has it
    quant::CalibrationOptions calibration{available_threads(), {}, warn_by(reporter_)};
    calibration.preset = settings_.preset;
    calibration.estimator = settings_.estimator;
    OCTET_ASSIGN(const QuantizedIr done, quantize_ir_to(target_, source_, samples, calibration, plain, floats));
    const std::string log = fmt::format("INFO: {} images, {} convolutions in integers", done.images, done.convolutions);
    reporter_.line(log);
    OCTET_RETURN_IF_ERROR(write_file(target_.parent_path() / "pot-output" / "log.txt", log + "\n"));
    reporter_.line();
    reporter_.line(fmt::format("Moving quantized model to {}...", target_.parent_path().string()));
    reporter_.line();
    return {};
  }

  const ZooModel& model_;
  const Options& options_;
  const Reporter& reporter_;
  std::string precision_, from_;
  fs::path source_, target_;
  QuantizationSettings settings_;
  DataSource pictures_;
};

// A composite model that cannot be quantized is skipped as a whole, as upstream does; the stages of others are taken one by one.
std::vector<ZooModel> without_stages_to_skip(std::vector<ZooModel> models) {
  for (ZooModel& model : models)
    if (model.quantizable == false) model.stages.clear();
  return models;
}

bool quantize(const ZooModel& model, const Options& options, const std::vector<std::string>& precisions, const Reporter& reporter) {
  if (model.quantizable == false) return skip(model, "quantization not supported", reporter);
  for (const std::string& precision : precisions)
    if (const Status status = Quantization(model, options, precision, reporter).run(); !status.ok())
      return fail(model, status.error(), reporter);
  return true;
}

}  // namespace

int run_omz_quantizer(std::span<const std::string> words) {
  ArgumentParser parser("omz_quantizer", "");
  Options options;
  add_options(parser, options);
  return run_on_models(parser, words, options.selection, [&](const std::vector<ZooModel>& models) {
    const auto precisions = parse_precisions(options.precisions, kPrecisions);
    if (!precisions.ok()) return print_and_exit(precisions.error());
    if (!options.dataset_dir) return print_and_exit({ErrorCode::kInvalidArgument, "--dataset_dir must be specified."});
    constexpr int kJobs = 1;  // a model takes all processors
    return work_on_each(without_stages_to_skip(models), kJobs, Reporter::Format::kText,
                        [&](const ZooModel& model, const Reporter& reporter) { return quantize(model, options, *precisions, reporter); });
  });
}

}  // namespace octet::commands
