#include "eval/label_errors.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>

#include "eval/annotations_by_image.h"
#include "eval/coco_eval.h"
#include "eval/id_index.h"
#include "eval/judged_results.h"

namespace octet {
namespace {

constexpr double kFits = 0.5, kOverlaps = 0.1;  // IoU
constexpr double kFitsAnyClass = 0.7;           // of another class: two objects of different classes may overlap by less
constexpr std::size_t kMostInImage = 100;

struct Object {
  CocoAnnotation annotation;
  bool is_found = false;  // by a detection of its class that fits, whatever it scores
  bool is_overlapped = false;
  bool is_named = false;  // as an error before
};

// One image: what is annotated, and what each model found, by falling score.
struct Scene {
  std::int64_t image_id = 0;
  std::vector<Object> objects;
  std::vector<CocoAnnotation> crowds;
  std::vector<std::vector<CocoResult>> found;
};

class Judge {
 public:
  Judge(Scene& scene, double confident, std::vector<LabelError>& errors) : scene_(scene), confident_(confident), errors_(errors) {}

  void run() {
    for (Object& object : scene_.objects) look_for(object);
    for (const CocoResult& found : scene_.found.front())
      if (const auto score = score_of_all(found); score && *score >= confident_) judge(found, *score);
    for (const Object& object : scene_.objects)
      if (!object.is_overlapped && !object.is_named)
        add(LabelFault::kSpurious, object.annotation.category_id, object.annotation.box, std::nullopt, object.annotation.id);
  }

 private:
  void look_for(Object& object) const {
    for (const auto& found : scene_.found)
      for (const CocoResult& one : found) {
        if (one.category_id != object.annotation.category_id) continue;
        const double overlap = iou(one.box, object.annotation.box);
        object.is_found = object.is_found || overlap >= kFits;
        object.is_overlapped = object.is_overlapped || overlap >= kOverlaps;
      }
  }

  // The lowest score at which a model has the same; none where one does not.
  std::optional<double> score_of_all(const CocoResult& found) const {
    double lowest = found.score;
    for (const auto& others : std::span(scene_.found).subspan(1)) {
      const auto same = std::ranges::find_if(
          others, [&](const CocoResult& other) { return other.category_id == found.category_id && iou(other.box, found.box) >= kFits; });
      if (same == others.end()) return std::nullopt;
      lowest = std::min(lowest, same->score);
    }
    return lowest;
  }

  void judge(const CocoResult& found, double score) {
    if (is_right(found)) return;
    double nearest = 0;
    for (Object& object : scene_.objects) {
      const double overlap = iou(found.box, object.annotation.box);
      nearest = std::max(nearest, overlap);
      const bool is_of_class = object.annotation.category_id == found.category_id;
      if (object.is_found || object.is_named) continue;
      if (!is_of_class && overlap >= kFitsAnyClass) return name(LabelFault::kClass, found, score, object);
      if (is_of_class && overlap >= kOverlaps) return name(LabelFault::kPlace, found, score, object);
    }
    if (nearest >= kOverlaps || is_in_crowd(found) || is_named(found)) return;
    add(LabelFault::kMissing, found.category_id, found.box, score, std::nullopt);
    missing_.push_back(&found);
  }

  bool is_right(const CocoResult& found) const {
    return std::ranges::any_of(scene_.objects, [&](const Object& object) {
      return object.annotation.category_id == found.category_id && iou(found.box, object.annotation.box) >= kFits;
    });
  }

  bool is_in_crowd(const CocoResult& found) const {
    return std::ranges::any_of(scene_.crowds, [&](const CocoAnnotation& crowd) {
      return crowd.category_id == found.category_id && intersection(found.box, crowd.box) > kFits * found.box.area();
    });
  }

  // By a better detection.
  bool is_named(const CocoResult& found) const {
    return std::ranges::any_of(missing_, [&](const CocoResult* other) { return iou(other->box, found.box) >= kFits; });
  }

  void name(LabelFault fault, const CocoResult& found, double score, Object& object) {
    object.is_named = true;
    add(fault, found.category_id, found.box, score, object.annotation.id);
  }

