// What octet's graph has no operation for: comparisons and choices, reductions other than the mean, values made of a shape alone.
#include <algorithm>
#include <cmath>
#include <functional>

#include "graph/positions.h"
#include "importers/tensorflow/constant_ops.h"
#include "importers/tensorflow/source.h"

namespace octet::tensorflow {
namespace {

using Inputs = std::span<const Tensor>;
using Outputs = Result<std::vector<Tensor>>;
using Combine = double (*)(double, double);

Error malformed_value(const std::string& what) { return {ErrorCode::kMalformed, what}; }

Outputs one(Tensor value) { return std::vector<Tensor>{std::move(value)}; }

// ---- element by element --------------------------------------------------------------------------------------------
template <typename Predicate>
Outputs comparison(const NodeRecord&, Inputs in) {
  OCTET_ASSIGN(const Shape shape, broadcast(in[0].shape(), in[1].shape()));
  OCTET_RETURN_IF_ERROR(check_constant_shape(shape));
  const auto a = to_vector<double>(in[0]), b = to_vector<double>(in[1]);
  const auto from_a = broadcast_positions(in[0].shape(), shape), from_b = broadcast_positions(in[1].shape(), shape);
  std::vector<double> answers(from_a.size());
  for (std::size_t i = 0; i < answers.size(); ++i)
    answers[i] = Predicate{}(a[static_cast<std::size_t>(from_a[i])], b[static_cast<std::size_t>(from_b[i])]);
  return one(tensor_of(ElementType::kBoolean, shape, answers));
}

template <auto Function>
Outputs function(const NodeRecord&, Inputs in) {
  auto values = to_vector<double>(in[0]);
  for (double& value : values) value = Function(value);
  return one(tensor_of(in[0].type(), in[0].shape(), values));
}

Outputs select(const NodeRecord&, Inputs in) {
  const Tensor &condition = in[0], &a = in[1], &b = in[2];
  if (a.shape() != condition.shape() || b.shape() != condition.shape() || a.type() != b.type())
    return Error{ErrorCode::kUnsupported, "selects among values of different shapes or types"};
  const auto choices = to_vector<double>(condition), first = to_vector<double>(a);
  auto values = to_vector<double>(b);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (choices[i] != 0) values[i] = first[i];
  return one(tensor_of(a.type(), a.shape(), values));
}

// ---- reductions ----------------------------------------------------------------------------------------------------
struct Reduction {
  Shape kept;   // the input's shape with 1 along the reduced axes
  Shape shape;  // of the result
};

Result<Reduction> reduction_of(const NodeRecord& node, const Shape& shape, const Tensor& axes) {
  std::vector<bool> reduced(shape.size());
  for (const std::int64_t axis : to_vector<std::int64_t>(axes)) {
    OCTET_ASSIGN(const std::size_t normal, normal_axis(axis, shape.size()));
    reduced[normal] = true;
  }
  OCTET_ASSIGN(const bool keeps, attribute<bool>(node, "keep_dims", false));
  Reduction reduction;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    reduction.kept.push_back(reduced[i] ? 1 : shape[i]);
    if (keeps || !reduced[i]) reduction.shape.push_back(reduction.kept.back());
  }
  return reduction;
}

// Combines the elements along the axes of input 1, beginning with `start`.
Outputs reduce(const NodeRecord& node, Inputs in, double start, Combine combine) {
  OCTET_ASSIGN(const Reduction reduction, reduction_of(node, in[0].shape(), in[1]));
  OCTET_RETURN_IF_ERROR(check_constant_shape(reduction.kept));
  std::vector<double> results(static_cast<std::size_t>(element_count(reduction.kept)), start);
  const auto values = to_vector<double>(in[0]);
  const auto places = broadcast_positions(reduction.kept, in[0].shape());
  for (std::size_t i = 0; i < values.size(); ++i) {
    double& result = results[static_cast<std::size_t>(places[i])];
    result = combine(result, values[i]);
  }
  return one(tensor_of(in[0].type(), reduction.shape, results));
}

Outputs sum(const NodeRecord& node, Inputs in) {
  return reduce(node, in, 0, [](double a, double b) { return a + b; });
}
Outputs product(const NodeRecord& node, Inputs in) {
  return reduce(node, in, 1, [](double a, double b) { return a * b; });
}
Outputs maximum(const NodeRecord& node, Inputs in) {
  return reduce(node, in, -HUGE_VAL, [](double a, double b) { return std::max(a, b); });
}
Outputs minimum(const NodeRecord& node, Inputs in) {
  return reduce(node, in, HUGE_VAL, [](double a, double b) { return std::min(a, b); });
}
Outputs all(const NodeRecord& node, Inputs in) {
  return reduce(node, in, 1, [](double a, double b) { return a != 0 && b != 0 ? 1.0 : 0.0; });
}
Outputs any(const NodeRecord& node, Inputs in) {
  return reduce(node, in, 0, [](double a, double b) { return a != 0 || b != 0 ? 1.0 : 0.0; });
}

// ---- values made of a shape ----------------------------------------------------------------------------------------
Outputs constant(const NodeRecord& node, Inputs) {
  OCTET_ASSIGN(Tensor value, constant_value(node));
  OCTET_RETURN_IF_ERROR(check_constant_shape(value.shape()));
  return one(std::move(value));
}

Outputs shape_of(const NodeRecord& node, Inputs in) {
  OCTET_ASSIGN(Tensor answer, shape_answer(node, in[0].shape()));
  return one(std::move(answer));
}

Outputs range(const NodeRecord&, Inputs in) {
  for (const Tensor& input : in.first(3))
    if (input.size() != 1) return malformed_value("has no single start, limit and step");
  const double start = to_vector<double>(in[0])[0], limit = to_vector<double>(in[1])[0], step = to_vector<double>(in[2])[0];
  const double count = std::ceil((limit - start) / step);
  if (!(count < static_cast<double>(kMaxConstantElements))) return malformed_value("asks for a range that is too long");
  std::vector<double> values(count > 0 ? static_cast<std::size_t>(count) : 0);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = start + static_cast<double>(i) * step;
  return one(tensor_of(in[0].type(), {std::ssize(values)}, values));
}

Outputs fill(const NodeRecord&, Inputs in) {
  if (in[1].size() != 1) return malformed_value("has no single value");
  const Shape shape = to_vector<std::int64_t>(in[0]);
  OCTET_RETURN_IF_ERROR(check_constant_shape(shape));
  return one(gather_elements(in[1], shape, std::vector<std::int64_t>(static_cast<std::size_t>(element_count(shape)), 0)));
}

// Inputs: places [N,rank] ([N] or [] of one axis), shape, their values, the value of all others.
Outputs sparse_to_dense(const NodeRecord&, Inputs in) {
  const Shape shape = to_vector<std::int64_t>(in[1]);
  OCTET_RETURN_IF_ERROR(check_constant_shape(shape));
  const auto places = to_vector<std::int64_t>(in[0]);
  const auto values = to_vector<double>(in[2]);
  const std::size_t rank = shape.size(), count = rank == 0 ? 0 : places.size() / rank;
  if (in[3].size() != 1 || places.size() != count * rank || (values.size() != 1 && values.size() != count))
    return malformed_value("has places, values and a shape that do not fit");
  std::vector<double> dense(static_cast<std::size_t>(element_count(shape)), to_vector<double>(in[3])[0]);
  const std::vector<std::int64_t> strides = row_major_strides(shape);
  for (std::size_t i = 0; i < count; ++i) {
    std::int64_t at = 0;
    for (std::size_t axis = 0; axis < rank; ++axis) {
      const std::int64_t index = places[i * rank + axis];
      if (index < 0 || index >= shape[axis]) return malformed_value("has a place outside of its shape");
      at += index * strides[axis];
    }
    dense[static_cast<std::size_t>(at)] = values[values.size() == 1 ? 0 : i];
  }
  return one(tensor_of(in[2].type(), shape, dense));
}

Outputs zeros_like(const NodeRecord&, Inputs in) { return one(Tensor(in[0].type(), in[0].shape())); }

Outputs ones_like(const NodeRecord&, Inputs in) {
  return one(tensor_of(in[0].type(), in[0].shape(), std::vector<double>(static_cast<std::size_t>(in[0].size()), 1)));
}

using LogicalAnd = decltype([](double a, double b) { return a != 0 && b != 0; });
using LogicalOr = decltype([](double a, double b) { return a != 0 || b != 0; });

constexpr ConstantRule kRules[] = {
    {"Equal", 2, comparison<std::equal_to<>>},
    {"NotEqual", 2, comparison<std::not_equal_to<>>},
    {"Less", 2, comparison<std::less<>>},
    {"LessEqual", 2, comparison<std::less_equal<>>},
    {"Greater", 2, comparison<std::greater<>>},
    {"GreaterEqual", 2, comparison<std::greater_equal<>>},
    {"LogicalAnd", 2, comparison<LogicalAnd>},
    {"LogicalOr", 2, comparison<LogicalOr>},
    {"LogicalNot", 1, function<[](double x) { return x == 0 ? 1.0 : 0.0; }>},
    {"Log", 1, function<[](double x) { return std::log(x); }>},
    {"Round", 1, function<[](double x) { return std::nearbyint(x); }>},
    {"Select", 3, select},
    {"SelectV2", 3, select},
    {"Sum", 2, sum},
    {"Prod", 2, product},
    {"Max", 2, maximum},
    {"Min", 2, minimum},
    {"All", 2, all},
    {"Any", 2, any},
    {"Const", 0, constant},
    {"Shape", 1, shape_of},
    {"Rank", 1, shape_of},
    {"Size", 1, shape_of},
    {"Range", 3, range},
    {"Fill", 2, fill},
    {"SparseToDense", 4, sparse_to_dense},
    {"ZerosLike", 1, zeros_like},
    {"OnesLike", 1, ones_like},
};

}  // namespace

std::span<const ConstantRule> other_rules() { return kRules; }

}  // namespace octet::tensorflow
