#include "kernels/conv2d/winograd_u8.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/check.h"
#include "kernels/conv2d/aligned_buffer.h"
#include "kernels/conv2d/conv2d_kernels.h"
#include "kernels/conv2d/panels.h"

namespace octet::kernels {
namespace {

constexpr std::int64_t kTaps = 9;

// What a weight of position p contributes to, in either direction: the rows of the transform without their denominators.
constexpr int kWeightRows[kWinogradWindow][3] = {{1, 0, 0}, {1, 1, 1}, {1, -1, 1}, {1, 2, 4}, {1, -2, 4}, {0, 0, 1}};

std::int64_t rounded_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

// The 36 weights of one pair of channels, of its 9.
std::array<std::int16_t, kWinogradPositions> transformed(const std::int16_t* w) {
  std::array<std::int16_t, kWinogradPositions> result{};
  for (std::size_t p = 0; p < result.size(); ++p) {
    const auto &down = kWeightRows[p / kWinogradWindow], &across = kWeightRows[p % kWinogradWindow];
    int sum = 0;
    for (int ky = 0; ky < 3; ++ky)
      for (int kx = 0; kx < 3; ++kx) sum += down[ky] * across[kx] * w[ky * 3 + kx];
    result[p] = static_cast<std::int16_t>(sum);
  }
  return result;
}

std::int64_t padded_channels_of(const Conv2dShape& shape, const WinogradU8Function& kernel) {
  return rounded_up(shape.in_channels, std::max(2, kernel.words));
}

// Of the transformed window of a tile.
std::int64_t tile_bytes_of(std::int64_t padded_channels) {
  return kWinogradPositions * padded_channels * std::int64_t{sizeof(std::int16_t)};
}

class WinogradConv2dU8 final : public ConvolutionU8 {
 public:
  WinogradConv2dU8(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                   const Requantization& requantization, const Kernel<WinogradU8Function>& kernel)
      : shape_(shape),
        requantization_(requantization),
        kernel_(kernel),
        depth_(rounded_up(shape.in_channels, 2)),
        padded_channels_(padded_channels_of(shape, kernel.run)),
        panels_(split_into_panels(shape.out_channels, kernel.run.lanes, kWinogradPositions * depth_)),
        weights_(packed_size(panels_, kernel.run.lanes, kWinogradPositions * depth_)),
        start_(static_cast<std::size_t>(shape.out_channels + 2 * kernel.run.lanes)),
        zeros_(static_cast<std::size_t>(2 * kernel.run.lanes)),
        padding_(static_cast<std::size_t>(padded_channels_) + kReadSlack) {
    std::fill_n(padding_.data(), padding_.size(), in_zero_point);
    for (const Panel& panel : panels_) pack(panel, weights);
    for (std::int64_t o = 0; o < shape.out_channels; ++o) {
      std::int32_t sum = 0;
      for (const std::int16_t w : filter(weights, o)) sum += w;
      start_[static_cast<std::size_t>(o)] = -in_zero_point * sum;
    }
  }

  std::string_view name() const override { return kernel_.name; }

  std::size_t scratch_bytes(std::int64_t out_pixels) const override {
    return scratch_of(most_rows_of_a_task(out_pixels, tile_bytes(), kernel_.run.tile_rows));
  }

  void run(ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool& pool) const override {
    OCTET_CHECK(requantization_.to_u8, "a convolution with float results was run into u8");
    run_into(in, out, pool, [](GemmU8& gemm, std::uint8_t* to) { gemm.out_u8 = to; });
  }
  void run(ImageView<const std::uint8_t> in, ImageView<float> out, ThreadPool& pool) const override {
    OCTET_CHECK(!requantization_.to_u8, "a convolution with u8 results was run into floats");
    run_into(in, out, pool, [](GemmU8& gemm, float* to) { gemm.out_f32 = to; });
  }

 private:
  std::int64_t most_width() const { return 2 * kernel_.run.lanes; }
  std::int64_t tile_bytes() const { return tile_bytes_of(padded_channels_); }

