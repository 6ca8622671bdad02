#pragma once

#include <optional>

#include "formats/tflite/model.h"
#include "graph/original_file.h"
#include "importers/tflite/post_process.h"

namespace octet::tflite {

// The file, without its path, for the graph that it was translated to: inputs are stored as the file has them, outputs are their real
// values, and the boxes of a TFLite_Detection_PostProcess are rows of a DetectionOutput. kUnsupported, saying why, where that cannot be.
Result<OriginalFile> original_file(const Model& model, const Graph& graph, const std::optional<PostProcess>& post_process);

}  // namespace octet::tflite
