#include "kernels/quantize/quantize.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "kernels/pixel_runs.h"
#include "kernels/quantize/quantize_kernels.h"

namespace octet::kernels {
namespace {

template <typename T>
std::span<T> run_of(const ImageView<T>& view, std::int64_t pixel, std::int64_t count) {
  return {view.data + pixel * view.pixel_stride, static_cast<std::size_t>(count)};
}

// One value for all channels, either because the spans say so or because there is one channel.
template <typename ZeroPoint>
bool is_uniform(std::span<const float> scale, std::span<const ZeroPoint> zero_point, std::int64_t channels) {
  OCTET_CHECK(scale.size() == zero_point.size() && (scale.size() == 1 || static_cast<std::int64_t>(scale.size()) == channels),
              "scales and zero points fit neither the channels nor each other");
  return scale.size() == 1;
}

}  // namespace

void quantize_run(const QuantizeAll& how, std::span<const float> in, std::span<std::uint8_t> out, const Isa& isa) {
  best_kernel<QuantizeU8Kernels>(isa).run.all(how, in, out);
}

void quantize_u8(ImageView<const float> in, std::span<const float> scale, std::span<const std::int16_t> zero_point,
                 ImageView<std::uint8_t> out, const Isa& isa, ThreadPool& pool) {
  const QuantizeU8Functions& quantize = best_kernel<QuantizeU8Kernels>(isa).run;
  if (is_uniform(scale, zero_point, out.channels) && zero_point[0] >= 0 && zero_point[0] <= 255) {
    const QuantizeAll how{scale[0], static_cast<std::uint8_t>(zero_point[0])};
    return for_each_run(out.pixels(), out.channels, is_dense(in) && is_dense(out), pool, [&](std::int64_t pixel, std::int64_t count) {
      quantize.all(how, run_of(in, pixel, count), run_of(out, pixel, count));
    });
  }
  OCTET_CHECK(static_cast<std::int64_t>(scale.size()) == out.channels, "the zero point of all channels is no byte");
  const std::int64_t together = is_dense(in) && is_dense(out) ? pixels_together(out.channels) : 1;
  std::array<float, kPiece> scales;
  std::array<std::int16_t, kPiece> zero_points;
  if (together > 1) {
    scale = repeated<float>(scale, together, scales);
    zero_point = repeated<std::int16_t>(zero_point, together, zero_points);
  }
  pool.run(out.pixels(), task_grain(out.channels), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t pixel = begin; pixel < end; pixel += together) {
      const std::int64_t elements = std::min(together, end - pixel) * out.channels;
      quantize.each(run_of(in, pixel, elements), scale, zero_point, run_of(out, pixel, elements));
    }
  });
}

void dequantize_u8(ImageView<const std::uint8_t> in, std::span<const float> scale, std::span<const std::uint8_t> zero_point,
                   ImageView<float> out, const Isa& isa, ThreadPool& pool) {
  const DequantizeU8Functions& dequantize = best_kernel<DequantizeU8Kernels>(isa).run;
  if (is_uniform(scale, zero_point, out.channels)) {
    return for_each_run(out.pixels(), out.channels, is_dense(in) && is_dense(out), pool, [&](std::int64_t pixel, std::int64_t count) {
      dequantize.all(scale[0], zero_point[0], run_of(in, pixel, count), run_of(out, pixel, count));
    });
  }
  for_each_run(out.pixels(), out.channels, false, pool, [&](std::int64_t pixel, std::int64_t count) {
    dequantize.each(run_of(in, pixel, count), scale, zero_point, run_of(out, pixel, count));
  });
}

void nhwc_from_nchw(std::span<const float> planar, std::span<const float> scale, std::span<const float> offset, ImageView<float> out,
                    const Isa& isa, ThreadPool& pool) {
  const auto interleave = best_kernel<InterleaveKernels>(isa).run;
  pool.run(out.pixels(), task_grain(out.channels), [&](std::int64_t begin, std::int64_t end) {
    interleave({planar.data() + begin, out.pixels(), end - begin, out.channels}, {scale, offset}, out.data + begin * out.pixel_stride,
               out.pixel_stride);
  });
}

void nchw_from_nhwc(ImageView<const float> in, std::span<float> planar, const Isa& isa, ThreadPool& pool) {
  const auto separate = best_kernel<SeparateKernels>(isa).run;
  pool.run(in.pixels(), task_grain(in.channels), [&](std::int64_t begin, std::int64_t end) {
    separate(in.data + begin * in.pixel_stride, in.pixel_stride, end - begin, in.channels, planar.data() + begin, in.pixels());
  });
}

void quantized_nhwc_from_nchw(std::span<const float> planar, std::span<const float> scale, std::span<const float> offset,
                              std::span<const std::uint8_t> zero_point, ImageView<std::uint8_t> out, const Isa& isa, ThreadPool& pool) {
  const auto interleave = best_kernel<InterleaveQuantizedKernels>(isa).run;
  pool.run(out.pixels(), task_grain(out.channels), [&](std::int64_t begin, std::int64_t end) {
    interleave({planar.data() + begin, out.pixels(), end - begin, out.channels}, {scale, offset}, zero_point,
               out.data + begin * out.pixel_stride, out.pixel_stride);
  });
}

}  // namespace octet::kernels
