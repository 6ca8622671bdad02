#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/scratch_vector.h"
#include "boxes/detection.h"
#include "eval/average_precision.h"
#include "eval/matching.h"

namespace octet {

// COCO's 12 numbers as fractions; -1 where no object of the kind is annotated. Named as the field names them.
struct CocoNumbers {
  double AP = -1, AP50 = -1, AP75 = -1;                 // all sizes, up to 100 detections an image and category
  double AP_small = -1, AP_medium = -1, AP_large = -1;  // by the area of the annotated object
  double AR1 = -1, AR10 = -1, AR100 = -1;               // recall with that many detections
  double AR_small = -1, AR_medium = -1, AR_large = -1;

  std::array<double, 12> values() const;  // in the order of kCocoNumberNames
  bool operator==(const CocoNumbers&) const = default;
};

inline constexpr std::array<std::string_view, 12> kCocoNumberNames = {"AP",  "AP50", "AP75",  "AP_small", "AP_medium", "AP_large",
                                                                      "AR1", "AR10", "AR100", "AR_small", "AR_medium", "AR_large"};

// The names with other numbers of detections: "AR300".
std::array<std::string, 12> coco_number_names(const MatchSettings& settings);

struct CategoryAccuracy {
  std::int64_t category_id = 0;
  std::string name;
  std::int64_t objects = 0;  // annotated ones that are no crowd
  double AP = -1, AP50 = -1;
};

struct CocoAccuracy {
  CocoNumbers numbers;
  std::vector<CategoryAccuracy> categories;  // by rising id
};

// Matches of every category of `truth`, by rising category id. The image indices are those of the sorted image ids.
struct CocoMatches {
  ScratchVector<std::int64_t> image_ids;
  std::vector<std::int64_t> category_ids;
  std::vector<CategoryMatches> categories;
};

// Of images and categories, rising, none twice.
struct CocoIds {
  ScratchVector<std::int64_t> image_ids;
  std::vector<std::int64_t> category_ids;
};
CocoIds ids_of(const CocoGroundTruth& truth);

// Matches `results` with `truth`. Results of categories that `truth` lacks are left out, as are annotations of images that
// it does not list and results whose score is NaN.
//   error    kMalformed: a result names an image that `truth` does not list
//   threads  share the categories out; the answer does not depend on them
Result<CocoMatches> match_coco(const CocoGroundTruth& truth, std::span<const CocoResult> results, int threads = 1,
                               const MatchSettings& settings = {});

// Everything that the 12 numbers take from one category.
struct CategoryTable {
  std::array<CategoryScore, kSizeClassCount> by_size;
  CategoryScore with_fewest, with_fewer;  // detections an image
};

// The second half of evaluate_coco(), of categories one after another, so that no more of their matches than those of a few need to be in
// memory.
class CocoTally {
 public:
  explicit CocoTally(const MatchSettings& settings = {}) : settings_(settings) {}

  //   matches   made with the tally's settings, of these categories of `truth`, none of which was added before
  void add(std::span<const std::int64_t> category_ids, std::span<const CategoryMatches> matches, const CocoGroundTruth& truth, int threads);
  // Categories in the order in which they were added.
  CocoAccuracy accuracy() const;

 private:
  MatchSettings settings_;
  std::vector<CategoryTable> tables_;
  std::vector<CategoryAccuracy> categories_;
};

// All of it at once.
CocoAccuracy score_coco(const CocoMatches& matches, const CocoGroundTruth& truth, int threads = 1, const MatchSettings& settings = {});

// The 12 numbers and those of each category: the numbers of pycocotools' COCOeval("bbox") to 1e-12.
Result<CocoAccuracy> evaluate_coco(const CocoGroundTruth& truth, std::span<const CocoResult> results, int threads = 1,
                                   const MatchSettings& settings = {});

}  // namespace octet
