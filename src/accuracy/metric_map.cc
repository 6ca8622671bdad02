// map: average precision as Pascal VOC has it, by the rules of the Open Model Zoo's checker.

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <ranges>

#include "accuracy/metrics.h"
#include "eval/pascal.h"

namespace octet::accuracy {
namespace {

constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

struct MapOptions {
  bool eleven_points = false;
  double overlap_threshold = 0.5;
  bool over_prediction = false;  // ioa: the intersection's share of the found box
  double boundary = 1;           // by how much boxes are wider and higher than their corners are apart
  bool ignore_difficult = true, distinct_conf = false, multiple_matches_per_ignored = false, use_filtered_tp = false;
};

double area(const Box& box, double boundary) { return (box.x1 - box.x0 + boundary) * (box.y1 - box.y0 + boundary); }

// Boxes that lie apart share, with a boundary of 1, as much as touching ones do: upstream clamps the corners before it adds the boundary.
double overlap(const Box& found, const Box& truth, double boundary, bool over_prediction) {
  Box shared{std::max(found.x0, truth.x0), std::max(found.y0, truth.y0), std::min(found.x1, truth.x1), std::min(found.y1, truth.y1)};
  shared.x1 = std::max(shared.x0, shared.x1);
  shared.y1 = std::max(shared.y0, shared.y1);
  const double inside = area(shared, boundary), own = area(found, boundary);
  const double base = over_prediction ? own : own + area(truth, boundary) - inside;
  return base != 0 ? inside / base : 0;
}

// The annotated boxes of one label in one image.
struct TruthOfImage {
  std::vector<Box> boxes;
  std::vector<bool> difficult, used;
};

struct Prediction {
  Box box;
  std::size_t image = 0;
  bool difficult = false;
};

enum class Verdict { kNothing, kHit, kMiss };

class LabelMatching {
 public:
  LabelMatching(const Evaluated& evaluated, int label, const MapOptions& options) : options_(options) {
    for (const EvaluatedImage& image : evaluated.images) add(image, label);
    std::ranges::stable_sort(predictions_, std::ranges::greater(), [](const Prediction& p) { return p.box.score; });
  }

  double average_precision();

 private:
  void add(const EvaluatedImage& image, int label);
  Verdict judge(const Prediction& prediction);
  std::vector<double> overlaps_with(const Prediction& prediction, const TruthOfImage& truth) const;
  Verdict miss(const Prediction& prediction) const {
    return options_.ignore_difficult && prediction.difficult ? Verdict::kNothing : Verdict::kMiss;
  }

