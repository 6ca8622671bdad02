#include "kernels/conv2d/winograd_f32.h"

#include <algorithm>
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

// Three weights as six, one row or column of their transform.
void transform_weights_line(const double* from, int from_step, double* to, int to_step) {
  const double w0 = from[0], w1 = from[from_step], w2 = from[2 * from_step];
  to[0] = w0 / 4;
  to[to_step] = -(w0 + w1 + w2) / 6;
  to[2 * to_step] = -(w0 - w1 + w2) / 6;
  to[3 * to_step] = (w0 + 2 * w1 + 4 * w2) / 24;
  to[4 * to_step] = (w0 - 2 * w1 + 4 * w2) / 24;
  to[5 * to_step] = w2;
}

// The 36 weights of one pair of channels, `step` apart, of its 9. In double, so that each is rounded but once.
void transform_weights(const float* w, std::int64_t step, float* to) {
  double taps[kTaps], columns[kWinogradWindow * 3], line[kWinogradWindow];
  std::copy_n(w, kTaps, taps);
  for (int x = 0; x < 3; ++x) transform_weights_line(taps + x, 3, columns + x, 3);
  for (int y = 0; y < kWinogradWindow; ++y) {
    transform_weights_line(columns + y * 3, 1, line, 1);
    for (int x = 0; x < kWinogradWindow; ++x) to[(y * kWinogradWindow + x) * step] = static_cast<float>(line[x]);
  }
}

