#include <algorithm>

#include "graph/op_functions.h"
#include "graph/positions.h"

// What reads from, or writes to, places that another tensor names.
namespace octet::ops {
namespace {

// Constant indices along an axis of `length`.
Status expect_inside(const Tensor* indices, std::int64_t length) {
  if (!indices) return {};
  for (const std::int64_t index : to_vector<std::int64_t>(*indices))
    if (index < -length || index >= length) return malformed("index " + std::to_string(index) + " of an axis of " + std::to_string(length));
  return {};
}

// An index of an axis made non-negative, or -1 where it lies outside.
std::int64_t place_of(std::int64_t index, std::int64_t length) {
  if (index < -length || index >= length) return -1;
  return index < 0 ? index + length : index;
}

Status expect_integers(const Arguments& arguments, std::size_t input) {
  if (is_integer(arguments.element(input))) return {};
  return malformed("indices are not integers");
}

Result<std::size_t> checked_batch_dims(std::int64_t batch_dims, const Shape& data, const Shape& indices) {
  const auto most = static_cast<std::int64_t>(std::min(data.size(), indices.size()));
  if (batch_dims < 0 || batch_dims > most)
    return malformed("batch_dims " + std::to_string(batch_dims) + " of data " + to_string(data) + " and indices " + to_string(indices));
  for (std::size_t i = 0; i < static_cast<std::size_t>(batch_dims); ++i)
    if (data[i] != indices[i])
      return malformed("data " + to_string(data) + " and indices " + to_string(indices) + " have different batches");
  return static_cast<std::size_t>(batch_dims);
}

// Indices and data of one rank, the indices no longer along any axis but the one that they index.
Status expect_elements_fit(const Shape& data, const Shape& indices, std::size_t axis) {
  if (indices.size() != data.size()) return malformed("indices " + to_string(indices) + " of data " + to_string(data));
  for (std::size_t i = 0; i < data.size(); ++i)
    if (i != axis && indices[i] > data[i]) return malformed("indices " + to_string(indices) + " of data " + to_string(data));
  return {};
}

// The places in data that indices along an axis name, -1 for those outside.
std::vector<std::int64_t> element_places(const Shape& data, const Shape& indices, const std::vector<std::int64_t>& values,
                                         std::size_t axis) {
  auto strides = row_major_strides(data);
  const std::int64_t step = strides[axis];
  strides[axis] = 0;
  auto places = strided_positions(indices, strides);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::int64_t place = place_of(values[i], data[axis]);
    places[i] = place < 0 ? -1 : places[i] + place * step;
  }
  return places;
}

// How the rows of an index tensor [..., n] name slices of data behind `batch` common axes.
struct SliceIndices {
  std::size_t batch, depth;
  Shape slice;  // of data

