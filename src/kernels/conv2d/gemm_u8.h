#pragma once

#include <cstdint>

#include "kernels/requantize_table.h"

namespace octet::kernels {

// Which inputs of a group of four are neighbours when they are multiplied: 0 and 1, 2 and 3 as they lie, or after a shuffle.
inline constexpr int kPairings = 3;
inline constexpr std::uint8_t kPairing[kPairings][4] = {{0, 1, 2, 3}, {0, 2, 1, 3}, {0, 3, 1, 2}};

// How the groups of a run are multiplied by vpmaddubsw, whose sums of two products have 16 bits, without overflow: numbers of groups,
// which are ordered by it.
struct GroupRoutes {
  std::int32_t pairs = 0;                // times two groups whose sums fit even when added
  std::int32_t half_pairs[2] = {};       // times two groups of which that is true in one of the panel's two registers
  std::int32_t singles[kPairings] = {};  // groups whose sums fit, if inputs are paired so
  std::int32_t wides = 0;                // all others: their bytes are widened first
};

// Rows of u8 patches times one panel of s8 weights: out[r][c] = requantize(start[c] + sum over k of a[r][k] * w[k][c]).
// A row of `a` lies in runs of `run_groups` groups, one every `run_step` elements; the depth is a number of them. The products are exact:
// four u8 x s8 at a time where the CPU sums them in 32 bits, else two at a time widened to 16 bits. Runs may overlap, and be readable
// beyond what there is in them: weights of 0 take that off.
struct GemmU8 {
  const void* a = nullptr;                          // std::uint8_t; std::int16_t for a kernel that is wide
  std::int64_t a_stride = 0, rows = 0, groups = 0;  // stride in elements; depth in groups of GemmU8Function::group()
  std::int64_t run_groups = 0, run_step = 0;
  // Rows in several lines, for kernels of tiles: line l begins l * a_line_step elements, and its results l * out_line_rows rows, further
  // on.
  std::int64_t lines = 1, a_line_step = 0, out_line_rows = 0;
  const void* weights = nullptr;         // [groups][vectors * lanes][group] of std::int8_t or std::int16_t
  const GroupRoutes* routes = nullptr;   // of each run, and of each group where in its run: for a kernel that is routed, whose weights are
  const std::int32_t* places = nullptr;  // as routes.h packs them
  const std::int32_t* start = nullptr;
  const std::int32_t* row_start = nullptr;  // also added to all sums of a row; null or, for kernels of MatmulU8 and one line, one a row
  int vectors = 0;
  std::int64_t channels = 0;  // at most vectors * lanes; no others are written
  const RequantizationTable* requantization = nullptr;
  std::size_t first_channel = 0;   // in the requantization
  std::uint8_t* out_u8 = nullptr;  // one of the two
  float* out_f32 = nullptr;
  std::int64_t out_stride = 0;
  // Of float results, where either is given: what is added to them, and where they go as bytes, too or alone.
  const float* addend = nullptr;
  std::int64_t addend_stride = 0;
  std::uint8_t* copy_u8 = nullptr;
  std::int64_t copy_stride = 0;
  float copy_inv_scale = 1;
  std::uint8_t copy_zero_point = 0;
};

// A product of tiles of at most `tile_rows` rows by two registers of `lanes` channels. Safe to run from several threads.
struct GemmU8Function {
  int lanes, tile_rows;
  bool wide;  // 16-bit operands
  void (*run)(const GemmU8&);
  bool routed = false;
  bool tiles = false;          // of AMX
  bool eights = false;         // of bytes, not fours, make a group
  std::uint8_t taken_off = 0;  // of each byte of `a`: what sums start from makes up for it

  int group() const { return wide ? 2 : eights ? 8 : 4; }
  int run_multiple() const { return tiles ? 16 : 1; }  // of how many groups runs must be
};

namespace avx512_amx {
void gemm_u8(const GemmU8& gemm);
}
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
namespace avx2_routed {
void gemm_u8(const GemmU8& gemm);
}
namespace neon_i8mm {
void gemm_u8(const GemmU8& gemm);
}
namespace neon_dotprod {
void gemm_u8(const GemmU8& gemm);
}
namespace neon {
void gemm_u8(const GemmU8& gemm);
}
namespace portable {
void gemm_u8(const GemmU8& gemm);
}

}  // namespace octet::kernels
