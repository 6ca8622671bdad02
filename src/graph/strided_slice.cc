#include "graph/strided_slice.h"

#include <algorithm>

#include "graph/op_functions.h"

namespace octet {
namespace {

Error malformed(std::string message) { return Error{ErrorCode::kMalformed, std::move(message)}; }

bool is_set(const std::vector<std::int64_t>& mask, std::size_t i) { return i < mask.size() && mask[i] != 0; }

// The elements begin, begin + step, ... before end, as Python slices a list of `size`.
SlicePlan::Axis slice_axis(std::int64_t size, std::int64_t begin, std::int64_t end, std::int64_t step) {
  const std::int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? size : size - 1;
  // A step beyond the size takes one element, whatever it is; the bound keeps the arithmetic small.
  step = std::clamp(step, -std::max<std::int64_t>(size, 1), std::max<std::int64_t>(size, 1));
  const auto place = [&](std::int64_t index) { return std::clamp(index < 0 ? index + size : index, lowest, highest); };
  const std::int64_t first = place(begin), last = place(end);
  const std::int64_t distance = step > 0 ? last - first : first - last;
  const std::int64_t stride = step > 0 ? step : -step;
  return {first, step, distance > 0 ? (distance + stride - 1) / stride : 0};
}

// Entries of begin that consume an axis of the data.
std::size_t consumed_axes(const StridedSlice& op, std::size_t entries) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < entries; ++i) count += !is_set(op.ellipsis_mask, i) && !is_set(op.new_axis_mask, i);
  return count;
}

class Planner {
 public:
  Planner(const StridedSlice& op, const Shape& data) : op_(op), data_(data) {}

  Status entry(std::size_t i, std::int64_t begin, std::int64_t end, std::int64_t step) {
    if (is_set(op_.new_axis_mask, i)) return plan_.shape.push_back(1), Status{};
    const std::int64_t size = data_[plan_.axes.size()];
    if (is_set(op_.shrink_axis_mask, i)) return pick(size, begin);
    if (step == 0) return malformed("a stride is 0");
    if (is_set(op_.begin_mask, i)) begin = step > 0 ? 0 : size - 1;
    SlicePlan::Axis axis = slice_axis(size, begin, end, step);
    if (is_set(op_.end_mask, i)) axis = slice_axis(size, begin, step > 0 ? size : -size - 1, step);
    return keep(axis);
  }

  Status whole_axes(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) OCTET_RETURN_IF_ERROR(keep({0, 1, data_[plan_.axes.size()]}));
    return {};
  }

  std::size_t axes_left() const { return data_.size() - plan_.axes.size(); }
  SlicePlan take() { return std::move(plan_); }

 private:
  Status keep(SlicePlan::Axis axis) {
    plan_.axes.push_back(axis);
    plan_.shape.push_back(axis.count);
    return {};
  }

  Status pick(std::int64_t size, std::int64_t index) {
    if (index < -size || index >= size) return malformed("index " + std::to_string(index) + " of an axis of " + std::to_string(size));
    plan_.axes.push_back({index < 0 ? index + size : index, 1, 1});
    return {};
  }

  const StridedSlice& op_;
  const Shape& data_;
  SlicePlan plan_;
};

}  // namespace

Result<SlicePlan> plan_slice(const StridedSlice& op, const Shape& data, std::span<const std::int64_t> begin,
                             std::span<const std::int64_t> end, std::span<const std::int64_t> strides) {
  if (begin.size() != end.size() || (!strides.empty() && strides.size() != begin.size()))
    return malformed("begin, end and strides have " + std::to_string(begin.size()) + ", " + std::to_string(end.size()) + " and " +
                     std::to_string(strides.size()) + " entries");
  if (begin.size() > 2 * ops::kMaxRank) return malformed("begin has " + std::to_string(begin.size()) + " entries");
  const std::size_t consumed = consumed_axes(op, begin.size());
  if (consumed > data.size()) return malformed("more entries than axes in data " + to_string(data));
  std::size_t spare = data.size() - consumed;
  Planner planner(op, data);
  bool ellipsis_seen = false;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    if (is_set(op.ellipsis_mask, i)) {
      if (std::exchange(ellipsis_seen, true)) return malformed("two ellipses");
      OCTET_RETURN_IF_ERROR(planner.whole_axes(std::exchange(spare, 0)));
    } else {
      OCTET_RETURN_IF_ERROR(planner.entry(i, begin[i], end[i], strides.empty() ? 1 : strides[i]));
    }
  }
  OCTET_RETURN_IF_ERROR(planner.whole_axes(planner.axes_left()));
  return planner.take();
}

}  // namespace octet
