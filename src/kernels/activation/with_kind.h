#pragma once

#include <type_traits>

#include "base/check.h"
#include "kernels/activation/activation.h"

namespace octet::kernels {

template <Activation::Kind kKind>
using KindConstant = std::integral_constant<Activation::Kind, kKind>;

// Calls function(KindConstant<kind>()): turns the kind of a layer into a constant, once, outside of its loops. kFrom is for its own use.
template <int kFrom = 0, typename Function>
decltype(auto) with_kind(Activation::Kind kind, Function&& function) {
  constexpr auto kKind = static_cast<Activation::Kind>(kFrom);
  if constexpr (kFrom + 1 < kActivationKinds)
    if (kind != kKind) return with_kind<kFrom + 1>(kind, function);
  OCTET_CHECK(kind == kKind, "an activation kind beyond the enum");
  return function(KindConstant<kKind>());
}

}  // namespace octet::kernels