class WinogradConv2dF32 final : public ConvolutionF32 {
 public:
  WinogradConv2dF32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
                    const Kernel<WinogradF32Function>& kernel)
      : shape_(shape),
        activation_(activation),
        kernel_(kernel),
        panels_(split_into_panels(shape.out_channels, lanes(), kWinogradPositions * shape.in_channels)),
        weights_(packed_size(panels_, lanes(), kWinogradPositions * shape.in_channels)),
        bias_(static_cast<std::size_t>(shape.out_channels + most_width())),
        zeros_(static_cast<std::size_t>(std::max(most_width(), window_stride()))) {
    OCTET_CHECK(weights.size() == static_cast<std::size_t>(shape.in_channels * shape.out_channels * kTaps), "weights do not fit");
    OCTET_CHECK(bias.empty() || bias.size() == static_cast<std::size_t>(shape.out_channels), "bias does not fit the convolution");
    for (const Panel& panel : panels_) pack(panel, weights.data());
    std::copy(bias.begin(), bias.end(), bias_.data());
  }

  std::string_view name() const override { return kernel_.name; }

  std::size_t scratch_bytes(std::int64_t out_pixels) const override { return scratch_of(most_tiles_of_a_block(out_pixels)); }

  void run(ImageView<const float> in, ImageView<float> out, ThreadPool& pool) const override {
    OCTET_CHECK(in.channels == shape_.in_channels && out.channels == shape_.out_channels, "views do not fit the convolution");
    const WinogradTiles tiles{out.height, out.width};
    const Tasks tasks = split(tiles.count(), pool.threads());
    pool.run_each(tasks.count(), scratch_of(tasks.largest_block()), [&](std::int64_t task, std::byte* scratch) {
      const std::int64_t block = task / tasks.groups, group = task % tasks.groups, first = tasks.first_pixel(block);
      const Block of{tiles, first, tasks.first_pixel(block + 1) - first};
      auto* windows = reinterpret_cast<float*>(scratch);
      float* sums = windows + kWinogradPositions * window_step(of.count);
      transform_windows(in, of, windows);
      for (std::int64_t p = tasks.first_panel(group); p < tasks.first_panel(group + 1); ++p) {
        const Panel& panel = panels_[static_cast<std::size_t>(p)];
        multiply(panel, windows, of.count, sums);
        finish(panel, sums, of, out);
      }
    });
  }

 private:
  // Tiles that are computed at once: windows[position][tile][channel], then sums[position][tile][lane] of one panel.
  struct Block {
    WinogradTiles tiles;
    std::int64_t first = 0, count = 0;
  };

  int lanes() const { return kernel_.run.product.lanes; }
  std::int64_t most_width() const { return 2 * lanes(); }
  std::int64_t width_of(const Panel& panel) const { return std::int64_t{panel.vectors} * lanes(); }
  std::int64_t window_stride() const { return patch_stride<float>(shape_.in_channels); }  // whole vectors
  std::int64_t window_step(std::int64_t tiles) const { return odd_lines(tiles * window_stride()); }
  static std::int64_t sum_step(std::int64_t tiles, std::int64_t width) { return odd_lines(tiles * width); }
  std::int64_t tile_bytes() const { return kWinogradPositions * window_stride() * std::int64_t{sizeof(float)}; }
  std::size_t scratch_of(std::int64_t tiles) const {
    return static_cast<std::size_t>(kWinogradPositions * (window_step(tiles) + sum_step(tiles, most_width()))) * sizeof(float);
  }

  // Whether the weights leave no room for anything else in the second cache.
  bool has_many_weights() const { return weights_.size() * sizeof(float) > kWeightBytes; }

  // The windows of a block stay in the second cache. Each block reads all weights: where they are many, it has as many tiles as go.
  std::int64_t most_tiles_of_a_block(std::int64_t tiles) const {
    if (!has_many_weights()) return most_rows_of_a_task(tiles, tile_bytes(), kernel_.run.product.tile_rows);
    return std::min(tiles, std::max(kFewestTiles, kWindowBytes / tile_bytes()));
  }

  // Threads share the weights where they are many, and transform the windows of a block each by itself; else they share the tiles.
  Tasks split(std::int64_t tiles, int threads) const {
    const auto panels = static_cast<std::int64_t>(panels_.size());
    if (!has_many_weights()) return split_into_tasks(tiles, tile_bytes(), kernel_.run.product.tile_rows, panels, threads);
    const std::int64_t most = std::max<std::int64_t>(1, most_tiles_of_a_block(tiles)),
                       blocks = std::max<std::int64_t>(1, (tiles + most - 1) / most);
    const std::int64_t groups = threads == 1 ? 1 : std::clamp<std::int64_t>(kTasksPerThread * threads / 2 / blocks, 1, panels);
    return {tiles, blocks, panels, groups};
  }

  // [position][input channel][lane]
  void pack(const Panel& panel, const float* weights) {
    const std::int64_t width = width_of(panel);
    float* to = weights_.data() + panel.offset;
    for (std::int64_t i = 0; i < shape_.in_channels; ++i)
      for (std::int64_t lane = 0; lane < panel.channels; ++lane)
        transform_weights(weights + ((panel.first + lane) * shape_.in_channels + i) * kTaps, shape_.in_channels * width,
                          to + i * width + lane);
  }

  void transform_windows(const ImageView<const float>& in, const Block& block, float* windows) const {
    const std::int64_t vectors = (shape_.in_channels + lanes() - 1) / lanes();
    for (std::int64_t t = 0; t < block.count; ++t) {
      const float* pixels[kWinogradPositions];
      find_window<float>(shape_, in, block.tiles[block.first + t], zeros_.data(), pixels);
      kernel_.run.transform_input(pixels, vectors * lanes(), window_step(block.count), windows + t * window_stride());
    }
  }

  void multiply(const Panel& panel, const float* windows, std::int64_t tiles, float* sums) const {
    const std::int64_t width = width_of(panel);
    GemmF32 gemm;
    gemm.a_stride = window_stride();
    gemm.rows = tiles;
    gemm.depth = gemm.run = shape_.in_channels;
    gemm.bias = zeros_.data();
    gemm.vectors = panel.vectors;
    gemm.channels = gemm.out_stride = width;
    for (int p = 0; p < kWinogradPositions; ++p) {
      gemm.a = windows + p * window_step(tiles);
      gemm.weights = weights_.data() + panel.offset + static_cast<std::size_t>(p * shape_.in_channels * width);
      gemm.out = sums + p * sum_step(tiles, width);
      kernel_.run.product.run(gemm);
    }
  }

  void finish(const Panel& panel, const float* sums, const Block& block, const ImageView<float>& out) const {
    const std::int64_t width = width_of(panel);
    GemmF32 gemm;
    gemm.bias = bias_.data() + panel.first;
    gemm.channels = panel.channels;
    gemm.out_stride = out.pixel_stride;
    gemm.activation = activation_;
    for (std::int64_t t = 0; t < block.count; ++t) {
      const WinogradTile tile = block.tiles[block.first + t];
      gemm.out = out.pixel(tile.y, tile.x) + panel.first;
      kernel_.run.transform_output(gemm, sums + t * width, sum_step(block.count, width), tile, out.width * out.pixel_stride);
    }
  }

  static constexpr std::size_t kWeightBytes = 1 << 20;
  static constexpr std::int64_t kWindowBytes = 1 << 20, kFewestTiles = 28;

  Conv2dShape shape_;
  Activation activation_;
  const Kernel<WinogradF32Function>& kernel_;
  std::vector<Panel> panels_;
  AlignedBuffer<float> weights_, bias_;
  AlignedBuffer<float> zeros_;  // a pixel outside of the image, and the bias of the products
};

}  // namespace

std::unique_ptr<ConvolutionF32> make_winograd_f32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                                                  const Activation& activation, const Isa& isa) {
  OCTET_CHECK(winograd_has(shape), "Winograd does not have this convolution");
  return std::make_unique<WinogradConv2dF32>(shape, weights, bias, activation, best_kernel<WinogradF32Kernels>(isa));
}

}  // namespace octet::kernels
