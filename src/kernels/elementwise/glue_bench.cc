// Time of what stands between the convolutions, at every level of this CPU, on one thread.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "kernels/elementwise/elementwise.h"
#include "kernels/pool/pool.h"
#include "kernels/quantize/quantize.h"
#include "kernels/resize/resize.h"

namespace octet::kernels {
namespace {

// An image with slack, filled with small numbers.
template <typename T>
struct Image {
  std::vector<T> values;
  ImageView<T> view;
  Image(std::int64_t size, std::int64_t channels) : values(static_cast<std::size_t>(size * size * channels) + kReadSlack) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i * 7 % 251);
    view = {values.data(), size, size, channels, channels};
  }
};

using Work = std::function<void(Isa, ThreadPool&)>;

void add(const std::string& name, const Work& work) {
  for (const Isa isa : available_isas())
    benchmark::RegisterBenchmark((name + "/" + std::string(name_of(isa))).c_str(), [=](benchmark::State& state) {
      ThreadPool pool(1);
      for (auto _ : state) work(isa, pool);
    })->Unit(benchmark::kMicrosecond);
}

void add_layouts() {
  static Image<float> planar(300, 3), pixels(300, 3), large(38, 255), large_planar(38, 255);
  static Image<std::uint8_t> quantized(300, 3);
  static const std::vector<float> scale{0.5f, 0.6f, 0.7f}, offset{-1, -2, -3};
  static const std::vector<std::uint8_t> zero_point{1, 2, 3};
  const auto values = [](Image<float>& image) { return std::span<float>(image.values).first(image.values.size() - kReadSlack); };
  add("quantized_nhwc_from_nchw/300x300x3",
      [=](Isa isa, ThreadPool& pool) { quantized_nhwc_from_nchw(values(planar), scale, offset, zero_point, quantized.view, isa, pool); });
  add("nhwc_from_nchw/300x300x3",
      [=](Isa isa, ThreadPool& pool) { nhwc_from_nchw(values(planar), scale, offset, pixels.view, isa, pool); });
  add("nhwc_from_nchw/38x38x255", [=](Isa isa, ThreadPool& pool) { nhwc_from_nchw(values(large_planar), {}, {}, large.view, isa, pool); });
  add("nchw_from_nhwc/38x38x255", [=](Isa isa, ThreadPool& pool) { nchw_from_nhwc(large.view, values(large_planar), isa, pool); });
}

void add_elementwise() {
  static Image<float> f32(38, 192), f32_b(38, 192), f32_out(38, 192);
  static Image<std::uint8_t> u8(38, 192), u8_b(38, 192), u8_out(38, 192), twice(76, 192);
  add("add_f32/38x38x192", [](Isa isa, ThreadPool& pool) { add_f32(f32.view, f32_b.view, f32_out.view, {}, isa, pool); });
  add("add_u8/38x38x192", [](Isa isa, ThreadPool& pool) {
    add_u8(AddU8{0.5f, 0.4f, 3.0f, {}, 1.0f, 9}, u8.view, u8_b.view, u8_out.view, isa, pool);
  });
  static const std::vector<float> one{0.7f}, each(192, 0.7f);
  static const std::vector<std::uint8_t> zero{9}, zeros(192, 9);
  add("quantize_u8/38x38x192", [](Isa isa, ThreadPool& pool) { quantize_u8(f32.view, one, zero, u8_out.view, isa, pool); });
  add("quantize_u8_by_channel/38x38x192", [](Isa isa, ThreadPool& pool) { quantize_u8(f32.view, each, zeros, u8_out.view, isa, pool); });
  add("dequantize_u8/38x38x192", [](Isa isa, ThreadPool& pool) { dequantize_u8(u8.view, one, zero, f32_out.view, isa, pool); });
  static std::vector<std::int32_t> doubled;
  for (std::int32_t i = 0; i < 76; ++i) doubled.push_back(i / 2);
  add("gather_pixels_u8/38x38x192_to_76x76", [](Isa, ThreadPool& pool) { gather_pixels_u8(u8.view, doubled, doubled, twice.view, pool); });
}

void add_pools() {
  static Image<std::uint8_t> u8(19, 512), u8_out(19, 512), wide(104, 64), half(52, 64);
  static Image<float> f32(10, 960), mean(1, 960);
  for (const std::int64_t size : {5, 9, 13})
    add("max_pool_u8/19x19x512/" + std::to_string(size), [size](Isa isa, ThreadPool& pool) {
      max_pool_u8({.kernel_h = size, .kernel_w = size, .pad_top = size / 2, .pad_left = size / 2}, u8.view, u8_out.view, isa, pool);
    });
  add("max_pool_u8/104x104x64/2s2", [](Isa isa, ThreadPool& pool) {
    max_pool_u8({.kernel_h = 2, .kernel_w = 2, .stride_h = 2, .stride_w = 2}, wide.view, half.view, isa, pool);
  });
  add("avg_pool_f32/10x10x960", [](Isa isa, ThreadPool& pool) {
    AvgPoolShape shape;
    shape.kernel_h = shape.kernel_w = 10;
    avg_pool_f32(shape, f32.view, mean.view, isa, pool);
  });
}

}  // namespace
}  // namespace octet::kernels

int main(int argc, char** argv) {
  octet::kernels::add_layouts();
  octet::kernels::add_elementwise();
  octet::kernels::add_pools();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
