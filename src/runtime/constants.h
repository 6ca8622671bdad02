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

// Weights that an IR keeps as integers: real = weights * scale[output channel].
struct IntegerWeights {
  Tensor weights;            // i8, in the shape that the convolution reads
  std::vector<float> scale;  // one an output channel
};

// The integers behind Constant i8 -> Convert -> Multiply(scale of one output channel), with G and O taken together for the
// grouped form; nothing where `value` is made in any other way.
std::optional<IntegerWeights> integer_weights(const Graph& graph, const Constants& constants, Value value, bool grouped);

}  // namespace octet
