#include "workflow/run_report.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <unordered_map>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/cpu.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/version.h"
#include "eval/by_category.h"
#include "image/browser_picture.h"
#include "report/changes.h"
#include "report/report.h"
#include "workflow/measured.h"

namespace octet {
namespace {

// Pictures that the page can hold without becoming slow to open.
constexpr std::size_t kMostPictures = 36;
constexpr double kShownScore = 0.3, kFaintScore = 0.15;

ReportModel model_of(const std::string& label, const Detector& detector, const CocoAccuracy& accuracy, const ModelBench& bench) {
  ReportModel model;
  model.label = label;
  model.size_bytes = static_cast<std::int64_t>(detector.file_bytes);
  model.coco = accuracy.numbers.values();
  const LatencySummary& latency = bench.latency;
  model.latency = ReportLatency{latency.median_ms, latency.p90_ms, latency.p99_ms, latency.min_ms, bench.throughput, bench.latencies_ms};
  return model;
}

bool has_certainly_changed(std::int64_t category_id, const CheckResult& check) {
  constexpr double kSignificant = 0.05;
  if (!check.drops) return false;
  const auto& parts = check.drops->categories;
  const auto found = std::ranges::find(parts, category_id, &PartDrop::category_id);
  return found != parts.end() && found->adjusted_p < kSignificant;
}

std::vector<ReportClass> classes_of(const CheckResult& check) {
  std::vector<ReportClass> classes;
  for (std::size_t i = 0; i < check.models[0].categories.size(); ++i) {
    const CategoryAccuracy &first = check.models[0].categories[i], &second = check.models[1].categories[i];
    if (first.objects > 0)
      classes.push_back({first.name, first.objects, first.AP, second.AP, has_certainly_changed(first.category_id, check)});
  }
  return classes;
}

std::string place_of(const std::string& name, const BoxLtwh& box) {
  return fmt::format("{} at {:.0f}, {:.0f}, {:.0f} x {:.0f}", name, box.left, box.top, box.width, box.height);
}

std::vector<ReportLabelError> label_errors_of(const std::vector<LabelError>& errors, const CocoGroundTruth& truth) {
  std::unordered_map<std::int64_t, const CocoImage*> image_of;
  std::unordered_map<std::int64_t, const CocoAnnotation*> annotation_of;
  for (const CocoImage& image : truth.images) image_of[image.id] = &image;
  for (const CocoAnnotation& annotation : truth.annotations) annotation_of[annotation.id] = &annotation;
  std::vector<ReportLabelError> shown;
  for (const LabelError& error : errors) {
    ReportLabelError row;
    row.kind = kLabelFaultNames[static_cast<std::size_t>(error.fault)];
    row.picture = image_of.at(error.image_id)->file_name;
    row.score = error.score;
    if (error.annotation_id) {
      const CocoAnnotation& annotation = *annotation_of.at(*error.annotation_id);
      row.annotated = place_of(name_of_category(truth, annotation.category_id), annotation.box);
    }
    if (error.score) row.found = place_of(name_of_category(truth, error.category_id), error.box);
    shown.push_back(std::move(row));
  }
  return shown;
}

constexpr std::array<const char*, kErrorKindCount> kErrorMeanings = {"AP50 lost to boxes of the right class that fit badly",
                                                                     "AP50 lost to boxes of another class",
                                                                     "AP50 lost to second boxes of an object",
                                                                     "AP50 lost to boxes where there is nothing",
                                                                     "AP50 lost to boxes of another class that fit badly",
                                                                     "AP50 lost to objects not found"};

std::vector<ReportFigure> details_of(const CheckResult& check) {
  if (check.details.size() != 2) return {};
  const ModelDetails &first = check.details[0], &second = check.details[1];
  std::vector<ReportFigure> figures;
  if (first.deployed && second.deployed) {
    const std::string at = fmt::format("at scores from {:g} on, IoU 0.50", first.deployed->threshold);
    figures.push_back({"Precision", at, first.deployed->precision(), second.deployed->precision()});
    figures.push_back({"Recall", at, first.deployed->recall(), second.deployed->recall()});
    figures.push_back({"F1", at, first.deployed->f1(), second.deployed->f1()});
    figures.push_back({"Calibration error", "of these scores as probabilities", first.calibration_error, second.calibration_error, true});
  }
  figures.push_back({"Best F1", fmt::format("at scores from {:.2f} and {:.2f} on", first.best.threshold, second.best.threshold),
                     first.best.f1(), second.best.f1()});
  for (std::size_t kind = 0; kind < kErrorKindCount; ++kind)
    figures.push_back({std::string(kErrorKindNames[kind]), kErrorMeanings[kind], first.errors[kind].ap50, second.errors[kind].ap50, true});
  return figures;
}

std::vector<ReportBox> boxes_of(const Detector& detector, const std::vector<Detection>& detections, double faint_score) {
  std::vector<ReportBox> boxes;
  for (const Detection& found : detections)
    if (found.score >= faint_score) boxes.push_back({label_of(detector.description, found.class_index), found.score, found.box_px});
  return boxes;
}

Status take_content(const std::filesystem::path& path, const DecodeOptions& decode, ReportPicture& picture) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  OCTET_ASSIGN(BrowserPicture content, browser_picture(file.bytes(), decode));
  picture.media_type = content.media_type;
  picture.bytes = std::move(content.bytes);
  picture.width = content.size.width;
  picture.height = content.size.height;
  return {};
}

// What the page shows of an image, without the file's bytes.
ReportPicture picture_of(const ReportSources& sources, std::size_t image, double faint_score) {
  ReportPicture picture;
  picture.name = sources.dataset.images[image].path.string();
  picture.first = boxes_of(sources.detectors[0], sources.runs[0].detections[image], faint_score);
  picture.second = boxes_of(sources.detectors[1], sources.runs[1].detections[image], faint_score);
  return picture;
}

// Images that every model could read, those that changed most first.
std::vector<std::size_t> changed_most_first(const ReportSources& sources, double shown_score, double faint_score) {
  std::vector<std::pair<double, std::size_t>> changes;
  for (std::size_t i = 0; i < sources.dataset.images.size(); ++i)
    if (sources.runs[0].done[i])
      changes.emplace_back(report::compare_boxes(picture_of(sources, i, faint_score), shown_score, faint_score).amount, i);
  std::ranges::stable_sort(changes, std::ranges::greater(), [](const auto& change) { return change.first; });
  std::vector<std::size_t> images;
  for (const auto& [amount, image] : changes) images.push_back(image);
  return images;
}

// Those that changed most, with the files' bytes.
std::vector<ReportPicture> pictures_of(const ReportSources& sources, double shown_score, double faint_score) {
  std::unordered_map<std::int64_t, std::string> credits;
  for (const CocoImage& image : sources.dataset.truth.images) credits[image.id] = image.credit;
  std::vector<ReportPicture> shown;
  for (const std::size_t image : changed_most_first(sources, shown_score, faint_score)) {
    if (shown.size() == kMostPictures) break;
    ReportPicture picture = picture_of(sources, image, faint_score);
    const std::filesystem::path path = picture.name;
    if (!take_content(path, sources.dataset.decode, picture).ok()) continue;
    picture.name = path.filename().string();
    picture.credit = credits[sources.dataset.images[image].id];
    shown.push_back(std::move(picture));
  }
  return shown;
}

Result<std::string> digest_of(const std::filesystem::path& path) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
  return sha256_hex(file.bytes());
}

