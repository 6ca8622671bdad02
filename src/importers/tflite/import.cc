#include "importers/tflite/import.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/files.h"
#include "formats/tflite/model.h"
#include "importers/finish_import.h"
#include "importers/tflite/facts.h"
#include "importers/tflite/translate.h"
#include "passes/passes.h"

namespace octet {
namespace tflite {
namespace {

// The lines of a file of labels where they are as many as the classes, with or without the background.
std::vector<std::string> labels_of(std::vector<std::string> lines, const PostProcess& post_process) {
  const std::int64_t all = post_process.num_classes + (post_process.has_background ? 1 : 0);
  if (post_process.has_background && std::ssize(lines) == post_process.num_classes) lines.insert(lines.begin(), "background");
  return std::ssize(lines) == all ? lines : std::vector<std::string>();
}

// The detector of TensorFlow's Object Detection API, whose exporter takes RGB; floats from -1 to 1.
Result<ImportedModel> finish_ssd(Translation found, const FileFacts& facts, const ImportOptions& options) {
  OCTET_RETURN_IF_ERROR(passes::require_planar_input(found.graph));
  const Shape picture = found.graph.shape({found.graph.parameters().at(0), 0});
  passes::InputSteps steps = facts.pixels;
  if (steps.scale.empty()) {
    steps = {false, {127.5}, {127.5}};
    if (options.warn) options.warn("does not say how its pixels are scaled; octet feeds -1 to 1, as TensorFlow's exporter has it");
  }
  steps.reverse_channels = true;
  const PostProcess& post_process = *found.post_process;
  if (post_process.kept < kDetectionsAnImage && options.warn)
    options.warn(fmt::format("keeps {} boxes an image by itself; octet keeps {}", post_process.kept, kDetectionsAnImage));
  if (post_process.across_classes && options.warn)
    options.warn("suppresses the boxes of all classes together; octet does it within each class");
  OCTET_RETURN_IF_ERROR(passes::add_input_steps(found.graph, steps));
  ImportedModel result{std::move(found.graph), {}};
  result.original = std::move(found.original);
  if (result.original.ok()) OCTET_RETURN_IF_ERROR(passes::add_input_steps(result.original->before, steps));
  ModelDescription& description = result.description;
  description.input = {static_cast<int>(picture[3]), static_cast<int>(picture[2])};
  description.resize = ResizeKind::kStretchTf1;
  description.head =
      DetectionOutputHead{.has_background = post_process.has_background, .classes = static_cast<int>(post_process.num_classes)};
  description.suppression = post_process.suppression;
  description.clip = Clip::kNever;
  description.categories = rule_of_numbers(class_count(description), post_process.has_background);
  description.labels = labels_of(facts.labels, post_process);
  result.input_steps = std::move(steps);
  return result;
}

}  // namespace
}  // namespace tflite

Result<ImportedModel> import_tflite(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const ImportOptions& options,
                                    const Beside& beside) {
  OCTET_ASSIGN(const tflite::Model model, tflite::parse_model(bytes, std::move(owner)));
  if (model.inputs.size() != 1)
    return Error{ErrorCode::kUnsupported, fmt::format("has {} inputs, expected one, the picture", model.inputs.size())};
  OCTET_ASSIGN(tflite::Translation found, tflite::translate(model));
  OCTET_ASSIGN(tflite::FileFacts facts, tflite::facts_of(model, bytes));
  if (found.post_process) return tflite::finish_ssd(std::move(found), facts, options);
  SourceFacts known;
  known.metadata = std::move(facts.metadata);
  known.of_metadata = merge_beside(beside, known.metadata);
  known.declared = options.model_info;
  return finish_import(std::move(found.graph), known, std::move(found.original));
}

Result<ImportedModel> import_tflite(const std::filesystem::path& path, const ImportOptions& options) {
  OCTET_ASSIGN(const MappedFile mapped, MappedFile::open(path));
  OCTET_ASSIGN(const Beside beside, read_beside(path));
  ImportOptions of_file = options;
  of_file.warn = [&](std::string_view what) {
    if (options.warn) options.warn(fmt::format("{}: {}", path.string(), what));
  };
  OCTET_ASSIGN_AT(ImportedModel model, import_tflite(mapped.bytes(), std::make_shared<MappedFile>(mapped), of_file, beside), path.string());
  model.description.name = path.stem().string();
  model.graph.name = model.description.name;
  model.weights = {path};
  if (model.original.ok()) model.original->path = path;
  return model;
}

}  // namespace octet
