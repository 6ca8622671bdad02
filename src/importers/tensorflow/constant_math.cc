// Element-wise arithmetic, comparisons and reductions at import.
#include <algorithm>
#include <cmath>
#include <utility>

#include "importers/tensorflow/constant_ops.h"
#include "importers/tensorflow/source.h"

namespace octet::tensorflow {
namespace {

using Inputs = std::span<const ArrayPtr>;
using Outputs = Result<std::vector<Array>>;

// Strides of an array read as one of the broadcast shape: 0 along a repeated axis.
std::vector<std::int64_t> broadcast_strides(const Shape& from, const Shape& to) {
  std::vector<std::int64_t> strides(to.size(), 0);
  const std::vector<std::int64_t> own = row_major_strides(from);
  const std::size_t lead = to.size() - from.size();
  for (std::size_t i = 0; i < from.size(); ++i) strides[lead + i] = from[i] == 1 ? 0 : own[i];
  return strides;
}

// Moves `index` to the next element in row-major order and the offsets of two operands with it.
void advance(const Shape& shape, const std::vector<std::int64_t>& strides_a, const std::vector<std::int64_t>& strides_b, Shape& index,
             std::int64_t& a, std::int64_t& b) {
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    a += strides_a[axis];
    b += strides_b[axis];
    if (++index[axis] < shape[axis]) return;
    a -= strides_a[axis] * shape[axis];
    b -= strides_b[axis] * shape[axis];
    index[axis] = 0;
  }
}

using Binary = double (*)(double, double);

Result<Array> combine(const Array& a, const Array& b, DataType type, Binary op) {
  OCTET_ASSIGN(Shape shape, broadcast(a.shape, b.shape));
  OCTET_ASSIGN(Array out, make_array(type, shape));
  const auto strides_a = broadcast_strides(a.shape, shape), strides_b = broadcast_strides(b.shape, shape);
  Shape index(shape.size(), 0);
  std::int64_t at_a = 0, at_b = 0;
  for (double& value : out.values) {
    value = rounded(op(a.values[static_cast<std::size_t>(at_a)], b.values[static_cast<std::size_t>(at_b)]), type);
    advance(shape, strides_a, strides_b, index, at_a, at_b);
  }
  return out;
}

bool is_integer(DataType type) { return type != DataType::kFloat && type != DataType::kDouble && type != DataType::kHalf; }

Outputs binary(Inputs inputs, Binary op, bool compares = false) {
  OCTET_ASSIGN(const ArrayPtr a, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr b, input_at(inputs, 1));
  OCTET_ASSIGN(Array out, combine(*a, *b, compares ? DataType::kBool : a->type, op));
  return one(std::move(out));
}

template <auto Op>
Outputs arithmetic(const NodeRecord&, Inputs inputs) {
  return binary(inputs, +Op);
}

template <auto Op>
Outputs comparison(const NodeRecord&, Inputs inputs) {
  return binary(inputs, +Op, true);
}

Outputs divide(const NodeRecord& node, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr b, input_at(inputs, 1));
  if (is_integer(b->type) && std::find(b->values.begin(), b->values.end(), 0.0) != b->values.end())
    return Error{ErrorCode::kMalformed, "divides a whole number by zero"};
  if (node.op == "FloorDiv")
    return binary(
        inputs, +[](double x, double y) { return std::floor(x / y); });
  if (node.op == "FloorMod")
    return binary(
        inputs, +[](double x, double y) { return x - y * std::floor(x / y); });
  return binary(
      inputs, +[](double x, double y) { return x / y; });
}

template <auto Op>
Outputs unary(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  Array out = *x;
  for (double& value : out.values) value = rounded(Op(value), out.type);
  return one(std::move(out));
}

Outputs cast(const NodeRecord& node, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  Array out = *x;
  out.type = node.op == "ToFloat" ? DataType::kFloat : type_attribute(node, "DstT", DataType::kFloat);
  if (size_of(out.type) == 0) return Error{ErrorCode::kUnsupported, "converts to a type that has no numbers"};
  for (double& value : out.values) value = rounded(value, out.type);
  return one(std::move(out));
}

Outputs softmax(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  Array out = *x;
  const std::size_t row = out.shape.empty() ? 1 : static_cast<std::size_t>(out.shape.back());
  for (std::size_t begin = 0; begin < out.values.size(); begin += row) {
    const std::span<double> values(&out.values[begin], row);
    const double highest = *std::max_element(values.begin(), values.end());
    double sum = 0;
    for (double& value : values) sum += value = std::exp(value - highest);
    for (double& value : values) value = rounded(value / sum, out.type);
  }
  return one(std::move(out));
}

Outputs select(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr condition, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr a, input_at(inputs, 1));
  OCTET_ASSIGN(const ArrayPtr b, input_at(inputs, 2));
  if (a->shape != condition->shape || b->shape != condition->shape)
    return Error{ErrorCode::kUnsupported, "selects among values of different shapes"};
  Array out = *b;
  for (std::size_t i = 0; i < out.values.size(); ++i)
    if (condition->values[i] != 0) out.values[i] = a->values[i];
  return one(std::move(out));
}

