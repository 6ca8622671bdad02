#include <algorithm>

#include "kernels/activation/activation_scalar.h"
#include "kernels/softmax/softmax_kernels.h"

namespace octet::kernels::portable {

void softmax_columns(const float* in, float* out, std::int64_t length, std::int64_t stride, std::int64_t columns) {
  for (std::int64_t c = 0; c < columns; ++c, ++in, ++out) {
    float most = in[0], sum = 0;
    for (std::int64_t i = 1; i < length; ++i) most = std::max(most, in[i * stride]);
    for (std::int64_t i = 0; i < length; ++i) sum += out[i * stride] = scalar::exp_normal(in[i * stride] - most);
    const float share = 1 / sum;
    for (std::int64_t i = 0; i < length; ++i) out[i * stride] *= share;
  }
}

void softmax_row(const float* in, float* out, std::int64_t length) { softmax_columns(in, out, length, 1, 1); }

}  // namespace octet::kernels::portable
