// Integer matrix product with AVX2: 6 rows by 2 registers of 8 channels, two 16-bit products a step.
#include <array>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/activation/with_kind.h"
#include "kernels/activation/x86/activation_avx2.h"
#include "kernels/conv2d/gemm_u8.h"
#include "kernels/conv2d/tile_rows.h"
#include "kernels/conv2d/winograd_u8.h"

#define OCTET_TARGET OCTET_AVX2

namespace octet::kernels::avx2 {
namespace {

constexpr int kTileRows = 6, kGroup = 2;

// One opaque step: left to itself GCC computes the products early and spills the sums.
OCTET_OP Ints dot_into(Ints acc, Ints x, Ints w) {
  Ints product;
  asm("vpmaddwd %3, %2, %1\n\tvpaddd %1, %0, %0" : "+x"(acc), "=&x"(product) : "x"(x), "x"(w));
  return acc;
}

}  // namespace

#include "kernels/conv2d/gemm_u8_finish.inl"
#include "kernels/conv2d/gemm_u8_tile.inl"

#include "kernels/conv2d/gemm_u8_run.inl"

// Winograd's products are of words as well.
#include "kernels/conv2d/winograd_u8_transforms.inl"

#include "kernels/conv2d/winograd_u8.inl"

}  // namespace octet::kernels::avx2
