#include "kernels/peaks/loops.h"

#include "kernels/arm/intrinsics.h"

namespace octet::kernels::peaks {

// `body` for each of the registers 0 to 11, which it calls \r; registers 12 and 13 are its own. All are zeros, so that no float is
// denormal.
#define OCTET_LOOP(attribute, name, body)                                                                                          \
  attribute void name(std::int64_t rounds) {                                                                                       \
    asm volatile(                                                                                                                  \
        ".irp r,0,1,2,3,4,5,6,7,8,9,10,11,12,13\n\tmovi v\\r\\().4s, #0\n\t.endr\n1:\n\t.irp r,0,1,2,3,4,5,6,7,8,9,10,11\n\t" body \
        "\n\t.endr\n\tsubs %0, %0, #1\n\tb.ne 1b"                                                                                  \
        : "+r"(rounds)                                                                                                             \
        :                                                                                                                          \
        : "cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13");                           \
  }

OCTET_LOOP(OCTET_NEON, multiply_f32_neon, "fmla v\\r\\().4s, v12.4s, v13.4s")
OCTET_LOOP(OCTET_NEON, multiply_s16_neon, "smlal v\\r\\().4s, v12.4h, v13.4h")
OCTET_LOOP(OCTET_NEON_DOTPROD, multiply_s8_neon_dotprod, "sdot v\\r\\().4s, v12.16b, v13.16b")
OCTET_LOOP(OCTET_NEON_I8MM, multiply_u8_neon_i8mm, "usmmla v\\r\\().4s, v12.16b, v13.16b")

#undef OCTET_LOOP

}  // namespace octet::kernels::peaks
