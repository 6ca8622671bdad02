#include "importers/onnx/window_operations.h"

#include <fmt/format.h>

#include "importers/onnx/windows.h"

namespace octet::onnx {

Result<Value> convolve(NodeImport& node, Value data, Value weights, std::optional<Value> bias) {
  const Shape shape = node.shape_of(data), kernels = node.shape_of(weights);
  OCTET_ASSIGN(const Window window, read_window(node, shape, &kernels));
  const std::int64_t groups = node.integer("group", 1);
  OCTET_RETURN_IF_ERROR(node.status());
  if (groups < 1 || kernels[0] % groups != 0)
    return malformed(fmt::format("attribute 'group' is {} for weights of shape {}", groups, to_string(kernels)));
  OCTET_ASSIGN(const Value from, with_height(node, data));
  OCTET_ASSIGN(Value by, with_height(node, weights));
  Op op = Convolution{window.strides, window.dilations, window.pads};
  if (groups > 1) {
    const Shape flat = node.shape_of(by);
    OCTET_ASSIGN(by, node.reshape(by, {groups, flat[0] / groups, flat[1], flat[2], flat[3]}));
    op = GroupConvolution{window.strides, window.dilations, window.pads};
  }
  OCTET_ASSIGN(const Value result, node.value(std::move(op), {from, by}));
  OCTET_ASSIGN(const Value biased, add_bias(node, result, bias));
  return without_height(node, biased, shape);
}

Result<Value> add_bias(NodeImport& node, Value value, std::optional<Value> bias) {
  if (!bias) return value;
  const Shape given = node.shape_of(*bias);
  if (given.size() != 1) return malformed("a bias of shape " + to_string(given) + ", expected a list");
  Shape shape(node.shape_of(value).size(), 1);
  shape[1] = given[0];
  OCTET_ASSIGN(const Value aligned, node.reshape(*bias, shape));
  return node.binary(BinaryKind::kAdd, value, aligned);
}

}  // namespace octet::onnx
