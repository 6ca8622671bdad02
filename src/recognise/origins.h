#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "graph/graph.h"
#include "graph/patterns.h"

// What the outputs of a network are computed of, by the operations behind them.
namespace octet {

// The operation behind a value, copies and changes of shape left out.
Value origin_of(const Graph& graph, Value value);

// Whether the nearest operation with weights behind a value is a MatMul: the head of a transformer.
bool is_projected(const Graph& graph, Value value);

// Whether a value is whole numbers that were made floats.
bool is_of_whole_numbers(const Graph& graph, Value value);

// What was put side by side to make `columns` columns of an output; nothing where nothing was.
struct JoinedColumns {
  std::vector<Value> parts;
  std::vector<std::int64_t> lengths;
};
JoinedColumns joined_columns(const Graph& graph, Value value, std::int64_t columns);

// The numbers of the constant that the last operation behind a value multiplies by; none where it is another.
std::vector<double> factors_of(const Graph& graph, Value value);

// Whether a value is the corners of boxes, computed from centres and sizes: put together of differences first and sums last.
bool is_of_corners(const Graph& graph, Value value);

// The geometry of the first convolution of a network, by which families are told apart; nothing where it has none that is known.
std::optional<ConvolutionGeometry> first_convolution(const Graph& graph);

// Marks, by the number of a node, what a value is computed of.
std::vector<bool> nodes_behind(const Graph& graph, Value value);

}  // namespace octet
