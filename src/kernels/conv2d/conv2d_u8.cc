#include "kernels/conv2d/conv2d_kernels.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/check.h"
#include "kernels/conv2d/aligned_buffer.h"
#include "kernels/conv2d/panels.h"
#include "kernels/conv2d/patches.h"
#include "kernels/conv2d/routes.h"
#include "kernels/conv2d/strips.h"

namespace octet::kernels {
namespace {

class GemmConv2dU8 final : public SummingConvolutionU8 {
 public:
  GemmConv2dU8(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
               const Requantization& requantization, const Kernel<GemmU8Function>& kernel)
      : shape_(shape),
        in_zero_point_(in_zero_point),
        requantization_(requantization),
        kernel_(kernel),
        depth_(shape.kernel_h * shape.kernel_w * shape.in_channels),
        run_(run_of(shape, kernel.run)),
        padded_run_(padded(run_, kernel.run)),
        padded_depth_(depth_ / run_ * padded_run_),
        panels_(split_into_panels(shape.out_channels, kernel.run.lanes, padded_depth_)),
        start_(static_cast<std::size_t>(shape.out_channels + 2 * kernel.run.lanes)) {
    OCTET_CHECK(weights.size() == static_cast<std::size_t>(depth_ * shape.out_channels), "weights do not fit the convolution");
    OCTET_CHECK(requantization.multiplier.size() == static_cast<std::size_t>(shape.out_channels), "requantization does not fit");
    OCTET_CHECK(depth_ <= longest_integer_sum(weights), "the convolution is too deep for 32-bit sums");
    const std::size_t size = packed_size(panels_, kernel.run.lanes, padded_depth_);
    const std::int64_t row = run_ == depth_ ? row_of_window(shape) : padded_run_;
    if (kernel.run.wide) {
      w16_ = AlignedBuffer<std::int16_t>(size);
      pack_panels(shape, weights.data(), panels_, kernel.run.lanes, kernel.run.group(), row, w16_.data());
    } else {
      w8_ = AlignedBuffer<std::int8_t>(size);
      pack_panels(shape, weights.data(), panels_, kernel.run.lanes, kernel.run.group(), row, w8_.data());
      if (kernel.run.routed) {
        routed_ = route_panels(w8_.data(), panels_, kernel.run.lanes, runs(), padded_run_ / kernel.run.group());
        w8_ = {};
      }
    }
    set_start(weights);
  }

  std::string_view name() const override { return kernel_.name; }
  bool takes_rows() const override { return true; }

  std::size_t scratch_bytes(std::int64_t out_pixels) const override {
    const std::int64_t rows = most_rows_of_a_task(out_pixels, row_bytes(), kernel_.run.tile_rows);
    const std::int64_t stride = kernel_.run.wide ? 2 * patch_stride<std::int16_t>(depth_) : patch_stride<std::uint8_t>(depth_);
    return static_cast<std::size_t>(
        std::max(rows * stride + 2 * kCopySlackBytes, most_bytes_of_a_strip(shape_, out_pixels, element_bytes())));
  }

  void run(ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool& pool) const override {
    OCTET_CHECK(requantization_.to_u8, "a convolution with float results was run into u8");
    run_into(in, out, pool, [&](GemmU8& gemm, std::int64_t pixel, std::int64_t channel) { gemm.out_u8 = place(out, pixel, channel); });
  }
  void run(ImageView<const std::uint8_t> in, ImageView<float> out, ThreadPool& pool) const override {
    OCTET_CHECK(!requantization_.to_u8, "a convolution with u8 results was run into floats");
    run_into(in, out, pool, [&](GemmU8& gemm, std::int64_t pixel, std::int64_t channel) { gemm.out_f32 = place(out, pixel, channel); });
  }
  void run(ImageView<const std::uint8_t> in, const FloatResults& results, ThreadPool& pool) const override {
    OCTET_CHECK(!requantization_.to_u8, "a convolution with u8 results was run into floats");
    const auto set_out = [&](GemmU8& gemm, std::int64_t pixel, std::int64_t channel) {
      if (results.addend) {
        gemm.addend = place(*results.addend, pixel, channel);
        gemm.addend_stride = results.addend->pixel_stride;
      }
      if (results.sums) gemm.out_f32 = place(*results.sums, pixel, channel);
      if (!results.bytes) return;
      gemm.copy_u8 = place(*results.bytes, pixel, channel);
      gemm.copy_stride = results.bytes->pixel_stride;
      gemm.copy_inv_scale = results.inv_scale;
      gemm.copy_zero_point = results.zero_point;
    };
    results.sums ? run_into(in, *results.sums, pool, set_out) : run_into(in, results.bytes.value(), pool, set_out);
  }

