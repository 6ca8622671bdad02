#pragma once

#include <cstdint>

// Loops of nothing but one kind of product, twelve or four at a time that do not wait for one another.
namespace octet::kernels::peaks {

using Loop = void(std::int64_t rounds);

inline constexpr std::int64_t kProductsOfARound = 12, kTileProductsOfARound = 4;

Loop multiply_f32_ymm, multiply_f32_zmm;    // vfmadd231ps
Loop multiply_s16_ymm, multiply_s16_zmm;    // vpmaddwd, vpaddd
Loop multiply_u8_ymm, multiply_u8_zmm;      // vpmaddubsw, vpmaddwd, vpaddd
Loop multiply_vnni_ymm, multiply_vnni_zmm;  // vpdpbusd
Loop multiply_bf16_zmm;                     // vdpbf16ps
Loop multiply_tiles;                        // tdpbusd

Loop multiply_f32_neon;         // fmla
Loop multiply_s16_neon;         // smlal
Loop multiply_s8_neon_dotprod;  // sdot
Loop multiply_u8_neon_i8mm;     // usmmla

}  // namespace octet::kernels::peaks
