#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/columns.h"
#include "boxes/box.h"

namespace octet {

// What a model found in one image.
struct Detection {
  int class_index = 0;  // of the model's own list of classes
  float score = 0;      // 0..1
  BoxXyxy box_px;       // pixels of the source image
};

// One row of COCO's results format.
struct CocoResult {
  std::int64_t image_id = 0;
  std::int64_t category_id = 0;
  BoxLtwh box;
  double score = 0;
};

// One annotated object of COCO's instances format.
struct CocoAnnotation {
  std::int64_t id = 0;
  std::int64_t image_id = 0;
  std::int64_t category_id = 0;
  BoxLtwh box;
  double area = 0;  // of the segment, which COCO's size classes go by
  bool is_crowd = false;
};

// In how many images of the training part a category is, as LVIS counts them.
enum class CategoryFrequency : std::uint8_t { kUnknown, kRare, kCommon, kFrequent };

struct CocoCategory {
  std::int64_t id = 0;
  std::string name;
  std::int64_t annotations = 0;  // objects of it in the whole file, whichever images are used
  CategoryFrequency frequency = CategoryFrequency::kUnknown;
};

struct CocoImage {
  std::int64_t id = 0;
  std::string file_name;  // inside the image folder
  int width = 0, height = 0;
  std::string credit{};  // where the picture comes from and its licence, as far as the file says
};

// Of millions of each, in columns: rows are values, those that are read copies.
class CocoImages {
 public:
  using value_type = CocoImage;

  CocoImages() = default;
  CocoImages(std::initializer_list<CocoImage> images) {
    for (const CocoImage& image : images) push_back(image);
  }

  std::size_t size() const { return ids_.size(); }
  bool empty() const { return size() == 0; }
  CocoImage operator[](std::size_t row) const {
    return {ids_[row], std::string(file_names_[row]), sizes_[row].first, sizes_[row].second, std::string(credits_[row])};
  }
  CocoImage back() const { return (*this)[size() - 1]; }
  RowIterator<CocoImages> begin() const { return {*this, 0}; }
  RowIterator<CocoImages> end() const { return {*this, size()}; }
  std::int64_t id(std::size_t row) const { return ids_[row]; }

  void push_back(const CocoImage& image) {
    ids_.push_back(image.id);
    file_names_.push_back(image.file_name);
    sizes_.emplace_back(image.width, image.height);
    credits_.push_back(image.credit);
  }
  void set_credits(TextColumn credits) { credits_ = std::move(credits); }  // of every image

 private:
  IntegerColumn ids_;
  TextColumn file_names_, credits_;
  ScratchVector<std::pair<int, int>> sizes_;
};

class CocoAnnotations {
 public:
  using value_type = CocoAnnotation;

  CocoAnnotations() = default;
  CocoAnnotations(std::initializer_list<CocoAnnotation> annotations) {
    for (const CocoAnnotation& annotation : annotations) push_back(annotation);
  }

  std::size_t size() const { return ids_.size(); }
  bool empty() const { return size() == 0; }
  CocoAnnotation operator[](std::size_t row) const {
    const Place& place = places_[row];
    return {ids_[row], image_ids_[row], category_ids_[row], place.box, place.area, are_crowds_[row]};
  }
  CocoAnnotation back() const { return (*this)[size() - 1]; }
  RowIterator<CocoAnnotations> begin() const { return {*this, 0}; }
  RowIterator<CocoAnnotations> end() const { return {*this, size()}; }

  void push_back(const CocoAnnotation& annotation) {
    ids_.push_back(annotation.id);
    image_ids_.push_back(annotation.image_id);
    category_ids_.push_back(annotation.category_id);
    places_.push_back({annotation.box, annotation.area});
    are_crowds_.push_back(annotation.is_crowd);
  }

 private:
  struct Place {
    BoxLtwh box;
    double area = 0;
  };

  IntegerColumn ids_, image_ids_, category_ids_;
  ScratchVector<Place> places_;
  std::vector<bool> are_crowds_;
};

// What is known of an image beside its objects, in data sets that look for each category in some images alone (LVIS, OpenImages).
struct CocoVerification {
  std::int64_t image_id = 0;
  std::vector<std::int64_t> absent;  // categories that were looked for and are not there
  std::vector<std::int64_t> partly;  // categories of which not all objects are annotated
};

// The ground truth of a data set.
struct CocoGroundTruth {
  CocoImages images;
  std::vector<CocoCategory> categories;
  CocoAnnotations annotations;
  std::vector<CocoVerification> verifications{};  // of each image; empty where every category is annotated in every image
};

// Leaves the images of these ids, which rise, and their annotations; all categories stay.
inline void restrict_to_images(CocoGroundTruth& truth, std::span<const std::int64_t> image_ids) {
  const auto is_left = [image_ids](std::int64_t id) { return std::ranges::binary_search(image_ids, id); };
  erase_rows_if(truth.images, [&](const CocoImage& image) { return !is_left(image.id); });
  erase_rows_if(truth.annotations, [&](const CocoAnnotation& annotation) { return !is_left(annotation.image_id); });
  std::erase_if(truth.verifications, [&](const CocoVerification& image) { return !is_left(image.image_id); });
}

}  // namespace octet
