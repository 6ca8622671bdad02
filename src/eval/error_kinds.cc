#include "eval/error_kinds.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "base/sorted_list.h"
#include "base/spilled_lists.h"
#include "eval/annotations_by_image.h"
#include "eval/average_precision.h"
#include "eval/id_index.h"

namespace octet {
namespace {

constexpr double kRightIou = 0.5, kBackgroundIou = 0.1;
constexpr std::size_t kMostInImage = 100;

enum class Role : std::uint8_t {
  kRight,   // a detection that is right
  kWrong,   // one with an error, as it is
  kMended,  // the same where its error is mended, in the category in which it is right then
};

// A detection that counts. Small, as there is one for each that a model found; of equal scores the first comes first.
struct Point {
  double score = 0;
  Role role = Role::kRight;
  ErrorKind error{};  // of one that is not right
};

// What one category comes to.
struct Counts {
  std::int64_t objects = 0, misses = 0;
};
struct Tally {
  SortedList<Point, &Point::score> points;
  Counts counts;
};

struct Object {
  BoxLtwh box;
  std::uint32_t category;
  bool is_found = false;
  bool is_claimed = false;  // by the best detection that would be right if its error were mended
};

// One image: what is annotated and what was found in it.
struct Scene {
  std::vector<Object> objects, crowds;
  std::vector<std::pair<CocoResult, std::uint32_t>> found;  // with its category; by falling score
};

// The object with the highest overlap of those that `wanted` takes, and that overlap; the first of equals.
struct Nearest {
  Object* object = nullptr;
  double overlap = 0;
};
template <typename Wanted>
Nearest nearest(const BoxLtwh& box, std::vector<Object>& objects, Wanted wanted) {
  Nearest best;
  for (Object& object : objects) {
    const double overlap = wanted(object) ? iou(box, object.box) : 0;
    if (overlap > best.overlap) best = {&object, overlap};
  }
  return best;
}

bool is_in_crowd(const BoxLtwh& box, std::uint32_t category, const Scene& scene) {
  return std::ranges::any_of(scene.crowds, [&](const Object& crowd) {
    return crowd.category == category && intersection(box, crowd.box) > kRightIou * box.area();
  });
}

// Says what is wrong with detections that found nothing; the best one comes first.
class Judge {
 public:
  explicit Judge(std::size_t categories) : points_(categories), counts_(categories) {}

  void run(Scene& scene) {
    std::vector<bool> is_right;
    for (const auto& [found, category] : scene.found) is_right.push_back(take_object(found.box, category, scene));
    for (std::size_t i = 0; i < scene.found.size(); ++i) {
      const auto& [found, category] = scene.found[i];
      if (is_right[i])
        add(category, found.score, Role::kRight, {});
      else if (!is_in_crowd(found.box, category, scene))
        add_wrong(found, category, scene);
    }
    for (const Object& object : scene.objects) {
      ++counts_[object.category].objects;
      counts_[object.category].misses += !object.is_found && !object.is_claimed;
    }
  }

  Tally tally(std::size_t category) const {
    constexpr std::size_t kAtOnce = std::size_t{1} << 14;
    Tally tally{{}, counts_[category]};
    std::vector<Point> points;
    for (std::size_t begin = 0; begin < points_.count(category); begin += points.size()) {
      points_.read(points, category, begin, std::min(kAtOnce, points_.count(category) - begin));
      for (const Point& point : points) tally.points.add(point);
    }
    tally.points.sort();
    return tally;
  }

 private:
  static bool take_object(const BoxLtwh& box, std::uint32_t category, Scene& scene) {
    const auto [object, overlap] =
        nearest(box, scene.objects, [&](const Object& one) { return one.category == category && !one.is_found; });
    if (overlap < kRightIou) return false;
    return object->is_found = true;
  }

  void add_wrong(const CocoResult& found, std::uint32_t category, Scene& scene) {
    const Nearest same = nearest(found.box, scene.objects, [&](const Object& one) { return one.category == category; });
    const Nearest other = nearest(found.box, scene.objects, [&](const Object& one) { return one.category != category; });
    if (same.overlap >= kBackgroundIou && same.overlap <= kRightIou)
      add_claim(found, category, ErrorKind::kLocation, *same.object);
    else if (other.overlap >= kRightIou)
      add_claim(found, category, ErrorKind::kClass, *other.object);
    else if (same.overlap >= kRightIou)
      add(category, found.score, Role::kWrong, ErrorKind::kDuplicate);
    else
      add(category, found.score, Role::kWrong,
          std::max(same.overlap, other.overlap) <= kBackgroundIou ? ErrorKind::kBackground : ErrorKind::kBoth);
  }

  // Mended, it is right if it is the best that the object could have.
  void add_claim(const CocoResult& found, std::uint32_t category, ErrorKind error, Object& object) {
    add(category, found.score, Role::kWrong, error);
    if (object.is_found || object.is_claimed) return;
    object.is_claimed = true;
    add(object.category, found.score, Role::kMended, error);
  }

  void add(std::uint32_t category, double score, Role role, ErrorKind error) { points_.add(category, {score, role, error}); }

