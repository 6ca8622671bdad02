// What takes parts of a tensor, puts parts into one, or orders its values.
#include <fmt/format.h>

#include <algorithm>

#include "importers/onnx/rules.h"

namespace octet::onnx {
namespace {

// One axis of a Slice, clamped as ONNX has it; the end of a backward one that goes to the beginning is open.
struct SlicedAxis {
  std::int64_t begin, end, step;
  bool open_end = false;
};

SlicedAxis clamp_slice(std::int64_t begin, std::int64_t end, std::int64_t step, std::int64_t size) {
  const auto from_front = [size](std::int64_t at) { return at < 0 && at >= -size ? at + size : at; };
  begin = from_front(begin);
  end = from_front(end);
  if (step > 0) return {std::clamp<std::int64_t>(begin, 0, size), std::clamp<std::int64_t>(end, 0, size), step};
  const bool to_front = end < 0;
  return {std::clamp<std::int64_t>(begin, 0, std::max<std::int64_t>(size - 1, 0)), to_front ? 0 : std::min(end, size), step, to_front};
}

struct SliceInputs {
  std::vector<std::int64_t> starts, ends, axes, steps;
};

Result<SliceInputs> slice_inputs(const NodeImport& node) {
  SliceInputs given;
  OCTET_ASSIGN(given.starts, node.integers_at(1, "starts"));
  OCTET_ASSIGN(given.ends, node.integers_at(2, "ends"));
  given.steps.assign(given.starts.size(), 1);
  for (std::size_t i = 0; i < given.starts.size(); ++i) given.axes.push_back(static_cast<std::int64_t>(i));
  if (node.has_input(3)) {
    OCTET_ASSIGN(given.axes, node.integers_at(3, "axes"));
  }
  if (node.has_input(4)) {
    OCTET_ASSIGN(given.steps, node.integers_at(4, "steps"));
  }
  const std::size_t count = given.starts.size();
  if (given.ends.size() != count || given.axes.size() != count || given.steps.size() != count)
    return malformed("starts, ends, axes and steps are not equally many");
  return given;
}

Result<Values> slice(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(3));
  OCTET_ASSIGN(const SliceInputs given, slice_inputs(node));
  const Shape& data = node.shape(0);
  std::vector<std::int64_t> begins(data.size(), 0), ends(data.size(), 0), steps(data.size(), 1);
  StridedSlice op;
  op.begin_mask.assign(data.size(), 1);
  op.end_mask.assign(data.size(), 1);
  for (std::size_t i = 0; i < given.axes.size(); ++i) {
    OCTET_ASSIGN_AT(const std::int64_t axis, normalized_axis(given.axes[i], std::ssize(data)), "axes");
    if (given.steps[i] == 0) return malformed("a step of 0");
    const auto at = static_cast<std::size_t>(axis);
    const SlicedAxis part = clamp_slice(given.starts[i], given.ends[i], given.steps[i], data[at]);
    begins[at] = part.begin;
    ends[at] = part.end;
    steps[at] = part.step;
    op.begin_mask[at] = 0;
    op.end_mask[at] = part.open_end ? 1 : 0;
  }
  OCTET_ASSIGN(const Value begin, node.integers_constant(begins));
  OCTET_ASSIGN(const Value end, node.integers_constant(ends));
  OCTET_ASSIGN(const Value step, node.integers_constant(steps));
  return node.add(std::move(op), {node.input(0), begin, end, step});
}

// Into as many parts as the node has outputs, the last one smaller where the axis does not divide.
std::vector<std::int64_t> equal_lengths(std::int64_t size, std::int64_t parts) {
  const std::int64_t length = (size + parts - 1) / parts;
  std::vector<std::int64_t> lengths(static_cast<std::size_t>(parts));
  for (std::int64_t& part : lengths) {
    part = std::min(length, size);
    size -= part;
  }
  return lengths;
}

Result<Values> split(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", 0, node.rank(0)));
  const auto parts = static_cast<std::int64_t>(node.output_count());
  std::vector<std::int64_t> lengths = equal_lengths(node.shape(0)[static_cast<std::size_t>(axis)], std::max<std::int64_t>(parts, 1));
  if (node.has_input(1)) {
    OCTET_ASSIGN(lengths, node.integers_at(1, "split"));
  }
  if (std::ssize(lengths) != parts) return malformed(fmt::format("gives {} lengths to {} outputs", lengths.size(), parts));
  OCTET_ASSIGN(const Value at, node.constant(Tensor::scalar(axis)));
  OCTET_ASSIGN(const Value sizes, node.integers_constant(lengths));
  return node.add(VariadicSplit{}, {node.input(0), at, sizes});
}

Result<Values> gather(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", 0, node.rank(0)));
  OCTET_ASSIGN(const Value at, node.constant(Tensor::scalar(axis)));
  return node.add(Gather{}, {node.input(0), node.input(1), at});
}

Result<Values> gather_elements(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", 0, node.rank(0)));
  return node.add(GatherElements{axis}, {node.input(0), node.input(1)});
}

Result<Values> gather_nd(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  return node.add(GatherNd{node.integer("batch_dims", 0)}, {node.input(0), node.input(1)});
}

constexpr std::string_view kNoReduction[] = {"none"};

Result<Values> scatter_elements(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(3));
  node.choice("reduction", kNoReduction, "none");
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", 0, node.rank(0)));
  OCTET_ASSIGN(const Value at, node.constant(Tensor::scalar(axis)));
  return node.add(ScatterElementsUpdate{}, {node.input(0), node.input(1), node.input(2), at});
}