 private:
  template <typename T>
  static T* place(const ImageView<T>& view, std::int64_t pixel, std::int64_t channel) {
    return view.data + pixel * view.pixel_stride + channel;
  }

  static std::int64_t row_of_window(const Conv2dShape& shape) { return shape.kernel_w * shape.in_channels; }

  static std::int64_t padded(std::int64_t elements, const GemmU8Function& function) {
    const std::int64_t step = std::int64_t{function.group()} * function.run_multiple();
    return (elements + step - 1) / step * step;
  }

  // Elements of a patch that are packed as whole groups: the rows of its window, so that windows can slide, or all of it where that would
  // make the sum longer by more than a third. The last group of a row of 3 channels takes in the pixel beside it, with weights of 0.
  static std::int64_t run_of(const Conv2dShape& shape, const GemmU8Function& function) {
    const std::int64_t row = row_of_window(shape), longer = padded(row, function);
    const bool rows = function.tiles || longer == row || (shape.kernel_w > 1 && 3 * longer <= 4 * row);
    return rows ? row : shape.kernel_h * row;
  }

  std::int64_t runs() const { return depth_ / run_; }

  std::int64_t element_bytes() const { return kernel_.run.wide ? 2 : 1; }
  // What a pixel takes of the second cache: its patch, and its results, which each panel comes back to.
  std::int64_t row_bytes() const {
    const std::int64_t result_bytes = requantization_.to_u8 ? 1 : sizeof(float);
    return depth_ * element_bytes() + shape_.out_channels * result_bytes;
  }

  // Every tap contributes x * w, in padding x being the zero point; the sum of zero point * w is taken off ahead. Of a kernel that takes
  // something off x itself that is less.
  void set_start(std::span<const std::int16_t> weights) {
    for (std::int64_t o = 0; o < shape_.out_channels; ++o) {
      std::int32_t sum = 0;
      for (const std::int16_t w : weights.subspan(static_cast<std::size_t>(o * depth_), static_cast<std::size_t>(depth_))) sum += w;
      start_[static_cast<std::size_t>(o)] = (kernel_.run.taken_off - in_zero_point_) * sum;
    }
  }

  // Whether the pixels of a row fill tiles well, and the taps of a window's row lie together in groups of their own.
  bool slides(std::int64_t out_width) const {
    const std::int64_t tiles = (out_width + kernel_.run.tile_rows - 1) / kernel_.run.tile_rows;
    return shape_.dilation_w == 1 && run_ == row_of_window(shape_) && 2 * out_width >= kernel_.run.tile_rows * tiles;
  }

  template <typename Out, typename SetOut>
  void run_into(const ImageView<const std::uint8_t>& in, const ImageView<Out>& out, ThreadPool& pool, SetOut set_out) const {
    kernel_.run.wide ? run_elements<std::int16_t>(in, out, pool, set_out) : run_elements<std::uint8_t>(in, out, pool, set_out);
  }

  template <typename Element, typename Out, typename SetOut>
  void run_elements(const ImageView<const std::uint8_t>& in, const ImageView<Out>& out, ThreadPool& pool, SetOut set_out) const {
    OCTET_CHECK(in.channels == shape_.in_channels && out.channels == shape_.out_channels, "views do not fit the convolution");
    if (patches_are_pixels(shape_, in, out) || !slides(out.width))
      run_patches<Element>(in, out, pool, set_out);
    else
      run_strips<Element>(in, out, pool, set_out);
  }

