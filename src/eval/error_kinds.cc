#include "eval/error_kinds.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

// A detection that counts. Small, as there is one for each that a model found.
struct Point {
  double score = 0;
  std::uint32_t order = 0;  // among all points: of equal scores the first comes first
  Role role = Role::kRight;
  ErrorKind error{};  // of one that is not right
};

// What one category comes to.
struct Tally {
  std::vector<Point> points;
  std::int64_t objects = 0, misses = 0;
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
    const double overlap = wanted(object) ? iou(box, object.annotation->box) : 0;
    if (overlap > best.overlap) best = {&object, overlap};
  }
  return best;
}

bool is_in_crowd(const BoxLtwh& box, std::uint32_t category, const Scene& scene) {
  return std::ranges::any_of(scene.crowds, [&](const Object& crowd) {
    return crowd.category == category && intersection(box, crowd.annotation->box) > kRightIou * box.area();
  });
}

// Says what is wrong with detections that found nothing; the best one comes first.
class Judge {
 public:
  explicit Judge(std::vector<Tally>& tallies) : tallies_(tallies) {}

  void run(Scene scene) {
    std::vector<bool> is_right;
    for (const auto& [found, category] : scene.found) is_right.push_back(take_object(found.box, category, scene));
    for (std::size_t i = 0; i < scene.found.size(); ++i) {
      const auto& [found, category] = scene.found[i];
      if (is_right[i])
        add(category, found.score, Role::kRight, {});
      else if (!is_in_crowd(found.box, category, scene))
        add_wrong(found, category, scene);
      ++order_;
    }
    for (const Object& object : scene.objects) {
      ++tallies_[object.category].objects;
      tallies_[object.category].misses += !object.is_found && !object.is_claimed;
    }
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

  void add(std::uint32_t category, double score, Role role, ErrorKind error) {
    tallies_[category].points.push_back({score, order_, role, error});
  }

  std::vector<Tally>& tallies_;
  std::uint32_t order_ = 0;
};

std::vector<std::int64_t> unique_ids(const auto& records) {
  std::vector<std::int64_t> ids;
  for (const auto& record : records) ids.push_back(record.id);
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

// What is annotated in each image.
std::vector<Scene> scenes_of(const CocoGroundTruth& truth, const IdIndex& images, std::size_t count, const IdIndex& categories) {
  std::vector<Scene> scenes(count);
  for (const CocoAnnotation& annotation : truth.annotations) {
    const std::uint32_t image = images.find(annotation.image_id), category = categories.find(annotation.category_id);
    if (image == IdIndex::kNone || category == IdIndex::kNone) continue;
    Scene& scene = scenes[image];
    (annotation.is_crowd ? scene.crowds : scene.objects).push_back({&annotation, category});
  }
  return scenes;
}

void fill(const std::vector<CocoResult>& results, const IdIndex& categories, Scene& scene) {
  for (const CocoResult& result : results)
    if (const std::uint32_t category = categories.find(result.category_id); category != IdIndex::kNone && !std::isnan(result.score))
      scene.found.emplace_back(result, category);
  std::ranges::stable_sort(scene.found, std::ranges::greater(), [](const auto& found) { return found.first.score; });
  scene.found.resize(std::min(scene.found.size(), kMostInImage));
}

void sort_points(Tally& tally) {
  std::ranges::sort(tally.points,
                    [](const Point& a, const Point& b) { return a.score != b.score ? a.score > b.score : a.order < b.order; });
}

// AP of one category at an IoU of 0.5, with the errors of one kind mended; none where nothing is to be found.
std::optional<double> precision(const Tally& tally, std::optional<ErrorKind> mended) {
  CategoryMatches matches;
  for (const Point& point : tally.points) {
    const bool is_mended = point.role != Role::kRight && mended && point.error == *mended;
    if (point.role == (is_mended ? Role::kWrong : Role::kMended)) continue;
    MatchedDetection detection{.score = point.score};
    detection.matched[0] = point.role != Role::kWrong;
    matches.detections.push_back(detection);
  }
  const std::int64_t objects = tally.objects - (mended == ErrorKind::kMiss ? tally.misses : 0);
  if (tally.objects == 0 || (objects == 0 && matches.detections.empty())) return std::nullopt;
  matches.objects[0].resize(static_cast<std::size_t>(objects));
  return score_category(matches, SizeClass::kAll, static_cast<int>(kMostInImage)).average_precision[0];
}

// Over the categories that have objects.
double mean_precision(const std::vector<Tally>& tallies, std::optional<ErrorKind> mended) {
  double sum = 0;
  std::int64_t count = 0;
  for (const Tally& tally : tallies) {
    const auto of_category = precision(tally, mended);
    sum += of_category.value_or(0);
    count += of_category.has_value();
  }
  return count > 0 ? sum / static_cast<double>(count) : 0;
}

ErrorCosts costs_in(const std::vector<Tally>& tallies) {
  ErrorCosts costs{};
  for (const Tally& tally : tallies) {
    for (const Point& point : tally.points)
      if (point.role == Role::kWrong) ++costs[static_cast<std::size_t>(point.error)].count;
    costs[static_cast<std::size_t>(ErrorKind::kMiss)].count += tally.misses;
  }
  const double as_it_is = mean_precision(tallies, std::nullopt);
  for (std::size_t kind = 0; kind < kErrorKindCount; ++kind)
    costs[kind].ap50 = std::max(0.0, mean_precision(tallies, static_cast<ErrorKind>(kind)) - as_it_is);
  return costs;
}

}  // namespace

Result<ErrorCosts> error_costs(const CocoGroundTruth& truth, const ResultSource& source) {
  const std::vector<std::int64_t> image_ids = unique_ids(truth.images), category_ids = unique_ids(truth.categories);
  const IdIndex images(image_ids), categories(category_ids);
  std::vector<Scene> scenes = scenes_of(truth, images, image_ids.size(), categories);
  std::vector<Tally> tallies(category_ids.size());
  Judge judge(tallies);
  std::vector<CocoResult> results;
  for (std::size_t place = 0; place < source.image_ids().size(); ++place) {
    const std::int64_t id = source.image_ids()[place];
    const std::uint32_t image = images.find(id);
    if (image == IdIndex::kNone)
      return Error{ErrorCode::kInvalidArgument, "a result is of image " + std::to_string(id) + ", which the annotations do not list"};
    source.read(place, results);
    fill(results, categories, scenes[image]);
    judge.run(std::exchange(scenes[image], {}));
  }
  for (Scene& scene : scenes) judge.run(std::move(scene));  // those in which nothing was found
  for (Tally& tally : tallies) sort_points(tally);
  return costs_in(tallies);
}

}  // namespace octet
