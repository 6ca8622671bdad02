// The tail of the converted graph:
//   each map:  convolution + bias [1,A*v,H,W] -> Transpose -> Reshape [1, H*W*A*v]
//   boxes:     Concat [1,N*4], codes in the order x, y, width, height: the channels of the convolutions are put so
//   classes:   Concat -> Reshape [1,N,C] -> Sigmoid or SoftMax -> Reshape [1,N*C]
//   both with the anchors into DetectionOutput [1,1,K,7]
#include "importers/tensorflow/detection_head.h"

#include <algorithm>
#include <string>

#include "importers/tensorflow/priors.h"

namespace octet::tensorflow {
namespace {

// What reaches the suppression. TensorFlow's threshold for accuracy is 1e-8 and lets every anchor of every class through;
// OpenVINO's CPU plugin then takes a second for an image of SSD MobileNet v1 and a tenth of it with these. Average
// precision on 120 COCO images is the same: 20.850, and 31.407 for SSDLite MobileNet v2.
constexpr float kConfidenceThreshold = 0.001f;
constexpr std::int64_t kCandidatesPerDetection = 4;  // of a class, by falling score

Result<Value> reshaped(Graph& graph, Value data, const std::vector<std::int64_t>& shape, const std::string& name) {
  OCTET_ASSIGN(const NodeId node, graph.add(Reshape{}, {data, emit_integers(graph, shape, name + "/shape")}, name));
  return Value{node, 0};
}

// Output channel a * 4 + k of the convolution becomes what was a * 4 + place[k].
void permute_codes(const std::array<std::size_t, 4>& place, OpenConvolution& convolution) {
  const OpenConvolution old = convolution;
  Tensor weights(ElementType::kF32, old.weights.shape());
  const auto from = old.weights.values<float>();
  const auto to = weights.mutable_values<float>();
  const std::size_t per_channel = from.size() / old.scale.size();
  for (std::size_t channel = 0; channel < old.scale.size(); ++channel) {
    const std::size_t source = channel / 4 * 4 + place[channel % 4];
    std::copy_n(&from[source * per_channel], per_channel, &to[channel * per_channel]);
    convolution.scale[channel] = old.scale[source];
    convolution.bias[channel] = old.bias[source];
  }
  convolution.weights = std::move(weights);
}

void multiply(double scale, OpenConvolution& convolution) {
  for (double& value : convolution.scale) value *= scale;
  for (double& value : convolution.bias) value *= scale;
}

// One map's predictions as [1, H*W*channels].
template <typename Change>
Result<Value> append_map(const Heads::Map& map, Network& network, const Change& change) {
  const NodeRecord& node = network.source().node(map.predicted);
  Graph& graph = network.graph();
  if (!map.feature.convolution) return unsupported(node, "is not a convolution with constant weights");
  OpenConvolution convolution = *map.feature.convolution;
  change(convolution);
  auto emitted = emit(convolution, graph);
  if (!emitted.ok()) return emitted.error().at(place(node));
  OCTET_ASSIGN(const NodeId nhwc,
               graph.add(Transpose{}, {*emitted, emit_integers(graph, {0, 2, 3, 1}, node.name + "/nhwc/order")}, node.name + "/nhwc"));
  return reshaped(graph, {nhwc, 0}, {1, element_count(map.feature.shape)}, node.name + "/rows");
}

Result<Value> joined(Graph& graph, std::vector<Value> rows, const std::string& name) {
  if (rows.size() == 1) return rows.front();
  OCTET_ASSIGN(const NodeId node, graph.add(Concat{1}, std::move(rows), name));
  return Value{node, 0};
}

Result<Value> append_box_codes(const Detector& detector, Network& network) {
  std::vector<Value> rows;
  for (const Heads::Map& map : detector.boxes.maps) {
    if (map.feature.shape[1] % 4 != 0)
      return malformed(network.source().node(map.predicted),
                       "predicts " + std::to_string(map.feature.shape[1]) + " channels, expected 4 a box");
    OCTET_ASSIGN(const Value row, append_map(map, network, [&](OpenConvolution& c) { permute_codes(detector.coder.place, c); }));
    rows.push_back(row);
  }
  return joined(network.graph(), std::move(rows), "box_codes");
}

Result<Value> append_scores(const Detector& detector, Network& network) {
  Graph& graph = network.graph();
  std::vector<Value> rows;
  for (const Heads::Map& map : detector.classes.maps) {
    OCTET_ASSIGN(const Value row, append_map(map, network, [&](OpenConvolution& c) { multiply(detector.scores.scale, c); }));
    rows.push_back(row);
  }
  OCTET_ASSIGN(Value scores, joined(graph, std::move(rows), "class_logits"));
  const std::int64_t count = detector.classes.num_rows, classes = detector.classes.width;
  OCTET_ASSIGN(scores, reshaped(graph, scores, {1, count, classes}, "class_logits/anchors"));
  if (detector.scores.kind != ScoreConverter::Kind::kIdentity) {
    Op op = detector.scores.kind == ScoreConverter::Kind::kSigmoid ? Op(Unary{UnaryKind::kSigmoid}) : Op(SoftMax{2});
    OCTET_ASSIGN(const NodeId converted, graph.add(std::move(op), {scores}, "class_scores"));
    scores = {converted, 0};
  }
  return reshaped(graph, scores, {1, count * classes}, "class_scores/rows");
}

}  // namespace

DetectionOutput detection_output_of(const DetectionLimits& limits) {
  DetectionOutput output;
  output.background_label = limits.has_background ? 0 : -1;
  output.top_k = kCandidatesPerDetection * limits.keep;
  output.keep_top_k = limits.keep;
  output.nms_threshold = limits.iou;
  output.confidence_threshold = kConfidenceThreshold;
  output.clip_before_nms = limits.clips_first;
  output.clip_after_nms = !limits.clips_first;
  return output;
}

Status append_detection_head(const Detector& detector, Network& network) {
  Graph& graph = network.graph();
  OCTET_ASSIGN(const Value codes, append_box_codes(detector, network));
  OCTET_ASSIGN(const Value scores, append_scores(detector, network));
  OCTET_ASSIGN(const Value priors, append_priors(detector.coder, detector.boxes, network.image(), graph));
  const Suppression& suppression = detector.suppression;
  const DetectionOutput output =
      detection_output_of({detector.scores.has_background, suppression.max_detections, suppression.iou_threshold, suppression.clips_first});
  OCTET_ASSIGN(const NodeId detections, graph.add(output, {codes, scores, priors}, "DetectionOutput"));
  OCTET_ASSIGN([[maybe_unused]] const NodeId result, graph.add(Output{}, {Value{detections, 0}}, "detection_out"));
  return {};
}

}  // namespace octet::tensorflow
