#pragma once

#include <cstdint>
#include <vector>

#include "kernels/activation/activation.h"

namespace octet::kernels {

// How an integer sum becomes a result, channel by channel. Exact by definition, the same bits at every level:
//   t = fma(float(sum), multiplier[c], offset[c])         float(sum) rounds to nearest even
//   t = activate(activation, t)
//   f32 result:  t
//   u8 result:   t' = inv_scale.empty() ? t : t * inv_scale[c]
//                zero_point[c] + int(round_half_even(min(max(t', -zero_point[c]), 255 - zero_point[c])));  NaN becomes 0
// Whoever builds it folds 1 / output scale into multiplier, offset and a scalable activation, and leaves inv_scale
// empty; inv_scale is for the other activations.
struct Requantization {
  std::vector<float> multiplier, offset;  // one a channel
  Activation activation;
  bool to_u8 = true;
  std::vector<float> inv_scale;  // empty, or one a channel
  // Of the result, one a channel, for u8 results: -32000..32000, beyond the bytes where all of a channel is far from zero.
  std::vector<std::int16_t> zero_point;
};

}  // namespace octet::kernels
