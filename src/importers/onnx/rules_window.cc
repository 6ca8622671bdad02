// Convolutions and pooling.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "importers/onnx/window_operations.h"
#include "importers/onnx/rules.h"
#include "importers/onnx/windows.h"
#include "importers/window_rules.h"

namespace octet::onnx {
namespace {

Result<Values> conv(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  return one(convolve(node, node.input(0), node.input(1), node.has_input(2) ? std::optional(node.input(2)) : std::nullopt));
}

// The activation that ONNX Runtime's fused operators name, with its parameters in a list.
Result<Value> named_activation(NodeImport& node, Value data) {
  constexpr std::string_view kNames[] = {"", "Relu", "Tanh", "Sigmoid", "LeakyRelu", "Clip", "HardSigmoid"};
  const std::string name = node.choice("activation", kNames, "");
  const auto parameters = node.numbers("activation_params");
  OCTET_RETURN_IF_ERROR(node.status());
  if (name.empty()) return data;
  if (name == "Relu") return node.value(Unary{UnaryKind::kRelu}, {data});
  if (name == "Tanh") return node.value(Unary{UnaryKind::kTanh}, {data});
  if (name == "Sigmoid") return node.value(Unary{UnaryKind::kSigmoid}, {data});
  const std::size_t wanted = name == "LeakyRelu" ? 1 : 2;
  if (parameters.size() != wanted)
    return malformed(fmt::format("attribute 'activation_params' has {} numbers, {} takes {}", parameters.size(), name, wanted));
  if (name == "Clip" && !(parameters[0] <= parameters[1]))
    return malformed("attribute 'activation_params' has limits that are not in order");
  if (name == "Clip") return node.value(Clamp{parameters[0], parameters[1]}, {data});
  if (name == "LeakyRelu") {
    OCTET_ASSIGN(const Value slope, node.constant(Tensor::of<float>({1}, {static_cast<float>(parameters[0])})));
    return node.value(PRelu{}, {data, slope});
  }
  OCTET_ASSIGN(const Value alpha, node.scalar_like(parameters[0], data));
  OCTET_ASSIGN(const Value beta, node.scalar_like(parameters[1], data));
  return node.value(HardSigmoid{}, {data, alpha, beta});
}

// ONNX Runtime's: data, weights, bias, what is added to the result before the activation.
Result<Values> fused_conv(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  OCTET_ASSIGN(Value result, convolve(node, node.input(0), node.input(1), node.has_input(2) ? std::optional(node.input(2)) : std::nullopt));
  if (node.has_input(3)) {
    OCTET_ASSIGN(result, node.binary(BinaryKind::kAdd, result, node.input(3)));
  }
  return one(named_activation(node, result));
}

// Padding that leads to the size that `output_shape` asks for, the odd row at the beginning but for SAME_UPPER.
Status fit_output_shape(NodeImport& node, const Shape& data, const Spatial& output_padding, Window& window) {
  const auto wanted = node.integers("output_shape");
  OCTET_RETURN_IF_ERROR(node.status());
  const std::string rule = node.text("auto_pad", "NOTSET");
  const bool same = rule.starts_with("SAME");
  if (wanted.empty() && !same) return {};
  if (!wanted.empty() && wanted.size() != data.size() - 2) return malformed("attribute 'output_shape' does not fit the data");
  for (std::size_t i = 0; i < 2; ++i) {
    const bool absent = data.size() == 3 && i == 0;
    const std::int64_t size = absent ? 1 : data[data.size() - 2 + i];
    const std::int64_t target = absent ? 1 : wanted.empty() ? size * window.strides[i] : wanted[wanted.size() - 2 + i];
    const std::int64_t total =
        window.strides[i] * (size - 1) + output_padding[i] + (window.kernel[i] - 1) * window.dilations[i] + 1 - target;
    if (total < 0) return unsupported("an output that is larger than its windows is not supported");
    window.pads.begin[i] = rule == "SAME_UPPER" ? total / 2 : total - total / 2;
    window.pads.end[i] = total - window.pads.begin[i];
  }
  return {};
}

Result<Values> conv_transpose(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  const Shape data = node.shape(0), weights = node.shape(1);
  OCTET_ASSIGN(Window window, read_window(node, data, &weights));
  const auto extra = node.integers("output_padding", std::vector<std::int64_t>(data.size() - 2, 0));
  const std::int64_t groups = node.integer("group", 1);
  OCTET_RETURN_IF_ERROR(node.status());
  if (extra.size() != data.size() - 2) return malformed("attribute 'output_padding' does not fit the data");
  const Spatial output_padding{data.size() == 4 ? extra[0] : 0, extra.back()};
  OCTET_RETURN_IF_ERROR(fit_output_shape(node, data, output_padding, window));
  if (groups < 1 || weights[0] % groups != 0)
    return malformed(fmt::format("attribute 'group' is {} for weights {}", groups, to_string(weights)));
  OCTET_ASSIGN(const Value from, with_height(node, node.input(0)));
  OCTET_ASSIGN(Value kernels, with_height(node, node.input(1)));
  Op op = ConvolutionBackpropData{window.strides, window.dilations, window.pads, output_padding};
  if (groups > 1) {
    const Shape shape = node.shape_of(kernels);
    OCTET_ASSIGN(kernels, node.reshape(kernels, {groups, shape[0] / groups, shape[1], shape[2], shape[3]}));
    op = GroupConvolutionBackpropData{window.strides, window.dilations, window.pads, output_padding};
  }
  OCTET_ASSIGN(const Value result, node.value(std::move(op), {from, kernels}));
  OCTET_ASSIGN(const Value biased, add_bias(node, result, node.has_input(2) ? std::optional(node.input(2)) : std::nullopt));
  return one(without_height(node, biased, data));
}

struct Pooling {
  Value data;
  Window window;
  Rounding rounding = Rounding::kFloor;
};

Result<Pooling> read_pooling(NodeImport& node, Value data) {
  if (node.has_output(1)) return unsupported("gives indices, which is not supported");
  Pooling pooling;
  OCTET_ASSIGN(pooling.window, read_window(node, node.shape_of(data), nullptr));
  OCTET_ASSIGN(pooling.data, with_height(node, data));
  if (node.flag("ceil_mode", false)) {
    const Window& window = pooling.window;
    const Shape& image = node.shape_of(pooling.data);
    const auto rounding = ceil_within_data({image[2], image[3]}, window.kernel, window.strides, window.dilations, window.pads);
    if (!rounding) return unsupported("attribute 'ceil_mode' that rounds height and width differently is not supported");
    pooling.rounding = *rounding;
  }
  return pooling;
}

Result<Values> max_pool(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const Pooling pooling, read_pooling(node, node.input(0)));
  const Window& window = pooling.window;
  OCTET_ASSIGN(const Value result,
               node.value(MaxPool{window.kernel, window.strides, window.dilations, window.pads, pooling.rounding}, {pooling.data}));
  return one(without_height(node, result, node.shape(0)));
}

Result<Values> average_pool(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  return one(average_pool(node, node.input(0)));
}

// Over everything behind the channels.
Result<Value> global_pool(NodeImport& node, ReduceKind kind, Value data) {
  std::vector<std::int64_t> axes(node.shape_of(data).size() - std::min<std::size_t>(node.shape_of(data).size(), 2));
  std::iota(axes.begin(), axes.end(), 2);
  OCTET_ASSIGN(const Value over, node.integers_constant(axes));
  return node.value(Reduce{kind, true}, {data, over});
}

template <ReduceKind kKind>
Result<Values> global_pool(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  return one(global_pool(node, kKind, node.input(0)));
}

Result<Values> grid_sample(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  constexpr std::string_view kModes[] = {"linear", "bilinear", "nearest", "cubic", "bicubic"};
  constexpr std::string_view kPaddings[] = {"zeros", "border", "reflection"};
  const std::string mode = node.choice("mode", kModes, "linear"), padding = node.choice("padding_mode", kPaddings, "zeros");
  GridSample op{node.flag("align_corners", false)};
  op.mode = mode == "nearest"         ? GridSample::Mode::kNearest
            : mode.ends_with("cubic") ? GridSample::Mode::kBicubic
                                      : GridSample::Mode::kBilinear;
  op.padding = padding == "border"       ? GridSample::Padding::kBorder
               : padding == "reflection" ? GridSample::Padding::kReflection
                                         : GridSample::Padding::kZeros;
  return node.add(op, {node.input(0), node.input(1)});
}

// Pads all axes or those of input 3; negative ones cut.
struct PadAmounts {
  std::vector<std::int64_t> begin, end;
};

Result<PadAmounts> pad_amounts(NodeImport& node) {
  const std::size_t rank = node.shape(0).size();
  OCTET_ASSIGN(const auto pads, node.integers_at(1, "pads"));
  std::vector<std::int64_t> axes(rank);
  std::iota(axes.begin(), axes.end(), 0);
  if (node.has_input(3)) {
    OCTET_ASSIGN(axes, node.integers_at(3, "axes"));
  }
  if (pads.size() != 2 * axes.size()) return malformed(fmt::format("{} pads for {} axes", pads.size(), axes.size()));
  PadAmounts amounts{std::vector<std::int64_t>(rank, 0), std::vector<std::int64_t>(rank, 0)};
  for (std::size_t i = 0; i < axes.size(); ++i) {
    OCTET_ASSIGN_AT(const std::int64_t axis, normalized_axis(axes[i], std::ssize(node.shape(0))), "axes");
    amounts.begin[static_cast<std::size_t>(axis)] = pads[i];
    amounts.end[static_cast<std::size_t>(axis)] = pads[axes.size() + i];
  }
  return amounts;
}

Result<Value> cut_negative(NodeImport& node, Value data, PadAmounts& amounts) {
  const Shape shape = node.shape_of(data);
  std::vector<std::int64_t> first(shape.size(), 0), end = shape;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    first[i] = std::max<std::int64_t>(-std::max(amounts.begin[i], -kMaxElements), 0);
    end[i] = shape[i] - std::max<std::int64_t>(-std::max(amounts.end[i], -kMaxElements), 0);
    if (first[i] > end[i]) return malformed("negative pads take more than there is");
    amounts.begin[i] = std::max<std::int64_t>(amounts.begin[i], 0);
    amounts.end[i] = std::max<std::int64_t>(amounts.end[i], 0);
  }
  if (end == shape && std::ranges::count(first, 0) == std::ssize(first)) return data;
  OCTET_ASSIGN(const Value from, node.integers_constant(first));
  OCTET_ASSIGN(const Value to, node.integers_constant(end));
  StridedSlice op;
  op.begin_mask.assign(shape.size(), 0);
  op.end_mask.assign(shape.size(), 0);
  return node.value(std::move(op), {data, from, to});
}