  // Windows, then sums, then the results of one tile, each on a cache line.
  std::int64_t window_bytes(std::int64_t tiles) const { return rounded_up(tiles * tile_bytes(), 64); }
  std::int64_t sum_bytes(std::int64_t tiles) const {
    return kWinogradPositions * tiles * most_width() * std::int64_t{sizeof(std::int32_t)};
  }
  std::size_t scratch_of(std::int64_t tiles) const {
    return static_cast<std::size_t>(window_bytes(tiles) + sum_bytes(tiles) +
                                    kWinogradResults * most_width() * std::int64_t{sizeof(std::int32_t)});
  }

  std::span<const std::int16_t> filter(std::span<const std::int16_t> weights, std::int64_t output) const {
    const auto size = static_cast<std::size_t>(shape_.in_channels * kTaps);
    return weights.subspan(static_cast<std::size_t>(output) * size, size);
  }

  // [position][pair of channels][lane][2]
  void pack(const Panel& panel, std::span<const std::int16_t> weights) {
    const std::int64_t width = std::int64_t{panel.vectors} * kernel_.run.lanes;
    std::int16_t* to = weights_.data() + panel.offset;
    for (std::int64_t lane = 0; lane < panel.channels; ++lane) {
      const auto of_output = filter(weights, panel.first + lane);
      for (std::int64_t i = 0; i < shape_.in_channels; ++i) {
        const auto all = transformed(of_output.data() + i * kTaps);
        for (int p = 0; p < kWinogradPositions; ++p)
          to[((p * depth_ / 2 + i / 2) * width + lane) * 2 + i % 2] = all[static_cast<std::size_t>(p)];
      }
    }
  }

  template <typename Out, typename SetOut>
  void run_into(const ImageView<const std::uint8_t>& in, const ImageView<Out>& out, ThreadPool& pool, SetOut set_out) const {
    OCTET_CHECK(in.channels == shape_.in_channels && out.channels == shape_.out_channels, "views do not fit the convolution");
    const WinogradTiles all{out.height, out.width};
    const Tasks tasks =
        split_into_tasks(all.count(), tile_bytes(), kernel_.run.tile_rows, static_cast<std::int64_t>(panels_.size()), pool.threads());
    pool.run_each(tasks.count(), scratch_of(tasks.largest_block()), [&](std::int64_t task, std::byte* scratch) {
      const std::int64_t block = task / tasks.groups, group = task % tasks.groups, first = tasks.first_pixel(block);
      const std::int64_t tiles = tasks.first_pixel(block + 1) - first;
      auto* windows = reinterpret_cast<std::int16_t*>(scratch);
      for (std::int64_t t = 0; t < tiles; ++t)
        transform_window(in, all[first + t], tiles * padded_channels_, windows + t * padded_channels_);
      auto* sums = reinterpret_cast<std::int32_t*>(scratch + window_bytes(tiles));
      std::int32_t* results = sums + kWinogradPositions * tiles * most_width();
      for (std::int64_t p = tasks.first_panel(group); p < tasks.first_panel(group + 1); ++p) {
        const Panel& panel = panels_[static_cast<std::size_t>(p)];
        multiply(panel, windows, tiles, sums);
        for (std::int64_t t = 0; t < tiles; ++t) finish(panel, sums, t, tiles, all[first + t], out, results, set_out);
      }
    });
  }

  void transform_window(const ImageView<const std::uint8_t>& in, const WinogradTile& tile, std::int64_t stride, std::int16_t* to) const {
    const std::uint8_t* pixels[kWinogradPositions];
    find_window(shape_, in, tile, kWinogradWindow, padding_.data(), pixels);
    kernel_.run.transform_input(pixels, padded_channels_, stride, to);
  }

  // Asks for the weights of the products to come: they are many times those of a filter, often more than a cache near to the core has, and
  // few tiles share one reading of them.
  void fetch_weights(std::size_t first, std::size_t count) const {
    constexpr std::size_t kLine = 64 / sizeof(std::int16_t);
    const std::size_t end = std::min(first + count, weights_.size());
    for (std::size_t i = first; i < end; i += kLine) __builtin_prefetch(weights_.data() + i, 0, 2);
  }

