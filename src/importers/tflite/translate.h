#pragma once

#include <optional>

#include "base/result.h"
#include "formats/tflite/model.h"
#include "graph/original_file.h"
#include "importers/tflite/post_process.h"

namespace octet::tflite {

// The network of a model as a graph, without what a detector is beside it.
struct Translation {
  // A parameter for each input and a result for each output, by their names; quantized ones are f32 and have real values. Pixels
  // [N,H,W,1] and [N,H,W,3] are taken as planes.
  Graph graph;
  std::optional<PostProcess> post_process;  // where the model ends in one; its rows are the one output, "detection_out"
  // The file for this graph, without its path; else why its border cannot stand for the graph's.
  Result<OriginalFile> original = OriginalFile{};
};

Result<Translation> translate(const Model& model);

}  // namespace octet::tflite
