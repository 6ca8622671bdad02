#include "importers/openvino_ir/rules.h"

namespace octet::openvino_ir {
namespace {

DepthToSpace::Mode read_block_mode(LayerImport& layer) {
  const bool blocks_first = layer.attributes.choice("mode", {"blocks_first", "depth_first"}) == "blocks_first";
  return blocks_first ? DepthToSpace::Mode::kBlocksFirst : DepthToSpace::Mode::kDepthFirst;
}

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

Result<std::vector<Value>> import_shape_of(LayerImport& layer) {
  const std::string name = layer.attributes.choice("output_type", {"i64", "i32"}, std::string("i64"));
  return layer.add(ShapeOf{name == "i32" ? ElementType::kI32 : ElementType::kI64});
}

Result<std::vector<Value>> import_reorg(LayerImport& layer) {
  const auto strides = layer.attributes.integers("stride");
  if (layer.attributes.status().ok() && (strides.empty() || strides.front() != strides.back()))
    return unsupported("one stride for height and width is supported");
  return layer.add(ReorgYolo{strides.empty() ? 1 : strides.front()});
}

Result<std::vector<Value>> import_depth_to_space(LayerImport& layer) {
  const DepthToSpace::Mode mode = read_block_mode(layer);
  return layer.add(DepthToSpace{mode, layer.attributes.integer("block_size", 1)});
}

Result<std::vector<Value>> import_space_to_depth(LayerImport& layer) {
  const DepthToSpace::Mode mode = read_block_mode(layer);
  return layer.add(SpaceToDepth{mode, layer.attributes.integer("block_size", 1)});
}

// To the type of another input.
Result<std::vector<Value>> import_convert_like(LayerImport& layer) { return layer.add(Convert{layer.element_type(1)}, {layer.input(0)}); }

constexpr LayerRule kRules[] = {
    {"Concat", import_concat},
    {"Split", import_split},
    {"VariadicSplit", import_variadic_split},
    {"Reshape", import_reshape},
    {"Squeeze", import_squeeze},
    {"ShapeOf", import_shape_of},
    {"ReorgYolo", import_reorg},
    {"DepthToSpace", import_depth_to_space},
    {"SpaceToDepth", import_space_to_depth},
    {"ConvertLike", import_convert_like, 2, 2},
};

}  // namespace

std::span<const LayerRule> shape_rules() { return kRules; }

}  // namespace octet::openvino_ir
