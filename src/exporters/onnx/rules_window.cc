#include <algorithm>
#include <cmath>
#include <limits>

#include "exporters/onnx/quantization.h"
#include "exporters/onnx/rules.h"
#include "graph/patterns.h"

// Convolutions, products, pooling and resizes.
namespace octet::onnx {
namespace {

std::vector<std::int64_t> list_of(const Spatial& pair) { return {pair[0], pair[1]}; }
std::vector<std::int64_t> list_of(const Pads& pads) { return {pads.begin[0], pads.begin[1], pads.end[0], pads.end[1]}; }

// The weights of a convolution or the second factor of a product.
std::string weights(NodeExport& to) {
  const Graph& graph = to.graph();
  if (const auto stored = stored_weights(graph, to.node())) {
    Names inputs{to.constant(stored->integers, "weights"), to.constant(stored->scale, "weights_scale")};
    if (stored->zero.size()) inputs.push_back(to.constant(stored->zero, "weights_zero_point"));
    return to.step("DequantizeLinear", inputs, {{"axis", stored->axis}});
  }
  if (const Tensor* constant = to.constant(1)) {
    const Tensor weights = in_onnx_layout(*constant, graph, to.node());
    return weights.shape() == constant->shape() && weights.bytes().data() == constant->bytes().data() ? to.input(1)
                                                                                                      : to.constant(weights, "weights");
  }
  const auto geometry = convolution_geometry(graph, to.node());
  if (!geometry || !geometry->grouped) return to.input(1);
  const auto shape = to.list({geometry->outputs(), geometry->group_inputs, geometry->kernel[0], geometry->kernel[1]}, "shape");
  return to.step("Reshape", {to.input(1), shape});
}

// A bias as the integers that are added to the sums of products, where the data and the weights are integers: ONNX Runtime computes
// the convolution in integers only then. A number that does not fit leaves all of them float.
std::optional<std::string> integer_bias(NodeExport& to, const std::vector<float>& bias) {
  const auto grid = to.grid(0);
  const auto stored = stored_weights(to.graph(), to.node());
  if (!grid || !stored || stored->zero.size()) return std::nullopt;
  auto scales = to_vector<float>(stored->scale);
  scales.resize(bias.size(), scales[0]);
  std::vector<std::int32_t> integers;
  for (std::size_t i = 0; i < bias.size(); ++i) {
    scales[i] *= grid->scale;
    const double steps = std::nearbyint(static_cast<double>(bias[i]) / static_cast<double>(scales[i]));
    if (!(scales[i] > 0) || !(std::fabs(steps) <= std::numeric_limits<std::int32_t>::max())) return std::nullopt;
    integers.push_back(static_cast<std::int32_t>(steps));
  }
  const Shape shape{static_cast<std::int64_t>(bias.size())};
  return to.step("DequantizeLinear",
                 {to.constant(Tensor::of(shape, integers), "bias"), to.constant(Tensor::of(shape, scales), "bias_scale")},
                 {{"axis", std::int64_t{0}}});
}

template <typename Conv>
Status convolution(const Conv& op, NodeExport& to) {
  const ConvolutionGeometry geometry = *convolution_geometry(to.graph(), to.node());
  Names inputs{to.input(0), weights(to)};
  NodeId result = to.id();
  if (const auto bias = bias_of(to.graph(), to.id())) {
    const auto integers = integer_bias(to, bias->values);
    const Shape shape{static_cast<std::int64_t>(bias->values.size())};
    inputs.push_back(integers ? *integers : to.constant(Tensor::of(shape, bias->values), "bias"));
    result = bias->add;
  }
  return to.result_as(result, "Conv", inputs,
                      {{"kernel_shape", list_of(geometry.kernel)},
                       {"strides", list_of(op.strides)},
                       {"dilations", list_of(op.dilations)},
                       {"pads", list_of(op.pads)},
                       {"group", geometry.groups}});
}

template <typename Conv>
Status deconvolution(const Conv& op, std::size_t leading, NodeExport& to) {
  const Shape& shape = to.shape(1);
  const std::int64_t groups = leading == 1 ? shape[0] : 1;
  const Shape form{groups * shape[leading], shape[leading + 1], shape[leading + 2], shape[leading + 3]};
  const Tensor* constant = to.constant(1);
  std::string weights = to.input(1);
  if (leading == 1)
    weights = constant ? to.constant(constant->reshaped(form), "weights") : to.step("Reshape", {weights, to.list(form, "shape")});
  return to.result("ConvTranspose", {to.input(0), weights},
                   {{"kernel_shape", std::vector<std::int64_t>{form[2], form[3]}},
                    {"strides", list_of(op.strides)},
                    {"dilations", list_of(op.dilations)},
                    {"pads", list_of(op.pads)},
                    {"output_padding", list_of(op.output_padding)},
                    {"group", groups}});
}

// How far the windows of a pool reach over the end of the data: rounding up lets the last one hang over, which ONNX Runtime's versions
// do not agree on, so that the ends are always written as pads.
Pads written_pads(const Pads& pads, const Spatial& kernel, const Spatial& strides, const Spatial& dilations, const NodeExport& to) {
  Pads written = pads;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t reach = (to.output_type().shape[2 + axis] - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1;
    written.end[axis] = std::max(pads.end[axis], reach - to.shape(0)[2 + axis] - pads.begin[axis]);
  }
  return written;
}

// ONNX Runtime refuses pads as long as the kernel.
bool fit_kernel(const Pads& pads, const Spatial& kernel) {
  for (std::size_t axis = 0; axis < 2; ++axis)
    if (pads.begin[axis] >= kernel[axis] || pads.end[axis] >= kernel[axis]) return false;
  return true;
}

std::string padded(NodeExport& to, const Pads& pads, double value) {
  const auto& [begin, end] = pads;
  return to.step("Pad", {to.input(0), to.list({0, 0, begin[0], begin[1], 0, 0, end[0], end[1]}, "pads"), to.number(value)});
}

// Along one axis, how many of the kernel's elements lie within the data, or within its declared padding where that counts.
std::vector<double> counts(const AvgPool& op, const NodeExport& to, std::size_t axis) {
  const std::int64_t size = to.shape(0)[2 + axis], begin = op.exclude_pad ? 0 : -op.pads.begin[axis];
  const std::int64_t end = op.exclude_pad ? size : size + op.pads.end[axis];
  std::vector<double> result;
  for (std::int64_t i = 0; i < to.output_type().shape[2 + axis]; ++i) {
    const std::int64_t first = i * op.strides[axis] - op.pads.begin[axis];
    const std::int64_t inside = std::min(first + op.kernel[axis], end) - std::max(first, begin);
    result.push_back(static_cast<double>(std::max<std::int64_t>(inside, 0)));
  }
  return result;
}

// The means of whole windows of the padded data, corrected by the number of elements that count in each.
Status corrected_means(const AvgPool& op, const Pads& pads, NodeExport& to) {
  const std::string means =
      to.step("AveragePool", {padded(to, pads, 0)}, {{"kernel_shape", list_of(op.kernel)}, {"strides", list_of(op.strides)}});
  const double area = static_cast<double>(op.kernel[0] * op.kernel[1]);
  std::vector<double> factors;
  const auto rows = counts(op, to, 0), columns = counts(op, to, 1);
  for (const double row : rows)
    for (const double column : columns) factors.push_back(row * column > 0 ? area / (row * column) : 0);
  const Shape& shape = to.output_type().shape;
  const Tensor factor = converted(Tensor::of<double>({1, 1, shape[2], shape[3]}, factors), to.element(0));
  return to.result("Mul", {means, to.constant(factor, "factors")});
}

std::string_view name_of(Interpolate::Coordinates coordinates) {
  switch (coordinates) {
    case Interpolate::Coordinates::kAsymmetric:
      return "asymmetric";
    case Interpolate::Coordinates::kHalfPixel:
      return "half_pixel";
    case Interpolate::Coordinates::kAlignCorners:
      return "align_corners";
  }
  return {};
}

std::string_view name_of(Interpolate::Mode mode) {
  switch (mode) {
    case Interpolate::Mode::kNearest:
      return "nearest";
    case Interpolate::Mode::kLinear:
      return "linear";
    case Interpolate::Mode::kCubic:
      return "cubic";
  }
  return {};
}

std::string_view name_of(GridSample::Mode mode) {
  switch (mode) {
    case GridSample::Mode::kBilinear:
      return "bilinear";
    case GridSample::Mode::kNearest:
      return "nearest";
    case GridSample::Mode::kBicubic:
      return "bicubic";
  }
  return {};
}

std::string_view name_of(GridSample::Padding padding) {
  switch (padding) {
    case GridSample::Padding::kZeros:
      return "zeros";
    case GridSample::Padding::kBorder:
      return "border";
    case GridSample::Padding::kReflection:
      return "reflection";
  }
  return {};
}

std::string_view name_of(Interpolate::NearestRounding rounding) {
  switch (rounding) {
    case Interpolate::NearestRounding::kFloor:
      return "floor";
    case Interpolate::NearestRounding::kRoundPreferFloor:
      return "round_prefer_floor";
    case Interpolate::NearestRounding::kRoundPreferCeil:
      return "round_prefer_ceil";
    case Interpolate::NearestRounding::kCeil:
      return "ceil";
  }
  return {};
}

}  // namespace

Status write(const Convolution& op, NodeExport& to) { return convolution(op, to); }
Status write(const GroupConvolution& op, NodeExport& to) { return convolution(op, to); }

Status write(const ConvolutionBackpropData& op, NodeExport& to) { return deconvolution(op, 0, to); }
Status write(const GroupConvolutionBackpropData& op, NodeExport& to) { return deconvolution(op, 1, to); }

Status write(const MatMul& op, NodeExport& to) {
  const auto swapped = [&](const std::string& name, std::size_t rank) {
    std::vector<std::int64_t> order(rank);
    for (std::size_t i = 0; i < rank; ++i) order[i] = static_cast<std::int64_t>(i);
    std::swap(order[rank - 1], order[rank - 2]);
    return to.step("Transpose", {name}, {{"perm", order}});
  };
  const std::size_t rank_a = to.shape(0).size(), rank_b = to.shape(1).size();
  const bool computed_b = !to.constant(1) && !stored_weights(to.graph(), to.node());
  std::string a = to.input(0), b = weights(to);
  if (op.transpose_a && rank_a >= 2) a = swapped(a, rank_a);
  if (op.transpose_b && rank_b >= 2 && computed_b) b = swapped(b, rank_b);
  return to.result("MatMul", {a, b});
}

Status write(const MaxPool& op, NodeExport& to) {
  const Pads pads = written_pads(op.pads, op.kernel, op.strides, op.dilations, to);
  const bool fits = fit_kernel(pads, op.kernel);
  const std::string data = fits ? to.input(0) : padded(to, pads, std::numeric_limits<float>::lowest());
  return to.result("MaxPool", {data},
                   {{"kernel_shape", list_of(op.kernel)},
                    {"strides", list_of(op.strides)},
                    {"dilations", list_of(op.dilations)},
                    {"pads", list_of(fits ? pads : Pads{})}});
}

Status write(const AvgPool& op, NodeExport& to) {
  const Pads pads = written_pads(op.pads, op.kernel, op.strides, {1, 1}, to);
  if (!fit_kernel(pads, op.kernel) || (!op.exclude_pad && pads != op.pads)) return corrected_means(op, pads, to);
  return to.result("AveragePool", {to.input(0)},
                   {{"kernel_shape", list_of(op.kernel)},
                    {"strides", list_of(op.strides)},
                    {"pads", list_of(pads)},
                    {"count_include_pad", std::int64_t{!op.exclude_pad}}});
}

Status write(const Interpolate& op, NodeExport& to) {
  const Attribute mode{"mode", std::string(name_of(op.mode))};
  const Attribute coordinates{"coordinate_transformation_mode", std::string(name_of(op.coordinates))};
  const Attribute nearest{"nearest_mode", std::string(name_of(op.nearest))},
      coefficient{"cubic_coeff_a", static_cast<float>(op.cube_coeff)};
  const Attributes attributes = op.mode == Interpolate::Mode::kNearest ? Attributes{mode, coordinates, nearest}
                                : op.mode == Interpolate::Mode::kCubic ? Attributes{mode, coordinates, coefficient}
                                                                       : Attributes{mode, coordinates};
  return to.result("Resize", {to.input(0), "", "", to.list(to.output_type().shape, "sizes")}, attributes);
}

Status write(const GridSample& op, NodeExport& to) {
  return to.result("GridSample", to.inputs(),
                   {{"mode", std::string(name_of(op.mode))},
                    {"padding_mode", std::string(name_of(op.padding))},
                    {"align_corners", std::int64_t{op.align_corners}}});
}

}  // namespace octet::onnx
