#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "model/info_reader.h"
#include "model/resize_kind.h"
#include "passes/passes.h"
#include "recognise/head.h"

namespace octet {

// How a picture enters a network.
struct PictureWay {
  ResizeKind resize = ResizeKind::kStretch;
  std::optional<int> pad_value = {};
  passes::InputSteps steps = {};
  std::vector<std::string> reasons = {};
  std::string doubt = {};  // what speaks against it, for a warning; may be empty
};

// Key by key what a person declared, else what metadata says by the same keys or Model API's, else the way of Ultralytics where its
// metadata is there, else that of the family. kUnsupported, naming the keys that are missing, where the way is still open; kMalformed for a
// wrong value.
//
//   octet_resize (or resize_type), octet_pad_value (or pad_value), reverse_input_channels, mean_values, scale_values
Result<PictureWay> find_picture_way(const Graph& graph, const SourceFacts& facts, Family family, bool is_ultralytics);

// The steps of a picture that keys declare; none for those that are absent. kMalformed for a wrong value.
Result<passes::InputSteps> steps_declared_in(const ModelInfo& info);

// How a picture may enter, in the keys of a description, for a person to correct: what the graph does itself is not asked for.
ModelInfo draft_of_picture(const Graph& graph, const SourceFacts& facts);

// The keys that declare steps and a resize as they are, for messages and for trying others.
ModelInfo declaration_of(ResizeKind resize, const passes::InputSteps& steps);

}  // namespace octet
