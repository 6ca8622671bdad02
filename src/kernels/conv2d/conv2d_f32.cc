#include "kernels/conv2d/conv2d_kernels.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "kernels/conv2d/aligned_buffer.h"
#include "kernels/conv2d/panels.h"
#include "kernels/conv2d/patches.h"
#include "kernels/conv2d/strips.h"

namespace octet::kernels {
namespace {

class GemmConv2dF32 final : public ConvolutionF32 {
 public:
  GemmConv2dF32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias, const Activation& activation,
                const Kernel<GemmF32Function>& kernel)
      : shape_(shape),
        activation_(activation),
        kernel_(kernel),
        depth_(shape.kernel_h * shape.kernel_w * shape.in_channels),
        panels_(split_into_panels(shape.out_channels, kernel.run.lanes, depth_, kernel.run.most_vectors)),
        weights_(packed_size(panels_, kernel.run.lanes, depth_)),
        bias_(static_cast<std::size_t>(shape.out_channels + kernel.run.most_vectors * kernel.run.lanes)) {
    OCTET_CHECK(weights.size() == static_cast<std::size_t>(depth_ * shape.out_channels), "weights do not fit the convolution");
    OCTET_CHECK(bias.empty() || bias.size() == static_cast<std::size_t>(shape.out_channels), "bias does not fit the convolution");
    pack_panels(shape, weights.data(), panels_, kernel.run.lanes, 1, weights_.data());
    std::copy(bias.begin(), bias.end(), bias_.data());
  }

  std::string_view name() const override { return kernel_.name; }
  bool takes_rows() const override { return true; }

  std::size_t scratch_bytes(std::int64_t out_pixels) const override {
    const std::int64_t rows = most_rows_of_a_task(out_pixels, row_bytes(), kernel_.run.tile_rows);
    const std::int64_t patches = (rows * patch_stride<float>(depth_) + kCopySlackBytes) * static_cast<std::int64_t>(sizeof(float));
    return static_cast<std::size_t>(std::max(patches, most_bytes_of_a_strip(shape_, out_pixels, sizeof(float))));
  }

  void run(ImageView<const float> in, ImageView<float> out, ThreadPool& pool) const override {
    OCTET_CHECK(in.channels == shape_.in_channels && out.channels == shape_.out_channels, "views do not fit the convolution");
    const bool direct = patches_are_pixels(shape_, in, out);
    !direct&& slides(out.width) ? run_strips(in, out, pool) : run_patches(in, out, direct, pool);
  }

 private:
  std::int64_t row_bytes() const { return depth_ * static_cast<std::int64_t>(sizeof(float)); }

  // Whether the pixels of a row fill tiles well, and the taps of a window's row lie together.
  bool slides(std::int64_t out_width) const {
    const std::int64_t tiles = (out_width + kernel_.run.tile_rows - 1) / kernel_.run.tile_rows;
    return shape_.dilation_w == 1 && 2 * out_width >= kernel_.run.tile_rows * tiles;
  }

  void run_strips(const ImageView<const float>& in, const ImageView<float>& out, ThreadPool& pool) const {
    const std::int64_t wanted = pool.threads() == 1 ? 1 : kTasksPerThread * pool.threads();
    const Strips strips = cut_into_strips(shape_, out.height, out.width, sizeof(float), wanted);
    const auto panels = static_cast<std::int64_t>(panels_.size());
    const std::int64_t groups = std::clamp<std::int64_t>(wanted / strips.count(), 1, panels);
    pool.run_each(strips.count() * groups, scratch_bytes(out.pixels()), [&](std::int64_t task, std::byte* scratch) {
      const Strip strip = strips[task / groups];
      const std::int64_t group = task % groups;
      run_strip(in, out, strip, panels * group / groups, panels * (group + 1) / groups, reinterpret_cast<float*>(scratch));
    });
  }