  // sums[position][tile][lane]
  void multiply(const Panel& panel, const std::int16_t* windows, std::int64_t tiles, std::int32_t* sums) const {
    const std::int64_t width = std::int64_t{panel.vectors} * kernel_.run.lanes;
    GemmU8 gemm;
    gemm.a_stride = padded_channels_;
    gemm.rows = tiles;
    gemm.groups = gemm.run_groups = depth_ / 2;
    gemm.start = zeros_.data();
    gemm.vectors = panel.vectors;
    for (int p = 0; p < kWinogradPositions; ++p) {
      const std::size_t first = panel.offset + static_cast<std::size_t>(p * depth_ * width),
                        size = static_cast<std::size_t>(depth_ * width);
      fetch_weights(first + size, size);
      gemm.a = windows + p * tiles * padded_channels_;
      gemm.weights = weights_.data() + first;
      kernel_.run.multiply(gemm, sums + p * tiles * width);
    }
  }

  template <typename Out, typename SetOut>
  void finish(const Panel& panel, const std::int32_t* sums, std::int64_t t, std::int64_t tiles, const WinogradTile& tile,
              const ImageView<Out>& out, std::int32_t* results, SetOut set_out) const {
    const std::int64_t width = std::int64_t{panel.vectors} * kernel_.run.lanes;
    kernel_.run.transform_output(sums + t * width, width, tiles * width, start_.data() + panel.first, results);
    GemmU8 gemm;
    gemm.vectors = panel.vectors;
    gemm.channels = panel.channels;
    gemm.requantization = &requantization_;
    gemm.first_channel = static_cast<std::size_t>(panel.first);
    gemm.out_stride = out.pixel_stride;
    set_out(gemm, out.pixel(tile.y, tile.x) + panel.first);
    kernel_.run.finish(gemm, results, tile.lines, tile.pixels, out.width * out.pixel_stride);
  }

  Conv2dShape shape_;
  RequantizationTable requantization_;
  const Kernel<WinogradU8Function>& kernel_;
  std::int64_t depth_, padded_channels_;
  std::vector<Panel> panels_;
  AlignedBuffer<std::int16_t> weights_;
  AlignedBuffer<std::int32_t> start_, zeros_;
  AlignedBuffer<std::uint8_t> padding_;  // a pixel outside of the image
};

}  // namespace

bool winograd_fits(const Conv2dShape& shape, std::span<const std::int16_t> weights) {
  if (!winograd_has(shape)) return false;
  constexpr std::int64_t kMost = ((std::int64_t{1} << 25) - 1) / 255;  // of the weights that raise a result, and of those that lower it
  const auto filter = static_cast<std::size_t>(shape.in_channels * kTaps);
  for (std::size_t first = 0; first < weights.size(); first += filter) {
    std::int64_t raising = 0, lowering = 0;
    for (const std::int16_t w : weights.subspan(first, filter)) (w > 0 ? raising : lowering) += std::abs(w);
    if (std::max(raising, lowering) > kMost) return false;
  }
  return true;
}

std::int64_t winograd_readings(const Conv2dShape& shape, std::int64_t tiles, const Isa& isa) {
  const WinogradU8Function& kernel = best_kernel<WinogradU8Kernels>(isa).run;
  return split_into_tasks(tiles, tile_bytes_of(padded_channels_of(shape, kernel)), kernel.tile_rows, 1, 1).blocks;
}

std::unique_ptr<ConvolutionU8> make_winograd_u8(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                                                const Requantization& requantization, const Isa& isa) {
  OCTET_CHECK(winograd_fits(shape, weights), "Winograd is not exact for this convolution");
  OCTET_CHECK(requantization.multiplier.size() == static_cast<std::size_t>(shape.out_channels), "requantization does not fit");
  return std::make_unique<WinogradConv2dU8>(shape, weights, in_zero_point, requantization, best_kernel<WinogradU8Kernels>(isa));
}

}  // namespace octet::kernels