// "coco" of "data/coco/", the folder that "." stands for of ".".
std::string folder_name(const std::filesystem::path& folder) {
  std::error_code failed;
  std::filesystem::path path = std::filesystem::absolute(folder, failed).lexically_normal();
  if (failed) return folder.string();
  if (!path.has_filename()) path = path.parent_path();
  return path.filename().string();
}

// "val2017 of coco", or the folder of pictures that were named apart.
std::string data_name(const ReportSources& sources) {
  if (!sources.options.data_name.empty()) return sources.options.data_name;
  const std::string pictures = folder_name(sources.dataset.image_folder);
  const std::filesystem::path& folder = sources.options.data.folder;
  return folder.empty() ? pictures : pictures + " of " + folder_name(folder);
}

std::string utc_now() { return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(std::time(nullptr))); }

// "2, where integers lose the most for the time that they save: conv_1, conv_7".
std::string layers_in_floats(const QuantizedIr& quantized) {
  std::vector<std::string> names;
  for (const quant::QuantizedLayer& layer : quantized.layers)
    if (layer.bits > 8) names.push_back(layer.node);
  if (names.empty()) return "none";
  return fmt::format("{}, where integers lose the most for the time that they save: {}", names.size(), fmt::join(names, ", "));
}

// Engines are compared in one precision, which is not what each takes by itself.
std::string float_products(const RunOptions& options) {
  if (options.precision == InferencePrecision::kBf16) return "bf16, where that saves time";
  const bool is_bf16_otherwise = detected_features().contains({CpuFeature::kAvx512Bf16}) &&
                                 std::ranges::any_of(options.engines, [](const Engine* engine) { return engine->name() == "openvino"; });
  return is_bf16_otherwise ? "f32; OpenVINO was asked for it, which takes bf16 on this CPU by itself" : "f32";
}