  void run_strip(const ImageView<const float>& in, const ImageView<float>& out, const Strip& strip, std::int64_t first_panel,
                 std::int64_t last_panel, float* scratch) const {
    const InputStrip below(shape_, in, strip);
    const bool copied = !below.lies_in_image();
    if (copied) below.copy(0.0f, scratch);
    const std::int64_t row_step = copied ? below.row_elements() : in.width * in.pixel_stride;
    const float* first = copied ? scratch : below.in_image();
    for (std::int64_t p = first_panel; p < last_panel; ++p)
      for (std::int64_t row = 0; row < strip.rows; ++row) {
        GemmF32 gemm = gemm_of_pixels((strip.y + row) * out.width + strip.x, strip.columns, out);
        gemm.a = first + row * shape_.stride_h * row_step;
        gemm.a_stride = shape_.stride_w * shape_.in_channels;
        gemm.run = shape_.kernel_w * shape_.in_channels;
        gemm.run_step = shape_.dilation_h * row_step;
        run_panel(panels_[static_cast<std::size_t>(p)], gemm);
      }
  }

  void run_patches(const ImageView<const float>& in, const ImageView<float>& out, bool direct, ThreadPool& pool) const {
    const Tasks tasks =
        split_into_tasks(out.pixels(), row_bytes(), kernel_.run.tile_rows, static_cast<std::int64_t>(panels_.size()), pool.threads());
    pool.run_each(tasks.count(), direct ? 0 : scratch_bytes(out.pixels()), [&](std::int64_t task, std::byte* scratch) {
      const std::int64_t block = task / tasks.groups, first = tasks.first_pixel(block);
      GemmF32 gemm = gemm_of_pixels(first, tasks.first_pixel(block + 1) - first, out);
      direct ? point_at_pixels(in, first, gemm) : gather(in, out.width, first, reinterpret_cast<float*>(scratch), gemm);
      const std::int64_t group = task % tasks.groups;
      run_panels(std::span(panels_).subspan(static_cast<std::size_t>(tasks.first_panel(group)),
                                            static_cast<std::size_t>(tasks.first_panel(group + 1) - tasks.first_panel(group))),
                 gemm);
    });
  }

  // Panels whose weights fit into the first cache together are taken in turn for a few rows, which then are read once, and written in the
  // order of the memory.
  void run_panels(std::span<const Panel> panels, const GemmF32& gemm) const {
    constexpr std::size_t kCache = 32 * 1024;
    while (!panels.empty()) {
      std::size_t together = 1;
      const auto bytes = [&](std::size_t count) { return (end_of(panels[count - 1]) - panels[0].offset) * sizeof(float); };
      while (together < panels.size() && bytes(together + 1) <= kCache) ++together;
      run_together(panels.first(together), gemm);
      panels = panels.subspan(together);
    }
  }

  void run_together(std::span<const Panel> panels, const GemmF32& gemm) const {
    constexpr std::int64_t kRows = 24;  // whole tiles of any width
    for (std::int64_t row = 0; row < gemm.rows;) {
      GemmF32 rows = gemm;
      rows.a += row * gemm.a_stride;
      rows.out += row * gemm.out_stride;
      rows.rows = gemm.rows - row;
      if (panels.size() > 1 && rows.rows >= 2 * kRows) rows.rows = kRows;
      for (const Panel& panel : panels) run_panel(panel, rows);
      row += rows.rows;
    }
  }

  std::size_t end_of(const Panel& panel) const {
    return panel.offset + static_cast<std::size_t>(panel.vectors * kernel_.run.lanes * depth_);
  }

  GemmF32 gemm_of_pixels(std::int64_t first, std::int64_t count, const ImageView<float>& out) const {
    GemmF32 gemm;
    gemm.rows = count;
    gemm.depth = gemm.run = depth_;
    gemm.out = out.data + first * out.pixel_stride;
    gemm.out_stride = out.pixel_stride;
    gemm.activation = activation_;
    gemm.out_is_far = out.pixels() * out.pixel_stride * static_cast<std::int64_t>(sizeof(float)) > kSecondCache;
    return gemm;
  }

