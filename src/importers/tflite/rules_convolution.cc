// Convolutions and products of matrices. Quantized weights stay stored: integers, a Convert, a Subtract of the zero points where they
// are not all 0, a Multiply by the scales, as passes/stored_weights.h has them. So do 8-bit weights of an operator that computes in
// floats.
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "graph/evaluate.h"
#include "importers/tensorflow/windows.h"
#include "importers/tflite/rules.h"
#include "importers/tflite/windows.h"

namespace octet::tflite {
namespace {

constexpr std::size_t kWeights = 1;  // the input of every operator here

// Weights in the order and shape that octet's operation takes.
struct WeightsForm {
  std::vector<std::int64_t> order;        // of the stored axes
  Shape shape;                            // of the result; of as many elements
  std::int64_t channel_axis;              // the stored axis that scales may go along: that of the output channels
  std::vector<std::size_t> channel_axes;  // what becomes of it in the result
};

Tensor turned(const Tensor& tensor, const std::vector<std::int64_t>& order, const Shape& shape) {
  Shape moved;
  for (const std::int64_t axis : order) moved.push_back(tensor.shape()[static_cast<std::size_t>(axis)]);
  const std::vector<Tensor> inputs{tensor, Tensor::of<std::int64_t>({std::ssize(order)}, order)};
  const std::vector<TensorType> outputs{{tensor.type(), moved}};
  return evaluate(Transpose{}, inputs, outputs)[0].reshaped(shape);
}

// Unsigned bytes as signed ones, with the zero points moved along.
TensorRecord with_signed_bytes(TensorRecord record) {
  if (record.constant->type() != ElementType::kU8) return record;
  constexpr std::int64_t kMiddle = 128;
  auto values = to_vector<std::int64_t>(*record.constant);
  for (std::int64_t& value : values) value -= kMiddle;
  for (std::int64_t& zero_point : record.quantization.zero_point) zero_point -= kMiddle;
  record.constant = converted(Tensor::of<std::int64_t>(record.constant->shape(), values), ElementType::kI8);
  return record;
}

// A number for each output channel of weights, or one for all.
template <typename T>
Tensor along_channels(const std::vector<T>& values, const WeightsForm& form) {
  Shape shape(form.shape.size(), 1);
  if (values.size() > 1)
    for (const std::size_t axis : form.channel_axes) shape[axis] = form.shape[axis];
  std::vector<float> numbers;
  for (const T value : values) numbers.push_back(static_cast<float>(value));
  return Tensor::of<float>(shape, numbers);
}

Result<Value> stored_weights(Layer& layer, const TensorRecord& source, const WeightsForm& form) {
  const TensorRecord record = with_signed_bytes(source);
  const Quantization& quantization = record.quantization;
  if (quantization.per_axis() && quantization.axis != form.channel_axis)
    return layer.unsupported(fmt::format("its weights '{}' are quantized along dimension {}, expected the output channels ({})",
                                         record.name, quantization.axis, form.channel_axis));
  Graph& graph = layer.graph();
  const Value integers = graph.emit_constant(turned(*record.constant, form.order, form.shape), record.name);
  Value weights = graph.emit(Convert{ElementType::kF32}, {integers}, record.name + "/f32");
  if (std::ranges::any_of(quantization.zero_point, [](std::int64_t zero_point) { return zero_point != 0; })) {
    const Value zero_points = graph.emit_constant(along_channels(quantization.zero_point, form), record.name + "/zero_points");
    weights = graph.emit(Binary{BinaryKind::kSubtract}, {weights, zero_points}, record.name + "/centred");
  }
  const Value scales = graph.emit_constant(along_channels(quantization.scale, form), record.name + "/scales");
  return graph.emit(Binary{BinaryKind::kMultiply}, {weights, scales}, record.name + "/weights");
}

bool is_stored_in_bytes(const TensorRecord* record) {
  return record && record->quantization && (record->constant->type() == ElementType::kI8 || record->constant->type() == ElementType::kU8);
}

Result<Value> weights_of(Layer& layer, std::size_t input, const WeightsForm& form) {
  const TensorRecord* stored = layer.stored(input);
  if (is_stored_in_bytes(stored)) return stored_weights(layer, *stored, form);
  OCTET_ASSIGN(const Value weights, layer.plain(input));
  OCTET_ASSIGN(const Value moved, layer.add(Transpose{}, {weights, layer.integers(form.order, "/weights/order")}, "/weights/moved"));
  if (layer.graph().shape(moved) == form.shape) return moved;
  return layer.add(Reshape{}, {moved, layer.integers(form.shape, "/weights/shape")}, "/weights");
}

// The scales of integers that stand for reals only beside those that they are added to: that of the data times those of the weights.
Result<Quantization> scales_of_sums(const Layer& layer, std::size_t data) {
  const Quantization &of_data = layer.input(data).quantization, &of_weights = layer.input(kWeights).quantization;
  if (!of_data || !of_weights || of_data.per_axis())
    return layer.malformed("has a bias of integers without a scale, and data or weights without one");
  Quantization scales = of_weights;
  for (float& scale : scales.scale) scale *= of_data.scale[0];
  std::ranges::fill(scales.zero_point, 0);
  scales.axis = 0;
  return scales;
}

Result<Value> bias_of(Layer& layer, std::size_t input, std::size_t data) {
  const TensorRecord* stored = layer.stored(input);
  const bool is_plain_integers = stored && stored->constant->type() == ElementType::kI32 && !stored->quantization;
  if (!is_plain_integers) return layer.plain(input);
  OCTET_ASSIGN(const Quantization scales, scales_of_sums(layer, data));
  if (scales.per_axis() && stored->constant->shape() != Shape{std::ssize(scales.scale)})
    return layer.malformed(fmt::format("has a bias of shape {} for {} scales", to_string(stored->constant->shape()), scales.scale.size()));
  return layer.graph().emit_constant(real_values(*stored->constant, scales), stored->name);
}

// Adds the bias that may be input `input`, of as many channels as axis 1 of planes, or the last of anything else, has.
Result<Value> with_bias(Layer& layer, Value sum, std::size_t input, std::size_t data, Layout layout) {
  if (!layer.has(input)) return sum;
  OCTET_ASSIGN(Value bias, bias_of(layer, input, data));
  const Shape shape = layer.graph().shape(sum), found = layer.graph().shape(bias);
  const std::int64_t channels = layout == Layout::kPlanar ? shape[1] : shape.back();
  if (found != Shape{channels}) return layer.malformed(fmt::format("has a bias of shape {} for {} channels", to_string(found), channels));
  if (layout == Layout::kPlanar) {
    OCTET_ASSIGN(bias, layer.add(Reshape{}, {bias, layer.integers({1, channels, 1, 1}, "/bias/shape")}, "/bias"));
  }
  return layer.add(Binary{BinaryKind::kAdd}, {sum, bias}, "/sum");
}

Status expect_four_axes(const Layer& layer, const Shape& shape, std::string_view what) {
  if (shape.size() == 4 && std::ranges::all_of(shape, [](std::int64_t size) { return size > 0; })) return {};
  return layer.malformed(fmt::format("has {} of shape {}, expected four axes", what, to_string(shape)));
}

Status convolution(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::Conv2DOptionsT>());
  OCTET_ASSIGN(const Value data, layer.planar(0));
  OCTET_ASSIGN(const Shape weights, layer.shape(1));
  OCTET_RETURN_IF_ERROR(expect_four_axes(layer, weights, "weights"));
  const std::int64_t inputs = layer.graph().shape(data)[1], outputs = weights[0];
  if (inputs < weights[3] || inputs % weights[3] != 0 || outputs % (inputs / weights[3]) != 0)
    return layer.malformed(fmt::format("has weights of shape {} for {} channels", to_string(weights), inputs));
  const std::int64_t groups = inputs / weights[3];
  OCTET_ASSIGN(const Window window, window_of(layer, data, {weights[1], weights[2]}, options));
  Result<Value> sum = Error{};
  if (groups == 1) {
    OCTET_ASSIGN(const Value kernel, weights_of(layer, 1, {{0, 3, 1, 2}, {outputs, weights[3], weights[1], weights[2]}, 0, {0}}));
    sum = layer.add(Convolution{window.strides, window.dilations, window.pads}, {data, kernel}, "/convolution");
  } else {
    const Shape shape{groups, outputs / groups, weights[3], weights[1], weights[2]};
    OCTET_ASSIGN(const Value kernel, weights_of(layer, 1, {{0, 3, 1, 2}, shape, 0, {0, 1}}));
    sum = layer.add(GroupConvolution{window.strides, window.dilations, window.pads}, {data, kernel}, "/convolution");
  }
  if (!sum.ok()) return sum.error();
  OCTET_ASSIGN(const Value result, with_bias(layer, *sum, 2, 0, Layout::kPlanar));
  return layer.give(result, Layout::kPlanar, options.fused_activation_function);
}

// Weights [1,kh,kw,C*m]: m output channels of each input channel, side by side.
Status depthwise_convolution(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::DepthwiseConv2DOptionsT>());
  OCTET_ASSIGN(const Value data, layer.planar(0));
  OCTET_ASSIGN(const Shape weights, layer.shape(1));
  OCTET_RETURN_IF_ERROR(expect_four_axes(layer, weights, "weights"));
  const std::int64_t channels = layer.graph().shape(data)[1];
  if (weights[0] != 1 || channels < 1 || weights[3] % channels != 0)
    return layer.malformed(fmt::format("has weights of shape {} for {} channels", to_string(weights), channels));
  OCTET_ASSIGN(const Window window, window_of(layer, data, {weights[1], weights[2]}, options));
  const Shape shape{channels, weights[3] / channels, 1, weights[1], weights[2]};
  OCTET_ASSIGN(const Value kernel, weights_of(layer, 1, {{3, 0, 1, 2}, shape, 3, {0, 1}}));
  OCTET_ASSIGN(const Value sum, layer.add(GroupConvolution{window.strides, window.dilations, window.pads}, {data, kernel}, "/convolution"));
  OCTET_ASSIGN(const Value result, with_bias(layer, sum, 2, 0, Layout::kPlanar));
  return layer.give(result, Layout::kPlanar, options.fused_activation_function);
}

