#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "eval/matching.h"

namespace octet {

inline constexpr int kRecallPoints = 101;

// 0, 0.01, ..., 1 with the rounding that COCO's own code has.
double recall_point(int index);

// Precision and recall of one category at each IoU threshold.
struct CategoryScore {
  bool is_defined = false;                                     // false: no object counts, and the category is left out of every mean
  std::array<double, kIouThresholdCount> average_precision{};  // mean of the precision at recall 0, 0.01, ..., 1
  std::array<double, kIouThresholdCount> recall{};             // with all detections
};

// The precision at each value of recall; all 0 where no object counts.
using PrecisionCurve = std::array<double, kRecallPoints>;

// Scores the matches of one category, as COCO's evaluation does: detections of all images in one list by falling score,
// precision made falling from the right, then read at 101 values of recall. Memory does not grow with their number.
class CategoryScorer {
 public:
  //   objects         that count, of this size
  //   max_detections  how many of each image, 1 to what the matches were made with
  //   image_weights   how often each image counts, by image index; empty: once each. A resampled data set is scored so
  //                   without matching again.
  CategoryScorer(std::uint64_t objects, SizeClass size, int max_detections, std::span<const std::uint32_t> image_weights = {})
      : objects_(objects), size_(static_cast<std::size_t>(size)), max_detections_(max_detections), weights_(image_weights) {}

  // By falling score, from one call to the next as well.
  void add(std::span<const MatchedDetection> detections);

  CategoryScore score() const;
  // What the averages are means of, for each IoU threshold.
  std::array<PrecisionCurve, kIouThresholdCount> precision() const;

 private:
  // The curve at one IoU threshold as its detections are counted.
  struct Curve {
    std::uint64_t hits = 0, misses = 0;
    std::size_t reached = 0;   // values of recall
    PrecisionCurve highest{};  // of the detections up to which so many values of recall are reached, less one
  };

  void hit(Curve& curve, std::uint64_t weight) const;

  std::uint64_t objects_;
  std::size_t size_;
  int max_detections_;
  std::span<const std::uint32_t> weights_;
  std::uint64_t misses_of_all_ = 0;  // of detections that met nothing at any threshold, which most are
  std::array<Curve, kIouThresholdCount> curves_{};
};

// All matches of a category at once.
CategoryScore score_category(const CategoryMatches& matches, SizeClass size, int max_detections,
                             std::span<const std::uint32_t> image_weights = {});
std::array<PrecisionCurve, kIouThresholdCount> precision_curves(const CategoryMatches& matches, SizeClass size, int max_detections);

}  // namespace octet
