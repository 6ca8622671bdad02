// Winograd in floats with AVX2.
#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "kernels/activation/with_kind.h"
#include "kernels/activation/x86/activation_avx2.h"
#include "kernels/conv2d/winograd_f32.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {

constexpr int kMostTiles = 6;
#include "kernels/conv2d/winograd_f32.inl"

namespace {

// sum + x * y in the register that the sum has: left alone, GCC moves sums about and puts some on the stack.
OCTET_OP Vec plus_product(Vec sum, Vec x, Vec y) {
  asm("vfmadd231ps %2, %1, %0" : "+x"(sum) : "x"(x), "x"(y));
  return sum;
}

}  // namespace

#include "kernels/conv2d/winograd_f32_product.inl"

}  // namespace octet::kernels::avx2
