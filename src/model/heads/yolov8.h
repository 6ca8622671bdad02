#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/info_reader.h"

namespace octet {

// The anchor-free head of Ultralytics' YOLOv8: a box a cell and a logistic score a class, without objectness. Two forms:
//   decoded   one output [1, 4 + classes, cells]: centre, width and height in pixels of the input, then the scores
//   raw       an output [1, 4 * bins + classes, height, width] a stride, as it leaves the convolutions: for each of the sides left,
//             top, right and bottom the logits of a distribution of its distance from the cell's centre over 0, 1 .. bins - 1
//             cells (Distribution Focal Loss, Li et al. 2020), then the logits of the classes
struct Yolov8Head {
  static constexpr std::string_view kName = "yolov8";
  static constexpr std::array<std::string_view, 3> kRequiredKeys{"octet_outputs", "octet_classes", "octet_nms_iou"};
  static constexpr std::array<std::string_view, 3> kKeys{"octet_outputs", "octet_classes", "octet_dfl_bins"};
  static constexpr bool kMayHaveBackground = false;
  static constexpr bool kHasFractions = false;
  static constexpr bool kIsSuppressed = false;

  std::vector<std::string> outputs;  // names of the Result nodes; one where decoded
  int classes = 0;
  int bins = 0;  // of the raw form; 0: decoded

  Status read(const InfoReader& info);
  void write(ModelInfo& info) const;
  std::optional<int> class_count() const { return classes; }

  bool operator==(const Yolov8Head&) const = default;
};

}  // namespace octet
