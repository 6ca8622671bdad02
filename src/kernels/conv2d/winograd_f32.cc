#include "kernels/conv2d/winograd_f32.h"

#include <algorithm>
#include <optional>
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

class WinogradConv2dF32 final : public SummingConvolutionF32 {
 public:
  WinogradConv2dF32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
                    const Kernel<WinogradF32Function>& kernel, int tile)
      : shape_(shape),
        activation_(activation),
        kernel_(kernel),
        tile_(tile),
        panels_(split_into_panels(shape.out_channels, lanes(), shape.in_channels)),
        position_weights_(packed_size(panels_, lanes(), shape.in_channels)),
        bias_(static_cast<std::size_t>(shape.out_channels + most_width())),
        zeros_(static_cast<std::size_t>(window_channels())) {
    OCTET_CHECK(weights.size() == static_cast<std::size_t>(shape.in_channels * shape.out_channels * kTaps), "weights do not fit");
    OCTET_CHECK(bias.empty() || bias.size() == static_cast<std::size_t>(shape.out_channels), "bias does not fit the convolution");
    AlignedBuffer<float> taps = pack_taps(weights);
    weights_ = transforms_weights_anew() ? std::move(taps) : transformed(taps);
    std::copy(bias.begin(), bias.end(), bias_.data());
  }

  std::string_view name() const override { return kernel_.name; }

  std::size_t scratch_bytes(std::int64_t out_pixels) const override {
    return scratch_of(std::min(out_pixels, most_tiles_of_a_block()));  // an image one pixel wide has as many tiles
  }

  void run(ImageView<const float> in, std::optional<ImageView<const float>> addend, ImageView<float> out, ThreadPool& pool) const override {
    OCTET_CHECK(in.channels == shape_.in_channels && out.channels == shape_.out_channels, "views do not fit the convolution");
    const Results results{out, addend};
    const WinogradTiles tiles{out.height, out.width, tile_};
    const std::int64_t fewest = (tiles.count() + most_tiles_of_a_block() - 1) / most_tiles_of_a_block();
    if (transforms_weights_anew()) return run_by_panels(in, results, tiles, fewest, pool);
    const std::int64_t wanted = pool.threads() == 1 ? 1 : kTasksPerThread * pool.threads();
    const std::int64_t blocks = std::max(fewest, std::min(wanted, tiles.count() / kernel_.run.tiles));
    const bool together = pool.threads() > 1 && (has_many_weights() || blocks < wanted);
    together ? run_together(in, results, tiles, fewest, pool) : run_each_alone(in, results, tiles, blocks, pool);
  }

 private:
  // Tiles that are computed at once, with their windows[position][group][vector][tile][channel]. Behind these lie
  // sums[position][tile][lane] of a panel after the other.
  struct Block {
    WinogradTiles tiles;
    std::int64_t first = 0;
    WinogradGroups groups;
    float *windows = nullptr, *sums = nullptr;
  };

  struct Results {
    ImageView<float> out;
    std::optional<ImageView<const float>> addend;
  };

  // Input channels [first, last) of a panel and their weights at a position.
  struct Factor {
    const Panel& panel;
    std::int64_t first = 0, last = 0;
    const float* weights = nullptr;
  };

  int window() const { return tile_ + 2; }
  int positions() const { return window() * window(); }
  const WinogradTransformsF32& transforms() const { return tile_ == 2 ? kernel_.run.of_2x2 : kernel_.run.of_4x4; }
  int lanes() const { return kernel_.run.lanes; }
  std::int64_t panels() const { return static_cast<std::int64_t>(panels_.size()); }
  std::int64_t most_width() const { return 2 * lanes(); }
  std::int64_t width_of(const Panel& panel) const { return std::int64_t{panel.vectors} * lanes(); }
  std::int64_t window_channels() const {  // whole vectors
    const std::int64_t step = kernel_.run.channels;
    return (shape_.in_channels + step - 1) / step * step;
  }
  std::int64_t window_step(std::int64_t tiles) const { return odd_lines(tiles * window_channels()); }
  std::int64_t sum_step(std::int64_t tiles) const { return odd_lines(tiles * most_width()); }
  std::int64_t tile_bytes() const { return positions() * (window_channels() + panels() * most_width()) * std::int64_t{sizeof(float)}; }
  std::size_t scratch_of(std::int64_t tiles) const {
    const std::int64_t sums = positions() * sum_step(tiles);
    const std::int64_t behind = transforms_weights_anew() ? sums + positions() * slice_step() : panels() * sums;
    return static_cast<std::size_t>(positions() * window_step(tiles) + behind) * sizeof(float);
  }

  // Whether the transformed weights leave no room for anything else in the second cache, and come from beyond it with every block.
  bool has_many_weights() const { return static_cast<std::size_t>(positions()) * position_weights_ * sizeof(float) > kWeightBytes; }

  // Tiles of 4x4 have four times as many transformed weights as weights. Where they are many they are made as they are needed: those of a
  // panel and a slice of the input channels, which all tiles of a block are multiplied by.
  bool transforms_weights_anew() const { return tile_ == 4 && has_many_weights(); }
  std::int64_t slice_channels() const {
    const std::int64_t channels = kSliceBytes / (positions() * most_width() * std::int64_t{sizeof(float)});
    return std::max(channels / kWinogradSumBlock, std::int64_t{1}) * kWinogradSumBlock;
  }
  std::int64_t slice_step() const { return odd_lines(slice_channels() * most_width()); }

  // Windows and sums of a block stay in the second cache; or its sums of a panel, where weights are made anew for each block. Where weights
  // are many it has more tiles than that, as each block reads them all.
  std::int64_t most_tiles_of_a_block() const {
    if (transforms_weights_anew()) return kSumBytes / (positions() * most_width() * std::int64_t{sizeof(float)});
    const std::int64_t fewest = has_many_weights() ? kFewestTiles : 2 * kernel_.run.tiles;
    return std::max(fewest, kBlockBytes / tile_bytes());
  }

  Block block_of(const WinogradTiles& tiles, std::int64_t block, std::int64_t blocks, std::byte* scratch) const {
    const std::int64_t first = tiles.count() * block / blocks, count = tiles.count() * (block + 1) / blocks - first;
    auto* windows = reinterpret_cast<float*>(scratch);
    return {tiles, first, {count, kernel_.run.tiles}, windows, windows + positions() * window_step(count)};
  }

  // Threads take blocks, each all of one.
  void run_each_alone(const ImageView<const float>& in, const Results& results, const WinogradTiles& tiles, std::int64_t blocks,
                      ThreadPool& pool) const {
    pool.run_each(blocks, scratch_bytes(tiles.count()), [&](std::int64_t task, std::byte* scratch) {
      const Block block = block_of(tiles, task, blocks, scratch);
      transform_windows(in, block, 0, block.groups.count());
      multiply(block, 0, positions() * panels());
      finish(block, 0, block.groups.tiles(), results);
    });
  }

  // Threads share each block, so that its windows are transformed once and each weight is read by one of them.
  void run_together(const ImageView<const float>& in, const Results& results, const WinogradTiles& tiles, std::int64_t blocks,
                    ThreadPool& pool) const {
    std::byte* const shared = scratch_of_this_thread(tiles, pool);
    for (std::int64_t i = 0; i < blocks; ++i) {
      const Block block = block_of(tiles, i, blocks, shared);
      pool.run(block.groups.count(), 1, [&](std::int64_t begin, std::int64_t end) { transform_windows(in, block, begin, end); });
      pool.run(positions() * panels(), 1, [&](std::int64_t begin, std::int64_t end) { multiply(block, begin, end); });
      pool.run(block.groups.tiles(), 1, [&](std::int64_t begin, std::int64_t end) { finish(block, begin, end, results); });
    }
  }

  // Threads share the windows of each block and take panels, each of which transforms its weights.
  void run_by_panels(const ImageView<const float>& in, const Results& results, const WinogradTiles& tiles, std::int64_t blocks,
                     ThreadPool& pool) const {
    std::byte* const shared = scratch_of_this_thread(tiles, pool);
    for (std::int64_t i = 0; i < blocks; ++i) {
      const Block block = block_of(tiles, i, blocks, shared);
      pool.run(block.groups.count(), 1, [&](std::int64_t begin, std::int64_t end) { transform_windows(in, block, begin, end); });
      pool.run_each(panels(), scratch_bytes(tiles.count()), [&](std::int64_t p, std::byte* scratch) {
        const Panel& panel = panels_[static_cast<std::size_t>(p)];
        float* const sums = reinterpret_cast<float*>(scratch) + (block.sums - block.windows);
        multiply_slices(block, panel, sums, sums + positions() * sum_step(block.groups.tiles()));
        finish_panel(block, panel, sums, 0, block.groups.tiles(), results);
      });
    }
  }

  std::byte* scratch_of_this_thread(const WinogradTiles& tiles, ThreadPool& pool) const {
    std::byte* found = nullptr;
    pool.run_each(1, scratch_bytes(tiles.count()), [&](std::int64_t, std::byte* scratch) { found = scratch; });
    return found;
  }

  // [panel][input channel][tap][lane]
  AlignedBuffer<float> pack_taps(std::span<const float> weights) const {
    AlignedBuffer<float> taps(kTaps * position_weights_);
    for (const Panel& panel : panels_)
      for (std::int64_t lane = 0; lane < panel.channels; ++lane) {
        const float* from = weights.data() + (panel.first + lane) * shape_.in_channels * kTaps;
        float* to = taps.data() + kTaps * panel.offset + lane;
        for (std::int64_t i = 0; i < shape_.in_channels * kTaps; ++i, to += width_of(panel)) *to = from[i];
      }
    return taps;
  }

  // [position][panel][input channel][lane]
  AlignedBuffer<float> transformed(const AlignedBuffer<float>& taps) const {
    AlignedBuffer<float> weights(static_cast<std::size_t>(positions()) * position_weights_);
    for (const Panel& panel : panels_)
      transforms().weights(taps.data() + kTaps * panel.offset, shape_.in_channels, width_of(panel), weights.data() + panel.offset,
                           static_cast<std::int64_t>(position_weights_));
    return weights;
  }

  void transform_windows(const ImageView<const float>& in, const Block& block, std::int64_t first_group, std::int64_t last_group) const {
    for (std::int64_t group = first_group; group < last_group; ++group) {
      const std::int64_t first = block.groups.first(group), tiles = block.groups.first(group + 1) - first;
      for (std::int64_t t = 0; t < tiles; ++t) {
        float* to = block.windows + first * window_channels() + t * kernel_.run.channels;
        const WinogradTile tile = block.tiles[block.first + first + t];
        const float* pixels[kWinogradPositions];
        find_window<float>(shape_, in, tile, window(), zeros_.data(), pixels);
        transforms().input(pixels, window_channels(), window_step(block.groups.tiles()), tiles * kernel_.run.channels, to);
      }
    }
  }

  float* sums_of(const Block& block, std::int64_t panel) const { return block.sums + panel * positions() * sum_step(block.groups.tiles()); }

  // Products of a position and a panel, the panels of a position one after another.
  void multiply(const Block& block, std::int64_t first, std::int64_t last) const {
    for (std::int64_t i = first; i < last; ++i) {
      const std::int64_t position = i / panels(), p = i % panels();
      const Panel& panel = panels_[static_cast<std::size_t>(p)];
      const float* weights = weights_.data() + static_cast<std::size_t>(position) * position_weights_ + panel.offset;
      multiply_position(block, position, {panel, 0, shape_.in_channels, weights}, sums_of(block, p));
    }
  }

  void multiply_slices(const Block& block, const Panel& panel, float* sums, float* slice) const {
    const std::int64_t width = width_of(panel), channel_taps = kTaps * width;
    const float* taps = weights_.data() + kTaps * panel.offset;
    for (std::int64_t first = 0; first < shape_.in_channels; first += slice_channels()) {
      const std::int64_t last = std::min(first + slice_channels(), shape_.in_channels);
      transforms().weights(taps + first * channel_taps, last - first, width, slice, slice_step());
      const float* next = taps + last * channel_taps;
      const std::int64_t step = slice_channels() * channel_taps / positions();
      for (std::int64_t position = 0; position < positions(); ++position, next += step) {
        ask_for(next, step);
        multiply_position(block, position, {panel, first, last, slice + position * slice_step()}, sums);
      }
    }
  }

  // What is not there is not fetched.
  static void ask_for(const float* values, std::int64_t count) {
    for (std::int64_t i = 0; i < count; i += kLine) __builtin_prefetch(values + i, 0, 2);
  }

  void multiply_position(const Block& block, std::int64_t position, const Factor& factor, float* sums) const {
    const std::int64_t tiles = block.groups.tiles();
    kernel_.run.product({block.windows + position * window_step(tiles), block.groups, shape_.in_channels, factor.first, factor.last,
                         factor.weights, factor.panel.vectors, sums + position * sum_step(tiles)});
  }

  void finish(const Block& block, std::int64_t first, std::int64_t last, const Results& results) const {
    for (std::int64_t p = 0; p < panels(); ++p)
      finish_panel(block, panels_[static_cast<std::size_t>(p)], sums_of(block, p), first, last, results);
  }

  void finish_panel(const Block& block, const Panel& panel, const float* sums, std::int64_t first, std::int64_t last,
                    const Results& results) const {
    GemmF32 gemm;
    gemm.bias = bias_.data() + panel.first;
    gemm.channels = panel.channels;
    gemm.out_stride = results.out.pixel_stride;
    gemm.activation = activation_;
    if (results.addend) gemm.addend_stride = results.addend->pixel_stride;
    for (std::int64_t t = first; t < last; ++t) {
      const WinogradTile tile = block.tiles[block.first + t];
      gemm.out = results.out.pixel(tile.y, tile.x) + panel.first;
      if (results.addend) gemm.addend = results.addend->pixel(tile.y, tile.x) + panel.first;
      transforms().output(gemm, sums + t * width_of(panel), sum_step(block.groups.tiles()), tile, results.out.width);
    }
  }

  static constexpr std::size_t kWeightBytes = 1 << 20;
  static constexpr std::int64_t kBlockBytes = 512 << 10, kFewestTiles = 56, kSumBytes = 480 << 10, kSliceBytes = 150 << 10;

  Conv2dShape shape_;
  Activation activation_;
  const Kernel<WinogradF32Function>& kernel_;
  int tile_;
  std::vector<Panel> panels_;
  std::size_t position_weights_;  // of one position
  AlignedBuffer<float> weights_;  // transformed, or of the taps where they are many
  AlignedBuffer<float> bias_;
  AlignedBuffer<float> zeros_;  // a pixel outside of the image
};

}  // namespace

std::unique_ptr<SummingConvolutionF32> make_winograd_f32(const Conv2dShape& shape, std::span<const float> weights,
                                                         std::span<const float> bias, const Activation& activation, const Isa& isa,
                                                         int tile) {
  OCTET_CHECK(winograd_has(shape) && (tile == 2 || tile == 4), "Winograd does not have this convolution");
  return std::make_unique<WinogradConv2dF32>(shape, weights, bias, activation, best_kernel<WinogradF32Kernels>(isa), tile);
}

}  // namespace octet::kernels
