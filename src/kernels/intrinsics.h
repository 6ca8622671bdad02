#pragma once

// The intrinsics without GCC 12's false warnings: its AVX-512 header starts from variables that it leaves
// uninitialized on purpose. Include this instead of <immintrin.h>.
#pragma GCC diagnostic push
#ifndef __clang__  // which does not know it
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#pragma GCC diagnostic ignored "-Wuninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop
