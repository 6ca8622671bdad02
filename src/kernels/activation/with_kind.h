#pragma once

#include <type_traits>

#include "base/check.h"
#include "kernels/activation/activation.h"

namespace octet::kernels {

template <Activation::Kind kKind>
using KindConstant = std::integral_constant<Activation::Kind, kKind>;

// Calls function(KindConstant<kind>()): turns the kind of a layer into a constant, once, outside of its loops.
template <typename Function>
decltype(auto) with_kind(Activation::Kind kind, Function&& function) {
  using Kind = Activation::Kind;
  switch (kind) {
    case Kind::kNone:
      return function(KindConstant<Kind::kNone>());
    case Kind::kRelu:
      return function(KindConstant<Kind::kRelu>());
    case Kind::kClamp:
      return function(KindConstant<Kind::kClamp>());
    case Kind::kLeaky:
      return function(KindConstant<Kind::kLeaky>());
    case Kind::kMish:
      return function(KindConstant<Kind::kMish>());
    case Kind::kSwish:
      return function(KindConstant<Kind::kSwish>());
    case Kind::kSigmoid:
      return function(KindConstant<Kind::kSigmoid>());
    case Kind::kTanh:
      return function(KindConstant<Kind::kTanh>());
    case Kind::kHSwish:
      return function(KindConstant<Kind::kHSwish>());
    case Kind::kHSigmoid:
      return function(KindConstant<Kind::kHSigmoid>());
    case Kind::kExp:
      return function(KindConstant<Kind::kExp>());
  }
  check_failed(__FILE__, __LINE__, "kind", "an activation kind beyond the enum");
}

}  // namespace octet::kernels
