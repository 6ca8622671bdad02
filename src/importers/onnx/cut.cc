#include "importers/onnx/cut.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <unordered_set>

#include "importers/onnx/graph_view.h"

namespace octet::onnx {
namespace {

constexpr std::array<std::string_view, 9> kComparisons{"And", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual",
                                                       "Not", "Or",    "Xor"};
constexpr std::array<std::string_view, 5> kWrappers{"Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"};
constexpr int kMostWrappers = 16;
const std::string kNoPicture;  // all inputs count alike

template <std::size_t N>
bool is_one_of(std::string_view op, const std::array<std::string_view, N>& operators) {
  return std::ranges::find(operators, op) != operators.end();
}

class Cut {
 public:
  Cut(const GraphRecord& graph, const NodeRecord& node, bool others_fail_alike)
      : graph_(graph), view_(graph, kNoPicture), node_(node), others_fail_alike_(others_fail_alike) {}

  std::vector<std::string> values() {
    for (const NodeRecord& node : graph_.nodes) {
      std::vector<std::string_view> reads;
      collect_reads(node, reads);
      const auto is_lost = [&](std::string_view read) { return lost_.contains(read); };
      const bool depends = node.op != "Shape" && std::ranges::any_of(reads, is_lost);
      if (!fails(node) && !depends) continue;
      for (const std::string& output : node.outputs)
        if (!output.empty()) lost_.insert(output);
      readers_.push_back(&node);
    }
    for (const NodeRecord* node : readers_) add_entries(*node);
    return entries_;
  }

 private:
  bool fails(const NodeRecord& node) const { return &node == &node_ || (others_fail_alike_ && node.op == node_.op); }

  void add_entries(const NodeRecord& node) {
    std::vector<std::string_view> reads;
    collect_reads(node, reads);
    for (const std::string_view read : reads) {
      if (lost_.contains(read) || !view_.depends_on_other_input(read)) continue;
      const std::string_view entry = whole_of(read);
      const NodeRecord* maker = view_.maker(entry);
      if (!maker || is_one_of(maker->op, kComparisons)) continue;
      if (std::ranges::find(entries_, entry) == entries_.end()) entries_.emplace_back(entry);
    }
  }

  // A value before it was flattened, and before a column or a picture was picked of it.
  std::string_view whole_of(std::string_view value) const {
    for (int steps = 0; steps < kMostWrappers; ++steps) {
      const NodeRecord* node = view_.maker(value);
      if (!node || node->inputs.empty() || !view_.maker(node->inputs[0])) break;
      const bool picks = node->op == "Gather" && node->inputs.size() > 1 && view_.number(node->inputs[1]);
      if (!picks && !is_one_of(node->op, kWrappers)) break;
      if (makes_rows_of_boxes(*node)) break;
      value = node->inputs[0];
    }
    return value;
  }

  // Reshapes to rows of four numbers, as torchvision does with corners that it cut at the border, [N,2,2].
  bool makes_rows_of_boxes(const NodeRecord& node) const {
    if (node.op != "Reshape" || node.inputs.size() < 2) return false;
    const auto shape = graph_.initializers.find(node.inputs[1]);
    if (shape == graph_.initializers.end() || shape->second.type() != ElementType::kI64 || shape->second.size() < 2) return false;
    return shape->second.values<std::int64_t>().back() == 4;
  }

  const GraphRecord& graph_;
  GraphView view_;  // of inputs of any kind
  const NodeRecord& node_;
  bool others_fail_alike_;
  std::unordered_set<std::string_view> lost_;
  std::vector<const NodeRecord*> readers_;  // what is lost, in the order of the graph
  std::vector<std::string> entries_;
};

}  // namespace

std::vector<std::string> values_in_front_of(const GraphRecord& graph, const NodeRecord& node, bool others_fail_alike) {
  return Cut(graph, node, others_fail_alike).values();
}

}  // namespace octet::onnx
