#include "kernels/selftest.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>

#include "base/thread_pool.h"
#include "kernels/conv2d/conv2d.h"
#include "kernels/depthwise2d/depthwise2d.h"
#include "kernels/elementwise/elementwise.h"
#include "kernels/pool/pool.h"
#include "kernels/quantize/quantize.h"
#include "kernels/statistics/statistics.h"

namespace octet::kernels {
namespace {

// Float sums are compared relative to the greatest value; 256 roundings of 2^-24 are more than any of these sums has.
constexpr double kFloatTolerance = 256.0 / (1 << 24);
constexpr int kThreads = 2;

class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  std::int64_t between(std::int64_t low, std::int64_t high) { return std::uniform_int_distribution<std::int64_t>(low, high)(engine_); }
  float real(float low, float high) { return std::uniform_real_distribution<float>(low, high)(engine_); }
  std::vector<float> reals(std::int64_t count, float low, float high) {
    std::vector<float> values(static_cast<std::size_t>(count));
    for (float& value : values) value = real(low, high);
    return values;
  }
  template <typename T>
  std::vector<T> integers(std::int64_t count, int low, int high) {
    std::vector<T> values(static_cast<std::size_t>(count));
    for (T& value : values) value = static_cast<T>(between(low, high));
    return values;
  }

 private:
  std::mt19937 engine_;
};

// An image with memory of its own, the slack that kernels may read, and a gap between pixels that no kernel may write.
template <typename T>
struct Picture {
  std::vector<T> values;
  std::int64_t height, width, channels, stride;

  Picture(std::int64_t h, std::int64_t w, std::int64_t c) : height(h), width(w), channels(c), stride(c + (h + w) % 2 * 5) {
    values.resize(static_cast<std::size_t>(h * w * stride) + kReadSlack);
  }
  ImageView<T> view() { return {values.data(), height, width, channels, stride}; }
};

Picture<float> random_floats(Random& random, std::int64_t h, std::int64_t w, std::int64_t c) {
  Picture<float> picture(h, w, c);
  for (float& value : picture.values) value = random.real(-2, 2);
  return picture;
}

Picture<std::uint8_t> random_bytes(Random& random, std::int64_t h, std::int64_t w, std::int64_t c) {
  Picture<std::uint8_t> picture(h, w, c);
  for (std::uint8_t& value : picture.values) value = static_cast<std::uint8_t>(random.between(0, 255));
  return picture;
}

template <typename T>
double difference(const Picture<T>& a, const Picture<T>& b) {
  double greatest = 0, scale = 1;
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    const auto wanted = static_cast<double>(a.values[i]), found = static_cast<double>(b.values[i]);
    if (!std::isfinite(found)) return std::numeric_limits<double>::infinity();  // no case here is meant to give such a value
    greatest = std::max(greatest, std::abs(wanted - found));
    if (std::is_floating_point_v<T>) scale = std::max(scale, std::abs(wanted));
  }
  return greatest / scale;
}

Activation random_activation(Random& random) {
  constexpr std::array kKinds{Activation::Kind::kNone,  Activation::Kind::kRelu, Activation::Kind::kLeaky,
                              Activation::Kind::kClamp, Activation::Kind::kMish, Activation::Kind::kSwish};
  const auto kind = kKinds[static_cast<std::size_t>(random.between(0, kKinds.size() - 1))];
  return {kind, kind == Activation::Kind::kLeaky ? 0.1f : 0.0f, 6.0f};
}

Requantization random_requantization(Random& random, std::int64_t channels, bool to_u8) {
  Requantization result;
  result.to_u8 = to_u8;
  result.activation = random_activation(random);
  result.multiplier = random.reals(channels, 1e-5f, 1e-3f);
  result.offset = random.reals(channels, -20, 20);
  result.zero_point = random.integers<std::uint8_t>(channels, 0, 255);
  if (to_u8 && !is_scalable(result.activation)) result.inv_scale = random.reals(channels, 5, 40);
  return result;
}

struct Window {
  std::int64_t kernel, stride, pad, in, out;

  explicit Window(Random& random)
      : kernel(random.between(1, 5)), stride(random.between(1, 2)), pad(random.between(0, kernel / 2)), in(random.between(kernel, 14)) {
    out = (in + 2 * pad - kernel) / stride + 1;
  }
};

