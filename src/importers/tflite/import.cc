#include "importers/tflite/import.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/files.h"
#include "formats/tflite/model.h"
#include "importers/finish_import.h"
#include "importers/tflite/translate.h"
#include "passes/passes.h"

namespace octet {
namespace tflite {
namespace {

constexpr std::int64_t kCocoClasses = 90;  // without the background, of the map with gaps

// How a byte of a picture becomes the real value of a quantized input: (byte - mean) / scale. Signed inputs are fed bytes less 128.
passes::InputSteps steps_to_reals(const TensorRecord& input) {
  if (!input.quantization) return {};
  const std::int64_t lowest = input.type == StoredType::INT8 ? -128 : 0;
  const auto mean = static_cast<double>(input.quantization.zero_point[0] - lowest);
  return {false, {mean}, {1 / static_cast<double>(input.quantization.scale[0])}};
}

// The detector of TensorFlow's Object Detection API, whose exporter takes RGB; floats from -1 to 1.
Result<ImportedModel> finish_ssd(Translation found, const Model& model, const ImportOptions& options) {
  OCTET_RETURN_IF_ERROR(passes::require_planar_input(found.graph));
  const Shape picture = found.graph.shape({found.graph.parameters().at(0), 0});
  passes::InputSteps steps = steps_to_reals(model.tensors[static_cast<std::size_t>(model.inputs[0])]);
  if (steps.scale.empty()) {
    steps = {false, {127.5}, {127.5}};
    if (options.warn) options.warn("does not say how its pixels are scaled; octet feeds -1 to 1, as TensorFlow's exporter has it");
  }
  steps.reverse_channels = true;
  const PostProcess& post_process = *found.post_process;
  if (post_process.kept < kDetectionsAnImage && options.warn)
    options.warn(fmt::format("keeps {} boxes an image by itself; octet keeps {}", post_process.kept, kDetectionsAnImage));
  OCTET_RETURN_IF_ERROR(passes::add_input_steps(found.graph, steps));
  ImportedModel result{std::move(found.graph), {}};
  ModelDescription& description = result.description;
  description.input = {static_cast<int>(picture[3]), static_cast<int>(picture[2])};
  description.resize = ResizeKind::kStretchTf1;
  description.head = DetectionOutputHead{};
  description.suppression = post_process.suppression;
  description.clip = false;
  const bool coco = post_process.has_background && post_process.num_classes == kCocoClasses;
  description.categories = coco ? CategoryRule::kCoco91 : CategoryRule::kOrdinal;
  result.input_steps = std::move(steps);
  return result;
}

// What the file says of itself; the scale of a quantized input goes by the keys of Model API.
SourceFacts facts_of(const Model& model, const ImportOptions& options) {
  SourceFacts facts;
  facts.declared = options.model_info;
  const passes::InputSteps steps = steps_to_reals(model.tensors[static_cast<std::size_t>(model.inputs[0])]);
  if (!steps.scale.empty()) {
    facts.metadata["mean_values"] = fmt::format("{}", steps.mean[0]);
    facts.metadata["scale_values"] = fmt::format("{}", steps.scale[0]);
  }
  return facts;
}

}  // namespace
}  // namespace tflite

Result<ImportedModel> import_tflite(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const ImportOptions& options) {
  OCTET_ASSIGN(const tflite::Model model, tflite::parse_model(bytes, std::move(owner)));
  if (model.inputs.size() != 1)
    return Error{ErrorCode::kUnsupported, fmt::format("has {} inputs, expected one, the picture", model.inputs.size())};
  OCTET_ASSIGN(tflite::Translation found, tflite::translate(model));
  if (found.post_process) return tflite::finish_ssd(std::move(found), model, options);
  return finish_import(std::move(found.graph), tflite::facts_of(model, options));
}

Result<ImportedModel> import_tflite(const std::filesystem::path& path, const ImportOptions& options) {
  OCTET_ASSIGN(const MappedFile mapped, MappedFile::open(path));
  ImportOptions of_file = options;
  of_file.warn = [&](std::string_view what) {
    if (options.warn) options.warn(fmt::format("{}: {}", path.string(), what));
  };
  OCTET_ASSIGN_AT(ImportedModel model, import_tflite(mapped.bytes(), std::make_shared<MappedFile>(mapped), of_file), path.string());
  model.description.name = path.stem().string();
  model.graph.name = model.description.name;
  model.weights = {path};
  return model;
}

}  // namespace octet
