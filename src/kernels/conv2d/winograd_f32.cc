#include "kernels/conv2d/winograd_f32.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/check.h"
#include "kernels/conv2d/aligned_buffer.h"
#include "kernels/conv2d/conv2d_kernels.h"
#include "kernels/conv2d/panels.h"

namespace octet::kernels {
namespace {

constexpr std::int64_t kTaps = 9, kLine = 64 / sizeof(float);

// An odd number of cache lines, so that what lies so far apart does not fight for the same places of a cache.
std::int64_t odd_lines(std::int64_t elements) { return ((elements + kLine - 1) / kLine | 1) * kLine; }

// Weights of some neighbouring output channels, which compilers transform together. In double, so that each is rounded but once.
constexpr std::int64_t kFilters = 4;  // the lanes of a panel are a multiple
using Weights = std::array<double, kFilters>;

// Three weights as those of one row or column of the transform.
template <int kTile>
void transform_weights_line(const Weights* from, int from_step, Weights* to, int to_step) {
  for (std::size_t i = 0; i < kFilters; ++i) {
    const double w0 = from[0][i], w1 = from[from_step][i], w2 = from[2 * from_step][i];
    if constexpr (kTile == 2) {
      to[0][i] = w0;
      to[to_step][i] = (w0 + w1 + w2) / 2;
      to[2 * to_step][i] = (w0 - w1 + w2) / 2;
      to[3 * to_step][i] = w2;
    } else {
      constexpr double kA = kNearPoint, kB = kFarPoint, kA2 = kA * kA, kB2 = kB * kB;
      constexpr double kOfA = 1 / (2 * kA2 * (kA2 - kB2)), kOfB = 1 / (2 * kB2 * (kB2 - kA2));
      to[0][i] = w0 / (kA2 * kB2);
      to[to_step][i] = (w0 + kA * w1 + kA2 * w2) * kOfA;
      to[2 * to_step][i] = (w0 - kA * w1 + kA2 * w2) * kOfA;
      to[3 * to_step][i] = (w0 + kB * w1 + kB2 * w2) * kOfB;
      to[4 * to_step][i] = (w0 - kB * w1 + kB2 * w2) * kOfB;
      to[5 * to_step][i] = w2;
    }
  }
}

// The weights of positions lie `step` apart.
template <int kTile>
void transform_weights(const Weights (&taps)[kTaps], std::int64_t step, float* to) {
  constexpr int kSide = kTile + 2;
  Weights columns[kSide * 3], line[kSide];
  for (int x = 0; x < 3; ++x) transform_weights_line<kTile>(taps + x, 3, columns + x, 3);
  for (int y = 0; y < kSide; ++y) {
    transform_weights_line<kTile>(columns + y * 3, 1, line, 1);
    for (int x = 0; x < kSide; ++x, to += step)
      for (std::size_t i = 0; i < kFilters; ++i) to[i] = static_cast<float>(line[x][i]);
  }
}

class WinogradConv2dF32 final : public ConvolutionF32 {
 public:
  WinogradConv2dF32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
                    const Kernel<WinogradF32Function>& kernel, int tile)
      : shape_(shape),
        activation_(activation),
        kernel_(kernel),
        tile_(tile),
        panels_(split_into_panels(shape.out_channels, lanes(), positions() * shape.in_channels)),
        weights_(packed_size(panels_, lanes(), positions() * shape.in_channels)),
        bias_(static_cast<std::size_t>(shape.out_channels + most_width())),
        zeros_(static_cast<std::size_t>(window_channels())) {
    OCTET_CHECK(weights.size() == static_cast<std::size_t>(shape.in_channels * shape.out_channels * kTaps), "weights do not fit");
    OCTET_CHECK(bias.empty() || bias.size() == static_cast<std::size_t>(shape.out_channels), "bias does not fit the convolution");
    for (const Panel& panel : panels_) pack(panel, weights.data());
    std::copy(bias.begin(), bias.end(), bias_.data());
  }

