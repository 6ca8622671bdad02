#include "kernels/conv2d/conv2d_kernels.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "kernels/bf16.h"
#include "kernels/pieces_for_test.h"

namespace octet::kernels {

std::ostream& operator<<(std::ostream& out, const Conv2dShape& s) {
  return out << s.in_channels << " -> " << s.out_channels << ", kernel " << s.kernel_h << "x" << s.kernel_w << ", stride " << s.stride_h
             << "x" << s.stride_w << ", dilation " << s.dilation_h << "x" << s.dilation_w << ", pad " << s.pad_top << " " << s.pad_left;
}

namespace {

using Kind = Activation::Kind;

// An image with other memory before, between and behind its pixels, which must not be written.
template <typename T>
struct Image {
  std::vector<T> memory;
  ImageView<T> view;
  static constexpr std::int64_t kMargin = 3;

  Image(std::int64_t height, std::int64_t width, std::int64_t channels, std::int64_t gap, T fill)
      : memory(static_cast<std::size_t>(height * width * (channels + gap) + kMargin) + kReadSlack, fill),
        view{memory.data() + kMargin, height, width, channels, channels + gap} {}

  bool is_channel(std::size_t i) const {
    const std::int64_t at = static_cast<std::int64_t>(i) - kMargin;
    return at >= 0 && at < view.pixels() * view.pixel_stride && at % view.pixel_stride < view.channels;
  }
};

// A random layer with its input and output sizes.
struct Case {
  Conv2dShape shape;
  std::int64_t in_height = 1, in_width = 1, out_height = 1, out_width = 1, in_gap = 0, out_gap = 0;
  int threads = 1;
  std::int64_t piece_rows = 1;
  std::uint32_t seed = 0;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.shape << ", in " << c.in_height << "x" << c.in_width << " gap " << c.in_gap << ", out " << c.out_height << "x"
             << c.out_width << " gap " << c.out_gap << ", threads " << c.threads << ", pieces of " << c.piece_rows << ", seed " << c.seed;
}

std::int64_t random_channels(std::mt19937& random) {
  constexpr std::int64_t kCounts[] = {1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 97};
  return kCounts[random() % std::size(kCounts)];
}

// One in four is fit for Winograd.
Case random_case(std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto pick = [&](std::int64_t low, std::int64_t high) { return low + static_cast<std::int64_t>(random() % (high - low + 1)); };
  Case c;
  c.seed = seed;
  Conv2dShape& s = c.shape;
  s.in_channels = random_channels(random);
  s.out_channels = random_channels(random);
  if (pick(0, 2) != 0) {
    s.kernel_h = pick(1, 7), s.kernel_w = pick(1, 7);
    s.stride_h = pick(1, 3), s.stride_w = pick(1, 3);
    s.dilation_h = pick(1, 3), s.dilation_w = pick(0, 1) != 0 ? 1 : pick(1, 3);
    s.pad_top = pick(0, s.kernel_h * s.dilation_h - 1), s.pad_left = pick(0, s.kernel_w * s.dilation_w - 1);
  }
  if (pick(0, 3) == 0) {
    s.kernel_h = s.kernel_w = 3;
    s.stride_h = s.stride_w = s.dilation_h = s.dilation_w = 1;
    s.pad_top = pick(0, 2), s.pad_left = pick(0, 2);
  }
  c.in_height = pick(1, 12), c.in_width = pick(1, 14);
  if (pick(0, 3) == 0) c.in_height = pick(1, 4), c.in_width = pick(15, 70);  // rows of several tiles
  // Any size goes: what the kernel finds outside is padding.
  c.out_height = (c.in_height + s.stride_h - 1) / s.stride_h, c.out_width = (c.in_width + s.stride_w - 1) / s.stride_w;
  if (s.kernel_h > 1 && pick(0, 3) == 0) c.out_height += 1, c.out_width += 1;
  c.in_gap = pick(0, 1) * pick(1, 20), c.out_gap = pick(0, 1) * pick(1, 40);
  c.threads = pick(0, 1) != 0 ? 3 : 1;
  c.piece_rows = pick(1, 4);
  return c;
}

template <typename T>
::testing::AssertionResult only_channels_written(const Image<T>& image, T fill) {
  for (std::size_t i = 0; i < image.memory.size(); ++i)
    if (!image.is_channel(i) && image.memory[i] != fill)
      return ::testing::AssertionFailure() << "element " << i << " outside of the channels was written";
  return ::testing::AssertionSuccess();
}

Activation random_activation(std::mt19937& random) {
  Activation activation{static_cast<Kind>(random() % 10), -0.5f, 2.0f};
  if (activation.kind == Kind::kLeaky) activation.a = 0.1f;
  return activation;
}

std::vector<float> magnitudes(std::vector<float> values) {
  for (float& x : values) x = std::abs(x);
  return values;
}

using Matrix = std::vector<std::vector<double>>;

// to[j][i] = sum over k of |matrix[i][k]| * from[k][j] for a square of `side`: applied twice, a transform of rows and columns.
std::vector<double> times_magnitudes(const Matrix& matrix, const std::vector<double>& from) {
  const std::size_t rows = matrix.size(), columns = matrix[0].size(), width = from.size() / columns;
  std::vector<double> to(width * rows);
  for (std::size_t j = 0; j < width; ++j)
    for (std::size_t i = 0; i < rows; ++i)
      for (std::size_t k = 0; k < columns; ++k) to[j * rows + i] += std::abs(matrix[i][k]) * from[k * width + j];
  return to;
}

std::vector<double> transform_magnitudes(const Matrix& matrix, const std::vector<double>& from) {
  return times_magnitudes(matrix, times_magnitudes(matrix, from));
}

// The transforms of F(2x2, 3x3) and F(4x4, 3x3).
struct WinogradMagnitudes {
  int tile;
  Matrix input, weights, output;
};

constexpr double kA = 11.0 / 16, kB = 3.0 / 2, kA2 = kA * kA, kB2 = kB * kB;  // the points of F(4x4, 3x3), and their squares
constexpr double kOfA = 1 / (2 * kA2 * (kA2 - kB2)), kOfB = 1 / (2 * kB2 * (kB2 - kA2));

const WinogradMagnitudes kWinograd[] = {
    {2,
     {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, -1, 0, 1}},
     {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}},
     {{1, 1, 1, 0}, {0, 1, -1, 1}}},
    {4,
     {{kA2 * kB2, 0, -kA2 - kB2, 0, 1, 0},
      {0, -kA* kB2, -kB2, kA, 1, 0},
      {0, kA* kB2, -kB2, -kA, 1, 0},
      {0, -kB* kA2, -kA2, kB, 1, 0},
      {0, kB* kA2, -kA2, -kB, 1, 0},
      {0, kA2* kB2, 0, -kA2 - kB2, 0, 1}},
     {{1 / (kA2 * kB2), 0, 0},
      {kOfA, kA* kOfA, kA2* kOfA},
      {kOfA, -kA* kOfA, kA2* kOfA},
      {kOfB, kB* kOfB, kB2* kOfB},
      {kOfB, -kB* kOfB, kB2* kOfB},
      {0, 0, 1}},
     {{1, 1, 1, 1, 1, 0}, {0, kA, -kA, kB, -kB, 0}, {0, kA2, kA2, kB2, kB2, 0}, {0, kA* kA2, -kA* kA2, kB* kB2, -kB* kB2, 1}}}};