  static void point_at_pixels(const ImageView<const float>& in, std::int64_t first, GemmF32& gemm) {
    gemm.a = in.data + first * in.pixel_stride;
    gemm.a_stride = in.pixel_stride;
  }

  void gather(const ImageView<const float>& in, std::int64_t out_width, std::int64_t first, float* patches, GemmF32& gemm) const {
    gemm.a_stride = patch_stride<float>(depth_);
    PatchGatherer<float, float>(shape_, in, out_width, 0.0f).gather(first, gemm.rows, gemm.a_stride, patches);
    gemm.a = patches;
  }

  void run_panel(const Panel& panel, GemmF32 gemm) const {
    gemm.weights = weights_.data() + panel.offset;
    gemm.bias = bias_.data() + panel.first;
    gemm.vectors = panel.vectors;
    gemm.channels = panel.channels;
    gemm.out += panel.first;
    kernel_.run.run(gemm);
  }

  static constexpr std::int64_t kSecondCache = 1 << 20;  // of most CPUs, or less

  Conv2dShape shape_;
  Activation activation_;
  const Kernel<GemmF32Function>& kernel_;
  std::int64_t depth_;
  std::vector<Panel> panels_;
  AlignedBuffer<float> weights_, bias_;
};

// The side of Winograd's tiles that takes least time, or 0 where direct sums do. Nanoseconds for each pair of channels, of an image as high
// as wide: a product takes 0.009 of them, less well-fed ones of direct sums 0.013, and to read a weight 0.08. Measured with 16 to 512
// channels on 3x3 to 104x104 pixels; the same for all kernels, which therefore compute the same.
int winograd_side(const Conv2dShape& shape, std::int64_t out_pixels) {
  constexpr std::int64_t kFewestChannels = 12;
  constexpr double kWeight = 0.08, kProduct = 0.009, kDirectProduct = 0.013;
  if (!winograd_has(shape) || std::min(shape.in_channels, shape.out_channels) < kFewestChannels) return 0;
  int best = 0;
  double least = 9 * kWeight + 9 * static_cast<double>(out_pixels) * kDirectProduct;
  for (const int side : {2, 4}) {
    const double tiles_across = std::ceil(std::sqrt(static_cast<double>(out_pixels)) / side), weights = (side + 2) * (side + 2);
    const double found = weights * (kWeight + tiles_across * tiles_across * kProduct);
    if (found < least) least = found, best = side;
  }
  return best;
}

// Whether outputs are so few that vectors are fuller with an output for each tap; twice as full, as those are added up besides.
bool is_narrow(const Conv2dShape& shape) {
  constexpr std::int64_t kLanes = 16;  // of the widest vectors
  const auto vectors = [](std::int64_t channels) { return (channels + kLanes - 1) / kLanes; };
  const std::int64_t taps = shape.kernel_h * shape.kernel_w;
  return narrow_has(shape) && shape.in_channels >= kLanes && 2 * vectors(taps * shape.out_channels) <= taps * vectors(shape.out_channels);
}

}  // namespace

std::unique_ptr<ConvolutionF32> make_conv2d_f32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                                                const Activation& activation, const Isa& isa, std::int64_t out_pixels) {
  if (is_narrow(shape)) return make_narrow_f32(shape, weights, bias, activation, isa);
  const int side = winograd_side(shape, out_pixels);
  return side != 0 ? make_winograd_f32(shape, weights, bias, activation, isa, side)
                   : make_direct_f32(shape, weights, bias, activation, isa);
}

std::unique_ptr<ConvolutionF32> make_direct_f32(const Conv2dShape& shape, std::span<const float> weights, std::span<const float> bias,
                                                const Activation& activation, const Isa& isa) {
  return std::make_unique<GemmConv2dF32>(shape, weights, bias, activation, best_kernel<Conv2dF32Kernels>(isa));
}

}  // namespace octet::kernels
