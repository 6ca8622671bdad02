// coco_precision and coco_recall: the Open Model Zoo's own form of COCO's evaluation. Where it differs from pycocotools, published figures
// depend on it: a box that the best detection of its image has met still counts as free, a crowd is met by plain IoU, images without
// annotations are not there, and IoUs are floats. coco_orig_precision is the exact one.

#include <algorithm>
#include <cmath>
#include <limits>

#include "accuracy/metrics.h"

namespace octet::accuracy {
namespace {

constexpr int kRecallPoints = 101;

struct CocoOptions {
  std::size_t max_detections = 20;
  std::vector<double> thresholds;
};

// Without boundaries, kept as a float as upstream does.
float iou(const Box& a, const Box& b) {
  const double x0 = std::max(a.x0, b.x0), y0 = std::max(a.y0, b.y0);
  const double shared = (std::max(x0, std::min(a.x1, b.x1)) - x0) * (std::max(y0, std::min(a.y1, b.y1)) - y0);
  const double total = (a.x1 - a.x0) * (a.y1 - a.y0) + (b.x1 - b.x0) * (b.y1 - b.y0) - shared;
  return total != 0 ? static_cast<float>(shared / total) : 0.0f;
}

// The boxes of one label in one image. Truth: those that count first. Found: by falling score.
struct LabelBoxes {
  std::vector<Box> truth, found;
  std::vector<bool> truth_ignored, found_ignored;
};

LabelBoxes boxes_of(const EvaluatedImage& image, int label, std::size_t max_detections) {
  LabelBoxes boxes;
  const std::vector<bool> truth_difficult = image.truth.difficult_mask(), found_difficult = image.found.difficult_mask();
  for (const bool ignored : {false, true})
    for (std::size_t i = 0; i < image.truth.boxes.size(); ++i) {
      const Box& box = image.truth.boxes[i];
      if (box.label != label || (truth_difficult[i] || box.is_crowd) != ignored) continue;
      boxes.truth.push_back(box);
      boxes.truth_ignored.push_back(ignored);
    }
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < image.found.boxes.size(); ++i)
    if (image.found.boxes[i].label == label && !std::isnan(image.found.boxes[i].score)) order.push_back(i);
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t i) { return image.found.boxes[i].score; });
  if (order.size() > max_detections) order.resize(max_detections);
  for (const std::size_t i : order) {
    boxes.found.push_back(image.found.boxes[i]);
    boxes.found_ignored.push_back(found_difficult[i]);
  }
  return boxes;
}

struct Match {
  float score = 0;
  bool matched = false, ignored = false;
};

// Greedy, by falling score: each detection takes the free box with the highest IoU from the threshold on, rather one that counts.
void match_image(const LabelBoxes& boxes, double threshold, std::vector<Match>& matches) {
  std::vector<std::size_t> taken_by(boxes.truth.size(), 0);  // 0: free, and so is what detection 0 has taken
  for (std::size_t d = 0; d < boxes.found.size(); ++d) {
    constexpr std::size_t kNone = SIZE_MAX;
    double best = std::min(threshold, 1 - 1e-10);
    std::size_t chosen = kNone;
    for (std::size_t g = 0; g < boxes.truth.size(); ++g) {
      if (taken_by[g] > 0 && !boxes.truth[g].is_crowd) continue;
      if (chosen != kNone && !boxes.truth_ignored[chosen] && boxes.truth_ignored[g]) break;
      const double overlap = iou(boxes.truth[g], boxes.found[d]);
      if (overlap < best) continue;
      best = overlap;
      chosen = g;
    }
    if (chosen != kNone) taken_by[chosen] = d;
    matches.push_back({boxes.found[d].score, chosen != kNone, boxes.found_ignored[d] || (chosen != kNone && boxes.truth_ignored[chosen])});
  }
}

struct PrecisionRecall {
  double precision = 0, recall = 0;
};

PrecisionRecall precision_recall(std::vector<Match> matches, std::size_t objects) {
  std::ranges::stable_sort(matches, std::ranges::greater(), &Match::score);
  std::vector<double> precision, recall;
  double hits = 0, misses = 0;
  for (const Match& match : matches) {
    hits += match.matched && !match.ignored;
    misses += !match.matched && !match.ignored;
    precision.push_back(hits / (misses + hits + std::numeric_limits<double>::epsilon()));
    recall.push_back(hits / static_cast<double>(objects));
  }
  for (std::size_t i = precision.size(); i-- > 1;) precision[i - 1] = std::max(precision[i - 1], precision[i]);
  double sum = 0;
  std::size_t at = 0;
  for (int point = 0; point < kRecallPoints; ++point) {
    while (at < recall.size() && recall[at] < point * 0.01) ++at;
    if (at == recall.size()) break;
    sum += precision[at];
  }
  return {sum / kRecallPoints, recall.empty() ? 0 : recall.back()};
}

// Means over the thresholds; NaN where no object counts.
PrecisionRecall score_label(const Evaluated& evaluated, int label, const CocoOptions& options) {
  std::vector<LabelBoxes> images;
  std::size_t objects = 0;
  for (const EvaluatedImage& image : evaluated.images) {
    images.push_back(boxes_of(image, label, options.max_detections));
    objects += static_cast<std::size_t>(std::ranges::count(images.back().truth_ignored, false));
  }
  if (objects == 0) return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
  PrecisionRecall mean;
  for (const double threshold : options.thresholds) {
    std::vector<Match> matches;
    for (const LabelBoxes& boxes : images) match_image(boxes, threshold, matches);
    const PrecisionRecall at_threshold = precision_recall(std::move(matches), objects);
    mean.precision += at_threshold.precision / static_cast<double>(options.thresholds.size());
    mean.recall += at_threshold.recall / static_cast<double>(options.thresholds.size());
  }
  return mean;
}

Result<Metric> make(Settings& settings, double PrecisionRecall::*member) {
  CocoOptions options;
  const std::int64_t most = settings.integer("max_detections", 20);
  if (most < 1) settings.fail("max_detections", "must be 1 or more");
  options.max_detections = static_cast<std::size_t>(std::max<std::int64_t>(most, 1));
  options.thresholds = read_iou_thresholds(settings);
  return Metric([=](const Evaluated& evaluated) {
    MetricValues values = for_each_class(evaluated, [&](int label) { return score_label(evaluated, label, options).*member; });
    if (values.values.empty()) values = {{0}, {}};
    return values;
  });
}

}  // namespace

Result<Metric> make_coco_precision(Settings& settings) { return make(settings, &PrecisionRecall::precision); }
Result<Metric> make_coco_recall(Settings& settings) { return make(settings, &PrecisionRecall::recall); }

}  // namespace octet::accuracy
