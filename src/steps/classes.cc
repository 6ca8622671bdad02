#include "steps/classes.h"

#include <fmt/format.h>

#include "base/files.h"
#include "model/class_names.h"
#include "formats/darknet/names.h"
#include "recognise/metadata.h"

namespace octet {
namespace {

std::optional<std::int64_t> coco_id_of_first(CategoryRule rule) {
  if (rule == CategoryRule::kOrdinal) return std::nullopt;
  return rule == CategoryRule::kCoco91 ? 0 : 1;
}

ModelClasses classes_of(const ModelDescription& description) {
  return {.labels = description.labels,
          .count = static_cast<std::size_t>(class_count(description)),
          .is_count_known = is_class_count_known(description),
          .has_background = has_background(description),
          .coco_id_of_first = coco_id_of_first(description.categories)};
}

// Of a YAML file (data.yaml) those under `names`, else one a line.
Result<std::vector<std::string>> names_in(const std::filesystem::path& file) {
  if (file.extension() == ".yaml" || file.extension() == ".yml") return names_in_yaml(file);
  OCTET_ASSIGN(const std::string text, read_text(file));
  OCTET_ASSIGN_AT(std::vector<std::string> names, darknet::parse_names(text), file.string());
  return names;
}

}  // namespace

Status name_classes(ModelDescription& description, const std::filesystem::path& names_file, const std::filesystem::path& model) {
  OCTET_ASSIGN(std::vector<std::string> names, names_in(names_file));
  if (has_background(description) && !names.empty() && !is_same_class_name(names[0], "background"))
    names.insert(names.begin(), "background");
  const ModelClasses classes = classes_of(description);
  const bool fits = classes.is_count_known ? names.size() == classes.count : names.size() <= classes.count;
  if (!fits || names.empty())
    return Error{ErrorCode::kMalformed, fmt::format("{}: names {} classes, but {} has {}{}", names_file.string(), names.size(),
                                                    model.string(), classes.is_count_known ? "" : "at most ", classes.count)};
  description.labels = std::move(names);
  return {};
}

Result<std::vector<Detector>> load_detectors(const std::vector<std::filesystem::path>& models, const ConvertOptions& options,
                                             const Engine& engine, InferencePrecision precision) {
  std::vector<Detector> detectors;
  for (const std::filesystem::path& model : models) {
    OCTET_ASSIGN(const OpenedModel opened, open_model_with(model, options, {}));
    const NetworkSource source{opened.graph, model, opened.original ? &*opened.original : nullptr};
    OCTET_ASSIGN(Detector detector, make_detector(source, engine, precision, options.warn));
    detector.files = opened.files;
    if (!options.labels.empty()) OCTET_RETURN_IF_ERROR(name_classes(detector.description, options.labels, model));
    detectors.push_back(std::move(detector));
  }
  return detectors;
}

Result<std::vector<ClassMap>> map_classes(const std::vector<Detector>& detectors, const Dataset& dataset, const Warn& warn) {
  std::vector<ClassMap> maps;
  const std::string file = dataset.annotation_file.string();
  for (const Detector& detector : detectors) {
    OCTET_ASSIGN_AT(ClassMap map, map_classes(classes_of(detector.description), dataset.truth.categories), file);
    const bool is_news = maps.empty() || maps.front() != map;
    if (warn && is_news)
      for (const std::string& remark : remarks_on(map)) warn(file + ": " + remark);
    maps.push_back(std::move(map));
  }
  return maps;
}

std::vector<CocoResult> coco_results(const ClassMap& classes, const Dataset& dataset, const DetectionRun& run) {
  std::vector<CocoResult> results;
  for (std::size_t i = 0; i < run.detections.images(); ++i) {
    const std::int64_t image_id = dataset.images.id(i);
    for (const Detection& found : run.detections[i])
      results.push_back(
          {image_id, classes.category_ids.at(static_cast<std::size_t>(found.class_index)), ltwh_from_xyxy(found.box_px), found.score});
  }
  return results;
}

}  // namespace octet
