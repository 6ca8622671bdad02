#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
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

// The output of that name. kMalformed, naming those that there are, if there is none; `key` is what names it.
Result<OutputType> find_output(std::span<const OutputType> outputs, const std::string& name, std::string_view key);

}  // namespace octet
