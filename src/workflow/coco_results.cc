#include "workflow/coco_results.h"

#include <numeric>

#include "data/class_map.h"

namespace octet {
namespace {

ModelClasses classes_of(const ModelDescription& description) {
  return {.labels = description.labels,
          .count = static_cast<std::size_t>(class_count(description)),
          .is_count_known = is_class_count_known(description),
          .has_background = has_background(description),
          .numbered_as_coco = description.categories == CategoryRule::kCoco91};
}

std::vector<std::int64_t> ordinals(const ModelClasses& classes) {
  std::vector<std::int64_t> ids(classes.count);
  std::iota(ids.begin(), ids.end(), classes.numbered_as_coco ? 0 : 1);
  return ids;
}

}  // namespace

Result<std::vector<CocoResult>> coco_results(const Detector& detector, const Dataset& dataset, const DetectionRun& run) {
  const ModelClasses classes = classes_of(detector.description);
  std::vector<std::int64_t> categories = ordinals(classes);
  if (!dataset.truth.categories.empty()) {
    OCTET_ASSIGN_AT(categories, category_ids(classes, dataset.truth.categories), dataset.annotation_file.string());
  }
  std::vector<CocoResult> results;
  for (std::size_t i = 0; i < run.detections.size(); ++i)
    for (const Detection& found : run.detections[i])
      results.push_back(
          {dataset.images[i].id, categories.at(static_cast<std::size_t>(found.class_index)), ltwh_from_xyxy(found.box_px), found.score});
  return results;
}

}  // namespace octet
