#include "engines/foreign_session.h"

#include <algorithm>

namespace octet {
namespace {

class FailedSession final : public EngineSession {
 public:
  explicit FailedSession(Error error) : error_(std::move(error)) {}
  Result<std::span<const Tensor>> run(std::span<const Tensor>) override { return error_; }
  void enable_profile(bool) override {}
  std::span<const double> step_us() const override { return {}; }

 private:
  Error error_;
};

}  // namespace

std::vector<Port> input_ports(const Graph& graph) {
  std::vector<Port> ports;
  for (const NodeId id : graph.parameters()) {
    const Node& node = graph.node(id);
    ports.push_back({node.name, node.outputs[0], std::get<Parameter>(node.op).further_names});
  }
  return ports;
}

std::vector<Port> output_ports(const Graph& graph) {
  std::vector<Port> ports;
  for (const NodeId id : graph.outputs()) {
    const Node& node = graph.node(id);
    ports.push_back({node.name, graph.type(node.inputs[0]), std::get<Output>(node.op).further_names});
  }
  return ports;
}

bool is_quantized(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const Node& node) { return std::holds_alternative<FakeQuantize>(node.op); });
}

ForeignSession::ForeignSession(const ForeignModel& model) : ports_(model.inputs().begin(), model.inputs().end()) {
  for (const Port& port : model.outputs()) results_.emplace_back(port.type.element, port.type.shape);
}

Result<std::span<const Tensor>> ForeignSession::run(std::span<const Tensor> inputs) {
  if (inputs.size() != ports_.size())
    return Error{ErrorCode::kInvalidArgument,
                 std::to_string(inputs.size()) + " inputs given, the model takes " + std::to_string(ports_.size())};
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].type() != ports_[i].type.element || inputs[i].shape() != ports_[i].type.shape)
      return Error{ErrorCode::kInvalidArgument, "input '" + ports_[i].name + "' is " + to_string(inputs[i].shape()) + ", the model takes " +
                                                    to_string(ports_[i].type.shape)};
  OCTET_RETURN_IF_ERROR(compute(inputs, results_));
  return std::span<const Tensor>(results_);
}

std::unique_ptr<EngineSession> failed_session(Error error) { return std::make_unique<FailedSession>(std::move(error)); }

}  // namespace octet