double conv2d_f32(Random& random, Isa isa, ThreadPool& pool) {
  const Window w(random);
  const Conv2dShape shape{random.between(1, 40), random.between(1, 70), w.kernel, w.kernel, w.stride, w.stride, 1, 1, w.pad, w.pad};
  const auto weights = random.reals(shape.out_channels * shape.in_channels * w.kernel * w.kernel, -1, 1),
             bias = random.reals(shape.out_channels, -1, 1);
  const Activation activation = random_activation(random);
  auto in = random_floats(random, w.in, w.in, shape.in_channels);
  Picture<float> out(w.out, w.out, shape.out_channels), expected = out;
  make_conv2d_f32(shape, weights, bias, activation, isa)->run(in.view(), out.view(), {}, pool);
  conv2d_f32_ref(shape, weights, bias, activation, in.view(), expected.view(), {});
  return difference(expected, out);
}

template <typename Out>
double conv2d_u8(Random& random, Isa isa, ThreadPool& pool) {
  const Window w(random);
  const Conv2dShape shape{random.between(1, 70), random.between(1, 70), w.kernel, w.kernel, w.stride, w.stride, 1, 1, w.pad, w.pad};
  const auto weights = random.integers<std::int8_t>(shape.out_channels * shape.in_channels * w.kernel * w.kernel, -128, 127);
  const auto zero_point = static_cast<std::uint8_t>(random.between(0, 255));
  const Requantization requantization = random_requantization(random, shape.out_channels, std::is_same_v<Out, std::uint8_t>);
  auto in = random_bytes(random, w.in, w.in, shape.in_channels);
  Picture<Out> out(w.out, w.out, shape.out_channels), expected = out;
  make_conv2d_u8(shape, weights, zero_point, requantization, isa)->run(in.view(), out.view(), pool);
  conv2d_u8_ref(shape, weights, zero_point, requantization, in.view(), expected.view());
  return difference(expected, out);
}

Depthwise2dShape random_depthwise(Random& random, const Window& w) {
  return {random.between(1, 90), w.kernel, w.kernel, w.stride, w.stride, 1, 1, w.pad, w.pad};
}

double depthwise2d_f32(Random& random, Isa isa, ThreadPool& pool) {
  const Window w(random);
  const Depthwise2dShape shape = random_depthwise(random, w);
  const auto weights = random.reals(shape.channels * w.kernel * w.kernel, -1, 1), bias = random.reals(shape.channels, -1, 1);
  const Activation activation = random_activation(random);
  auto in = random_floats(random, w.in, w.in, shape.channels);
  Picture<float> out(w.out, w.out, shape.channels), expected = out;
  make_depthwise2d_f32(shape, weights, bias, activation, isa)->run(in.view(), out.view(), pool);
  depthwise2d_f32_ref(shape, weights, bias, activation, in.view(), expected.view());
  return difference(expected, out);
}

template <typename Out>
double depthwise2d_u8(Random& random, Isa isa, ThreadPool& pool) {
  const Window w(random);
  const Depthwise2dShape shape = random_depthwise(random, w);
  const auto weights = random.integers<std::int8_t>(shape.channels * w.kernel * w.kernel, -128, 127);
  const auto zero_point = random.integers<std::uint8_t>(shape.channels, 0, 255);
  const Requantization requantization = random_requantization(random, shape.channels, std::is_same_v<Out, std::uint8_t>);
  auto in = random_bytes(random, w.in, w.in, shape.channels);
  Picture<Out> out(w.out, w.out, shape.channels), expected = out;
  make_depthwise2d_u8(shape, weights, zero_point, requantization, isa)->run(in.view(), out.view(), pool);
  depthwise2d_u8_ref(shape, weights, zero_point, requantization, in.view(), expected.view());
  return difference(expected, out);
}

// The rest has its plain definition at the portable level.
template <typename Out, typename Compute>
double against_portable(Picture<Out> out, Isa isa, Compute&& compute) {
  Picture<Out> expected = out;
  compute(out, isa);
  compute(expected, Isa::kPortable);
  return difference(expected, out);
}