  Shape result(const Shape& indices) const {
    Shape shape(indices.begin(), indices.end() - 1);
    shape.insert(shape.end(), slice.begin(), slice.end());
    return shape;
  }
};

Result<SliceIndices> slice_indices(const Arguments& arguments, std::int64_t batch_dims) {
  const Shape &data = arguments.shape(0), &indices = arguments.shape(1);
  OCTET_RETURN_IF_ERROR(expect_integers(arguments, 1));
  OCTET_ASSIGN(const std::size_t batch, checked_batch_dims(batch_dims, data, indices));
  if (indices.size() <= batch) return malformed("indices " + to_string(indices) + " have no axis of places");
  const std::int64_t depth = indices.back();
  if (depth > static_cast<std::int64_t>(data.size() - batch))
    return malformed("indices " + to_string(indices) + " of data " + to_string(data));
  const auto at = static_cast<std::ptrdiff_t>(batch) + depth;
  if (const Tensor* values = arguments.constants[1]) {
    const auto all = to_vector<std::int64_t>(*values);
    for (std::size_t i = 0; i < all.size(); ++i)
      if (const std::int64_t length = data[batch + i % static_cast<std::size_t>(depth)]; place_of(all[i], length) < 0)
        return malformed("index " + std::to_string(all[i]) + " of an axis of " + std::to_string(length));
  }
  return SliceIndices{batch, static_cast<std::size_t>(depth), Shape(data.begin() + at, data.end())};
}

// The place of the first element of each slice, -1 for those outside.
std::vector<std::int64_t> slice_places(const Shape& data, const Shape& indices, const std::vector<std::int64_t>& values,
                                       std::size_t batch) {
  const auto strides = row_major_strides(data);
  const Shape rows(indices.begin(), indices.end() - 1);
  Shape batch_strides(rows.size(), 0);
  std::copy_n(strides.begin(), batch, batch_strides.begin());
  auto places = strided_positions(rows, batch_strides);
  const auto depth = static_cast<std::size_t>(indices.back());
  for (std::size_t row = 0; row < places.size(); ++row)
    for (std::size_t i = 0; i < depth && places[row] >= 0; ++i) {
      const std::int64_t place = place_of(values[row * depth + i], data[batch + i]);
      places[row] = place < 0 ? -1 : places[row] + place * strides[batch + i];
    }
  return places;
}

// Copies `width` bytes of `from` for each place, in order, to that place of `to`, counted in elements of `element` bytes.
void scatter(std::span<std::byte> to, std::span<const std::byte> from, std::span<const std::int64_t> places, std::size_t element,
             std::size_t width) {
  for (std::size_t i = 0; i < places.size() && width > 0; ++i)
    if (places[i] >= 0) std::memcpy(&to[static_cast<std::size_t>(places[i]) * element], &from[i * width], width);
}

Tensor copy_of(const Tensor& tensor) {
  Tensor copy(tensor.type(), tensor.shape());
  std::ranges::copy(tensor.bytes(), copy.mutable_bytes().begin());
  return copy;
}

}  // namespace

Types infer(const Gather& op, const Arguments& arguments) {
  const Shape &data = arguments.shape(0), &indices = arguments.shape(1);
  OCTET_ASSIGN(const std::size_t axis, single_axis(arguments, 2, data.size()));
  OCTET_RETURN_IF_ERROR(expect_integers(arguments, 1));
  OCTET_RETURN_IF_ERROR(expect_inside(arguments.constants[1], data[axis]));
  OCTET_ASSIGN(const std::size_t batch, checked_batch_dims(op.batch_dims, data, indices));
  if (batch > axis) return malformed("batch_dims " + std::to_string(batch) + " reach behind axis " + std::to_string(axis));
  Shape result(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(axis));
  result.insert(result.end(), indices.begin() + static_cast<std::ptrdiff_t>(batch), indices.end());
  result.insert(result.end(), data.begin() + static_cast<std::ptrdiff_t>(axis) + 1, data.end());
  return one_output(arguments.element(0), std::move(result));
}

Types infer(const GatherElements& op, const Arguments& arguments) {
  const Shape &data = arguments.shape(0), &indices = arguments.shape(1);
  OCTET_RETURN_IF_ERROR(expect_integers(arguments, 1));
  OCTET_ASSIGN(const std::size_t axis, normalized_axis(op.axis, data.size()));
  OCTET_RETURN_IF_ERROR(expect_elements_fit(data, indices, axis));
  OCTET_RETURN_IF_ERROR(expect_inside(arguments.constants[1], data[axis]));
  return one_output(arguments.element(0), indices);
}

Types infer(const GatherNd& op, const Arguments& arguments) {
  OCTET_ASSIGN(const SliceIndices slices, slice_indices(arguments, op.batch_dims));
  return one_output(arguments.element(0), slices.result(arguments.shape(1)));
}

