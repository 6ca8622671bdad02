#include "importers/openvino_ir/rules.h"

namespace octet::openvino_ir {
Result<std::vector<Value>> import_concat(LayerImport& layer) {
  const std::int64_t axis = layer.attributes.integer("axis"), rank = static_cast<std::int64_t>(layer.shape(0).size());
  return layer.add(Concat{axis < 0 && axis >= -rank ? axis + rank : axis});
}

Result<std::vector<Value>> import_split(LayerImport& layer) {
  const std::int64_t parts = layer.attributes.integer("num_splits");
  OCTET_RETURN_IF_ERROR(layer.attributes.status());
  OCTET_RETURN_IF_ERROR(layer.expect_outputs(parts));
  return layer.add(Split{parts});
}

Result<std::vector<Value>> import_variadic_split(LayerImport& layer) {
  OCTET_ASSIGN(const auto lengths, layer.integers(2, "split_lengths"));
  OCTET_RETURN_IF_ERROR(layer.expect_outputs(std::ssize(lengths)));
  return layer.add(VariadicSplit{});
}

Result<std::vector<Value>> import_reshape(LayerImport& layer) { return layer.add(Reshape{layer.attributes.flag("special_zero", true)}); }

Result<std::vector<Value>> import_squeeze(LayerImport& layer) {
  if (layer.attributes.flag("allow_axis_skip", false)) return unsupported("allow_axis_skip is not supported");
  return layer.add(Squeeze{});
}

Result<std::vector<Value>> import_pad(LayerImport& layer) {
  layer.attributes.choice("pad_mode", {"constant"});
  return layer.add(Pad{});
}

Result<std::vector<Value>> import_shape_of(LayerImport& layer) {
  const std::string name = layer.attributes.choice("output_type", {"i64", "i32"}, std::string("i64"));
  return layer.add(ShapeOf{name == "i32" ? ElementType::kI32 : ElementType::kI64});
}

Result<std::vector<Value>> import_gather(LayerImport& layer) {
  if (layer.attributes.integer("batch_dims", 0) != 0) return unsupported("batch_dims other than 0 are not supported");
  return layer.add(Gather{});
}

Result<std::vector<Value>> import_reorg(LayerImport& layer) {
  const auto strides = layer.attributes.integers("stride");
  if (layer.attributes.status().ok() && (strides.empty() || strides.front() != strides.back()))
    return unsupported("one stride for height and width is supported");
  return layer.add(ReorgYolo{strides.empty() ? 1 : strides.front()});
}

}  // namespace octet::openvino_ir
