#pragma once

// Kernels for 64-bit Arm. Files of this kind lie in folders named arm/, which CMake takes for that architecture alone.

#include <arm_neon.h>

#include "kernels/target.h"

// The features of base/cpu.h as attributes of functions, for what x86/intrinsics.h says. The architecture has NEON itself; the others are
// named with the version that their intrinsics are declared for, which every CPU has that has them.
#define OCTET_NEON
#define OCTET_NEON_DOTPROD __attribute__((target("arch=armv8.2-a+dotprod")))
#define OCTET_NEON_I8MM __attribute__((target("arch=armv8.2-a+i8mm")))
