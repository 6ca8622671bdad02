#pragma once

#include <span>
#include <string_view>

#include "importers/onnx/node_import.h"

namespace octet::onnx {

// How one operator is translated: what its outputs become, as many as its rule gives.
using Rule = Result<Values> (*)(NodeImport& node);

// What a rule does with inputs that are integers in the file and real values in the graph.
enum class Integers {
  kRefuses,  // it would compute with the integers
  kMoves,    // it only moves values: its outputs are quantized as its data are
  kReads,    // it knows of quantization
};

struct OperatorRule {
  std::string_view op;
  Rule rule;
  Integers integers = Integers::kRefuses;
  std::string_view domain = {};
};

// In rules_*.cc, by family, for operators as upgrade.h leaves them.
std::span<const OperatorRule> attention_rules();
std::span<const OperatorRule> elementwise_rules();
std::span<const OperatorRule> index_rules();
std::span<const OperatorRule> normalization_rules();
std::span<const OperatorRule> product_rules();
std::span<const OperatorRule> quantized_rules();
std::span<const OperatorRule> reduction_rules();
std::span<const OperatorRule> resize_rules();
std::span<const OperatorRule> shape_rules();
std::span<const OperatorRule> window_rules();

// Null for an operator that octet does not know.
const OperatorRule* find_rule(std::string_view domain, std::string_view op);

// The element type in octet's graph: halves and doubles are computed as f32.
ElementType graph_element(ElementType type);
Tensor in_graph_element(const Tensor& tensor);

// What a rule gives where it has one output.
inline Result<Values> one(const Result<Value>& value) {
  if (!value.ok()) return value.error();
  return Values{{*value}};
}

}  // namespace octet::onnx
