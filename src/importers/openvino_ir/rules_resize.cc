// Interpolate in its three forms. octet's has the data and the sizes of height and width.
//   opset1   data, sizes of the axes in the attribute `axes`
//   opset4   data, sizes, scales [, axes]; shape_calculation_mode says which counts
//   opset11  data, sizes or scales [, axes]
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "importers/openvino_ir/rules.h"

namespace octet::openvino_ir {
namespace {

using Integers = std::vector<std::int64_t>;
using Mode = Interpolate::Mode;
using Coordinates = Interpolate::Coordinates;
using NearestRounding = Interpolate::NearestRounding;

struct Target {
  Integers sizes;         // of height and width
  bool is_input = false;  // input 1 is exactly that
};

Result<Integers> read_axes(LayerImport& layer, std::size_t axes_input) {
  Integers axes;
  if (layer.opset() == "opset1") {
    axes = layer.attributes.integers("axes");
  } else if (layer.input_count() > axes_input) {
    OCTET_ASSIGN(axes, layer.integers(axes_input, "axes"));
  } else {
    axes.resize(layer.shape(0).size());
    std::iota(axes.begin(), axes.end(), 0);
  }
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  for (std::int64_t& axis : axes) {
    if (axis < 0) axis += 4;
    if (axis < 0 || axis > 3) return malformed(fmt::format("axes {} of data of rank 4", to_string(axes)));
  }
  return axes;
}

// OpenVINO's rule: the product is cut off, after a millionth that makes up for scales such as 1/3.
Result<Integers> scaled(const Shape& data, const Integers& axes, const std::vector<double>& scales) {
  Integers sizes;
  for (std::size_t i = 0; i < std::min(axes.size(), scales.size()); ++i) {
    const double product = static_cast<double>(data[static_cast<std::size_t>(axes[i])]) * scales[i];
    const double size = std::floor(product + 1e-6);
    if (!(size >= 0 && size < 1e9)) return malformed(fmt::format("a scale of {}", scales[i]));
    if (std::abs(product - size) > 1e-3) return unsupported(fmt::format("a scale of {} that leads to no whole size", scales[i]));
    sizes.push_back(static_cast<std::int64_t>(size));
  }
  return sizes;
}

bool is_by_scales(LayerImport& layer) {
  return layer.opset() != "opset1" && layer.attributes.choice("shape_calculation_mode", {"sizes", "scales"}) == "scales";
}

// Of the axes that are resized.
Result<Integers> read_sizes(LayerImport& layer, const Shape& data, const Integers& axes) {
  Integers given;
  if (is_by_scales(layer)) {
    OCTET_ASSIGN(const auto scales, layer.numbers(layer.opset() == "opset4" ? 2 : 1, "scales"));
    OCTET_ASSIGN(given, scaled(data, axes, scales));
  } else {
    OCTET_ASSIGN(given, layer.integers(1, "sizes"));
  }
  if (given.size() != axes.size()) return malformed(fmt::format("{} sizes for {} axes", given.size(), axes.size()));
  return given;
}

Result<Target> read_target(LayerImport& layer, const Integers& axes) {
  const Shape& data = layer.shape(0);
  OCTET_ASSIGN(const Integers given, read_sizes(layer, data, axes));
  Shape result = data;
  for (std::size_t i = 0; i < axes.size(); ++i) result[static_cast<std::size_t>(axes[i])] = given[i];
  if (result[0] != data[0] || result[1] != data[1]) return unsupported("resize of the batch or channel axis is not supported");
  return Target{{result[2], result[3]}, !is_by_scales(layer) && axes == Integers{2, 3}};
}

Result<NearestRounding> read_rounding(const std::string& mode, const Shape& data, const Integers& sizes) {
  if (mode == "floor") return NearestRounding::kFloor;
  if (mode == "ceil") return NearestRounding::kCeil;
  if (mode == "round_prefer_floor") return NearestRounding::kRoundPreferFloor;
  if (mode == "round_prefer_ceil") return NearestRounding::kRoundPreferCeil;
  // simple: ceil along an axis that shrinks, else floor.
  const bool any_shrinks = sizes[0] < data[2] || sizes[1]<data[3], any_grows = sizes[0]> data[2] || sizes[1] > data[3];
  if (any_shrinks && any_grows) return unsupported("nearest_mode=\"simple\" where one axis grows and the other shrinks");
  return any_shrinks ? NearestRounding::kCeil : NearestRounding::kFloor;
}

// A half-pixel rule of TensorFlow's for nearest takes floor((x + 0.5) * ratio), which is (x + 0.5) * ratio - 0.5 rounded half up.
// PyTorch's differs from half_pixel only for an output of one pixel, where it takes pixel 0.
Status apply_coordinates(Interpolate& op, const std::string& rule, const Shape& data, const Integers& sizes) {
  const bool single = (sizes[0] == 1 && data[2] > 1) || (sizes[1] == 1 && data[3] > 1);
  if (rule == "asymmetric")
    op.coordinates = Coordinates::kAsymmetric;
  else if (rule == "align_corners")
    op.coordinates = Coordinates::kAlignCorners;
  else
    op.coordinates = Coordinates::kHalfPixel;
  if (rule == "pytorch_half_pixel" && single) return unsupported("pytorch_half_pixel to a single pixel");
  if (rule == "tf_half_pixel_for_nn") {
    if (op.mode != Mode::kNearest || op.nearest != NearestRounding::kFloor)
      return unsupported("tf_half_pixel_for_nn is supported with mode=\"nearest\" and nearest_mode=\"floor\"");
    op.nearest = NearestRounding::kRoundPreferCeil;
  }
  return {};
}

Status refuse_pads(LayerImport& layer) {
  for (const char* name : {"pads_begin", "pads_end"}) {
    const Integers pads = layer.attributes.integers(name, Integers{});
    if (std::any_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad != 0; })) return unsupported("pads are not supported");
  }
  return layer.attributes.status();
}