  const MapOptions& options_;
  std::vector<TruthOfImage> truth_;
  std::vector<Prediction> predictions_;
  std::size_t objects_ = 0;
};

void LabelMatching::add(const EvaluatedImage& image, int label) {
  const std::vector<bool> truth_difficult = image.truth.difficult_mask(), found_difficult = image.found.difficult_mask();
  TruthOfImage truth;
  for (std::size_t i = 0; i < image.truth.boxes.size(); ++i) {
    if (image.truth.boxes[i].label != label) continue;
    truth.boxes.push_back(image.truth.boxes[i]);
    truth.difficult.push_back(options_.ignore_difficult && truth_difficult[i]);
    if (!truth.difficult.back()) ++objects_;
  }
  truth.used.resize(truth.boxes.size());
  for (std::size_t i = 0; i < image.found.boxes.size(); ++i)
    if (const Box& box = image.found.boxes[i]; box.label == label && !std::isnan(box.score))
      predictions_.push_back({box, truth_.size(), options_.ignore_difficult && found_difficult[i]});
  truth_.push_back(std::move(truth));
}

std::vector<double> LabelMatching::overlaps_with(const Prediction& prediction, const TruthOfImage& truth) const {
  std::vector<double> overlaps;
  for (std::size_t i = 0; i < truth.boxes.size(); ++i) {
    const bool shares = options_.multiple_matches_per_ignored && truth.difficult[i];
    overlaps.push_back(overlap(prediction.box, truth.boxes[i], options_.boundary, options_.over_prediction || shares));
  }
  return overlaps;
}

Verdict LabelMatching::judge(const Prediction& prediction) {
  TruthOfImage& truth = truth_[prediction.image];
  if (truth.boxes.empty()) return Verdict::kMiss;
  const std::vector<double> overlaps = overlaps_with(prediction, truth);
  double best = -std::numeric_limits<double>::infinity(), best_difficult = best;
  for (std::size_t i = 0; i < overlaps.size(); ++i)
    (truth.difficult[i] ? best_difficult : best) = std::max(truth.difficult[i] ? best_difficult : best, overlaps[i]);
  if (best < options_.overlap_threshold && best_difficult > -std::numeric_limits<double>::infinity()) best = best_difficult;
  if (!(best >= options_.overlap_threshold)) return miss(prediction);

  bool any_difficult = false, any_used = false;
  for (std::size_t i = 0; i < overlaps.size(); ++i) {
    if (overlaps[i] != best) continue;
    any_difficult = any_difficult || truth.difficult[i];
    any_used = any_used || truth.used[i];
  }
  const auto use = [&] {
    for (std::size_t i = 0; i < overlaps.size(); ++i)
      if (overlaps[i] == best) truth.used[i] = true;
  };
  if (any_difficult) {
    if (options_.multiple_matches_per_ignored) return Verdict::kNothing;
    use();
    return any_used ? miss(prediction) : Verdict::kNothing;
  }
  if (any_used) return miss(prediction);
  if (options_.ignore_difficult && !options_.use_filtered_tp && prediction.difficult) return Verdict::kNothing;
  use();
  return Verdict::kHit;
}

double LabelMatching::average_precision() {
  if (predictions_.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<PrecisionRecall> curve;
  double hits = 0, misses = 0;
  for (std::size_t i = 0; i < predictions_.size(); ++i) {
    const Verdict verdict = judge(predictions_[i]);
    hits += verdict == Verdict::kHit;
    misses += verdict == Verdict::kMiss;
    const bool is_last_of_score = i + 1 == predictions_.size() || predictions_[i + 1].box.score != predictions_[i].box.score;
    if (options_.distinct_conf && !is_last_of_score) continue;
    curve.push_back({hits / std::max(hits + misses, kEpsilon), hits / std::max(static_cast<double>(objects_), kEpsilon)});
  }
  AverageFromEnd average(options_.eleven_points ? PascalAverage::kElevenPoints : PascalAverage::kArea);
  for (const PrecisionRecall& point : curve | std::views::reverse) average.add(point);
  return average.average();
}

}  // namespace

Result<Metric> make_map(Settings& settings) {
  constexpr std::array<std::string_view, 2> kIntegrals{"max", "11point"}, kMethods{"iou", "ioa"};
  constexpr std::array<std::string_view, 1> kLabelMap{"label_map"};
  MapOptions options;
  options.eleven_points = settings.choice("integral", kIntegrals) == "11point";
  options.overlap_threshold = settings.number("overlap_threshold", 0.5);
  if (options.overlap_threshold < 0 || options.overlap_threshold > 1) settings.fail("overlap_threshold", "must be 0 to 1");
  options.over_prediction = settings.choice("overlap_method", kMethods) == "ioa";
  options.boundary = settings.flag("include_boundaries", true) ? 1 : 0;
  options.ignore_difficult = settings.flag("ignore_difficult", true);
  options.distinct_conf = settings.flag("distinct_conf", false);
  options.multiple_matches_per_ignored = settings.flag("allow_multiple_matches_per_ignored", false);
  options.use_filtered_tp = settings.flag("use_filtered_tp", false);
  settings.choice("label_map", kLabelMap);
  return Metric([options](const Evaluated& evaluated) {
    MetricValues values =
        for_each_class(evaluated, [&](int label) { return LabelMatching(evaluated, label, options).average_precision(); });
    if (values.values.empty()) values = {{0}, {}};
    return values;
  });
}

}  // namespace octet::accuracy
