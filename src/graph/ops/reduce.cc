#include <algorithm>
#include <cmath>
#include <limits>

#include "graph/op_functions.h"
#include "graph/positions.h"

// What takes several elements along axes together.
namespace octet::ops {
namespace {

// What reducing begins with, and takes over nothing.
double neutral(ReduceKind kind) {
  switch (kind) {
    case ReduceKind::kMax:
      return -std::numeric_limits<double>::infinity();
    case ReduceKind::kMin:
      return std::numeric_limits<double>::infinity();
    case ReduceKind::kProd:
      return 1;
    default:
      return 0;
  }
}

double combine(ReduceKind kind, double so_far, double x) {
  switch (kind) {
    case ReduceKind::kMean:
    case ReduceKind::kSum:
      return so_far + x;
    case ReduceKind::kMax:
      return std::max(so_far, x);
    case ReduceKind::kMin:
      return std::min(so_far, x);
    case ReduceKind::kProd:
      return so_far * x;
    case ReduceKind::kL1:
      return so_far + std::fabs(x);
    case ReduceKind::kL2:
      return so_far + x * x;
  }
  return 0;
}

double finish(ReduceKind kind, double combined, double count) {
  if (kind == ReduceKind::kMean) return combined / count;
  return kind == ReduceKind::kL2 ? std::sqrt(combined) : combined;
}

bool needs_elements(ReduceKind kind) { return kind == ReduceKind::kMean || kind == ReduceKind::kMax || kind == ReduceKind::kMin; }

// The shape with the axes that a constant input names made 1.
Shape reduced_shape(const Call& call) {
  Shape kept = call.shape(0);
  for (const std::int64_t axis : call.integers(1)) kept[axis_of(axis, call.shape(0))] = 1;
  return kept;
}

// Sums of equal integers wrap, as those of Add do.
std::int64_t integer_sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

template <typename T, typename Sum>
std::vector<T> running_sums(const CumSum& op, const AxisView& view, const std::vector<T>& values, Sum sum) {
  std::vector<T> result(values.size());
  for (std::int64_t outer = 0; outer < view.outer; ++outer)
    for (std::int64_t inner = 0; inner < view.inner; ++inner) {
      T so_far = 0;
      for (std::int64_t i = 0; i < view.length; ++i) {
        const std::int64_t along = op.reverse ? view.length - 1 - i : i;
        const auto at = static_cast<std::size_t>((outer * view.length + along) * view.inner + inner);
        const T with_this = sum(so_far, values[at]);
        result[at] = op.exclusive ? so_far : with_this;
        so_far = with_this;
      }
    }
  return result;
}

}  // namespace

Types infer(const SoftMax& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_float(arguments, "function"));
  OCTET_RETURN_IF_ERROR(normalized_axis(op.axis, arguments.shape(0).size()));
  return same_type(arguments);
}

Types infer(const Reduce& op, const Arguments& arguments) {
  if (arguments.element(0) == ElementType::kBoolean) return unsupported("reduction of boolean");
  const Shape& data = arguments.shape(0);
  OCTET_ASSIGN(const auto axes, normalized_axes(arguments, 1, data.size()));
  Shape result = data;
  for (std::size_t i = axes.size(); i-- > 0;) {
    if (data[axes[i]] == 0 && needs_elements(op.kind)) return malformed("reduction of an empty axis of " + to_string(data));
    if (op.keep_dims)
      result[axes[i]] = 1;
    else
      result.erase(result.begin() + static_cast<std::ptrdiff_t>(axes[i]));
  }
  return one_output(arguments.element(0), std::move(result));
}

Types infer(const Mvn& op, const Arguments& arguments) {
  OCTET_RETURN_IF_ERROR(expect_rank(arguments, 1, 1, "the list of axes"));
  if (!is_float(arguments.element(0))) return unsupported("normalisation of " + std::string(name_of(arguments.element(0))));
  OCTET_RETURN_IF_ERROR(normalized_axes(arguments, 1, arguments.shape(0).size()));
  if (!(op.epsilon >= 0)) return malformed("eps " + std::to_string(op.epsilon) + " is negative");
  return same_type(arguments);
}

Types infer(const CumSum&, const Arguments& arguments) {
  if (arguments.element(0) == ElementType::kBoolean) return unsupported("sums of boolean");
  OCTET_RETURN_IF_ERROR(single_axis(arguments, 1, arguments.shape(0).size()));
  return same_type(arguments);
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

Tensors evaluate(const Reduce& op, const Call& call) {
  const Shape kept = reduced_shape(call);
  const auto values = call.reals(0);
  const auto places = broadcast_positions(kept, call.shape(0));  // where each element goes
  std::vector<double> results(static_cast<std::size_t>(element_count(kept)), neutral(op.kind));
  for (std::size_t i = 0; i < values.size(); ++i) {
    double& result = results[static_cast<std::size_t>(places[i])];
    result = combine(op.kind, result, values[i]);
  }
  const double count = static_cast<double>(values.size()) / static_cast<double>(results.size());
  for (double& result : results) result = finish(op.kind, result, count);
  return {rounded<double>(call.outputs[0], results)};
}

Tensors evaluate(const Mvn& op, const Call& call) {
  const Shape kept = reduced_shape(call);
  auto values = call.reals(0);
  const auto places = broadcast_positions(kept, call.shape(0));
  const auto groups = static_cast<std::size_t>(element_count(kept));
  const double count = static_cast<double>(values.size()) / static_cast<double>(std::max<std::size_t>(groups, 1));
  std::vector<double> means(groups, 0.0), variances(groups, 0.0);
  const auto group_of = [&](std::size_t i) { return static_cast<std::size_t>(places[i]); };
  for (std::size_t i = 0; i < values.size(); ++i) means[group_of(i)] += values[i] / count;
  for (std::size_t i = 0; i < values.size(); ++i) values[i] -= means[group_of(i)];
  if (!op.normalize_variance) return {rounded<double>(call.outputs[0], values)};
  for (std::size_t i = 0; i < values.size(); ++i) variances[group_of(i)] += values[i] * values[i] / count;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double variance = variances[group_of(i)];
    values[i] /= op.epsilon_inside_sqrt ? std::sqrt(variance + op.epsilon) : std::sqrt(variance) + op.epsilon;
  }
  return {rounded<double>(call.outputs[0], values)};
}

Tensors evaluate(const CumSum& op, const Call& call) {
  const AxisView view(call.shape(0), axis_of(call.integers(1)[0], call.shape(0)));
  if (is_float(call.inputs[0].type())) return {rounded<double>(call.outputs[0], running_sums(op, view, call.reals(0), std::plus<>()))};
  return {rounded<std::int64_t>(call.outputs[0], running_sums(op, view, call.integers(0), integer_sum))};
}

}  // namespace octet::ops
