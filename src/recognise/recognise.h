#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"
#include "model/description.h"
#include "model/info_reader.h"
#include "passes/passes.h"

namespace octet {

// What an importer knows of a file beside its graph.
struct SourceFacts {
  // How the file itself ended, before the importer cut it.
  enum class End {
    kOpen,             // in boxes and scores, or what they are computed of
    kSuppression,      // overlapping boxes of a class suppressed
    kTopK,             // the best of all: what it ends in needs no suppression
    kDetectionOutput,  // rows of a DetectionOutput, which the graph still has
  };

  ModelInfo metadata = {};  // of the file: ONNX metadata_props, TFLite's metadata, rt_info/model_info; what lies beside it below that
  ModelInfo declared = {};  // what a person says of it; wins over everything
  End end = End::kOpen;
  float nms_iou = -1, nms_score = -1;         // of that end; negative: it does not say
  bool across_classes = false;                // whether that end suppresses boxes of other classes, too
  int keep = -1;                              // boxes kept by that end; negative: it does not say
  int background_class = -1;                  // the class that it leaves out, which stands for no object; negative: none
  bool converter_reverses = false;            // the file's converter says that it reversed channels,
  bool converter_scales = false;              // that it took a mean off or divided pixels, which may be in the weights
  bool is_of_paddle = false;                  // it has inputs that only PaddleDetection's exports have
  bool takes_bytes = false;                   // its input is u8: pictures as they are, 0..255
  std::vector<std::string> of_metadata = {};  // which of it files beside the model say: sentences for the reasons
};

// How a picture enters a network and its outputs become boxes.
struct Recognition {
  ModelDescription description;
  passes::InputSteps input = {};          // what is to be done to BGR, 0..255 in front of the graph
  std::vector<std::string> reasons = {};  // what was recognised and why, a sentence each
  std::string doubt = {};                 // what speaks against it, for a warning; may be empty
};

// The graph's one input is the picture, f32 [1,3,H,W]; its outputs are the file's, f32. Keys of a declaration and of metadata are those
// of docs/model_info.md, Ultralytics' (names, imgsz, stride, task) and Model API's. kUnsupported, with what was seen and how to declare
// it, where either the head or the way of a picture is left open; kMalformed for a key with a wrong value, naming it.
//
// importers/finish_import.h makes an ImportedModel of it.
Result<Recognition> recognise(const Graph& graph, const SourceFacts& facts);

}  // namespace octet
