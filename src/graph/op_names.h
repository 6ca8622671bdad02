#pragma once

#include <optional>
#include <string_view>

#include "graph/ops.h"

// Names of operations back to what they name; type_name() of ops.h goes the other way.
namespace octet {

// The kind of exactly that name ("Add", "ReLU"), or nothing.
std::optional<BinaryKind> binary_kind_from_name(std::string_view name);
std::optional<UnaryKind> unary_kind_from_name(std::string_view name);

}  // namespace octet
