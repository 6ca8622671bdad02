// Softmax in plain C++, a value at a time.
#include <algorithm>
#include <cstdint>
#include <limits>

#include "kernels/activation/activation_scalar.h"
#include "kernels/softmax/softmax_kernels.h"

#define OCTET_TARGET

namespace octet::kernels::portable {
namespace {

using namespace scalar;  // its operations and activations
constexpr int kLanes = 1;

OCTET_OP Vec sub(Vec x, Vec y) { return x - y; }
OCTET_OP Vec load(const float* from) { return *from; }
OCTET_OP Vec load_first(const float* from, std::int64_t count, Vec rest) { return count > 0 ? *from : rest; }
OCTET_OP void store(float* to, Vec x) { *to = x; }
OCTET_OP void store_first(float* to, Vec x, std::int64_t count) {
  if (count > 0) *to = x;
}
OCTET_OP float sum_of(Vec x) { return x; }
OCTET_OP float greatest_of(Vec x) { return x; }

}  // namespace

#include "kernels/softmax/softmax.inl"

}  // namespace octet::kernels::portable
