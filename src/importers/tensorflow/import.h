#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/progress.h"
#include "base/result.h"
#include "formats/tensorflow/graph_def.h"
#include "importers/imported_model.h"
#include "model/info_reader.h"
#include "recognise/beside/beside.h"

namespace octet {

struct TensorflowOptions {
  // What a person says of the model, for what its graph leaves open: the size of the image ("orig_width", "orig_height") and the anchors
  // of raw heads.
  ModelInfo model_info = {};
  Warn warn = {};
  Beside beside = {};  // what lies beside the file, for heads that are recognised
};

// The graph of a frozen single-shot detector (SSD) of the TensorFlow Object Detection API: a binary GraphDef with
// `image_tensor` in and boxes after non-maximum suppression out. Structure is recognised by what it computes, not by
// names, so that any exporter version will do. A graph that ends before the suppression gets the API's default one, and
// `warn` is told.
//
// In octet's graph: parameter "image_tensor" [1,3,H,W] f32, BGR 0..255, the image stretched to H x W; batch norms in
// the weights; output "detection_out" [1,1,K,7] of DetectionOutput. There are no labels: the file has none. Errors name
// the file and the node: kNotFound, kMalformed (no GraphDef, cut short), kUnsupported.
//
// Or a YOLO that Keras computes and whose graph ends in its raw heads: parameter "image_tensor" as above, which the graph divides by
// 255 unless the source does arithmetic on it; an output [1,C,H,W] for each head, named as its layer ("conv2d_93"). kInvalidArgument
// where the size of the image or the anchors are neither in the graph nor given.
Result<ImportedModel> import_tensorflow(const std::filesystem::path& pb, const TensorflowOptions& options = {});

// The same from the content of a file; errors and warnings name no file, the model has no name.
Result<ImportedModel> import_tensorflow(std::span<const std::byte> pb, const TensorflowOptions& options = {});

// The same from the records of any of TensorFlow's formats.
Result<ImportedModel> import_tensorflow(tensorflow::GraphDef graph, const TensorflowOptions& options = {});

// The model of a file: names it, and puts the file in front of what goes wrong. `read` gives its records.
Result<ImportedModel> import_tensorflow_file(const std::filesystem::path& file, const TensorflowOptions& options,
                                             Result<tensorflow::GraphFiles> (*read)(const std::filesystem::path&));

}  // namespace octet