Result<Values> pad(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  constexpr std::string_view kModes[] = {"constant", "reflect", "edge"};
  const std::string mode = node.choice("mode", kModes, "constant");
  OCTET_ASSIGN(PadAmounts amounts, pad_amounts(node));
  OCTET_ASSIGN(const Value data, cut_negative(node, node.input(0), amounts));
  OCTET_ASSIGN(const Value begin, node.integers_constant(amounts.begin));
  OCTET_ASSIGN(const Value end, node.integers_constant(amounts.end));
  if (mode != "constant") return node.add(Pad{mode == "edge" ? Pad::Mode::kEdge : Pad::Mode::kReflect}, {data, begin, end});
  double fill = 0;
  if (node.has_input(2)) {
    OCTET_ASSIGN(fill, node.number_at(2, "value"));
  }
  OCTET_ASSIGN(const Value value, node.scalar_like(fill, data));
  return node.add(Pad{}, {data, begin, end, value});
}

constexpr OperatorRule kRules[] = {
    {"AveragePool", average_pool},
    {"Conv", conv},
    {"ConvTranspose", conv_transpose},
    {"FusedConv", fused_conv, Integers::kRefuses, "com.microsoft"},
    {"GlobalAveragePool", global_pool<ReduceKind::kMean>},
    {"GlobalMaxPool", global_pool<ReduceKind::kMax>, Integers::kMoves},
    {"GridSample", grid_sample},
    {"MaxPool", max_pool, Integers::kMoves},
    {"Pad", pad},
};

}  // namespace

Result<Value> average_pool(NodeImport& node, Value data) {
  OCTET_ASSIGN(const Pooling pooling, read_pooling(node, data));
  const Window& window = pooling.window;
  if (window.dilations != Spatial{1, 1}) return unsupported("attribute 'dilations' other than 1 is not supported");
  const bool exclude_pad = !node.flag("count_include_pad", false);
  OCTET_ASSIGN(const Value result,
               node.value(AvgPool{window.kernel, window.strides, window.pads, exclude_pad, pooling.rounding}, {pooling.data}));
  return without_height(node, result, node.shape_of(data));
}

Result<Value> global_average(NodeImport& node, Value data) { return global_pool(node, ReduceKind::kMean, data); }

std::span<const OperatorRule> window_rules() { return kRules; }

}  // namespace octet::onnx
