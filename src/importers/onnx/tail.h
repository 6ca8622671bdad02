#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/onnx/model.h"
#include "recognise/recognise.h"

namespace octet::onnx {

// How a file ends that chooses among its boxes itself: where octet cuts it, and what that end says.
struct Tail {
  SourceFacts::End end = SourceFacts::End::kOpen;
  std::vector<std::string> outputs;  // class scores and boxes that enter the suppression or the top-k
  float nms_iou = -1, nms_score = -1;
  int keep = -1;
  int background_class = -1;    // which a suppression leaves out; negative: none
  bool across_classes = false;  // the best class of each box enters, and boxes of different classes are not kept apart

  void tell(SourceFacts& facts) const;
};

// OpenVINO's IRs are looked at in the same way, their layers as nodes with ONNX's names (importers/openvino_ir/tail.h).
//
// Looks for such an end by the structure of the graph alone, backward from its outputs through what only orders, selects and scales:
//   NonMaxSuppression  its boxes and scores; what is selected in front of it (the best class of a box, the best boxes) is undone, and so
//                      are an offset for each class and a division by another input
//   If                 with a NonMaxSuppression in a branch, behind a filter of each class: torchvision's SSD. The boxes and scores that
//   the
//                      filters take theirs of
//   TopK               whose values are the scores that the file gives: its data before they were flattened, and before their sigmoid; the
//                      boxes that its indices choose, before a scale to pixels, and before centre and size became corners
// Nothing for a file that ends otherwise; kUnsupported for one that ends in several suppressions.
Result<std::optional<Tail>> find_tail(const GraphRecord& graph, const std::string& picture);

}  // namespace octet::onnx