std::vector<float> rounded_to_bf16(std::vector<float> values) {
  for (float& x : values) x = static_cast<float>(Bf16(x));
  return values;
}

// A random layer of floats, its input and what it gives. Every output comes with the sum of the magnitudes of what it is made of, to
// which its rounding errors are relative.
struct LayerF32 {
  Conv2dShape shape;
  std::vector<float> weights, bias;
  Activation activation;
  Image<float> in, expected;

  explicit LayerF32(const Case& c, bool is_rounded = false)
      : shape(c.shape),
        in(c.in_height, c.in_width, shape.in_channels, c.in_gap, 7.0f),
        expected(c.out_height, c.out_width, shape.out_channels, 0, 0.0f) {
    std::mt19937 random(c.seed);
    std::uniform_real_distribution<float> value(-1, 1);
    weights.resize(static_cast<std::size_t>(shape.out_channels * shape.in_channels * shape.kernel_h * shape.kernel_w));
    bias.resize(random() % 4 != 0 ? static_cast<std::size_t>(shape.out_channels) : 0);
    for (float& w : weights) w = value(random);
    for (float& b : bias) b = value(random);
    activation = random_activation(random);
    for (float& x : in.memory) x = value(random);
    if (is_rounded) {
      weights = rounded_to_bf16(std::move(weights));
      std::ranges::copy(rounded_to_bf16(in.memory), in.memory.begin());
    }
    conv2d_f32_ref(shape, weights, bias, activation, in.view, expected.view);
  }

  std::vector<double> direct_magnitudes() const {
    Image<float> sums(expected.view.height, expected.view.width, shape.out_channels, 0, 0.0f);
    const std::vector<float> memory = magnitudes(in.memory);
    ImageView<const float> view = in.view;
    view.data = memory.data() + Image<float>::kMargin;
    conv2d_f32_ref(shape, magnitudes(weights), magnitudes(bias), {}, view, sums.view);
    return {sums.view.data, sums.view.data + sums.view.pixels() * shape.out_channels};
  }

  // Of Winograd: the sums that its transforms give where every number is taken by its magnitude.
  std::vector<double> winograd_magnitudes(const WinogradMagnitudes& of) const {
    const ImageView<const float> out = expected.view;
    const std::vector<std::vector<double>> filters = filter_magnitudes(of.weights);
    std::vector<double> sums(static_cast<std::size_t>(out.pixels() * out.channels));
    const WinogradTiles tiles{out.height, out.width, of.tile};
    for (std::int64_t t = 0; t < tiles.count(); ++t) {
      const WinogradTile tile = tiles[t];
      const std::vector<std::vector<double>> windows = window_magnitudes(tile, of.input);
      for (std::int64_t o = 0; o < out.channels; ++o) {
        std::vector<double> products(of.input.size() * of.input.size());
        for (std::size_t i = 0; i < windows.size(); ++i)
          for (std::size_t p = 0; p < products.size(); ++p)
            products[p] += windows[i][p] * filters[static_cast<std::size_t>(o) * windows.size() + i][p];
        const std::vector<double> results = transform_magnitudes(of.output, products);
        const double shift = bias.empty() ? 0 : std::abs(bias[static_cast<std::size_t>(o)]);
        for (int y = 0; y < tile.lines; ++y)
          for (int x = 0; x < tile.pixels; ++x)
            sums[static_cast<std::size_t>(((tile.y + y) * out.width + tile.x + x) * out.channels + o)] =
                results[static_cast<std::size_t>(y * of.tile + x)] + shift;
      }
    }
    return sums;
  }

 private:
  std::vector<std::vector<double>> filter_magnitudes(const Matrix& transform) const {
    std::vector<std::vector<double>> filters;
    for (std::size_t first = 0; first < weights.size(); first += 9) {
      std::vector<double> taps;
      for (std::size_t tap = 0; tap < 9; ++tap) taps.push_back(std::abs(weights[first + tap]));
      filters.push_back(transform_magnitudes(transform, taps));
    }
    return filters;
  }

  std::vector<std::vector<double>> window_magnitudes(const WinogradTile& tile, const Matrix& transform) const {
    const std::vector<float> padding(static_cast<std::size_t>(shape.in_channels), 0.0f);
    const float* pixels[kWinogradPositions];
    find_window<float>(shape, in.view, tile, static_cast<int>(transform.size()), padding.data(), pixels);
    std::vector<std::vector<double>> windows;
    for (std::int64_t i = 0; i < shape.in_channels; ++i) {
      std::vector<double> window;
      for (std::size_t p = 0; p < transform.size() * transform.size(); ++p) window.push_back(std::abs(pixels[p][i]));
      windows.push_back(transform_magnitudes(transform, window));
    }
    return windows;
  }
};

