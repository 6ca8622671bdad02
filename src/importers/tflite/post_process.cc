#include "importers/tflite/post_process.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "importers/tensorflow/detection_head.h"
#include "importers/tensorflow/priors.h"

namespace octet::tflite {
namespace {

constexpr std::string_view kName = "TFLite_Detection_PostProcess";

// The order of codes and anchors in the file, by their places in octet's: x, y, width, height.
constexpr std::array<std::size_t, 4> kPlaceOfCode{1, 0, 3, 2};

using Options = std::map<std::string, double>;

Result<double> number(const Layer& layer, const Options& options, const std::string& name, double least, double most) {
  const auto found = options.find(name);
  if (found == options.end()) return layer.malformed("has no option '" + name + "'");
  if (found->second >= least && found->second <= most) return found->second;
  return layer.malformed(fmt::format("has {} = {}, expected {} to {}", name, found->second, least, most));
}

Result<tensorflow::BoxCoder> coder_of(Layer& layer, const Options& options, std::int64_t count) {
  OCTET_ASSIGN(const Value anchors, layer.plain(2));
  const Tensor* constant = layer.graph().constant(anchors);
  if (!constant) return layer.unsupported("its anchors are computed");
  if (constant->shape() != Shape{count, 4})
    return layer.malformed(fmt::format("has anchors of shape {} for {} boxes", to_string(constant->shape()), count));
  tensorflow::BoxCoder coder;
  coder.place = kPlaceOfCode;
  constexpr std::array kScales{"x_scale", "y_scale", "w_scale", "h_scale"};
  for (std::size_t i = 0; i < kScales.size(); ++i) {
    OCTET_ASSIGN(coder.scale[i], number(layer, options, kScales[i], 1e-6, 1e6));
  }
  const auto values = to_vector<double>(*constant);
  for (std::size_t i = 0; i < values.size(); i += 4) {
    const auto at = [&](std::size_t place) { return values[i + kPlaceOfCode[place]]; };
    coder.anchors.push_back({at(0), at(1), at(2), at(3)});
  }
  return coder;
}

// [1,N,4] as [1,N*4], in the order x, y, width, height.
Result<Value> codes_of(Layer& layer, Value boxes, std::int64_t count) {
  const std::vector<std::int64_t> order(kPlaceOfCode.begin(), kPlaceOfCode.end());
  const Value axis = layer.graph().emit_constant(Tensor::scalar<std::int64_t>(2), layer.name() + "/codes/axis");
  OCTET_ASSIGN(const Value codes, layer.add(Gather{}, {boxes, layer.integers(order, "/codes/order"), axis}, "/codes"));
  return layer.add(Reshape{}, {codes, layer.integers({1, count * 4}, "/codes/shape")}, "/codes/rows");
}

}  // namespace

bool is_post_process(const OperatorRecord& op) {
  return op.code == static_cast<std::int32_t>(BuiltinOperator::CUSTOM) && op.custom_code == kName;
}

Result<PostProcess> append_post_process(Layer& layer) {
  OCTET_RETURN_IF_ERROR(layer.check(3));
  auto parsed = parse_custom_options(layer.record().custom_options);
  if (!parsed.ok()) return layer.malformed(parsed.error().message);
  const Options& options = *parsed;
  OCTET_ASSIGN(const Value boxes, layer.plain(0));
  OCTET_ASSIGN(const Value scores, layer.plain(1));
  const Shape box_shape = layer.graph().shape(boxes), score_shape = layer.graph().shape(scores);
  if (box_shape.size() != 3 || box_shape[0] != 1 || box_shape[1] < 1 || box_shape[2] != 4)
    return layer.unsupported(fmt::format("has boxes of shape {}, expected [1,N,4]", to_string(box_shape)));
  const std::int64_t count = box_shape[1];
  OCTET_ASSIGN(const double num_classes, number(layer, options, "num_classes", 1, 1e6));
  PostProcess found;
  found.num_classes = static_cast<std::int64_t>(num_classes);
  found.has_background = score_shape.size() == 3 && score_shape[2] == found.num_classes + 1;
  if (score_shape != Shape{1, count, found.num_classes + (found.has_background ? 1 : 0)})
    return layer.malformed(fmt::format("has scores of shape {} for {} boxes of {} classes", to_string(score_shape), count, num_classes));
  found.across_classes = num_classes > 1 && !(options.contains("use_regular_nms") && options.at("use_regular_nms") != 0);
  OCTET_ASSIGN(const double iou, number(layer, options, "nms_iou_threshold", 0, 1));
  OCTET_ASSIGN(const double kept, number(layer, options, "max_detections", 1, 1e6));
  OCTET_ASSIGN(const tensorflow::BoxCoder coder, coder_of(layer, options, count));
  found.suppression.iou_limit = static_cast<float>(iou);
  found.kept = static_cast<std::int64_t>(kept);
  found.outputs = layer.record().outputs;

  OCTET_ASSIGN(const Value codes, codes_of(layer, boxes, count));
  OCTET_ASSIGN(const Value rows,
               layer.add(Reshape{}, {scores, layer.integers({1, count * score_shape[2]}, "/scores/shape")}, "/scores/rows"));
  const Tensor listed = tensorflow::listed_priors(coder.anchors, coder);
  const Value priors = layer.graph().emit_constant(listed.reshaped({1, 2, count * 4}), layer.name() + "/priors");
  tensorflow::DetectionLimits limits;
  limits.has_background = found.has_background;
  limits.keep = std::max(found.kept, kDetectionsAnImage);
  limits.iou = found.suppression.iou_limit;
  OCTET_ASSIGN(found.rows, layer.add(tensorflow::detection_output_of(limits), {codes, rows, priors}, "/DetectionOutput"));
  return found;
}

}  // namespace octet::tflite
