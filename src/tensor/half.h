#pragma once

#include <cstdint>

namespace octet {

// IEEE 754 binary16 <-> binary32; to half rounds to nearest, ties to even.
float float_from_half(std::uint16_t half);
std::uint16_t half_from_float(float value);

}  // namespace octet
