#include <algorithm>
#include <cmath>

#include "graph/op_functions.h"
#include "graph/positions.h"

namespace octet::ops {

Types infer(const SoftMax& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "function"));
  OCTET_RETURN_IF_ERROR(normalized_axis(op.axis, arguments.shape(0).size()));
  return same_type(arguments);
}

Types infer(const ReduceMean& op, const Arguments& arguments) {
  if (arguments.element(0) == ElementType::kBoolean) return unsupported("mean of boolean");
  const Shape& data = arguments.shape(0);
  OCTET_ASSIGN(const auto axes, normalized_axes(arguments, 1, data.size()));
  Shape result = data;
  for (std::size_t i = axes.size(); i-- > 0;) {
    if (data[axes[i]] == 0) return malformed("mean over an empty axis of " + to_string(data));
    if (op.keep_dims)
      result[axes[i]] = 1;
    else
      result.erase(result.begin() + static_cast<std::ptrdiff_t>(axes[i]));
  }
  return one_output(arguments.element(0), std::move(result));
}

Tensors evaluate(const SoftMax& op, const Call& call) {
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

Tensors evaluate(const ReduceMean&, const Call& call) {
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

}  // namespace octet::ops
