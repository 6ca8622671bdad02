#include "quant/settle.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "graph/byte_grids.h"
#include "graph/patterns.h"
#include "quant/channels.h"

namespace octet::quant {
namespace {

// Limits whose own scale and zero point give them again; a few rounds, as each rounds three times.
ByteGrid settled(ByteGrid grid) {
  constexpr int kMostRounds = 8;
  for (int round = 0; round < kMostRounds; ++round) {
    const auto next = byte_grid_of(static_cast<double>(grid.low()), static_cast<double>(grid.high()));
    if (!next || *next == grid) break;
    grid = *next;
  }
  return grid;
}

void settle_limits(Graph& graph, NodeId id) {
  const Node node = graph.node(id);
  const auto grids = byte_grids_of(graph, node);
  if (!grids) return;
  std::vector<float> low, high;
  for (const ByteGrid& grid : *grids) {
    const ByteGrid own = settled(grid);
    low.push_back(own.low());
    high.push_back(own.high());
  }
  Shape shape = graph.shape(node.inputs[1]);
  if (low.size() == 1) shape.assign(shape.size(), 1);
  const Value from = graph.emit_constant(Tensor::of(shape, low), node.name + "/low"),
              to = graph.emit_constant(Tensor::of(shape, high), node.name + "/high");
  for (const std::size_t input : {1, 3}) graph.set_input(id, input, from);
  for (const std::size_t input : {2, 4}) graph.set_input(id, input, to);
}

// Weights that are stored as bytes with a sign, and one scale for each output.
struct ByteWeights {
  const Tensor* bytes;  // the graph's
  std::vector<double> scales;
};

// Nothing where the weights of a convolution are stored otherwise.
std::optional<ByteWeights> byte_weights(const Graph& graph, const Node& convolution) {
  const auto side = constant_side(graph, convolution.inputs[1]);
  if (!side || side->kind != BinaryKind::kMultiply || !op_of<Convert>(graph, side->data)) return std::nullopt;
  const Tensor* bytes = graph.constant(graph.node(side->data).inputs[0]);
  if (!bytes || bytes->type() != ElementType::kI8) return std::nullopt;
  auto scales = to_vector<double>(*side->constant);
  scales.resize(static_cast<std::size_t>(convolution_geometry(graph, convolution)->outputs()), scales[0]);
  return ByteWeights{bytes, std::move(scales)};
}

// The bias in whole steps, which are products of floats as QuantizeLinear's scales are; nothing where 32 bits do not hold it.
std::optional<Tensor> in_steps(const Tensor& bias, float data_scale, const std::vector<double>& scales) {
  std::vector<float> settled = to_vector<float>(bias);
  for (std::size_t i = 0; i < settled.size(); ++i) {
    const double step = static_cast<double>(data_scale * static_cast<float>(scales[i]));
    const double count = std::nearbyint(static_cast<double>(settled[i]) / step);
    if (!(step > 0) || !(std::fabs(count) <= std::numeric_limits<std::int32_t>::max())) return std::nullopt;
    settled[i] = static_cast<float>(count * step);
  }
  return Tensor::of(bias.shape(), settled);
}

void settle_bias(Graph& graph, NodeId id, float data_scale) {
  const auto weights = byte_weights(graph, graph.node(id));
  const auto add = only_reader(graph, {id, 0});
  const auto side = add ? constant_side(graph, {*add, 0}) : std::nullopt;
  if (!weights || !side || side->kind != BinaryKind::kAdd) return;
  if (side->constant->size() != std::ssize(weights->scales) || !is_per_channel(side->constant->shape(), graph.shape({id, 0}))) return;
  if (const auto bias = in_steps(*side->constant, data_scale, weights->scales))
    graph.set_input(*add, side->input, graph.emit_constant(*bias, graph.node(*add).name + "/bias"));
}

// The bias behind a convolution of byte_weights() gives back what its inputs are moved by, one number a channel.
void move_bias(Graph& graph, NodeId convolution, const std::vector<double>& moved) {
  const Node node = graph.node(convolution);
  const ByteWeights weights = *byte_weights(graph, node);
  const NodeId add = *bias_behind_unpadded(graph, convolution);
  const ConstantSide side = *constant_side(graph, {add, 0});
  const auto bytes = weights.bytes->values<std::int8_t>();
  auto bias = to_vector<double>(*side.constant);
  for_each_weight(*convolution_geometry(graph, node),
                  [&](std::size_t o, std::size_t i, std::size_t at) { bias[o] -= weights.scales[o] * bytes[at] * moved[i]; });
  const std::vector<float> floats(bias.begin(), bias.end());
  graph.set_input(add, side.input, graph.emit_constant(Tensor::of(side.constant->shape(), floats), graph.node(add).name + "/bias"));
}

// Channels that are moved in front of a quantizer are moved by whole steps of it, so that a byte says both.
void settle_offsets(Graph& graph, NodeId quantizer) {
  const Node node = graph.node(quantizer);
  const auto grids = byte_grids_of(graph, node);
  if (!grids || grids->size() != 1 || !moves_channels(graph, node.inputs[0]) || graph.reader_count(node.inputs[0].node) != 1) return;
  const auto readers = graph.readers(quantizer);
  const auto gives_back = [&](NodeId reader) { return bias_behind_unpadded(graph, reader) && byte_weights(graph, graph.node(reader)); };
  if (!std::ranges::all_of(readers, gives_back)) return;
  const ConstantSide side = *constant_side(graph, node.inputs[0]);
  std::vector<float> offsets = to_vector<float>(*side.constant);
  std::vector<double> moved;
  const double step = static_cast<double>(grids->front().scale);
  for (float& offset : offsets) {
    const double before = static_cast<double>(offset);
    offset = static_cast<float>(std::nearbyint(before / step) * step);
    moved.push_back(static_cast<double>(offset) - before);
  }
  const NodeId sum = node.inputs[0].node;
  graph.set_input(sum, side.input, graph.emit_constant(Tensor::of(side.constant->shape(), offsets), graph.node(sum).name + "/whole"));
  for (const NodeId reader : readers) move_bias(graph, reader, moved);
}

}  // namespace

void settle_numbers(Graph& graph) {
  const std::size_t count = graph.nodes().size();
  for (std::size_t i = 0; i < count; ++i)
    if (std::holds_alternative<FakeQuantize>(graph.nodes()[i].op)) settle_limits(graph, static_cast<NodeId>(i));
  for (std::size_t i = 0; i < count; ++i)
    if (std::holds_alternative<FakeQuantize>(graph.nodes()[i].op)) settle_offsets(graph, static_cast<NodeId>(i));
  const auto grids = values_on_grids(graph);
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_convolution(graph.nodes()[i].op)) continue;
    if (const auto grid = grids.find(graph.nodes()[i].inputs[0]); grid != grids.end())
      settle_bias(graph, static_cast<NodeId>(i), grid->second.scale);
  }
  graph.tidy();
}

}  // namespace octet::quant
