#include "importers/tensorflow/import.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/files.h"
#include "formats/tensorflow/graph_def.h"
#include "graph/check_numbers.h"
#include "importers/tensorflow/detection_head.h"
#include "importers/tensorflow/fused_nodes.h"
#include "importers/tensorflow/network.h"
#include "importers/tensorflow/source.h"

namespace octet {
namespace fs = std::filesystem;
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

constexpr std::string_view kSuppressionLeftOut =
    "the graph ends before its non-maximum suppression; octet adds the one of the Object Detection API's defaults: boxes cut at the "
    "image border, IoU {:g}, at most {} boxes";

// Where the graph has none the file must tell that it is whole: one that was cut short ends early too.
Result<Suppression> suppression_of(Network& network, const Warn& warn) {
  const Source& source = network.source();
  if (has_suppression(source)) return find_suppression(source, network.constants());
  const auto left_out = source.is_whole() ? suppression_left_out(source) : std::nullopt;
  if (!left_out)
    return Error{ErrorCode::kUnsupported,
                 "neither suppresses boxes (NonMaxSuppression) nor ends in decoded boxes and scores; octet converts single-shot detectors "
                 "(SSD) of the TensorFlow Object Detection API"};
  if (warn) warn(fmt::format(fmt::runtime(kSuppressionLeftOut), left_out->iou_threshold, left_out->max_detections));
  return *left_out;
}

Result<Detector> understand(Network& network, const Warn& warn) {
  Detector detector;
  OCTET_ASSIGN(detector.suppression, suppression_of(network, warn));
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
  if (suppression.score_threshold) description.confidence_threshold = *suppression.score_threshold;
  return description;
}

Result<ImportedModel> model_of(const Source& source, const Warn& warn) {
  OCTET_RETURN_IF_ERROR(expect_frozen(source));
  Graph graph;
  Network network(source, graph);
  OCTET_ASSIGN(const Detector detector, understand(network, warn));
  OCTET_RETURN_IF_ERROR(append_detection_head(detector, network));
  graph.tidy();
  OCTET_RETURN_IF_ERROR(check_numbers(graph));
  return ImportedModel{std::move(graph), describe(detector, network.image())};
}

}  // namespace
}  // namespace tensorflow

Result<ImportedModel> import_tensorflow(tensorflow::GraphDef graph, const Warn& warn) {
  return tensorflow::model_of(tensorflow::Source(tensorflow::expand_fused_nodes(std::move(graph))), warn);
}

Result<ImportedModel> import_tensorflow(std::span<const std::byte> pb, const Warn& warn) {
  OCTET_ASSIGN(tensorflow::GraphDef graph, tensorflow::parse_graph_def(pb));
  return import_tensorflow(std::move(graph), warn);
}

Result<ImportedModel> import_tensorflow_file(const fs::path& file, const Warn& warn,
                                             Result<tensorflow::GraphDef> (*read)(const fs::path&)) {
  OCTET_ASSIGN(tensorflow::GraphDef graph, read(file));
  const Warn warn_of_file = [&](std::string_view what) {
    if (warn) warn(fmt::format("{}: {}", file.string(), what));
  };
  OCTET_ASSIGN_AT(ImportedModel model, import_tensorflow(std::move(graph), warn_of_file), file.string());
  model.description.name = file.stem().string();
  model.graph.name = model.description.name;
  model.weights = file;
  return model;
}

Result<ImportedModel> import_tensorflow(const fs::path& pb, const Warn& warn) {
  return import_tensorflow_file(pb, warn, [](const fs::path& path) -> Result<tensorflow::GraphDef> {
    OCTET_ASSIGN(const MappedFile mapped, MappedFile::open(path));
    OCTET_ASSIGN_AT(tensorflow::GraphDef graph, tensorflow::parse_graph_def(mapped.bytes()), path.string());
    return graph;
  });
}

}  // namespace octet
