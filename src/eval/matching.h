#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/scratch_vector.h"
#include "base/sorted_list.h"
#include "boxes/detection.h"

// First half of COCO's accuracy: which detections of one category meet which annotated objects, at each IoU threshold
// and for each size class of objects. The second half is average_precision.h.
namespace octet {

inline constexpr int kIouThresholdCount = 10;

// Size classes by the area of an annotation in pixels.
enum class SizeClass : std::uint8_t { kAll, kSmall, kMedium, kLarge };
inline constexpr int kSizeClassCount = 4;

struct AreaRange {
  double lowest = 0, highest = 0;  // both belong to it
  bool contains(double area) const { return !(area < lowest || area > highest); }
};

// What COCO's evaluation leaves to choose.
struct MatchSettings {
  std::array<int, 3> max_detections = {1, 10,
                                       100};  // of one category in one image; what scores lower than the last of them is not looked at
  std::array<AreaRange, kSizeClassCount> areas = {{{0, 1e10}, {0, 1024}, {1024, 9216}, {9216, 1e10}}};  // of each size class

  int most_detections() const { return max_detections.back(); }
};
inline constexpr int kMostDetections = 65535;                           // that any setting may ask for
inline constexpr std::array<double, 2> kCocoAreaLimits = {1024, 9216};  // between small, medium and large objects

// Settings with these numbers of detections and these areas between small, medium and large objects. kInvalidArgument, with the option's
// name, for numbers that do not rise, detections out of 1..kMostDetections and areas out of 0..1e10.
Result<MatchSettings> match_settings(const std::array<int, 3>& max_detections, const std::array<double, 2>& area_limits);

// 0.50, 0.55, ..., 0.95 with the rounding that COCO's own code has.
double iou_threshold(int index);

// One bit an IoU threshold, lowest first.
using ThresholdBits = std::uint16_t;
inline constexpr ThresholdBits kEveryThreshold = (1u << kIouThresholdCount) - 1;

struct MatchedDetection {
  double score = 0;
  std::uint32_t image = 0;                               // index into the sorted image ids
  std::uint16_t rank = 0;                                // 0 for the best of its image
  std::array<ThresholdBits, kSizeClassCount> matched{};  // met an object
  std::array<ThresholdBits, kSizeClassCount> ignored{};  // counts neither way: met a crowd or an object of another size,
                                                         // or met nothing and is of another size itself
};

struct CategoryMatches {
  SortedList<MatchedDetection, &MatchedDetection::score> detections;  // ties by image, then by rank
  // For each size class, the image index of every object that counts.
  std::array<ScratchVector<std::uint32_t>, kSizeClassCount> objects;
};

// An annotation or a detection with the index of its image.
struct TruthBox {
  std::uint32_t image = 0;
  BoxLtwh box;
  double area = 0;
  bool is_crowd = false;
  bool is_countable = true;  // false: a match with it does not count (see match_category)
};
struct FoundBox {
  std::uint32_t image = 0;
  BoxLtwh box;
  double score = 0;  // not NaN
};

// Greedy assignment as in COCO's evaluation: by falling score, each detection takes the free object with the highest
// IoU at or above the threshold (the later one of equals), and prefers one that counts over one that is ignored. A crowd
// takes any number of detections, with the share of the detection's own area inside it as IoU.
//   truth, found   one category, by rising image; ties of score in an image keep their order
// `is_countable` reproduces a property of the official code: it marks a match by the id of the annotation, so that an
// annotation with id 0 is used up but its detection counts as a miss.
CategoryMatches match_category(std::span<const TruthBox> truth, std::span<const FoundBox> found, const MatchSettings& settings = {});

// The same of a category that comes in several pieces: all boxes of some images at a time, images rising. `matches.detections` are to be
// sorted after the last.
//   adjust   told of the matches of each piece before they are added; may be empty
using AdjustMatches = std::function<void(std::span<MatchedDetection>)>;
void match_piece(std::span<const TruthBox> truth, std::span<const FoundBox> found, const MatchSettings& settings,
                 const AdjustMatches& adjust, CategoryMatches& matches);

}  // namespace octet
