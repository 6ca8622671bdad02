// Resize in the form of opset 19: data, roi, scales, sizes, of which scales or sizes are given.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "importers/onnx/quantized.h"
#include "importers/onnx/rules.h"

namespace octet::onnx {
namespace {

using Mode = Interpolate::Mode;
using Coordinates = Interpolate::Coordinates;
using NearestRounding = Interpolate::NearestRounding;

struct ResizeAttributes {
  std::string mode, coordinates, nearest, policy;
  bool antialias = false, exclude_outside = false;
};

ResizeAttributes read_attributes(NodeImport& node) {
  constexpr std::string_view kModes[] = {"nearest", "linear", "cubic"};
  constexpr std::string_view kCoordinates[] = {"half_pixel",    "half_pixel_symmetric", "pytorch_half_pixel",
                                               "align_corners", "asymmetric",           "tf_half_pixel_for_nn"};
  constexpr std::string_view kNearest[] = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil", "simple"};
  constexpr std::string_view kPolicies[] = {"stretch", "not_larger", "not_smaller"};
  return {node.choice("mode", kModes, "nearest"),
          node.choice("coordinate_transformation_mode", kCoordinates, "half_pixel"),
          node.choice("nearest_mode", kNearest, "round_prefer_floor"),
          node.choice("keep_aspect_ratio_policy", kPolicies, "stretch"),
          node.flag("antialias", false),
          node.flag("exclude_outside", false)};
}

Result<std::vector<std::size_t>> resized_axes(NodeImport& node) {
  std::vector<std::int64_t> axes(node.shape(0).size());
  std::iota(axes.begin(), axes.end(), 0);
  axes = node.integers("axes", axes);
  std::vector<std::size_t> result;
  for (const std::int64_t axis : axes) {
    OCTET_ASSIGN_AT(const std::int64_t found, normalized_axis(axis, node.rank(0)), "attribute 'axes'");
    result.push_back(static_cast<std::size_t>(found));
  }
  return result;
}

// The greatest size that a file may ask for along an axis.
constexpr double kGreatestSize = 1 << 24;

// ONNX cuts the product off, and takes the scale itself for the coordinates, octet the ratio of the sizes: they agree where the product is
// whole.
Result<std::int64_t> scaled_size(std::int64_t size, double scale) {
  const double product = static_cast<double>(size) * scale, whole = std::floor(product + 1e-6 * product);
  if (!(scale > 0) || !(product <= kGreatestSize)) return malformed(fmt::format("a scale of {}", scale));
  if (std::abs(product - whole) > 1e-3)
    return unsupported(fmt::format("a scale of {} that leads from {} to no whole size is not supported", scale, size));
  return static_cast<std::int64_t>(whole);
}

// Where the ratio of sides is kept: one scale for all axes.
void keep_ratio(const Shape& data, const std::vector<std::size_t>& axes, bool not_larger, Shape& target) {
  double scale = 0;
  for (const std::size_t axis : axes) {
    const double own = static_cast<double>(target[axis]) / static_cast<double>(std::max<std::int64_t>(data[axis], 1));
    scale = axis == axes[0] ? own : not_larger ? std::min(scale, own) : std::max(scale, own);
  }
  for (const std::size_t axis : axes) target[axis] = std::llround(scale * static_cast<double>(data[axis]));
}

Result<Shape> target_shape(NodeImport& node, const std::string& policy) {
  const Shape data = node.shape(0);
  OCTET_ASSIGN(const auto axes, resized_axes(node));
  Shape target = data;
  if (node.has_input(3)) {
    OCTET_ASSIGN(const auto sizes, node.integers_at(3, "sizes"));
    if (sizes.size() != axes.size()) return malformed(fmt::format("{} sizes for {} axes", sizes.size(), axes.size()));
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (sizes[i] < 1 || static_cast<double>(sizes[i]) > kGreatestSize) return malformed(fmt::format("a size of {}", sizes[i]));
      target[axes[i]] = sizes[i];
    }
    if (policy != "stretch") keep_ratio(data, axes, policy == "not_larger", target);
    return target;
  }
  OCTET_ASSIGN(const auto factors, node.numbers_at(2, "scales"));
  if (factors.size() != axes.size()) return malformed(fmt::format("{} scales for {} axes", factors.size(), axes.size()));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    OCTET_ASSIGN(target[axes[i]], scaled_size(data[axes[i]], factors[i]));
  }
  return target;
}

// "simple", of opset 10: ceil along an axis that shrinks, else floor.
Result<NearestRounding> nearest_rounding(const std::string& mode, const Shape& from, const Shape& to) {
  if (mode == "floor") return NearestRounding::kFloor;
  if (mode == "ceil") return NearestRounding::kCeil;
  if (mode == "round_prefer_floor") return NearestRounding::kRoundPreferFloor;
  if (mode == "round_prefer_ceil") return NearestRounding::kRoundPreferCeil;
  const bool shrinks = to[2] < from[2] || to[3]<from[3], grows = to[2]> from[2] || to[3] > from[3];
  if (shrinks && grows) return unsupported("a nearest resize of opset 10 where one axis grows and the other shrinks is not supported");
  return shrinks ? NearestRounding::kCeil : NearestRounding::kFloor;
}

