#include "importers/openvino_ir/rules.h"

#include <type_traits>

#include "graph/op_schema.h"

namespace octet::openvino_ir {
namespace {

const LayerRule* own_rule(std::string_view type) {
  for (const auto table : {composed_rules(), detection_rules(), fill_rules(), gather_rules(), math_rules(), reduce_rules(), resize_rules(),
                           shape_rules(), slice_rules(), window_rules()})
    for (const LayerRule& rule : table)
      if (rule.type == type) return &rule;
  return nullptr;
}

// Of what is in a file as in the graph, or null.
Rule rule_without_attributes(const Op& op) {
  return std::visit(
      [](const auto& operation) -> Rule {
        using Operation = std::decay_t<decltype(operation)>;
        constexpr bool kIsBinary =
            std::is_same_v<Operation, Binary> || std::is_same_v<Operation, Compare> || std::is_same_v<Operation, Logical>;
        if constexpr (kIsBinary) return import_binary;
        if constexpr (std::is_same_v<Operation, Reduce>) return import_reduce;
        if constexpr (std::is_same_v<Operation, Unary> || std::is_empty_v<Operation>) return import_plain;
        return nullptr;
      },
      op);
}

}  // namespace

std::optional<LayerRule> find_rule(std::string_view type) {
  const LayerRule* own = own_rule(type);
  if (own && own->most_inputs > 0) return *own;
  const Op* op = operation_named(type);
  if (!op) return std::nullopt;
  const Rule rule = own ? own->import : rule_without_attributes(*op);
  if (!rule) return std::nullopt;
  const OpSchema schema = schema_of(*op);
  return LayerRule{type, rule, schema.least_inputs, schema.most_inputs};
}

}  // namespace octet::openvino_ir