// Folds along the axes of input 1 with `op` from `start`; `mean` divides by the number of elements folded.
Outputs reduce(const NodeRecord& node, Inputs inputs, double start, Binary op, bool mean = false) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr axes, input_at(inputs, 1));
  Shape kept = x->shape;
  for (const std::int64_t axis : integers(*axes)) {
    OCTET_ASSIGN(const std::size_t normal, normal_axis(axis, x->shape.size()));
    kept[normal] = 1;
  }
  OCTET_ASSIGN(Array out, make_array(x->type, kept));
  std::fill(out.values.begin(), out.values.end(), start);
  const auto strides = broadcast_strides(kept, x->shape), unused = std::vector<std::int64_t>(x->shape.size(), 0);
  Shape index(x->shape.size(), 0);
  std::int64_t at = 0, none = 0;
  for (const double value : x->values) {
    double& sum = out.values[static_cast<std::size_t>(at)];
    sum = op(sum, value);
    advance(x->shape, strides, unused, index, at, none);
  }
  const double count = mean && !out.values.empty() ? static_cast<double>(x->values.size()) / static_cast<double>(out.values.size()) : 1;
  for (double& value : out.values) value = rounded(value / count, out.type);
  if (!bool_attribute(node, "keep_dims", false)) {
    out.shape.clear();
    std::vector<char> folded(x->shape.size(), 0);
    for (const std::int64_t axis : integers(*axes)) folded[*normal_axis(axis, x->shape.size())] = 1;
    for (std::size_t i = 0; i < kept.size(); ++i)
      if (!folded[i]) out.shape.push_back(kept[i]);
  }
  return one(std::move(out));
}

constexpr auto add = [](double x, double y) { return x + y; };
constexpr auto subtract = [](double x, double y) { return x - y; };
constexpr auto multiply = [](double x, double y) { return x * y; };
constexpr auto maximum = [](double x, double y) { return x > y ? x : y; };
constexpr auto minimum = [](double x, double y) { return x < y ? x : y; };
constexpr auto greater = [](double x, double y) { return x > y ? 1.0 : 0.0; };
constexpr auto greater_equal = [](double x, double y) { return x >= y ? 1.0 : 0.0; };
constexpr auto relu = [](double x) { return x > 0 ? x : 0; };
constexpr auto relu6 = [](double x) { return x < 0 ? 0 : x > 6 ? 6 : x; };
constexpr auto both = [](double x, double y) { return x != 0 && y != 0 ? 1.0 : 0.0; };
constexpr auto either = [](double x, double y) { return x != 0 || y != 0 ? 1.0 : 0.0; };

constexpr NamedRule kRules[] = {
    {"Add", arithmetic<add>},
    {"AddV2", arithmetic<add>},
    {"Sub", arithmetic<subtract>},
    {"Mul", arithmetic<multiply>},
    {"RealDiv", divide},
    {"Div", divide},
    {"FloorDiv", divide},
    {"FloorMod", divide},
    {"Maximum", arithmetic<maximum>},
    {"Minimum", arithmetic<minimum>},
    {"Pow", arithmetic<[](double x, double y) { return std::pow(x, y); }>},
    {"SquaredDifference", arithmetic<[](double x, double y) { return (x - y) * (x - y); }>},
    {"Equal", comparison<[](double x, double y) { return x == y ? 1.0 : 0.0; }>},
    {"NotEqual", comparison<[](double x, double y) { return x != y ? 1.0 : 0.0; }>},
    {"Less", comparison<[](double x, double y) { return x < y ? 1.0 : 0.0; }>},
    {"LessEqual", comparison<[](double x, double y) { return x <= y ? 1.0 : 0.0; }>},
    {"Greater", comparison<greater>},
    {"GreaterEqual", comparison<greater_equal>},
    {"LogicalAnd", comparison<both>},
    {"LogicalOr", comparison<either>},
    {"LogicalNot", unary<[](double x) { return x == 0 ? 1.0 : 0.0; }>},
    {"Neg", unary<[](double x) { return -x; }>},
    {"Abs", unary<[](double x) { return std::fabs(x); }>},
    {"Exp", unary<[](double x) { return std::exp(x); }>},
    {"Log", unary<[](double x) { return std::log(x); }>},
    {"Sqrt", unary<[](double x) { return std::sqrt(x); }>},
    {"Rsqrt", unary<[](double x) { return 1 / std::sqrt(x); }>},
    {"Square", unary<[](double x) { return x * x; }>},
    {"Reciprocal", unary<[](double x) { return 1 / x; }>},
    {"Inv", unary<[](double x) { return 1 / x; }>},
    {"Floor", unary<[](double x) { return std::floor(x); }>},
    {"Ceil", unary<[](double x) { return std::ceil(x); }>},
    {"Round", unary<[](double x) { return std::nearbyint(x); }>},
    {"Tanh", unary<[](double x) { return std::tanh(x); }>},
    {"Sigmoid", unary<[](double x) { return 1 / (1 + std::exp(-x)); }>},
    {"Relu", unary<relu>},
    {"Relu6", unary<relu6>},
    {"Softmax", softmax},
    {"Cast", cast},
    {"ToFloat", cast},
    {"ToInt32", cast},
    {"Select", select},
    {"SelectV2", select},
    {"Sum", [](const NodeRecord& node, Inputs inputs) { return reduce(node, inputs, 0, +add); }},
    {"Mean", [](const NodeRecord& node, Inputs inputs) { return reduce(node, inputs, 0, +add, true); }},
    {"Prod", [](const NodeRecord& node, Inputs inputs) { return reduce(node, inputs, 1, +multiply); }},
    {"Max", [](const NodeRecord& node, Inputs inputs) { return reduce(node, inputs, -HUGE_VAL, +maximum); }},
    {"Min", [](const NodeRecord& node, Inputs inputs) { return reduce(node, inputs, HUGE_VAL, +minimum); }},
    {"All", [](const NodeRecord& node, Inputs inputs) { return reduce(node, inputs, 1, +both); }},
    {"Any", [](const NodeRecord& node, Inputs inputs) { return reduce(node, inputs, 0, +either); }},
};

}  // namespace

std::span<const NamedRule> math_rules() { return kRules; }

}  // namespace octet::tensorflow
