// Depthwise convolutions in plain C++: the sums of a block of channels lie side by side, and each tap is added to all of them, so that
// a compiler finds vectors in it.
#include <algorithm>
#include <vector>

#include "kernels/depthwise2d/depthwise2d_blocks.h"
#include "kernels/depthwise2d/depthwise2d_kernels.h"
#include "kernels/requantize_scalar.h"

namespace octet::kernels::portable {
namespace {

constexpr std::int64_t kBlock = 32;

// [C, taps] as [taps][C], the order in which the sums take them: column by column.
template <typename T>
std::vector<T> by_tap(const Depthwise2dShape& s, std::span<const T> weights) {
  std::vector<T> result;
  result.reserve(weights.size());
  for (std::int64_t kx = 0; kx < s.kernel_w; ++kx)
    for (std::int64_t ky = 0; ky < s.kernel_h; ++ky)
      for (std::int64_t c = 0; c < s.channels; ++c) result.push_back(weights[(c * s.kernel_h + ky) * s.kernel_w + kx]);
  return result;
}

// Calls work(input pixel, tap) for the taps of output (y, x) that lie inside, column by column.
template <typename T, typename Work>
void for_each_tap(const Depthwise2dShape& s, const ImageView<const T>& in, std::int64_t y, std::int64_t x, const Work& work) {
  for (std::int64_t kx = 0; kx < s.kernel_w; ++kx) {
    const std::int64_t in_x = x * s.stride_w - s.pad_left + kx * s.dilation_w;
    if (in_x < 0 || in_x >= in.width) continue;
    for (std::int64_t ky = 0; ky < s.kernel_h; ++ky) {
      const std::int64_t in_y = y * s.stride_h - s.pad_top + ky * s.dilation_h;
      if (in.has_row(in_y)) work(in.pixel(in_y, in_x), kx * s.kernel_h + ky);
    }
  }
}

// Calls work(y, x, first channel, channels) for every block of every output, on all threads.
template <typename Work>
void for_each_block(const Depthwise2dShape& shape, std::int64_t out_height, std::int64_t out_width, ThreadPool& pool, const Work& work) {
  pool.run(out_height, depthwise::row_grain(shape, out_width), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y)
      for (std::int64_t x = 0; x < out_width; ++x)
        for (std::int64_t c = 0; c < shape.channels; c += kBlock) work(y, x, c, std::min(kBlock, shape.channels - c));
  });
}

class PlainSums {
 public:
  PlainSums(const Depthwise2dShape& shape, std::span<const float> weights, std::span<const float> bias)
      : shape_(shape), weights_(by_tap(shape, weights)), bias_(bias.begin(), bias.end()) {
    bias_.resize(static_cast<std::size_t>(shape.channels));
  }

  // Calls finish(y, x, first channel, sums) for every block of every output, on all threads.
  template <typename Finish>
  void run(ImageView<const float> in, std::int64_t out_height, std::int64_t out_width, ThreadPool& pool, const Finish& finish) const {
    for_each_block(shape_, out_height, out_width, pool, [&](std::int64_t y, std::int64_t x, std::int64_t first, std::int64_t channels) {
      float block[kBlock];
      const std::span<float> sums(block, static_cast<std::size_t>(channels));
      std::copy_n(bias_.data() + first, channels, sums.data());
      for_each_tap(shape_, in, y, x, [&](const float* pixel, std::int64_t tap) {
        const float* weights = weights_.data() + tap * shape_.channels + first;
        for (std::int64_t c = 0; c < channels; ++c) sums[c] = scalar::fma(pixel[first + c], weights[c], sums[c]);
      });
      finish(y, x, first, sums);
    });
  }

 private:
  Depthwise2dShape shape_;
  std::vector<float> weights_, bias_;
};

class PlainF32 final : public ConvolutionF32 {
 public:
  PlainF32(const Depthwise2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation)
      : sums_(shape, weights, bias), activation_(activation) {}

  std::string_view name() const override { return kPortableIsa.name; }
  bool takes_rows() const override { return true; }

  void run(ImageView<const float> in, ImageView<float> out, ThreadPool& pool) const override {
    sums_.run(in, out.height, out.width, pool, [&](std::int64_t y, std::int64_t x, std::int64_t first, std::span<const float> sums) {
      activate(activation_, sums, {out.pixel(y, x) + first, sums.size()}, kPortableIsa);
    });
  }