double add_bytes(Random& random, Isa isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 12), channels = random.between(1, 100);
  const AddU8 add{
      random.real(0.1f, 2), random.real(0.1f, 2), random.real(-50, 50), {}, 1, static_cast<std::uint8_t>(random.between(0, 255))};
  auto a = random_bytes(random, side, side, channels), b = random_bytes(random, side, side, channels);
  return against_portable(Picture<std::uint8_t>(side, side, channels), isa,
                          [&](auto& out, Isa level) { add_u8(add, a.view(), b.view(), out.view(), level, pool); });
}

double add_floats(Random& random, Isa isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 12), channels = random.between(1, 100);
  const Activation activation = random_activation(random);
  auto a = random_floats(random, side, side, channels), b = random_floats(random, side, side, channels);
  const bool add = random.between(0, 1) != 0;
  return against_portable(Picture<float>(side, side, channels), isa, [&](auto& out, Isa level) {
    (add ? add_f32 : multiply_f32)(a.view(), b.view(), out.view(), activation, level, pool);
  });
}

double scale_and_shift(Random& random, Isa isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 12), channels = random.between(1, 100);
  const Activation activation = random_activation(random);
  const auto scale = random.reals(channels, -2, 2), offset = random.reals(channels, -2, 2);
  auto in = random_floats(random, side, side, channels);
  return against_portable(Picture<float>(side, side, channels), isa,
                          [&](auto& out, Isa level) { scale_shift_f32(in.view(), scale, offset, out.view(), activation, level, pool); });
}

PoolShape pool_shape(const Window& w) { return {w.kernel, w.kernel, w.stride, w.stride, 1, 1, w.pad, w.pad}; }

double max_pool_bytes(Random& random, Isa isa, ThreadPool& pool) {
  const Window w(random);
  auto in = random_bytes(random, w.in, w.in, random.between(1, 100));
  return against_portable(Picture<std::uint8_t>(w.out, w.out, in.channels), isa,
                          [&](auto& out, Isa level) { max_pool_u8(pool_shape(w), in.view(), out.view(), level, pool); });
}

double max_pool_floats(Random& random, Isa isa, ThreadPool& pool) {
  const Window w(random);
  auto in = random_floats(random, w.in, w.in, random.between(1, 100));
  return against_portable(Picture<float>(w.out, w.out, in.channels), isa,
                          [&](auto& out, Isa level) { max_pool_f32(pool_shape(w), in.view(), out.view(), level, pool); });
}

double average_pool(Random& random, Isa isa, ThreadPool& pool) {
  const Window w(random);
  const AvgPoolShape shape{pool_shape(w), w.pad, w.pad, random.between(0, 1) != 0};
  auto in = random_floats(random, w.in, w.in, random.between(1, 100));
  return against_portable(Picture<float>(w.out, w.out, in.channels), isa,
                          [&](auto& out, Isa level) { avg_pool_f32(shape, in.view(), out.view(), level, pool); });
}

double quantize(Random& random, Isa isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 12), channels = random.between(1, 100);
  auto in = random_floats(random, side, side, channels);
  const auto inv_scale = random.reals(channels, 10, 100);
  const auto zero_point = random.integers<std::uint8_t>(channels, 0, 255);
  return against_portable(Picture<std::uint8_t>(side, side, channels), isa,
                          [&](auto& out, Isa level) { quantize_u8(in.view(), inv_scale, zero_point, out.view(), level, pool); });
}

double dequantize(Random& random, Isa isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 12), channels = random.between(1, 100);
  auto in = random_bytes(random, side, side, channels);
  const std::int64_t count = random.between(0, 1) != 0 ? channels : 1;
  const auto scale = random.reals(count, 0.01f, 1);
  const auto zero_point = random.integers<std::uint8_t>(count, 0, 255);
  return against_portable(Picture<float>(side, side, channels), isa,
                          [&](auto& out, Isa level) { dequantize_u8(in.view(), scale, zero_point, out.view(), level, pool); });
}

double interleave(Random& random, Isa isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 24), channels = random.between(1, 40);
  const auto planes = random.reals(side * side * channels, 0, 255), scale = random.reals(channels, 0.5f, 1.5f),
             offset = random.reals(channels, -10, 10);
  return against_portable(Picture<float>(side, side, channels), isa,
                          [&](auto& out, Isa level) { nhwc_from_nchw(planes, scale, offset, out.view(), level, pool); });
}

double separate(Random& random, Isa isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 24), channels = random.between(1, 40);
  auto in = random_floats(random, side, side, channels);
  return against_portable(Picture<float>(1, 1, side * side * channels), isa, [&](auto& out, Isa level) {
    nchw_from_nhwc(in.view(), std::span(out.values).first(static_cast<std::size_t>(out.channels)), level, pool);
  });
}