  // Whether the channels of some pixels are made one panel after the other, so that their cache lines are written whole; else all pixels
  // are taken for each panel. All weights must stay in the second cache beside pixels and results; tiles want many pixels at a time.
  bool takes_few_pixels() const {
    constexpr std::int64_t kBytes = 256 * 1024;
    return !kernel_.run.tiles && padded_depth_ * element_bytes() * shape_.out_channels <= kBytes;
  }

  // Pixels that stay in the first cache with their results, in whole tiles.
  std::int64_t pixels_at_once() const {
    constexpr std::int64_t kBytes = 24 * 1024, kFewestTiles = 4;
    return std::max(kFewestTiles, kBytes / row_bytes() / kernel_.run.tile_rows) * kernel_.run.tile_rows;
  }

  template <typename Element, typename Out, typename SetOut>
  void run_strips(const ImageView<const std::uint8_t>& in, const ImageView<Out>& out, ThreadPool& pool, SetOut set_out) const {
    const std::int64_t wanted = pool.threads() == 1 ? 1 : kTasksPerThread * pool.threads();
    const Strips strips = cut_into_strips(shape_, out.height, out.width, element_bytes(), wanted);
    const auto panels = static_cast<std::int64_t>(panels_.size());
    const std::int64_t groups = std::clamp<std::int64_t>(wanted / strips.count(), 1, panels);
    pool.run_each(strips.count() * groups, scratch_bytes(out.pixels()), [&](std::int64_t task, std::byte* scratch) {
      const Strip strip = strips[task / groups];
      const std::int64_t group = task % groups;
      run_strip(in, out, strip, panels * group / groups, panels * (group + 1) / groups, reinterpret_cast<Element*>(scratch), set_out);
    });
  }

  template <typename Element, typename Out, typename SetOut>
  void run_strip(const ImageView<const std::uint8_t>& in, const ImageView<Out>& out, const Strip& strip, std::int64_t first_panel,
                 std::int64_t last_panel, Element* scratch, SetOut set_out) const {
    const InputStrip<std::uint8_t, Element> below(shape_, in, strip);
    const bool copied = !below.lies_in_image();
    if (copied) below.copy(in_zero_point_, scratch);
    const std::int64_t row_step = copied ? below.row_elements() : in.width * in.pixel_stride;
    const auto run_rows = [&](std::int64_t first, std::int64_t last) {
      const std::int64_t lines = kernel_.run.tiles ? last - first : 1;
      for (std::int64_t p = first_panel; p < last_panel; ++p)
        for (std::int64_t row = first; row < last; row += lines) {
          GemmU8 gemm = gemm_of_pixels(strip.columns, out.pixel_stride);
          const std::int64_t from = row * shape_.stride_h * row_step;
          gemm.lines = lines;
          gemm.a_line_step = shape_.stride_h * row_step;
          gemm.out_line_rows = out.width;
          gemm.a = copied ? static_cast<const void*>(scratch + from) : below.in_image() + from;
          gemm.a_stride = shape_.stride_w * shape_.in_channels;
          gemm.run_step = shape_.dilation_h * row_step;
          const Panel& panel = panels_[static_cast<std::size_t>(p)];
          set_out(gemm, (strip.y + row) * out.width + strip.x, panel.first);
          run_panel(p, gemm);
        }
    };
    const std::int64_t step = takes_few_pixels() ? 1 : strip.rows;
    for (std::int64_t row = 0; row < strip.rows; row += step) run_rows(row, row + step);
  }

