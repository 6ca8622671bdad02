#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "model/description.h"
#include "recognise/recognise.h"

namespace octet {

// Whose models end so. Each family has one way to take pictures.
enum class Family {
  kUnknown,      // or one whose members take pictures in several ways
  kUltralytics,  // YOLOv5 to v12 and 26, and what follows them (YOLOv6, v7, v10)
  kYolox,
  kRealTimeDetr,  // RT-DETR, D-FINE, DEIM
  kNanoDet,       // and NanoDet-Plus, scores and distances side by side
  kPicoDet,       // its raw heads
};

struct FoundHead {
  Head head;
  Family family = Family::kUnknown;
  Suppression suppression{.iou_limit = 0.6f};
  bool clip = true;
  std::vector<std::string> reasons = {};
};

// What the outputs of a graph are, by their shapes, by what it makes of nothing (at_rest.h) and by how the file ended. `classes`: as many
// as there are names, where there are any. kUnsupported, with what is open about outputs of these shapes, where nothing fits.
Result<FoundHead> find_head(const Graph& graph, const SourceFacts& facts, ImageSize input, std::optional<int> classes);

}  // namespace octet
