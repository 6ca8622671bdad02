#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "base/check.h"
#include "kernels/conv2d/aligned_buffer.h"
#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/gemm_f32.h"
#include "kernels/conv2d/panels.h"
#include "kernels/conv2d/patches.h"
#include "kernels/conv2d/strips.h"
#include "kernels/kernel.h"

namespace octet::kernels {

// A convolution of a float image by products of patches and panels, of floats or of what is rounded from them (`Function::Factor`). What is
// rounded is rounded as it is gathered, once for all panels of a task.
template <typename Function>
class GemmConv2d final : public SummingConvolutionF32 {
 public:
  GemmConv2d(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
             const Kernel<Function>& kernel)
      : shape_(shape),
        activation_(activation),
        kernel_(kernel),
        depth_(shape.kernel_h * shape.kernel_w * shape.in_channels),
        panels_(split_into_panels(shape.out_channels, kernel.run.lanes, depth_, kernel.run.most_vectors)),
        weights_(packed_size(panels_, kernel.run.lanes, depth_)),
        bias_(static_cast<std::size_t>(shape.out_channels + kernel.run.most_vectors * kernel.run.lanes)) {
    OCTET_CHECK(weights.size() == static_cast<std::size_t>(depth_ * shape.out_channels), "weights do not fit the convolution");
    OCTET_CHECK(shape.in_channels % Function::kGroup == 0, "the channels are no number of groups");
    OCTET_CHECK(bias.empty() || bias.size() == static_cast<std::size_t>(shape.out_channels), "bias does not fit the convolution");
    pack_panels(shape, weights.data(), panels_, kernel.run.lanes, Function::kGroup, weights_.data());
    std::copy(bias.begin(), bias.end(), bias_.data());
  }

  std::string_view name() const override { return kernel_.name; }
  Factors factors() const override { return kIsFloat ? Factors::kF32 : Factors::kBf16; }
  bool takes_rows() const override { return true; }

  std::size_t scratch_bytes(std::int64_t out_pixels) const override {
    const std::int64_t rows = most_rows_of_a_task(out_pixels, row_bytes(), kernel_.run.tile_rows);
    const std::int64_t patches = (rows * patch_stride<Factor>(depth_) + kCopySlackBytes) * static_cast<std::int64_t>(sizeof(Factor));
    return static_cast<std::size_t>(std::max(patches, most_bytes_of_a_strip(shape_, out_pixels, sizeof(Factor))));
  }

  void run(ImageView<const float> in, std::optional<ImageView<const float>> addend, ImageView<float> out, ThreadPool& pool) const override {
    OCTET_CHECK(in.channels == shape_.in_channels && out.channels == shape_.out_channels, "views do not fit the convolution");
    const Results results{out, addend};
    !patches_are_pixels(shape_, in, out) && slides(out.width) ? run_strips(in, results, pool) : run_patches(in, results, pool);
  }

 private:
  using Factor = typename Function::Factor;
  using Gemm = GemmOf<Factor>;
  static constexpr bool kIsFloat = std::is_same_v<Factor, float>;

  struct Results {
    ImageView<float> out;
    std::optional<ImageView<const float>> addend;
  };

  std::int64_t row_bytes() const { return depth_ * static_cast<std::int64_t>(sizeof(Factor)); }

  // Whether the pixels of a row fill tiles well, and the taps of a window's row lie together.
  bool slides(std::int64_t out_width) const {
    const std::int64_t tiles = (out_width + kernel_.run.tile_rows - 1) / kernel_.run.tile_rows;
    return shape_.dilation_w == 1 && 2 * out_width >= kernel_.run.tile_rows * tiles;
  }

