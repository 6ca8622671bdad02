#include <fmt/format.h>

#include "importers/openvino_ir/rules.h"

namespace octet::openvino_ir {
namespace {

std::vector<float> floats(const std::vector<double>& values) {
  std::vector<float> result;
  for (const double value : values) result.push_back(static_cast<float>(value));
  return result;
}

float read_float(LayerImport& layer, std::string_view name, double fallback) {
  return static_cast<float>(layer.attributes.number(name, fallback));
}

// octet's operation has one form; the others of OpenVINO's are refused by name.
Status check_form(LayerImport& layer) {
  AttributeReader& attributes = layer.attributes;
  attributes.choice("code_type", {"caffe.PriorBoxParameter.CENTER_SIZE", "CENTER_SIZE"}, std::string("caffe.PriorBoxParameter.CORNER"));
  OCTET_RETURN_IF_ERROR(attributes.status());
  if (!attributes.flag("share_location", true)) return unsupported("share_location=\"false\" is not supported");
  if (!attributes.flag("normalized", false)) return unsupported("normalized=\"false\" is not supported: boxes must be relative, 0..1");
  if (attributes.flag("decrease_label_id", false)) return unsupported("decrease_label_id=\"true\" is not supported");
  return attributes.status();
}

// A keep_top_k of -1 keeps all candidates: as many as the output has rows for.
Result<std::int64_t> read_keep_top_k(LayerImport& layer, std::int64_t top_k) {
  const auto keep = layer.attributes.integers("keep_top_k");
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  if (keep.size() != 1) return unsupported(fmt::format("keep_top_k has {} values; one is supported", keep.size()));
  if (keep[0] > 0) return keep[0];
  const Shape &scores = layer.shape(1), &priors = layer.shape(2);
  if (scores.size() != 2 || priors.size() != 3 || priors[2] < 4) return malformed("scores or priors have the wrong rank");
  const std::int64_t prior_count = priors[2] / 4, classes = scores[1] / prior_count;
  return classes * (top_k < 0 ? prior_count : std::min(top_k, prior_count));
}

Result<std::vector<Value>> import_prior_box_clustered(LayerImport& layer) {
  PriorBoxClustered op;
  op.widths = floats(layer.attributes.numbers("width"));
  op.heights = floats(layer.attributes.numbers("height"));
  op.variances = floats(layer.attributes.numbers("variance", std::vector<double>{}));
  op.step = read_float(layer, "step", 0);
  op.step_w = read_float(layer, "step_w", 0);
  op.step_h = read_float(layer, "step_h", 0);
  op.offset = static_cast<float>(layer.attributes.number("offset"));
  op.clip = layer.attributes.flag("clip", true);
  return layer.add(std::move(op));
}

Result<std::vector<Value>> import_detection_output(LayerImport& layer) {
  if (layer.input_count() == 5) return unsupported("the form with ARM confidence and location (5 inputs) is not supported");
  OCTET_RETURN_IF_ERROR(check_form(layer));
  AttributeReader& attributes = layer.attributes;
  DetectionOutput op;
  op.background_label = attributes.integer("background_label_id", 0);
  op.top_k = attributes.integer("top_k", -1);
  OCTET_ASSIGN(op.keep_top_k, read_keep_top_k(layer, op.top_k));
  op.nms_threshold = static_cast<float>(attributes.number("nms_threshold"));
  op.confidence_threshold = read_float(layer, "confidence_threshold", 0);
  op.variance_encoded_in_target = attributes.flag("variance_encoded_in_target", false);
  op.clip_before_nms = attributes.flag("clip_before_nms", false);
  op.clip_after_nms = attributes.flag("clip_after_nms", false);
  return layer.add(op);
}

constexpr LayerRule kRules[] = {
    {"PriorBoxClustered", import_prior_box_clustered},
    {"DetectionOutput", import_detection_output, 3, 5},
};

}  // namespace

std::span<const LayerRule> detection_rules() { return kRules; }

}  // namespace octet::openvino_ir
