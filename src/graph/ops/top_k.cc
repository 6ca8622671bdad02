#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "graph/op_functions.h"
#include "graph/positions.h"

namespace octet::ops {
namespace {

// A total order for NaN too, which stands above all numbers.
template <typename T>
bool is_less(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    if (std::isnan(b)) return !std::isnan(a);
  return a < b;
}

// Puts the places of the k best of the elements first, first + step, ... to the front, in the order asked for.
template <typename T>
void find_best(const TopK& op, const T* first, std::int64_t step, std::int64_t k, std::vector<std::int64_t>& places) {
  std::iota(places.begin(), places.end(), std::int64_t{0});
  const auto is_better = [&](std::int64_t i, std::int64_t j) {
    T a = first[i * step], b = first[j * step];
    if (op.mode == TopK::Mode::kMax) std::swap(a, b);
    return is_less(a, b) || (!is_less(b, a) && i < j);  // of equal ones the first
  };
  std::partial_sort(places.begin(), places.begin() + k, places.end(), is_better);
  if (op.sort == TopK::Sort::kIndices) std::sort(places.begin(), places.begin() + k);
}

// The best places of each row along the axis, as a tensor of the shape of the result.
template <typename T>
std::vector<std::int64_t> best_along_axis(const TopK& op, const std::vector<T>& values, const AxisView& view, std::int64_t k) {
  std::vector<std::int64_t> result(static_cast<std::size_t>(view.outer * k * view.inner)), places(static_cast<std::size_t>(view.length));
  for (std::int64_t outer = 0; outer < view.outer; ++outer)
    for (std::int64_t inner = 0; inner < view.inner; ++inner) {
      find_best(op, values.data() + outer * view.length * view.inner + inner, view.inner, k, places);
      for (std::int64_t i = 0; i < k; ++i)
        result[static_cast<std::size_t>((outer * k + i) * view.inner + inner)] = places[static_cast<std::size_t>(i)];
    }
  return result;
}

}  // namespace

Types infer(const TopK& op, const Arguments& arguments) {
  if (arguments.element(0) == ElementType::kBoolean) return unsupported("the greatest of boolean");
  const Shape& data = arguments.shape(0);
  OCTET_ASSIGN(const std::size_t axis, normalized_axis(op.axis, data.size()));
  OCTET_ASSIGN(const std::int64_t k, single_integer(arguments, 1, "k"));
  if (k < 0 || k > data[axis]) return malformed("the best " + std::to_string(k) + " of an axis of " + std::to_string(data[axis]));
  if (op.index_type != ElementType::kI64 && op.index_type != ElementType::kI32) return malformed("indices of neither i64 nor i32");
  Shape result = data;
  result[axis] = k;
  return std::vector<TensorType>{{arguments.element(0), result}, {op.index_type, result}};
}

Tensors evaluate(const TopK& op, const Call& call) {
  const std::size_t axis = axis_of(op.axis, call.shape(0));
  const AxisView view(call.shape(0), axis);
  const std::int64_t k = call.outputs[0].shape[axis];
  const auto indices =
      is_float(call.inputs[0].type()) ? best_along_axis(op, call.reals(0), view, k) : best_along_axis(op, call.integers(0), view, k);
  std::vector<std::int64_t> positions(indices.size());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    positions[i] = (at / (k * view.inner) * view.length + indices[i]) * view.inner + at % view.inner;
  }
  return {gather_elements(call.inputs[0], call.outputs[0].shape, positions), rounded<std::int64_t>(call.outputs[1], indices)};
}

}  // namespace octet::ops