  template <typename Element, typename Out, typename SetOut>
  void run_patches(const ImageView<const std::uint8_t>& in, const ImageView<Out>& out, ThreadPool& pool, SetOut set_out) const {
    const bool direct = std::is_same_v<Element, std::uint8_t> && patches_are_pixels(shape_, in, out);
    const Tasks tasks =
        split_into_tasks(out.pixels(), row_bytes(), kernel_.run.tile_rows, static_cast<std::int64_t>(panels_.size()), pool.threads());
    pool.run_each(tasks.count(), direct ? 0 : scratch_bytes(out.pixels()), [&](std::int64_t task, std::byte* scratch) {
      const std::int64_t block = task / tasks.groups, first = tasks.first_pixel(block), last = tasks.first_pixel(block + 1);
      const std::int64_t group = task % tasks.groups, step = takes_few_pixels() ? pixels_at_once() : last - first;
      for (std::int64_t pixel = first; pixel < last; pixel += step) {
        GemmU8 gemm = gemm_of_pixels(std::min(step, last - pixel), out.pixel_stride);
        if (direct) {
          gemm.a = in.data + pixel * in.pixel_stride;
          gemm.a_stride = in.pixel_stride;
        } else {
          gather(in, out, pixel, reinterpret_cast<Element*>(scratch), gemm);
        }
        for (std::int64_t p = tasks.first_panel(group); p < tasks.first_panel(group + 1); ++p) {
          set_out(gemm, pixel, panels_[static_cast<std::size_t>(p)].first);
          run_panel(p, gemm);
        }
      }
    });
  }

  template <typename Element>
  static void copy_pixels(const ImageView<const std::uint8_t>& in, std::int64_t first, std::int64_t count, Element* to) {
    const std::uint8_t* from = in.data + first * in.pixel_stride;
    if (in.pixel_stride == in.channels) return copy_run(from, count * in.channels, to);
    for (std::int64_t i = 0; i < count; ++i) copy_run(from + i * in.pixel_stride, in.channels, to + i * in.channels);
  }

  template <typename Element, typename Out>
  void gather(const ImageView<const std::uint8_t>& in, const ImageView<Out>& out, std::int64_t first, Element* patches,
              GemmU8& gemm) const {
    gemm.a = patches;
    if (depth_ == padded_depth_ && patches_are_pixels(shape_, in, out)) {
      gemm.a_stride = depth_;
      return copy_pixels(in, first, gemm.rows, patches);
    }
    gemm.a_stride = patch_stride<Element>(depth_);
    PatchGatherer<std::uint8_t, Element>(shape_, in, out.width, in_zero_point_).gather(first, gemm.rows, gemm.a_stride, patches);
  }

  GemmU8 gemm_of_pixels(std::int64_t count, std::int64_t out_stride) const {
    GemmU8 gemm;
    gemm.rows = count;
    gemm.groups = padded_depth_ / kernel_.run.group();
    gemm.run_groups = padded_run_ / kernel_.run.group();
    gemm.run_step = run_;  // where patches are gathered: what is behind a run meets weights of 0
    gemm.requantization = &requantization_;
    gemm.out_stride = out_stride;
    return gemm;
  }

  void run_panel(std::int64_t p, GemmU8& gemm) const {
    const Panel& panel = panels_[static_cast<std::size_t>(p)];
    if (kernel_.run.routed) {
      gemm.weights = routed_.weights.data() + routed_.first_weight[static_cast<std::size_t>(p)];
      gemm.routes = routed_.routes.data() + p * runs();
      gemm.places = routed_.places.data() + p * gemm.groups;
    } else if (kernel_.run.wide) {
      gemm.weights = w16_.data() + panel.offset;
    } else {
      gemm.weights = w8_.data() + panel.offset;
    }
    gemm.start = start_.data() + panel.first;
    gemm.vectors = panel.vectors;
    gemm.channels = panel.channels;
    gemm.first_channel = static_cast<std::size_t>(panel.first);
    kernel_.run.run(gemm);
  }

