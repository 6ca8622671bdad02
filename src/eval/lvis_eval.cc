// lvis: what LVIS's own code does beyond COCO's.

#include <algorithm>
#include <unordered_map>

#include "eval/by_category.h"
#include "eval/id_index.h"
#include "eval/judged_results.h"
#include "eval/metric.h"

namespace octet {
namespace {

MatchSettings lvis_settings() {
  MatchSettings settings;
  settings.max_detections.fill(static_cast<int>(kLvisMostInImage));
  return settings;
}

// The images, rising, in which not all objects of a category are annotated, by category.
using PartlyAnnotated = std::unordered_map<std::int64_t, std::vector<std::uint32_t>>;

PartlyAnnotated partly_annotated(const CocoGroundTruth& truth, std::span<const std::int64_t> image_ids) {
  const IdIndex images(image_ids);
  PartlyAnnotated images_of;
  for (const CocoVerification& verification : truth.verifications)
    if (const std::uint32_t image = images.find(verification.image_id); image != IdIndex::kNone)
      for (const std::int64_t category : verification.partly) images_of[category].push_back(image);
  for (auto& [category, places] : images_of) std::ranges::sort(places);
  return images_of;
}

// What meets nothing may be right where not all objects are annotated.
void ignore_misses(std::span<MatchedDetection> matches, std::span<const std::uint32_t> images) {
  for (MatchedDetection& detection : matches) {
    if (!std::ranges::binary_search(images, detection.image)) continue;
    for (std::size_t size = 0; size < kSizeClassCount; ++size)
      detection.ignored[size] |= static_cast<ThresholdBits>(~detection.matched[size] & kEveryThreshold);
  }
}

// Over the categories of one frequency that have objects.
double mean_precision(const CocoAccuracy& accuracy, const CocoGroundTruth& truth, CategoryFrequency frequency) {
  std::unordered_map<std::int64_t, CategoryFrequency> frequency_of;
  for (const CocoCategory& category : truth.categories) frequency_of[category.id] = category.frequency;
  double sum = 0;
  int count = 0;
  for (const CategoryAccuracy& category : accuracy.categories) {
    if (category.AP < 0 || frequency_of.at(category.category_id) != frequency) continue;
    sum += category.AP;
    ++count;
  }
  return count > 0 ? sum / count : -1;
}

}  // namespace

Result<MetricAccuracy> evaluate_lvis(const CocoGroundTruth& truth, const ResultSource& results, int threads) {
  const MatchSettings settings = lvis_settings();
  const CocoIds ids = ids_of(truth);
  const PartlyAnnotated partly = partly_annotated(truth, ids.image_ids);
  OCTET_ASSIGN(const auto judged, judged_results(truth, results, kLvisMostInImage));
  OCTET_ASSIGN(const FoundBoxes found, FoundBoxes::of(*judged, ids));
  TruthBoxes annotated(truth, ids);
  CocoTally tally(settings);
  ResampledMatches resampled(settings);
  const auto ignore_where_partly = [&](std::int64_t category_id, std::span<MatchedDetection> matches) {
    if (const auto images = partly.find(category_id); images != partly.end()) ignore_misses(matches, images->second);
  };
  match_by_category(annotated, found, ids, threads, settings, ignore_where_partly, [&](auto category_ids, auto matches) {
    tally.add(category_ids, matches, truth, threads);
    resampled.add(matches);
  });
  CocoAccuracy accuracy = tally.accuracy();
  const CocoNumbers all = accuracy.numbers;
  return MetricAccuracy{{{"AP", all.AP},
                         {"AP50", all.AP50},
                         {"AP75", all.AP75},
                         {"AP_small", all.AP_small},
                         {"AP_medium", all.AP_medium},
                         {"AP_large", all.AP_large},
                         {"AP_rare", mean_precision(accuracy, truth, CategoryFrequency::kRare)},
                         {"AP_common", mean_precision(accuracy, truth, CategoryFrequency::kCommon)},
                         {"AP_frequent", mean_precision(accuracy, truth, CategoryFrequency::kFrequent)},
                         {"AR300", all.AR100},
                         {"AR_small", all.AR_small},
                         {"AR_medium", all.AR_medium},
                         {"AR_large", all.AR_large}},
                        std::move(resampled).model(std::move(accuracy), ids.image_ids.size())};
}

}  // namespace octet
