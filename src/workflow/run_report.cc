#include "workflow/run_report.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/cpu.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/version.h"
#include "eval/by_category.h"
#include "report/report.h"
#include "workflow/compared_runs.h"

namespace octet {
namespace {

std::string place_of(const std::string& name, const BoxLtwh& box) {
  return fmt::format("{} at {:.0f}, {:.0f}, {:.0f} x {:.0f}", name, box.left, box.top, box.width, box.height);
}

std::vector<ReportLabelError> label_errors_of(const std::vector<LabelError>& errors, const CocoGroundTruth& truth) {
  const LabelErrorPlaces places(errors, truth);
  std::vector<ReportLabelError> shown;
  for (const LabelError& error : errors) {
    ReportLabelError row;
    row.kind = kLabelFaultNames[static_cast<std::size_t>(error.fault)];
    row.picture = places.file_name(error);
    row.score = error.score;
    if (error.annotation_id) {
      const CocoAnnotation annotation = places.annotation(error);
      row.annotated = place_of(name_of_category(truth, annotation.category_id), annotation.box);
    }
    if (error.score) row.found = place_of(name_of_category(truth, error.category_id), error.box);
    shown.push_back(std::move(row));
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

ReportLatency latency_of(const ModelBench& bench) {
  const LatencySummary& latency = bench.latency;
  return {latency.median_ms, latency.p90_ms, latency.p99_ms, latency.min_ms, bench.throughput, bench.latencies_ms};
}

}  // namespace

Result<std::string> make_report(const RunResult& result, const ReportSources& sources) {
  ReportInput input = compared_on_a_page({sources.dataset, sources.detectors, sources.runs, result.check}, sources.options.score_threshold);
  input.data_name = data_name(sources);
  input.first.latency = latency_of(result.bench[0]);
  input.second.latency = latency_of(result.bench[1]);
  if (const auto range = speedup_range(result.bench)) input.speedup_range = {range->low, range->high};
  input.engines = engines_of(result, sources.options.engines);
  input.profile = profile_of(result);
  input.requirements = sources.options.requirements;
  input.label_errors = label_errors_of(result.label_errors, sources.dataset.truth);
  OCTET_ASSIGN(input.facts, facts_of(result, sources));
  return render_report(input);
}

}  // namespace octet
