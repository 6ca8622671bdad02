// GMAC/s of depthwise convolutions at every level of this CPU, on one thread, for shapes of the models that octet imports.
#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "kernels/depthwise2d/depthwise2d.h"

namespace octet::kernels {
namespace {

struct Case {
  std::int64_t size, channels, kernel, stride;
};

constexpr Case kCases[] = {{75, 144, 3, 1}, {38, 192, 3, 1}, {19, 576, 3, 1}, {10, 960, 3, 1},
                           {150, 96, 3, 2}, {75, 144, 3, 2}, {38, 192, 3, 2}, {20, 192, 5, 1}};

Depthwise2dShape shape_of(const Case& c) {
  return {.channels = c.channels,
          .kernel_h = c.kernel,
          .kernel_w = c.kernel,
          .stride_h = c.stride,
          .stride_w = c.stride,
          .pad_top = c.kernel / 2,
          .pad_left = c.kernel / 2};
}

std::int64_t out_size(const Case& c) { return (c.size - 1) / c.stride + 1; }

// As an arena of tensors has it: each begins with a line of the cache.
template <typename T>
class Buffer {
 public:
  explicit Buffer(std::int64_t count) : storage_(static_cast<std::size_t>(count) + 3 * kReadSlack) {}
  T* data() {
    const auto address = reinterpret_cast<std::uintptr_t>(storage_.data());
    return storage_.data() + ((address + 63) / 64 * 64 - address) / sizeof(T);
  }

 private:
  std::vector<T> storage_;
};

template <typename T>
void fill(std::span<T> values, int low, int high) {
  std::mt19937 random(1);
  for (T& value : values) value = static_cast<T>(std::uniform_int_distribution(low, high)(random));
}

template <typename T>
std::vector<T> noise(std::int64_t count, int low, int high) {
  std::vector<T> values(static_cast<std::size_t>(count));
  fill(std::span(values), low, high);
  return values;
}

template <typename T>
Buffer<T> image_noise(const Case& c, int low, int high) {
  Buffer<T> image(c.size * c.size * c.channels);
  fill(std::span(image.data(), static_cast<std::size_t>(c.size * c.size * c.channels)), low, high);
  return image;
}

void count_macs(benchmark::State& state, const Case& c) {
  const double macs = static_cast<double>(out_size(c) * out_size(c) * c.channels * c.kernel * c.kernel);
  state.counters["GMAC/s"] = benchmark::Counter(macs * 1e-9 * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

void run_f32(benchmark::State& state, const Case& c, Isa isa) {
  ThreadPool pool(1);
  const auto weights = noise<float>(c.channels * c.kernel * c.kernel, -9, 9);
  Buffer<float> in = image_noise<float>(c, -9, 9), out(out_size(c) * out_size(c) * c.channels);
  const auto kernel = make_depthwise2d_f32(shape_of(c), weights, {}, {Activation::Kind::kRelu}, isa);
  for (auto _ : state)
    kernel->run({in.data(), c.size, c.size, c.channels, c.channels}, {out.data(), out_size(c), out_size(c), c.channels, c.channels}, pool);
  count_macs(state, c);
}

void run_u8(benchmark::State& state, const Case& c, Isa isa, Activation::Kind kind) {
  ThreadPool pool(1);
  Buffer<std::uint8_t> in = image_noise<std::uint8_t>(c, 0, 255), out(out_size(c) * out_size(c) * c.channels);
  const auto weights = noise<std::int8_t>(c.channels * c.kernel * c.kernel, -127, 127);
  const auto zero_point = noise<std::uint8_t>(c.channels, 100, 140);
  const auto channels = static_cast<std::size_t>(c.channels);
  Requantization requantization{std::vector<float>(channels, 1e-3f), std::vector<float>(channels, 20.0f), {kind}, true, {}, {}};
  requantization.zero_point.assign(channels, 0);
  if (kind == Activation::Kind::kSwish) requantization.inv_scale.assign(channels, 3.0f);
  const auto kernel = make_depthwise2d_u8(shape_of(c), weights, zero_point, requantization, isa);
  for (auto _ : state)
    kernel->run({in.data(), c.size, c.size, c.channels, c.channels},
                ImageView<std::uint8_t>{out.data(), out_size(c), out_size(c), c.channels, c.channels}, pool);
  count_macs(state, c);
}

void register_all() {
  for (const Isa isa : available_isas()) {
    if (isa == Isa::kPortable) continue;
    for (const Case& c : kCases) {
      const std::string place = std::to_string(c.size) + "x" + std::to_string(c.size) + "x" + std::to_string(c.channels) + "/" +
                                std::to_string(c.kernel) + "x" + std::to_string(c.kernel) + "s" + std::to_string(c.stride) + "/" +
                                std::string(name_of(isa));
      benchmark::RegisterBenchmark(("f32/" + place).c_str(), run_f32, c, isa);
      benchmark::RegisterBenchmark(("u8/" + place).c_str(), run_u8, c, isa, Activation::Kind::kRelu);
      benchmark::RegisterBenchmark(("u8_swish/" + place).c_str(), run_u8, c, isa, Activation::Kind::kSwish);
    }
  }
}

}  // namespace
}  // namespace octet::kernels

int main(int argc, char** argv) {
  octet::kernels::register_all();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
