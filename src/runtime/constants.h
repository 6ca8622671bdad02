#pragma once

#include <map>
#include <optional>
#include <vector>

#include "graph/graph.h"

namespace octet {

// Values of a graph that depend on no parameter, computed when first asked for. Compressed weights (i8 -> Convert ->
// Multiply) are therefore only widened for a kernel that wants them so.
class Constants {
 public:
  explicit Constants(const Graph& graph);

  bool is_constant(Value value) const { return constant_[index_of(value.node)]; }
  // The value must be constant.
  const Tensor& operator[](Value value) const;

 private:
  const Tensor* known(Value value) const;
  void compute(Value value) const;

  const Graph& graph_;
  std::vector<bool> constant_;
  mutable std::map<Value, Tensor> computed_;
};

// Weights that a file keeps as integers: real = weights * scale[output channel].
struct IntegerWeights {
  std::vector<std::int16_t> weights;  // less their zero points, so -255..255; in the order in which the reader has them
  std::vector<float> scale;           // one an output channel
};

// The integers behind Constant i8 or u8 -> Convert -> [Subtract (zero points)] -> Multiply (scales) -> [Reshape], where each of the
// `channels` output channels, which the first axes together count, has one zero point and one scale; nothing where `value` is made in
// any other way.
std::optional<IntegerWeights> integer_weights(const Graph& graph, const Constants& constants, Value value, std::int64_t channels);

// The same of one matrix, the second factor of a product, column after column: [depth, columns], or `transposed`. A column is a channel.
std::optional<IntegerWeights> integer_matrix(const Graph& graph, const Constants& constants, Value value, bool transposed);

}  // namespace octet