  void run_strips(const ImageView<const float>& in, const Results& results, ThreadPool& pool) const {
    const ImageView<float>& out = results.out;
    const std::int64_t wanted = pool.threads() == 1 ? 1 : kTasksPerThread * pool.threads();
    const Strips strips = cut_into_strips(shape_, out.height, out.width, sizeof(Factor), wanted);
    const auto panels = static_cast<std::int64_t>(panels_.size());
    const std::int64_t groups = std::clamp<std::int64_t>(wanted / strips.count(), 1, panels);
    pool.run_each(strips.count() * groups, scratch_bytes(out.pixels()), [&](std::int64_t task, std::byte* scratch) {
      const Strip strip = strips[task / groups];
      const std::int64_t group = task % groups;
      run_strip(in, results, strip, panels * group / groups, panels * (group + 1) / groups, reinterpret_cast<Factor*>(scratch));
    });
  }

  void run_strip(const ImageView<const float>& in, const Results& results, const Strip& strip, std::int64_t first_panel,
                 std::int64_t last_panel, Factor* scratch) const {
    const InputStrip<float, Factor> below(shape_, in, strip);
    const bool copied = !below.lies_in_image();
    if (copied) below.copy(Factor{}, scratch, kernel_.run.copy);
    const std::int64_t row_step = copied ? below.row_elements() : in.width * in.pixel_stride;
    const Factor* first = scratch;
    if constexpr (kIsFloat)
      if (!copied) first = below.in_image();
    for (std::int64_t p = first_panel; p < last_panel; ++p)
      for (std::int64_t row = 0; row < strip.rows; ++row) {
        Gemm gemm = gemm_of_pixels((strip.y + row) * results.out.width + strip.x, strip.columns, results);
        gemm.a = first + row * shape_.stride_h * row_step;
        gemm.a_stride = shape_.stride_w * shape_.in_channels;
        gemm.run = shape_.kernel_w * shape_.in_channels;
        gemm.run_step = shape_.dilation_h * row_step;
        gemm.next = part_of(p + 1 < last_panel ? weights_of(panels(p + 1, p + 2)) : std::span<const Factor>(), row, row + 1, strip.rows);
        run_panel(panels_[static_cast<std::size_t>(p)], gemm);
      }
  }

  void run_patches(const ImageView<const float>& in, const Results& results, ThreadPool& pool) const {
    const ImageView<float>& out = results.out;
    const bool direct = kIsFloat && patches_are_pixels(shape_, in, out);
    const Tasks tasks =
        split_into_tasks(out.pixels(), row_bytes(), kernel_.run.tile_rows, static_cast<std::int64_t>(panels_.size()), pool.threads());
    pool.run_each(tasks.count(), direct ? 0 : scratch_bytes(out.pixels()), [&](std::int64_t task, std::byte* scratch) {
      const std::int64_t block = task / tasks.groups, first = tasks.first_pixel(block);
      Gemm gemm = gemm_of_pixels(first, tasks.first_pixel(block + 1) - first, results);
      if constexpr (kIsFloat) {
        if (direct) {
          gemm.a = in.data + first * in.pixel_stride;
          gemm.a_stride = in.pixel_stride;
        }
      }
      if (!direct) gather(in, out, first, reinterpret_cast<Factor*>(scratch), gemm);
      const std::int64_t group = task % tasks.groups;
      run_panels(panels(tasks.first_panel(group), tasks.first_panel(group + 1)), gemm);
    });
  }

  std::span<const Panel> panels(std::int64_t first, std::int64_t last) const {
    return std::span(panels_).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(last - first));
  }

  std::span<const Factor> weights_of(std::span<const Panel> panels) const {
    if (panels.empty()) return {};
    const std::size_t end = panels.back().offset + static_cast<std::size_t>(panels.back().vectors * kernel_.run.lanes * depth_);
    return {weights_.data() + panels[0].offset, end - panels[0].offset};
  }

  // Panels whose weights fit into the first cache together are taken in turn for a few rows, which then are read once, and written in the
  // order of the memory.
  void run_panels(std::span<const Panel> panels, const Gemm& gemm) const {
    for (std::span<const Panel> now = fitting(panels); !now.empty();) {
      panels = panels.subspan(now.size());
      const std::span<const Panel> next = fitting(panels);
      run_together(now, weights_of(next), gemm);
      now = next;
    }
  }

