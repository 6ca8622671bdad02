#include "kernels/elementwise/elementwise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <optional>

#include "kernels/elementwise/elementwise_kernels.h"
#include "kernels/pixel_runs.h"
#include "kernels/quantize/quantize_kernels.h"
#include "kernels/quantize/u8_limits.h"

namespace octet::kernels {
namespace {

template <typename T>
std::span<T> run_of(const ImageView<T>& view, std::int64_t pixel, std::int64_t first, std::int64_t count) {
  return {view.data + pixel * view.pixel_stride + first, static_cast<std::size_t>(count)};
}

// Pixels begin to end - 1 as an image: where all views involved are dense, one long pixel.
template <typename T>
ImageView<T> pixels_of(const ImageView<T>& view, std::int64_t begin, std::int64_t end, bool dense) {
  T* const data = view.data + begin * view.pixel_stride;
  const std::int64_t elements = (end - begin) * view.channels;
  return dense ? ImageView<T>{data, 1, 1, elements, elements} : ImageView<T>{data, 1, end - begin, view.channels, view.pixel_stride};
}

// Calls piece(pixel, first, count): `count` elements from element `first` of the run that starts at `pixel`.
template <typename Piece>
void for_each_piece(std::int64_t pixels, std::int64_t channels, bool dense, ThreadPool& pool, const Piece& piece) {
  for_each_run(pixels, channels, dense, pool, [&](std::int64_t pixel, std::int64_t elements) {
    for (std::int64_t first = 0; first < elements; first += kPiece) piece(pixel, first, std::min(kPiece, elements - first));
  });
}

void activate_in_place(const Activation& activation, std::span<float> values, const Isa& isa) {
  if (activation.kind != Activation::Kind::kNone) activate(activation, values, values, isa);
}

void combine_f32(BinaryF32* combine, ImageView<const float> a, ImageView<const float> b, ImageView<float> out, const Activation& activation,
                 const Isa& isa, ThreadPool& pool) {
  const bool dense = is_dense(a) && is_dense(b) && is_dense(out);
  for_each_piece(out.pixels(), out.channels, dense, pool, [&](std::int64_t pixel, std::int64_t first, std::int64_t count) {
    const std::span<float> values = run_of(out, pixel, first, count);
    combine(run_of(a, pixel, first, count), run_of(b, pixel, first, count), values);
    activate_in_place(activation, values, isa);
  });
}

// The real sum with its activation, then whatever `store` makes of it.
template <typename Store>
void add_real(const AddU8& add, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b, bool dense, const Isa& isa,
              ThreadPool& pool, const Store& store) {
  const auto sum = best_kernel<AddU8F32Kernels>(isa).run;
  for_each_piece(a.pixels(), a.channels, dense, pool, [&](std::int64_t pixel, std::int64_t first, std::int64_t count) {
    std::array<float, kPiece> buffer;
    const std::span<float> values(buffer.data(), static_cast<std::size_t>(count));
    sum(add, run_of(a, pixel, first, count), run_of(b, pixel, first, count), values);
    activate_in_place(add.activation, values, isa);
    store(values, pixel, first);
  });
}

// The limits that make the short way possible: no factor after the activation, and no sum that is not a number.
std::optional<Limits> short_way(const AddU8& add) {
  const float greatest = 255.0f * (std::abs(add.a_multiplier) + std::abs(add.b_multiplier)) + std::abs(add.offset);
  if (add.scale != 1.0f || !std::isfinite(greatest)) return std::nullopt;
  return u8_limits(add.activation, add.zero_point);
}

}  // namespace

void add_f32(ImageView<const float> a, ImageView<const float> b, ImageView<float> out, const Activation& activation, const Isa& isa,
             ThreadPool& pool) {
  combine_f32(best_kernel<AddF32Kernels>(isa).run, a, b, out, activation, isa, pool);
}

void multiply_f32(ImageView<const float> a, ImageView<const float> b, ImageView<float> out, const Activation& activation, const Isa& isa,
                  ThreadPool& pool) {
  combine_f32(best_kernel<MultiplyF32Kernels>(isa).run, a, b, out, activation, isa, pool);
}

void scale_shift_f32(ImageView<const float> in, std::span<const float> scale, std::span<const float> offset, ImageView<float> out,
                     const Activation& activation, const Isa& isa, ThreadPool& pool) {
  const auto scale_shift = best_kernel<ScaleShiftF32Kernels>(isa).run;
  // Pixels without gaps are taken several at once, as few channels end in the middle of a vector.
  const std::int64_t together = is_dense(in) && is_dense(out) ? pixels_together(out.channels) : 1;
  std::array<float, kPiece> scales, offsets;
  if (together > 1) {
    scale = repeated<float>(scale, together, scales);
    offset = repeated<float>(offset, together, offsets);
  }
  pool.run(out.pixels(), task_grain(out.channels), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t pixel = begin; pixel < end; pixel += together) {
      const std::int64_t elements = std::min(together, end - pixel) * out.channels;
      const std::span<float> values = run_of(out, pixel, 0, elements);
      scale_shift(run_of(in, pixel, 0, elements), scale, offset, values);
      activate_in_place(activation, values, isa);
    }
  });
}

void add_u8(const AddU8& add, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b, ImageView<std::uint8_t> out, const Isa& isa,
            ThreadPool& pool) {
  const bool dense = is_dense(a) && is_dense(b) && is_dense(out);
  if (const auto limits = short_way(add)) {
    const auto sum = best_kernel<AddU8Kernels>(isa).run;
    return pool.run(out.pixels(), task_grain(out.channels), [&](std::int64_t begin, std::int64_t end) {
      sum(add, *limits, pixels_of(a, begin, end, dense), pixels_of(b, begin, end, dense), pixels_of(out, begin, end, dense));
    });
  }
  add_real(add, a, b, dense, isa, pool, [&](std::span<const float> values, std::int64_t pixel, std::int64_t first) {
    const QuantizeAll how{add.scale, add.zero_point};
    quantize_run(how, values, run_of(out, pixel, first, static_cast<std::int64_t>(values.size())), isa);
  });
}

void add_u8(const AddU8& add, ImageView<const std::uint8_t> a, ImageView<const std::uint8_t> b, ImageView<float> out, const Isa& isa,
            ThreadPool& pool) {
  const bool dense = is_dense(a) && is_dense(b) && is_dense(out);
  add_real(add, a, b, dense, isa, pool, [&](std::span<const float> values, std::int64_t pixel, std::int64_t first) {
    std::memcpy(run_of(out, pixel, first, 1).data(), values.data(), values.size_bytes());
  });
}

void copy_bytes(ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool& pool) {
  for_each_run(out.pixels(), out.channels, is_dense(in) && is_dense(out), pool, [&](std::int64_t pixel, std::int64_t bytes) {
    std::memcpy(out.data + pixel * out.pixel_stride, in.data + pixel * in.pixel_stride, static_cast<std::size_t>(bytes));
  });
}

void map_bytes(std::span<const std::uint8_t, 256> table, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out, ThreadPool& pool) {
  for_each_run(out.pixels(), out.channels, is_dense(in) && is_dense(out), pool, [&](std::int64_t pixel, std::int64_t count) {
    const std::uint8_t* from = in.data + pixel * in.pixel_stride;
    std::uint8_t* to = out.data + pixel * out.pixel_stride;
    for (std::int64_t i = 0; i < count; ++i) to[i] = table[from[i]];
  });
}

}  // namespace octet::kernels
