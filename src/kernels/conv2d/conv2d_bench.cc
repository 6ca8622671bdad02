#include <memory>
#include <string>

#include "kernels/bench.h"
#include "kernels/conv2d/conv2d_kernels.h"

namespace octet::kernels {
namespace {

struct Layer {
  std::int64_t height, width, in_channels, out_channels, kernel, stride;  // height and width of the output

  std::int64_t weights() const { return in_channels * out_channels * kernel * kernel; }
  double macs() const { return static_cast<double>(height * width * weights()); }
  Conv2dShape shape() const { return {in_channels, out_channels, kernel, kernel, stride, stride, 1, 1, kernel / 2, kernel / 2}; }
  std::string text() const {
    return size_text() + "_k" + std::to_string(kernel) + "s" + std::to_string(stride) + "_" + std::to_string(out_channels);
  }
  std::string size_text() const { return bench::size_text(height, width, in_channels); }
  template <typename T>
  bench::Image<T> in() const {
    return {height * stride, width * stride, in_channels};
  }
  template <typename T>
  bench::Image<T> out() const {
    return {height, width, out_channels};
  }
};

constexpr Layer kLayers[] = {
    {40, 40, 96, 24, 1, 1},   {40, 40, 96, 96, 1, 1},    {20, 20, 192, 192, 1, 1},  {20, 20, 384, 96, 1, 1},  {19, 19, 96, 576, 1, 1},
    {19, 19, 576, 96, 1, 1},  {76, 76, 128, 128, 1, 1},  {150, 150, 32, 16, 1, 1},  {150, 150, 16, 96, 1, 1}, {75, 75, 144, 24, 1, 1},
    {10, 10, 960, 160, 1, 1}, {10, 10, 1280, 256, 1, 1}, {10, 10, 1280, 546, 1, 1}, {104, 104, 32, 32, 3, 1}, {104, 104, 16, 16, 3, 1},
    {104, 104, 64, 64, 3, 1}, {52, 52, 128, 128, 3, 1},  {26, 26, 256, 256, 3, 1},  {13, 13, 512, 512, 3, 1}, {19, 19, 512, 512, 3, 1},
    {38, 38, 256, 256, 3, 1}, {26, 26, 384, 256, 3, 1},  {13, 13, 256, 512, 3, 1},  {76, 76, 128, 128, 3, 1}, {104, 104, 32, 64, 3, 2},
    {208, 208, 3, 32, 3, 2},  {150, 150, 3, 32, 3, 2},   {150, 150, 24, 48, 1, 1},  {75, 75, 96, 96, 1, 1},   {38, 38, 192, 192, 1, 1},
    {19, 19, 384, 384, 1, 1},
};

Requantization requantization_of(const Layer& layer) {
  const auto channels = static_cast<std::size_t>(layer.out_channels);
  Requantization r;
  r.multiplier.assign(channels, 0.001f);
  r.offset.assign(channels, 1.0f);
  r.zero_point.assign(channels, 3);
  r.activation = {Activation::Kind::kClamp, 0, 200};
  return r;
}

template <class Table, typename Make>
void add_floats(const Layer& layer, const Make& make) {
  bench::add<Table>(layer.text(), layer.macs(), [layer, make](const Isa& isa) {
    const auto weights = bench::noise<float>(layer.weights(), 0, 63);
    std::shared_ptr<ConvolutionF32> conv = make(layer.shape(), weights, {}, {Activation::Kind::kClamp, 0, 6}, isa);
    auto in = std::make_shared<bench::Image<float>>(layer.in<float>()), out = std::make_shared<bench::Image<float>>(layer.out<float>());
    return [=](ThreadPool& pool) { conv->run(in->view, out->view, pool); };
  });
}

}  // namespace

void Conv2dF32Kernels::add_benchmarks() {
  for (const Layer& layer : kLayers) add_floats<Conv2dF32Kernels>(layer, make_direct_f32);
}

void Conv2dBf16Kernels::add_benchmarks() {
  for (const Layer& layer : kLayers)
    if (rounded_has(layer.shape())) add_floats<Conv2dBf16Kernels>(layer, make_direct_bf16);
}

void WinogradF32Kernels::add_benchmarks() {
  for (const Layer& layer : kLayers)
    for (const int tile : {2, 4}) {
      if (!winograd_has(layer.shape())) continue;
      bench::add<WinogradF32Kernels>(layer.text() + "_f" + std::to_string(tile), layer.macs(), [layer, tile](const Isa& isa) {
        const auto weights = bench::noise<float>(layer.weights(), 0, 63);
        std::shared_ptr<ConvolutionF32> conv = make_winograd_f32(layer.shape(), weights, {}, {Activation::Kind::kClamp, 0, 6}, isa, tile);
        auto in = std::make_shared<bench::Image<float>>(layer.in<float>()), out = std::make_shared<bench::Image<float>>(layer.out<float>());
        return [=](ThreadPool& pool) { conv->run(in->view, out->view, pool); };
      });
    }
}

void Conv2dU8Kernels::add_benchmarks() {
  const auto add = [](const Layer& layer, int greatest, const std::string& suffix) {
    bench::add<Conv2dU8Kernels>(layer.text() + suffix, layer.macs(), [layer, greatest](const Isa& isa) {
      const auto weights = bench::noise<std::int16_t>(layer.weights(), -greatest, greatest);
      std::shared_ptr<ConvolutionU8> conv = make_direct_u8(layer.shape(), weights, 5, requantization_of(layer), isa);
      auto in = std::make_shared<bench::Image<std::uint8_t>>(layer.in<std::uint8_t>()),
           out = std::make_shared<bench::Image<std::uint8_t>>(layer.out<std::uint8_t>());
      return [=](ThreadPool& pool) { conv->run(in->view, out->view, pool); };
    });
  };
  for (const Layer& layer : kLayers) {
    add(layer, 127, "");
    add(layer, 64, "_7bit");  // where products of bytes fit into 16 bits
    add(layer, 32, "_6bit");  // where two groups of them do
  }
}

void WinogradU8Kernels::add_benchmarks() {
  for (const Layer& layer : kLayers) {
    if (layer.kernel != 3 || layer.stride != 1) continue;
    bench::add<WinogradU8Kernels>(layer.text(), layer.macs(), [layer](const Isa& isa) {
      const auto weights = bench::noise<std::int16_t>(layer.weights(), -20, 20);
      std::shared_ptr<ConvolutionU8> conv = make_winograd_u8(layer.shape(), weights, 5, requantization_of(layer), isa);
      auto in = std::make_shared<bench::Image<std::uint8_t>>(layer.in<std::uint8_t>()),
           out = std::make_shared<bench::Image<std::uint8_t>>(layer.out<std::uint8_t>());
      return [=](ThreadPool& pool) { conv->run(in->view, out->view, pool); };
    });
  }
}

}  // namespace octet::kernels
