#include "eval/error_kinds.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "eval/average_precision.h"
#include "eval/id_index.h"

namespace octet {
namespace {

constexpr double kRight = 0.5, kBackground = 0.1;  // IoU
constexpr std::size_t kMostInImage = 100;

// A detection that counts, as it is and as it would be with its error mended.
struct Point {
  double score = 0;
  std::uint32_t category = 0;
  std::optional<ErrorKind> error{};          // none: it is right
  std::optional<std::uint32_t> mended_as{};  // the category in which it would be right; none: it would not be there
};

struct Tally {
  std::vector<Point> points;
  std::vector<std::int64_t> objects, misses;  // by category
};

struct Object {
  const CocoAnnotation* annotation;
  std::uint32_t category;
  bool is_found = false;
  bool is_claimed = false;  // by the best detection that would be right if its error were mended
};

// One image: what is annotated and what was found in it.
struct Scene {
  std::vector<Object> objects, crowds;
  std::vector<std::pair<const CocoResult*, std::uint32_t>> found;  // with its category
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
    const double overlap = wanted(object) ? iou(box, object.annotation->box) : 0;
    if (overlap > best.overlap) best = {&object, overlap};
  }
  return best;
}

bool is_in_crowd(const BoxLtwh& box, std::uint32_t category, const Scene& scene) {
  return std::ranges::any_of(scene.crowds, [&](const Object& crowd) {
    return crowd.category == category && intersection(box, crowd.annotation->box) > kRight * box.area();
  });
}

// Says what is wrong with detections that found nothing; the best one comes first.
class Judge {
 public:
  Judge(Scene& scene, Tally& tally) : scene_(scene), tally_(tally) {}

  void run() {
    std::vector<bool> is_right;
    for (const auto& [found, category] : scene_.found) is_right.push_back(take_object(found->box, category));
    for (std::size_t i = 0; i < scene_.found.size(); ++i) {
      const auto& [found, category] = scene_.found[i];
      if (is_right[i])
        tally_.points.push_back({found->score, category});
      else if (!is_in_crowd(found->box, category, scene_))
        tally_.points.push_back(wrong(*found, category));
    }
    for (const Object& object : scene_.objects) tally_.misses[object.category] += !object.is_found && !object.is_claimed;
  }

 private:
  bool take_object(const BoxLtwh& box, std::uint32_t category) {
    const auto [object, overlap] =
        nearest(box, scene_.objects, [&](const Object& one) { return one.category == category && !one.is_found; });
    if (overlap < kRight) return false;
    return object->is_found = true;
  }

  Point wrong(const CocoResult& found, std::uint32_t category) {
    Point point{found.score, category};
    const Nearest same = nearest(found.box, scene_.objects, [&](const Object& one) { return one.category == category; });
    const Nearest other = nearest(found.box, scene_.objects, [&](const Object& one) { return one.category != category; });
    if (same.overlap >= kBackground && same.overlap <= kRight) {
      point.error = ErrorKind::kLocation;
      point.mended_as = claim(*same.object);
    } else if (other.overlap >= kRight) {
      point.error = ErrorKind::kClass;
      point.mended_as = claim(*other.object);
    } else if (same.overlap >= kRight) {
      point.error = ErrorKind::kDuplicate;
    } else {
      point.error = std::max(same.overlap, other.overlap) <= kBackground ? ErrorKind::kBackground : ErrorKind::kBoth;
    }
    return point;
  }

  static std::optional<std::uint32_t> claim(Object& object) {
    if (object.is_found || object.is_claimed) return std::nullopt;
    object.is_claimed = true;
    return object.category;
  }

