#include "exporters/openvino_ir/attributes.h"

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

// The one of `names` in the order of an enumeration.
template <typename Enum, std::size_t kCount>
std::string text(Enum value, const std::string_view (&names)[kCount]) {
  return std::string(names[static_cast<std::size_t>(value)]);
}

template <typename Conv>
Attributes convolution(const Conv& op) {
  return {{"strides", text(op.strides)},
          {"dilations", text(op.dilations)},
          {"pads_begin", text(op.pads.begin)},
          {"pads_end", text(op.pads.end)},
          {"auto_pad", "explicit"}};
}

template <typename Conv>
Attributes convolution_backprop(const Conv& op) {
  Attributes attributes = convolution(op);
  attributes.push_back({"output_padding", text(op.output_padding)});
  return attributes;
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

Attributes interpolate(const Interpolate& op) {
  return {{"mode", text(op.mode, {"nearest", "linear_onnx", "cubic"})},
          {"shape_calculation_mode", "sizes"},
          {"coordinate_transformation_mode", text(op.coordinates, {"asymmetric", "half_pixel", "align_corners"})},
          {"nearest_mode", text(op.nearest, {"floor", "round_prefer_floor", "round_prefer_ceil", "ceil"})},
          {"antialias", "false"},
          {"pads_begin", "0, 0, 0, 0"},
          {"pads_end", "0, 0, 0, 0"},
          {"cube_coeff", text(op.cube_coeff)}};
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

Attributes unary(const Unary& op) {
  if (op.kind == UnaryKind::kRound) return {{"mode", "half_to_even"}};
  if (op.kind == UnaryKind::kGelu) return {{"approximation_mode", "ERF"}};
  if (op.kind == UnaryKind::kGeluTanh) return {{"approximation_mode", "TANH"}};
  return {};
}

Attributes top_k(const TopK& op) {
  return {{"axis", text(op.axis)},
          {"mode", text(op.mode, {"max", "min"})},
          {"sort", text(op.sort, {"value", "index", "none"})},
          {"index_element_type", std::string(octet::name_of(op.index_type))},
          {"stable", text(op.sort != TopK::Sort::kNone)}};
}

Attributes grid_sample(const GridSample& op) {
  return {{"align_corners", text(op.align_corners)},
          {"mode", text(op.mode, {"bilinear", "nearest", "bicubic"})},
          {"padding_mode", text(op.padding, {"zeros", "border", "reflection"})}};
}

// DepthToSpace or its inverse.
Attributes block_of_pixels(DepthToSpace::Mode mode, std::int64_t size) {
  return {{"block_size", text(size)}, {"mode", text(mode, {"blocks_first", "depth_first"})}};
}

Attributes mvn(const Mvn& op) {
  return {{"eps", text(op.epsilon)},
          {"normalize_variance", text(op.normalize_variance)},
          {"eps_mode", op.epsilon_inside_sqrt ? "INSIDE_SQRT" : "OUTSIDE_SQRT"}};
}

const Attributes kNumpyBroadcast{{"auto_broadcast", "numpy"}};

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
  Attributes operator()(const ConvolutionBackpropData& op) const { return convolution_backprop(op); }
  Attributes operator()(const GroupConvolutionBackpropData& op) const { return convolution_backprop(op); }
  Attributes operator()(const Binary&) const { return kNumpyBroadcast; }
  Attributes operator()(const Compare&) const { return kNumpyBroadcast; }
  Attributes operator()(const Logical&) const { return kNumpyBroadcast; }
  Attributes operator()(const Select&) const { return kNumpyBroadcast; }
  Attributes operator()(const Unary& op) const { return unary(op); }
  Attributes operator()(const Elu& op) const { return {{"alpha", text(op.alpha)}}; }
  Attributes operator()(const Clamp& op) const { return {{"min", text(op.min)}, {"max", text(op.max)}}; }
  Attributes operator()(const SoftMax& op) const { return {{"axis", text(op.axis)}}; }
  Attributes operator()(const Mvn& op) const { return mvn(op); }
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
  Attributes operator()(const Reduce& op) const { return {{"keep_dims", text(op.keep_dims)}}; }
  Attributes operator()(const CumSum& op) const { return {{"exclusive", text(op.exclusive)}, {"reverse", text(op.reverse)}}; }
  Attributes operator()(const TopK& op) const { return top_k(op); }
  Attributes operator()(const Pad& op) const { return {{"pad_mode", text(op.mode, {"constant", "edge", "reflect", "symmetric"})}}; }
  Attributes operator()(const ShapeOf& op) const { return {{"output_type", std::string(octet::name_of(op.type))}}; }
  Attributes operator()(const Range& op) const { return {{"output_type", std::string(octet::name_of(op.type))}}; }
  Attributes operator()(const Broadcast& op) const { return {{"mode", op.bidirectional ? "bidirectional" : "numpy"}}; }
  Attributes operator()(const OneHot& op) const { return {{"axis", text(op.axis)}}; }
  Attributes operator()(const Gather& op) const { return {{"batch_dims", text(op.batch_dims)}}; }
  Attributes operator()(const GatherElements& op) const { return {{"axis", text(op.axis)}}; }
  Attributes operator()(const GatherNd& op) const { return {{"batch_dims", text(op.batch_dims)}}; }
  Attributes operator()(const GridSample& op) const { return grid_sample(op); }
  Attributes operator()(const DepthToSpace& op) const { return block_of_pixels(op.mode, op.block_size); }
  Attributes operator()(const SpaceToDepth& op) const { return block_of_pixels(op.mode, op.block_size); }
};

}  // namespace

std::vector<Attribute> attributes_of(const Op& op) { return std::visit(AttributesOf{}, op); }

}  // namespace octet::openvino_ir