double quantize_planes(Random& random, Isa isa, ThreadPool& pool) {
  const std::int64_t side = random.between(1, 24);
  constexpr std::int64_t kChannels = 3;
  const auto planes = random.reals(side * side * kChannels, 0, 255), scale = random.reals(kChannels, 0.5f, 1.5f),
             offset = random.reals(kChannels, -10, 10);
  const auto zero_point = random.integers<std::uint8_t>(kChannels, 0, 128);
  return against_portable(Picture<std::uint8_t>(side, side, kChannels), isa, [&](auto& out, Isa level) {
    quantized_nhwc_from_nchw(planes, scale, offset, zero_point, out.view(), level, pool);
  });
}

double activations(Random& random, Isa isa, ThreadPool&) {
  const Activation activation = random_activation(random);
  auto in = random_floats(random, 1, 1, random.between(1, 200));
  for (float& value : in.values) value *= 20;
  return against_portable(Picture<float>(1, 1, in.channels), isa,
                          [&](auto& out, Isa level) { activate(activation, in.values, out.values, level); });
}

double statistics(Random& random, Isa isa, ThreadPool&) {
  auto in = random_floats(random, random.between(1, 24), random.between(1, 24), random.between(1, 100));
  return against_portable(Picture<float>(3, 1, in.channels), isa, [&](auto& out, Isa level) {
    ChannelTotals totals(static_cast<std::size_t>(in.channels));
    add_pixels_f32(in.view(), totals, level);
    std::ranges::copy(totals.min, out.view().pixel(0, 0));
    std::ranges::copy(totals.max, out.view().pixel(1, 0));
    std::ranges::transform(totals.sum, out.view().pixel(2, 0), [](double sum) { return static_cast<float>(sum); });
  });
}

struct Subject {
  const char* name;
  double tolerance;
  double (*run)(Random&, Isa, ThreadPool&);
};

// Tolerance 0: the same bits at every level by definition.
constexpr std::array kSubjects{
    Subject{"conv2d_f32", kFloatTolerance, conv2d_f32},
    Subject{"conv2d_u8", 0, conv2d_u8<std::uint8_t>},
    Subject{"conv2d_u8_f32", 0, conv2d_u8<float>},
    Subject{"depthwise2d_f32", kFloatTolerance, depthwise2d_f32},
    Subject{"depthwise2d_u8", 0, depthwise2d_u8<std::uint8_t>},
    Subject{"depthwise2d_u8_f32", 0, depthwise2d_u8<float>},
    Subject{"add_f32", 0, add_floats},
    Subject{"add_u8", 0, add_bytes},
    Subject{"scale_shift_f32", 0, scale_and_shift},
    Subject{"max_pool_f32", 0, max_pool_floats},
    Subject{"max_pool_u8", 0, max_pool_bytes},
    Subject{"avg_pool_f32", kFloatTolerance, average_pool},
    Subject{"quantize_u8", 0, quantize},
    Subject{"dequantize_u8", 0, dequantize},
    Subject{"nhwc_from_nchw", 0, interleave},
    Subject{"quantized_nhwc_from_nchw", 0, quantize_planes},
    Subject{"nchw_from_nhwc", 0, separate},
    Subject{"activate", 0, activations},
    Subject{"add_pixels_f32", 0, statistics},
};

}  // namespace

std::vector<SelftestResult> run_selftest(int cases, std::uint32_t seed, const Progress& progress) {
  ThreadPool pool(kThreads);
  std::vector<SelftestResult> results;
  const auto total = static_cast<std::int64_t>(available_isas().size() * kSubjects.size());
  for (const Isa isa : available_isas())
    for (const Subject& subject : kSubjects) {
      Random random(seed);
      SelftestResult result{isa, subject.name, cases, 0, 0};
      for (int i = 0; i < cases; ++i) {
        const double found = subject.run(random, isa, pool);
        result.failures += !(found <= subject.tolerance);
        result.greatest_difference = std::max(result.greatest_difference, found);
      }
      results.push_back(std::move(result));
      if (progress) progress(static_cast<std::int64_t>(results.size()), total);
    }
  return results;
}

}  // namespace octet::kernels
