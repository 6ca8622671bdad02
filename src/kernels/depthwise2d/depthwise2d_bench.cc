#include <memory>
#include <string>

#include "kernels/bench.h"
#include "kernels/depthwise2d/depthwise2d_kernels.h"

namespace octet::kernels {
namespace {

struct Layer {
  std::int64_t size, channels, kernel, stride;

  std::int64_t out_size() const { return (size - 1) / stride + 1; }
  std::int64_t weights() const { return channels * kernel * kernel; }
  double macs() const { return static_cast<double>(out_size() * out_size() * weights()); }
  Depthwise2dShape shape() const { return {channels, kernel, kernel, stride, stride, 1, 1, kernel / 2, kernel / 2}; }
  std::string text() const { return bench::size_text(size, size, channels) + "_k" + std::to_string(kernel) + "s" + std::to_string(stride); }
};

constexpr Layer kLayers[] = {{75, 144, 3, 1}, {38, 192, 3, 1}, {19, 576, 3, 1}, {10, 960, 3, 1}, {150, 96, 3, 2},
                             {75, 144, 3, 2}, {38, 192, 3, 2}, {150, 24, 3, 1}, {20, 192, 5, 1}, {40, 64, 7, 1}};

Requantization requantization_of(const Layer& layer, Activation::Kind kind) {
  const auto channels = static_cast<std::size_t>(layer.channels);
  Requantization requantization{std::vector<float>(channels, 1e-3f), std::vector<float>(channels, 20.0f), {kind}, true, {}, {}};
  requantization.zero_point.assign(channels, 0);
  if (kind == Activation::Kind::kSwish) requantization.inv_scale.assign(channels, 3.0f);
  return requantization;
}

// Calls add(layer, kind, suffix) for each layer behind a clamp and behind a curve.
template <typename Add>
void for_each_layer(const Add& add) {
  for (const Layer& layer : kLayers) {
    add(layer, Activation::Kind::kRelu, "");
    add(layer, Activation::Kind::kSwish, "_swish");
  }
}

void add_u8(const Layer& layer, Activation::Kind kind, const std::string& suffix) {
  bench::add<Depthwise2dU8Kernels>(layer.text() + suffix, layer.macs(), [layer, kind](const Isa& isa) {
    std::shared_ptr<ConvolutionU8> conv =
        make_depthwise2d_u8(layer.shape(), bench::noise<std::int16_t>(layer.weights(), -127, 127),
                            bench::noise<std::uint8_t>(layer.channels, 100, 140), requantization_of(layer, kind), isa);
    auto in = std::make_shared<bench::Image<std::uint8_t>>(layer.size, layer.size, layer.channels),
         out = std::make_shared<bench::Image<std::uint8_t>>(layer.out_size(), layer.out_size(), layer.channels);
    return [=](ThreadPool& pool) { conv->run(in->view, out->view, pool); };
  });
}

}  // namespace

void Depthwise2dF32Kernels::add_benchmarks() {
  for (const Layer& layer : kLayers)
    bench::add<Depthwise2dF32Kernels>(layer.text(), layer.macs(), [layer](const Isa& isa) {
      std::shared_ptr<ConvolutionF32> conv =
          make_depthwise2d_f32(layer.shape(), bench::noise<float>(layer.weights(), -9, 9), {}, {Activation::Kind::kRelu}, isa);
      auto in = std::make_shared<bench::Image<float>>(layer.size, layer.size, layer.channels),
           out = std::make_shared<bench::Image<float>>(layer.out_size(), layer.out_size(), layer.channels);
      return [=](ThreadPool& pool) { conv->run(in->view, out->view, pool); };
    });
}

void QuantizingDepthwise2dKernels::add_benchmarks() {
  for_each_layer([](const Layer& layer, Activation::Kind kind, const std::string& suffix) {
    bench::add<QuantizingDepthwise2dKernels>(layer.text() + suffix, layer.macs(), [layer, kind](const Isa& isa) {
      std::shared_ptr<QuantizingDepthwise2d> conv =
          make_quantizing_depthwise2d(layer.shape(), bench::noise<float>(layer.weights(), -9, 9), requantization_of(layer, kind), isa);
      auto in = std::make_shared<bench::Image<float>>(layer.size, layer.size, layer.channels);
      auto out = std::make_shared<bench::Image<std::uint8_t>>(layer.out_size(), layer.out_size(), layer.channels);
      return [=](ThreadPool& pool) { conv->run(in->view, out->view, pool); };
    });
  });
}

void Depthwise2dU8Kernels::add_benchmarks() { for_each_layer(add_u8); }

}  // namespace octet::kernels
