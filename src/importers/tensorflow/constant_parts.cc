// Operations at import that take values apart and put them together.
#include <algorithm>
#include <array>

#include "base/checked_math.h"
#include "importers/tensorflow/constant_ops.h"
#include "importers/tensorflow/source.h"

namespace octet::tensorflow {
namespace {

using Inputs = std::span<const ArrayPtr>;
using Outputs = Result<std::vector<Array>>;

Error malformed_part(const std::string& what) { return {ErrorCode::kMalformed, what}; }

// The shape seen from one axis: `outer` blocks of `size` rows of `inner` elements.
struct Blocks {
  std::size_t outer = 1, size = 1, inner = 1;
};

Blocks blocks_of(const Shape& shape, std::size_t axis) {
  Blocks blocks;
  for (std::size_t i = 0; i < axis; ++i) blocks.outer *= static_cast<std::size_t>(shape[i]);
  blocks.size = static_cast<std::size_t>(shape[axis]);
  for (std::size_t i = axis + 1; i < shape.size(); ++i) blocks.inner *= static_cast<std::size_t>(shape[i]);
  return blocks;
}

// Rows [begin, begin + count) along an axis.
Result<Array> rows(const Array& x, std::size_t axis, std::int64_t begin, std::int64_t count) {
  const Blocks from = blocks_of(x.shape, axis);
  if (begin < 0 || count < 0 || begin + count > x.shape[axis]) return malformed_part("cuts outside of " + to_string(x.shape));
  Shape shape = x.shape;
  shape[axis] = count;
  OCTET_ASSIGN(Array out, make_array(x.type, shape));
  const std::size_t length = static_cast<std::size_t>(count) * from.inner;
  for (std::size_t block = 0; block < from.outer; ++block) {
    const std::size_t at = (block * from.size + static_cast<std::size_t>(begin)) * from.inner;
    std::copy_n(x.values.data() + at, length, out.values.data() + block * length);
  }
  return out;
}

Result<Array> joined(Inputs items, std::int64_t axis_number) {
  if (items.empty()) return malformed_part("joins nothing");
  OCTET_ASSIGN(const std::size_t axis, normal_axis(axis_number, items[0]->shape.size()));
  Shape shape = items[0]->shape;
  shape[axis] = 0;
  for (const ArrayPtr& item : items) {
    Shape rest = item->shape;
    if (rest.size() == shape.size()) rest[axis] = shape[axis];
    if (rest != shape) return malformed_part("joins " + to_string(items[0]->shape) + " and " + to_string(item->shape));
    shape[axis] += item->shape[axis];
  }
  OCTET_ASSIGN(Array out, make_array(items[0]->type, shape));
  const Blocks to = blocks_of(shape, axis);
  std::size_t offset = 0;
  for (const ArrayPtr& item : items) {
    const std::size_t length = blocks_of(item->shape, axis).size * to.inner;
    for (std::size_t block = 0; block < to.outer; ++block)
      std::copy_n(item->values.data() + block * length, length, out.values.data() + block * to.size * to.inner + offset);
    offset += length;
  }
  return out;
}

Result<std::int64_t> scalar(Inputs inputs, std::size_t i) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, i));
  if (x->values.size() != 1) return malformed_part("input " + std::to_string(i) + " is not one number");
  return integers(*x)[0];
}

Outputs concat(const NodeRecord& node, Inputs inputs) {
  if (inputs.size() < 2) return malformed_part("joins nothing");
  const bool axis_first = node.op == "Concat";
  OCTET_ASSIGN(const std::int64_t axis, scalar(inputs, axis_first ? 0 : inputs.size() - 1));
  OCTET_ASSIGN(Array out, joined(inputs.subspan(axis_first ? 1 : 0, inputs.size() - 1), axis));
  return one(std::move(out));
}

