#include "quant/bias_correction.h"

#include "graph/patterns.h"

namespace octet::quant {
namespace {

// For each tap of one axis the share of output places where it reads inside the image.
std::vector<double> inside_shares(std::int64_t taps, std::int64_t in, std::int64_t out, std::int64_t stride, std::int64_t dilation,
                                  std::int64_t pad) {
  std::vector<double> shares;
  for (std::int64_t tap = 0; tap < taps; ++tap) {
    std::int64_t inside = 0;
    for (std::int64_t place = 0; place < out; ++place) {
      const std::int64_t at = place * stride + tap * dilation - pad;
      inside += at >= 0 && at < in;
    }
    shares.push_back(static_cast<double>(inside) / static_cast<double>(out));
  }
  return shares;
}

}  // namespace

std::vector<float> bias_shift(const Graph& graph, NodeId convolution, std::span<const float> weights, const WeightQuantization& quantized,
                              std::span<const double> input_mean) {
  const Node& node = graph.node(convolution);
  const ConvolutionGeometry conv = *convolution_geometry(graph, node);
  const Shape &data = graph.shape(node.inputs[0]), &out = node.outputs[0].shape;
  const auto rows = inside_shares(conv.kernel[0], data[2], out[2], conv.strides[0], conv.dilations[0], conv.pads.begin[0]);
  const auto columns = inside_shares(conv.kernel[1], data[3], out[3], conv.strides[1], conv.dilations[1], conv.pads.begin[1]);

  std::vector<double> inside;  // by tap
  for (const double row : rows)
    for (const double column : columns) inside.push_back(row * column);

  std::vector<double> shift(quantized.scale.size());
  std::size_t tap = 0;
  for_each_weight(conv, [&](std::size_t output, std::size_t input, std::size_t at) {
    const double error = static_cast<double>(weights[at]) - static_cast<double>(quantized.scale[output]) * quantized.values[at];
    shift[output] += error * input_mean[input] * inside[tap];
    if (++tap == inside.size()) tap = 0;
  });
  return {shift.begin(), shift.end()};
}

}  // namespace octet::quant
