#include "importers/tensorflow/fused_nodes.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace octet::tensorflow {
namespace {

// Of TensorFlow and of TensorFlow.js, and the operation that comes first.
constexpr std::pair<std::string_view, std::string_view> kFused[] = {
    {"_FusedConv2D", "Conv2D"},
    {"_FusedDepthwiseConv2dNative", "DepthwiseConv2dNative"},
    {"FusedDepthwiseConv2dNative", "DepthwiseConv2dNative"},
};

// An operation that may follow, and how many inputs of the fused node it reads.
struct Step {
  std::string_view op;
  std::size_t inputs;
};
constexpr Step kSteps[] = {{"BiasAdd", 1},   {"FusedBatchNorm", 4}, {"Relu", 0}, {"Relu6", 0},           {"Elu", 0},
                           {"LeakyRelu", 0}, {"Sigmoid", 0},        {"Tanh", 0}, {"_FusedHardSwish", 0}, {"Prelu", 1}};

constexpr std::size_t kConvolutionInputs = 2;  // data, weights

// The steps after the convolution; nothing where octet does not know one of them, or the inputs are not as many as they need.
std::vector<Step> steps_of(const NodeRecord& node) {
  const auto found = node.attributes.find("fused_ops");
  const auto* names = found == node.attributes.end() ? nullptr : std::get_if<std::vector<std::string>>(&found->second);
  if (!names) return {};
  std::vector<Step> steps;
  std::size_t inputs = kConvolutionInputs;
  for (const std::string& name : *names) {
    const auto* const step = std::ranges::find(kSteps, name, &Step::op);
    if (step == std::end(kSteps)) return {};
    inputs += step->inputs;
    steps.push_back(*step);
  }
  return inputs == node.inputs.size() ? steps : std::vector<Step>();
}

// The names of some attributes within the fused node and outside.
void rename(NodeRecord& node, std::string_view from, std::string to) {
  if (auto entry = node.attributes.extract(std::string(from)); !entry.empty()) {
    entry.key() = std::move(to);
    node.attributes.insert(std::move(entry));
  }
}

void expand(NodeIndex index, std::string_view convolution, const std::vector<Step>& steps, GraphDef& graph) {
  const NodeRecord fused = graph.nodes[index];
  NodeRecord record = fused;
  record.op = convolution;
  record.inputs.resize(kConvolutionInputs);
  std::size_t input = kConvolutionInputs;
  for (const Step& step : steps) {
    record.name = fused.name + "/" + record.op;
    graph.nodes.push_back(std::move(record));
    record = {fused.name, std::string(step.op), {{static_cast<NodeIndex>(graph.nodes.size() - 1), 0}}, fused.attributes};
    record.inputs.insert(record.inputs.end(), fused.inputs.begin() + static_cast<std::ptrdiff_t>(input),
                         fused.inputs.begin() + static_cast<std::ptrdiff_t>(input + step.inputs));
    rename(record, "leakyrelu_alpha", "alpha");
    input += step.inputs;
  }
  graph.nodes[index] = std::move(record);
}

}  // namespace

GraphDef expand_fused_nodes(GraphDef graph) {
  const std::size_t count = graph.nodes.size();
  for (NodeIndex i = 0; i < count; ++i)
    for (const auto& [fused, convolution] : kFused) {
      if (graph.nodes[i].op != fused) continue;
      if (const auto steps = steps_of(graph.nodes[i]); !steps.empty()) expand(i, convolution, steps, graph);
      break;
    }
  return graph;
}

}  // namespace octet::tensorflow