Result<std::vector<ReportFacts>> facts_of(const RunResult& result, const ReportSources& sources) {
  const RunOptions& options = sources.options;
  OCTET_ASSIGN(const std::string annotations, digest_of(sources.dataset.annotation_file));
  OCTET_ASSIGN(const std::string fp32, digest_of(std::filesystem::path(result.fp32).replace_extension(".bin")));
  OCTET_ASSIGN(const std::string int8, digest_of(std::filesystem::path(result.int8).replace_extension(".bin")));
  const ModelDescription& description = sources.detectors[0].description;
  return std::vector<ReportFacts>{{"Model",
                                   {{"Source", description.source},
                                    {"Input", fmt::format("{} x {} pixels", description.input.width, description.input.height)},
                                    {"FP32 IR, SHA-256 of the .bin", fp32},
                                    {"INT8 IR, SHA-256 of the .bin", int8}}},
                                  {"Quantization",
                                   {{"Calibration images", std::to_string(sources.quantized.images)},
                                    {"Convolutions in 8-bit integers", std::to_string(sources.quantized.convolutions)},
                                    {"Layers left in floats", layers_in_floats(sources.quantized)},
                                    {"Weights", fmt::format("symmetric, 8 bits, one scale a channel, rounded {}",
                                                            sources.quantized.is_second_order ? "by second order" : "each for itself")},
                                    {"Activations", "asymmetric, 8 bits"}}},
                                  {"Measurement",
                                   {{"Engine", std::string(options.engines[0]->name())},
                                    {"Products of floats", float_products(options)},
                                    {"Images", std::to_string(result.check.images)},
                                    {"Score threshold", fmt::format("{:g}", options.score_threshold)},
                                    {"Annotations, SHA-256", annotations},
                                    {"Latency", fmt::format("both models in turn for {:g} s", options.bench_seconds)}}},
                                  {"Machine",
                                   {{"CPU", cpu_name()},
                                    {"Instruction set", std::string(active_isa().name)},
                                    {"Threads", std::to_string(options.threads)},
                                    {"Program", std::string("octet ") + kVersion},
                                    {"Made", utc_now()}}}};
}

// A row an engine, where there are several.
std::vector<ReportEngine> engines_of(const RunResult& result, const std::vector<const Engine*>& engines) {
  std::vector<ReportEngine> rows;
  for (std::size_t i = 0; i < engines.size() && engines.size() > 1; ++i) {
    const CheckResult& check = i == 0 ? result.check : result.other_checks[i - 1];
    rows.push_back({std::string(engines[i]->name()), check.models[0].numbers.AP, check.models[1].numbers.AP, check.fidelity,
                    result.bench[2 * i].latency.median_ms, result.bench[2 * i + 1].latency.median_ms});
  }
  return rows;
}

std::vector<ReportStep> steps_of(const std::vector<StepTime>& times) {
  std::vector<ReportStep> steps;
  for (const auto& [step, us] : times)
    steps.push_back({step.node, step.op, step.kernel, step.integer, us, step.macs, step.bytes, step.bf16});
  return steps;
}

std::optional<ReportProfile> profile_of(const RunResult& result) {
  if (result.fp32_steps.empty()) return std::nullopt;
  const auto& [floats, integers, memory, bf16] = result.roofs;
  return ReportProfile{{floats, integers, memory, bf16}, steps_of(result.fp32_steps), steps_of(result.int8_steps)};
}

}  // namespace

Result<std::string> make_report(const RunResult& result, const ReportSources& sources) {
  ReportInput input;
  input.model_name = sources.detectors[0].description.name;
  input.data_name = data_name(sources);
  input.images = result.check.images;
  input.skipped_images = static_cast<std::int64_t>(sources.dataset.images.size()) - result.check.images;
  input.first = model_of("FP32", sources.detectors[0], result.check.models[0], result.bench[0]);
  input.second = model_of("INT8", sources.detectors[1], result.check.models[1], result.bench[1]);
  input.fidelity = result.check.fidelity;
  if (const auto& drops = result.check.drops) input.drop_interval = {drops->all.low, drops->all.high};
  input.drops = measured_of(result.check).drops;
  input.engines = engines_of(result, sources.options.engines);
  input.profile = profile_of(result);
  input.requirements = sources.options.requirements;
  input.details = details_of(result.check);
  input.classes = classes_of(result.check);
  input.label_errors = label_errors_of(result.label_errors, sources.dataset.truth);
  // What was not asked of the detector is not in the page either.
  input.faint_score = std::max(kFaintScore, sources.options.score_threshold);
  input.picture_score = std::max(kShownScore, input.faint_score);
  input.pictures = pictures_of(sources, input.picture_score, input.faint_score);
  OCTET_ASSIGN(input.facts, facts_of(result, sources));
  return render_report(input);
}

}  // namespace octet
