// What changes or asks for shapes, and constants.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/checked_math.h"
#include "importers/onnx/rules.h"

namespace octet::onnx {
namespace {

constexpr std::int64_t kMaxMade = std::int64_t{1} << 24;  // elements of a constant that a file only describes

Result<Values> shape(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  const Shape& sizes = node.shape(0);
  const std::int64_t rank = std::ssize(sizes);
  const auto bound = [&](std::string_view attribute, std::int64_t otherwise) {
    const std::int64_t at = node.integer(attribute, otherwise);
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const std::int64_t first = bound("start", 0), end = std::max(bound("end", rank), first);
  OCTET_RETURN_IF_ERROR(node.status());
  return one(node.integers_constant(Shape(sizes.begin() + first, sizes.begin() + end)));
}

Result<Values> size(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  return one(node.constant(Tensor::scalar(element_count(node.shape(0)))));
}

Result<Values> reshape(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  return node.add(Reshape{!node.flag("allowzero", false)}, {node.input(0), node.input(1)});
}

Result<Values> flatten(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  const Shape& data = node.shape(0);
  std::int64_t axis = node.integer("axis", 1);
  OCTET_RETURN_IF_ERROR(node.status());
  if (axis != std::ssize(data)) {
    OCTET_ASSIGN(axis, normalized_axis(axis, std::ssize(data)));
  }
  const Shape before(data.begin(), data.begin() + axis), behind(data.begin() + axis, data.end());
  return one(node.reshape(node.input(0), {element_count(before), element_count(behind)}));
}

Result<Values> transpose(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  std::vector<std::int64_t> order(static_cast<std::size_t>(node.rank(0)));
  std::iota(order.rbegin(), order.rend(), 0);
  order = node.integers("perm", order);
  OCTET_RETURN_IF_ERROR(node.status());
  OCTET_ASSIGN(const Value axes, node.integers_constant(order));
  return node.add(Transpose{}, {node.input(0), axes});
}

Result<Values> squeeze(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  return node.add(Squeeze{}, node.all_inputs());
}

Result<Values> unsqueeze(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  return node.add(Unsqueeze{}, {node.input(0), node.input(1)});
}

// Of two ones the greater counts, on either side.
Result<Values> expand(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  OCTET_ASSIGN(const auto target, node.integers_at(1, "shape"));
  OCTET_ASSIGN_AT(const Shape result, broadcast(node.shape(0), target), "shape");
  OCTET_RETURN_IF_ERROR(validate_shape(result));
  if (result == node.shape(0)) return Values{{node.input(0)}};
  OCTET_ASSIGN(const Value sizes, node.integers_constant(result));
  return node.add(Broadcast{false}, {node.input(0), sizes});
}

Result<Values> tile(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  return node.add(Tile{}, {node.input(0), node.input(1)});
}

Result<Values> concat(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", 1, node.rank(0)));
  return node.add(Concat{axis}, node.all_inputs());
}

// A constant of elements that the file does not hold.
Result<Tensor> made_tensor(NodeImport& node, ElementType element, Shape shape) {
  OCTET_RETURN_IF_ERROR(validate_shape(shape));
  if (element_count(shape) > kMaxMade) return unsupported("makes a constant of shape " + to_string(shape));
  OCTET_RETURN_IF_ERROR(node.builder().charge(element_count(shape)));
  return Tensor(element, std::move(shape));
}

Result<Values> constant_of_shape(NodeImport& node) {
  OCTET_ASSIGN(const auto sizes, node.integers_at(0, "shape"));
  Tensor value = Tensor::scalar(0.0f);
  if (const auto given = node.node().attributes.find("value"); given != node.node().attributes.end()) {
    const auto* tensor = std::get_if<Tensor>(&given->second);
    if (!tensor || tensor->size() != 1) return malformed("attribute 'value' is no tensor of one element");
    value = in_graph_element(*tensor);
  }
  OCTET_ASSIGN(Tensor made, made_tensor(node, value.type(), sizes));
  const auto from = value.bytes();
  const auto to = made.mutable_bytes();
  for (std::size_t at = 0; at < to.size(); at += from.size()) std::ranges::copy(from, to.begin() + static_cast<std::ptrdiff_t>(at));
  return one(node.constant(std::move(made)));
}

Result<Values> range(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(3));
  OCTET_ASSIGN(const double start, node.number_at(0, "start"));
  OCTET_ASSIGN(const double limit, node.number_at(1, "limit"));
  OCTET_ASSIGN(const double step, node.number_at(2, "delta"));
  const double count = std::max(std::ceil((limit - start) / step), 0.0);
  if (!(count <= static_cast<double>(kMaxMade))) return malformed(fmt::format("a range from {} to {} in steps of {}", start, limit, step));
  OCTET_ASSIGN([[maybe_unused]] const Tensor charged, made_tensor(node, ElementType::kU8, {static_cast<std::int64_t>(count)}));
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = start + static_cast<double>(i) * step;
  return one(node.constant(converted(Tensor::of<double>({std::ssize(values)}, values), node.element(0))));
}

template <typename T>
Result<Values> list_constant(NodeImport& node, const std::vector<T>& values) {
  return one(node.constant(Tensor::of<T>({std::ssize(values)}, values)));
}

// A value in one of seven attributes; texts and sparse tensors are refused.
Result<Values> constant(NodeImport& node) {
  if (node.node().attributes.size() == 1) {
    const auto& [name, value] = *node.node().attributes.begin();
    if (const auto* tensor = std::get_if<Tensor>(&value)) return one(node.constant(in_graph_element(*tensor)));
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return one(node.constant(Tensor::scalar(*integer)));
    if (const auto* number = std::get_if<float>(&value)) return one(node.constant(Tensor::scalar(*number)));
    if (const auto* integers = std::get_if<std::vector<std::int64_t>>(&value)) return list_constant(node, *integers);
    if (const auto* numbers = std::get_if<std::vector<float>>(&value)) return list_constant(node, *numbers);
    return unsupported("attribute " + in_quotes(name) + " is " + std::string(kind_of(value)) + ", which is not supported");
  }
  return malformed(fmt::format("has {} attributes, expected the one that holds its value", node.node().attributes.size()));
}

Result<Values> depth_to_space(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  constexpr std::string_view kModes[] = {"DCR", "CRD"};
  const bool blocks_first = node.choice("mode", kModes, "DCR") == "DCR";
  return node.add(
      DepthToSpace{blocks_first ? DepthToSpace::Mode::kBlocksFirst : DepthToSpace::Mode::kDepthFirst, node.integer("blocksize", 0)},
      {node.input(0)});
}

Result<Values> space_to_depth(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  return node.add(SpaceToDepth{DepthToSpace::Mode::kBlocksFirst, node.integer("blocksize", 0)}, {node.input(0)});
}

constexpr OperatorRule kRules[] = {
    {"Concat", concat, Integers::kMoves},
    {"Constant", constant},
    {"ConstantOfShape", constant_of_shape},
    {"DepthToSpace", depth_to_space, Integers::kMoves},
    {"Expand", expand, Integers::kMoves},
    {"Flatten", flatten, Integers::kMoves},
    {"Range", range},
    {"Reshape", reshape, Integers::kMoves},
    {"Shape", shape, Integers::kMoves},
    {"Size", size, Integers::kMoves},
    {"SpaceToDepth", space_to_depth, Integers::kMoves},
    {"Squeeze", squeeze, Integers::kMoves},
    {"Tile", tile, Integers::kMoves},
    {"Transpose", transpose, Integers::kMoves},
    {"Unsqueeze", unsqueeze, Integers::kMoves},
};

}  // namespace

std::span<const OperatorRule> shape_rules() { return kRules; }

}  // namespace octet::onnx
