#include "eval/coco_eval.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/parallel.h"
#include "eval/average_precision.h"
#include "eval/id_index.h"

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

// Where a box belongs; one whose category is kNone to nothing.
struct BoxPlace {
  std::uint32_t image = 0, category = IdIndex::kNone;
};

// Numbers of boxes by category and then by image, otherwise in their order.
struct ByCategory {
  std::vector<BoxPlace> places;      // of every box
  std::vector<std::uint32_t> order;  // of those that belong to something
  std::vector<std::size_t> begin;    // of each category in `order`, and the end of the last one

  std::span<const std::uint32_t> of(std::size_t category) const {
    return std::span(order).subspan(begin[category], begin[category + 1] - begin[category]);
  }
};

// Where each key's numbers begin in the order that a stable sort by `key_of`, below `count`, gives, and the end of the last one's.
template <typename KeyOf>
std::vector<std::size_t> begins_of(std::span<const std::uint32_t> numbers, std::size_t count, KeyOf key_of) {
  std::vector<std::size_t> begins(count + 1);
  for (const std::uint32_t i : numbers) ++begins[key_of(i) + 1];
  std::partial_sum(begins.begin(), begins.end(), begins.begin());
  return begins;
}

template <typename KeyOf>
std::vector<std::uint32_t> sorted_by(std::span<const std::uint32_t> numbers, std::vector<std::size_t> begins, KeyOf key_of) {
  std::vector<std::uint32_t> sorted(numbers.size());
  for (const std::uint32_t i : numbers) sorted[begins[key_of(i)]++] = i;
  return sorted;
}

// Counts instead of comparing, so that it takes linear time.
ByCategory group(std::vector<BoxPlace> places, const CocoMatches& ids) {
  std::vector<std::uint32_t> numbers;
  numbers.reserve(places.size());
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i].category != IdIndex::kNone) numbers.push_back(static_cast<std::uint32_t>(i));
  const auto image_of = [&](std::uint32_t i) { return places[i].image; };
  const auto category_of = [&](std::uint32_t i) { return places[i].category; };
  numbers = sorted_by(numbers, begins_of(numbers, ids.image_ids.size(), image_of), image_of);
  std::vector<std::size_t> begins = begins_of(numbers, ids.category_ids.size(), category_of);
  numbers = sorted_by(numbers, begins, category_of);
  return {std::move(places), std::move(numbers), std::move(begins)};
}

ByCategory truth_by_category(const CocoGroundTruth& truth, const CocoMatches& ids) {
  const IdIndex images(ids.image_ids), categories(ids.category_ids);
  std::vector<BoxPlace> places(truth.annotations.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::uint32_t image = images.find(truth.annotations[i].image_id);
    if (image != IdIndex::kNone) places[i] = {image, categories.find(truth.annotations[i].category_id)};
  }
  return group(std::move(places), ids);
}

Result<ByCategory> found_by_category(std::span<const CocoResult> results, const CocoMatches& ids) {
  const IdIndex images(ids.image_ids), categories(ids.category_ids);
  std::vector<BoxPlace> places(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    const CocoResult& result = results[i];
    const std::uint32_t image = images.find(result.image_id);
    if (image == IdIndex::kNone)
      return Error{ErrorCode::kInvalidArgument, "result " + std::to_string(i) + " is of image " + std::to_string(result.image_id) +
                                                    ", which the annotations do not list; are they of the same data set?"};
    if (!std::isnan(result.score)) places[i] = {image, categories.find(result.category_id)};
  }
  return group(std::move(places), ids);
}

// What one thread needs to match a category; its memory is kept from one to the next.
struct MatchScratch {
  std::vector<TruthBox> truth;
  std::vector<FoundBox> found;
};

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// Everything that the 12 numbers take from one category.
struct CategoryTable {
  std::array<CategoryScore, kSizeClassCount> by_size;
  CategoryScore with_fewest, with_fewer;  // detections an image
};

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

std::string name_of_category(const CocoGroundTruth& truth, std::int64_t id) {
  const auto at = std::find_if(truth.categories.begin(), truth.categories.end(), [&](const CocoCategory& c) { return c.id == id; });
  return at != truth.categories.end() ? at->name : std::string();
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
  constexpr std::size_t kMost = IdIndex::kNone;
  if (results.size() > kMost || truth.annotations.size() > kMost)
    return Error{ErrorCode::kUnsupported, "more than " + std::to_string(kMost) + " boxes at a time"};
  CocoMatches matches{sorted_ids(truth.images), sorted_ids(truth.categories), {}};
  OCTET_ASSIGN(const ByCategory found, found_by_category(results, matches));
  const ByCategory annotated = truth_by_category(truth, matches);
  matches.categories.resize(matches.category_ids.size());
  std::vector<MatchScratch> scratch(static_cast<std::size_t>(std::max(threads, 1)));
  parallel_for_each(threads, matches.categories.size(), [&](int worker, std::size_t k) {
    auto& [truth_boxes, found_boxes] = scratch[static_cast<std::size_t>(worker)];
    truth_boxes.clear();
    found_boxes.clear();
    for (const std::uint32_t i : annotated.of(k)) {
      const CocoAnnotation& object = truth.annotations[i];
      truth_boxes.push_back({annotated.places[i].image, object.box, object.area, object.is_crowd, object.id != 0});
    }
    for (const std::uint32_t i : found.of(k)) found_boxes.push_back({found.places[i].image, results[i].box, results[i].score});
    matches.categories[k] = match_category(truth_boxes, found_boxes, settings);
  });
  return matches;
}

CocoAccuracy score_coco(const CocoMatches& matches, const CocoGroundTruth& truth, int threads, const MatchSettings& settings) {
  std::vector<CategoryTable> tables(matches.categories.size());
  parallel_for_each(threads, tables.size(), [&](int, std::size_t k) { tables[k] = tabulate(matches.categories[k], settings); });

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

Result<CocoAccuracy> evaluate_coco(const CocoGroundTruth& truth, std::span<const CocoResult> results, int threads,
                                   const MatchSettings& settings) {
  OCTET_ASSIGN(const CocoMatches matches, match_coco(truth, results, threads, settings));
  return score_coco(matches, truth, threads, settings);
}

}  // namespace octet
