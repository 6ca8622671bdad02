#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace octet {

// The outputs of one operation: the specification that every faster kernel is tested against. Slow and plain, sums
// in double, everything in the layout of the graph. Types and shapes must have passed infer_types.
std::vector<Tensor> evaluate(const Op& op, std::span<const Tensor> inputs, std::span<const TensorType> outputs);

// infer_types where every input is known.
Result<std::vector<TensorType>> infer_types(const Op& op, std::span<const Tensor> inputs);

// Runs a whole graph by evaluate(); inputs and outputs by the names of the parameter and Result nodes.
Result<std::map<std::string, Tensor>> evaluate(const Graph& graph, const std::map<std::string, Tensor>& inputs);

}  // namespace octet
