#include "quant/bias_correction.h"

namespace octet::quant {
namespace {

struct Window {
  Spatial strides, dilations;
  Pads pads;
};

Window window_of(const Node& node) {
  if (const auto* conv = std::get_if<Convolution>(&node.op)) return {conv->strides, conv->dilations, conv->pads};
  const auto& conv = std::get<GroupConvolution>(node.op);
  return {conv.strides, conv.dilations, conv.pads};
}

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
  const Window window = window_of(node);
  const Shape &data = graph.shape(node.inputs[0]), &shape = graph.shape(node.inputs[1]), &out = node.outputs[0].shape;
  const bool grouped = shape.size() == 5;
  const auto kh = shape[shape.size() - 2], kw = shape[shape.size() - 1];
  const auto inputs = static_cast<std::size_t>(shape[shape.size() - 3]);
  const auto group_out = static_cast<std::size_t>(grouped ? shape[1] : shape[0]);
  const auto rows = inside_shares(kh, data[2], out[2], window.strides[0], window.dilations[0], window.pads.begin[0]);
  const auto columns = inside_shares(kw, data[3], out[3], window.strides[1], window.dilations[1], window.pads.begin[1]);

  std::vector<float> shift;
  std::size_t at = 0;
  for (std::size_t o = 0; o < quantized.scale.size(); ++o) {
    const std::size_t first_input = grouped ? o / group_out * inputs : 0;
    double sum = 0;
    for (std::size_t i = 0; i < inputs; ++i)
      for (const double row : rows)
        for (const double column : columns) {
          const double error = static_cast<double>(weights[at]) - static_cast<double>(quantized.scale[o]) * quantized.values[at];
          sum += error * input_mean[first_input + i] * row * column;
          ++at;
        }
    shift.push_back(static_cast<float>(sum));
  }
  return shift;
}

}  // namespace octet::quant
