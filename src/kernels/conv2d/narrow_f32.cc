#include <algorithm>
#include <optional>
#include <vector>

#include "base/check.h"
#include "kernels/conv2d/conv2d_kernels.h"
#include "kernels/pixel_runs.h"

namespace octet::kernels {
namespace {

std::int64_t taps_of(const Conv2dShape& shape) { return shape.kernel_h * shape.kernel_w; }

// As a convolution of 1x1 whose outputs are those of every tap.
Conv2dShape shape_of_taps(const Conv2dShape& shape) {
  return {.in_channels = shape.in_channels, .out_channels = taps_of(shape) * shape.out_channels};
}

// From [output][input][tap] to [tap][output][input].
std::vector<float> weights_of_taps(const Conv2dShape& shape, std::span<const float> weights) {
  const std::int64_t taps = taps_of(shape), filters = shape.out_channels * shape.in_channels;
  OCTET_CHECK(weights.size() == static_cast<std::size_t>(taps * filters), "weights do not fit the convolution");
  std::vector<float> packed;
  packed.reserve(weights.size());
  for (std::int64_t tap = 0; tap < taps; ++tap)
    for (std::int64_t filter = 0; filter < filters; ++filter) packed.push_back(weights[static_cast<std::size_t>(filter * taps + tap)]);
  return packed;
}

class NarrowConv2dF32 final : public SummingConvolutionF32 {
 public:
  NarrowConv2dF32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
                  const Isa& isa)
      : shape_(shape),
        activation_(activation),
        isa_(isa),
        taps_(make_direct_f32(shape_of_taps(shape), weights_of_taps(shape, weights), {}, {}, isa)),
        bias_(static_cast<std::size_t>(shape.out_channels)) {
    OCTET_CHECK(bias.empty() || bias.size() == bias_.size(), "bias does not fit the convolution");
    std::copy(bias.begin(), bias.end(), bias_.begin());
  }

  std::string_view name() const override { return taps_->name(); }

  // For an input as large as the output.
  std::size_t scratch_bytes(std::int64_t out_pixels) const override { return product_bytes(out_pixels); }

  void run(ImageView<const float> in, std::optional<ImageView<const float>> addend, ImageView<float> out, ThreadPool& pool) const override {
    OCTET_CHECK(in.channels == shape_.in_channels && out.channels == shape_.out_channels, "views do not fit the convolution");
    const std::int64_t channels = taps_of(shape_) * shape_.out_channels;
    float* shared = nullptr;  // the scratch of this thread
    pool.run_each(1, product_bytes(in.pixels()), [&](std::int64_t, std::byte* scratch) { shared = reinterpret_cast<float*>(scratch); });
    const ImageView<float> products{shared, in.height, in.width, channels, channels};
    taps_->run(in, products, pool);
    pool.run(out.height, task_grain(out.width * channels), [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t y = begin; y < end; ++y) {
        add_up(products, out, y);
        if (addend) add_row(*addend, out, y);
      }
    });
  }

 private:
  std::size_t product_bytes(std::int64_t pixels) const {
    return static_cast<std::size_t>(pixels * taps_of(shape_) * shape_.out_channels) * sizeof(float) + kReadSlack;
  }

  // Row y of the output; a tap that lies outside of the image adds nothing.
  void add_up(const ImageView<float>& products, const ImageView<float>& out, std::int64_t y) const {
    for (std::int64_t x = 0; x < out.width; ++x) std::fill_n(out.pixel(y, x), out.channels, 0.0f);
    for (std::int64_t ky = 0, tap = 0; ky < shape_.kernel_h; ++ky)
      for (std::int64_t kx = 0; kx < shape_.kernel_w; ++kx, ++tap) {
        const std::int64_t in_y = y - shape_.pad_top + ky * shape_.dilation_h, shift = kx * shape_.dilation_w - shape_.pad_left;
        if (in_y < 0 || in_y >= products.height) continue;
        for (std::int64_t x = std::max<std::int64_t>(0, -shift); x < std::min(out.width, products.width - shift); ++x)
          for (std::int64_t o = 0; o < out.channels; ++o) out.pixel(y, x)[o] += products.pixel(in_y, x + shift)[tap * out.channels + o];
      }
    for (std::int64_t x = 0; x < out.width; ++x)
      for (std::int64_t o = 0; o < out.channels; ++o) out.pixel(y, x)[o] += bias_[static_cast<std::size_t>(o)];
    const std::int64_t runs = is_dense(out) ? 1 : out.width, length = out.width / runs * out.channels;
    for (std::int64_t run = 0; run < runs; ++run) {
      const std::span<float> values(out.pixel(y, run), static_cast<std::size_t>(length));
      if (activation_.kind != Activation::Kind::kNone) activate(activation_, values, values, isa_);
    }
  }

  static void add_row(const ImageView<const float>& addend, const ImageView<float>& out, std::int64_t y) {
    for (std::int64_t x = 0; x < out.width; ++x)
      for (std::int64_t o = 0; o < out.channels; ++o) out.pixel(y, x)[o] += addend.pixel(y, x)[o];
  }

  Conv2dShape shape_;
  Activation activation_;
  Isa isa_;
  std::unique_ptr<SummingConvolutionF32> taps_;
  std::vector<float> bias_;
};

}  // namespace

bool narrow_has(const Conv2dShape& shape) { return shape.stride_h == 1 && shape.stride_w == 1; }

std::unique_ptr<SummingConvolutionF32> make_narrow_f32(const Conv2dShape& shape, std::span<const float> weights,
                                                       std::span<const float> bias, const Activation& activation, const Isa& isa) {
  OCTET_CHECK(narrow_has(shape), "the products of taps are those of a convolution without strides");
  return std::make_unique<NarrowConv2dF32>(shape, weights, bias, activation, isa);
}

}  // namespace octet::kernels