  std::string_view name() const override { return kernel_.name; }

  std::size_t scratch_bytes(std::int64_t out_pixels) const override {
    return scratch_of(std::min(out_pixels, most_tiles_of_a_block()));  // an image one pixel wide has as many tiles
  }

  void run(ImageView<const float> in, ImageView<float> out, ThreadPool& pool) const override {
    OCTET_CHECK(in.channels == shape_.in_channels && out.channels == shape_.out_channels, "views do not fit the convolution");
    const WinogradTiles tiles{out.height, out.width, tile_};
    const Tasks tasks = split(tiles.count(), pool.threads());
    pool.run_each(tasks.count(), scratch_of(tasks.largest_block()), [&](std::int64_t task, std::byte* scratch) {
      const std::int64_t block = task / tasks.groups, group = task % tasks.groups, first = tasks.first_pixel(block);
      const Block of{tiles, first, {tasks.first_pixel(block + 1) - first, kernel_.run.tiles}};
      auto* windows = reinterpret_cast<float*>(scratch);
      float* sums = windows + positions() * window_step(of.groups.tiles);
      transform_windows(in, of, windows);
      for (std::int64_t p = tasks.first_panel(group); p < tasks.first_panel(group + 1); ++p) {
        const Panel& panel = panels_[static_cast<std::size_t>(p)];
        multiply(panel, windows, of.groups, sums);
        finish(panel, sums, of, out);
      }
    });
  }

 private:
  // Tiles that are computed at once: windows[position][group][vector][tile][channel], then sums[position][tile][lane] of one panel.
  struct Block {
    WinogradTiles tiles;
    std::int64_t first = 0;
    WinogradGroups groups;
  };

  int window() const { return tile_ + 2; }
  int positions() const { return window() * window(); }
  const WinogradTransformsF32& transforms() const { return tile_ == 2 ? kernel_.run.of_2x2 : kernel_.run.of_4x4; }
  int lanes() const { return kernel_.run.lanes; }
  std::int64_t most_width() const { return 2 * lanes(); }
  std::int64_t width_of(const Panel& panel) const { return std::int64_t{panel.vectors} * lanes(); }
  std::int64_t window_channels() const {  // whole vectors
    const std::int64_t step = kernel_.run.channels;
    return (shape_.in_channels + step - 1) / step * step;
  }
  std::int64_t window_step(std::int64_t tiles) const { return odd_lines(tiles * window_channels()); }
  static std::int64_t sum_step(std::int64_t tiles, std::int64_t width) { return odd_lines(tiles * width); }
  std::int64_t tile_bytes() const { return positions() * window_channels() * std::int64_t{sizeof(float)}; }
  std::size_t scratch_of(std::int64_t tiles) const {
    return static_cast<std::size_t>(positions() * (window_step(tiles) + sum_step(tiles, most_width()))) * sizeof(float);
  }

  // Whether the weights leave no room for anything else in the second cache.
  bool has_many_weights() const { return weights_.size() * sizeof(float) > kWeightBytes; }

  // The windows of a block stay in the second cache. Each block reads all weights: where they are many, it has as many tiles as go.
  std::int64_t most_tiles_of_a_block() const {
    const std::int64_t fewest = has_many_weights() ? kFewestTiles : 2 * kernel_.run.tiles;
    return std::max(fewest, (has_many_weights() ? kManyWindowBytes : kWindowBytes) / tile_bytes());
  }

  // Threads share the weights where they are many, and transform the windows of a block each by itself; else they share the tiles.
  Tasks split(std::int64_t tiles, int threads) const {
    const auto panels = static_cast<std::int64_t>(panels_.size());
    const std::int64_t wanted = threads == 1 ? 1 : kTasksPerThread * threads, most = most_tiles_of_a_block();
    Tasks tasks{tiles, std::max<std::int64_t>(1, (tiles + most - 1) / most), panels, 1};
    if (!has_many_weights()) tasks.blocks = std::max(tasks.blocks, std::min(wanted, tiles / kernel_.run.tiles));
    tasks.groups = std::clamp<std::int64_t>(wanted / (has_many_weights() ? 2 * tasks.blocks : tasks.blocks), 1, panels);
    return tasks;
  }

