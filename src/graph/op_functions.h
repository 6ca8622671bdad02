#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

// What every operation has: `infer`, its rule of types with its errors, and `evaluate`, its plain definition. The files of ops/ hold them,
// related operations together. Outside of graph/ only is_integer is asked for.
namespace octet::ops {

// Of a tensor in a graph. A list in a file may be long and serve many nodes, so that it must not become a shape of each.
inline constexpr std::size_t kMaxRank = 16;

// What `infer` sees. The number of inputs has been checked. Sizes of validated shapes are at most kMaxElements, so the product of two of
// them, or the sum of a few, stays within int64; three need checked_product.
struct Arguments {
  std::span<const TensorType> types;
  std::span<const Tensor* const> constants;

  std::size_t count() const { return types.size(); }
  const Shape& shape(std::size_t i) const { return types[i].shape; }
  ElementType element(std::size_t i) const { return types[i].element; }
};

using Types = Result<std::vector<TensorType>>;

Types one_output(ElementType element, Shape shape);
Types same_type(const Arguments& arguments);  // one output of the type of input 0

Error malformed(std::string message);
Error unsupported(std::string message);

bool is_float(ElementType type);
bool is_integer(ElementType type);  // boolean is neither

Status expect_rank(const Arguments& arguments, std::size_t input, std::size_t rank, std::string_view role);
Status expect_float(const Arguments& arguments, std::string_view role);    // every input, and all the same
Status expect_numeric(const Arguments& arguments, std::string_view role);  // every input, and all the same
// Inputs from `first` on are of one type.
Status expect_one_type(const Arguments& arguments, std::string_view role, std::size_t first = 0);

// The values of an integer constant; kUnsupported where the input is computed.
Result<std::vector<std::int64_t>> integers(const Arguments& arguments, std::size_t input, std::string_view role);

// An axis from -rank to rank - 1, made non-negative.
Result<std::size_t> normalized_axis(std::int64_t axis, std::size_t rank);
// The constant at `input` as distinct, non-negative axes in ascending order.
Result<std::vector<std::size_t>> normalized_axes(const Arguments& arguments, std::size_t input, std::size_t rank);
// The constant at `input` as one integer.
Result<std::int64_t> single_integer(const Arguments& arguments, std::size_t input, std::string_view role);
// The constant at `input` as one axis.
Result<std::size_t> single_axis(const Arguments& arguments, std::size_t input, std::size_t rank);

// What `evaluate` sees: everything has passed `infer`. Real numbers are computed in double and rounded once at the end, which for
// + - * / and square root gives the bits of float arithmetic; integers in int64.
struct Call {
  std::span<const Tensor> inputs;
  std::span<const TensorType> outputs;

  std::vector<double> reals(std::size_t input) const { return to_vector<double>(inputs[input]); }
  std::vector<std::int64_t> integers(std::size_t input) const { return to_vector<std::int64_t>(inputs[input]); }
  const Shape& shape(std::size_t input) const { return inputs[input].shape(); }
};

using Tensors = std::vector<Tensor>;

// Values rounded to an element type.
template <typename T>
Tensor rounded(const TensorType& type, std::span<const T> values) {
  return converted(Tensor::of<T>(type.shape, values), type.element);
}

// An axis that passed `infer`, made non-negative.
std::size_t axis_of(std::int64_t axis, const Shape& shape);

// A tensor seen as [outer, axis, inner].
struct AxisView {
  std::int64_t outer = 1, length = 1, inner = 1;
  AxisView(const Shape& shape, std::size_t axis);
};

#define OCTET_DECLARE(Operation)                                \
  Types infer(const Operation& op, const Arguments& arguments); \
  Tensors evaluate(const Operation& op, const Call& call);
OCTET_EACH_OPERATION(OCTET_DECLARE)
#undef OCTET_DECLARE

}  // namespace octet::ops
