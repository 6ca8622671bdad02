#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "graph/graph.h"

namespace octet {

// The real numbers (q - zero) * scale of the 256 bytes q, as files of integers say what a tensor is quantized to.
struct ByteGrid {
  float scale = 1;
  std::uint8_t zero = 0;

  float low() const { return static_cast<float>((0.0 - zero) * static_cast<double>(scale)); }
  float high() const { return static_cast<float>((255.0 - zero) * static_cast<double>(scale)); }
  bool operator==(const ByteGrid&) const = default;
};

// The grid whose ends are these limits; nothing where zero is none of its 256 numbers.
std::optional<ByteGrid> byte_grid_of(double low, double high);

// The grids of the channels of a FakeQuantize, or one for all: 256 levels, the same limits for input and output, and zero on one of the
// levels. Nothing where the operation is of another kind.
std::optional<std::vector<ByteGrid>> byte_grids_of(const Graph& graph, const Node& fake_quantize);

// The values that lie on one grid: what such a FakeQuantize gives, and what merely moves values of it.
std::map<Value, ByteGrid> values_on_grids(const Graph& graph);

}  // namespace octet
