#include <algorithm>
#include <cmath>

#include "graph/evaluate_ops.h"
#include "graph/positions.h"

namespace octet::reference {

Tensors run(const SoftMax& op, const Call& call) {
  auto values = call.reals(0);
  const AxisView view(call.shape(0), axis_of(op.axis, call.shape(0)));
  if (view.length == 0) return {call.inputs[0]};
  for (std::int64_t outer = 0; outer < view.outer; ++outer)
    for (std::int64_t inner = 0; inner < view.inner; ++inner) {
      double* first = values.data() + outer * view.length * view.inner + inner;
      double greatest = first[0], sum = 0;
      for (std::int64_t i = 1; i < view.length; ++i) greatest = std::max(greatest, first[i * view.inner]);
      for (std::int64_t i = 0; i < view.length; ++i) sum += first[i * view.inner] = std::exp(first[i * view.inner] - greatest);
      for (std::int64_t i = 0; i < view.length; ++i) first[i * view.inner] /= sum;
    }
  return {rounded<double>(call.outputs[0], values)};
}

Tensors run(const ReduceMean&, const Call& call) {
  const Shape& data = call.shape(0);
  Shape kept = data;
  for (const std::int64_t axis : call.integers(1)) kept[axis_of(axis, data)] = 1;
  const auto values = call.reals(0);
  const auto places = broadcast_positions(kept, data);  // where each element is added to
  std::vector<double> sums(static_cast<std::size_t>(element_count(kept)), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) sums[static_cast<std::size_t>(places[i])] += values[i];
  for (double& sum : sums) sum *= static_cast<double>(sums.size()) / static_cast<double>(values.size());
  return {rounded<double>(call.outputs[0], sums)};
}

}  // namespace octet::reference
