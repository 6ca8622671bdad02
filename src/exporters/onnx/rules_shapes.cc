#include "exporters/onnx/rules.h"
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

// The elements of `block` x `block` cells become channels: the data seen as [N, channels, rows, block, columns, block] in another order.
Status cells_to_channels(NodeExport& to, std::int64_t channels, std::int64_t block, const std::vector<std::int64_t>& order) {
  const Shape &data = to.shape(0), &result = to.output_type().shape;
  const std::int64_t rows = channels == data[1] ? result[2] : data[2], columns = channels == data[1] ? result[3] : data[3];
  const std::string cells = to.step("Reshape", {to.input(0), to.list({data[0], channels, rows, block, columns, block}, "cells")});
  return reshape(to, to.step("Transpose", {cells}, {{"perm", order}}));
}

// Elements mirrored behind the last one, which ONNX has no padding for.
Status mirror(NodeExport& to, const std::vector<std::int64_t>& begin, const std::vector<std::int64_t>& end) {
  std::string data = to.input(0);
  for (std::size_t axis = 0; axis < begin.size(); ++axis) {
    const std::int64_t size = to.shape(0)[axis];
    std::vector<std::int64_t> places;
    for (std::int64_t i = -begin[axis]; i < size + end[axis]; ++i) places.push_back(i < 0 ? -1 - i : i < size ? i : 2 * size - 1 - i);
    const Attributes along{{"axis", static_cast<std::int64_t>(axis)}};
    if (begin[axis] != 0 || end[axis] != 0) data = to.step("Gather", {data, to.list(places, "places")}, along);
  }
  return to.result("Identity", {data});
}

std::string_view name_of(Pad::Mode mode) {
  switch (mode) {
    case Pad::Mode::kConstant:
      return "constant";
    case Pad::Mode::kEdge:
      return "edge";
    case Pad::Mode::kReflect:
      return "reflect";
    case Pad::Mode::kSymmetric:  // is none of ONNX
      return {};
  }
  return {};
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

// Darknet sees the data with stride² fewer channels of stride times the size, and then puts the blocks in front of the channels.
Status write(const ReorgYolo& op, NodeExport& to) {
  return cells_to_channels(to, to.shape(0)[1] / (op.stride * op.stride), op.stride, {0, 3, 5, 1, 2, 4});
}

Status write(const Pad& op, NodeExport& to) {
  OCTET_ASSIGN(auto pads, to.integers(1));
  OCTET_ASSIGN(const auto end, to.integers(2));
  if (op.mode == Pad::Mode::kSymmetric) return mirror(to, pads, end);
  pads.insert(pads.end(), end.begin(), end.end());
  Names inputs{to.input(0), to.list(pads, "pads")};
  if (to.input_count() == 4 && op.mode == Pad::Mode::kConstant) {
    const Tensor* value = to.constant(3);
    inputs.push_back(value ? to.constant(value->reshaped({}), "value") : to.input(3));
  }
  return to.result("Pad", inputs, {{"mode", std::string(name_of(op.mode))}});
}

Status write(const DepthToSpace& op, NodeExport& to) {
  if (to.shape(0).size() != 4) return to.unsupported("data of another rank than 4");
  const std::string mode = op.mode == DepthToSpace::Mode::kBlocksFirst ? "DCR" : "CRD";
  return to.result("DepthToSpace", {to.input(0)}, {{"blocksize", op.block_size}, {"mode", mode}});
}

// ONNX puts the blocks in front of the channels, always.
Status write(const SpaceToDepth& op, NodeExport& to) {
  if (to.shape(0).size() != 4) return to.unsupported("data of another rank than 4");
  if (op.mode == DepthToSpace::Mode::kBlocksFirst) return to.result("SpaceToDepth", {to.input(0)}, {{"blocksize", op.block_size}});
  return cells_to_channels(to, to.shape(0)[1], op.block_size, {0, 1, 3, 5, 2, 4});
}

// Shapes are known, so that theirs is a constant.
Status write(const ShapeOf& op, NodeExport& to) {
  const auto rank = static_cast<std::int64_t>(to.shape(0).size());
  return to.result("Identity", {to.constant(converted(Tensor::of<std::int64_t>({rank}, to.shape(0)), op.type), "shape")});
}

Status write(const PriorBoxClustered&, NodeExport& to) { return to.evaluated(); }
Status write(const Range&, NodeExport& to) { return to.evaluated(); }

}  // namespace octet::onnx
