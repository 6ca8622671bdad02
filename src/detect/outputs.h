#pragma once

#include <span>
#include <string>

#include "tensor/element_type.h"
#include "tensor/shape.h"

namespace octet {

// What a model says of one of its outputs before it has run.
struct OutputType {
  std::string name;  // of the Result node
  ElementType element = ElementType::kF32;
  Shape shape;
};

// One output of a model that has run.
struct NamedOutput {
  std::string name;  // of the Result node
  Shape shape;
  std::span<const float> values;
};

}  // namespace octet
