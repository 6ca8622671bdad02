#include "importers/openvino_ir/off_grid.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <ranges>
#include <vector>

#include "graph/byte_grids.h"
#include "graph/patterns.h"

namespace octet::openvino_ir {
namespace {

constexpr double kSteps = 255;

// From here on zero is taken to be off its level; less is what rounding of the limits does.
constexpr double kLeastShift = 1e-2;

// A grid with zero on a level, and what is added to data before it is rounded to that grid.
struct ShiftedGrid {
  ByteGrid grid;
  float shift;
};

std::optional<ShiftedGrid> shifted_grid_of(double low, double high) {
  const double scale = (high - low) / kSteps, place = -low / scale;
  if (!(scale > 0) || !std::isnormal(static_cast<float>(scale)) || !(place >= 0 && place <= kSteps)) return std::nullopt;
  const double zero = std::nearbyint(place);
  const double shift = std::fabs(place - zero) > kLeastShift ? (place - zero) * scale : 0;
  return ShiftedGrid{{static_cast<float>(scale), static_cast<std::uint8_t>(zero)}, static_cast<float>(shift)};
}

// As many as the limits have elements, which lie along the channels of `data`. Nothing where no zero is off its level.
std::optional<std::vector<ShiftedGrid>> shifted_grids_of(const Graph& graph, const Node& quantizer) {
  const Tensor* limits[4];
  for (std::size_t i = 0; i < 4; ++i) limits[i] = graph.constant(quantizer.inputs[i + 1]);
  const auto is_as_first = [&](const Tensor* limit) {
    return limit && limit->type() == ElementType::kF32 && limit->shape() == limits[0]->shape();
  };
  if (!std::ranges::all_of(limits, is_as_first) || !is_per_channel(limits[0]->shape(), graph.shape(quantizer.inputs[0])))
    return std::nullopt;
  const auto low = to_vector<double>(*limits[0]), high = to_vector<double>(*limits[1]);
  if (to_vector<double>(*limits[2]) != low || to_vector<double>(*limits[3]) != high) return std::nullopt;
  std::vector<ShiftedGrid> grids;
  for (std::size_t i = 0; i < low.size(); ++i) {
    const auto grid = shifted_grid_of(low[i], high[i]);
    if (!grid) return std::nullopt;
    grids.push_back(*grid);
  }
  const bool any = std::ranges::any_of(grids, [](const ShiftedGrid& grid) { return grid.shift != 0; });
  return any ? std::optional(std::move(grids)) : std::nullopt;
}

// Weights that are quantized: by a quantizer, or as stored integers times their scales.
bool is_quantized(const Graph& graph, Value weights) {
  while (op_of<Reshape>(graph, weights)) weights = graph.node(weights.node).inputs[0];
  return op_of<FakeQuantize>(graph, weights) || is_binary(graph, weights, BinaryKind::kMultiply);
}

bool is_quantized_convolution(const Graph& graph, NodeId reader, Value data) {
  const Node& node = graph.node(reader);
  return is_convolution(node.op) && node.inputs[0] == data && is_quantized(graph, node.inputs[1]);
}

void put_on_levels(Graph& graph, NodeId id, const std::vector<ShiftedGrid>& grids) {
  const Node node = graph.node(id);
  const auto constant = [&](auto number) {
    std::vector<float> numbers;
    for (const ShiftedGrid& grid : grids) numbers.push_back(number(grid));
    return graph.emit_constant(Tensor::of(graph.shape(node.inputs[1]), numbers));
  };
  const Value shift = constant([](const ShiftedGrid& grid) { return grid.shift; });
  const Value low = constant([](const ShiftedGrid& grid) { return grid.grid.low(); });
  const Value high = constant([](const ShiftedGrid& grid) { return grid.grid.high(); });
  const Value shifted = graph.emit(Binary{BinaryKind::kAdd}, {node.inputs[0], shift}, node.name + "/shift");
  graph.replace_uses({id, 0}, graph.emit(node.op, {shifted, low, high, low, high}, node.name + "/on_level"));
}

}  // namespace

void put_zeros_on_levels(Graph& graph) {
  const auto readers = graph.all_readers();
  for (std::size_t i = 0; i < readers.size(); ++i) {
    const auto id = static_cast<NodeId>(i);
    const auto* const quantizer = std::get_if<FakeQuantize>(&graph.node(id).op);
    if (!quantizer || quantizer->levels != 256 || readers[i].empty()) continue;
    const auto is_fit = [&](NodeId reader) { return is_quantized_convolution(graph, reader, {id, 0}); };
    if (!std::ranges::all_of(readers[i], is_fit)) continue;
    if (const auto grids = shifted_grids_of(graph, graph.node(id))) put_on_levels(graph, id, *grids);
  }
  graph.tidy();
}

}  // namespace octet::openvino_ir
