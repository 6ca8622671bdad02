#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eval/coco_eval.h"
#include "eval/resampled_precision.h"

namespace octet {

struct BootstrapOptions {
  int resamples = 10'000;
  double confidence = 0.95;
  std::uint64_t seed = 1;
};

// How sure the difference of two models' AP is on the images at hand.
struct ApDrop {
  double drop = 0;            // AP of the first less AP of the second, on the images as they are
  double low = 0, high = 0;   // percentile interval at the confidence asked for
  double standard_error = 0;  // standard deviation over the resamples
  // How often chance alone would give a change this large, up or down: twice the smaller share of draws on one side of 0. Where no draw
  // lies there, the normal distribution of the same standard error tells how far below 1 / draws it is. A draw without an object of
  // the kind counts on both sides, so that nothing is certain of a category that is in a few images.
  double p_value = 1;
  std::vector<double> draws{};  // the drop of each that has an object of the kind, rising
  double unknown_share = 0;     // of draws that have none

  // What the drop does not exceed at this confidence, one-sided; 1, the most that there is, where too many draws are unknown.
  double upper_bound(double confidence) const;
};

// The drop of a size or of a category.
struct PartDrop {
  std::string name;              // "small", or the category's
  std::int64_t category_id = 0;  // of a category
  ApDrop drop;
  double adjusted_p = 1;  // corrected for all parts (holm_adjusted): a part is certain to have changed where this is below 0.05
};

struct ApDrops {
  ApDrop all;
  std::array<std::optional<PartDrop>, 3> sizes;  // small, medium, large, where objects of the size are annotated
  std::vector<PartDrop> categories;              // those with objects, by rising id
};

// AP of a category, by its place, in each draw; NaN in a draw without an object of the size. For one thread.
using DrawnAp = std::function<DrawnPrecision(SizeClass size, std::size_t category, const DrawCounts& draws)>;

// A model whose AP can be drawn again without matching again.
struct ResampledModel {
  double ap = -1;                                    // on the images as they are; -1 where nothing is annotated
  std::array<double, 3> ap_of_sizes = {-1, -1, -1};  // small, medium, large; -1 where there are none, or sizes are not told apart
  std::vector<CategoryAccuracy> categories;
  std::size_t images = 0;
  std::function<DrawnAp()> make_drawn_ap;  // one for each thread
};

// What is drawn again of COCO's metric, or of one that is COCO's with other matches: those of categories one after another.
class ResampledMatches {
 public:
  explicit ResampledMatches(const MatchSettings& settings = {}) : settings_(settings) {}

  //   matches   made with these settings
  void add(std::span<const CategoryMatches> matches);
  //   accuracy   of all matches that were added
  //   images     that they are of
  ResampledModel model(CocoAccuracy accuracy, std::size_t images) &&;

 private:
  MatchSettings settings_;
  std::array<CountedCategories, kSizeClassCount> counted_;
};

// Paired bootstrap: draws as many images as there are, with replacement, scores both models on the same draw, and repeats.
// Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3 (percentile interval). The same seed gives the
// same answer at any number of threads. Costs a pass over both lists of detections for every kDrawsAtOnce draws; matching is done once.
//   first, second   of the same images and categories, by the same metric
//   error           kInvalidArgument: no resamples, or nothing annotated
Result<ApDrops> bootstrap_ap_drop(const ResampledModel& first, const ResampledModel& second, const BootstrapOptions& options = {},
                                  int threads = 1);
// The same by COCO's metric. kMalformed for a result of an image that is not listed.
Result<ApDrops> bootstrap_ap_drop(const CocoGroundTruth& truth, std::span<const CocoResult> first, std::span<const CocoResult> second,
                                  const BootstrapOptions& options = {}, int threads = 1);

// Holm, "A Simple Sequentially Rejective Multiple Test Procedure", 1979: with these below 0.05, the chance that any part at all is called
// changed which is not stays below 0.05, however the parts depend on one another. (Benjamini and Hochberg bound the share of false
// ones among those that are called so. A build that refuses a model by one class must not do so by chance, hence Holm.)
std::vector<double> holm_adjusted(std::span<const double> p_values);

}  // namespace octet