// tf_half_pixel_for_nn takes (x + 0.5) * ratio, pytorch_half_pixel differs from half_pixel for an output of one pixel, where it takes 0.
Status apply_coordinates(const ResizeAttributes& attributes, const Shape& from, const Shape& to, Interpolate& op) {
  const std::string& rule = attributes.coordinates;
  const bool one_row = to[2] == 1 && from[2] > 1, one_column = to[3] == 1 && from[3] > 1;
  op.coordinates = rule == "asymmetric"      ? Coordinates::kAsymmetric
                   : rule == "align_corners" ? Coordinates::kAlignCorners
                                             : Coordinates::kHalfPixel;
  if (rule == "pytorch_half_pixel" && (one_row || one_column)) {
    if ((to[2] != 1 && to[2] != from[2]) || (to[3] != 1 && to[3] != from[3]))
      return unsupported("pytorch_half_pixel to a single row or column is not supported");
    op.coordinates = Coordinates::kAlignCorners;
  }
  if (rule == "tf_half_pixel_for_nn") {
    if (op.mode != Mode::kNearest || op.nearest != NearestRounding::kFloor)
      return unsupported("tf_half_pixel_for_nn is supported with mode nearest and nearest_mode floor");
    op.nearest = NearestRounding::kRoundPreferCeil;
  }
  return {};
}

Result<Interpolate> read_operation(NodeImport& node, const ResizeAttributes& attributes, const Shape& from, const Shape& to) {
  Interpolate op;
  op.mode = attributes.mode == "nearest" ? Mode::kNearest : attributes.mode == "linear" ? Mode::kLinear : Mode::kCubic;
  op.cube_coeff = node.number("cubic_coeff_a", -0.75);
  const bool shrinks = to[2] < from[2] || to[3] < from[3];
  if (attributes.antialias && op.mode != Mode::kNearest && shrinks) return unsupported("attribute 'antialias' is not supported");
  if (attributes.exclude_outside && op.mode == Mode::kCubic) return unsupported("attribute 'exclude_outside' is not supported");
  if (op.mode == Mode::kNearest) {
    OCTET_ASSIGN(op.nearest, nearest_rounding(attributes.nearest, from, to));
  }
  OCTET_RETURN_IF_ERROR(apply_coordinates(attributes, from, to, op));
  return op;
}

// What lies between two integers, as the real values of quantized data, is cut off towards 0: the result of a resize is of its data's type,
// and both the standard's own implementation and ONNX Runtime convert the sum of products as C does. `data` is quantized in this way.
Result<Values> without_fractions(NodeImport& node, Value data, const Quantization& quantization) {
  constexpr double kAlmostHalf = 0.5 - 0x1p-10;  // sums of floats may lie this far below an integer that they are
  const QuantizationInputs grid{quantization.type, {quantization.scale}, {quantization.zero_point}, 0};
  const auto rounded = [&](double steps) -> Result<Value> {
    OCTET_ASSIGN(const Value shift, node.scalar_like(steps * static_cast<double>(quantization.scale), data));
    OCTET_ASSIGN(const Value shifted, node.binary(BinaryKind::kAdd, data, shift));
    OCTET_ASSIGN(const ImportedValue result, quantized(node, shifted, grid));
    return result.value;
  };
  OCTET_ASSIGN(const Value below, rounded(-kAlmostHalf));
  if (quantization.type == ElementType::kU8 || quantization.type == ElementType::kU16) return Values{{below, quantization}};
  OCTET_ASSIGN(const Value above, rounded(kAlmostHalf));
  OCTET_ASSIGN(const Value zero,
               node.scalar_like(-static_cast<double>(quantization.zero_point) * static_cast<double>(quantization.scale), data));
  OCTET_ASSIGN(const Value positive, node.binary(BinaryKind::kMaximum, below, zero));
  OCTET_ASSIGN(const Value cut, node.binary(BinaryKind::kMinimum, above, positive));
  OCTET_ASSIGN(const ImportedValue result, quantized(node, cut, grid));
  return Values{result};
}

Result<Values> resize(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  const ResizeAttributes attributes = read_attributes(node);
  OCTET_RETURN_IF_ERROR(node.status());
  const Shape data = node.shape(0);
  if (data.size() > 4 || data.size() < 3)
    return unsupported("resize of data of shape " + to_string(data) + " is not supported, only [N,C,H,W] is");
  OCTET_ASSIGN(const Shape target, target_shape(node, attributes.policy));
  if (target == data) return Values{{node.input(0)}};
  // [N,C,W]: with a height of 1.
  const bool has_height = data.size() == 4;
  const auto widened = [&](Shape shape) {
    if (!has_height) shape.insert(shape.begin() + 2, 1);
    return shape;
  };
  const Shape from = widened(data), to = widened(target);
  if (from[0] != to[0] || from[1] != to[1]) return unsupported("resize of the batch or of channels is not supported");
  OCTET_ASSIGN(const Interpolate op, read_operation(node, attributes, from, to));
  OCTET_ASSIGN(const Value image, node.reshape(node.input(0), from));
  OCTET_ASSIGN(const Value sizes, node.integers_constant({to[2], to[3]}));
  OCTET_ASSIGN(Value result, node.value(op, {image, sizes}));
  OCTET_ASSIGN(result, node.reshape(result, target));
  const auto& quantization = node.imported(0).quantization;
  if (quantization && op.mode != Mode::kNearest) return without_fractions(node, result, *quantization);
  return Values{{result}};
}

constexpr OperatorRule kRules[] = {
    {"Resize", resize, Integers::kMoves},
};

}  // namespace

std::span<const OperatorRule> resize_rules() { return kRules; }

}  // namespace octet::onnx
