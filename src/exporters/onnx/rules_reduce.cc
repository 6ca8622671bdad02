#include "exporters/onnx/rules.h"

// What works along axes.
namespace octet::onnx {
namespace {

std::string_view name_of(ReduceKind kind) {
  switch (kind) {
    case ReduceKind::kMean:
      return "ReduceMean";
    case ReduceKind::kSum:
      return "ReduceSum";
    case ReduceKind::kMax:
      return "ReduceMax";
    case ReduceKind::kMin:
      return "ReduceMin";
    case ReduceKind::kProd:
      return "ReduceProd";
    case ReduceKind::kL1:
      return "ReduceL1";
    case ReduceKind::kL2:
      return "ReduceL2";
  }
  return {};
}

}  // namespace

Status write(const SoftMax& op, NodeExport& to) { return to.result("Softmax", {to.input(0)}, {{"axis", op.axis}}); }

Status write(const Mvn& op, NodeExport& to) {
  OCTET_ASSIGN(const auto axes, to.integers(1));
  const auto mean = [&](const std::string& values) {
    return axes.empty() ? values : to.step("ReduceMean", {values}, {{"axes", axes}, {"keepdims", std::int64_t{1}}});
  };
  const Names centring{to.input(0), mean(to.input(0))};
  if (!op.normalize_variance) return to.result("Sub", centring);
  const std::string centred = to.step("Sub", centring), variance = mean(to.step("Mul", {centred, centred}));
  const std::string epsilon = to.number(op.epsilon);
  const std::string deviation = op.epsilon_inside_sqrt ? to.step("Sqrt", {to.step("Add", {variance, epsilon})})
                                                       : to.step("Add", {to.step("Sqrt", {variance}), epsilon});
  return to.result("Div", {centred, deviation});
}

// Opset 17 takes the axes of a sum as an input, of all others as an attribute; without axes ONNX would reduce all.
Status write(const Reduce& op, NodeExport& to) {
  OCTET_ASSIGN(const auto axes, to.integers(1));
  const bool is_norm = op.kind == ReduceKind::kL1 || op.kind == ReduceKind::kL2;
  if (axes.empty()) return to.result(is_norm ? "Abs" : "Identity", {to.input(0)});
  const Attribute keep{"keepdims", std::int64_t{op.keep_dims}};
  if (op.kind == ReduceKind::kSum) return to.result("ReduceSum", {to.input(0), to.list(axes, "axes")}, {keep});
  return to.result(name_of(op.kind), {to.input(0)}, {{"axes", axes}, keep});
}

Status write(const CumSum& op, NodeExport& to) {
  OCTET_ASSIGN(const std::int64_t axis, to.axis(1));
  const std::string where = to.constant(Tensor::scalar(axis), "axis");
  return to.result("CumSum", {to.input(0), where}, {{"exclusive", std::int64_t{op.exclusive}}, {"reverse", std::int64_t{op.reverse}}});
}

// By falling or rising values, as ONNX has them, and then by rising indices where that is asked for.
Status write(const TopK& op, NodeExport& to) {
  OCTET_ASSIGN(const auto count, to.integers(1));
  const Attribute axis{"axis", op.axis};
  const std::string k = to.list(count, "k");
  Names found = to.steps(2, "TopK", {to.input(0), k}, {axis, {"largest", std::int64_t{op.mode == TopK::Mode::kMax}}});
  if (op.sort == TopK::Sort::kIndices) {
    const Names sorted = to.steps(2, "TopK", {found[1], k}, {axis, {"largest", std::int64_t{0}}});
    found = {to.step("GatherElements", {found[0], sorted[1]}, {axis}), sorted[0]};
  }
  OCTET_RETURN_IF_ERROR(to.result_at(0, "Identity", {found[0]}));
  return to.result_at(1, "Cast", {found[1]}, {{"to", std::int64_t{data_type_of(op.index_type)}}});
}

}  // namespace octet::onnx
