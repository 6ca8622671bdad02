#include "importers/onnx/graph_view.h"

namespace octet::onnx {
namespace {

constexpr int kMostWrappers = 8;  // of one number

}  // namespace

GraphView::GraphView(const GraphRecord& graph, const std::string& picture) : graph_(graph) {
  for (const NodeRecord& node : graph.nodes)
    for (const std::string& output : node.outputs)
      if (!output.empty()) makers_.emplace(output, &node);
  std::vector<std::string_view> others;
  for (const InputRecord& input : graph.inputs)
    if (input.name != picture) others.push_back(input.name);
  mark_readers({picture}, of_picture_);
  mark_readers(others, of_others_);
}

const NodeRecord* GraphView::maker(std::string_view value) const {
  const auto found = makers_.find(value);
  return found == makers_.end() ? nullptr : found->second;
}

std::optional<double> GraphView::number(std::string_view value) const {
  const Tensor* tensor = nullptr;
  for (int steps = 0; steps < kMostWrappers; ++steps) {
    const NodeRecord* node = maker(value);
    if (!node || node->inputs.empty() || (node->op != "Unsqueeze" && node->op != "Reshape" && node->op != "Identity")) break;
    value = node->inputs[0];
  }
  if (const auto found = graph_.initializers.find(value); found != graph_.initializers.end()) tensor = &found->second;
  if (const NodeRecord* node = maker(value); node && node->op == "Constant")
    for (const auto& [name, attribute] : node->attributes) {
      if (const auto* number = std::get_if<float>(&attribute)) return *number;
      if (const auto* integer = std::get_if<std::int64_t>(&attribute)) return static_cast<double>(*integer);
      if (const auto* stored = std::get_if<Tensor>(&attribute)) tensor = stored;
    }
  if (!tensor || tensor->size() != 1) return std::nullopt;
  return to_vector<double>(*tensor)[0];
}

// Nodes are in topological order. What asks for a shape alone does not depend on the values.
void GraphView::mark_readers(const std::vector<std::string_view>& from, std::unordered_set<std::string_view>& marked) const {
  marked.insert(from.begin(), from.end());
  for (const NodeRecord& node : graph_.nodes) {
    if (node.op == "Shape" || node.op == "Size") continue;
    std::vector<std::string_view> reads;
    collect_reads(node, reads);
    for (const std::string_view read : reads)
      if (marked.contains(read)) {
        marked.insert(node.outputs.begin(), node.outputs.end());
        break;
      }
  }
}

}  // namespace octet::onnx