  // As many as fit, or the first.
  std::span<const Panel> fitting(std::span<const Panel> panels) const {
    constexpr std::size_t kCache = 32 * 1024;
    std::size_t count = std::min<std::size_t>(panels.size(), 1);
    while (count < panels.size() && weights_of(panels.first(count + 1)).size_bytes() <= kCache) ++count;
    return panels.first(count);
  }

  void run_together(std::span<const Panel> panels, std::span<const Factor> next, Gemm gemm) const {
    constexpr std::int64_t kRows = 24;  // whole tiles of any width
    const auto count = static_cast<std::int64_t>(panels.size());
    const std::int64_t turns = count > 1 ? std::max<std::int64_t>(1, gemm.rows / kRows) : 1;
    for (std::int64_t turn = 0, left = gemm.rows; turn < turns; ++turn, left -= kRows) {
      gemm.rows = turn + 1 < turns ? kRows : left;
      for (std::int64_t p = 0; p < count; ++p) {
        gemm.next = part_of(next, turn * count + p, turn * count + p + 1, turns * count);
        run_panel(panels[static_cast<std::size_t>(p)], gemm);
      }
      gemm.a += kRows * gemm.a_stride;
      move_results(gemm, kRows * gemm.out_stride, kRows * gemm.addend_stride);
    }
  }

  Gemm gemm_of_pixels(std::int64_t first, std::int64_t count, const Results& results) const {
    const ImageView<float>& out = results.out;
    Gemm gemm;
    gemm.rows = count;
    gemm.depth = gemm.run = depth_;
    gemm.out = out.data + first * out.pixel_stride;
    gemm.out_stride = out.pixel_stride;
    gemm.activation = activation_;
    if (results.addend) {
      gemm.addend = results.addend->data + first * results.addend->pixel_stride;
      gemm.addend_stride = results.addend->pixel_stride;
    }
    gemm.out_is_far = out.pixels() * out.pixel_stride * static_cast<std::int64_t>(sizeof(float)) > kSecondCache;
    return gemm;
  }

  void gather(const ImageView<const float>& in, const ImageView<float>& out, std::int64_t first, Factor* patches, Gemm& gemm) const {
    gemm.a = patches;
    if (patches_are_pixels(shape_, in, out) && in.pixel_stride == depth_ && !rows_fight<Factor>(depth_)) {
      gemm.a_stride = depth_;
      kernel_.run.copy(in.data + first * depth_, gemm.rows * depth_, patches);  // one run: to begin one takes as long as 170 channels
      return;
    }
    gemm.a_stride = patch_stride<Factor>(depth_);
    PatchGatherer<float, Factor, std::remove_const_t<decltype(Function::copy)>>(shape_, in, out.width, 0.0f, kernel_.run.copy)
        .gather(first, gemm.rows, gemm.a_stride, patches);
  }

  // Leaves the places of all channels in `gemm`: to copy it takes as long as some tiles.
  void run_panel(const Panel& panel, Gemm& gemm) const {
    gemm.weights = weights_.data() + panel.offset;
    gemm.bias = bias_.data() + panel.first;
    gemm.vectors = panel.vectors;
    gemm.channels = panel.channels;
    move_results(gemm, panel.first, panel.first);
    kernel_.run.run(gemm);
    move_results(gemm, -panel.first, -panel.first);
  }

  static void move_results(Gemm& gemm, std::int64_t out, std::int64_t addend) {
    gemm.out += out;
    if (gemm.addend != nullptr) gemm.addend += addend;
  }

  static constexpr std::int64_t kSecondCache = 1 << 20;  // of most CPUs, or less

  Conv2dShape shape_;
  Activation activation_;
  const Kernel<Function>& kernel_;
  std::int64_t depth_;
  std::vector<Panel> panels_;
  AlignedBuffer<Factor> weights_;
  AlignedBuffer<float> bias_;
};

}  // namespace octet::kernels