// A run with an addend gives to the bit what one without gave, and the addend added to it.
void check_sum(const LayerF32& layer, const Case& c, const SummingConvolutionF32& conv, const Image<float>& results, ThreadPool& pool) {
  Image<float> addend(c.out_height, c.out_width, c.shape.out_channels, c.in_gap, 0.0f);
  for (std::size_t i = 0; i < addend.memory.size(); ++i) addend.memory[i] = static_cast<float>(i % 17) - 8.25f;
  Image<float> sum(c.out_height, c.out_width, c.shape.out_channels, c.out_gap, -77.0f);
  conv.run(layer.in.view, ImageView<const float>(addend.view), sum.view, pool);
  RC_ASSERT(only_channels_written(sum, -77.0f));
  for (std::int64_t p = 0; p < sum.view.pixels(); ++p)
    for (std::int64_t o = 0; o < c.shape.out_channels; ++o) {
      const float expected = results.view.pixel(0, p)[o] + addend.view.pixel(0, p)[o];
      if (sum.view.pixel(0, p)[o] != expected && !std::isnan(expected)) RC_FAIL(std::string(conv.name()) + " differs with an addend");
    }
}

// With `roundings` one after another on the way of a product to its result; no activation here has a slope above 1.1.
void check_f32(const LayerF32& layer, const Case& c, const SummingConvolutionF32& conv, double roundings, const std::vector<double>& sums) {
  Image<float> out(c.out_height, c.out_width, c.shape.out_channels, c.out_gap, -77.0f), alone = out;
  alone.view.data = alone.memory.data() + Image<float>::kMargin;
  ThreadPool pool(c.threads), one(1);
  conv.run(layer.in.view, out.view, pool);
  conv.run(layer.in.view, alone.view, one);
  RC_ASSERT(only_channels_written(out, -77.0f));
  RC_ASSERT(out.memory == alone.memory);
  if (conv.takes_rows()) {
    std::ranges::fill(alone.memory, -77.0f);
    test::run_in_pieces<ConvolutionF32, float, float>(conv, layer.in.view, alone.view, c.shape.stride_h, c.piece_rows, pool);
    RC_ASSERT(out.memory == alone.memory);
  }
  check_sum(layer, c, conv, out, pool);
  for (std::int64_t p = 0; p < out.view.pixels(); ++p)
    for (std::int64_t o = 0; o < c.shape.out_channels; ++o) {
      const double tolerance = 0x1p-24 * roundings * (sums[static_cast<std::size_t>(p * c.shape.out_channels + o)] + 2) * 1.1;
      if (!(std::abs(out.view.pixel(0, p)[o] - layer.expected.view.pixel(0, p)[o]) <= tolerance))
        RC_FAIL(std::string(conv.name()) + ": pixel " + std::to_string(p) + " channel " + std::to_string(o) + " is " +
                std::to_string(out.view.pixel(0, p)[o]) + ", expected " + std::to_string(layer.expected.view.pixel(0, p)[o]));
    }
}

void check_f32(const Case& c) {
  const LayerF32 layer(c);
  const auto depth = static_cast<double>(c.shape.in_channels * c.shape.kernel_h * c.shape.kernel_w);
  const std::vector<double> sums = layer.direct_magnitudes();
  for (const Isa& isa : isas_of<Conv2dF32Kernels>())
    check_f32(layer, c, *make_direct_f32(c.shape, layer.weights, layer.bias, layer.activation, isa), 2 * (depth + 4), sums);
  if (narrow_has(c.shape))
    for (const Isa& isa : isas_of<Conv2dF32Kernels>())
      check_f32(layer, c, *make_narrow_f32(c.shape, layer.weights, layer.bias, layer.activation, isa), 2 * (depth + 4), sums);
  if (!winograd_has(c.shape)) return;
  // A weight is rounded once, a pixel twice in each direction, a sum of products once a channel, a result three times in each direction
  // and with its bias.
  const double roundings = static_cast<double>(c.shape.in_channels) + 1 + 4 + 6 + 1 + 4;
  for (const WinogradMagnitudes& of : kWinograd) {
    const std::vector<double> winograd_sums = layer.winograd_magnitudes(of);
    for (const Isa& isa : isas_of<WinogradF32Kernels>())
      check_f32(layer, c, *make_winograd_f32(c.shape, layer.weights, layer.bias, layer.activation, isa, of.tile), roundings, winograd_sums);
  }
}

// A layer whose factors are rounded beforehand is the same in floats.
void check_bf16(Case c) {
  c.shape.in_channels += c.shape.in_channels % 2;
  const auto depth = static_cast<double>(c.shape.in_channels * c.shape.kernel_h * c.shape.kernel_w);
  const LayerF32 layer(c), rounded(c, true);
  for (const Isa& isa : isas_of<Conv2dBf16Kernels>()) {
    const auto conv = make_direct_bf16(c.shape, layer.weights, layer.bias, layer.activation, isa);
    ThreadPool pool(1);
    Image<float> whole(c.out_height, c.out_width, c.shape.out_channels, c.out_gap, -77.0f), of_rounded = whole;
    of_rounded.view.data = of_rounded.memory.data() + Image<float>::kMargin;
    conv->run(layer.in.view, whole.view, pool);
    conv->run(rounded.in.view, of_rounded.view, pool);
    RC_ASSERT(whole.memory == of_rounded.memory);
    check_f32(rounded, c, *conv, 2 * (depth + 4), rounded.direct_magnitudes());
  }
}

