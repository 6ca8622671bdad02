// What makes one value of many: reductions, softmax, running sums of all kinds. Axes are the second input; upgrade.h puts them there.
#include <algorithm>
#include <numeric>

#include "importers/onnx/rules.h"
#include "importers/onnx/softmax.h"

namespace octet::onnx {
namespace {

// All axes where none are given, unless the file says that none means none.
Result<std::vector<std::int64_t>> reduced_axes(NodeImport& node) {
  std::vector<std::int64_t> axes;
  if (node.has_input(1)) {
    OCTET_ASSIGN(axes, node.integers_at(1, "axes"));
  }
  if (axes.empty() && !node.flag("noop_with_empty_axes", false)) {
    axes.resize(static_cast<std::size_t>(node.rank(0)));
    std::iota(axes.begin(), axes.end(), 0);
  }
  return axes;
}

Result<Value> reduce_value(NodeImport& node, ReduceKind kind, Value data) {
  OCTET_ASSIGN(auto axes, reduced_axes(node));
  if (axes.empty()) return data;
  OCTET_ASSIGN(const Value over, node.integers_constant(axes));
  return node.value(Reduce{kind, node.flag("keepdims", true)}, {data, over});
}

template <ReduceKind kKind>
Result<Values> reduce(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  return one(reduce_value(node, kKind, node.input(0)));
}

Result<Values> reduce_sum_square(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const Value square, node.binary(BinaryKind::kMultiply, node.input(0), node.input(0)));
  return one(reduce_value(node, ReduceKind::kSum, square));
}

Result<Values> reduce_log_sum(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const Value sum, reduce_value(node, ReduceKind::kSum, node.input(0)));
  return node.add(Unary{UnaryKind::kLog}, {sum});
}

Result<Values> reduce_log_sum_exp(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const Value exponential, node.value(Unary{UnaryKind::kExp}, {node.input(0)}));
  OCTET_ASSIGN(const Value sum, reduce_value(node, ReduceKind::kSum, exponential));
  return node.add(Unary{UnaryKind::kLog}, {sum});
}

Result<Value> softmax_of_input(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  return softmax(node, node.input(0), node.opset());
}

Result<Values> softmax_rule(NodeImport& node) { return one(softmax_of_input(node)); }

Result<Values> log_softmax(NodeImport& node) {
  OCTET_ASSIGN(const Value soft, softmax_of_input(node));
  return node.add(Unary{UnaryKind::kLog}, {soft});
}

constexpr OperatorRule kRules[] = {
    {"LogSoftmax", log_softmax},
    {"ReduceL1", reduce<ReduceKind::kL1>},
    {"ReduceL2", reduce<ReduceKind::kL2>},
    {"ReduceLogSum", reduce_log_sum},
    {"ReduceLogSumExp", reduce_log_sum_exp},
    {"ReduceMax", reduce<ReduceKind::kMax>},
    {"ReduceMean", reduce<ReduceKind::kMean>},
    {"ReduceMin", reduce<ReduceKind::kMin>},
    {"ReduceProd", reduce<ReduceKind::kProd>},
    {"ReduceSum", reduce<ReduceKind::kSum>},
    {"ReduceSumSquare", reduce_sum_square},
    {"Softmax", softmax_rule},
};

}  // namespace

Result<Value> softmax(NodeImport& node, Value data, std::int64_t opset) {
  const bool flattens = opset < 13;
  const Shape shape = node.shape_of(data);
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", flattens ? 1 : -1, std::ssize(shape)));
  const Shape behind(shape.begin() + axis, shape.end());
  if (!flattens || element_count(behind) == behind[0]) return node.value(SoftMax{axis}, {data});
  const Shape before(shape.begin(), shape.begin() + axis);
  OCTET_ASSIGN(const Value flat, node.reshape(data, {element_count(before), element_count(behind)}));
  OCTET_ASSIGN(const Value soft, node.value(SoftMax{1}, {flat}));
  return node.reshape(soft, shape);
}

std::span<const OperatorRule> reduction_rules() { return kRules; }

}  // namespace octet::onnx
