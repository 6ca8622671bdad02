#include "workflow/run.h"

#include "base/files.h"
#include "data/first_look.h"
#include "importers/importer.h"
#include "workflow/run_report.h"
#include "zoo/catalogue.h"
#include "zoo/obtain.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

bool names_source(const std::string& word) {
  const fs::path path(word);
  std::error_code ignored;
  return !is_description_file(word) &&
         (fs::is_regular_file(path, ignored) || is_source_folder(path) || path.has_parent_path() || has_source_extension(path));
}

class Workflow {
 public:
  explicit Workflow(const RunOptions& options) : options_(options), detectors_(options.engines.size()) {}

  Result<RunResult> run() {
    OCTET_RETURN_IF_ERROR(open_data());
    OCTET_RETURN_IF_ERROR(take_files());
    OCTET_RETURN_IF_ERROR(convert());
    OCTET_RETURN_IF_ERROR(quantize());
    OCTET_RETURN_IF_ERROR(detect());
    OCTET_RETURN_IF_ERROR(check());
    OCTET_RETURN_IF_ERROR(bench());
    OCTET_RETURN_IF_ERROR(report());
    return std::move(result_);
  }

 private:
  Progress begin(const std::string& step) const { return options_.step ? options_.step(step) : Progress(); }
  static void finish(const Progress& progress) {
    if (progress) progress(1, 1);
  }

  Status open_data() {
    const Progress progress = begin("1/7 data");
    OCTET_ASSIGN(Dataset dataset, open_dataset(options_.data));
    OCTET_ASSIGN(calibration_, open_dataset(options_.data, DataUse::kCalibrate, options_.warn));
    dataset_ = first_images(std::move(dataset), options_.limit);
    look_first(dataset_, {}, options_.warn);
    finish(progress);
    return {};
  }

  Status take_files() {
    const Progress progress = begin("2/7 download");
    source_ = options_.source;
    weights_ = options_.weights;
    if (options_.model && source_.empty()) {
      ObtainOptions from;
      from.model_dir = options_.model_dir;
      from.progress = progress;
      from.warn = options_.warn;
      OCTET_ASSIGN(const FetchedFiles fetched, obtain_model(*options_.model, options_.output, from));
      source_ = fetched.source;
      if (!fetched.weights.empty()) weights_ = fetched.weights;
    }
    finish(progress);
    return {};
  }

  // Into every engine, so that one that is missing is told before anybody waits for another.
  Status load(const std::filesystem::path& xml) {
    for (std::size_t i = 0; i < options_.engines.size(); ++i) {
      OCTET_ASSIGN(auto detector, load_detector(xml, *options_.engines[i], options_.precision));
      detectors_[i].push_back(std::move(detector));
    }
    return {};
  }

  Status convert() {
    const Progress progress = begin("3/7 convert");
    OCTET_ASSIGN(
        const ConvertedIr converted,
        convert_source(source_, options_.output, {weights_, options_.model, options_.labels, options_.warn}, {.onnx = options_.onnx}));
    result_.fp32 = converted.xml;
    result_.fp32_onnx = converted.onnx;
    OCTET_RETURN_IF_ERROR(load(result_.fp32));
    // Before pictures are run, so that nobody waits for figures that mean something else.
    OCTET_ASSIGN(classes_, map_classes(detectors_[0], dataset_, options_.warn));
    finish(progress);
    return {};
  }

  Status quantize() {
    quant::CalibrationOptions calibration{options_.threads, begin("4/7 quantize"), options_.warn};
    calibration.stops_when_enough = true;
    OCTET_ASSIGN(quantized_, quantize_ir(result_.fp32, calibration_, options_.output, calibration, {}, {.onnx = options_.onnx}));
    result_.int8 = quantized_.xml;
    result_.int8_onnx = quantized_.onnx;
    return {};
  }

  Status detect() {
    OCTET_RETURN_IF_ERROR(load(result_.int8));
    OCTET_ASSIGN(classes_, map_classes(detectors_[0], dataset_, {}));
    OCTET_ASSIGN(runs_, detect_images(detectors_[0], dataset_, detect_options(begin("5/7 detect"), options_.warn)));
    return {};
  }

  Status check() {
    const Progress progress = begin("6/7 check");
    OCTET_ASSIGN(result_.check, score_runs(classes_, dataset_, runs_, {options_.threads, {}, deployed_thresholds(detectors_[0])}));
    OCTET_ASSIGN(const MeasuredRuns measured, measured_runs(classes_, dataset_, runs_));
    OCTET_ASSIGN(result_.label_errors, suggest_label_errors(restricted_truth(dataset_.truth, measured.ids), measured.sources()));
    finish(progress);
    for (std::size_t i = 1; i < detectors_.size(); ++i) {
      const Progress other = begin("6/7 check, " + std::string(options_.engines[i]->name()));
      OCTET_ASSIGN(CheckResult check, check_detectors(detectors_[i], dataset_, detect_options(other, {})));
      result_.other_checks.push_back(std::move(check));
    }
    return {};
  }

  Status bench() {
    std::vector<std::shared_ptr<const EngineModel>> models;
    for (const std::vector<Detector>& both : detectors_)
      for (const Detector& detector : both) models.push_back(detector.model);
    OCTET_ASSIGN(result_.bench, compare_latency(models, {options_.threads, 1, options_.bench_seconds, begin("7/7 bench")}));
    return profile();
  }

  // Of octet's own engine; others tell no steps.
  Status profile() {
    constexpr int kRounds = 20;
    OCTET_ASSIGN(result_.fp32_steps, profile_steps(*detectors_[0][0].model, options_.threads, kRounds));
    OCTET_ASSIGN(result_.int8_steps, profile_steps(*detectors_[0][1].model, options_.threads, kRounds));
    if (!result_.fp32_steps.empty()) result_.roofs = measure_roofs(options_.threads);
    return {};
  }

  DetectRunOptions detect_options(const Progress& progress, const Warn& warn) const {
    DetectRunOptions settings;
    settings.detect.score_threshold = options_.score_threshold;
    settings.threads = options_.threads;
    settings.progress = progress;
    settings.warn = warn;
    return settings;
  }

  Status report() {
    OCTET_ASSIGN(const std::string page, make_report(result_, {options_, dataset_, detectors_[0], runs_, quantized_}));
    result_.report = options_.output / "report.html";
    return write_file(result_.report, page);
  }

  const RunOptions& options_;
  Dataset dataset_, calibration_;
  std::filesystem::path source_;
  std::optional<std::filesystem::path> weights_;
  QuantizedIr quantized_;
  std::vector<std::vector<Detector>> detectors_;  // FP32 and INT8 in each engine
  std::vector<ClassMap> classes_;
  std::vector<DetectionRun> runs_;
  RunResult result_;
};

}  // namespace

Status choose_model(const std::string& word, const std::string& description, RunOptions& options) {
  const bool is_source = names_source(word);
  if (is_source) options.source = word;
  if (const std::string& named = is_source ? description : word; !named.empty()) {
    OCTET_ASSIGN(options.model, find_description(named, options.warn));
  }
  return {};
}

Result<RunResult> run_workflow(const RunOptions& options) { return Workflow(options).run(); }

}  // namespace octet
