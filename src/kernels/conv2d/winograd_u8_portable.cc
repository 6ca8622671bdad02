// Integer Winograd in plain C++, a channel at a time.
#include <cstdint>
#include <cstring>

#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/winograd_u8.h"
#include "kernels/requantize_scalar.h"
#include "kernels/target.h"

#define OCTET_TARGET

namespace octet::kernels::portable {
namespace {

using Words = std::int32_t;  // all values fit into 16 bits, so that nothing wraps
using Ints = std::uint32_t;
constexpr int kWords = 1, kLanes = 1;

OCTET_OP Words load_words(const std::uint8_t* from) { return *from; }
OCTET_OP Words load_words(const std::int16_t* from) { return *from; }
OCTET_OP void store_words(std::int16_t* to, Words x) { *to = static_cast<std::int16_t>(x); }
OCTET_OP Words sum_words(Words x, Words y) { return x + y; }
OCTET_OP Words difference_words(Words x, Words y) { return x - y; }
template <int kCount>
OCTET_OP Words double_words(Words x) {
  return x * (1 << kCount);
}

OCTET_OP Ints set_ints(std::uint32_t value) { return value; }
OCTET_OP Ints load_ints(const std::int32_t* from) { return static_cast<Ints>(*from); }
OCTET_OP void store_ints(std::int32_t* to, Ints x) { *to = static_cast<std::int32_t>(x); }
OCTET_OP Ints add_ints(Ints x, Ints y) { return x + y; }
OCTET_OP Ints subtract_ints(Ints x, Ints y) { return x - y; }
OCTET_OP Ints multiply_ints(Ints x, Ints y) { return x * y; }
template <int kCount>
OCTET_OP Ints shift_left(Ints x) {
  return x << kCount;
}
template <int kCount>
OCTET_OP Ints shift_right(Ints x) {
  return static_cast<Ints>(static_cast<std::int32_t>(x) >> kCount);
}

}  // namespace

#include "kernels/conv2d/winograd_u8_transforms.inl"

void winograd_product(const GemmU8& gemm, bool adds, std::int32_t* sums) {
  const int width = gemm.vectors;
  for (std::int64_t row = 0; row < gemm.rows; ++row, sums += width) {
    const std::int16_t* a = static_cast<const std::int16_t*>(gemm.a) + row * gemm.a_stride;
    const auto* w = static_cast<const std::int16_t*>(gemm.weights);
    for (int c = 0; c < width; ++c) {
      std::uint32_t sum = adds ? static_cast<std::uint32_t>(sums[c]) : 0;
      for (std::int64_t g = 0; g < gemm.groups; ++g)
        for (int i = 0; i < 2; ++i) sum += static_cast<std::uint32_t>(a[2 * g + i] * w[(g * width + c) * 2 + i]);
      sums[c] = static_cast<std::int32_t>(sum);
    }
  }
}

namespace {

template <typename Finish>
void finish_each(const WinogradSums& of, Finish finish) {
  finish_tiles(of, [&](const GemmU8& gemm, const std::int32_t* results, const WinogradTile& tile) {
    for (int y = 0; y < tile.lines; ++y)
      for (int x = 0; x < tile.pixels; ++x)
        for (std::int64_t c = 0; c < gemm.channels; ++c)
          finish(gemm, (y * of.tiles.width + x) * gemm.out_stride + c, gemm.first_channel + static_cast<std::size_t>(c),
                 results[(y * kWinogradTile + x) * gemm.vectors + c]);
  });
}

}  // namespace

void winograd_finish(const WinogradSums& of) {
  const RequantizationTable& table = *of.gemm.requantization;
  if (of.gemm.out_u8 != nullptr)
    with_requantization(table, [&](auto kind, auto plain) {
      finish_each(of, [&](const GemmU8& gemm, std::int64_t at, std::size_t channel, std::int32_t sum) {
        gemm.out_u8[at] = scalar::requantize_u8<kind(), plain()>(table, channel, sum);
      });
    });
  else
    with_kind(table.activation.kind, [&](auto kind) {
      finish_each(of, [&](const GemmU8& gemm, std::int64_t at, std::size_t channel, std::int32_t sum) {
        gemm.out_f32[at] = scalar::requantize_real<kind()>(table, channel, sum);
      });
    });
}

}  // namespace octet::kernels::portable
