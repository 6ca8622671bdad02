#pragma once

#include <optional>
#include <string>

#include "base/image_size.h"
#include "graph/graph.h"
#include "model/info_reader.h"

namespace octet {

// The keys of a description for a person to correct, and what of it above all.
struct Draft {
  ModelInfo info;
  std::string to_check = {};
};

// A head that outputs of these shapes may be. What the shapes leave open is filled in with what is commonest: the anchors of YOLOv5, of
// EfficientDet and of TensorFlow's SSD as they are published, corners in pixels.
Draft draft_of_model(const Graph& graph, ImageSize input, std::optional<int> classes);

// As one line of a description: "model_info: {octet_head: yolo, octet_heads: '[...]'}, where check: the anchors ...".
std::string description_text(const Draft& draft);

}  // namespace octet
