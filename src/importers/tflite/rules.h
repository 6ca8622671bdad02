#pragma once

#include <cstddef>
#include <span>

#include "importers/tflite/network.h"

namespace octet::tflite {

// How an operator becomes operations of octet's graph. Its inputs have values, and there are as many as the table says.
using Rule = Status (*)(Layer& layer);

struct NamedRule {
  BuiltinOperator op;
  std::size_t least_inputs;
  Rule rule;
};

// Operators of one family each; rules_<family>.cc.
std::span<const NamedRule> convolution_rules();
std::span<const NamedRule> elementwise_rules();
std::span<const NamedRule> window_rules();
std::span<const NamedRule> reduction_rules();
std::span<const NamedRule> shape_rules();
std::span<const NamedRule> slice_rules();
std::span<const NamedRule> constant_rules();
std::span<const NamedRule> quantization_rules();

// The rule of a built-in operator, or null.
const NamedRule* find_rule(std::int32_t code);

}  // namespace octet::tflite