  SpilledLists<Point> points_;  // by category
  std::vector<Counts> counts_;
};

void add_annotated(const AnnotationsByImage& annotated, std::size_t image, const IdIndex& categories, Scene& scene) {
  annotated.for_each(image, [&](const CocoAnnotation& annotation) {
    (annotation.is_crowd ? scene.crowds : scene.objects).push_back({annotation.box, categories.find(annotation.category_id)});
  });
}

void add_found(const std::vector<CocoResult>& results, const IdIndex& categories, Scene& scene) {
  for (const CocoResult& result : results)
    if (const std::uint32_t category = categories.find(result.category_id); category != IdIndex::kNone && !std::isnan(result.score))
      scene.found.emplace_back(result, category);
  std::ranges::stable_sort(scene.found, std::ranges::greater(), [](const auto& found) { return found.first.score; });
  scene.found.resize(std::min(scene.found.size(), kMostInImage));
}

// AP of one category at an IoU of 0.5, with the errors of one kind mended.
class MendedScorer {
 public:
  MendedScorer(const Counts& counts, std::optional<ErrorKind> mended)
      : mended_(mended),
        has_objects_(counts.objects > 0),
        objects_(counts.objects - (mended == ErrorKind::kMiss ? counts.misses : 0)),
        scorer_(static_cast<std::uint64_t>(objects_), SizeClass::kAll, static_cast<int>(kMostInImage)) {}

  void add(std::span<const Point> points) {
    detections_.clear();
    for (const Point& point : points) {
      const bool is_mended = point.role != Role::kRight && mended_ && point.error == *mended_;
      if (point.role == (is_mended ? Role::kWrong : Role::kMended)) continue;
      MatchedDetection detection{.score = point.score};
      detection.matched[0] = point.role != Role::kWrong;
      detections_.push_back(detection);
    }
    has_detections_ = has_detections_ || !detections_.empty();
    scorer_.add(detections_);
  }

  // None where nothing is to be found.
  std::optional<double> precision() const {
    if (!has_objects_ || (objects_ == 0 && !has_detections_)) return std::nullopt;
    return scorer_.score().average_precision[0];
  }

 private:
  std::optional<ErrorKind> mended_;
  bool has_objects_, has_detections_ = false;
  std::int64_t objects_;
  CategoryScorer scorer_;
  std::vector<MatchedDetection> detections_;  // kept for its memory
};

// What one category adds to the costs: AP as it is and, behind it, with the errors of each kind mended; and their numbers.
struct CategoryCosts {
  std::array<std::optional<double>, 1 + kErrorKindCount> precisions;
  std::array<std::int64_t, kErrorKindCount> counts{};
};

CategoryCosts costs_of(const Tally& tally) {
  CategoryCosts costs;
  std::vector<MendedScorer> scorers{{tally.counts, std::nullopt}};
  for (std::size_t kind = 0; kind < kErrorKindCount; ++kind) scorers.emplace_back(tally.counts, static_cast<ErrorKind>(kind));
  tally.points.for_each_block([&](std::span<const Point> points) {
    for (MendedScorer& scorer : scorers) scorer.add(points);
    for (const Point& point : points)
      if (point.role == Role::kWrong) ++costs.counts[static_cast<std::size_t>(point.error)];
  });
  for (std::size_t which = 0; which < scorers.size(); ++which) costs.precisions[which] = scorers[which].precision();
  costs.counts[static_cast<std::size_t>(ErrorKind::kMiss)] += tally.counts.misses;
  return costs;
}

// Over the categories that have objects.
double mean_precision(const std::vector<CategoryCosts>& categories, std::size_t which) {
  double sum = 0;
  std::int64_t count = 0;
  for (const CategoryCosts& category : categories) {
    sum += category.precisions[which].value_or(0);
    count += category.precisions[which].has_value();
  }
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

ErrorCosts sum_up(const std::vector<CategoryCosts>& categories) {
  ErrorCosts costs{};
  for (std::size_t kind = 0; kind < kErrorKindCount; ++kind) {
    for (const CategoryCosts& category : categories) costs[kind].count += category.counts[kind];
    costs[kind].ap50 = std::max(0.0, mean_precision(categories, 1 + kind) - mean_precision(categories, 0));
  }
  return costs;
}

}  // namespace

Result<ErrorCosts> error_costs(const CocoGroundTruth& truth, const CocoIds& ids, const ResultSource& source, int threads) {
  OCTET_RETURN_IF_ERROR(check_images(source, ids.image_ids));
  const IdIndex categories(ids.category_ids);
  const AnnotationsByImage annotated(truth, ids);
  Judge judge(ids.category_ids.size());
  std::vector<CocoResult> results;
  Scene scene;
  for (std::size_t image = 0, place = 0; image < ids.image_ids.size(); ++image) {
    scene.objects.clear();
    scene.crowds.clear();
    scene.found.clear();
    add_annotated(annotated, image, categories, scene);
    if (place < source.image_ids().size() && source.image_ids()[place] == ids.image_ids[image]) {
      source.read(place++, results);
      add_found(results, categories, scene);
    }
    judge.run(scene);
  }
  std::vector<CategoryCosts> costs(ids.category_ids.size());
  parallel_for_each(threads, costs.size(), [&](int, std::size_t k) { costs[k] = costs_of(judge.tally(k)); });
  return sum_up(costs);
}

}  // namespace octet
