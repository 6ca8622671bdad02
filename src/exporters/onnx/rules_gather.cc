#include <algorithm>

#include "exporters/onnx/rules.h"

// What repeats values, and what takes them from places or puts them there.
namespace octet::onnx {
namespace {

std::vector<std::int64_t> range(std::int64_t first, std::int64_t end) {
  std::vector<std::int64_t> numbers;
  for (; first < end; ++first) numbers.push_back(first);
  return numbers;
}

void append(std::vector<std::int64_t>& to, const std::vector<std::int64_t>& more) { to.insert(to.end(), more.begin(), more.end()); }

// Places of several axes are i64 in ONNX.
std::string long_indices(NodeExport& to, std::size_t input) {
  if (to.element(input) == ElementType::kI64) return to.input(input);
  return to.step("Cast", {to.input(input)}, {{"to", std::int64_t{TensorProto::INT64}}});
}

// ONNX batches what is taken from leading axes: the axis goes behind the batch, and what is taken to where the axis was.
Status gather_in_batches(std::int64_t batch, std::int64_t axis, NodeExport& to) {
  const auto rank = static_cast<std::int64_t>(to.shape(0).size()), taken = static_cast<std::int64_t>(to.shape(1).size()) - batch;
  std::vector<std::int64_t> forth = range(0, batch), back = range(0, batch);
  append(forth, {axis});
  append(forth, range(batch, axis));
  append(forth, range(axis + 1, rank));
  append(back, range(batch + taken, taken + axis));
  append(back, range(batch, batch + taken));
  append(back, range(taken + axis, taken + rank - 1));
  Shape places = to.shape(1);
  places.push_back(1);
  const std::string indices = to.step("Reshape", {long_indices(to, 1), to.list(places, "places")});
  const std::string data = to.step("Transpose", {to.input(0)}, {{"perm", forth}});
  return to.result("Transpose", {to.step("GatherND", {data, indices}, {{"batch_dims", batch}})}, {{"perm", back}});
}

}  // namespace

// A list of repeats that is longer than the data's rank sees axes of 1 in front of the data; a shorter one leaves the first axes alone.
Status write(const Tile&, NodeExport& to) {
  OCTET_ASSIGN(auto repeats, to.integers(1));
  Shape shape = to.shape(0);
  const std::size_t rank = std::max(repeats.size(), shape.size());
  repeats.insert(repeats.begin(), rank - repeats.size(), 1);
  std::string data = to.input(0);
  if (shape.size() < rank) {
    shape.insert(shape.begin(), rank - shape.size(), 1);
    data = to.step("Reshape", {data, to.list(shape, "shape")});
  }
  return to.result("Tile", {data, to.list(repeats, "repeats")});
}

Status write(const Broadcast&, NodeExport& to) { return to.result("Expand", {to.input(0), to.list(to.output_type().shape, "shape")}); }

Status write(const OneHot& op, NodeExport& to) {
  const Shape pair{1};
  const std::string one = to.list(pair, "one");
  const std::string off = to.step("Reshape", {to.input(3), one}), on = to.step("Reshape", {to.input(2), one});
  return to.result("OneHot", {to.input(0), to.input(1), to.step("Concat", {off, on}, {{"axis", std::int64_t{0}}})}, {{"axis", op.axis}});
}

Status write(const Gather& op, NodeExport& to) {
  OCTET_ASSIGN(const std::int64_t axis, to.axis(2));
  if (op.batch_dims == 0) return to.result("Gather", {to.input(0), to.input(1)}, {{"axis", axis}});
  const auto rank = static_cast<std::int64_t>(to.shape(1).size());
  return gather_in_batches(op.batch_dims < 0 ? op.batch_dims + rank : op.batch_dims, axis, to);
}

Status write(const GatherElements& op, NodeExport& to) { return to.result("GatherElements", to.inputs(), {{"axis", op.axis}}); }

Status write(const GatherNd& op, NodeExport& to) {
  return to.result("GatherND", {to.input(0), long_indices(to, 1)}, {{"batch_dims", op.batch_dims}});
}

Status write(const ScatterElementsUpdate&, NodeExport& to) {
  OCTET_ASSIGN(const std::int64_t axis, to.axis(3));
  return to.result("ScatterElements", {to.input(0), to.input(1), to.input(2)}, {{"axis", axis}});
}

Status write(const ScatterNdUpdate&, NodeExport& to) { return to.result("ScatterND", {to.input(0), long_indices(to, 1), to.input(2)}); }

}  // namespace octet::onnx