  Scene& scene_;
  Tally& tally_;
};

std::vector<std::int64_t> unique_ids(const auto& records) {
  std::vector<std::int64_t> ids;
  for (const auto& record : records) ids.push_back(record.id);
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

Result<std::vector<Scene>> scenes_of(const CocoGroundTruth& truth, std::span<const CocoResult> results, const IdIndex& categories) {
  const std::vector<std::int64_t> image_ids = unique_ids(truth.images);
  const IdIndex images(image_ids);
  std::vector<Scene> scenes(image_ids.size());
  for (const CocoAnnotation& annotation : truth.annotations) {
    const std::uint32_t image = images.find(annotation.image_id), category = categories.find(annotation.category_id);
    if (image == IdIndex::kNone || category == IdIndex::kNone) continue;
    Scene& scene = scenes[image];
    (annotation.is_crowd ? scene.crowds : scene.objects).push_back({&annotation, category});
  }
  for (const CocoResult& result : results) {
    const std::uint32_t image = images.find(result.image_id), category = categories.find(result.category_id);
    if (image == IdIndex::kNone)
      return Error{ErrorCode::kInvalidArgument,
                   "a result is of image " + std::to_string(result.image_id) + ", which the annotations do not list"};
    if (category != IdIndex::kNone && !std::isnan(result.score)) scenes[image].found.emplace_back(&result, category);
  }
  for (Scene& scene : scenes) {
    std::ranges::stable_sort(scene.found, std::ranges::greater(), [](const auto& found) { return found.first->score; });
    scene.found.resize(std::min(scene.found.size(), kMostInImage));
  }
  return scenes;
}

// AP at an IoU of 0.5 over the categories that have objects, with the errors of one kind mended.
double mean_precision(const Tally& tally, std::optional<ErrorKind> mended) {
  std::vector<CategoryMatches> categories(tally.objects.size());
  const auto add = [&](double score, std::uint32_t category, bool is_right) {
    MatchedDetection detection{.score = score};
    detection.matched[0] = is_right;
    categories[category].detections.push_back(detection);
  };
  for (const Point& point : tally.points) {
    if (!point.error || point.error != mended)
      add(point.score, point.category, !point.error);
    else if (point.mended_as)
      add(point.score, *point.mended_as, true);
  }
  double sum = 0;
  std::int64_t count = 0;
  for (std::size_t k = 0; k < categories.size(); ++k) {
    const std::int64_t objects = tally.objects[k] - (mended == ErrorKind::kMiss ? tally.misses[k] : 0);
    auto& detections = categories[k].detections;
    if (tally.objects[k] == 0 || (objects == 0 && detections.empty())) continue;
    std::ranges::stable_sort(detections, std::ranges::greater(), &MatchedDetection::score);
    categories[k].objects[0].resize(static_cast<std::size_t>(objects));
    sum += score_category(categories[k], SizeClass::kAll, static_cast<int>(kMostInImage)).average_precision[0];
    ++count;
  }
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

}  // namespace

Result<ErrorCosts> error_costs(const CocoGroundTruth& truth, std::span<const CocoResult> results) {
  const std::vector<std::int64_t> category_ids = unique_ids(truth.categories);
  const IdIndex categories(category_ids);
  OCTET_ASSIGN(std::vector<Scene> scenes, scenes_of(truth, results, categories));
  Tally tally{{}, std::vector<std::int64_t>(category_ids.size()), std::vector<std::int64_t>(category_ids.size())};
  for (Scene& scene : scenes) {
    for (const Object& object : scene.objects) ++tally.objects[object.category];
    Judge(scene, tally).run();
  }
  ErrorCosts costs{};
  for (const Point& point : tally.points)
    if (point.error) ++costs[static_cast<std::size_t>(*point.error)].count;
  for (const std::int64_t misses : tally.misses) costs[static_cast<std::size_t>(ErrorKind::kMiss)].count += misses;
  const double as_it_is = mean_precision(tally, std::nullopt);
  for (std::size_t kind = 0; kind < kErrorKindCount; ++kind)
    costs[kind].ap50 = std::max(0.0, mean_precision(tally, static_cast<ErrorKind>(kind)) - as_it_is);
  return costs;
}

}  // namespace octet
