#include "workflow/quantize.h"

#include <map>

#include <fmt/format.h>

#include "base/digest.h"
#include "data/words.h"
#include "importers/openvino_ir/import.h"
#include "model/model_info.h"
#include "report/changes.h"
#include "report/explanation.h"
#include "steps/detection_change.h"
#include "workflow/compared_runs.h"
#include "workflow/quantization_record.h"

namespace octet {

namespace {

// Sizes and digests of files while they are written.
class WrittenFiles {
 public:
  void see(const std::filesystem::path& path, std::span<const std::byte> piece) {
    File& file = files_[path.filename().string()];
    file.bytes += piece.size();
    file.digest.update(piece);
  }

  std::vector<RecordedFile> by_name() const {
    std::vector<RecordedFile> files;
    for (const auto& [name, file] : files_) files.push_back({name, file.bytes, file.digest.hex()});
    return files;
  }

 private:
  struct File {
    std::uint64_t bytes = 0;
    Sha256 digest;
  };
  std::map<std::string, File> files_;
};

// In the terms of the page.
ExplanationInput input_of(const std::string& name, const quant::Explanation& explanation, const QuantizationResult& quantized) {
  ExplanationInput input{name, explanation.images, explanation.snr_db, {}, {}, {}};
  for (const quant::LayerFigures& layer : explanation.layers)
    input.layers.push_back({layer.node, layer.operation, layer.bits, layer.snr_db, layer.error_share});
  for (const quant::TensorFigures& tensor : explanation.tensors)
    input.tensors.push_back({tensor.tensor, tensor.method, tensor.bits, tensor.ranges, tensor.low, tensor.high, tensor.least,
                             tensor.greatest, tensor.step, tensor.snr_db, tensor.below_share, tensor.above_share, tensor.shares});
  for (const quant::FloatLayer& layer : explanation.floats) input.floats.push_back({layer.node, layer.reason});
  for (const quant::CurvePoint& point : quantized.curve) input.curve.push_back({point.images, point.distance});
  for (const TradeoffStep& step : quantized.tradeoff)
    input.tradeoff.push_back({step.wide_layers, step.fidelity, step.relative_latency, step.drop, step.chosen});
  for (const LayerDecision& each : quantized.decisions) input.decisions.push_back({each.node, each.error, each.latency, each.is_wide});
  return input;
}

// What both models find, for the page and for the answer.
struct ComparedDetections {
  ExplainedDetections shown;
  FoundByBoth found;
};

// Nothing, with a warning, where there is nothing to compare by.
Result<std::optional<ComparedDetections>> compared_detections(const quant::QuantizedModel& model, const std::filesystem::path& path,
                                                              const Dataset& pictures, const Recipe& recipe,
                                                              const quant::CalibrationOptions& options) {
  const auto change = detection_change(model, path, judged_pictures(pictures, recipe), options);
  if (!change.ok() && change.error().code == ErrorCode::kNotFound) {
    if (options.warn) options.warn("classes and pictures are not compared: the model " + change.error().message);
    return std::optional<ComparedDetections>();
  }
  if (!change.ok()) return change.error();
  const ReportInput page = compared_on_a_page({change->pictures, change->detectors, change->runs, change->check}, 0);
  FoundByBoth found{change->check, change->is_annotated, recipe.has_goal(), {}};
  for (const ReportPicture& picture : page.pictures) {
    const report::PictureChange boxes = report::compare_boxes(picture, page.picture_score, page.faint_score);
    found.pictures.push_back({picture.name, boxes.kept, static_cast<int>(boxes.lost.size()), static_cast<int>(boxes.added.size())});
  }
  return std::optional(ComparedDetections{{page, found.is_annotated, found.is_held_out}, std::move(found)});
}

// Pictures that are the same file count again and tell nothing new.
void warn_of_repeats(const std::vector<RecordedFile>& pictures, const Warn& warn) {
  std::map<std::string, const RecordedFile*> first;
  std::vector<std::string> repeats;
  for (const RecordedFile& picture : pictures) {
    if (picture.sha256.empty()) continue;
    const auto [known, is_new] = first.try_emplace(picture.sha256, &picture);
    if (!is_new) repeats.push_back(picture.path + " (as " + known->second->path + ")");
  }
  if (warn && !repeats.empty())
    warn(fmt::format("{} another, byte by byte, which counts again: {}",
                     share_of(repeats.size(), pictures.size(), "pictures to calibrate with", "repeats", "repeat"), first_few(repeats)));
}

QuantizedIr result_of(const QuantizationResult& quantized, const std::filesystem::path& target, const std::filesystem::path& onnx) {
  const quant::QuantizedModel& model = quantized.model;
  return {.xml = target,
          .images = model.images,
          .convolutions = model.convolutions,
          .points = model.points,
          .onnx = onnx,
          .layers = model.layers,
          .relative_latency = quantized.relative_latency,
          .tradeoff = quantized.tradeoff,
          .search = quantized.search,
          .decisions = quantized.decisions,
          .curve = quantized.curve,
          .goal = quantized.goal,
          .is_second_order = model.is_second_order};
}

}  // namespace

Result<ExplainedModel> explain_quantized(const std::string& name, const QuantizationResult& quantized, const std::filesystem::path& path,
                                         const Dataset& pictures, const Recipe& recipe, const quant::CalibrationOptions& options) {
  ExplainedModel explained;
  OCTET_ASSIGN(explained.explanation, explain_model(quantized.model, path, pictures, options));
  ExplanationInput input = input_of(name, explained.explanation, quantized);
  OCTET_ASSIGN(auto compared, compared_detections(quantized.model, path, pictures, recipe, {options.threads, {}, options.warn}));
  if (compared) {
    input.detections = std::move(compared->shown);
    explained.found = std::move(compared->found);
  }
  explained.page = render_explanation(input);
  return explained;
}

Result<QuantizedIr> quantize_ir(const std::filesystem::path& model, const Dataset& pictures, const std::filesystem::path& output,
                                const quant::CalibrationOptions& options, const Recipe& recipe, const WriteOptions& written,
                                ConvertOptions opening, const ExplainPage& page) {
  opening.warn = options.warn;
  OCTET_ASSIGN(OpenedModel opened, open_model_with(model, opening, {}));
  const std::string name = opened.description.name.empty() ? model.stem().string() : opened.description.name;
  OCTET_ASSIGN(const auto target, ir_path(output, name, folder_of(written.precision, true)));
  OCTET_ASSIGN(QuantizationRecord record,
               begin_record(target.parent_path(), model, opened.files, opening, pictures, {options, recipe, written, pictures.decode}));
  warn_of_repeats(record.pictures, options.warn);
  OCTET_ASSIGN(const auto quantized, quantize_model(std::move(opened.graph), model, pictures, options, recipe));

  ExplainedModel explained;
  if (!page.path.empty()) {
    const Progress progress = page.begin ? page.begin() : Progress();
    OCTET_ASSIGN(explained, explain_quantized(name, quantized, model, pictures, recipe, {options.threads, progress, options.warn}));
  }

  FileTransaction files;
  WrittenFiles seen;
  const auto see = [&](const std::filesystem::path& path, std::span<const std::byte> piece) { seen.see(path, piece); };
  OCTET_ASSIGN(const auto onnx, add_ir(quantized.model.graph, target, written, files, see));
  QuantizedIr result = result_of(quantized, target, onnx);
  result.record = std::filesystem::path(target).replace_extension(".octet.json");
  result.outputs = record.outputs = seen.by_name();
  OCTET_RETURN_IF_ERROR(files.add(result.record, format_record(record)));
  if (!page.path.empty()) OCTET_RETURN_IF_ERROR(files.add(page.path, explained.page));
  result.explanation = std::move(explained.explanation);
  result.found = std::move(explained.found);
  OCTET_RETURN_IF_ERROR(files.commit());
  return result;
}

Result<CalibratedShare> calibrate_ir_share(const std::filesystem::path& model, const Dataset& pictures,
                                           const quant::CalibrationOptions& options, const Recipe& recipe, ConvertOptions opening) {
  opening.warn = options.warn;
  OCTET_ASSIGN(OpenedModel opened, open_model_with(model, opening, {}));
  OCTET_ASSIGN(auto statistics, calibrate_share(std::move(opened.graph), model, pictures, options, recipe));
  return CalibratedShare{opened.files, std::move(statistics)};
}

Result<QuantizedIr> quantize_ir_to(const std::filesystem::path& target, const std::filesystem::path& xml, const Dataset& pictures,
                                   const quant::CalibrationOptions& options, const Recipe& recipe, Precision precision) {
  OCTET_ASSIGN(Graph graph, import_openvino_ir(xml));
  OCTET_ASSIGN(const auto quantized, quantize_model(std::move(graph), xml, pictures, options, recipe));
  OCTET_ASSIGN(const auto onnx, write_ir(quantized.model.graph, target, {precision}));
  return result_of(quantized, target, onnx);
}

}  // namespace octet
