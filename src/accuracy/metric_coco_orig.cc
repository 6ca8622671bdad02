// coco_orig_precision and coco_orig_recall: pycocotools' figures, by eval/.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <unordered_map>

#include "accuracy/metrics.h"
#include "eval/average_precision.h"
#include "eval/coco_eval.h"

namespace octet::accuracy {
namespace {

struct OrigOptions {
  std::vector<int> thresholds;  // places in COCO's list of ten
  double boundary = 1;          // added to width and height of boxes
  bool recall = false;
};

BoxLtwh ltwh_from(const Box& box, double boundary) { return {box.x0, box.y0, box.x1 - box.x0 + boundary, box.y1 - box.y0 + boundary}; }

std::string base_name(const std::string& file_name) { return std::filesystem::path(file_name).filename().string(); }

// What pycocotools is given.
struct CocoInput {
  CocoGroundTruth truth;
  std::vector<CocoResult> results;

  void add_results(const EvaluatedImage& image, std::int64_t image_id, const std::map<int, std::int64_t>& category_of, double boundary) {
    for (const Box& box : image.found.boxes)
      if (const auto category = category_of.find(box.label); category != category_of.end())
        results.push_back({image_id, category->second, ltwh_from(box, boundary), box.score});
  }
};

// The whole file: its own boxes and sizes, images without annotations included.
CocoInput original_input(const Evaluated& evaluated, double boundary) {
  CocoInput input{evaluated.coco->truth, {}};
  const std::map<int, std::int64_t> category_of(evaluated.coco->category_of_label.begin(), evaluated.coco->category_of_label.end());
  std::unordered_map<std::string, std::int64_t> id_of;
  for (const CocoImage& image : input.truth.images) id_of.emplace(base_name(image.file_name), image.id);
  for (const EvaluatedImage& image : evaluated.images)
    if (const auto id = id_of.find(base_name(image.file_name)); id != id_of.end())
      input.add_results(image, id->second, category_of, boundary);
  return input;
}

// Of the evaluated boxes; an object's size is that of its box.
CocoInput generated_input(const Evaluated& evaluated, double boundary) {
  CocoInput input;
  std::map<int, std::int64_t> category_of;
  for (const auto& [label, name] : evaluated.labels) {
    category_of.emplace(label, label);
    input.truth.categories.push_back({label, name});
  }
  for (std::size_t i = 0; i < evaluated.images.size(); ++i) {
    const EvaluatedImage& image = evaluated.images[i];
    const auto id = static_cast<std::int64_t>(i);
    input.truth.images.push_back({.id = id, .file_name = image.file_name});
    for (const Box& box : image.truth.boxes) {
      const BoxLtwh place = ltwh_from(box, boundary);
      const auto number = static_cast<std::int64_t>(input.truth.annotations.size()) + 1;
      input.truth.annotations.push_back({number, id, box.label, place, place.area(), box.is_crowd});
    }
    input.add_results(image, id, category_of, boundary);
  }
  return input;
}

double compute(const Evaluated& evaluated, const OrigOptions& options) {
  const CocoInput input = evaluated.coco ? original_input(evaluated, options.boundary) : generated_input(evaluated, options.boundary);
  if (input.results.empty()) return 0;
  const auto matches = match_coco(input.truth, input.results, evaluated.threads);
  if (!matches.ok()) return 0;  // only for results of images that are not listed, which there are none of
  double sum = 0;
  std::size_t count = 0;
  for (const CategoryMatches& category : matches->categories) {
    const CategoryScore score = score_category(category, SizeClass::kAll, MatchSettings().most_detections());
    if (!score.is_defined) continue;
    const auto& values = options.recall ? score.recall : score.average_precision;
    for (const int threshold : options.thresholds) sum += values[static_cast<std::size_t>(threshold)];
    count += options.thresholds.size();
  }
  return count > 0 ? sum / static_cast<double>(count) : -1;
}

Result<Metric> make(Settings& settings, bool recall) {
  OrigOptions options{.thresholds = {}, .recall = recall};
  for (const double threshold : read_iou_thresholds(settings)) {
    int place = 0;
    while (place < kIouThresholdCount && std::abs(iou_threshold(place) - threshold) > 1e-9) ++place;
    if (place == kIouThresholdCount)
      settings.fail("threshold", "must be of COCO's 0.5, 0.55 ... 0.95", ErrorCode::kUnsupported);
    else
      options.thresholds.push_back(place);
  }
  options.boundary = settings.flag("include_boundaries", true) ? 1 : 0;
  return Metric([options](const Evaluated& evaluated) { return MetricValues{{compute(evaluated, options)}, {}}; });
}

}  // namespace

Result<Metric> make_coco_orig_precision(Settings& settings) { return make(settings, false); }
Result<Metric> make_coco_orig_recall(Settings& settings) { return make(settings, true); }

}  // namespace octet::accuracy
