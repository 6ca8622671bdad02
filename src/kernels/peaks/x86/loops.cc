#include "kernels/peaks/loops.h"

#include "kernels/x86/tiles.h"

namespace octet::kernels::peaks {

// `body` for each of the registers 0 to 11, which it calls \r; registers 12 to 15 are its own. All are zeros, so that no float is denormal.
#define OCTET_LOOP(name, body)                                                                                                      \
  void name(std::int64_t rounds) {                                                                                                  \
    asm volatile("vzeroall\n1:\n\t.irp r,0,1,2,3,4,5,6,7,8,9,10,11\n\t" body "\n\t.endr\n\tdec %0\n\tjnz 1b\n\tvzeroupper"          \
                 : "+r"(rounds)                                                                                                     \
                 :                                                                                                                  \
                 : "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", \
                   "xmm13", "xmm14", "xmm15");                                                                                      \
  }

OCTET_LOOP(multiply_f32_ymm, "vfmadd231ps %%ymm12, %%ymm13, %%ymm\\r")
OCTET_LOOP(multiply_f32_zmm, "vfmadd231ps %%zmm12, %%zmm13, %%zmm\\r")
OCTET_LOOP(multiply_s16_ymm, "vpmaddwd %%ymm12, %%ymm13, %%ymm14\n\tvpaddd %%ymm14, %%ymm\\r, %%ymm\\r")
OCTET_LOOP(multiply_s16_zmm, "vpmaddwd %%zmm12, %%zmm13, %%zmm14\n\tvpaddd %%zmm14, %%zmm\\r, %%zmm\\r")
OCTET_LOOP(multiply_u8_ymm,
           "vpmaddubsw %%ymm12, %%ymm13, %%ymm14\n\tvpmaddwd %%ymm15, %%ymm14, %%ymm14\n\tvpaddd %%ymm14, %%ymm\\r, %%ymm\\r")
OCTET_LOOP(multiply_u8_zmm,
           "vpmaddubsw %%zmm12, %%zmm13, %%zmm14\n\tvpmaddwd %%zmm15, %%zmm14, %%zmm14\n\tvpaddd %%zmm14, %%zmm\\r, %%zmm\\r")
OCTET_LOOP(multiply_vnni_ymm, "%{vex%} vpdpbusd %%ymm12, %%ymm13, %%ymm\\r")
OCTET_LOOP(multiply_vnni_zmm, "vpdpbusd %%zmm12, %%zmm13, %%zmm\\r")
OCTET_LOOP(multiply_bf16_zmm, "vdpbf16ps %%zmm12, %%zmm13, %%zmm\\r")

#undef OCTET_LOOP

OCTET_AVX512_AMX void multiply_tiles(std::int64_t rounds) {
  const TileConfiguration configuration(16);
  load_tiles(configuration);
  for (; rounds > 0; --rounds) {
    _tile_dpbusd(0, 4, 6);
    _tile_dpbusd(1, 4, 7);
    _tile_dpbusd(2, 5, 6);
    _tile_dpbusd(3, 5, 7);
  }
  _tile_release();
}

}  // namespace octet::kernels::peaks
