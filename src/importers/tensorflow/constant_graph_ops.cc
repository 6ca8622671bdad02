// TensorFlow's operations as those of octet's graph, computed by its reference evaluation.
#include <algorithm>

#include "graph/evaluate.h"
#include "importers/tensorflow/constant_ops.h"
#include "importers/tensorflow/source.h"

namespace octet::tensorflow {
namespace {

using Inputs = std::span<const Tensor>;
using Outputs = Result<std::vector<Tensor>>;
using Integers = std::vector<std::int64_t>;

Error malformed_value(const std::string& what) { return {ErrorCode::kMalformed, what}; }

// One operation of the graph on known values.
Outputs compute(const Op& op, const std::vector<Tensor>& inputs) {
  OCTET_ASSIGN(const auto outputs, infer_types(op, inputs));
  for (const TensorType& output : outputs) OCTET_RETURN_IF_ERROR(check_constant_shape(output.shape));
  return evaluate(op, inputs, outputs);
}

Result<Tensor> compute_one(const Op& op, const std::vector<Tensor>& inputs) {
  OCTET_ASSIGN(auto outputs, compute(op, inputs));
  return std::move(outputs[0]);
}

Outputs one(const Result<Tensor>& value) {
  if (!value.ok()) return value.error();
  return std::vector<Tensor>{*value};
}

Tensor list(const Integers& values) { return Tensor::of<std::int64_t>({std::ssize(values)}, values); }
Tensor number(std::int64_t value) { return Tensor::scalar<std::int64_t>(value); }
Tensor number_like(const Tensor& like, double value) { return converted(Tensor::scalar(value), like.type()); }
Integers integers(const Tensor& tensor) { return to_vector<std::int64_t>(tensor); }

Result<std::int64_t> single(const Tensor& tensor, std::string_view role) {
  if (tensor.size() == 1) return integers(tensor)[0];
  return malformed_value(std::string(role) + " is " + to_string(tensor.shape()) + ", expected one number");
}

bool is_whole(const Tensor& tensor) {
  return tensor.type() != ElementType::kF32 && tensor.type() != ElementType::kF16 && tensor.type() != ElementType::kF64;
}

// ---- one to one ----------------------------------------------------------------------------------------------------
template <BinaryKind Kind>
Outputs binary(const NodeRecord&, Inputs in) {
  return compute(Binary{Kind}, {in[0], in[1]});
}

template <UnaryKind Kind>
Outputs unary(const NodeRecord&, Inputs in) {
  return compute(Unary{Kind}, {in[0]});
}

// The graph's division of whole numbers rounds down. TensorFlow's Div cuts off, which differs below zero.
Result<Tensor> quotient(const NodeRecord& node, const Tensor& a, const Tensor& b) {
  if (!is_whole(a)) return compute_one(Binary{BinaryKind::kDivide}, {a, b});
  const auto divisors = integers(b), dividends = integers(a);
  const auto is_negative = [](std::int64_t value) { return value < 0; };
  if (std::ranges::count(divisors, 0) != 0) return malformed_value("divides a whole number by zero");
  if (!node.op.starts_with("Floor") && (std::ranges::any_of(divisors, is_negative) || std::ranges::any_of(dividends, is_negative)))
    return Error{ErrorCode::kUnsupported, "divides negative whole numbers"};
  return compute_one(Binary{BinaryKind::kDivide}, {a, b});
}

Outputs divide(const NodeRecord& node, Inputs in) { return one(quotient(node, in[0], in[1])); }

Result<Tensor> floor_quotient(const NodeRecord& node, const Tensor& a, const Tensor& b) {
  OCTET_ASSIGN(const Tensor exact, quotient(node, a, b));
  if (is_whole(a)) return exact;
  return compute_one(Unary{UnaryKind::kFloor}, {exact});
}

Outputs floor_div(const NodeRecord& node, Inputs in) { return one(floor_quotient(node, in[0], in[1])); }

// a - floor(a / b) * b
Outputs floor_mod(const NodeRecord& node, Inputs in) {
  OCTET_ASSIGN(const Tensor times, floor_quotient(node, in[0], in[1]));
  OCTET_ASSIGN(const Tensor product, compute_one(Binary{BinaryKind::kMultiply}, {times, in[1]}));
  return compute(Binary{BinaryKind::kSubtract}, {in[0], product});
}

Outputs square(const NodeRecord&, Inputs in) { return compute(Binary{BinaryKind::kMultiply}, {in[0], in[0]}); }

Outputs squared_difference(const NodeRecord&, Inputs in) {
  OCTET_ASSIGN(const Tensor difference, compute_one(Binary{BinaryKind::kSubtract}, {in[0], in[1]}));
  return compute(Binary{BinaryKind::kMultiply}, {difference, difference});
}

Outputs reciprocal(const NodeRecord& node, Inputs in) { return one(quotient(node, number_like(in[0], 1), in[0])); }

Outputs reciprocal_root(const NodeRecord&, Inputs in) { return compute(Binary{BinaryKind::kPower}, {in[0], number_like(in[0], -0.5)}); }

Outputs ceil(const NodeRecord&, Inputs in) {
  OCTET_ASSIGN(const Tensor mirrored, compute_one(Unary{UnaryKind::kNegative}, {in[0]}));
  OCTET_ASSIGN(const Tensor floor, compute_one(Unary{UnaryKind::kFloor}, {mirrored}));
  return compute(Unary{UnaryKind::kNegative}, {floor});
}

Outputs relu6(const NodeRecord&, Inputs in) { return compute(Clamp{0, 6}, {in[0]}); }

Outputs softmax(const NodeRecord&, Inputs in) { return compute(SoftMax{-1}, {in[0]}); }

Outputs cast(const NodeRecord& node, Inputs in) {
  OCTET_ASSIGN(const DataType wanted, attribute<DataType>(node, "DstT", DataType::kFloat));
  const auto type = element_type_of(wanted);
  if (!type) return Error{ErrorCode::kUnsupported, "converts to a type that has no numbers"};
  return compute(Convert{*type}, {in[0]});
}

Outputs mean(const NodeRecord& node, Inputs in) {
  OCTET_ASSIGN(const bool keeps_axes, attribute<bool>(node, "keep_dims", false));
  return compute(Reduce{ReduceKind::kMean, keeps_axes}, {in[0], in[1]});
}

// ---- shapes --------------------------------------------------------------------------------------------------------
Outputs identity(const NodeRecord&, Inputs in) { return std::vector<Tensor>{in[0]}; }

Outputs reshape(const NodeRecord&, Inputs in) { return compute(Reshape{}, {in[0], in[1]}); }

Outputs squeeze(const NodeRecord& node, Inputs in) {
  OCTET_ASSIGN(const Integers axis, attribute<Integers>(node, "axis", {}));
  OCTET_ASSIGN(const Integers axes, attribute<Integers>(node, "squeeze_dims", axis));
  return axes.empty() ? compute(Squeeze{}, {in[0]}) : compute(Squeeze{}, {in[0], list(axes)});
}

Outputs expand_dims(const NodeRecord&, Inputs in) {
  OCTET_ASSIGN(const std::int64_t axis, single(in[1], "the axis"));
  return compute(Unsqueeze{}, {in[0], number(axis)});
}

Outputs transpose(const NodeRecord&, Inputs in) { return compute(Transpose{}, {in[0], in[1]}); }

// ---- parts ---------------------------------------------------------------------------------------------------------
Outputs concat(const NodeRecord& node, Inputs in) {
  const bool axis_first = node.op == "Concat";
  OCTET_ASSIGN(const std::int64_t axis, single(axis_first ? in.front() : in.back(), "the axis"));
  const auto items = in.subspan(axis_first ? 1 : 0, in.size() - 1);
  return compute(Concat{axis}, {items.begin(), items.end()});
}

Outputs pack(const NodeRecord& node, Inputs in) {
  OCTET_ASSIGN(const std::int64_t given, attribute<std::int64_t>(node, "axis", 0));
  OCTET_ASSIGN(const std::size_t axis, normal_axis(given, in[0].shape().size() + 1));
  std::vector<Tensor> items;
  for (const Tensor& input : in) {
    OCTET_ASSIGN(Tensor item, compute_one(Unsqueeze{}, {input, number(static_cast<std::int64_t>(axis))}));
    items.push_back(std::move(item));
  }
  return compute(Concat{static_cast<std::int64_t>(axis)}, items);
}

Outputs unpack(const NodeRecord& node, Inputs in) {
  OCTET_ASSIGN(const std::int64_t given, attribute<std::int64_t>(node, "axis", 0));
  OCTET_ASSIGN(const std::size_t axis, normal_axis(given, in[0].shape().size()));
  const Tensor place = number(static_cast<std::int64_t>(axis));
  OCTET_ASSIGN(auto items, compute(Split{in[0].shape()[axis]}, {in[0], place}));
  for (Tensor& item : items) {
    OCTET_ASSIGN(item, compute_one(Squeeze{}, {item, place}));
  }
  return items;
}

Outputs split(const NodeRecord& node, Inputs in) {
  OCTET_ASSIGN(const std::int64_t axis, single(in[0], "the axis"));
  OCTET_ASSIGN(const std::int64_t parts, attribute<std::int64_t>(node, "num_split", 1));
  return compute(Split{parts}, {in[1], number(axis)});
}

Outputs split_v(const NodeRecord&, Inputs in) {
  OCTET_ASSIGN(const std::int64_t axis, single(in[2], "the axis"));
  return compute(VariadicSplit{}, {in[0], number(axis), in[1]});
}

// The graph's slices end at the border where TensorFlow's Slice must not reach beyond it.
Outputs slice(const NodeRecord&, Inputs in) {
  const Shape& shape = in[0].shape();
  const Integers begin = integers(in[1]), size = integers(in[2]);
  if (begin.size() != shape.size() || size.size() != shape.size()) return malformed_value("has a begin or size of another rank");
  Integers end(shape);
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (begin[axis] < 0 || begin[axis] > shape[axis] || size[axis] < -1 || size[axis] > shape[axis] - begin[axis])
      return malformed_value("cuts outside of " + to_string(shape));
    if (size[axis] != -1) end[axis] = begin[axis] + size[axis];
  }
  return compute(StridedSlice{}, {in[0], list(begin), list(end)});
}

Outputs strided_slice(const NodeRecord& node, Inputs in) {
  OCTET_ASSIGN(const StridedSlice slice, strided_slice_of(node, in[1].size()));
  return compute(slice, {in[0], in[1], in[2], in[3]});
}

// The indices 0 .. size - 1, `times` times over.
Result<Tensor> repeated_indices(std::int64_t size, std::int64_t times) {
  if (times < 0 || (size > 0 && times > kMaxConstantElements / size))
    return malformed_value("repeats a value too often: it gets too large");
  Integers indices;
  indices.reserve(static_cast<std::size_t>(size * times));
  for (std::int64_t time = 0; time < times && size > 0; ++time)
    for (std::int64_t i = 0; i < size; ++i) indices.push_back(i);
  return list(indices);
}

Outputs tile(const NodeRecord&, Inputs in) {
  const Integers times = integers(in[1]);
  Tensor value = in[0];
  if (times.size() != value.shape().size()) return malformed_value("repeats " + to_string(value.shape()) + " along another number of axes");
  for (std::size_t axis = 0; axis < times.size(); ++axis) {
    if (times[axis] == 1) continue;
    OCTET_ASSIGN(const Tensor indices, repeated_indices(value.shape()[axis], times[axis]));
    OCTET_ASSIGN(value, compute_one(Gather{}, {value, indices, number(static_cast<std::int64_t>(axis))}));
  }
  return std::vector<Tensor>{value};
}

Outputs gather(const NodeRecord& node, Inputs in) {
  OCTET_ASSIGN(const std::int64_t batch_dims, attribute<std::int64_t>(node, "batch_dims", 0));
  if (batch_dims != 0) return Error{ErrorCode::kUnsupported, "gathers with batch_dims"};
  std::int64_t axis = 0;
  if (node.op == "GatherV2") {
    OCTET_ASSIGN(axis, single(in[2], "the axis"));
  }
  return compute(Gather{}, {in[0], in[1], number(axis)});
}

constexpr ConstantRule kRules[] = {
    {"Add", 2, binary<BinaryKind::kAdd>},
    {"AddV2", 2, binary<BinaryKind::kAdd>},
    {"Sub", 2, binary<BinaryKind::kSubtract>},
    {"Mul", 2, binary<BinaryKind::kMultiply>},
    {"Maximum", 2, binary<BinaryKind::kMaximum>},
    {"Minimum", 2, binary<BinaryKind::kMinimum>},
    {"Pow", 2, binary<BinaryKind::kPower>},
    {"RealDiv", 2, divide},
    {"Div", 2, divide},
    {"FloorDiv", 2, floor_div},
    {"FloorMod", 2, floor_mod},
    {"SquaredDifference", 2, squared_difference},
    {"Neg", 1, unary<UnaryKind::kNegative>},
    {"Abs", 1, unary<UnaryKind::kAbs>},
    {"Exp", 1, unary<UnaryKind::kExp>},
    {"Sqrt", 1, unary<UnaryKind::kSqrt>},
    {"Floor", 1, unary<UnaryKind::kFloor>},
    {"Tanh", 1, unary<UnaryKind::kTanh>},
    {"Sigmoid", 1, unary<UnaryKind::kSigmoid>},
    {"Relu", 1, unary<UnaryKind::kRelu>},
    {"Relu6", 1, relu6},
    {"Ceil", 1, ceil},
    {"Square", 1, square},
    {"Rsqrt", 1, reciprocal_root},
    {"Reciprocal", 1, reciprocal},
    {"Inv", 1, reciprocal},
    {"Softmax", 1, softmax},
    {"Cast", 1, cast},
    {"Mean", 2, mean},
    {"Identity", 1, identity},
    {"StopGradient", 1, identity},
    {"PreventGradient", 1, identity},
    {"CheckNumerics", 1, identity},
    {"Snapshot", 1, identity},
    {"Enter", 1, identity},  // of a constant that a loop captures; Source knows the others as dynamic
    {"Reshape", 2, reshape},
    {"Squeeze", 1, squeeze},
    {"ExpandDims", 2, expand_dims},
    {"Transpose", 2, transpose},
    {"ConcatV2", 2, concat},
    {"Concat", 2, concat},
    {"Pack", 1, pack},
    {"Unpack", 1, unpack},
    {"Split", 2, split},
    {"SplitV", 3, split_v},
    {"Slice", 3, slice},
    {"StridedSlice", 4, strided_slice},
    {"Tile", 2, tile},
    {"Gather", 2, gather},
    {"GatherV2", 3, gather},
};

}  // namespace

Result<StridedSlice> strided_slice_of(const NodeRecord& node, std::int64_t entries) {
  constexpr std::pair<std::string_view, Integers StridedSlice::*> kMasks[] = {{"begin_mask", &StridedSlice::begin_mask},
                                                                              {"end_mask", &StridedSlice::end_mask},
                                                                              {"new_axis_mask", &StridedSlice::new_axis_mask},
                                                                              {"shrink_axis_mask", &StridedSlice::shrink_axis_mask},
                                                                              {"ellipsis_mask", &StridedSlice::ellipsis_mask}};
  constexpr std::int64_t kMostEntries = 32;
  if (entries > kMostEntries) return malformed_value("slices " + std::to_string(entries) + " axes");
  StridedSlice slice;
  for (const auto& [name, mask] : kMasks) {
    OCTET_ASSIGN(const std::int64_t bits, attribute<std::int64_t>(node, name, 0));
    for (std::int64_t i = 0; i < entries; ++i) (slice.*mask).push_back(bits >> i & 1);
  }
  return slice;
}

std::span<const ConstantRule> graph_rules() { return kRules; }

}  // namespace octet::tensorflow
