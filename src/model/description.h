#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/image_size.h"
#include "model/head.h"
#include "model/resize_kind.h"

namespace octet {

// How the classes of a model stand to the categories of a data set.
enum class CategoryRule {
  kCoco91,   // the class index is the COCO category id, 0 is background
  kCoco90,   // the class index is the COCO category id less 1, as there is no background: EfficientDet
  kOrdinal,  // the n-th class, background not counted, is the n-th category
};

// Which of two boxes is dropped for overlapping the better one.
struct Suppression {
  float iou_limit = 0.45f;      // 0..1: dropped if the overlap is strictly above
  float distance_power = 0;     // where above 0, the overlap is IoU - (centre distance / diagonal around both)^(2 * power): Darknet's DIoU
  bool across_classes = false;  // of all classes together; else each class by itself

  bool operator==(const Suppression&) const = default;
};

// Whether boxes are cut at the image border, and when: suppression goes by the overlap of what is left of them, or of whole boxes.
enum class Clip { kNever, kBeforeSuppression, kAfterSuppression };

// How a picture becomes the input of a model and its outputs become boxes. model_info.h has the text form.
struct ModelDescription {
  std::string name;
  std::string source;  // file name and SHA-256 of what it was made from
  ImageSize input;     // BGR, 0..255; mean, scale and order of channels are inside the network
  ResizeKind resize = ResizeKind::kStretch;
  std::optional<int> pad_value = {};  // of a letterbox, 0..255; none: that of its kind
  Head head;
  std::vector<std::string> labels;  // by class index; may be empty
  int label_offset = 0;             // added to the class that the network says; what then has no class is dropped
  CategoryRule categories = CategoryRule::kOrdinal;
  Suppression suppression;  // done by octet, or told of what the network does itself
  Clip clip = Clip::kBeforeSuppression;
  float confidence_threshold = 0.25f;  // what the author ships

  bool operator==(const ModelDescription&) const = default;
};

// The label of a class, or its number.
std::string label_of(const ModelDescription& description, int class_index);

// Number of classes, background included where it is one of them. A head that does not tell has as many as there are labels;
// without labels it is taken for one of COCO's 91.
int class_count(const ModelDescription& description);
// Whether that is more than the last guess.
bool is_class_count_known(const ModelDescription& description);

// How so many classes without names stand to categories: as many as COCO's ids, with a background or from 1, are numbered as these.
CategoryRule rule_of_numbers(int classes, bool has_background);

// Whether class 0 stands for "no object": so in an SSD, unless its labels say otherwise ("background", in whatever spelling).
bool has_background(const ModelDescription& description);

}  // namespace octet