Outputs pack(const NodeRecord& node, Inputs inputs) {
  if (inputs.empty()) return malformed_part("joins nothing");
  OCTET_ASSIGN(const std::size_t axis, normal_axis(int_attribute(node, "axis", 0), inputs[0]->shape.size() + 1));
  std::vector<ArrayPtr> items;
  for (const ArrayPtr& input : inputs) {
    if (input->shape != inputs[0]->shape) return malformed_part("packs values of different shapes");
    Array item = *input;
    item.shape.insert(item.shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
    items.push_back(std::make_shared<Array>(std::move(item)));
  }
  OCTET_ASSIGN(Array out, joined(items, static_cast<std::int64_t>(axis)));
  return one(std::move(out));
}

Outputs unpack(const NodeRecord& node, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  OCTET_ASSIGN(const std::size_t axis, normal_axis(int_attribute(node, "axis", 0), x->shape.size()));
  std::vector<Array> outputs;
  for (std::int64_t i = 0; i < x->shape[axis]; ++i) {
    OCTET_ASSIGN(Array item, rows(*x, axis, i, 1));
    item.shape.erase(item.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    outputs.push_back(std::move(item));
  }
  return outputs;
}

Outputs split_by(const Array& x, std::int64_t axis_number, const std::vector<std::int64_t>& lengths) {
  OCTET_ASSIGN(const std::size_t axis, normal_axis(axis_number, x.shape.size()));
  std::vector<Array> outputs;
  std::int64_t begin = 0;
  for (const std::int64_t length : lengths) {
    OCTET_ASSIGN(Array item, rows(x, axis, begin, length));
    outputs.push_back(std::move(item));
    begin += length;
  }
  return outputs;
}

Outputs split(const NodeRecord& node, Inputs inputs) {
  OCTET_ASSIGN(const std::int64_t axis, scalar(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 1));
  OCTET_ASSIGN(const std::size_t normal, normal_axis(axis, x->shape.size()));
  const std::int64_t count = int_attribute(node, "num_split", 1);
  if (count < 1 || x->shape[normal] % count != 0) return malformed_part("cannot split " + to_string(x->shape));
  if (count > 1024) return malformed_part("splits into " + std::to_string(count) + " parts");
  return split_by(*x, axis, std::vector<std::int64_t>(static_cast<std::size_t>(count), x->shape[normal] / count));
}

Outputs split_v(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr lengths, input_at(inputs, 1));
  OCTET_ASSIGN(const std::int64_t axis, scalar(inputs, 2));
  return split_by(*x, axis, integers(*lengths));
}

Outputs slice(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr begins, input_at(inputs, 1));
  OCTET_ASSIGN(const ArrayPtr sizes, input_at(inputs, 2));
  const std::vector<std::int64_t> begin = integers(*begins), size = integers(*sizes);
  if (begin.size() != x->shape.size() || size.size() != x->shape.size()) return malformed_part("has a begin or size of another rank");
  Array out = *x;
  for (std::size_t axis = 0; axis < begin.size(); ++axis) {
    OCTET_ASSIGN(out, rows(out, axis, begin[axis], size[axis] == -1 ? x->shape[axis] - begin[axis] : size[axis]));
  }
  return one(std::move(out));
}

// The elements of one axis that a strided slice takes: first, step, count; TensorFlow's clamping rules.
struct Steps {
  std::int64_t first = 0, step = 1, count = 0;
};

Steps steps_of(std::int64_t size, std::int64_t begin, std::int64_t end, std::int64_t step, bool open_begin, bool open_end) {
  const std::int64_t lowest = step > 0 ? 0 : -1, highest = step > 0 ? size : size - 1;
  const auto place = [&](std::int64_t at) { return std::clamp(at < 0 ? at + size : at, lowest, highest); };
  const std::int64_t first = open_begin ? (step > 0 ? lowest : highest) : place(begin);
  const std::int64_t last = open_end ? (step > 0 ? highest : lowest) : place(end);
  const std::int64_t distance = step > 0 ? last - first : first - last, stride = step > 0 ? step : -step;
  return {first, step, distance > 0 ? (distance + stride - 1) / stride : 0};
}

Result<Array> stepped(const Array& x, std::size_t axis, const Steps& steps) {
  const Blocks from = blocks_of(x.shape, axis);
  Shape shape = x.shape;
  shape[axis] = steps.count;
  OCTET_ASSIGN(Array out, make_array(x.type, shape));
  double* to = out.values.data();
  for (std::size_t block = 0; block < from.outer; ++block)
    for (std::int64_t i = 0; i < steps.count; ++i) {
      const auto row = static_cast<std::size_t>(steps.first + i * steps.step);
      to = std::copy_n(x.values.data() + (block * from.size + row) * from.inner, from.inner, to);
    }
  return out;
}

