#include "passes/rewrite.h"

namespace octet::passes {

Tensor real_constant(ElementType type, Shape shape, const std::vector<double>& values) {
  return converted(Tensor::of<double>(std::move(shape), values), type);
}

Tensor channel_constant(ElementType type, const std::vector<double>& values) {
  return real_constant(type, {1, static_cast<std::int64_t>(values.size()), 1, 1}, values);
}

void replace(Graph& graph, Value old, Value replacement, bool take_name) {
  if (take_name) {
    const std::string name = graph.node(old).name;
    graph.rename(old.node, name + "/replaced");
    graph.rename(replacement.node, name);
  }
  graph.replace_uses(old, replacement);
}

}  // namespace octet::passes
