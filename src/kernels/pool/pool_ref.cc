// The definitions, place by place, and the checks of the kernels against them.
#include <limits>

#include "kernels/check.h"
#include "kernels/pool/pool_kernels.h"

namespace octet::kernels {
namespace {

// Calls work(y, x) for each place of the window of output (out_y, out_x), padding included.
template <typename Work>
void for_each_place(const PoolShape& shape, std::int64_t out_y, std::int64_t out_x, const Work& work) {
  for (std::int64_t ky = 0; ky < shape.kernel_h; ++ky)
    for (std::int64_t kx = 0; kx < shape.kernel_w; ++kx)
      work(out_y * shape.stride_h - shape.pad_top + ky * shape.dilation_h, out_x * shape.stride_w - shape.pad_left + kx * shape.dilation_w);
}

template <typename T>
bool is_inside(const ImageView<T>& in, std::int64_t y, std::int64_t x) {
  return y >= 0 && y < in.height && x >= 0 && x < in.width;
}

template <typename T>
void define_max(const PoolShape& shape, const ImageView<const T>& in, const ImageView<T>& out) {
  define(out, [&](auto y, auto x, auto c) {
    T best = std::numeric_limits<T>::lowest();
    for_each_place(shape, y, x, [&](std::int64_t in_y, std::int64_t in_x) {
      if (is_inside(in, in_y, in_x) && in.pixel(in_y, in_x)[c] > best) best = in.pixel(in_y, in_x)[c];
    });
    return best;
  });
}

PoolShape shape_of(const RandomWindow& w) { return {w.kernel, w.kernel, w.stride, w.stride, 1, 1, w.pad, w.pad}; }

}  // namespace

void max_pool_f32_ref(const PoolShape& shape, ImageView<const float> in, ImageView<float> out) { define_max(shape, in, out); }

void max_pool_u8_ref(const PoolShape& shape, ImageView<const std::uint8_t> in, ImageView<std::uint8_t> out) { define_max(shape, in, out); }

void avg_pool_f32_ref(const AvgPoolShape& shape, ImageView<const float> in, ImageView<float> out) {
  define(out, [&](auto y, auto x, auto c) {
    float sum = 0;
    int places = 0;
    for_each_place(shape, y, x, [&](std::int64_t in_y, std::int64_t in_x) {
      const bool inside = is_inside(in, in_y, in_x);
      if (inside) sum += in.pixel(in_y, in_x)[c];
      places += inside || (!shape.exclude_pad && in_y < in.height + shape.pad_bottom && in_x < in.width + shape.pad_right);
    });
    return places == 0 ? 0.0f : sum / static_cast<float>(places);
  });
}

double MaxPoolF32Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const RandomWindow w(random);
  auto in = random_floats(random, w.in, w.in, random.between(1, 100));
  return difference_of(
      Picture<float>(w.out, w.out, in.channels), [&](auto out) { max_pool_f32_ref(shape_of(w), in.view(), out); },
      [&](auto out) { max_pool(shape_of(w), in.view(), out, isa, pool); });
}

double MaxPoolU8Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const RandomWindow w(random);
  auto in = random_bytes(random, w.in, w.in, random.between(1, 100));
  return difference_of(
      Picture<std::uint8_t>(w.out, w.out, in.channels), [&](auto out) { max_pool_u8_ref(shape_of(w), in.view(), out); },
      [&](auto out) { max_pool(shape_of(w), in.view(), out, isa, pool); });
}

double AvgPoolF32Kernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const RandomWindow w(random);
  const AvgPoolShape shape{shape_of(w), w.pad, w.pad, random.coin()};
  auto in = random_floats(random, w.in, w.in, random.between(1, 100));
  return difference_of(
      Picture<float>(w.out, w.out, in.channels), [&](auto out) { avg_pool_f32_ref(shape, in.view(), out); },
      [&](auto out) { avg_pool_f32(shape, in.view(), out, isa, pool); });
}

}  // namespace octet::kernels