Outputs strided_slice(const NodeRecord& node, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr begins, input_at(inputs, 1));
  OCTET_ASSIGN(const ArrayPtr ends, input_at(inputs, 2));
  OCTET_ASSIGN(const ArrayPtr strides, input_at(inputs, 3));
  const std::vector<std::int64_t> begin = integers(*begins), end = integers(*ends), stride = integers(*strides);
  if (begin.size() > 32 || end.size() != begin.size() || stride.size() != begin.size())
    return malformed_part("has begin, end and strides of different lengths");
  const auto masked = [&](std::string_view mask, std::size_t i) { return (int_attribute(node, mask, 0) >> i & 1) != 0; };
  if (int_attribute(node, "ellipsis_mask", 0) != 0) return Error{ErrorCode::kUnsupported, "slices with an ellipsis"};
  Array out = *x;
  std::size_t axis = 0;
  for (std::size_t i = 0; i < begin.size(); ++i) {
    if (masked("new_axis_mask", i)) {
      out.shape.insert(out.shape.begin() + static_cast<std::ptrdiff_t>(axis++), 1);
      continue;
    }
    if (axis >= out.shape.size() || stride[i] == 0) return malformed_part("slices more axes than there are, or with a stride of 0");
    const std::int64_t size = out.shape[axis];
    const bool single = masked("shrink_axis_mask", i);
    Steps steps = steps_of(size, begin[i], end[i], stride[i], masked("begin_mask", i), masked("end_mask", i));
    if (single) steps = {begin[i] < 0 ? begin[i] + size : begin[i], 1, 1};
    if (single && (steps.first < 0 || steps.first >= size)) return malformed_part("takes an element outside of " + to_string(x->shape));
    OCTET_ASSIGN(out, stepped(out, axis, steps));
    if (single)
      out.shape.erase(out.shape.begin() + static_cast<std::ptrdiff_t>(axis));
    else
      ++axis;
  }
  return one(std::move(out));
}

// The array with each block along an axis written `times` times.
Result<Array> repeated(const Array& x, std::size_t axis, std::int64_t times) {
  Shape shape = x.shape;
  const auto size = checked_product(std::array{shape[axis], times});
  if (!size) return malformed_part("repeats a value too often");
  shape[axis] = *size;
  OCTET_ASSIGN(Array out, make_array(x.type, shape));
  const Blocks from = blocks_of(x.shape, axis);
  const std::size_t length = from.size * from.inner;
  if (length == 0) return out;
  double* to = out.values.data();
  for (std::size_t block = 0; block < from.outer; ++block)
    for (std::int64_t i = 0; i < times; ++i) to = std::copy_n(x.values.data() + block * length, length, to);
  return out;
}

Outputs tile(const NodeRecord&, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr multiples, input_at(inputs, 1));
  const std::vector<std::int64_t> times = integers(*multiples);
  if (times.size() != x->shape.size()) return malformed_part("repeats " + to_string(x->shape) + " along another number of axes");
  Array out = *x;
  for (std::size_t axis = 0; axis < times.size(); ++axis)
    if (times[axis] != 1) {
      OCTET_ASSIGN(out, repeated(out, axis, times[axis]));
    }
  return one(std::move(out));
}

Outputs gather(const NodeRecord& node, Inputs inputs) {
  OCTET_ASSIGN(const ArrayPtr x, input_at(inputs, 0));
  OCTET_ASSIGN(const ArrayPtr indices, input_at(inputs, 1));
  std::int64_t axis_number = 0;
  if (node.op == "GatherV2") {
    OCTET_ASSIGN(axis_number, scalar(inputs, 2));
  }
  if (int_attribute(node, "batch_dims", 0) != 0) return Error{ErrorCode::kUnsupported, "gathers with batch_dims"};
  OCTET_ASSIGN(const std::size_t axis, normal_axis(axis_number, x->shape.size()));
  const Blocks from = blocks_of(x->shape, axis);
  Shape shape(x->shape.begin(), x->shape.begin() + static_cast<std::ptrdiff_t>(axis));
  shape.insert(shape.end(), indices->shape.begin(), indices->shape.end());
  shape.insert(shape.end(), x->shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, x->shape.end());
  OCTET_ASSIGN(Array out, make_array(x->type, shape));
  double* to = out.values.data();
  for (std::size_t block = 0; block < from.outer; ++block)
    for (const std::int64_t i : integers(*indices)) {
      if (i < 0 || i >= x->shape[axis]) return malformed_part("gathers element " + std::to_string(i) + " of " + to_string(x->shape));
      to = std::copy_n(x->values.data() + (block * from.size + static_cast<std::size_t>(i)) * from.inner, from.inner, to);
    }
  return one(std::move(out));
}

constexpr NamedRule kRules[] = {
    {"ConcatV2", concat}, {"Concat", concat},   {"Pack", pack},
    {"Unpack", unpack},   {"Split", split},     {"SplitV", split_v},
    {"Slice", slice},     {"Tile", tile},       {"StridedSlice", strided_slice},
    {"Gather", gather},   {"GatherV2", gather},
};

}  // namespace

std::span<const NamedRule> part_rules() { return kRules; }

}  // namespace octet::tensorflow
