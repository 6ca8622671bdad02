#include "graph/evaluate.h"

namespace octet {
namespace {

// The nodes of a graph in order, each value kept until its last reader has run.
class Evaluation {
 public:
  explicit Evaluation(const Graph& graph) : graph_(graph), values_(graph.nodes().size()), pending_(graph.nodes().size(), 0) {
    for (const Node& node : graph.nodes())
      for (const Value input : node.inputs) ++pending_[index_of(input.node)];
  }

  Status run(const std::map<std::string, Tensor>& inputs) {
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
      const Node& node = graph_.nodes()[i];
      if (std::holds_alternative<Parameter>(node.op)) {
        OCTET_ASSIGN(Tensor value, parameter(node, inputs));
        values_[i].push_back(std::move(value));
      } else {
        values_[i] = evaluate(node.op, collect(node), node.outputs);
      }
    }
    return {};
  }

  std::map<std::string, Tensor> take_outputs() {
    std::map<std::string, Tensor> outputs;
    for (const NodeId id : graph_.outputs()) outputs.emplace(graph_.node(id).name, values_[index_of(id)][0]);
    return outputs;
  }

 private:
  static Result<Tensor> parameter(const Node& node, const std::map<std::string, Tensor>& inputs) {
    const auto found = inputs.find(node.name);
    if (found == inputs.end()) return Error{ErrorCode::kInvalidArgument, "no value for input '" + node.name + "'"};
    const TensorType given{found->second.type(), found->second.shape()}, &wanted = node.outputs[0];
    if (given != wanted)
      return Error{ErrorCode::kInvalidArgument, "input '" + node.name + "' is " + std::string(name_of(given.element)) +
                                                    to_string(given.shape) + ", expected " + std::string(name_of(wanted.element)) +
                                                    to_string(wanted.shape)};
    return found->second;
  }

  std::vector<Tensor> collect(const Node& node) {
    std::vector<Tensor> inputs;
    for (const Value input : node.inputs) inputs.push_back(values_[index_of(input.node)][input.port]);
    for (const Value input : node.inputs)
      if (--pending_[index_of(input.node)] == 0) values_[index_of(input.node)].clear();
    return inputs;
  }

  const Graph& graph_;
  std::vector<std::vector<Tensor>> values_;
  std::vector<std::size_t> pending_;  // readers that have not run
};

}  // namespace

Result<std::vector<TensorType>> infer_types(const Op& op, std::span<const Tensor> inputs) {
  std::vector<TensorType> types;
  std::vector<const Tensor*> constants;
  for (const Tensor& input : inputs) {
    types.push_back({input.type(), input.shape()});
    constants.push_back(&input);
  }
  return infer_types(op, types, constants);
}

Result<std::map<std::string, Tensor>> evaluate(const Graph& graph, const std::map<std::string, Tensor>& inputs) {
  Evaluation evaluation(graph);
  OCTET_RETURN_IF_ERROR(evaluation.run(inputs));
  return evaluation.take_outputs();
}

}  // namespace octet