Types infer(const ScatterElementsUpdate&, const Arguments& arguments) {
  const Shape &data = arguments.shape(0), &indices = arguments.shape(1);
  OCTET_RETURN_IF_ERROR(expect_integers(arguments, 1));
  OCTET_ASSIGN(const std::size_t axis, single_axis(arguments, 3, data.size()));
  OCTET_RETURN_IF_ERROR(expect_elements_fit(data, indices, axis));
  OCTET_RETURN_IF_ERROR(expect_inside(arguments.constants[1], data[axis]));
  if (arguments.shape(2) != indices || arguments.element(2) != arguments.element(0))
    return malformed("updates " + to_string(arguments.shape(2)) + " for indices " + to_string(indices));
  return same_type(arguments);
}

Types infer(const ScatterNdUpdate&, const Arguments& arguments) {
  OCTET_ASSIGN(const SliceIndices slices, slice_indices(arguments, 0));
  const Shape expected = slices.result(arguments.shape(1));
  if (arguments.shape(2) != expected || arguments.element(2) != arguments.element(0))
    return malformed("updates " + to_string(arguments.shape(2)) + ", expected " + to_string(expected) + " of the type of the data");
  return same_type(arguments);
}

Tensors evaluate(const Gather& op, const Call& call) {
  const auto indices = call.integers(1);
  const AxisView view(call.shape(0), axis_of(call.integers(2)[0], call.shape(0)));
  std::int64_t batches = 1;
  for (std::size_t i = 0; i < static_cast<std::size_t>(op.batch_dims); ++i) batches *= call.shape(0)[i];
  const std::int64_t rows = batches == 0 ? 0 : view.outer / batches;  // of one batch
  const std::int64_t count = batches == 0 ? 0 : std::ssize(indices) / batches;
  std::vector<std::int64_t> positions;
  for (std::int64_t outer = 0; outer < view.outer; ++outer)
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t place = place_of(indices[static_cast<std::size_t>(outer / rows * count + i)], view.length);
      for (std::int64_t inner = 0; inner < view.inner; ++inner)
        positions.push_back(place < 0 ? -1 : (outer * view.length + place) * view.inner + inner);
    }
  return {gather_elements(call.inputs[0], call.outputs[0].shape, positions)};
}

Tensors evaluate(const GatherElements& op, const Call& call) {
  const auto places = element_places(call.shape(0), call.shape(1), call.integers(1), axis_of(op.axis, call.shape(0)));
  return {gather_elements(call.inputs[0], call.outputs[0].shape, places)};
}

Tensors evaluate(const GatherNd& op, const Call& call) {
  const auto firsts = slice_places(call.shape(0), call.shape(1), call.integers(1), static_cast<std::size_t>(op.batch_dims));
  const Shape& out = call.outputs[0].shape;
  std::int64_t slice = 1;
  for (std::size_t i = call.shape(1).size() - 1; i < out.size(); ++i) slice *= out[i];
  std::vector<std::int64_t> positions;
  for (const std::int64_t first : firsts)
    for (std::int64_t i = 0; i < slice; ++i) positions.push_back(first < 0 ? -1 : first + i);
  return {gather_elements(call.inputs[0], out, positions)};
}

Tensors evaluate(const ScatterElementsUpdate&, const Call& call) {
  const std::size_t axis = axis_of(call.integers(3)[0], call.shape(0)), width = size_of(call.outputs[0].element);
  Tensor result = copy_of(call.inputs[0]);
  scatter(result.mutable_bytes(), call.inputs[2].bytes(), element_places(call.shape(0), call.shape(1), call.integers(1), axis), width,
          width);
  return {result};
}

Tensors evaluate(const ScatterNdUpdate&, const Call& call) {
  const auto firsts = slice_places(call.shape(0), call.shape(1), call.integers(1), 0);
  Tensor result = copy_of(call.inputs[0]);
  if (firsts.empty()) return {result};
  scatter(result.mutable_bytes(), call.inputs[2].bytes(), firsts, size_of(result.type()), call.inputs[2].bytes().size() / firsts.size());
  return {result};
}

}  // namespace octet::ops
