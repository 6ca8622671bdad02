// Speed of dense convolutions on one thread, in GMAC/s, for layers of the models that octet ships:
//   conv2d_bench [--benchmark_filter=u8/avx2] ...
// Names are type/level/output size, kernel, channels.
#include <benchmark/benchmark.h>

#include <cstdint>

#include <random>
#include <string>
#include <vector>

#include "kernels/conv2d/aligned_buffer.h"
#include "kernels/conv2d/conv2d.h"

namespace octet::kernels {
namespace {

struct Layer {
  std::int64_t height, width, in_channels, out_channels, kernel, stride;
  double macs() const { return static_cast<double>(height * width * in_channels * out_channels * kernel * kernel); }
};

constexpr Layer kLayers[] = {
    {40, 40, 96, 24, 1, 1},   {40, 40, 96, 96, 1, 1},    {20, 20, 192, 192, 1, 1},  {20, 20, 384, 96, 1, 1},  {19, 19, 96, 576, 1, 1},
    {19, 19, 576, 96, 1, 1},  {76, 76, 128, 128, 1, 1},  {150, 150, 32, 16, 1, 1},  {150, 150, 16, 96, 1, 1}, {75, 75, 144, 24, 1, 1},
    {10, 10, 960, 160, 1, 1}, {10, 10, 1280, 256, 1, 1}, {10, 10, 1280, 546, 1, 1}, {104, 104, 64, 64, 3, 1}, {52, 52, 128, 128, 3, 1},
    {26, 26, 256, 256, 3, 1}, {13, 13, 512, 512, 3, 1},  {104, 104, 32, 64, 3, 2},  {208, 208, 3, 32, 3, 2},  {150, 150, 3, 32, 3, 2},
};

Conv2dShape shape_of(const Layer& l) {
  return {l.in_channels, l.out_channels, l.kernel, l.kernel, l.stride, l.stride, 1, 1, l.kernel / 2, l.kernel / 2};
}

std::string name_of_layer(const Layer& l) {
  return std::to_string(l.height) + "x" + std::to_string(l.width) + "_k" + std::to_string(l.kernel) + "s" + std::to_string(l.stride) + "_" +
         std::to_string(l.in_channels) + "_" + std::to_string(l.out_channels);
}

template <typename T>
AlignedBuffer<T> random_values(std::int64_t size, std::mt19937& random) {
  AlignedBuffer<T> values(static_cast<std::size_t>(size) + kReadSlack);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(random() % 64);
  return values;
}

void report(benchmark::State& state, const Layer& layer) {
  state.counters["GMAC/s"] = benchmark::Counter(layer.macs() * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

void run_f32(benchmark::State& state, const Layer& l, Isa isa) {
  std::mt19937 random(1);
  const auto weights = random_values<float>(l.out_channels * l.in_channels * l.kernel * l.kernel - std::int64_t{kReadSlack}, random);
  auto in = random_values<float>(l.height * l.stride * l.width * l.stride * l.in_channels, random);
  auto out = random_values<float>(l.height * l.width * l.out_channels, random);
  const auto conv = make_conv2d_f32(shape_of(l), {weights.data(), weights.size()}, {}, {Activation::Kind::kClamp, 0, 6}, isa);
  ThreadPool pool(1);
  for (auto _ : state)
    conv->run({in.data(), l.height * l.stride, l.width * l.stride, l.in_channels, l.in_channels},
              {out.data(), l.height, l.width, l.out_channels, l.out_channels}, {}, pool);
  report(state, l);
}

void run_u8(benchmark::State& state, const Layer& l, Isa isa) {
  std::mt19937 random(1);
  const auto weights = random_values<std::int8_t>(l.out_channels * l.in_channels * l.kernel * l.kernel - std::int64_t{kReadSlack}, random);
  auto in = random_values<std::uint8_t>(l.height * l.stride * l.width * l.stride * l.in_channels, random);
  auto out = random_values<std::uint8_t>(l.height * l.width * l.out_channels, random);
  Requantization r;
  r.multiplier.assign(static_cast<std::size_t>(l.out_channels), 0.001f);
  r.offset.assign(static_cast<std::size_t>(l.out_channels), 1.0f);
  r.zero_point.assign(static_cast<std::size_t>(l.out_channels), 3);
  r.activation = {Activation::Kind::kClamp, 0, 200};
  const auto conv = make_conv2d_u8(shape_of(l), {weights.data(), weights.size()}, 5, r, isa);
  ThreadPool pool(1);
  for (auto _ : state)
    conv->run({in.data(), l.height * l.stride, l.width * l.stride, l.in_channels, l.in_channels},
              ImageView<std::uint8_t>{out.data(), l.height, l.width, l.out_channels, l.out_channels}, pool);
  report(state, l);
}

void register_all() {
  for (const Isa isa : available_isas()) {
    const std::string level(name_of(isa));
    for (const Layer& layer : kLayers) {
      const std::string name = level + "/" + name_of_layer(layer);
      benchmark::RegisterBenchmark(("f32/" + name).c_str(), [=](benchmark::State& state) { run_f32(state, layer, isa); });
      benchmark::RegisterBenchmark(("u8/" + name).c_str(), [=](benchmark::State& state) { run_u8(state, layer, isa); });
    }
  }
}

}  // namespace
}  // namespace octet::kernels

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  octet::kernels::register_all();
  benchmark::RunSpecifiedBenchmarks();
}
