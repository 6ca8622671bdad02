#include "exporters/openvino_ir/attributes.h"

#include <array>
#include <type_traits>

#include "base/check.h"
#include "formats/openvino_ir/attributes.h"

namespace octet::openvino_ir {
namespace {

using Attributes = std::vector<Attribute>;

std::string text(bool flag) { return flag ? "true" : "false"; }
std::string text(std::int64_t value) { return std::to_string(value); }
std::string text(double value) { return text_from_number(value); }
std::string text(std::span<const std::int64_t> values) { return text_from_integers(values); }
std::string text(Rounding rounding) { return rounding == Rounding::kCeil ? "ceil" : "floor"; }

std::string text(const std::vector<float>& values) {
  std::string list;
  for (const float value : values) list += (list.empty() ? "" : ", ") + text_from_number(value);
  return list;
}

template <typename Conv>
Attributes convolution(const Conv& op) {
  return {{"strides", text(op.strides)},
          {"dilations", text(op.dilations)},
          {"pads_begin", text(op.pads.begin)},
          {"pads_end", text(op.pads.end)},
          {"auto_pad", "explicit"}};
}

Attributes max_pool(const MaxPool& op) {
  Attributes attributes{{"strides", text(op.strides)}};
  const auto put = [&](std::string name, std::string value) { attributes.push_back({std::move(name), std::move(value)}); };
  const bool dilated = op.dilations != Spatial{1, 1};
  if (dilated) put("dilations", text(op.dilations));
  put("pads_begin", text(op.pads.begin));
  put("pads_end", text(op.pads.end));
  put("kernel", text(op.kernel));
  put("rounding_type", text(op.rounding));
  put("auto_pad", "explicit");
  if (!dilated) return attributes;
  put("index_element_type", "i64");
  put("axis", "0");
  return attributes;
}

std::string_view name_of(Interpolate::Coordinates coordinates) {
  constexpr std::array<std::string_view, 3> kNames{"asymmetric", "half_pixel", "align_corners"};
  return kNames[static_cast<std::size_t>(coordinates)];
}

std::string_view name_of(Interpolate::NearestRounding rounding) {
  constexpr std::array<std::string_view, 4> kNames{"floor", "round_prefer_floor", "round_prefer_ceil", "ceil"};
  return kNames[static_cast<std::size_t>(rounding)];
}

Attributes interpolate(const Interpolate& op) {
  return {{"mode", op.mode == Interpolate::Mode::kNearest ? "nearest" : "linear_onnx"},
          {"shape_calculation_mode", "sizes"},
          {"coordinate_transformation_mode", std::string(name_of(op.coordinates))},
          {"nearest_mode", std::string(name_of(op.nearest))},
          {"antialias", "false"},
          {"pads_begin", "0, 0, 0, 0"},
          {"pads_end", "0, 0, 0, 0"},
          {"cube_coeff", "-0.75"}};
}

Attributes strided_slice(const StridedSlice& op) {
  return {{"begin_mask", text(op.begin_mask)},
          {"end_mask", text(op.end_mask)},
          {"new_axis_mask", text(op.new_axis_mask)},
          {"shrink_axis_mask", text(op.shrink_axis_mask)},
          {"ellipsis_mask", text(op.ellipsis_mask)}};
}

Attributes prior_box_clustered(const PriorBoxClustered& op) {
  return {{"step", text(op.step)},      {"step_w", text(op.step_w)}, {"step_h", text(op.step_h)}, {"width", text(op.widths)},
          {"height", text(op.heights)}, {"clip", text(op.clip)},     {"offset", text(op.offset)}, {"variance", text(op.variances)}};
}

Attributes detection_output(const DetectionOutput& op) {
  return {{"background_label_id", text(op.background_label)},
          {"top_k", text(op.top_k)},
          {"variance_encoded_in_target", text(op.variance_encoded_in_target)},
          {"keep_top_k", text(op.keep_top_k)},
          {"code_type", "caffe.PriorBoxParameter.CENTER_SIZE"},
          {"share_location", "true"},
          {"nms_threshold", text(op.nms_threshold)},
          {"confidence_threshold", text(op.confidence_threshold)},
          {"clip_after_nms", text(op.clip_after_nms)},
          {"clip_before_nms", text(op.clip_before_nms)},
          {"decrease_label_id", "false"},
          {"normalized", "true"},
          {"input_height", "1"},
          {"input_width", "1"},
          {"objectness_score", "0"}};
}

Attributes parameter(const Parameter& op) {
  Attributes attributes{{"shape", text_from_integers(op.shape, ",")}, {"element_type", std::string(octet::name_of(op.type))}};
  if (op.shape.size() == 4) attributes.push_back({"layout", "[N,C,H,W]"});
  return attributes;
}

Attributes avg_pool(const AvgPool& op) {
  return {{"kernel", text(op.kernel)},         {"strides", text(op.strides)},         {"pads_begin", text(op.pads.begin)},
          {"pads_end", text(op.pads.end)},     {"exclude-pad", text(op.exclude_pad)}, {"auto_pad", "explicit"},
          {"rounding_type", text(op.rounding)}};
}

struct AttributesOf {
  // What has no members has no attributes; the compiler asks for those of anything else.
  template <typename Operation>
  requires std::is_empty_v<Operation> Attributes operator()(const Operation&) const { return {}; }
  Attributes operator()(const Parameter& op) const { return parameter(op); }
  Attributes operator()(const Output&) const { return {}; }
  Attributes operator()(const Constant&) const { return OCTET_CHECK(false, "a constant's attributes tell a place"), Attributes{}; }
  Attributes operator()(const Convolution& op) const { return convolution(op); }
  Attributes operator()(const GroupConvolution& op) const { return convolution(op); }
  Attributes operator()(const MatMul& op) const { return {{"transpose_a", text(op.transpose_a)}, {"transpose_b", text(op.transpose_b)}}; }
  Attributes operator()(const Binary&) const { return {{"auto_broadcast", "numpy"}}; }
  Attributes operator()(const Unary&) const { return {}; }
  Attributes operator()(const Clamp& op) const { return {{"min", text(op.min)}, {"max", text(op.max)}}; }
  Attributes operator()(const SoftMax& op) const { return {{"axis", text(op.axis)}}; }
  Attributes operator()(const MaxPool& op) const { return max_pool(op); }
  Attributes operator()(const AvgPool& op) const { return avg_pool(op); }
  Attributes operator()(const Concat& op) const { return {{"axis", text(op.axis)}}; }
  Attributes operator()(const Split& op) const { return {{"num_splits", text(op.num_splits)}}; }
  Attributes operator()(const StridedSlice& op) const { return strided_slice(op); }
  Attributes operator()(const Reshape& op) const { return {{"special_zero", text(op.special_zero)}}; }
  Attributes operator()(const Convert& op) const { return {{"destination_type", std::string(octet::name_of(op.type))}}; }
  Attributes operator()(const Interpolate& op) const { return interpolate(op); }
  Attributes operator()(const FakeQuantize& op) const { return {{"levels", text(op.levels)}, {"auto_broadcast", "numpy"}}; }
  Attributes operator()(const PriorBoxClustered& op) const { return prior_box_clustered(op); }
  Attributes operator()(const DetectionOutput& op) const { return detection_output(op); }
  Attributes operator()(const ReorgYolo& op) const { return {{"stride", text(op.stride)}}; }
  Attributes operator()(const ReduceMean& op) const { return {{"keep_dims", text(op.keep_dims)}}; }
  Attributes operator()(const Pad&) const { return {{"pad_mode", "constant"}}; }
  Attributes operator()(const ShapeOf& op) const { return {{"output_type", std::string(octet::name_of(op.type))}}; }
  Attributes operator()(const Gather&) const { return {{"batch_dims", "0"}}; }
};

}  // namespace

std::vector<Attribute> attributes_of(const Op& op) { return std::visit(AttributesOf{}, op); }

}  // namespace octet::openvino_ir
