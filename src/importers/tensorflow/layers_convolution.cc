// Convolutions: TensorFlow's NHWC and weights [kh,kw,I,O] become NCHW and [O,I,kh,kw]; depthwise weights [kh,kw,C,M]
// become groups [C,M,1,kh,kw].
#include <algorithm>
#include <string>

#include "importers/tensorflow/network.h"
#include "importers/tensorflow/windows.h"

namespace octet::tensorflow {
namespace {

// weights [kh,kw,I,O] -> [O,I,kh,kw]; with `reversed` the input channels are taken from last to first.
Tensor oihw_from_hwio(const Tensor& weights, bool reversed) {
  const std::int64_t kh = weights.shape()[0], kw = weights.shape()[1], inputs = weights.shape()[2], outputs = weights.shape()[3];
  Tensor turned(ElementType::kF32, {outputs, inputs, kh, kw});
  const auto from = weights.values<float>();
  const auto to = turned.mutable_values<float>();
  std::size_t at = 0;
  for (std::int64_t o = 0; o < outputs; ++o)
    for (std::int64_t i = 0; i < inputs; ++i)
      for (std::int64_t cell = 0; cell < kh * kw; ++cell)
        to[at++] = from[static_cast<std::size_t>((cell * inputs + (reversed ? inputs - 1 - i : i)) * outputs + o)];
  return turned;
}

// weights [kh,kw,C,M] -> [C,M,1,kh,kw]
Tensor gmihw_from_hwcm(const Tensor& weights) {
  const std::int64_t kh = weights.shape()[0], kw = weights.shape()[1], channels = weights.shape()[2], multiplier = weights.shape()[3];
  Tensor turned(ElementType::kF32, {channels, multiplier, 1, kh, kw});
  const auto from = weights.values<float>();
  const auto to = turned.mutable_values<float>();
  std::size_t at = 0;
  for (std::int64_t c = 0; c < channels * multiplier; ++c)
    for (std::int64_t cell = 0; cell < kh * kw; ++cell) to[at++] = from[static_cast<std::size_t>(cell * channels * multiplier + c)];
  return turned;
}

// Depthwise weights [kh,kw,C,M] over an image as dense ones [C*M,C,kh,kw] that take the channels from last to first:
// groups could not be reversed without reversing what they give.
Tensor dense_from_hwcm_reversed(const Tensor& weights) {
  const std::int64_t kh = weights.shape()[0], kw = weights.shape()[1], channels = weights.shape()[2], multiplier = weights.shape()[3];
  Tensor dense(ElementType::kF32, {channels * multiplier, channels, kh, kw});
  const auto from = weights.values<float>();
  const auto to = dense.mutable_values<float>();
  for (std::int64_t o = 0; o < channels * multiplier; ++o) {
    const std::int64_t input = channels - 1 - o / multiplier;
    for (std::int64_t cell = 0; cell < kh * kw; ++cell)
      to[static_cast<std::size_t>((o * channels + input) * kh * kw + cell)] =
          from[static_cast<std::size_t>(cell * channels * multiplier + o)];
  }
  return dense;
}

Result<Feature> opened(const NodeRecord& node, const Shape& data_shape, OpenConvolution convolution, std::int64_t outputs) {
  convolution.name = convolution.bias_name = node.name;
  convolution.scale.assign(static_cast<std::size_t>(outputs), 1);
  convolution.bias.assign(static_cast<std::size_t>(outputs), 0);
  const Shape& weights = convolution.weights.shape();
  Feature feature;
  feature.shape = {data_shape[0], outputs, 0, 0};
  for (std::size_t axis = 0; axis < 2; ++axis)
    feature.shape[2 + axis] = window_count(data_shape[2 + axis], weights[weights.size() - 2 + axis], convolution.strides[axis],
                                           convolution.dilations[axis], convolution.pads.begin[axis] + convolution.pads.end[axis]);
  if (feature.shape[2] < 1 || feature.shape[3] < 1) return malformed(node, "its kernel is larger than the padded input");
  feature.convolution = std::move(convolution);
  return feature;
}

Result<OpenConvolution> windows_of(const NodeRecord& node, Network& network, const Tensor& weights) {
  if (weights.shape().size() != 4 || weights.size() == 0)
    return malformed(node, "has weights of shape " + to_string(weights.shape()) + ", expected four dimensions");
  OpenConvolution convolution;
  OCTET_ASSIGN(convolution.data, network.planar(node, 0));
  OCTET_ASSIGN(convolution.strides, spatial_attribute(node, "strides"));
  OCTET_ASSIGN(convolution.dilations, spatial_attribute(node, "dilations"));
  OCTET_ASSIGN(convolution.pads, pads_of(node, network.graph().shape(convolution.data), {weights.shape()[0], weights.shape()[1]},
                                         convolution.strides, convolution.dilations));
  return convolution;
}

Result<Feature> conv2d(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Feature data, network.input(node, 0));
  OCTET_ASSIGN(const Tensor weights, network.weights(node, 1));
  OCTET_ASSIGN(OpenConvolution convolution, windows_of(node, network, weights));
  const Shape shape = network.graph().shape(convolution.data);
  const std::int64_t inputs = weights.shape()[2], outputs = weights.shape()[3];
  const std::int64_t groups = inputs > 0 && shape[1] % inputs == 0 ? shape[1] / inputs : 0;
  if (groups == 0 || outputs % groups != 0)
    return malformed(node,
                     "its weights " + to_string(weights.shape()) + " do not fit an input of " + std::to_string(shape[1]) + " channels");
  if (groups > 1 && data.is_image) return unsupported(node, "a grouped convolution reads the image");
  convolution.weights = oihw_from_hwio(weights, data.is_image);
  convolution.grouped = groups > 1;
  if (convolution.grouped)
    convolution.weights = convolution.weights.reshaped({groups, outputs / groups, inputs, weights.shape()[0], weights.shape()[1]});
  return opened(node, shape, std::move(convolution), outputs);
}

Result<Feature> depthwise(const NodeRecord& node, Network& network) {
  OCTET_ASSIGN(const Feature data, network.input(node, 0));
  OCTET_ASSIGN(const Tensor weights, network.weights(node, 1));
  OCTET_ASSIGN(OpenConvolution convolution, windows_of(node, network, weights));
  const Shape shape = network.graph().shape(convolution.data);
  if (weights.shape()[2] != shape[1])
    return malformed(node,
                     "its weights " + to_string(weights.shape()) + " do not fit an input of " + std::to_string(shape[1]) + " channels");
  convolution.grouped = !data.is_image;
  convolution.weights = data.is_image ? dense_from_hwcm_reversed(weights) : gmihw_from_hwcm(weights);
  return opened(node, shape, std::move(convolution), weights.shape()[2] * weights.shape()[3]);
}

constexpr NamedLayer kLayers[] = {
    {"Conv2D", conv2d},
    {"DepthwiseConv2dNative", depthwise},
};

}  // namespace

std::span<const NamedLayer> convolution_layers() { return kLayers; }

}  // namespace octet::tensorflow
