#pragma once

#include <cstdint>

#include "kernels/requantize_table.h"

namespace octet::kernels {

// Rows of u8 patches times one panel of s8 weights: out[r][c] = requantize(start[c] + sum over k of a[r][k] * w[k][c]).
// A row of `a` lies in runs of `run_groups` groups, one every `run_step` elements; the depth is a number of them. The products are exact:
// four u8 x s8 at a time where the CPU sums them in 32 bits, else two at a time widened to 16 bits.
struct GemmU8 {
  const void* a = nullptr;                          // std::uint8_t; std::int16_t for a kernel that is wide
  std::int64_t a_stride = 0, rows = 0, groups = 0;  // stride in elements; depth in groups of 4 (u8) or 2 (s16)
  std::int64_t run_groups = 0, run_step = 0;
  const void* weights = nullptr;  // [groups][vectors * lanes][group] of std::int8_t or std::int16_t
  const std::int32_t* start = nullptr;
  int vectors = 0;
  std::int64_t channels = 0;  // at most vectors * lanes; no others are written
  const RequantizationTable* requantization = nullptr;
  std::size_t first_channel = 0;   // in the requantization
  std::uint8_t* out_u8 = nullptr;  // one of the two
  float* out_f32 = nullptr;
  std::int64_t out_stride = 0;
};

// A product of tiles of at most `tile_rows` rows by two registers of `lanes` channels. Safe to run from several threads.
struct GemmU8Function {
  int lanes, tile_rows;
  bool wide;  // 16-bit operands
  void (*run)(const GemmU8&);

  int group() const { return wide ? 2 : 4; }
};

namespace avx512_vnni {
void gemm_u8(const GemmU8& gemm);
}
namespace avx512 {
void gemm_u8(const GemmU8& gemm);
}
namespace avx2_vnni {
void gemm_u8(const GemmU8& gemm);
}
namespace avx2 {
void gemm_u8(const GemmU8& gemm);
}
namespace portable {
void gemm_u8(const GemmU8& gemm);
}

}  // namespace octet::kernels