Requantization random_requantization(const Conv2dShape& s, std::mt19937& random, bool to_u8) {
  const float typical = 128 * 128 * std::sqrt(static_cast<float>(s.in_channels * s.kernel_h * s.kernel_w));
  std::uniform_real_distribution<float> factor(20 / typical, 200 / typical), offset(-40, 40), scale(0.1f, 20);
  Requantization r;
  r.to_u8 = to_u8;
  r.activation = random_activation(random);
  const bool with_scale = random() % 2 != 0;
  for (std::int64_t o = 0; o < s.out_channels; ++o) {
    r.multiplier.push_back(factor(random));
    r.offset.push_back(offset(random));
    if (to_u8) r.zero_point.push_back(static_cast<std::int16_t>(static_cast<int>(random() % 2048) - 1024));
    if (to_u8 && with_scale) r.inv_scale.push_back(scale(random));
  }
  return r;
}

// Where `extreme`, values that would overflow any narrower sum: nearly all at the ends of the range.
template <typename T>
std::vector<T> random_integers(std::size_t size, int least, int greatest, std::mt19937& random, bool extreme) {
  std::uniform_int_distribution<int> inside(least, greatest);
  std::vector<T> values(size);
  for (T& value : values) value = static_cast<T>(!extreme ? inside(random) : random() % 8 != 0 ? greatest : least);
  return values;
}

// As trained weights are: most of them small, a few at the ends of a byte.
std::vector<std::int16_t> mostly_small_weights(std::size_t size, std::mt19937& random) {
  const int most = 1 << random() % 8;
  auto weights = random_integers<std::int16_t>(size, -most, most - 1, random, false);
  for (std::size_t i = random() % 200; i < size; i += 1 + random() % 400)
    weights[i] = random() % 2 == 0 ? std::int16_t{-128} : std::int16_t{127};
  return weights;
}

template <typename Out>
void check_u8(const Case& c) {
  std::mt19937 random(c.seed);
  const Conv2dShape& s = c.shape;
  const bool extreme = random() % 3 == 0, bytes = random() % 2 == 0, small = bytes && random() % 2 == 0;
  const auto size = static_cast<std::size_t>(s.out_channels * s.in_channels * s.kernel_h * s.kernel_w);
  const auto weights =
      small ? mostly_small_weights(size, random)
            : random_integers<std::int16_t>(size, bytes ? -128 : -kGreatestWeight, bytes ? 127 : kGreatestWeight, random, extreme);
  const auto zero_point = static_cast<std::uint8_t>(random() % 256);
  const Requantization requantization = random_requantization(s, random, std::is_same_v<Out, std::uint8_t>);
  Image<std::uint8_t> in(c.in_height, c.in_width, s.in_channels, c.in_gap, 0);
  in.memory = random_integers<std::uint8_t>(in.memory.size(), 0, 255, random, extreme);
  in.view.data = in.memory.data() + Image<std::uint8_t>::kMargin;
  Image<Out> expected(c.out_height, c.out_width, s.out_channels, c.out_gap, Out{77});
  conv2d_u8_ref(s, weights, zero_point, requantization, in.view, expected.view);

  ThreadPool pool(c.threads);
  const auto expect_equal = [&](const ConvolutionU8& conv) {
    Image<Out> out(c.out_height, c.out_width, s.out_channels, c.out_gap, Out{77});
    conv.run(in.view, out.view, pool);
    if (out.memory != expected.memory) {
      RC_ASSERT(only_channels_written(out, Out{77}));
      RC_FAIL(std::string(conv.name()) + " differs from the definition");
    }
    if (!conv.takes_rows()) return;
    std::ranges::fill(out.memory, Out{77});
    test::run_in_pieces<ConvolutionU8, std::uint8_t, Out>(conv, in.view, out.view, s.stride_h, c.piece_rows, pool);
    if (out.memory != expected.memory) RC_FAIL(std::string(conv.name()) + " in pieces differs from the definition");
  };
  for (const Isa& isa : isas_of<Conv2dU8Kernels>()) expect_equal(*make_direct_u8(s, weights, zero_point, requantization, isa));
  if (!winograd_fits(s, weights)) return;
  for (const Isa& isa : isas_of<WinogradU8Kernels>()) expect_equal(*make_winograd_u8(s, weights, zero_point, requantization, isa));
}

// Floats with an addend or none, bytes beside them or alone; whole and in pieces of rows.
void check_sums(const Case& c) {
  std::mt19937 random(c.seed);
  const Conv2dShape& s = c.shape;
  const auto size = static_cast<std::size_t>(s.out_channels * s.in_channels * s.kernel_h * s.kernel_w);
  const auto weights = random_integers<std::int16_t>(size, -128, 127, random, false);
  const auto zero_point = static_cast<std::uint8_t>(random() % 256);
  const Requantization requantization = random_requantization(s, random, false);
  Image<std::uint8_t> in(c.in_height, c.in_width, s.in_channels, c.in_gap, 0);
  in.memory = random_integers<std::uint8_t>(in.memory.size(), 0, 255, random, false);
  in.view.data = in.memory.data() + Image<std::uint8_t>::kMargin;
  Image<float> addend(c.out_height, c.out_width, s.out_channels, c.in_gap, 0.0f);
  for (float& value : addend.memory) value = std::uniform_real_distribution<float>(-100, 100)(random);
  const bool adds = random() % 3 != 0, has_bytes = random() % 3 != 0, has_sums = !has_bytes || random() % 2 == 0;
  const float scale = std::uniform_real_distribution<float>(0.5f, 4)(random);

  struct Written {
    Image<float> sums;
    Image<std::uint8_t> bytes;
    bool operator==(const Written& other) const { return sums.memory == other.sums.memory && bytes.memory == other.bytes.memory; }
  };
  const auto blank = [&] {
    return Written{{c.out_height, c.out_width, s.out_channels, c.out_gap, 77.0f},
                   {c.out_height, c.out_width, s.out_channels, c.in_gap, 77}};
  };
  const auto rows_of = [&](Written& written, std::int64_t y, std::int64_t rows) {
    const auto cut = [&](auto image) {
      image = from_row(image, y);
      image.height = rows;
      return image;
    };
    written.sums.view.data = written.sums.memory.data() + Image<float>::kMargin;
    written.bytes.view.data = written.bytes.memory.data() + Image<std::uint8_t>::kMargin;
    FloatResults results{.inv_scale = 1 / scale, .zero_point = zero_point};
    if (adds) results.addend = cut(ImageView<const float>(addend.view));
    if (has_sums) results.sums = cut(written.sums.view);
    if (has_bytes) results.bytes = cut(written.bytes.view);
    return results;
  };
  Written expected = blank();
  conv2d_u8_ref(s, weights, zero_point, requantization, in.view, rows_of(expected, 0, c.out_height));
  ThreadPool pool(c.threads);
  for (const Isa& isa : isas_of<Conv2dU8Kernels>()) {
    const auto conv = make_summing_conv2d_u8(s, weights, zero_point, requantization, isa);
    Written whole = blank(), pieces = blank();
    conv->run(in.view, rows_of(whole, 0, c.out_height), pool);
    if (!(whole == expected)) RC_FAIL(std::string(conv->name()) + " differs from the definition");
    for (std::int64_t y = 0; y < c.out_height; y += c.piece_rows)
      conv->run(from_row(ImageView<const std::uint8_t>(in.view), y * s.stride_h),
                rows_of(pieces, y, std::min(c.piece_rows, c.out_height - y)), pool);
    if (!(pieces == expected)) RC_FAIL(std::string(conv->name()) + " in pieces differs from the definition");
  }
}

