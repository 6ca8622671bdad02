#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "importers/openvino_ir/rules.h"

namespace octet::openvino_ir {
namespace {

using Integers = std::vector<std::int64_t>;

// Begin, end and step of each axis, as a StridedSlice takes them; a mask of 1 takes the whole side.
struct Bounds {
  Integers begin, end, steps, begin_mask, end_mask;
};

Bounds whole(std::size_t rank) { return {Integers(rank, 0), Integers(rank, 0), Integers(rank, 1), Integers(rank, 1), Integers(rank, 1)}; }

// Places of a slice that walks backwards count from size - 1; an end before the first element has no place in StridedSlice, so the
// mask stands for it.
void set_axis(Bounds& bounds, std::size_t axis, std::int64_t size, std::int64_t start, std::int64_t stop, std::int64_t step) {
  const auto place = [&](std::int64_t value) {
    const std::int64_t from_front = value < 0 ? std::max(value, std::numeric_limits<std::int64_t>::min() + size) + size : value;
    return std::clamp<std::int64_t>(from_front, step < 0 ? -1 : 0, step < 0 ? size - 1 : size);
  };
  const std::int64_t first = place(start), last = place(stop);
  const bool to_the_front = step < 0 && last < 0;
  bounds.begin[axis] = std::max<std::int64_t>(first, 0);
  bounds.end[axis] = to_the_front ? 0 : last;
  bounds.steps[axis] = step;
  bounds.begin_mask[axis] = 0;
  bounds.end_mask[axis] = to_the_front;
}

Result<Integers> read_axes(const LayerImport& layer, std::size_t count, std::int64_t rank) {
  Integers axes(count);
  for (std::size_t i = 0; i < count; ++i) axes[i] = static_cast<std::int64_t>(i);
  if (layer.input_count() == 5) {
    OCTET_ASSIGN(axes, layer.integers(4, "axes"));
  }
  for (std::int64_t& axis : axes) {
    if (axis < -rank || axis >= rank) return malformed(fmt::format("axis {} of data of rank {}", axis, rank));
    if (axis < 0) axis += rank;
  }
  return axes;
}

Value list_constant(LayerImport& layer, const Integers& values, std::string_view suffix) {
  return layer.constant(Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values), suffix);
}

Result<std::vector<Value>> import_strided_slice(LayerImport& layer) {
  StridedSlice op;
  op.begin_mask = layer.attributes.integers("begin_mask");
  op.end_mask = layer.attributes.integers("end_mask");
  op.new_axis_mask = layer.attributes.integers("new_axis_mask", Integers{});
  op.shrink_axis_mask = layer.attributes.integers("shrink_axis_mask", Integers{});
  op.ellipsis_mask = layer.attributes.integers("ellipsis_mask", Integers{});
  return layer.add(std::move(op));
}

// Slice of opset8: data, start, stop, step [, axes].
Result<std::vector<Value>> import_slice(LayerImport& layer) {
  const Shape& data = layer.shape(0);
  OCTET_ASSIGN(const Integers start, layer.integers(1, "start"));
  OCTET_ASSIGN(const Integers stop, layer.integers(2, "stop"));
  OCTET_ASSIGN(const Integers step, layer.integers(3, "step"));
  OCTET_ASSIGN(const Integers axes, read_axes(layer, start.size(), static_cast<std::int64_t>(data.size())));
  if (stop.size() != start.size() || step.size() != start.size() || axes.size() != start.size())
    return malformed("start, stop, step and axes have different lengths");
  Bounds bounds = whole(data.size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (step[i] == 0) return malformed("a step of 0");
    const auto axis = static_cast<std::size_t>(axes[i]);
    set_axis(bounds, axis, data[axis], start[i], stop[i], step[i]);
  }
  const Value begin = list_constant(layer, bounds.begin, "/begin"), end = list_constant(layer, bounds.end, "/end");
  const Value steps = list_constant(layer, bounds.steps, "/steps");
  return layer.add(StridedSlice{bounds.begin_mask, bounds.end_mask, {}, {}, {}}, {layer.input(0), begin, end, steps});
}

constexpr LayerRule kRules[] = {
    {"StridedSlice", import_strided_slice},
    {"Slice", import_slice, 4, 5},
};

}  // namespace

std::span<const LayerRule> slice_rules() { return kRules; }

}  // namespace octet::openvino_ir
