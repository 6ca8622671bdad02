// Operations at import that make values of a shape or give values another shape.
#include <algorithm>
#include <cmath>

#include "base/checked_math.h"
#include "importers/tensorflow/constant_ops.h"
#include "importers/tensorflow/source.h"

namespace octet::tensorflow {
namespace {

using Inputs = std::span<const ArrayPtr>;
using Outputs = Result<std::vector<Array>>;

Error malformed_shape(const std::string& what) { return {ErrorCode::kMalformed, what}; }

Outputs constant(const NodeRecord& node, Inputs) {
  const auto found = node.attributes.find("value");
  const TensorRecord* record = found == node.attributes.end() ? nullptr : std::get_if<TensorRecord>(&found->second);
  if (!record) return malformed_shape("has no value");
  OCTET_ASSIGN(Array array, array_of(*record));
  return one(std::move(array));
}

Outputs identity(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  return one(*x);
}

Outputs reshape(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr target, input_at(inputs, 1));
  Shape shape = integers(*target);
  const auto open = std::find(shape.begin(), shape.end(), -1);
  if (open != shape.end()) *open = 1;
  const auto known = checked_product(shape);
  const auto count = static_cast<std::int64_t>(x->values.size());
  if (known && open != shape.end() && *known > 0) *open = count / *known;
  const auto total = checked_product(shape);
  if (!total || *total != count) return malformed_shape("cannot give " + to_string(x->shape) + " the shape " + to_string(shape));
  return one({x->type, std::move(shape), x->values});
}

Outputs squeeze(const NodeRecord& node, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  const std::vector<std::int64_t> axes = ints_attribute(node, "squeeze_dims", ints_attribute(node, "axis", {}));
  std::vector<char> drop(x->shape.size(), 0);
  for (const std::int64_t axis : axes) {
    OCTET_ASSIGN(const std::size_t normal, normal_axis(axis, x->shape.size()));
    if (x->shape[normal] != 1) return malformed_shape("squeezes an axis of " + to_string(x->shape) + " that is not 1");
    drop[normal] = 1;
  }
  Array out{x->type, {}, x->values};
  for (std::size_t i = 0; i < x->shape.size(); ++i)
    if (!(axes.empty() ? x->shape[i] == 1 : drop[i] != 0)) out.shape.push_back(x->shape[i]);
  return one(std::move(out));
}

Outputs expand_dims(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr axis, input_at(inputs, 1));
  if (axis->values.size() != 1) return malformed_shape("has no single axis");
  OCTET_ASSIGN(const std::size_t at, normal_axis(integers(*axis)[0], x->shape.size() + 1));
  Array out = *x;
  out.shape.insert(out.shape.begin() + static_cast<std::ptrdiff_t>(at), 1);
  return one(std::move(out));
}

Outputs transpose(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr order_array, input_at(inputs, 1));
  const std::vector<std::int64_t> order = integers(*order_array);
  const std::size_t rank = x->shape.size();
  std::vector<std::int64_t> sorted = order;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    if (sorted.size() != rank || sorted[i] != static_cast<std::int64_t>(i)) return malformed_shape("has no order of the axes");
  const std::vector<std::int64_t> own = row_major_strides(x->shape);
  Shape shape(rank), index(rank, 0);
  std::vector<std::int64_t> strides(rank);
  for (std::size_t i = 0; i < rank; ++i) {
    shape[i] = x->shape[static_cast<std::size_t>(order[i])];
    strides[i] = own[static_cast<std::size_t>(order[i])];
  }
  OCTET_ASSIGN(Array out, make_array(x->type, shape));
  std::int64_t from = 0;
  for (double& value : out.values) {
    value = x->values[static_cast<std::size_t>(from)];
    for (std::size_t axis = rank; axis-- > 0;) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return one(std::move(out));
}

Outputs shape_of(const NodeRecord& node, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  Array out{type_attribute(node, "out_type", DataType::kInt32), {static_cast<std::int64_t>(x->shape.size())}, {}};
  for (const std::int64_t size : x->shape) out.values.push_back(static_cast<double>(size));
  if (node.op == "Rank") out = {DataType::kInt32, {}, {static_cast<double>(x->shape.size())}};
  if (node.op == "Size") out = {out.type, {}, {static_cast<double>(element_count(x->shape))}};
  return one(std::move(out));
}

Outputs range(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr start, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr limit, input_at(inputs, 1));
  OCTET_ASSIGN(const ArrayPtr step, input_at(inputs, 2));
  if (start->values.size() != 1 || limit->values.size() != 1 || step->values.size() != 1 || step->values[0] == 0)
    return malformed_shape("has no single start, limit and step");
  const double count = std::ceil((limit->values[0] - start->values[0]) / step->values[0]);
  if (!(count < static_cast<double>(kMaxArrayElements))) return malformed_shape("asks for a range that is too long");
  OCTET_ASSIGN(Array out, make_array(start->type, {count > 0 ? static_cast<std::int64_t>(count) : 0}));
  for (std::size_t i = 0; i < out.values.size(); ++i)
    out.values[i] = rounded(start->values[0] + static_cast<double>(i) * step->values[0], out.type);
  return one(std::move(out));
}

Outputs fill(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr shape, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr value, input_at(inputs, 1));
  if (value->values.size() != 1) return malformed_shape("has no single value");
  OCTET_ASSIGN(Array out, make_array(value->type, integers(*shape)));
  std::fill(out.values.begin(), out.values.end(), value->values[0]);
  return one(std::move(out));
}

template <int Value>
Outputs filled_like(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  return one({x->type, x->shape, std::vector<double>(x->values.size(), Value)});
}

constexpr NamedRule kRules[] = {
    {"Const", constant},
    {"Identity", identity},
    {"StopGradient", identity},
    {"PreventGradient", identity},
    {"CheckNumerics", identity},
    {"Snapshot", identity},
    {"Enter", identity},  // of a constant that a loop captures; Source knows the others as dynamic
    {"Reshape", reshape},
    {"Squeeze", squeeze},
    {"ExpandDims", expand_dims},
    {"Transpose", transpose},
    {"Shape", shape_of},
    {"Rank", shape_of},
    {"Size", shape_of},
    {"Range", range},
    {"Fill", fill},
    {"ZerosLike", filled_like<0>},
    {"OnesLike", filled_like<1>},
};

}  // namespace

std::span<const NamedRule> shape_rules() { return kRules; }

}  // namespace octet::tensorflow
