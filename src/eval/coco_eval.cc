#include "eval/coco_eval.h"

#include <algorithm>

#include "base/parallel.h"
#include "eval/by_category.h"

namespace octet {
namespace {

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

CategoryTable tabulate(const CategoryMatches& matches, const MatchSettings& settings) {
  CategoryTable table;
  for (int size = 0; size < kSizeClassCount; ++size)
    table.by_size[size] = score_category(matches, static_cast<SizeClass>(size), settings.most_detections());
  table.with_fewest = score_category(matches, SizeClass::kAll, settings.max_detections[0]);
  table.with_fewer = score_category(matches, SizeClass::kAll, settings.max_detections[1]);
  return table;
}

// Mean over the categories in which `pick` is defined, -1 if there is none.
template <typename Pick, typename Value>
double mean_over(const std::vector<CategoryTable>& tables, Pick pick, Value value) {
  double sum = 0;
  int count = 0;
  for (const CategoryTable& table : tables) {
    const CategoryScore& score = pick(table);
    if (!score.is_defined) continue;
    sum += value(score);
    ++count;
  }
  return count > 0 ? sum / count : -1;
}

CocoNumbers summarize(const std::vector<CategoryTable>& tables) {
  const auto of_size = [](SizeClass size) {
    return [size](const CategoryTable& table) -> const CategoryScore& { return table.by_size[static_cast<std::size_t>(size)]; };
  };
  const auto all = of_size(SizeClass::kAll), small = of_size(SizeClass::kSmall);
  const auto medium = of_size(SizeClass::kMedium), large = of_size(SizeClass::kLarge);
  const auto precision = [](const CategoryScore& score) { return mean(score.average_precision); };
  const auto precision_at = [](int t) { return [t](const CategoryScore& score) { return score.average_precision[t]; }; };
  const auto recall = [](const CategoryScore& score) { return mean(score.recall); };

  CocoNumbers numbers;
  numbers.AP = mean_over(tables, all, precision);
  numbers.AP50 = mean_over(tables, all, precision_at(0));
  numbers.AP75 = mean_over(tables, all, precision_at(5));
  numbers.AP_small = mean_over(tables, small, precision);
  numbers.AP_medium = mean_over(tables, medium, precision);
  numbers.AP_large = mean_over(tables, large, precision);
  numbers.AR1 = mean_over(
      tables, [](const CategoryTable& table) -> const CategoryScore& { return table.with_fewest; }, recall);
  numbers.AR10 = mean_over(
      tables, [](const CategoryTable& table) -> const CategoryScore& { return table.with_fewer; }, recall);
  numbers.AR100 = mean_over(tables, all, recall);
  numbers.AR_small = mean_over(tables, small, recall);
  numbers.AR_medium = mean_over(tables, medium, recall);
  numbers.AR_large = mean_over(tables, large, recall);
  return numbers;
}

}  // namespace

std::array<double, 12> CocoNumbers::values() const {
  return {AP, AP50, AP75, AP_small, AP_medium, AP_large, AR1, AR10, AR100, AR_small, AR_medium, AR_large};
}

std::array<std::string, 12> coco_number_names(const MatchSettings& settings) {
  constexpr std::size_t kFirstRecall = 6;
  std::array<std::string, 12> names;
  std::ranges::copy(kCocoNumberNames, names.begin());
  for (std::size_t i = 0; i < settings.max_detections.size(); ++i)
    names[kFirstRecall + i] = "AR" + std::to_string(settings.max_detections[i]);
  return names;
}

Result<CocoMatches> match_coco(const CocoGroundTruth& truth, std::span<const CocoResult> results, int threads,
                               const MatchSettings& settings) {
  CocoIds ids = ids_of(truth);
  std::vector<CategoryMatches> categories(ids.category_ids.size());
  OCTET_RETURN_IF_ERROR(for_each_category(truth, results, ids, threads,
                                          [&](std::size_t k, std::span<const TruthBox> truth_boxes, std::span<const FoundBox> found_boxes) {
                                            categories[k] = match_category(truth_boxes, found_boxes, settings);
                                          }));
  return CocoMatches{std::move(ids.image_ids), std::move(ids.category_ids), std::move(categories)};
}

void CocoTally::add(std::span<const std::int64_t> category_ids, std::span<const CategoryMatches> matches, const CocoGroundTruth& truth,
                    int threads) {
  const std::size_t before = tables_.size();
  tables_.resize(before + matches.size());
  parallel_for_each(threads, matches.size(), [&](int, std::size_t k) { tables_[before + k] = tabulate(matches[k], settings_); });
  for (std::size_t k = 0; k < matches.size(); ++k) {
    CategoryAccuracy category{category_ids[k], name_of_category(truth, category_ids[k]),
                              static_cast<std::int64_t>(matches[k].objects[0].size())};
    if (const CategoryScore& score = tables_[before + k].by_size[0]; score.is_defined) {
      category.AP = mean(score.average_precision);
      category.AP50 = score.average_precision[0];
    }
    categories_.push_back(std::move(category));
  }
}

CocoAccuracy CocoTally::accuracy() const { return {summarize(tables_), categories_}; }

CocoAccuracy score_coco(const CocoMatches& matches, const CocoGroundTruth& truth, int threads, const MatchSettings& settings) {
  CocoTally tally(settings);
  tally.add(matches.category_ids, matches.categories, truth, threads);
  return tally.accuracy();
}

Result<CocoAccuracy> evaluate_coco(const CocoGroundTruth& truth, std::span<const CocoResult> results, int threads,
                                   const MatchSettings& settings) {
  OCTET_ASSIGN(const CocoMatches matches, match_coco(truth, results, threads, settings));
  return score_coco(matches, truth, threads, settings);
}

}  // namespace octet
