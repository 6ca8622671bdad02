// The definition, byte by byte, and the check of the kernel against it.
#include <algorithm>

#include "kernels/check.h"
#include "kernels/resize/resize_kernels.h"

namespace octet::kernels {

void gather_pixel_bytes_ref(ImageView<const std::uint8_t> in, std::span<const std::int32_t> rows, std::span<const std::int32_t> columns,
                            ImageView<std::uint8_t> out) {
  define(out, [&](auto y, auto x, auto c) { return in.pixel(rows[y], columns[x])[c]; });
}

double GatherPixelsKernels::check(Random& random, const Isa& isa, ThreadPool& pool) {
  const auto gather = best_kernel<GatherPixelsKernels>(isa).run;
  const std::int64_t side = random.between(1, 12), out_side = random.between(1, 24), channels = random.between(1, 300);
  auto rows = random.integers<std::int32_t>(out_side, 0, static_cast<int>(side) - 1);
  std::ranges::sort(rows);  // so that some follow each other, as in an enlarged image
  const auto columns = random.integers<std::int32_t>(out_side, 0, static_cast<int>(side) - 1);
  auto in = random_bytes(random, side, side, channels);
  return difference_of(
      Picture<std::uint8_t>(out_side, out_side, channels), [&](auto out) { gather_pixel_bytes_ref(in.view(), rows, columns, out); },
      [&](auto out) { gather(in.view(), rows, columns, out, pool); });
}

}  // namespace octet::kernels