  void add(LabelFault fault, std::int64_t category_id, const BoxLtwh& box, std::optional<double> score,
           std::optional<std::int64_t> annotation_id) {
    errors_.push_back({fault, scene_.image_id, annotation_id, category_id, box, score});
  }

  Scene& scene_;
  double confident_;
  std::vector<LabelError>& errors_;
  std::vector<const CocoResult*> missing_;
};

Scene annotated_scene(const AnnotationsByImage& annotated, std::size_t image, std::int64_t image_id) {
  Scene scene{image_id, {}, {}, {}};
  annotated.for_each(image, [&](const CocoAnnotation& annotation) {
    if (annotation.is_crowd)
      scene.crowds.push_back(annotation);
    else
      scene.objects.push_back({annotation});
  });
  return scene;
}

// Gives out what a model found in one image after the other.
class ImageReader {
 public:
  ImageReader(const ResultSource& source, const IdIndex& categories) : source_(source), categories_(categories) {}

  // The best of an image, by falling score. Images come by rising id.
  std::vector<CocoResult> read(std::int64_t image_id) {
    const auto ids = source_.image_ids();
    std::vector<CocoResult> found;
    if (place_ == ids.size() || ids[place_] != image_id) return found;
    source_.read(place_++, found);
    std::erase_if(found, [&](const CocoResult& result) {
      return categories_.find(result.category_id) == IdIndex::kNone || std::isnan(result.score);
    });
    std::ranges::stable_sort(found, std::ranges::greater(), &CocoResult::score);
    found.resize(std::min(found.size(), kMostInImage));
    return found;
  }

 private:
  const ResultSource& source_;
  const IdIndex& categories_;
  std::size_t place_ = 0;
};

// Rank of an error among those of its fault: higher first.
double weight_of(const LabelError& error) { return error.score.value_or(error.box.area()); }

}  // namespace

Result<std::vector<LabelError>> suggest_label_errors(const CocoGroundTruth& truth, std::span<const ResultSource* const> models,
                                                     double confident) {
  const CocoIds ids = ids_of(truth);
  const IdIndex categories(ids.category_ids);
  std::vector<std::unique_ptr<const ResultSource>> judged;
  std::vector<ImageReader> readers;
  for (const ResultSource* model : models) {
    OCTET_RETURN_IF_ERROR(check_images(*model, ids.image_ids));
    if (!truth.verifications.empty()) {
      OCTET_ASSIGN(auto of_model, judged_results(truth, *model, std::numeric_limits<std::size_t>::max()));
      judged.push_back(std::move(of_model));
    }
    readers.emplace_back(judged.empty() ? *model : *judged.back(), categories);
  }
  std::vector<LabelError> errors;
  const AnnotationsByImage annotated(truth, ids);
  for (std::size_t image = 0; image < ids.image_ids.size(); ++image) {
    Scene scene = annotated_scene(annotated, image, ids.image_ids[image]);
    for (ImageReader& reader : readers) scene.found.push_back(reader.read(scene.image_id));
    Judge(scene, confident, errors).run();
  }
  std::ranges::stable_sort(errors, [](const LabelError& a, const LabelError& b) {
    return a.fault != b.fault ? a.fault < b.fault : weight_of(a) > weight_of(b);
  });
  return errors;
}

LabelErrorPlaces::LabelErrorPlaces(std::span<const LabelError> errors, const CocoGroundTruth& truth) : truth_(truth) {
  for (const LabelError& error : errors) {
    image_rows_[error.image_id] = 0;
    if (error.annotation_id) annotation_rows_[*error.annotation_id] = 0;
  }
  for (std::size_t row = 0; row < truth.images.size(); ++row)
    if (const auto found = image_rows_.find(truth.images.id(row)); found != image_rows_.end()) found->second = row;
  for (std::size_t row = 0; row < truth.annotations.size(); ++row)
    if (const auto found = annotation_rows_.find(truth.annotations[row].id); found != annotation_rows_.end()) found->second = row;
}

}  // namespace octet
