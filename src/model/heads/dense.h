#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/info_reader.h"

namespace octet {

// Candidates with four numbers of a box and a score for each class: what YOLOX, YOLOv5 to 12 and 26, NanoDet, PicoDet, real-time DETRs and
// many others end in. They differ in how the numbers lie in the outputs, what they mean, and whether overlapping boxes are left.
//
// A level is the candidates of one feature map, or all of them. Its numbers are the columns of one output or of several: boxes,
// objectness where there is one, scores; in one output in this order, or with the scores first. Any output may lie as rows
// [1,N,columns], as columns [1,columns,N], or as a map [1,columns,H,W] or [1,H,W,columns].
struct DenseHead {
  static constexpr std::string_view kName = "dense";
  static constexpr std::array<std::string_view, 2> kRequiredKeys{"octet_classes", "octet_nms_iou"};
  static constexpr std::array<std::string_view, 17> kKeys{
      "octet_outputs", "octet_boxes",       "octet_scores",     "octet_objectness", "octet_has_objectness", "octet_scores_first",
      "octet_classes", "octet_box",         "octet_box_unit",   "octet_score",      "octet_background",     "octet_dfl_bins",
      "octet_strides", "octet_cell_offset", "octet_suppressed", "octet_anchors",    "octet_box_scales"};

  enum class Box {
    kCenter,           // centre x, centre y, width, height
    kCorners,          // x0, y0, x1, y1
    kCornersYx,        // y0, x0, y1, x1
    kDistances,        // of left, top, right, bottom from the cell's place, in strides; of `bins` logits each where there are any
    kPixelDistances,   // the same in pixels: what RTMDet's maps are, whose last step multiplies by the stride
    kGridCenter,       // offset of the centre from the cell's place, logarithm of the size, in strides: YOLOX
    kAnchorOffsets,    // x, y: offset of the centre from the anchor's; width, height: logarithm of the size; in sizes of the anchor: SSD
    kAnchorOffsetsYx,  // y, x, height, width of the same: TensorFlow's SSD
  };
  enum class Unit { kPixels, kFractions };  // of the input; kCenter and both kinds of corners
  enum class Score {
    kProbability,
    kLogit,    // of the logistic function
    kSoftmax,  // over the classes and the background
  };
  enum class Background { kNone, kFirst, kLast };  // whether a score stands for "no object"

  struct Anchor {
    float width = 0, height = 0;  // in pixels of the input
    bool operator==(const Anchor&) const = default;
  };
  // A feature map with a candidate for each anchor of each cell: row by row, the anchors of a cell side by side.
  struct AnchorMap {
    int columns = 0, rows = 0;
    std::vector<Anchor> anchors;
    bool operator==(const AnchorMap&) const = default;
  };

  std::vector<std::string> boxes, scores, objectness;  // names of Results, one a level; the same where one output has several
  bool has_objectness = false;
  bool scores_first = false;
  int classes = 0;  // without the background
  Box box = Box::kCenter;
  Unit unit = Unit::kPixels;
  Score score = Score::kProbability;
  Background background = Background::kNone;
  int bins = 0;  // of a distance (Distribution Focal Loss, Li et al. 2020): their mean over 0, 1 .. bins - 1; 0: the distance itself
  std::vector<int> strides;            // of the feature maps, in the order of the candidates; empty: each level is a map that tells its own
  float cell_offset = 0.5f;            // of a cell's place from its corner, in strides
  bool suppressed = false;             // whether no overlapping boxes are left
  std::vector<AnchorMap> anchor_maps;  // of anchor offsets, in the order of the candidates
  std::array<float, 4> box_scales{0.1f, 0.1f, 0.2f, 0.2f};  // of anchor offsets: x, y, width and height are multiplied by

  bool is_of_anchors() const { return box == Box::kAnchorOffsets || box == Box::kAnchorOffsetsYx; }
  bool is_on_cells() const { return box == Box::kDistances || box == Box::kPixelDistances || box == Box::kGridCenter || is_of_anchors(); }
  int box_columns() const { return box == Box::kDistances && bins > 0 ? 4 * bins : 4; }
  int score_columns() const { return classes + (background == Background::kNone ? 0 : 1); }

  bool may_have_background() const { return background == Background::kFirst; }
  bool has_fractions() const { return unit == Unit::kFractions && !is_on_cells(); }
  bool is_suppressed() const { return suppressed; }
  std::optional<int> class_count() const { return classes + (background == Background::kFirst ? 1 : 0); }

  Status read(const InfoReader& info);
  void write(ModelInfo& info) const;

  bool operator==(const DenseHead&) const = default;
};

}  // namespace octet
