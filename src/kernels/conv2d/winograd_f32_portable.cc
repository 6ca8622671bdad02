// The transforms of Winograd in floats in plain C++, a channel at a time.
#include <cstdint>

#include "kernels/activation/activation_scalar.h"
#include "kernels/activation/with_kind.h"
#include "kernels/conv2d/winograd_f32.h"

#define OCTET_TARGET

namespace octet::kernels::portable {
namespace {

using scalar::activate, scalar::add, scalar::set;
using Vec = float;
constexpr int kLanes = 1;

OCTET_OP Vec load(const float* from) { return *from; }
OCTET_OP void store(float* to, Vec x) { *to = x; }
OCTET_OP void store_first(float* to, Vec x, std::int64_t) { *to = x; }
OCTET_OP Vec sub(Vec x, Vec y) { return x - y; }
OCTET_OP Vec fma(Vec x, Vec y, Vec z) { return x * y + z; }  // in two steps: where there is no instruction for it, one is slow

}  // namespace

#include "kernels/conv2d/winograd_f32.inl"

}  // namespace octet::kernels::portable