constexpr int kCases = 300;

TEST(Conv2dF32, AgreesWithTheDefinitionWithinRounding) {
  EXPECT_TRUE(rc::check([] {
    for (int i = 0; i < kCases / 100; ++i) {
      const Case c = random_case(*rc::gen::arbitrary<std::uint32_t>());
      RC_LOG() << c << "\n";
      check_f32(c);
    }
  }));
}

TEST(Conv2dBf16, AgreesWithTheDefinitionOfRoundedFactors) {
  EXPECT_TRUE(rc::check([] {
    for (int i = 0; i < kCases / 100; ++i) {
      const Case c = random_case(*rc::gen::arbitrary<std::uint32_t>());
      RC_LOG() << c << "\n";
      check_bf16(c);
    }
  }));
}

// All 2^16 upper halves with lower ones around what decides, through a product with 1.
TEST(Conv2dBf16, RoundsAsDefined) {
  constexpr std::uint32_t kLower[] = {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff};
  const Conv2dShape shape{.in_channels = 2, .out_channels = 1};
  const std::vector<float> weights{1, 0};
  Image<float> in(1, 1 << 16, 2, 0, 0.0f), out(1, 1 << 16, 1, 0, 0.0f);
  ThreadPool pool(1);
  for (const Isa& isa : isas_of<Conv2dBf16Kernels>())
    for (const std::uint32_t lower : kLower) {
      for (std::uint32_t upper = 0; upper < 1 << 16; ++upper)
        in.view.data[std::size_t{2} * upper] = std::bit_cast<float>(upper << 16 | lower);
      make_direct_bf16(shape, weights, {}, {}, isa)->run(in.view, out.view, pool);
      for (std::uint32_t upper = 0; upper < 1 << 16; ++upper) {
        const auto expected = static_cast<float>(Bf16(in.view.data[std::size_t{2} * upper]));
        const float found = out.view.data[upper];
        ASSERT_TRUE(found == expected || (std::isnan(found) && std::isnan(expected)))
            << isa.name << ": " << std::hex << upper << " " << lower;
      }
    }
}

TEST(Bf16, RoundsToTheNearestAndOfTwoToTheEvenOne) {
  EXPECT_EQ(static_cast<float>(Bf16(1.0f)), 1.0f);
  EXPECT_EQ(static_cast<float>(Bf16(1 + 0x1p-8f)), 1.0f);
  EXPECT_EQ(static_cast<float>(Bf16(1 + 0x1p-8f + 0x1p-20f)), 1 + 0x1p-7f);
  EXPECT_EQ(static_cast<float>(Bf16(1 + 0x3p-8f)), 1 + 0x1p-6f);
  EXPECT_EQ(static_cast<float>(Bf16(-0x1p-127f)), 0.0f);
  EXPECT_TRUE(std::isinf(static_cast<float>(Bf16(std::numeric_limits<float>::max()))));
  EXPECT_TRUE(std::isnan(static_cast<float>(Bf16(std::bit_cast<float>(0x7f800001u)))));
}

TEST(Conv2dBf16, IsChosenWhereItIsQuickerThanFloats) {
  const auto name = [](const Conv2dShape& shape, std::int64_t pixels) {
    const std::vector<float> weights(static_cast<std::size_t>(shape.in_channels * shape.out_channels * shape.kernel_h * shape.kernel_w));
    return std::string(make_conv2d_bf16(shape, weights, {}, {}, isas_of<Conv2dBf16Kernels>()[0], pixels)->name());
  };
  const Conv2dShape wide{64, 64, 3, 3, 1, 1, 1, 1, 1, 1}, point{.in_channels = 64, .out_channels = 64},
      odd{.in_channels = 3, .out_channels = 64}, shallow{2, 16, 3, 3, 2, 2, 1, 1, 1, 1};
  EXPECT_EQ(name(wide, 52 * 52).find("bf16"), std::string::npos);
  EXPECT_NE(name(point, 52 * 52).find("bf16"), std::string::npos);
  EXPECT_EQ(name(odd, 52 * 52).find("bf16"), std::string::npos);
  EXPECT_EQ(name(shallow, 52 * 52).find("bf16"), std::string::npos);
}

TEST(Conv2dU8, EqualsTheDefinition) {
  EXPECT_TRUE(rc::check([] {
    for (int i = 0; i < kCases / 100; ++i) {
      const Case c = random_case(*rc::gen::arbitrary<std::uint32_t>());
      RC_LOG() << c << "\n";
      check_u8<std::uint8_t>(c);
      check_u8<float>(c);
    }
  }));
}

TEST(Conv2dU8, AddsAndQuantizesAsDefined) {
  EXPECT_TRUE(rc::check([] {
    for (int i = 0; i < kCases / 100; ++i) {
      const Case c = random_case(*rc::gen::arbitrary<std::uint32_t>());
      RC_LOG() << c << "\n";
      check_sums(c);
    }
  }));
}