Result<Values> scatter_nd(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(3));
  node.choice("reduction", kNoReduction, "none");
  return node.add(ScatterNdUpdate{}, {node.input(0), node.input(1), node.input(2)});
}

Result<Values> top_k(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", -1, node.rank(0)));
  OCTET_ASSIGN(const double count, node.number_at(1, "k"));
  OCTET_ASSIGN(const Value k, node.constant(converted(Tensor::scalar(count), ElementType::kI64)));
  const bool largest = node.flag("largest", true), sorted = node.flag("sorted", true);
  const TopK op{axis, largest ? TopK::Mode::kMax : TopK::Mode::kMin, sorted ? TopK::Sort::kValues : TopK::Sort::kNone};
  return node.add(op, {node.input(0), k});
}

template <TopK::Mode kMode>
Result<Values> arg_best(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", 0, node.rank(0)));
  if (node.flag("select_last_index", false)) return unsupported("attribute 'select_last_index' of 1 is not supported");
  const bool keeps = node.flag("keepdims", true);
  OCTET_ASSIGN(const Value k, node.constant(Tensor::scalar(std::int64_t{1})));
  OCTET_ASSIGN(const Values best, node.add(TopK{axis, kMode}, {node.input(0), k}));
  if (keeps) return Values{best[1]};
  OCTET_ASSIGN(const Value axes, node.integers_constant({axis}));
  return node.add(Squeeze{}, {best[1].value, axes});
}

// Of constants: positions of what is not zero, an axis a row.
Result<Values> non_zero(NodeImport& node) {
  OCTET_ASSIGN(const Tensor data, node.known(0, "data"));
  OCTET_RETURN_IF_ERROR(node.builder().charge(data.size()));
  const auto values = to_vector<double>(data);
  std::vector<std::int64_t> places;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != 0) places.push_back(static_cast<std::int64_t>(i));
  std::vector<std::int64_t> positions;
  const auto strides = row_major_strides(data.shape());
  for (std::size_t axis = 0; axis < strides.size(); ++axis)
    for (const std::int64_t place : places) positions.push_back(place / strides[axis] % data.shape()[axis]);
  return one(node.constant(Tensor::of<std::int64_t>({std::ssize(strides), std::ssize(places)}, positions)));
}

// Zeros outside of the upper or lower triangle, which begins k columns to the right.
Result<Values> trilu(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(1));
  const Shape& data = node.shape(0);
  if (data.size() < 2) return malformed("data of shape " + to_string(data) + " has no triangle");
  const std::int64_t rows = data[data.size() - 2], columns = data[data.size() - 1];
  const bool upper = node.flag("upper", true);
  double offset = 0;
  if (node.has_input(1)) {
    OCTET_ASSIGN(offset, node.number_at(1, "k"));
  }
  OCTET_RETURN_IF_ERROR(node.builder().charge(rows * columns));
  Tensor mask(ElementType::kBoolean, {rows, columns});
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < columns; ++column) {
      const double right = static_cast<double>(column - row);
      mask.mutable_bytes()[static_cast<std::size_t>(row * columns + column)] = std::byte(upper ? right >= offset : right <= offset);
    }
  OCTET_ASSIGN(const Value kept, node.constant(std::move(mask)));
  OCTET_ASSIGN(const Value zero, node.scalar_like(0, node.input(0)));
  return node.add(Select{}, {kept, node.input(0), zero});
}

Result<Values> cum_sum(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(2));
  OCTET_ASSIGN(const double axis, node.number_at(1, "axis"));
  OCTET_ASSIGN(const Value at, node.constant(converted(Tensor::scalar(axis), ElementType::kI64)));
  const bool exclusive = node.flag("exclusive", false), reverse = node.flag("reverse", false);
  return node.add(CumSum{exclusive, reverse}, {node.input(0), at});
}

Result<Values> one_hot(NodeImport& node) {
  OCTET_RETURN_IF_ERROR(node.expect_inputs(3));
  OCTET_ASSIGN(const std::int64_t axis, node.axis("axis", -1, node.rank(0) + 1));
  OCTET_ASSIGN(const double depth, node.number_at(1, "depth"));
  OCTET_ASSIGN(const auto values, node.numbers_at(2, "values"));
  if (values.size() != 2) return malformed("values (input 2) are not two, off and on");
  OCTET_ASSIGN(const Value length, node.constant(converted(Tensor::scalar(depth), ElementType::kI64)));
  OCTET_ASSIGN(const Value off, node.scalar_like(values[0], node.input(2)));
  OCTET_ASSIGN(const Value on, node.scalar_like(values[1], node.input(2)));
  OCTET_ASSIGN(const Value indices, node.value(Convert{ElementType::kI64}, {node.input(0)}));
  return node.add(OneHot{axis}, {indices, length, on, off});
}

constexpr OperatorRule kRules[] = {
    {"ArgMax", arg_best<TopK::Mode::kMax>},
    {"ArgMin", arg_best<TopK::Mode::kMin>},
    {"CumSum", cum_sum},
    {"Gather", gather, Integers::kMoves},
    {"GatherElements", gather_elements, Integers::kMoves},
    {"GatherND", gather_nd, Integers::kMoves},
    {"NonZero", non_zero},
    {"OneHot", one_hot},
    {"ScatterElements", scatter_elements},
    {"ScatterND", scatter_nd},
    {"Slice", slice, Integers::kMoves},
    {"Split", split, Integers::kMoves},
    {"TopK", top_k},
    {"Trilu", trilu},
};

}  // namespace

std::span<const OperatorRule> index_rules() { return kRules; }

}  // namespace octet::onnx
