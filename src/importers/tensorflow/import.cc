#include "importers/tensorflow/import.h"

#include <fmt/format.h>

#include <string>

#include "base/files.h"
#include "formats/tensorflow/graph_def.h"
#include "graph/check_numbers.h"
#include "importers/tensorflow/detection_head.h"
#include "importers/tensorflow/network.h"
#include "importers/tensorflow/source.h"

namespace octet {
namespace tensorflow {
namespace {

// A graph that still has variables was saved for training.
Status expect_frozen(const Source& source) {
  for (NodeIndex i = 0; i < source.size(); ++i) {
    const NodeRecord& node = source.node(i);
    if (node.op == "VariableV2" || node.op == "VarHandleOp" || node.op == "Variable")
      return unsupported(node, "the graph is not frozen: its weights are in a checkpoint; export a frozen_inference_graph.pb");
  }
  return {};
}

Result<Detector> understand(Network& network) {
  Detector detector;
  OCTET_ASSIGN(detector.suppression, find_suppression(network.source(), network.constants()));
  OCTET_ASSIGN(detector.boxes, translate_heads(detector.suppression.boxes_path.back(), network));
  OCTET_ASSIGN(detector.classes, translate_heads(detector.suppression.scores_path.back(), network));
  if (detector.boxes.num_rows != detector.classes.num_rows)
    return Error{ErrorCode::kMalformed,
                 fmt::format("predicts {} boxes and classes of {}", detector.boxes.num_rows, detector.classes.num_rows)};
  OCTET_ASSIGN(detector.coder, understand_box_coder(detector.suppression.boxes_path, detector.boxes, network));
  OCTET_ASSIGN(detector.scores, understand_scores(detector.suppression.scores_path, detector.classes, network));
  return detector;
}

ModelDescription describe(const Detector& detector, const ImageInput& image) {
  const Suppression& suppression = detector.suppression;
  const bool coco = detector.scores.has_background && detector.classes.width == 91;
  ModelDescription description;
  description.input = {static_cast<int>(image.width), static_cast<int>(image.height)};
  description.resize = image.resize;
  description.head = DetectionOutputHead{};
  description.categories = coco ? CategoryRule::kCoco91 : CategoryRule::kOrdinal;
  description.suppression.iou_limit = suppression.iou_threshold;
  description.clip = suppression.clips_first;
  description.confidence_threshold = suppression.score_threshold;
  return description;
}

Result<ImportedModel> model_of(const Source& source) {
  OCTET_RETURN_IF_ERROR(expect_frozen(source));
  Graph graph;
  Network network(source, graph);
  OCTET_ASSIGN(const Detector detector, understand(network));
  OCTET_RETURN_IF_ERROR(append_detection_head(detector, network));
  graph.tidy();
  OCTET_RETURN_IF_ERROR(check_numbers(graph));
  return ImportedModel{std::move(graph), describe(detector, network.image())};
}

}  // namespace
}  // namespace tensorflow

Result<ImportedModel> import_tensorflow(std::span<const std::byte> pb) {
  OCTET_ASSIGN(tensorflow::GraphDef records, tensorflow::parse_graph_def(pb));
  return tensorflow::model_of(tensorflow::Source(std::move(records)));
}

Result<ImportedModel> import_tensorflow(const std::filesystem::path& pb) {
  OCTET_ASSIGN(const MappedFile file, MappedFile::open(pb));
  OCTET_ASSIGN_AT(ImportedModel model, import_tensorflow(file.bytes()), pb.string());
  model.description.name = pb.stem().string();
  model.graph.name = model.description.name;
  model.weights = pb;
  return model;
}

}  // namespace octet
