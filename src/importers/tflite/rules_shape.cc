// What only renames or reorders axes, and what computes with shapes. Reshapes see pixels; a Transpose that turns pixels into planes or
// back is nothing where the tensor lies so already.
#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include <fmt/format.h>

#include "importers/tflite/rules.h"

namespace octet::tflite {
namespace {

constexpr std::array<std::size_t, 1> kFirst{0};

Status give_reshaped(Layer& layer, const Shape& shape) {
  OCTET_ASSIGN(const Value data, layer.plain(0));
  OCTET_ASSIGN(const Value result, layer.add(Reshape{}, {data, layer.integers(shape, "/shape")}));
  return layer.give_moved(result, Layout::kPlain, kFirst);
}

// The shape is an input, or an option in files of older writers.
Status reshape(Layer& layer) {
  if (layer.has(1)) {
    OCTET_ASSIGN(const auto shape, layer.integers(1));
    return give_reshaped(layer, shape);
  }
  OCTET_ASSIGN(const auto options, layer.options<schema::ReshapeOptionsT>());
  return give_reshaped(layer, {options.new_shape.begin(), options.new_shape.end()});
}

Status squeeze(Layer& layer) {
  OCTET_ASSIGN(const auto options, layer.options<schema::SqueezeOptionsT>());
  OCTET_ASSIGN(const Shape shape, layer.shape(0));
  std::vector<bool> dropped(shape.size(), false);
  for (const std::int64_t wanted : options.squeeze_dims) {
    OCTET_ASSIGN(const std::int64_t axis, layer.axis(wanted, shape.size()));
    dropped[static_cast<std::size_t>(axis)] = true;
  }
  Shape rest;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (dropped[i] && shape[i] != 1) return layer.malformed(fmt::format("drops axis {} of {}", i, to_string(shape)));
    const bool drops = options.squeeze_dims.empty() ? shape[i] == 1 : dropped[i];
    if (!drops) rest.push_back(shape[i]);
  }
  return give_reshaped(layer, rest);
}

Status expand_dims(Layer& layer) {
  OCTET_ASSIGN(const auto axes, layer.integers(1));
  OCTET_ASSIGN(Shape shape, layer.shape(0));
  if (axes.size() != 1) return layer.malformed("has no single axis");
  OCTET_ASSIGN(const std::int64_t axis, layer.axis(axes[0], shape.size() + 1));
  shape.insert(shape.begin() + axis, 1);
  return give_reshaped(layer, shape);
}

bool is_identity(const std::vector<std::int64_t>& order) {
  for (std::size_t i = 0; i < order.size(); ++i)
    if (order[i] != static_cast<std::int64_t>(i)) return false;
  return true;
}

Status transpose(Layer& layer) {
  OCTET_ASSIGN(auto order, layer.integers(1));
  OCTET_ASSIGN(const Shape shape, layer.shape(0));
  std::vector<std::int64_t> axes(shape.size());
  std::iota(axes.begin(), axes.end(), 0);
  if (!std::is_permutation(order.begin(), order.end(), axes.begin(), axes.end()))
    return layer.malformed(fmt::format("order {} is none of {} axes", to_string(order), shape.size()));
  const Layout layout = layer.layout(0);
  OCTET_ASSIGN(const Value data, layer.value(0, layout));
  if (layout == Layout::kPlanar)
    for (std::int64_t& axis : order) axis = kPlaceInPlanes[axis];
  if (is_identity(order)) return layer.give_moved(data, Layout::kPlain, kFirst);
  if (order.size() == 4) {  // the same in planes
    std::vector<std::int64_t> of_planes;
    for (const std::int64_t axis : kAxisOfPlanes) of_planes.push_back(order[static_cast<std::size_t>(axis)]);
    if (is_identity(of_planes)) return layer.give_moved(data, Layout::kPlanar, kFirst);
  }
  OCTET_ASSIGN(const Value result, layer.add(Transpose{}, {data, layer.integers(order, "/order")}));
  return layer.give_moved(result, Layout::kPlain, kFirst);
}

Status give_integers(Layer& layer, const Shape& shape, const std::vector<std::int64_t>& values) {
  const auto type = element_type_of(layer.output(0).type);
  if (!type) return layer.unsupported("gives " + type_name(layer.output(0).type));
  const Value result = layer.graph().emit_constant(converted(Tensor::of<std::int64_t>(shape, values), *type), layer.name());
  return layer.give(result, Layout::kPlain);
}

Status shape_of(Layer& layer) {
  OCTET_ASSIGN(const Shape shape, layer.shape(0));
  return give_integers(layer, {std::ssize(shape)}, shape);
}

Status rank_of(Layer& layer) {
  OCTET_ASSIGN(const Shape shape, layer.shape(0));
  return give_integers(layer, {}, {std::ssize(shape)});
}

constexpr NamedRule kRules[] = {
    {BuiltinOperator::RESHAPE, 1, reshape},     {BuiltinOperator::SQUEEZE, 1, squeeze}, {BuiltinOperator::EXPAND_DIMS, 2, expand_dims},
    {BuiltinOperator::TRANSPOSE, 2, transpose}, {BuiltinOperator::SHAPE, 1, shape_of},  {BuiltinOperator::RANK, 1, rank_of},
};

}  // namespace

std::span<const NamedRule> shape_rules() { return kRules; }

}  // namespace octet::tflite
