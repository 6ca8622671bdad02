#include "graph/byte_grids.h"

#include <algorithm>
#include <cmath>

#include "graph/op_schema.h"
#include "graph/patterns.h"

namespace octet {
namespace {

constexpr double kSteps = 255;

// Limits are floats, so that zero lies on its level up to their rounding: far less than what could be seen in 8 bits.
constexpr double kZeroTolerance = 1e-3;

bool is_same_constant(const Graph& graph, Value a, Value b) {
  const Tensor *left = graph.constant(a), *right = graph.constant(b);
  return left && right && (left == right || (left->shape() == right->shape() && std::ranges::equal(left->bytes(), right->bytes())));
}

// The elements of a limit: a single one, or one for each channel of the data.
std::optional<std::vector<double>> limit_values(const Tensor& limit, const Shape& data) {
  return limit.size() == 1 ? to_vector<double>(limit) : channel_values(limit, data);
}

// That of all values that a node which only moves values takes.
std::optional<ByteGrid> grid_of_moved(const Node& node, const std::map<Value, ByteGrid>& grids) {
  const OpSchema schema = schema_of(node.op);
  if (!schema.traits.only_moves_values) return std::nullopt;
  std::optional<ByteGrid> common;
  for (std::size_t i = 0; i < std::min(node.inputs.size(), schema.first_parameter); ++i) {
    const auto found = grids.find(node.inputs[i]);
    if (found == grids.end() || (common && *common != found->second)) return std::nullopt;
    common = found->second;
  }
  return common;
}

std::optional<ByteGrid> grid_of(const Graph& graph, const Node& node, const std::map<Value, ByteGrid>& grids) {
  if (!std::holds_alternative<FakeQuantize>(node.op)) return grid_of_moved(node, grids);
  const auto own = byte_grids_of(graph, node);
  return own && own->size() == 1 ? std::optional(own->front()) : std::nullopt;
}

}  // namespace

std::optional<ByteGrid> byte_grid_of(double low, double high) {
  const double scale = (high - low) / kSteps, zero = std::nearbyint(-low / scale);
  const bool fits = std::isfinite(scale) && static_cast<float>(scale) > 0 && zero >= 0 && zero <= kSteps &&
                    std::fabs(-low / scale - zero) <= kZeroTolerance;
  if (!fits) return std::nullopt;
  return ByteGrid{static_cast<float>(scale), static_cast<std::uint8_t>(zero)};
}

std::optional<std::vector<ByteGrid>> byte_grids_of(const Graph& graph, const Node& fake_quantize) {
  const auto& in = fake_quantize.inputs;
  if (std::get<FakeQuantize>(fake_quantize.op).levels != 256) return std::nullopt;
  if (!is_same_constant(graph, in[1], in[3]) || !is_same_constant(graph, in[2], in[4])) return std::nullopt;
  const auto low = limit_values(*graph.constant(in[1]), graph.shape(in[0]));
  const auto high = limit_values(*graph.constant(in[2]), graph.shape(in[0]));
  if (!low || !high || low->size() != high->size()) return std::nullopt;
  std::vector<ByteGrid> grids;
  for (std::size_t i = 0; i < low->size(); ++i) {
    const auto grid = byte_grid_of((*low)[i], (*high)[i]);
    if (!grid) return std::nullopt;
    grids.push_back(*grid);
  }
  if (std::ranges::all_of(grids, [&](const ByteGrid& grid) { return grid == grids[0]; })) grids.resize(1);
  return grids;
}

std::map<Value, ByteGrid> values_on_grids(const Graph& graph) {
  std::map<Value, ByteGrid> grids;
  for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
    const auto grid = grid_of(graph, graph.nodes()[i], grids);
    for (std::uint32_t port = 0; grid && port < graph.nodes()[i].outputs.size(); ++port)
      grids.emplace(Value{static_cast<NodeId>(i), port}, *grid);
  }
  return grids;
}

}  // namespace octet
