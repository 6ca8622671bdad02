#include "exporters/onnx/rules.h"
#include "graph/evaluate.h"
#include "graph/strided_slice.h"

// What moves, cuts and joins.
namespace octet::onnx {
namespace {

// The elements in their order with the shape of the result, which is always known.
Status reshape(NodeExport& to, const std::string& from) { return to.result("Reshape", {from, to.list(to.output_type().shape, "shape")}); }

// Parts along an axis, as long as the results are.
Status split(NodeExport& to) {
  OCTET_ASSIGN(const std::int64_t axis, to.axis(1));
  std::vector<std::int64_t> lengths;
  for (const TensorType& part : to.node().outputs) lengths.push_back(part.shape[static_cast<std::size_t>(axis)]);
  return to.result("Split", {to.input(0), to.list(lengths, "lengths")}, {{"axis", axis}});
}

}  // namespace

Status write(const Concat& op, NodeExport& to) { return to.result("Concat", to.inputs(), {{"axis", op.axis}}); }
Status write(const VariadicSplit&, NodeExport& to) { return split(to); }
Status write(const Split&, NodeExport& to) { return split(to); }

Status write(const StridedSlice& op, NodeExport& to) {
  OCTET_ASSIGN(const auto begin, to.integers(1));
  OCTET_ASSIGN(const auto end, to.integers(2));
  std::vector<std::int64_t> strides;
  if (to.input_count() == 4) {
    OCTET_ASSIGN(strides, to.integers(3));
  }
  OCTET_ASSIGN(const SlicePlan plan, plan_slice(op, to.shape(0), begin, end, strides));
  std::vector<std::int64_t> starts, ends, axes, steps;
  Shape cut = to.shape(0);
  for (std::size_t i = 0; i < plan.axes.size(); ++i) {
    const auto [first, step, count] = plan.axes[i];
    if (first == 0 && step == 1 && count == cut[i]) continue;
    const std::int64_t last = first + step * count;  // beyond the end; before the beginning where steps go back
    starts.push_back(first);
    ends.push_back(last >= 0 ? last : -cut[i] - 1);
    axes.push_back(static_cast<std::int64_t>(i));
    steps.push_back(step);
    cut[i] = count;
  }
  if (axes.empty()) return reshape(to, to.input(0));
  const Names inputs{to.input(0), to.list(starts, "starts"), to.list(ends, "ends"), to.list(axes, "axes"), to.list(steps, "steps")};
  if (cut == plan.shape) return to.result("Slice", inputs);
  return reshape(to, to.step("Slice", inputs));
}

Status write(const Reshape&, NodeExport& to) { return reshape(to, to.input(0)); }
Status write(const Squeeze&, NodeExport& to) { return reshape(to, to.input(0)); }
Status write(const Unsqueeze&, NodeExport& to) { return reshape(to, to.input(0)); }

Status write(const Transpose&, NodeExport& to) {
  OCTET_ASSIGN(auto order, to.integers(1));
  if (order.empty())  // reverses all axes
    for (std::size_t axis = to.shape(0).size(); axis-- > 0;) order.push_back(static_cast<std::int64_t>(axis));
  return to.result("Transpose", {to.input(0)}, {{"perm", order}});
}

// Cells of stride x stride elements become channels, the offset within a cell above the channels, once the data is seen with
// stride² fewer channels of stride times the size.
Status write(const ReorgYolo& op, NodeExport& to) {
  const Shape& data = to.shape(0);
  const std::int64_t s = op.stride;
  const std::vector<std::int64_t> cells{data[0], data[1] / (s * s), data[2], s, data[3], s};
  const std::string seen = to.step("Reshape", {to.input(0), to.list(cells, "cells")});
  return reshape(to, to.step("Transpose", {seen}, {{"perm", std::vector<std::int64_t>{0, 3, 5, 1, 2, 4}}}));
}

Status write(const Pad&, NodeExport& to) {
  OCTET_ASSIGN(auto pads, to.integers(1));
  OCTET_ASSIGN(const auto end, to.integers(2));
  pads.insert(pads.end(), end.begin(), end.end());
  Names inputs{to.input(0), to.list(pads, "pads")};
  if (to.input_count() == 4) {
    const Tensor* value = to.constant(3);
    inputs.push_back(value ? to.constant(value->reshaped({}), "value") : to.input(3));
  }
  return to.result("Pad", inputs);
}

Status write(const Gather&, NodeExport& to) {
  OCTET_ASSIGN(const std::int64_t axis, to.axis(2));
  return to.result("Gather", {to.input(0), to.input(1)}, {{"axis", axis}});
}

// Shapes are known, so that theirs is a constant.
Status write(const ShapeOf& op, NodeExport& to) {
  const auto rank = static_cast<std::int64_t>(to.shape(0).size());
  return to.result("Identity", {to.constant(converted(Tensor::of<std::int64_t>({rank}, to.shape(0)), op.type), "shape")});
}

Status write(const PriorBoxClustered& op, NodeExport& to) {
  if (!to.constant(0) || !to.constant(1)) return to.unsupported("sizes that are computed");
  const Tensor sizes[] = {*to.constant(0), *to.constant(1)};
  return to.result("Identity", {to.constant(evaluate(op, sizes, to.node().outputs)[0], "boxes")});
}

}  // namespace octet::onnx
