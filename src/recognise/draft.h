#pragma once

#include <optional>
#include <string>

#include "base/image_size.h"
#include "graph/graph.h"
#include "model/info_reader.h"

namespace octet {

// A head that outputs of these shapes may be, in the keys of a description, for a person to correct. What the
// shapes leave open is filled in with what is commonest: YOLOv5's anchors, those of TensorFlow's SSD, corners in pixels.
ModelInfo draft_of_model(const Graph& graph, ImageSize input, std::optional<int> classes);

// Keys and values as one line of a description: "model_info: {octet_head: yolo, octet_heads: '[...]'}".
std::string description_text(const ModelInfo& info);

}  // namespace octet
