// The definition, element by element, and the check of the kernel against it.
#include <algorithm>

#include "kernels/check.h"
#include "kernels/resize/resize_kernels.h"

namespace octet::kernels {
namespace {

template <typename T>
void define(const ImageView<const T>& in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
            const ImageView<T>& out) {
  for (std::int64_t y = 0; y < out.height; ++y)
    for (std::int64_t x = 0; x < out.width; ++x)
      for (std::int64_t c = 0; c < out.channels; ++c) out.pixel(y, x)[c] = in.pixel(rows[y], columns[x])[c];
}

}  // namespace

void gather_pixels_f32_ref(ImageView<const float> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                           ImageView<float> out) {
  define(in, rows, columns, out);
}

void gather_pixels_u8_ref(ImageView<const std::uint8_t> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                          ImageView<std::uint8_t> out) {
  define(in, rows, columns, out);
}

double GatherPixelsKernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const GatherPixelsFunctions& gather = best_kernel<GatherPixelsKernels>(isa).run;
  const std::int64_t side = random.between(1, 12), out_side = random.between(1, 24), channels = random.between(1, 300);
  auto rows = random.integers<std::int32_t>(out_side, 0, static_cast<int>(side) - 1);
  std::ranges::sort(rows);  // so that some follow each other, as in an enlarged image
  const auto columns = random.integers<std::int32_t>(out_side, 0, static_cast<int>(side) - 1);
  auto floats = random_floats(random, side, side, channels);
  auto bytes = random_bytes(random, side, side, channels);
  return std::max(
      difference_of(
          Picture<float>(out_side, out_side, channels), [&](auto out) { gather_pixels_f32_ref(floats.view(), rows, columns, out); },
          [&](auto out) { gather.f32(floats.view(), rows, columns, out, pool); }),
      difference_of(
          Picture<std::uint8_t>(out_side, out_side, channels), [&](auto out) { gather_pixels_u8_ref(bytes.view(), rows, columns, out); },
          [&](auto out) { gather.u8(bytes.view(), rows, columns, out, pool); }));
}

}  // namespace octet::kernels