// From 2048 on each of these products is rounded down to 1: one running sum of all loses 0.3, 1100 units of 2^-24.
TEST(Conv2dF32, LosesLittleInLongSums) {
  constexpr std::int64_t kDepth = 4608;
  const float product = 1 + 0x1p-13f - 0x1p-20f;
  const double expected = 1 + static_cast<double>(kDepth) * product;
  const Conv2dShape shape{.in_channels = kDepth, .out_channels = 17};
  const std::vector<float> weights(17 * kDepth, product), bias(17, 1.0f);
  ThreadPool pool(1);
  for (const Isa& isa : isas_of<Conv2dF32Kernels>())
    for (const Activation& activation : {Activation{}, Activation{Kind::kLeaky, 0.1f, 0}}) {
      Image<float> in(1, 13, kDepth, 0, 1.0f), out(1, 13, 17, 0, 0.0f);
      const auto conv = make_direct_f32(shape, weights, bias, activation, isa);
      conv->run(in.view, out.view, pool);
      for (std::int64_t p = 0; p < out.view.pixels(); ++p)
        for (int o = 0; o < 17; ++o) EXPECT_NEAR(out.view.pixel(0, p)[o], expected, 200 * 0x1p-24 * expected) << conv->name();
    }
}

// One output channel of the greatest weights, one of the least.
void expect_exact_at_the_greatest_depth(std::int16_t least, std::int16_t greatest) {
  const std::vector<std::int16_t> ends{greatest, least};
  const std::int64_t depth = longest_integer_sum(ends);
  const Conv2dShape shape{.in_channels = depth, .out_channels = 2};
  std::vector<std::int16_t> weights(static_cast<std::size_t>(depth), greatest);
  weights.resize(static_cast<std::size_t>(2 * depth), least);
  const Requantization r{{1, 1}, {0, 0}, {}, false, {}, {}};
  Image<std::uint8_t> in(1, 1, depth, 0, 255);
  ThreadPool pool(1);
  for (const Isa& isa : isas_of<Conv2dU8Kernels>()) {
    Image<float> out(1, 1, 2, 0, 0.0f);
    make_conv2d_u8(shape, weights, 0, r, isa, 1)->run(in.view, out.view, pool);
    EXPECT_EQ(out.view.data[0], static_cast<float>(depth * greatest * 255)) << isa.name;
    EXPECT_EQ(out.view.data[1], static_cast<float>(depth * least * 255)) << isa.name;
  }
}

TEST(Conv2dU8, IsExactAtTheGreatestDepth) {
  expect_exact_at_the_greatest_depth(-128, 127);
  expect_exact_at_the_greatest_depth(-kGreatestWeight, kGreatestWeight);
}

// The kernel that multiplies bytes by vpmaddubsw, on the brightest image: neighbours that sum to 128 fit into its 16 bits, and two groups
// of four whose halves do; what exceeds that by one is to be widened.
TEST(RoutedConv2dU8, IsExactAtTheEndsOf16Bits) {
  constexpr std::int64_t kDepth = 64, kOutputs = 17;
  const Conv2dShape shape{.in_channels = kDepth, .out_channels = kOutputs};
  const std::array<std::int16_t, 4> groups[] = {{64, 64, 64, 64},     {127, 1, -128, 0}, {-64, -64, 32, 32},     {32, 32, 32, 32},
                                                {127, -128, 1, 0},    {64, 65, 0, 0},    {-64, -65, -128, -128}, {127, 127, -128, -128},
                                                {100, 100, -100, 20}, {90, -90, 90, -90}};
  ThreadPool pool(1);
  for (const auto& group : groups)
    for (const bool everywhere : {false, true}) {
      std::vector<std::int16_t> weights(static_cast<std::size_t>(kDepth * kOutputs), 0);
      for (std::size_t i = 0; i < weights.size(); ++i)
        if (everywhere || i / 4 % 16 == 5) weights[i] = group[i % 4];
      const Requantization r{std::vector<float>(kOutputs, 1), std::vector<float>(kOutputs, 0), {}, false, {}, {}};
      Image<std::uint8_t> in(1, 5, kDepth, 0, 255);
      Image<float> expected(1, 5, kOutputs, 0, 0.0f);
      conv2d_u8_ref(shape, weights, 0, r, in.view, expected.view);
      for (const Isa& isa : isas_of<Conv2dU8Kernels>()) {
        Image<float> out(1, 5, kOutputs, 0, 0.0f);
        make_direct_u8(shape, weights, 0, r, isa)->run(in.view, out.view, pool);
        EXPECT_EQ(out.memory, expected.memory) << isa.name << ", weights " << ::testing::PrintToString(group);
      }
    }
}

// Two groups whose sums fit together in the first or the second register of a panel alone, by one in the other more than 16 bits hold.
TEST(RoutedConv2dU8, AddsTwoGroupsInTheRegisterThatHoldsTheirSums) {
  constexpr std::int64_t kDepth = 32, kOutputs = 16;
  const Conv2dShape shape{.in_channels = kDepth, .out_channels = kOutputs};
  const Requantization r{std::vector<float>(kOutputs, 1), std::vector<float>(kOutputs, 0), {}, false, {}, {}};
  Image<std::uint8_t> in(1, 5, kDepth, 0, 255);
  ThreadPool pool(1);
  for (const std::size_t lighter : {std::size_t{0}, std::size_t{8}})
    for (const int sign : {1, -1}) {
      std::vector<std::int16_t> weights(static_cast<std::size_t>(kDepth * kOutputs));
      for (std::size_t i = 0; i < weights.size(); ++i) {
        const bool light = i / kDepth / 8 * 8 == lighter;
        weights[i] = static_cast<std::int16_t>(sign * (light || i % 4 != 0 ? 32 : 33));
      }
      Image<float> expected(1, 5, kOutputs, 0, 0.0f);
      conv2d_u8_ref(shape, weights, 0, r, in.view, expected.view);
      for (const Isa& isa : isas_of<Conv2dU8Kernels>()) {
        Image<float> out(1, 5, kOutputs, 0, 0.0f);
        make_direct_u8(shape, weights, 0, r, isa)->run(in.view, out.view, pool);
        EXPECT_EQ(out.memory, expected.memory) << isa.name << ", the lighter half from " << lighter << ", sign " << sign;
      }
    }
}

