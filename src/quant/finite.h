#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "graph/graph.h"

// Numbers that leave float are found where they arise, and named by their node.
namespace octet::quant {

inline bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

inline Error no_numbers(const Node& node, std::string_view what) {
  return {ErrorCode::kMalformed, "node '" + node.name + "' " + std::string(what)};
}

}  // namespace octet::quant
