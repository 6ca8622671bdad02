#include "importers/tensorflow/constant_ops.h"

#include "importers/tensorflow/source.h"

namespace octet::tensorflow {
const ConstantRule* constant_rule(std::string_view op) {
  for (const auto table : {graph_rules(), other_rules()})
    for (const ConstantRule& rule : table)
      if (rule.op == op) return &rule;
  return nullptr;
}

bool asks_for_shape(const NodeRecord& node) { return node.op == "Shape" || node.op == "Rank" || node.op == "Size"; }

Result<Tensor> shape_answer(const NodeRecord& node, const Shape& shape) {
  OCTET_ASSIGN(const DataType out_type, attribute<DataType>(node, "out_type", DataType::kInt32));
  const ElementType type = out_type == DataType::kInt64 ? ElementType::kI64 : ElementType::kI32;
  const auto rank = static_cast<std::int64_t>(shape.size());
  if (node.op == "Rank") return converted(Tensor::scalar(rank), ElementType::kI32);
  if (node.op == "Size") return converted(Tensor::scalar(element_count(shape)), type);
  return converted(Tensor::of<std::int64_t>({rank}, shape), type);
}

}  // namespace octet::tensorflow
