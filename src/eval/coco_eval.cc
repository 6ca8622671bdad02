#include "eval/coco_eval.h"

#include <algorithm>
#include <cmath>

#include "base/parallel.h"
#include "eval/average_precision.h"

namespace octet {
namespace {

template <typename Record>
std::vector<std::int64_t> sorted_ids(const std::vector<Record>& records) {
  std::vector<std::int64_t> ids;
  ids.reserve(records.size());
  for (const Record& record : records) ids.push_back(record.id);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// Index of `id`, or ids.size().
std::size_t index_of(const std::vector<std::int64_t>& ids, std::int64_t id) {
  const auto at = std::lower_bound(ids.begin(), ids.end(), id);
  return at != ids.end() && *at == id ? static_cast<std::size_t>(at - ids.begin()) : ids.size();
}

std::vector<std::vector<TruthBox>> truth_by_category(const CocoGroundTruth& truth, const CocoMatches& ids) {
  std::vector<std::vector<TruthBox>> boxes(ids.category_ids.size());
  for (const CocoAnnotation& annotation : truth.annotations) {
    const std::size_t image = index_of(ids.image_ids, annotation.image_id);
    const std::size_t category = index_of(ids.category_ids, annotation.category_id);
    if (image == ids.image_ids.size() || category == boxes.size()) continue;
    boxes[category].push_back(
        {static_cast<std::uint32_t>(image), annotation.box, annotation.area, annotation.is_crowd, annotation.id != 0});
  }
  return boxes;
}

Result<std::vector<std::vector<FoundBox>>> found_by_category(std::span<const CocoResult> results, const CocoMatches& ids) {
  std::vector<std::vector<FoundBox>> boxes(ids.category_ids.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    const CocoResult& result = results[i];
    const std::size_t image = index_of(ids.image_ids, result.image_id);
    if (image == ids.image_ids.size())
      return Error{ErrorCode::kInvalidArgument, "result " + std::to_string(i) + " is of image " + std::to_string(result.image_id) +
                                                    ", which the annotations do not list; are they of the same data set?"};
    const std::size_t category = index_of(ids.category_ids, result.category_id);
    if (category == boxes.size() || std::isnan(result.score)) continue;
    boxes[category].push_back({static_cast<std::uint32_t>(image), result.box, result.score});
  }
  return boxes;
}

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Everything that the 12 numbers take from one category.
struct CategoryTable {
  std::array<CategoryScore, kSizeClassCount> by_size;
  CategoryScore with_1, with_10;  // detections an image
};

CategoryTable tabulate(const CategoryMatches& matches) {
  CategoryTable table;
  for (int size = 0; size < kSizeClassCount; ++size)
    table.by_size[size] = score_category(matches, static_cast<SizeClass>(size), kMaxDetections);
  table.with_1 = score_category(matches, SizeClass::kAll, 1);
  table.with_10 = score_category(matches, SizeClass::kAll, 10);
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
      tables, [](const CategoryTable& table) -> const CategoryScore& { return table.with_1; }, recall);
  numbers.AR10 = mean_over(
      tables, [](const CategoryTable& table) -> const CategoryScore& { return table.with_10; }, recall);
  numbers.AR100 = mean_over(tables, all, recall);
  numbers.AR_small = mean_over(tables, small, recall);
  numbers.AR_medium = mean_over(tables, medium, recall);
  numbers.AR_large = mean_over(tables, large, recall);
  return numbers;
}

std::string name_of_category(const CocoGroundTruth& truth, std::int64_t id) {
  const auto at = std::find_if(truth.categories.begin(), truth.categories.end(), [&](const CocoCategory& c) { return c.id == id; });
  return at != truth.categories.end() ? at->name : std::string();
}

}  // namespace

std::array<double, 12> CocoNumbers::values() const {
  return {AP, AP50, AP75, AP_small, AP_medium, AP_large, AR1, AR10, AR100, AR_small, AR_medium, AR_large};
}

Result<CocoMatches> match_coco(const CocoGroundTruth& truth, std::span<const CocoResult> results, int threads) {
  CocoMatches matches{sorted_ids(truth.images), sorted_ids(truth.categories), {}};
  OCTET_ASSIGN(const auto found, found_by_category(results, matches));
  const auto annotated = truth_by_category(truth, matches);
  matches.categories.resize(matches.category_ids.size());
  parallel_for_each(threads, matches.categories.size(),
                    [&](int, std::size_t k) { matches.categories[k] = match_category(annotated[k], found[k]); });
  return matches;
}

Result<CocoAccuracy> evaluate_coco(const CocoGroundTruth& truth, std::span<const CocoResult> results, int threads) {
  OCTET_ASSIGN(const CocoMatches matches, match_coco(truth, results, threads));
  std::vector<CategoryTable> tables(matches.categories.size());
  parallel_for_each(threads, tables.size(), [&](int, std::size_t k) { tables[k] = tabulate(matches.categories[k]); });

  CocoAccuracy accuracy{summarize(tables), {}};
  for (std::size_t k = 0; k < tables.size(); ++k) {
    CategoryAccuracy category{matches.category_ids[k], name_of_category(truth, matches.category_ids[k]),
                              static_cast<std::int64_t>(matches.categories[k].objects[0].size())};
    if (const CategoryScore& score = tables[k].by_size[0]; score.is_defined) {
      category.AP = mean(score.average_precision);
      category.AP50 = score.average_precision[0];
    }
    accuracy.categories.push_back(std::move(category));
  }
  return accuracy;
}

}  // namespace octet