TEST(RoutedConv2dU8, IsChosenForWeightsThatFit) {
  const Conv2dShape shape{.in_channels = 32, .out_channels = 16};
  const Requantization r{std::vector<float>(16, 1), std::vector<float>(16, 0), {}, false, {}, {}};
  for (const Isa& isa : isas_of<Conv2dU8Kernels>())
    for (const int weight : {64, 65}) {
      const std::vector<std::int16_t> weights(16 * 32, static_cast<std::int16_t>(weight));
      const std::string name(make_direct_u8(shape, weights, 0, r, isa)->name());
      EXPECT_EQ(name.find("routed") != std::string::npos, weight == 64 && isa.features == CpuFeatures{CpuFeature::kAvx2}) << name;
    }
}

// One channel whose weights raise the result as far as Winograd allows, one whose weights lower it, on the brightest image.
TEST(WinogradU8, IsExactUpToItsBoundAndRefusesMore) {
  constexpr std::int64_t kDepth = 120, kMost = ((1 << 25) - 1) / 255;  // of 9 * 120 * 127 = 137,160
  const Conv2dShape shape{kDepth, 2, 3, 3, 1, 1, 1, 1, 1, 1};
  std::vector<std::int16_t> weights(static_cast<std::size_t>(2 * 9 * kDepth), 0);
  std::int64_t left = kMost;
  for (std::size_t i = 0; left > 0; ++i) {
    const auto weight = static_cast<std::int16_t>(std::min<std::int64_t>(left, 127));
    weights[i] = weight;
    weights[static_cast<std::size_t>(9 * kDepth) + i] = static_cast<std::int16_t>(-weight);
    left -= weight;
  }
  ASSERT_TRUE(winograd_fits(shape, weights));
  const Requantization r{{1, 1}, {0, 0}, {}, false, {}, {}};
  Image<std::uint8_t> in(5, 6, kDepth, 0, 255);
  Image<float> expected(5, 6, 2, 0, 0.0f);
  conv2d_u8_ref(shape, weights, 0, r, in.view, expected.view);
  ASSERT_EQ(expected.view.pixel(2, 2)[0], static_cast<float>(255 * kMost));
  ThreadPool pool(1);
  for (const Isa& isa : isas_of<WinogradU8Kernels>()) {
    Image<float> out(5, 6, 2, 0, 0.0f);
    make_winograd_u8(shape, weights, 0, r, isa)->run(in.view, out.view, pool);
    EXPECT_EQ(out.memory, expected.memory) << isa.name;
  }
  for (const std::size_t first : {std::size_t{0}, static_cast<std::size_t>(9 * kDepth)}) {
    auto more = weights;
    more[first + static_cast<std::size_t>(9 * kDepth) - 1] = first == 0 ? std::int16_t{1} : std::int16_t{-1};
    EXPECT_FALSE(winograd_fits(shape, more));
  }
}

// Of a convolution as those of deep networks are: the root mean square of its errors, relative to that of its results, in units of 2^-24.
double error_of(const ConvolutionF32& conv, const Conv2dShape& shape, std::span<const float> weights, const Image<float>& in) {
  Image<float> expected(in.view.height, in.view.width, shape.out_channels, 0, 0.0f), out = expected;
  out.view.data = out.memory.data() + Image<float>::kMargin;
  conv2d_f32_ref(shape, weights, {}, {}, in.view, expected.view);
  ThreadPool pool(1);
  conv.run(in.view, out.view, pool);
  double errors = 0, results = 0;
  for (std::size_t i = 0; i < out.memory.size(); ++i) {
    errors += std::pow(static_cast<double>(out.memory[i]) - expected.memory[i], 2);
    results += std::pow(expected.memory[i], 2);
  }
  return std::sqrt(errors / results) * 0x1p24;
}

TEST(WinogradF32, LosesLittleOfManyChannels) {
  const Conv2dShape shape{256, 16, 3, 3, 1, 1, 1, 1, 1, 1};
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<float> weights(static_cast<std::size_t>(9 * shape.in_channels * shape.out_channels));
  Image<float> in(12, 12, shape.in_channels, 0, 0.0f);
  for (float& w : weights) w = normal(random);
  for (float& x : in.memory) x = activate({Kind::kMish, 0, 0}, normal(random));
  for (const Isa& isa : isas_of<WinogradF32Kernels>()) {
    EXPECT_LT(error_of(*make_direct_f32(shape, weights, {}, {}, isa), shape, weights, in), 5) << isa.name;
    EXPECT_LT(error_of(*make_winograd_f32(shape, weights, {}, {}, isa, 2), shape, weights, in), 5) << isa.name;
    EXPECT_LT(error_of(*make_winograd_f32(shape, weights, {}, {}, isa, 4), shape, weights, in), 14) << isa.name;
  }
}

// Few weights, which threads read each for itself, and many, which they share; several blocks of tiles of either.
TEST(WinogradF32, IsTheSameHoweverThreadsShareIt) {
  for (const std::int64_t channels : {24, 130}) {
    const Conv2dShape shape{channels, channels + 1, 3, 3, 1, 1, 1, 1, 1, 1};
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> weights(static_cast<std::size_t>(9 * shape.in_channels * shape.out_channels));
    Image<float> in(58, 61, shape.in_channels, 0, 0.0f);
    for (float& w : weights) w = normal(random);
    for (float& x : in.memory) x = normal(random);
    for (const Isa& isa : isas_of<WinogradF32Kernels>())
      for (const int tile : {2, 4}) {
        const auto conv = make_winograd_f32(shape, weights, {}, {}, isa, tile);
        EXPECT_LT(error_of(*conv, shape, weights, in), 14) << isa.name;
        Image<float> alone(in.view.height, in.view.width, shape.out_channels, 0, 0.0f), shared = alone;
        shared.view.data = shared.memory.data() + Image<float>::kMargin;
        ThreadPool one(1), three(3);
        conv->run(in.view, alone.view, one);
        conv->run(in.view, shared.view, three);
        EXPECT_EQ(alone.memory, shared.memory) << isa.name;
      }
  }
}

