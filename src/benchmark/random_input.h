#pragma once

#include <random>
#include <span>
#include <vector>

#include "runtime/plan.h"

namespace octet {

// Pseudo-random pixels 0..255 for every float or byte input of a model, the same for every run.
inline std::vector<Tensor> random_inputs(std::span<const Port> ports) {
  std::mt19937 random(1);
  std::vector<Tensor> inputs;
  for (const Port& port : ports) {
    Tensor tensor(port.type.element, port.type.shape);
    if (port.type.element == ElementType::kF32)
      for (float& value : tensor.mutable_values<float>()) value = static_cast<float>(random() & 255);
    if (port.type.element == ElementType::kU8)
      for (std::uint8_t& value : tensor.mutable_values<std::uint8_t>()) value = static_cast<std::uint8_t>(random() & 255);
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

}  // namespace octet
