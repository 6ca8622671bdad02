#include "importers/onnx/rules.h"

namespace octet::onnx {

const OperatorRule* find_rule(std::string_view domain, std::string_view op) {
  for (const auto table : {attention_rules(), elementwise_rules(), index_rules(), normalization_rules(), product_rules(), quantized_rules(),
                           reduction_rules(), resize_rules(), shape_rules(), window_rules()})
    for (const OperatorRule& rule : table)
      if (rule.op == op && rule.domain == domain) return &rule;
  return nullptr;
}

ElementType graph_element(ElementType type) { return type == ElementType::kF16 || type == ElementType::kF64 ? ElementType::kF32 : type; }

Tensor in_graph_element(const Tensor& tensor) {
  const ElementType element = graph_element(tensor.type());
  return element == tensor.type() ? tensor : converted(tensor, element);
}

}  // namespace octet::onnx
