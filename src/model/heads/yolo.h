#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/info_reader.h"

namespace octet {

// One output of a network with anchors: [1, anchors * (4 + 1 + classes), height, width], the same with the channels last, or
// [1, anchors, height, width, 4 + 1 + classes], as YOLOv5 lays them out.
struct YoloOutput {
  enum class Kind {
    kYolo,    // anchors in pixels of the input, a logistic score a class
    kRegion,  // YOLOv2: anchors in cells
    kYolov5,  // YOLOv5 and 7: kYolo with the centre at 2 s(t) - 0.5 cells and sizes of (2 s(t))² * anchor, s the logistic function
  };
  struct Anchor {
    float width = 0, height = 0;
    bool operator==(const Anchor&) const = default;
  };

  std::string output;  // name of the Result node; empty in a description of a source, which then goes by the size of the grids
  Kind kind = Kind::kYolo;
  std::vector<Anchor> anchors;
  int classes = 0;
  float scale_x_y = 1;
  bool new_coords = false;  // the layer before has applied the logistic function; sizes are (2 v)² * anchor
  bool softmax = false;     // kRegion: over the classes of a box

  bool operator==(const YoloOutput&) const = default;
};

// The raw heads of YOLO, version 2 to 5 and 7, one output each; all have the same classes.
struct YoloHead {
  static constexpr std::string_view kName = "yolo";
  static constexpr std::array<std::string_view, 2> kRequiredKeys{"octet_heads", "octet_nms_iou"};
  static constexpr std::array<std::string_view, 3> kKeys{"octet_heads", "anchors", "masks"};

  std::vector<YoloOutput> outputs;

  Status read(const InfoReader& info);
  void write(ModelInfo& info) const;
  bool may_have_background() const { return false; }
  bool has_fractions() const { return false; }
  bool is_suppressed() const { return false; }
  std::optional<int> class_count() const { return outputs.empty() ? 0 : outputs.front().classes; }

  bool operator==(const YoloHead&) const = default;
};

}  // namespace octet
