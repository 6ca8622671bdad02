#include <cmath>
#include <optional>
#include <vector>

#include "graph/byte_grids.h"
#include "graph/patterns.h"
#include "passes/passes.h"
#include "passes/rewrite.h"

namespace octet::passes {
namespace {

using Numbers = std::vector<double>;

// x and a number for each of its channels, where `value` is that operation of them.
struct ByChannel {
  Value data;
  Numbers numbers;
};

std::optional<ByChannel> by_channel(const Graph& graph, Value value, BinaryKind kind) {
  const auto side = constant_side(graph, value);
  const bool fits = side && side->kind == kind && (kind != BinaryKind::kDivide || !side->constant_first()) &&
                    graph.shape(side->data) == graph.shape(value) && graph.type(value).element == ElementType::kF32;
  const auto numbers = fits ? channel_values(*side->constant, graph.shape(value)) : std::nullopt;
  return numbers ? std::optional(ByChannel{side->data, *numbers}) : std::nullopt;
}

// The grids of the channels, where whole steps from `least` to `greatest` are those of a byte.
std::optional<std::vector<ByteGrid>> grids_of(const Numbers& scale, const Numbers& least, const Numbers& greatest) {
  std::vector<ByteGrid> grids;
  for (std::size_t c = 0; c < scale.size(); ++c) {
    const bool is_byte = scale[c] > 0 && std::isfinite(scale[c]) && least[c] <= 0 && least[c] >= -255 &&
                         std::nearbyint(least[c]) == least[c] && greatest[c] == least[c] + 255;
    if (!is_byte) return std::nullopt;
    grids.push_back({static_cast<float>(scale[c]), static_cast<std::uint8_t>(-least[c])});
  }
  return grids;
}

bool fuse(Graph& graph, Value product) {
  const auto scaled = by_channel(graph, product, BinaryKind::kMultiply);
  const auto below = scaled ? by_channel(graph, scaled->data, BinaryKind::kMinimum) : std::nullopt;
  const auto above = below ? by_channel(graph, below->data, BinaryKind::kMaximum) : std::nullopt;
  if (!above || !is_unary(graph, above->data, UnaryKind::kRound)) return false;
  const auto steps = by_channel(graph, graph.node(above->data).inputs[0], BinaryKind::kDivide);
  if (!steps || steps->numbers != scaled->numbers) return false;
  const auto grids = grids_of(scaled->numbers, above->numbers, below->numbers);
  if (!grids) return false;
  Numbers low, high;
  for (const ByteGrid& grid : *grids) {
    low.push_back(static_cast<double>(grid.low()));
    high.push_back(static_cast<double>(grid.high()));
  }
  const Value from = graph.emit_constant(channel_constant(ElementType::kF32, low));
  const Value to = graph.emit_constant(channel_constant(ElementType::kF32, high));
  replace(graph, product, graph.emit(FakeQuantize{256}, {steps->data, from, to, from, to}));
  return true;
}

}  // namespace

bool fuse_quantizers(Graph& graph) {
  return rewrite_each(graph, [&](Value value) { return graph.shape(value).size() == 4 && fuse(graph, value); });
}

}  // namespace octet::passes
