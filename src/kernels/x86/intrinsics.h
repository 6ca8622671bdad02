#pragma once

// Kernels for x86-64. Files of this kind lie in folders named x86/, which CMake takes for that architecture alone.

#include "kernels/target.h"

// The intrinsics without GCC 12's false warnings: its AVX-512 header starts from variables that it leaves
// uninitialized on purpose. Include this instead of <immintrin.h>.
#pragma GCC diagnostic push
#ifndef __clang__  // which does not know it
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

// Kernels carry their instruction set on the function, not on the file: a file compiled with -mavx2 would leave
// AVX2 copies of inline header functions that the linker may keep for the whole program. Each is what the features of base/cpu.h
// with the same name promise.
#define OCTET_AVX2 __attribute__((target("avx2,fma,f16c,bmi2")))
#define OCTET_AVX2_VNNI __attribute__((target("avx2,fma,f16c,bmi2,avxvnni")))
#define OCTET_AVX512 __attribute__((target("avx2,fma,f16c,bmi2,avx512f,avx512bw,avx512vl,avx512dq")))
#define OCTET_AVX512_VNNI __attribute__((target("avx2,fma,f16c,bmi2,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))
#define OCTET_AVX512_BF16 __attribute__((target("avx2,fma,f16c,bmi2,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")))
#define OCTET_AVX512_AMX __attribute__((target("avx2,fma,f16c,bmi2,avx512f,avx512bw,avx512vl,avx512dq,amx-tile,amx-int8")))
