#include "kernels/conv2d/winograd_u8.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "kernels/conv2d/aligned_buffer.h"
#include "kernels/conv2d/conv2d_kernels.h"
#include "kernels/conv2d/panels.h"

namespace octet::kernels {
namespace {

constexpr std::int64_t kTaps = 9;

std::int64_t rounded_up(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

// At least as many elements: an odd number of cache lines, as 36 positions at a multiple of 4096 bytes would fight for the same places of
// the first cache.
template <typename T>
std::int64_t odd_lines(std::int64_t elements) {
  constexpr std::int64_t kLine = 64 / sizeof(T);
  return (rounded_up(elements, kLine) / kLine | 1) * kLine;
}

std::int64_t padded_channels_of(const Conv2dShape& shape, const WinogradU8Function& kernel) {
  return rounded_up(shape.in_channels, std::max(2, kernel.words));
}

// Tiles whose windows, and sums of a panel, stay in the second cache beside all else, and at least so many that to make the weights anew
// for them is little beside the products.
std::int64_t most_tiles_of_a_block(std::int64_t padded_channels, const WinogradU8Function& kernel) {
  constexpr std::int64_t kBytes = 512 << 10, kFewestRows = 5;
  const std::int64_t sum_bytes = 2 * kernel.lanes * std::int64_t{sizeof(std::int32_t)};
  const std::int64_t tile_bytes = kWinogradPositions * (padded_channels * std::int64_t{sizeof(std::int16_t)} + sum_bytes);
  return std::max(kFewestRows * kernel.tile_rows, kBytes / tile_bytes);
}

// Blocks of tiles, times groups of panels where there are more threads than blocks: each of these transforms all windows of its block.
Tasks tasks_of(std::int64_t tiles, std::int64_t most_tiles, std::int64_t tile_rows, std::int64_t panels, int threads) {
  constexpr std::int64_t kTasksOfAThread = 2;
  Tasks tasks{tiles, (tiles + most_tiles - 1) / most_tiles, panels, 1};
  if (threads == 1) return tasks;
  const std::int64_t wanted = kTasksOfAThread * threads;
  tasks.blocks = std::max(tasks.blocks, std::min(wanted, tiles / (2 * tile_rows)));
  tasks.groups = std::clamp<std::int64_t>(wanted / tasks.blocks, 1, panels);
  return tasks;
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
        panels_(split_into_panels(shape.out_channels, kernel.run.lanes, depth_)),
        taps_(static_cast<std::size_t>(kTaps) * packed_size(panels_, kernel.run.lanes, depth_)),
        start_(static_cast<std::size_t>(shape.out_channels + 2 * kernel.run.lanes)),
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

  std::size_t scratch_bytes(std::int64_t out_pixels) const override { return scratch_of(std::min(out_pixels, most_tiles())).bytes; }

  void run(ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool& pool) const override {
    OCTET_CHECK(requantization_.to_u8, "a convolution with float results was run into u8");
    run_into(in, out, pool, [](GemmU8& gemm, std::uint8_t* to) { gemm.out_u8 = to; });
  }
  void run(ImageView<const std::uint8_t> in, ImageView<float> out, ThreadPool& pool) const override {
    OCTET_CHECK(!requantization_.to_u8, "a convolution with u8 results was run into floats");
    run_into(in, out, pool, [](GemmU8& gemm, float* to) { gemm.out_f32 = to; });
  }

 private:
  // Where in the scratch memory of a block of tiles what lies, each on a cache line: windows from its beginning on, then sums of a panel
  // and the weights of a slice.
  struct Scratch {
    std::size_t sums, weights, bytes;
  };

  std::int64_t most_width() const { return 2 * kernel_.run.lanes; }
  std::int64_t width_of(const Panel& panel) const { return std::int64_t{panel.vectors} * kernel_.run.lanes; }
  std::int64_t most_tiles() const { return most_tiles_of_a_block(padded_channels_, kernel_.run); }
  // From position to position, in elements.
  std::int64_t window_step(std::int64_t tiles) const { return odd_lines<std::int16_t>(tiles * padded_channels_); }
  std::int64_t sum_step(std::int64_t tiles) const { return odd_lines<std::int32_t>(tiles * most_width()); }
  std::int64_t weight_step() const { return odd_lines<std::int16_t>(slice_pairs() * 2 * most_width()); }

  // Pairs of input channels whose transformed weights for a panel, of a row of positions, stay in the second cache beside windows and
  // sums. They are made one row after the other, as those of all positions would drive these out.
  std::int64_t slice_pairs() const {
    constexpr std::int64_t kSliceBytes = 200 << 10;
    const std::int64_t pair_bytes = kWinogradWindow * 2 * most_width() * std::int64_t{sizeof(std::int16_t)};
    return std::min(depth_ / 2, kSliceBytes / pair_bytes);
  }

  Scratch scratch_of(std::int64_t tiles) const {
    constexpr std::int64_t kWord = sizeof(std::int16_t), kInt = sizeof(std::int32_t);
    const auto sums = static_cast<std::size_t>(kWinogradPositions * window_step(tiles) * kWord);
    const std::size_t weights = sums + static_cast<std::size_t>(kWinogradPositions * sum_step(tiles) * kInt);
    return {sums, weights, weights + static_cast<std::size_t>(kWinogradWindow * weight_step() * kWord)};
  }

  std::span<const std::int16_t> filter(std::span<const std::int16_t> weights, std::int64_t output) const {
    const auto size = static_cast<std::size_t>(shape_.in_channels * kTaps);
    return weights.subspan(static_cast<std::size_t>(output) * size, size);
  }

  // [pair of channels][tap][lane][2]
  void pack(const Panel& panel, std::span<const std::int16_t> weights) {
    const std::int64_t width = width_of(panel);
    std::int16_t* to = taps_of(panel);
    for (std::int64_t lane = 0; lane < panel.channels; ++lane) {
      const auto from = filter(weights, panel.first + lane);
      for (std::int64_t i = 0; i < shape_.in_channels; ++i)
        for (std::int64_t tap = 0; tap < kTaps; ++tap)
          to[((i / 2 * kTaps + tap) * width + lane) * 2 + i % 2] = from[static_cast<std::size_t>(i * kTaps + tap)];
    }
  }

  std::int16_t* taps_of(const Panel& panel) { return taps_.data() + static_cast<std::size_t>(kTaps) * panel.offset; }
  const std::int16_t* taps_of(const Panel& panel) const { return taps_.data() + static_cast<std::size_t>(kTaps) * panel.offset; }

  template <typename Out, typename SetOut>
  void run_into(const ImageView<const std::uint8_t>& in, const ImageView<Out>& out, ThreadPool& pool, SetOut set_out) const {
    OCTET_CHECK(in.channels == shape_.in_channels && out.channels == shape_.out_channels, "views do not fit the convolution");
    const WinogradTiles all{out.height, out.width};
    const Tasks tasks =
        tasks_of(all.count(), most_tiles(), kernel_.run.tile_rows, static_cast<std::int64_t>(panels_.size()), pool.threads());
    pool.run_each(tasks.count(), scratch_of(tasks.largest_block()).bytes, [&](std::int64_t task, std::byte* memory) {
      const std::int64_t block = task / tasks.groups, group = task % tasks.groups, first = tasks.first_pixel(block);
      const std::int64_t tiles = tasks.first_pixel(block + 1) - first;
      const Scratch scratch = scratch_of(tiles);
      auto* windows = reinterpret_cast<std::int16_t*>(memory);
      for (std::int64_t t = 0; t < tiles; ++t) transform_window(in, all[first + t], window_step(tiles), windows + t * padded_channels_);
      auto* sums = reinterpret_cast<std::int32_t*>(memory + scratch.sums);
      for (std::int64_t p = tasks.first_panel(group); p < tasks.first_panel(group + 1); ++p) {
        const Panel& panel = panels_[static_cast<std::size_t>(p)];
        multiply(panel, windows, tiles, reinterpret_cast<std::int16_t*>(memory + scratch.weights), sums);
        finish(panel, {sums, sum_step(tiles), all, first, tiles, {}}, out, set_out);
      }
    });
  }

  void transform_window(const ImageView<const std::uint8_t>& in, const WinogradTile& tile, std::int64_t stride, std::int16_t* to) const {
    const std::uint8_t* pixels[kWinogradPositions];
    find_window(shape_, in, tile, kWinogradWindow, padding_.data(), pixels);
    kernel_.run.transform_input(pixels, padded_channels_, stride, to);
  }

  // Asks for taps, which other layers have left in no cache near to the core. What is not there is not fetched.
  static void fetch(const std::int16_t* taps, std::int64_t count) {
    constexpr std::int64_t kLine = 64 / sizeof(std::int16_t);
    for (std::int64_t i = 0; i < count; i += kLine) __builtin_prefetch(taps + i, 0, 2);
  }

  // sums[position][tile][lane]. There are four transformed weights for each weight, too many to come from memory for a few tiles: those of
  // a slice of the channels are made when it is their turn.
  void multiply(const Panel& panel, const std::int16_t* windows, std::int64_t tiles, std::int16_t* weights, std::int32_t* sums) const {
    const std::int64_t words = 2 * width_of(panel), pairs = depth_ / 2;
    GemmU8 gemm;
    gemm.a_stride = padded_channels_;
    gemm.rows = tiles;
    gemm.vectors = panel.vectors;
    for (std::int64_t first = 0; first < pairs; first += slice_pairs()) {
      gemm.groups = gemm.run_groups = std::min(slice_pairs(), pairs - first);
      const std::int16_t* taps = taps_of(panel) + first * kTaps * words;
      const std::int64_t count = gemm.groups * kTaps * words, ahead = rounded_up(count, kWinogradPositions) / kWinogradPositions;
      for (std::int64_t p = 0; p < kWinogradPositions; ++p) {
        const std::int64_t x = p % kWinogradWindow;
        if (x == 0) kernel_.run.transform_weights(taps, gemm.groups, words, static_cast<int>(p / kWinogradWindow), weight_step(), weights);
        fetch(taps + count + p * ahead, ahead);  // of the next slice
        gemm.a = windows + p * window_step(tiles) + 2 * first;
        gemm.weights = weights + x * weight_step();
        kernel_.run.multiply(gemm, first > 0, sums + p * sum_step(tiles));
      }
    }
  }

  template <typename Out, typename SetOut>
  void finish(const Panel& panel, WinogradSums sums, const ImageView<Out>& out, SetOut set_out) const {
    GemmU8& gemm = sums.gemm;
    gemm.vectors = panel.vectors;
    gemm.channels = panel.channels;
    gemm.start = start_.data() + panel.first;
    gemm.requantization = &requantization_;
    gemm.first_channel = static_cast<std::size_t>(panel.first);
    gemm.out_stride = out.pixel_stride;
    set_out(gemm, out.data + panel.first);
    kernel_.run.finish(sums);
  }

  Conv2dShape shape_;
  RequantizationTable requantization_;
  const Kernel<WinogradU8Function>& kernel_;
  std::int64_t depth_, padded_channels_;
  std::vector<Panel> panels_;
  AlignedBuffer<std::int16_t> taps_;
  AlignedBuffer<std::int32_t> start_;
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
  return tasks_of(tiles, most_tiles_of_a_block(padded_channels_of(shape, kernel), kernel), kernel.tile_rows, 1, 1).blocks;
}

std::unique_ptr<ConvolutionU8> make_winograd_u8(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                                                const Requantization& requantization, const Isa& isa) {
  OCTET_CHECK(winograd_fits(shape, weights), "Winograd is not exact for this convolution");
  OCTET_CHECK(requantization.multiplier.size() == static_cast<std::size_t>(shape.out_channels), "requantization does not fit");
  return std::make_unique<WinogradConv2dU8>(shape, weights, in_zero_point, requantization, best_kernel<WinogradU8Kernels>(isa));
}

}  // namespace octet::kernels