 private:
  PlainSums sums_;
  Activation activation_;
};

class PlainQuantizing final : public QuantizingDepthwise2d {
 public:
  PlainQuantizing(const Depthwise2dShape& shape, std::span<const float> weights, const RequantizationTable& table)
      : sums_(shape, weights, std::span(table.offset).first(static_cast<std::size_t>(shape.channels))), table_(table) {}

  std::string_view name() const override { return kPortableIsa.name; }

  void run(ImageView<const float> in, ImageView<std::uint8_t> out, ThreadPool& pool) const override {
    const float a = table_.activation.a, b = table_.activation.b;
    with_kind(table_.activation.kind, [&](auto kind) {
      sums_.run(in, out.height, out.width, pool, [&](std::int64_t y, std::int64_t x, std::int64_t first, std::span<const float> sums) {
        std::uint8_t* const to = out.pixel(y, x) + first;
        for (std::size_t c = 0; c < sums.size(); ++c)
          to[c] = scalar::to_byte<false>(table_, static_cast<std::size_t>(first) + c, scalar::activate<kind()>(sums[c], a, b));
      });
    });
  }

 private:
  PlainSums sums_;
  RequantizationTable table_;
};

class PlainU8 final : public ConvolutionU8 {
 public:
  PlainU8(const Depthwise2dShape& shape, std::span<const std::int16_t> weights, std::span<const std::uint8_t> in_zero_point,
          const Requantization& requantization)
      : shape_(shape),
        weights_(by_tap(shape, weights)),
        in_zero_point_(in_zero_point.begin(), in_zero_point.end()),
        table_(requantization) {}

  std::string_view name() const override { return kPortableIsa.name; }
  bool takes_rows() const override { return true; }

  void run(ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool& pool) const override {
    with_requantization(table_, [&](auto kind, auto plain) {
      run_into(in, out, pool, [&](std::size_t c, std::int32_t sum) { return scalar::requantize_u8<kind(), plain()>(table_, c, sum); });
    });
  }
  void run(ImageView<const std::uint8_t> in, ImageView<float> out, ThreadPool& pool) const override {
    with_kind(table_.activation.kind, [&](auto kind) {
      run_into(in, out, pool, [&](std::size_t c, std::int32_t sum) { return scalar::requantize_real<kind()>(table_, c, sum); });
    });
  }

 private:
  template <typename T, typename Requantize>
  void run_into(const ImageView<const std::uint8_t>& in, const ImageView<T>& out, ThreadPool& pool, const Requantize& requantize) const {
    for_each_block(shape_, out.height, out.width, pool, [&](std::int64_t y, std::int64_t x, std::int64_t first, std::int64_t channels) {
      std::int32_t sums[kBlock] = {};
      for_each_tap(shape_, in, y, x, [&](const std::uint8_t* pixel, std::int64_t tap) {
        const std::int16_t* weights = weights_.data() + tap * shape_.channels + first;
        for (std::int64_t c = 0; c < channels; ++c) sums[c] += (pixel[first + c] - in_zero_point_[first + c]) * weights[c];
      });
      T* to = out.pixel(y, x) + first;
      for (std::int64_t c = 0; c < channels; ++c) to[c] = requantize(static_cast<std::size_t>(first + c), sums[c]);
    });
  }

  Depthwise2dShape shape_;
  std::vector<std::int16_t> weights_;
  std::vector<std::uint8_t> in_zero_point_;
  RequantizationTable table_;
};

}  // namespace

std::unique_ptr<ConvolutionF32> depthwise2d_f32(const Isa&, const Depthwise2dShape& shape, std::span<const float> weights,
                                                std::span<const float> bias, const Activation& activation) {
  return std::make_unique<PlainF32>(shape, weights, bias, activation);
}

std::unique_ptr<QuantizingDepthwise2d> quantizing_depthwise2d(const Isa&, const Depthwise2dShape& shape, std::span<const float> weights,
                                                              const RequantizationTable& table) {
  return std::make_unique<PlainQuantizing>(shape, weights, table);
}

std::unique_ptr<ConvolutionU8> depthwise2d_u8(const Isa&, const Depthwise2dShape& shape, std::span<const std::int16_t> weights,
                                              std::span<const std::uint8_t> in_zero_point, const Requantization& requantization) {
  return std::make_unique<PlainU8>(shape, weights, in_zero_point, requantization);
}

}  // namespace octet::kernels::portable