  Conv2dShape shape_;
  std::uint8_t in_zero_point_;
  RequantizationTable requantization_;
  const Kernel<GemmU8Function>& kernel_;
  std::int64_t depth_, run_, padded_run_, padded_depth_;
  std::vector<Panel> panels_;
  AlignedBuffer<std::int8_t> w8_;
  AlignedBuffer<std::int16_t> w16_;
  RoutedPanels routed_;
  AlignedBuffer<std::int32_t> start_;
};

const Kernel<GemmU8Function>& direct_kernel(const Conv2dShape& shape, std::span<const std::int16_t> weights, const Isa& isa, bool tiles) {
  const bool bytes = fit_into_bytes(weights);
  const auto& kernel = best_kernel<Conv2dU8Kernels>(
      isa, [&](const GemmU8Function& function) { return function.wide || (bytes && (tiles || !function.tiles)); });
#ifdef OCTET_X86
  if (bytes && kernel.needs == kRoutedU8.needs && routes_pay(shape, weights, kRoutedU8.run.lanes)) return kRoutedU8;
#endif
  return kernel;
}

// Tiles multiply 64 of depth at once: where there is little, vectors are as fast, and they are so for longer where the activation takes
// most of the time. Measured with depths of 16 to 4608; with more, tiles are 1.6 to 4.5 times as fast.
bool tiles_pay(const Conv2dShape& shape, const Requantization& requantization) {
  constexpr std::int64_t kLeastDepth = 24, kLeastBeforeActivation = 48;
  const std::int64_t least = RequantizationTable(requantization).brief != Brief::kNo ? kLeastDepth : kLeastBeforeActivation;
  return shape.kernel_h * shape.kernel_w * shape.in_channels >= least;
}

// What Winograd takes beside direct products of a kind. With few channels its transforms decide.
struct WinogradCost {
  std::int64_t fewest_channels;
  double product;        // direct ones that take as long as one of Winograd's, which are of words
  std::int64_t reading;  // tiles that take as long as reading the weights, which other layers have left in no cache, and making 36 of 9
};

constexpr WinogradCost winograd_cost(const GemmU8Function& direct) {
  if (direct.wide) return {16, 1.1, 3};
  // Those of Arm, not measured: an instruction has the products of four of Winograd's, or more.
  if (direct.eights || direct.taken_off != 0) return {64, 4, 7};
  return direct.routed ? WinogradCost{32, 1.6, 4} : WinogradCost{64, 2.5, 7};
}

// Whether it takes less time than direct products, of an image as high as wide. Tiles of AMX are 3 to 6 times as fast, and Winograd cannot
// have them. Measured with channels of 16 to 512 on 13x13 to 104x104 pixels.
bool winograd_pays(const Conv2dShape& shape, const GemmU8Function& direct, std::int64_t out_pixels, const Isa& isa) {
  const WinogradCost cost = winograd_cost(direct);
  if (direct.tiles || !winograd_has(shape) || std::min(shape.in_channels, shape.out_channels) < cost.fewest_channels) return false;
  const auto across = static_cast<std::int64_t>(std::ceil(std::sqrt(static_cast<double>(out_pixels)) / kWinogradTile));
  const std::int64_t tiles = across * across, readings = winograd_readings(shape, tiles, isa);
  return kWinogradPositions * cost.product * static_cast<double>(tiles + cost.reading * readings) < 9 * static_cast<double>(out_pixels);
}

}  // namespace

std::unique_ptr<ConvolutionU8> make_conv2d_u8(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                                              const Requantization& requantization, const Isa& isa, std::int64_t out_pixels) {
  const Kernel<GemmU8Function>& direct = direct_kernel(shape, weights, isa, tiles_pay(shape, requantization));
  if (winograd_pays(shape, direct.run, out_pixels, isa) && winograd_fits(shape, weights))
    return make_winograd_u8(shape, weights, in_zero_point, requantization, isa);
  return std::make_unique<GemmConv2dU8>(shape, weights, in_zero_point, requantization, direct);
}

std::unique_ptr<ConvolutionU8> make_direct_u8(const Conv2dShape& shape, std::span<const std::int16_t> weights, std::uint8_t in_zero_point,
                                              const Requantization& requantization, const Isa& isa) {
  return std::make_unique<GemmConv2dU8>(shape, weights, in_zero_point, requantization, direct_kernel(shape, weights, isa, true));
}

std::unique_ptr<SummingConvolutionU8> make_summing_conv2d_u8(const Conv2dShape& shape, std::span<const std::int16_t> weights,
                                                             std::uint8_t in_zero_point, const Requantization& requantization,
                                                             const Isa& isa) {
  const Kernel<GemmU8Function>& direct = direct_kernel(shape, weights, isa, tiles_pay(shape, requantization));
  return std::make_unique<GemmConv2dU8>(shape, weights, in_zero_point, requantization, direct);
}

}  // namespace octet::kernels
