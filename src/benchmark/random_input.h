#pragma once

#include <random>
#include <vector>

#include "runtime/plan.h"

namespace octet {

// Pseudo-random pixels 0..255 for every float input of a plan, the same for every run.
inline std::vector<Tensor> random_inputs(const Plan& plan) {
  std::mt19937 random(1);
  std::vector<Tensor> inputs;
  for (const Port& port : plan.inputs()) {
    Tensor tensor(port.type.element, port.type.shape);
    if (port.type.element == ElementType::kF32)
      for (float& value : tensor.mutable_values<float>()) value = static_cast<float>(random() & 255);
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

}  // namespace octet