  // [position][input channel][lane]
  void pack(const Panel& panel, const float* weights) {
    const std::int64_t width = width_of(panel), step = shape_.in_channels * width;
    float* to = weights_.data() + panel.offset;
    for (std::int64_t i = 0; i < shape_.in_channels; ++i, to += width)
      for (std::int64_t lane = 0; lane < panel.channels; lane += kFilters) {
        Weights taps[kTaps] = {};
        for (std::int64_t filter = 0; filter < std::min(kFilters, panel.channels - lane); ++filter) {
          const float* from = weights + ((panel.first + lane + filter) * shape_.in_channels + i) * kTaps;
          for (int tap = 0; tap < kTaps; ++tap) taps[tap][static_cast<std::size_t>(filter)] = from[tap];
        }
        tile_ == 2 ? transform_weights<2>(taps, step, to + lane) : transform_weights<4>(taps, step, to + lane);
      }
  }

  void transform_windows(const ImageView<const float>& in, const Block& block, float* windows) const {
    for (std::int64_t group = 0; group < block.groups.count(); ++group) {
      const std::int64_t first = block.groups.first(group), tiles = block.groups.first(group + 1) - first;
      for (std::int64_t t = 0; t < tiles; ++t) {
        float* to = windows + first * window_channels() + t * kernel_.run.channels;
        const WinogradTile tile = block.tiles[block.first + first + t];
        const float* pixels[kWinogradPositions];
        find_window<float>(shape_, in, tile, window(), zeros_.data(), pixels);
        transforms().input(pixels, window_channels(), window_step(block.groups.tiles), tiles * kernel_.run.channels, to);
      }
    }
  }

  void multiply(const Panel& panel, const float* windows, const WinogradGroups& groups, float* sums) const {
    const std::int64_t width = width_of(panel);
    for (int p = 0; p < positions(); ++p)
      kernel_.run.product({windows + p * window_step(groups.tiles), groups, shape_.in_channels,
                           weights_.data() + panel.offset + static_cast<std::size_t>(p * shape_.in_channels * width), panel.vectors,
                           sums + p * sum_step(groups.tiles, width)});
  }

  void finish(const Panel& panel, const float* sums, const Block& block, const ImageView<float>& out) const {
    const std::int64_t width = width_of(panel);
    GemmF32 gemm;
    gemm.bias = bias_.data() + panel.first;
    gemm.channels = panel.channels;
    gemm.out_stride = out.pixel_stride;
    gemm.activation = activation_;
    for (std::int64_t t = 0; t < block.groups.tiles; ++t) {
      const WinogradTile tile = block.tiles[block.first + t];
      gemm.out = out.pixel(tile.y, tile.x) + panel.first;
      transforms().output(gemm, sums + t * width, sum_step(block.groups.tiles, width), tile, out.width * out.pixel_stride);
    }
  }

  static constexpr std::size_t kWeightBytes = 1 << 20;
  static constexpr std::int64_t kWindowBytes = 448 << 10, kManyWindowBytes = 1 << 20, kFewestTiles = 56;

  Conv2dShape shape_;
  Activation activation_;
  const Kernel<WinogradF32Function>& kernel_;
  int tile_;
  std::vector<Panel> panels_;
  AlignedBuffer<float> weights_, bias_;
  AlignedBuffer<float> zeros_;  // a pixel outside of the image
};

}  // namespace

std::unique_ptr<ConvolutionF32> make_winograd_f32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                                                  const Activation& activation, const Isa& isa, int tile) {
  OCTET_CHECK(winograd_has(shape) && (tile == 2 || tile == 4), "Winograd does not have this convolution");
  return std::make_unique<WinogradConv2dF32>(shape, weights, bias, activation, best_kernel<WinogradF32Kernels>(isa), tile);
}

}  // namespace octet::kernels