TEST(WinogradF32, IsChosenForManyChannelsAndPixels) {
  for (const std::int64_t channels : {8, 64})
    for (const std::int64_t pixels : {1, 52 * 52}) {
      const Conv2dShape shape{channels, 64, 3, 3, 1, 1, 1, 1, 1, 1};
      const std::vector<float> weights(static_cast<std::size_t>(9 * 64 * channels), 1.0f);
      for (const Isa& isa : isas_of<Conv2dF32Kernels>()) {
        const std::string name(make_conv2d_f32(shape, weights, {}, {}, isa, pixels)->name());
        EXPECT_EQ(name.find("winograd") != std::string::npos, channels == 64 && pixels > 1) << isa.name << ": " << name;
      }
    }
}

TEST(NarrowF32, IsChosenForFewOutputs) {
  for (const std::int64_t outputs : {1, 2, 64}) {
    const Conv2dShape shape{96, outputs, 5, 5, 1, 1, 1, 1, 2, 2};
    const std::vector<float> weights(static_cast<std::size_t>(25 * 96 * outputs), 1.0f);
    for (const Isa& isa : isas_of<Conv2dF32Kernels>())
      EXPECT_EQ(make_conv2d_f32(shape, weights, {}, {}, isa, 400)->takes_rows(), outputs == 64) << isa.name;
  }
}

TEST(Conv2dU8, TakesTilesWhereThereIsDepth) {
  const Requantization r{std::vector<float>(40, 0.01f), std::vector<float>(40, 0), {}, true, {}, std::vector<std::int16_t>(40, 0)};
  const Requantization swish{r.multiplier, r.offset, {Kind::kSwish, 0, 0}, true, std::vector<float>(40, 1), r.zero_point};
  for (const std::int64_t channels : {16, 32, 64}) {
    const Conv2dShape shape{.in_channels = channels, .out_channels = 40};
    const std::vector<std::int16_t> bytes(static_cast<std::size_t>(40 * channels), 1), words(bytes.size(), kGreatestWeight);
    for (const Isa& isa : available_isas()) {
      const bool tiles = isa.features.contains({CpuFeature::kAmxInt8});
      EXPECT_EQ(make_conv2d_u8(shape, bytes, 0, r, isa, 100)->name() == "avx512_amx_32x32", tiles && channels >= 24) << isa.name;
      EXPECT_EQ(make_conv2d_u8(shape, bytes, 0, swish, isa, 100)->name() == "avx512_amx_32x32", tiles && channels >= 48) << isa.name;
      EXPECT_NE(make_conv2d_u8(shape, words, 0, r, isa, 100)->name(), "avx512_amx_32x32") << isa.name;
    }
  }
}

// More channels than a slice has whose weights are made at once, an odd number of them, and more tiles than a block has.
TEST(WinogradU8, IsTheSameFromSlicesAndBlocksAndHoweverThreadsShareIt) {
  struct Layer {
    std::int64_t in_channels, out_channels, height, width;
  };
  for (const Layer& layer : {Layer{1103, 19, 9, 10}, Layer{67, 35, 38, 61}}) {
    const Conv2dShape shape{layer.in_channels, layer.out_channels, 3, 3, 1, 1, 1, 1, 1, 1};
    std::mt19937 random(1);
    const auto weights =
        random_integers<std::int16_t>(static_cast<std::size_t>(9 * shape.in_channels * shape.out_channels), -30, 30, random, false);
    const Requantization r = random_requantization(shape, random, true);
    ASSERT_TRUE(winograd_fits(shape, weights));
    Image<std::uint8_t> in(layer.height, layer.width, shape.in_channels, 0, 0),
        expected(layer.height, layer.width, shape.out_channels, 0, 0);
    in.memory = random_integers<std::uint8_t>(in.memory.size(), 0, 255, random, false);
    in.view.data = in.memory.data() + Image<std::uint8_t>::kMargin;
    conv2d_u8_ref(shape, weights, 17, r, in.view, expected.view);
    for (const Isa& isa : isas_of<WinogradU8Kernels>()) {
      const auto conv = make_winograd_u8(shape, weights, 17, r, isa);
      for (const int threads : {1, 3}) {
        ThreadPool pool(threads);
        Image<std::uint8_t> out(layer.height, layer.width, shape.out_channels, 0, 0);
        conv->run(in.view, out.view, pool);
        EXPECT_EQ(out.memory, expected.memory) << isa.name << ", threads " << threads;
      }
    }
  }
}

TEST(WinogradU8, IsChosenForManyChannelsAndPixelsWhereDirectProductsAreSlow) {
  const Requantization r{std::vector<float>(64, 1), std::vector<float>(64, 0), {}, false, {}, {}};
  for (const std::int64_t channels : {8, 64})
    for (const std::int64_t pixels : {1, 52 * 52}) {
      const Conv2dShape shape{channels, 64, 3, 3, 1, 1, 1, 1, 1, 1};
      const std::vector<std::int16_t> weights(static_cast<std::size_t>(9 * 64 * channels), 1);
      for (const Isa& isa : isas_of<Conv2dU8Kernels>()) {
        const std::string name(make_conv2d_u8(shape, weights, 0, r, isa, pixels)->name());
        const bool pays = !isa.features.contains({CpuFeature::kAmxInt8}) && !isa.features.contains({CpuFeature::kDotProduct});
        EXPECT_EQ(name.find("winograd") != std::string::npos, channels == 64 && pixels > 1 && pays) << isa.name << ": " << name;
      }
    }
}

}  // namespace
}  // namespace octet::kernels
