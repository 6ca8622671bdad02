#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/tensorflow/graph_def.h"
#include "graph/ops.h"
#include "importers/tensorflow/constant_tensor.h"

namespace octet::tensorflow {

// How one of TensorFlow's operations is computed at import from the values of its inputs.
struct ConstantRule {
  using Compute = Result<std::vector<Tensor>> (*)(const NodeRecord& node, std::span<const Tensor> inputs);

  std::string_view op;
  std::size_t inputs;  // the fewest with which `compute` may be called
  Compute compute;     // messages name no node; the caller does
};

// The rule of an operation, or null if octet cannot compute it.
const ConstantRule* constant_rule(std::string_view op);

// Most operations are those of octet's graph and are computed by its evaluation (constant_graph_ops.cc). Those that the graph lacks are
// comparisons, the choice between values, reductions other than the mean, and values made of a shape alone (constant_other_ops.cc).
std::span<const ConstantRule> graph_rules();
std::span<const ConstantRule> other_rules();

// TensorFlow's masks, which have a bit for each of `entries`. Errors name no node.
Result<StridedSlice> strided_slice_of(const NodeRecord& node, std::int64_t entries);

// The answer of Shape, Rank or Size.
Result<Tensor> shape_answer(const NodeRecord& node, const Shape& shape);
bool asks_for_shape(const NodeRecord& node);

}  // namespace octet::tensorflow
