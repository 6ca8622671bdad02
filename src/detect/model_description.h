#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "image/resize.h"

namespace octet {

enum class HeadKind {
  kDetectionOutput,  // rows of DetectionOutput: [1,1,N,7], already suppressed
  kYolo,             // raw heads of Darknet, NCHW
};

enum class CategoryRule {
  kCoco91,   // the class index is the COCO category id, 0 is background; if a category's name contradicts that, as below
  kOrdinal,  // the class is the category of its name; if not all categories bear one, the n-th class, background not counted,
             // is the n-th category of the annotations by id
};

// One output of a Darknet network: [1, anchors * (4 + 1 + classes), height, width].
struct YoloHead {
  enum class Kind {
    kYolo,    // anchors in pixels of the input, a logistic score a class
    kRegion,  // YOLOv2: anchors in cells
  };
  struct Anchor {
    float width = 0, height = 0;
    bool operator==(const Anchor&) const = default;
  };

  std::string output;  // name of the Result node
  Kind kind = Kind::kYolo;
  std::vector<Anchor> anchors;
  int classes = 0;
  float scale_x_y = 1;
  bool new_coords = false;  // the layer before has applied the logistic function; sizes are (2 v)² * anchor
  bool softmax = false;     // kRegion: over the classes of a box

  bool operator==(const YoloHead&) const = default;
};

// How a picture becomes the input of a model and its outputs become boxes. docs/model_info.md has the text form.
struct ModelDescription {
  std::string name;
  std::string source;  // file name and SHA-256 of what it was made from
  ImageSize input;
  ResizeKind resize = ResizeKind::kStretch;
  HeadKind head = HeadKind::kYolo;
  std::vector<YoloHead> heads;      // kYolo only
  std::vector<std::string> labels;  // by class index; may be empty
  CategoryRule categories = CategoryRule::kOrdinal;
  float nms_iou = 0.45f;
  bool clip = true;                    // cut boxes at the image border, before suppression
  float confidence_threshold = 0.25f;  // what the author ships

  bool operator==(const ModelDescription&) const = default;
};

using ModelInfo = std::map<std::string, std::string>;

// Reads the map that an IR carries. kUnsupported if it lacks keys without which no box can be computed (an IR of
// another program), naming them all; kMalformed, naming key and value, for what cannot be read.
Result<ModelDescription> model_description_from_info(const ModelInfo& info);

// The keys of a description, those of Model API among them.
ModelInfo info_from_model_description(const ModelDescription& description);

// The label of a class, or its number.
std::string label_of(const ModelDescription& description, int class_index);

// Number of classes, background included where it is one of them. An SSD without labels is taken for one of COCO's 91.
int class_count(const ModelDescription& description);

// Whether class 0 is the background: an SSD counts it, unless its labels say otherwise.
bool has_background(const ModelDescription& description);

}  // namespace octet