// Inputs: shape of the result, weights [O,kh,kw,I], data, bias.
Status transposed_convolution(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::TransposeConvOptionsT>());
  OCTET_ASSIGN(const auto result_shape, layer.integers(0));
  OCTET_ASSIGN(const Value data, layer.planar(2));
  OCTET_ASSIGN(const Shape weights, layer.shape(1));
  OCTET_RETURN_IF_ERROR(expect_four_axes(layer, weights, "weights"));
  OCTET_RETURN_IF_ERROR(expect_four_axes(layer, result_shape, "a result"));
  ConvolutionBackpropData op;
  OCTET_ASSIGN(op.strides, strides_of(layer, options));
  const Shape from = layer.graph().shape(data);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t kernel = weights[axis + 1], side = result_shape[axis + 1];
    const bool sound = kernel <= tensorflow::kLargestWindow && side <= kMaxElements;
    const std::int64_t overhang = sound ? (from[axis + 2] - 1) * op.strides[axis] + kernel - side : 0;
    if (!sound || -overhang >= op.strides[axis])
      return layer.malformed(fmt::format("makes {} of {}, which its strides do not give", to_string(result_shape), to_string(from)));
    op.pads.begin[axis] = std::max<std::int64_t>(overhang, 0) / 2;
    op.pads.end[axis] = std::max<std::int64_t>(overhang, 0) - op.pads.begin[axis];
    op.output_padding[axis] = std::max<std::int64_t>(-overhang, 0);
  }
  OCTET_ASSIGN(const Value kernel, weights_of(layer, 1, {{3, 0, 1, 2}, {weights[3], weights[0], weights[1], weights[2]}, 0, {1}}));
  OCTET_ASSIGN(const Value sum, layer.add(op, {data, kernel}, "/convolution"));
  OCTET_ASSIGN(const Value result, with_bias(layer, sum, 3, 2, Layout::kPlanar));
  return layer.give(result, Layout::kPlanar, options.fused_activation_function);
}

