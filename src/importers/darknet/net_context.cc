#include "importers/darknet/net_context.h"

#include <utility>

namespace octet::darknet {

Result<Value> NetContext::previous(const CfgSection& section) const {
  if (layers.empty()) return picture;
  if (layers.back().is_head) return section.error(ErrorCode::kUnsupported, "reads the output of a detection head");
  return layers.back().value;
}

Result<Value> NetContext::input(const CfgSection& section) {
  OCTET_ASSIGN(const Value value, previous(section));
  return features(value);
}

Result<Value> NetContext::layer(const CfgSection& section, std::int64_t index) {
  const auto count = static_cast<std::int64_t>(layers.size());
  const std::int64_t position = index < 0 ? count + index : index;
  if (position < 0 || position >= count)
    return section.error(ErrorCode::kMalformed,
                         "names layer " + std::to_string(index) + ", but only " + std::to_string(count) + " layers stand before it");
  const Layer& found = layers[static_cast<std::size_t>(position)];
  if (found.is_head) return section.error(ErrorCode::kUnsupported, "reads layer " + std::to_string(index) + ", which is a detection head");
  return features(found.value);
}

// Reached only where the first layer is no plain convolution, which takes scale and channel order into its weights.
Value NetContext::features(Value value) {
  if (value != picture) return value;
  if (normalized_picture_) return *normalized_picture_;
  Value normalized =
      graph.emit(Binary{BinaryKind::kMultiply}, {picture, constant(1.0f / 255.0f, {1, 1, 1, 1}, "image/scale")}, "image/scaled");
  if (channels(picture) == 3) {
    const Value axis = graph.emit_constant(Tensor::scalar<std::int64_t>(1), "image/axis");
    const NodeId planes = graph.emit(Split{3}, {normalized, axis}, "image/planes").node;
    normalized = graph.emit(Concat{1}, {{planes, 2}, {planes, 1}, {planes, 0}}, "image/rgb");
  }
  normalized_picture_ = normalized;
  return normalized;
}

Result<Value> NetContext::add(const CfgSection& section, Op op, std::vector<Value> inputs, std::string name) {
  OCTET_ASSIGN_AT(const NodeId id, graph.add(std::move(op), std::move(inputs), std::move(name)), section.place());
  return Value{id, 0};
}

Value NetContext::constant(const std::vector<std::int64_t>& values, std::string name) {
  const auto count = static_cast<std::int64_t>(values.size());
  return graph.emit_constant(Tensor::of<std::int64_t>({count}, values), std::move(name));
}

Value NetContext::constant(float value, Shape shape, std::string name) {
  return graph.emit_constant(Tensor::of<float>(std::move(shape), std::span<const float>(&value, 1)), std::move(name));
}

Status refuse_options(const CfgSection& section, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (const CfgOption* option = section.find(key); option && option->value != "0")
      return section.error(ErrorCode::kUnsupported, printable(option->key + "=" + option->value) + " is not supported");
  return {};
}

Result<Spatial> read_strides(const CfgSection& section, std::int64_t fallback) {
  OCTET_ASSIGN(const std::int64_t both, section.integer("stride", fallback, kWindow));
  OCTET_ASSIGN(const std::int64_t y, section.integer("stride_y", both, kWindow));
  OCTET_ASSIGN(const std::int64_t x, section.integer("stride_x", both, kWindow));
  return Spatial{y, x};
}

}  // namespace octet::darknet