// `data` is [N,C,H,W].
Result<Interpolate> read_operation(LayerImport& layer, const Shape& data, const Integers& sizes) {
  AttributeReader& attributes = layer.attributes;
  Interpolate op;
  const std::string mode = attributes.choice("mode", {"nearest", "linear", "linear_onnx", "cubic"});
  op.mode = mode == "nearest" ? Mode::kNearest : mode == "cubic" ? Mode::kCubic : Mode::kLinear;
  op.cube_coeff = attributes.number("cube_coeff", -0.75);
  const bool shrinks = sizes[0] < data[2] || sizes[1] < data[3];
  if (attributes.flag("antialias", false) && op.mode != Mode::kNearest && shrinks) return unsupported("antialias is not supported");
  std::string rule, nearest = "simple";
  if (layer.opset() == "opset1") {
    rule = attributes.flag("align_corners", true) ? "align_corners" : "asymmetric";
  } else {
    rule = attributes.choice("coordinate_transformation_mode",
                             {"half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel", "tf_half_pixel_for_nn"},
                             std::string("half_pixel"));
    nearest = attributes.choice("nearest_mode", {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil", "simple"},
                                std::string("round_prefer_floor"));
  }
  OCTET_RETURN_IF_ERROR(attributes.status());
  if (op.mode == Mode::kNearest) {
    OCTET_ASSIGN(op.nearest, read_rounding(nearest, data, sizes));
  }
  OCTET_RETURN_IF_ERROR(apply_coordinates(op, rule, data, sizes));
  return op;
}

Value list_constant(LayerImport& layer, const Integers& values, std::string_view suffix) {
  return layer.constant(Tensor::of<std::int64_t>({std::ssize(values)}, values), suffix);
}

// Height and width before the channels, as TensorFlow has them: a resize between two transposes.
Result<std::vector<Value>> import_resize_of_channels_last(LayerImport& layer) {
  const Shape data = layer.shape(0);
  OCTET_ASSIGN(const Integers sizes, read_sizes(layer, data, {1, 2}));
  OCTET_ASSIGN(const Interpolate op, read_operation(layer, {data[0], data[3], data[1], data[2]}, sizes));
  OCTET_ASSIGN(const auto planes, layer.add(Transpose{}, {layer.input(0), list_constant(layer, {0, 3, 1, 2}, "/to_planes")}));
  OCTET_ASSIGN(const auto resized, layer.add(op, {planes[0], list_constant(layer, sizes, "/sizes")}));
  return layer.add(Transpose{}, {resized[0], list_constant(layer, {0, 2, 3, 1}, "/to_pixels")});
}

Result<std::vector<Value>> import_interpolate(LayerImport& layer) {
  if (layer.opset() != "opset1" && layer.opset() != "opset4" && layer.opset() != "opset11")
    return unsupported(fmt::format("version=\"{:.40}\" is not supported (opset1, opset4, opset11)", layer.opset()));
  if (layer.shape(0).size() != 4) return unsupported("data of shape " + to_string(layer.shape(0)) + "; only rank 4 is supported");
  OCTET_RETURN_IF_ERROR(refuse_pads(layer));
  OCTET_ASSIGN(const Integers axes, read_axes(layer, layer.opset() == "opset4" ? 3 : 2));
  if (axes == Integers{1, 2}) return import_resize_of_channels_last(layer);
  OCTET_ASSIGN(const Target target, read_target(layer, axes));
  OCTET_ASSIGN(const Interpolate op, read_operation(layer, layer.shape(0), target.sizes));
  if (target.is_input) return layer.add(op, {layer.input(0), layer.input(1)});
  return layer.add(op, {layer.input(0), layer.constant(Tensor::of<std::int64_t>({2}, target.sizes), "/sizes")});
}

constexpr LayerRule kRules[] = {
    {"Interpolate", import_interpolate, 2, 4},
};

}  // namespace

std::span<const LayerRule> resize_rules() { return kRules; }

}  // namespace octet::openvino_ir
