#pragma once

#include <optional>
#include <string>
#include <vector>

#include "graph/graph.h"

// What the passes ask of a graph and do to it, over and over.
namespace octet::passes {

// The operation behind a value as T, or null.
template <typename T>
const T* op_of(const Graph& graph, Value value) {
  return std::get_if<T>(&graph.node(value).op);
}

bool is_unary(const Graph& graph, Value value, UnaryKind kind);
bool is_binary(const Graph& graph, Value value, BinaryKind kind);

// A Binary with one constant side.
struct ConstantSide {
  BinaryKind kind;
  Value data;
  const Tensor* constant;  // belongs to the graph; not valid after the graph changes
  bool constant_first;     // constant - x rather than x - constant
};
std::optional<ConstantSide> constant_side(const Graph& graph, Value value);

// The one value that all elements of a tensor have.
std::optional<double> uniform_value(const Tensor& tensor);

// A constant that is broadcast to [N,C,...] of the given rank and varies along C only, as one value a channel.
std::optional<std::vector<double>> channel_values(const Tensor& constant, std::size_t rank, std::int64_t channels);

// The reader of a value that has exactly one.
std::optional<NodeId> only_reader(const Graph& graph, Value value);

// A tensor of real numbers rounded to an element type.
Tensor real_constant(ElementType type, Shape shape, const std::vector<double>& values);
// One value a channel, shaped [1,C,1,1] (rank 4).
Tensor channel_constant(ElementType type, const std::vector<double>& values);

// Readers of `old` read `replacement`, which takes over the name of old's node if `take_name`. Types must agree.
void replace(Graph& graph, Value old, Value replacement, bool take_name = true);

}  // namespace octet::passes