// Inputs: data, of which the last axis or all but the first count, weights [O,I], bias.
Status fully_connected(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::FullyConnectedOptionsT>());
  if (options.weights_format != schema::WeightsFormat::DEFAULT) return layer.unsupported("its weights are shuffled");
  OCTET_ASSIGN(Value data, layer.plain(0));
  OCTET_ASSIGN(const Shape weights, layer.shape(1));
  if (weights.size() != 2 || weights[1] < 1) return layer.malformed("has weights of shape " + to_string(weights) + ", expected two axes");
  Shape shape = layer.graph().shape(data);
  if (!options.keep_num_dims) shape = {element_count(shape) / weights[1], weights[1]};
  if (shape.empty() || shape.back() != weights[1])
    return layer.malformed(fmt::format("has weights of shape {} for data {}", to_string(weights), to_string(shape)));
  OCTET_ASSIGN(data, layer.add(Reshape{}, {data, layer.integers(shape, "/rows/shape")}, "/rows"));
  OCTET_ASSIGN(const Value matrix, weights_of(layer, 1, {{0, 1}, weights, 0, {0}}));
  OCTET_ASSIGN(const Value product, layer.add(MatMul{false, true}, {data, matrix}, "/product"));
  OCTET_ASSIGN(const Value result, with_bias(layer, product, 2, 0, Layout::kPlain));
  return layer.give(result, Layout::kPlain, options.fused_activation_function);
}

Status batch_matmul(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::BatchMatMulOptionsT>());
  OCTET_ASSIGN(const Value a, layer.plain(0));
  OCTET_ASSIGN(const Value b, layer.plain(1));
  OCTET_ASSIGN(const Value result, layer.add(MatMul{options.adj_x, options.adj_y}, {a, b}));
  return layer.give(result, Layout::kPlain);
}

constexpr NamedRule kRules[] = {
    {BuiltinOperator::CONV_2D, 2, convolution},
    {BuiltinOperator::DEPTHWISE_CONV_2D, 2, depthwise_convolution},
    {BuiltinOperator::TRANSPOSE_CONV, 3, transposed_convolution},
    {BuiltinOperator::FULLY_CONNECTED, 2, fully_connected},
    {BuiltinOperator::BATCH_MATMUL, 2, batch_matmul},
};

}  // namespace

std::span<const NamedRule> convolution_rules() { return kRules; }

}  // namespace octet::tflite
