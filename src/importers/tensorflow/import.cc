#include "importers/tensorflow/import.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/files.h"
#include "formats/tensorflow/graph_def.h"
#include "graph/check_numbers.h"
#include "importers/finish_import.h"
#include "importers/tensorflow/detection_head.h"
#include "importers/tensorflow/fused_nodes.h"
#include "importers/tensorflow/network.h"
#include "importers/tensorflow/source.h"
#include "importers/tensorflow/yolo.h"

namespace octet {
namespace fs = std::filesystem;
namespace tensorflow {
namespace {

constexpr int kLargestSide = 1 << 14;

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

constexpr std::string_view kIsNoSsd =
    "neither suppresses boxes (NonMaxSuppression) nor ends in decoded boxes and scores, nor in the raw heads of a YOLO";

// Where the graph has none the file must tell that it is whole: one that was cut short ends early too.
Result<Suppression> suppression_of(Network& network, const Warn& warn) {
  const Source& source = network.source();
  if (has_suppression(source)) return find_suppression(source, network.constants());
  const auto left_out = source.is_whole() ? suppression_left_out(source) : std::nullopt;
  if (!left_out) return Error{ErrorCode::kUnsupported, std::string(kIsNoSsd) + "; it may be cut short"};
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
  const bool has_background = detector.scores.has_background;
  const auto classes = static_cast<int>(detector.classes.width);
  ModelDescription description;
  description.input = {static_cast<int>(image.width), static_cast<int>(image.height)};
  description.resize = image.resize;
  description.head = DetectionOutputHead{has_background, classes - (has_background ? 1 : 0)};
  description.categories = rule_of_numbers(classes, has_background);
  description.suppression.iou_limit = suppression.iou_threshold;
  description.clip = suppression.clips_first ? Clip::kBeforeSuppression : Clip::kNever;
  if (suppression.score_threshold) description.confidence_threshold = *suppression.score_threshold;
  return description;
}

// The size that a person gives for an image whose size the graph leaves open.
Result<ImageDefaults> image_defaults(const ModelInfo& info, bool has_raw_heads) {
  ImageSize size;
  OCTET_RETURN_IF_ERROR(InfoReader(info).read_integer("orig_width", 1, kLargestSide, size.width));
  OCTET_RETURN_IF_ERROR(InfoReader(info).read_integer("orig_height", 1, kLargestSide, size.height));
  if (size.width == 0 || size.height == 0) size = {};  // both or none
  return ImageDefaults{.height = size.height,
                       .width = size.width,
                       .resize = has_raw_heads ? ResizeKind::kStretch : ResizeKind::kStretchTf1,
                       .is_unit_range = has_raw_heads};
}

Result<ModelDescription> convert_ssd(Network& network, const Warn& warn) {
  OCTET_ASSIGN(const Detector detector, understand(network, warn));
  OCTET_RETURN_IF_ERROR(append_detection_head(detector, network));
  return describe(detector, network.image());
}

Result<ModelDescription> convert_yolo(const std::vector<Ref>& heads, const TensorflowOptions& options, Network& network) {
  OCTET_ASSIGN(ModelDescription description, append_yolo_heads(heads, options.model_info, network));
  if (options.warn && !network.has_arithmetic_on_image())
    options.warn("the graph takes the image as it is; octet feeds it RGB divided by 255, as Keras' YOLO is");
  return description;
}

// A graph as it is, from its one placeholder to its ends, whatever they mean: inputs and outputs have the axes that they have in the
// file, and names of its nodes.
Result<Graph> translate_plain(const Source& source, const ModelInfo& info) {
  OCTET_ASSIGN(ImageDefaults defaults, image_defaults(info, false));
  defaults.is_kept = true;
  Graph graph;
  Network network(source, graph, defaults);
  for (const Ref end : source.ends()) {
    if (!source.is_dynamic(end)) continue;
    OCTET_ASSIGN(const Value value, network.plain(end));
    OCTET_ASSIGN([[maybe_unused]] const NodeId output, graph.add(Output{}, {value}, source.node(end).name));
  }
  if (graph.outputs().empty()) return Error{ErrorCode::kUnsupported, "nothing in it depends on an input"};
  graph.tidy();
  return graph;
}

// A graph that is neither an SSD of the Object Detection API nor ends in convolutions.
Result<ImportedModel> plain_model_of(const Source& source, const TensorflowOptions& options) {
  const auto translated = [&]() -> Result<ImportedModel> {
    OCTET_ASSIGN(Graph graph, translate_plain(source, options.model_info));
    OCTET_RETURN_IF_ERROR(check_numbers(graph));
    SourceFacts facts;
    facts.declared = options.model_info;
    facts.of_metadata = merge_beside(options.beside, facts.metadata);
    return finish_import(std::move(graph), facts);
  };
  auto model = translated();
  if (!model.ok() && model.error().code == ErrorCode::kUnsupported) return model.error().at(kIsNoSsd);
  return model;
}

Result<ImportedModel> model_of(const Source& source, const TensorflowOptions& options) {
  OCTET_RETURN_IF_ERROR(expect_frozen(source));
  const bool ends_open = source.is_whole() && !has_suppression(source);
  const auto heads = ends_open ? raw_heads(source) : std::vector<Ref>();
  if (ends_open && heads.empty() && !suppression_left_out(source)) return plain_model_of(source, options);
  OCTET_ASSIGN(const ImageDefaults defaults, image_defaults(options.model_info, !heads.empty()));
  Graph graph;
  Network network(source, graph, defaults);
  OCTET_ASSIGN(ModelDescription description, heads.empty() ? convert_ssd(network, options.warn) : convert_yolo(heads, options, network));
  graph.tidy();
  OCTET_RETURN_IF_ERROR(check_numbers(graph));
  return ImportedModel{std::move(graph), std::move(description)};
}

}  // namespace
}  // namespace tensorflow

Result<ImportedModel> import_tensorflow(tensorflow::GraphDef graph, const TensorflowOptions& options) {
  return tensorflow::model_of(tensorflow::Source(tensorflow::expand_fused_nodes(std::move(graph))), options);
}

Result<ImportedModel> import_tensorflow(std::span<const std::byte> pb, const TensorflowOptions& options) {
  OCTET_ASSIGN(tensorflow::GraphDef graph, tensorflow::parse_graph_def(pb));
  return import_tensorflow(std::move(graph), options);
}

Result<ImportedModel> import_tensorflow_file(const fs::path& file, const TensorflowOptions& options,
                                             Result<tensorflow::GraphFiles> (*read)(const fs::path&)) {
  OCTET_ASSIGN(tensorflow::GraphFiles files, read(file));
  TensorflowOptions of_file = options;
  OCTET_ASSIGN(of_file.beside, read_beside(file));
  of_file.warn = [&](std::string_view what) {
    if (options.warn) options.warn(fmt::format("{}: {}", file.string(), what));
  };
  OCTET_ASSIGN_AT(ImportedModel model, import_tensorflow(std::move(files.graph), of_file), file.string());
  model.description.name = file.stem().string();
  model.graph.name = model.description.name;
  model.weights = std::move(files.weights);
  return model;
}

Result<ImportedModel> import_tensorflow(const fs::path& pb, const TensorflowOptions& options) {
  return import_tensorflow_file(pb, options, [](const fs::path& path) -> Result<tensorflow::GraphFiles> {
    OCTET_ASSIGN(const MappedFile mapped, MappedFile::open(path));
    OCTET_ASSIGN_AT(tensorflow::GraphDef graph, tensorflow::parse_graph_def(mapped.bytes()), path.string());
    return tensorflow::GraphFiles{std::move(graph), {path}};
  });
}

}  // namespace octet
