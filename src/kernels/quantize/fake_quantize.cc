#include "kernels/quantize/fake_quantize.h"

#include <algorithm>

#include "kernels/pixel_runs.h"

namespace octet::kernels {
namespace {

// Adding it and taking it off again rounds a number from 0 to 2^51 to the nearest whole one, ties to even, in two operations
// that compilers vectorize.
constexpr double kRounder = 0x1.8p52;

// Without branches, so that the loop over the channels can be vectorized.
void quantize_pixel(const FakeQuantization& how, const float* in, float* out, std::size_t channels) {
  const double steps = how.levels - 1;
  const double *in_low = how.in_low.data(), *in_high = how.in_high.data(), *out_low = how.out_low.data(), *out_high = how.out_high.data();
  for (std::size_t c = 0; c < channels; ++c) {
    const double x = static_cast<double>(in[c]);
    const double level = (x - in_low[c]) / (in_high[c] - in_low[c]) * steps + kRounder - kRounder;
    const double inside = level / steps * (out_high[c] - out_low[c]) + out_low[c];
    const double above = x > std::max(in_low[c], in_high[c]) ? out_high[c] : inside;
    out[c] = static_cast<float>(x <= std::min(in_low[c], in_high[c]) ? out_low[c] : above);
  }
}

}  // namespace

void fake_quantize_f32(const FakeQuantization& how, ImageView<const float> in, ImageView<float> out, ThreadPool& pool) {
  for_each_run(out.pixels(), out.channels, false, pool, [&](std::int64_t pixel, std::int64_t channels) {
    quantize_pixel(how, in.data + pixel * in.pixel_stride, out.data + pixel * out.pixel_stride, static_cast<std::size_t>(channels));
  });
}

}  // namespace octet::kernels
