#pragma once

#include <span>

#include "kernels/activation/activation.h"

namespace octet::kernels {

using ActivateFunction = void (*)(const Activation&, std::span<const float> in, std::span<float> out);

struct ActivateEntry {
  const char* name;
  Isa isa;
  ActivateFunction run;
};

// Best first; the last one always runs.
std::span<const ActivateEntry> activate_table();

namespace avx2 {
void activate_span(const Activation& activation, std::span<const float> in, std::span<float> out);
}
namespace avx512 {
void activate_span(const Activation& activation, std::span<const float> in, std::span<float> out);
}

}  // namespace octet::kernels
