#include "exporters/openvino_ir/attributes.h"

#include <array>

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

// opset1 has no dilations and is what every OpenVINO reads; opset8 adds them, and a second output with indices.
OperationForm max_pool(const MaxPool& op) {
  OperationForm form{"opset1", {{"strides", text(op.strides)}}};
  const bool dilated = op.dilations != Spatial{1, 1};
  const auto put = [&](std::string name, std::string value) { form.attributes.push_back({std::move(name), std::move(value)}); };
  if (dilated) put("dilations", text(op.dilations));
  put("pads_begin", text(op.pads.begin));
  put("pads_end", text(op.pads.end));
  put("kernel", text(op.kernel));
  put("rounding_type", text(op.rounding));
  put("auto_pad", "explicit");
  if (!dilated) return form;
  form.opset = "opset8";
  put("index_element_type", "i64");
  put("axis", "0");
  return form;
}

std::string_view name_of(Interpolate::Coordinates coordinates) {
  constexpr std::array<std::string_view, 3> kNames{"asymmetric", "half_pixel", "align_corners"};
  return kNames[static_cast<std::size_t>(coordinates)];
}

std::string_view name_of(Interpolate::NearestRounding rounding) {
  constexpr std::array<std::string_view, 4> kNames{"floor", "round_prefer_floor", "round_prefer_ceil", "ceil"};
  return kNames[static_cast<std::size_t>(rounding)];
}

OperationForm interpolate(const Interpolate& op) {
  return {"opset4",
          {{"mode", op.mode == Interpolate::Mode::kNearest ? "nearest" : "linear_onnx"},
           {"shape_calculation_mode", "sizes"},
           {"coordinate_transformation_mode", std::string(name_of(op.coordinates))},
           {"nearest_mode", std::string(name_of(op.nearest))},
           {"antialias", "false"},
           {"pads_begin", "0, 0, 0, 0"},
           {"pads_end", "0, 0, 0, 0"},
           {"cube_coeff", "-0.75"}}};
}

OperationForm strided_slice(const StridedSlice& op) {
  return {"opset1",
          {{"begin_mask", text(op.begin_mask)},
           {"end_mask", text(op.end_mask)},
           {"new_axis_mask", text(op.new_axis_mask)},
           {"shrink_axis_mask", text(op.shrink_axis_mask)},
           {"ellipsis_mask", text(op.ellipsis_mask)}}};
}

OperationForm prior_box_clustered(const PriorBoxClustered& op) {
  return {"opset1",
          {{"step", text(op.step)},
           {"step_w", text(op.step_w)},
           {"step_h", text(op.step_h)},
           {"width", text(op.widths)},
           {"height", text(op.heights)},
           {"clip", text(op.clip)},
           {"offset", text(op.offset)},
           {"variance", text(op.variances)}}};
}

OperationForm detection_output(const DetectionOutput& op) {
  return {"opset8",
          {{"background_label_id", text(op.background_label)},
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
           {"objectness_score", "0"}}};
}

std::string opset_of(UnaryKind kind) {
  switch (kind) {
    case UnaryKind::kSoftPlus:
    case UnaryKind::kMish:
    case UnaryKind::kSwish:
    case UnaryKind::kHSwish:
      return "opset4";
    case UnaryKind::kHSigmoid:
      return "opset5";
    default:
      return "opset1";
  }
}

OperationForm parameter(const Parameter& op) {
  OperationForm form{"opset1", {{"shape", text_from_integers(op.shape, ",")}, {"element_type", std::string(octet::name_of(op.type))}}};
  if (op.shape.size() == 4) form.attributes.push_back({"layout", "[N,C,H,W]"});
  return form;
}

struct FormOf {
  OperationForm operator()(const Parameter& op) const { return parameter(op); }
  OperationForm operator()(const Constant&) const { return OCTET_CHECK(false, "a constant has no fixed form"), OperationForm{}; }
  OperationForm operator()(const Output&) const { return {"opset1", {}}; }
  OperationForm operator()(const Convolution& op) const { return {"opset1", convolution(op)}; }
  OperationForm operator()(const GroupConvolution& op) const { return {"opset1", convolution(op)}; }
  OperationForm operator()(const MatMul& op) const {
    return {"opset1", {{"transpose_a", text(op.transpose_a)}, {"transpose_b", text(op.transpose_b)}}};
  }
  OperationForm operator()(const Binary&) const { return {"opset1", {{"auto_broadcast", "numpy"}}}; }
  OperationForm operator()(const Unary& op) const { return {opset_of(op.kind), {}}; }
  OperationForm operator()(const Clamp& op) const { return {"opset1", {{"min", text(op.min)}, {"max", text(op.max)}}}; }
  OperationForm operator()(const PRelu&) const { return {"opset1", {}}; }
  OperationForm operator()(const SoftMax& op) const { return {"opset8", {{"axis", text(op.axis)}}}; }
  OperationForm operator()(const MaxPool& op) const { return max_pool(op); }
  OperationForm operator()(const AvgPool& op) const {
    return {"opset1",
            {{"kernel", text(op.kernel)},
             {"strides", text(op.strides)},
             {"pads_begin", text(op.pads.begin)},
             {"pads_end", text(op.pads.end)},
             {"exclude-pad", text(op.exclude_pad)},
             {"auto_pad", "explicit"},
             {"rounding_type", text(op.rounding)}}};
  }
  OperationForm operator()(const Concat& op) const { return {"opset1", {{"axis", text(op.axis)}}}; }
  OperationForm operator()(const VariadicSplit&) const { return {"opset1", {}}; }
  OperationForm operator()(const Split& op) const { return {"opset1", {{"num_splits", text(op.num_splits)}}}; }
  OperationForm operator()(const StridedSlice& op) const { return strided_slice(op); }
  OperationForm operator()(const Reshape& op) const { return {"opset1", {{"special_zero", text(op.special_zero)}}}; }
  OperationForm operator()(const Transpose&) const { return {"opset1", {}}; }
  OperationForm operator()(const Squeeze&) const { return {"opset1", {}}; }
  OperationForm operator()(const Unsqueeze&) const { return {"opset1", {}}; }
  OperationForm operator()(const Convert& op) const { return {"opset1", {{"destination_type", std::string(octet::name_of(op.type))}}}; }
  OperationForm operator()(const Interpolate& op) const { return interpolate(op); }
  OperationForm operator()(const FakeQuantize& op) const { return {"opset1", {{"levels", text(op.levels)}, {"auto_broadcast", "numpy"}}}; }
  OperationForm operator()(const PriorBoxClustered& op) const { return prior_box_clustered(op); }
  OperationForm operator()(const DetectionOutput& op) const { return detection_output(op); }
  OperationForm operator()(const ReorgYolo& op) const { return {"opset2", {{"stride", text(op.stride)}}}; }
  OperationForm operator()(const ReduceMean& op) const { return {"opset1", {{"keep_dims", text(op.keep_dims)}}}; }
  OperationForm operator()(const Pad&) const { return {"opset1", {{"pad_mode", "constant"}}}; }
  OperationForm operator()(const ShapeOf& op) const { return {"opset3", {{"output_type", std::string(octet::name_of(op.type))}}}; }
  OperationForm operator()(const Gather&) const { return {"opset8", {{"batch_dims", "0"}}}; }
};

}  // namespace

OperationForm form_of(const Op& op) { return std::visit(FormOf{}, op); }

}  // namespace octet::openvino_ir
