#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

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

// What is known of an image beside its objects, in data sets that look for each category in some images alone (LVIS, OpenImages).
struct CocoVerification {
  std::int64_t image_id = 0;
  std::vector<std::int64_t> absent;  // categories that were looked for and are not there
  std::vector<std::int64_t> partly;  // categories of which not all objects are annotated
};

// The ground truth of a data set.
struct CocoGroundTruth {
  std::vector<CocoImage> images;
  std::vector<CocoCategory> categories;
  std::vector<CocoAnnotation> annotations;
  std::vector<CocoVerification> verifications{};  // of each image; empty where every category is annotated in every image
};

// Leaves the images of these ids and their annotations; all categories stay.
inline void restrict_to_images(CocoGroundTruth& truth, const std::unordered_set<std::int64_t>& image_ids) {
  std::erase_if(truth.images, [&](const CocoImage& image) { return !image_ids.contains(image.id); });
  std::erase_if(truth.annotations, [&](const CocoAnnotation& annotation) { return !image_ids.contains(annotation.image_id); });
  std::erase_if(truth.verifications, [&](const CocoVerification& image) { return !image_ids.contains(image.image_id); });
}

}  // namespace octet
