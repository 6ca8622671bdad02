#include "commands/benchmark_app/execution_graph.h"

#include <cmath>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "formats/openvino_ir/ir.h"
#include "runtime/plan_edges.h"

namespace octet::commands::benchmark_app {
namespace {

using openvino_ir::Layer;
using openvino_ir::Network;

constexpr const char* kUntimed = "not_executed";

void add_layer(Network& network, const std::string& name, const std::string& type, const std::string& time, const std::string& kernel) {
  Layer layer;
  layer.id = static_cast<std::int64_t>(network.layers.size());
  layer.name = name;
  layer.type = type;
  layer.attributes = {
      {"execOrder", std::to_string(layer.id)}, {"execTimeMcs", time}, {"originalLayersNames", name}, {"primitiveType", kernel}};
  network.layers.push_back(std::move(layer));
}

openvino_ir::Port port_of(std::int64_t id, const TensorType& type) {
  return {id, std::string(openvino_ir::precision_of_element(name_of(type.element))), type.shape, {}};
}

// Ports of a layer are counted through, inputs first.
void add_edges(Network& network, const std::vector<PlanEdge>& edges) {
  std::vector<std::int64_t> inputs;  // of each edge
  for (const PlanEdge& edge : edges) {
    auto& ports = network.layers[edge.to].inputs;
    inputs.push_back(static_cast<std::int64_t>(ports.size()));
    ports.push_back(port_of(inputs.back(), edge.type));
  }
  std::map<std::pair<std::size_t, std::size_t>, std::int64_t> outputs;  // by layer and tensor
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const PlanEdge& edge = edges[i];
    Layer& from = network.layers[edge.from];
    const auto [port, is_new] =
        outputs.try_emplace({edge.from, edge.output}, static_cast<std::int64_t>(from.inputs.size() + from.outputs.size()));
    if (is_new) from.outputs.push_back(port_of(port->second, edge.type));
    network.edges.push_back({from.id, port->second, network.layers[edge.to].id, inputs[i]});
  }
}

}  // namespace

std::string execution_graph(const std::string& model, const Plan& plan, std::span<const Counter> counters) {
  Network network;
  network.name = model;
  for (const Port& input : plan.inputs()) add_layer(network, input.name, "Input", kUntimed, "");
  for (const Counter& step : counters)
    add_layer(network, step.name, step.type, std::to_string(std::llround(1e3 * step.ms)), step.execution);
  for (const Port& output : plan.outputs()) add_layer(network, output.name, "Output", kUntimed, "");
  add_edges(network, edges_of(plan));
  return openvino_ir::write_network(network);
}

}  // namespace octet::commands::benchmark_app
