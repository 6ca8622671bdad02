// What makes tensors of numbers and shapes alone.
#include <vector>

#include <fmt/format.h>

#include "importers/tflite/rules.h"

namespace octet::tflite {
namespace {

// Inputs: start, limit, step; all constant.
Status range(Layer& layer) {
  std::vector<Value> inputs;
  for (std::size_t i = 0; i < 3; ++i) {
    OCTET_ASSIGN(const Value value, layer.plain(i));
    OCTET_ASSIGN(const Value scalar, layer.add(Reshape{}, {value, layer.integers({}, "/shape")}, "/limit"));
    inputs.push_back(scalar);
  }
  const ElementType type = layer.graph().type(inputs[0]).element;
  OCTET_ASSIGN(const Value result, layer.add(Range{type}, std::move(inputs)));
  return layer.give(result, Layout::kPlain);
}

// Inputs: shape, value.
Status fill(Layer& layer) {
  OCTET_ASSIGN(const auto shape, layer.integers(0));
  OCTET_ASSIGN(const Value value, layer.plain(1));
  OCTET_ASSIGN(const Value result, layer.add(Broadcast{false}, {value, layer.integers(shape, "/shape")}));
  return layer.give(result, Layout::kPlain);
}

Status zeros_like(Layer& layer) {
  OCTET_ASSIGN(const Value data, layer.plain(0));
  const TensorType type = layer.graph().type(data);
  const Value zero = layer.graph().emit_constant(Tensor(type.element, {}), layer.name() + "/zero");
  OCTET_ASSIGN(const Value result, layer.add(Broadcast{false}, {zero, layer.integers(type.shape, "/shape")}));
  return layer.give(result, Layout::kPlain);
}

// Inputs: indices, depth, on, off.
Status one_hot(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::OneHotOptionsT>());
  std::vector<Value> inputs;
  for (std::size_t i = 0; i < 4; ++i) {
    OCTET_ASSIGN(const Value value, layer.plain(i));
    inputs.push_back(value);
  }
  OCTET_ASSIGN(const Value result, layer.add(OneHot{options.axis}, std::move(inputs)));
  return layer.give(result, Layout::kPlain);
}

constexpr NamedRule kRules[] = {
    {BuiltinOperator::RANGE, 3, range},
    {BuiltinOperator::FILL, 2, fill},
    {BuiltinOperator::ZEROS_LIKE, 1, zeros_like},
    {BuiltinOperator::ONE_HOT, 4, one_hot},
};

}  // namespace

std::span<const NamedRule> constant_rules() { return kRules; }

}  // namespace octet::tflite
